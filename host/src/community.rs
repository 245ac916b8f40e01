//! The community's rules over a transaction: what a plugin may keep and count,
//! what happens once, and who is who.
//!
//! Imports `store`, and for people `identity` and `config`. No HTTP, no wasm, no async of its own beyond the store's:
//! whoever opens the transaction decides when it ends.

pub mod circle;
mod cron;
pub mod jobs;
pub mod media;
pub mod membership;
pub mod once;
pub mod outbox;
pub mod people;
pub mod posts;
pub mod state;
pub mod tally;
pub mod timers;

use self::outbox::OutboxLimits;
use self::state::StateLimits;
use self::timers::TimerLimits;
use crate::config::Members;
use crate::store::StoreError;

/// The bounds of what a call may do to a circle.
#[derive(Clone, Debug)]
pub struct CommunityLimits {
    /// What plugins keep.
    pub state: StateLimits,
    /// What they ask to be woken for.
    pub timers: TimerLimits,
    /// What they ask of the outside.
    pub outbox: OutboxLimits,
    /// Who is in.
    pub members: Members,
}

/// On whose behalf a plugin asks: its own name, the card, and the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker<'a> {
    /// `publisher/name`, without the version.
    pub plugin: &'a str,
    /// The card's id.
    pub card: &'a str,
    /// The reader's id in the circle; none for a reader without a session.
    pub viewer: Option<&'a str>,
}

/// Why a rule refused. The texts are for the plugin's author.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not allowed here at all.
    #[error("{0}")]
    Denied(String),
    /// What it is about is not there.
    #[error("{0}")]
    NotFound(String),
    /// A limit is reached; the text names it.
    #[error("{0}")]
    Quota(String),
    /// The store failed; not the plugin's doing.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for RuleError {
    fn from(error: StoreError) -> RuleError {
        match error {
            StoreError::ReadOnly => RuleError::Denied(
                "`render` only reads: write in `handle`, and the card is rendered again".into(),
            ),
            error => RuleError::Store(error),
        }
    }
}
