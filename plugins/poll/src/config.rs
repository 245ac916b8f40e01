//! What a publisher configures. `card.toml` describes it to them and to the
//! host, which checks it; what a JSON Schema cannot say is checked here.

use quanka_card::prelude::*;
use serde::Deserialize;

/// The configuration of one poll.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    pub question: String,
    pub options: Vec<PollOption>,
    #[serde(default = "one")]
    choices_max: u32,
    pub closes_at: Option<Timestamp>,
    #[serde(default)]
    pub who: Who,
}

/// Something to vote for.
#[derive(Clone, Debug, Deserialize)]
pub struct PollOption {
    pub id: String,
    pub text: String,
}

/// Who may vote.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    #[default]
    Anyone,
    SignedIn,
}

impl Config {
    /// Refuses what would count two options as one.
    pub fn check(&self) -> Result<()> {
        for (at, option) in self.options.iter().enumerate() {
            if self.options[..at]
                .iter()
                .any(|earlier| earlier.id == option.id)
            {
                return Err(Error::internal(format!(
                    "config: two options have the id `{}`; give each its own",
                    option.id
                )));
            }
        }
        Ok(())
    }

    /// How many options one reader may choose: never more than there are.
    pub fn choices_max(&self) -> u32 {
        let options = u32::try_from(self.options.len()).unwrap_or(u32::MAX);
        self.choices_max.min(options)
    }

    /// Whether there is such an option (still).
    pub fn has_option(&self, id: &str) -> bool {
        self.options.iter().any(|option| option.id == id)
    }
}

fn one() -> u32 {
    1
}
