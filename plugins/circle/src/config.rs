//! What a publisher configures. `card.toml` describes it to them and to the
//! host, which checks it. All of it may be left out.

use quanka_card::Role;
use serde::Deserialize;

/// The configuration of one circle card.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Config {
    /// To those who are not members yet, in place of the circle's introduction.
    pub welcome: Option<String>,
    /// The steps of the guide; the card's own unless given.
    pub guide: Option<Vec<String>>,
    #[serde(default)]
    pub show: Show,
    #[serde(default)]
    pub posting: Posting,
}

/// Which posts come first.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Show {
    #[default]
    Latest,
    Hot,
    Featured,
}

/// Who may post from the card. Replies and likes are every member's.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Posting {
    #[default]
    Members,
    Featured,
    Nobody,
}

impl Posting {
    /// Whether somebody of a role may.
    pub fn allows(self, role: Role) -> bool {
        match self {
            Posting::Members => role >= Role::Member,
            Posting::Featured => role >= Role::Featured,
            Posting::Nobody => false,
        }
    }
}
