//! What a publisher configures. `card.toml` describes it to them and to the
//! host, which checks it. All of it may be left out.

use quanka_card::Role;
use serde::Deserialize;

/// The configuration of one card.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Config {
    /// In place of the circle's name.
    pub title: Option<String>,
    /// In place of the card's own sentence.
    pub welcome: Option<String>,
    /// Whether a moderator looks at submissions first.
    #[serde(default)]
    pub approval: bool,
}

impl Config {
    /// Whether what somebody of a role submits waits for a moderator. Those who
    /// would look at it need not wait for themselves.
    pub fn holds(&self, role: Role) -> bool {
        self.approval && role < Role::Moderator
    }
}
