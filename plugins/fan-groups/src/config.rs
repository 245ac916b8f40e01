//! What a publisher configures. `card.toml` describes it to them and to the
//! host, which checks it. All of it may be left out.

use quanka_card::Role;
use serde::{Deserialize, Serialize};

/// The configuration of one card of groups.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Config {
    /// In place of the circle's name.
    pub title: Option<String>,
    #[serde(default)]
    pub create: Create,
    #[serde(default)]
    pub groups: Vec<GroupConfig>,
}

/// A group that is there from the start.
#[derive(Clone, Debug, Deserialize)]
pub struct GroupConfig {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub about: String,
    #[serde(default)]
    pub join: Policy,
}

/// How members of the circle get into a group.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    #[default]
    Open,
    Approval,
    Closed,
}

/// Who may form groups.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Create {
    #[default]
    Featured,
    Moderators,
}

impl Create {
    /// Whether somebody of a role may.
    pub fn allows(self, role: Role) -> bool {
        role >= match self {
            Create::Featured => Role::Featured,
            Create::Moderators => Role::Moderator,
        }
    }
}

impl Policy {
    pub const ALL: [Policy; 3] = [Policy::Open, Policy::Approval, Policy::Closed];

    /// As forms and the configuration have it.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Open => "open",
            Policy::Approval => "approval",
            Policy::Closed => "closed",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}
