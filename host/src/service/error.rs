//! Why a use case gave no result, in terms of what the outside hears.

use crate::community::RuleError;
use crate::contract::CardError;
use crate::identity::{OfferError, TicketRefused, TokenRefused};
use crate::sandbox::fault::CallError;
use crate::store::{CommitError, LedgerError, StoreError};

/// What went wrong. The text is for the outside; causes are logged where they
/// are found.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No such card.
    #[error("there is no such card here")]
    CardUnknown,
    /// It was here.
    #[error("this card is gone")]
    CardGone,
    /// No such circle, or not whoever asks'.
    #[error("there is no such circle here, or it is not yours")]
    CircleUnknown,
    /// The card has no such page, or not any more.
    #[error("this card has no such page; without `at` there is its first one")]
    PageUnknown,
    /// No such post, or none that whoever asks may see.
    #[error("there is no such post here, or it is not for you to see")]
    PostUnknown,
    /// No such dead letter.
    #[error("there is no such dead letter; a retried one is none any more")]
    LetterUnknown,
    /// What was asked is no question.
    #[error("{0}")]
    Argument(String),
    /// It takes no actions any more, or something else got there first.
    #[error("{0}")]
    Conflict(String),
    /// The key was used for something else.
    #[error("this key was used for another action; send a new one")]
    KeyReused,
    /// Forged, damaged, too old, or another card's.
    #[error("this offer is not one that this card made; load the card again")]
    OfferInvalid,
    /// Another reader's.
    #[error("this offer was made to another reader; load the card again")]
    OfferNotYours,
    /// The action is for readers who signed in.
    #[error("sign in through the publisher first")]
    SignInRequired,
    /// A publisher's token does not sign anybody in.
    #[error(transparent)]
    TokenRefused(TokenRefused),
    /// A ticket hands nothing over.
    #[error(transparent)]
    TicketRefused(TicketRefused),
    /// Not this reader.
    #[error("{0}")]
    Denied(String),
    /// The reader's input is wrong.
    #[error("{text}")]
    InputInvalid {
        /// In the reader's language.
        text: String,
        /// By input.
        fields: Vec<(String, String)>,
    },
    /// The plugin failed.
    #[error("the card failed; its publisher has been told")]
    PluginFault,
    /// No room just now.
    #[error("the host is busy; try again in a moment")]
    Overloaded {
        /// When.
        retry_after_ms: u64,
    },
    /// Too often.
    #[error("too many actions from your address; try again later")]
    RateLimited {
        /// When.
        retry_after_ms: u64,
    },
    /// The store does not take writes.
    #[error("nothing can be saved just now; try again later")]
    StoreUnavailable,
    /// The operator wants none.
    #[error("this host paints no pictures; as=svg has one that readers' own fonts draw")]
    PicturesOff,
    /// Anything else that is the host's fault.
    #[error("something went wrong here")]
    Internal,
}

impl From<OfferError> for ServiceError {
    fn from(error: OfferError) -> Self {
        tracing::info!(%error, "an offer was refused");
        match error {
            OfferError::NotYours => ServiceError::OfferNotYours,
            OfferError::Malformed
            | OfferError::UnknownKey
            | OfferError::Forged
            | OfferError::OtherCard => ServiceError::OfferInvalid,
        }
    }
}

impl From<TicketRefused> for ServiceError {
    fn from(why: TicketRefused) -> Self {
        tracing::info!(%why, "a ticket was refused");
        ServiceError::TicketRefused(why)
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        match error {
            StoreError::Unavailable { .. }
            | StoreError::Damaged { .. }
            | StoreError::Engine { .. } => ServiceError::StoreUnavailable,
            _ => ServiceError::Internal,
        }
    }
}

impl From<LedgerError> for ServiceError {
    fn from(error: LedgerError) -> Self {
        tracing::error!(%error, "the ledger of erasures failed");
        ServiceError::StoreUnavailable
    }
}

impl From<RuleError> for ServiceError {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Store(error) => error.into(),
            // The host's own writes keep its own rules.
            RuleError::Denied(reason) | RuleError::NotFound(reason) | RuleError::Quota(reason) => {
                tracing::error!(%reason, "a rule refused the host itself");
                ServiceError::Internal
            }
        }
    }
}

impl From<CommitError> for ServiceError {
    fn from(error: CommitError) -> Self {
        match error {
            // Whoever can run the action again does; see `act`.
            CommitError::Conflict => {
                ServiceError::Conflict("too many readers act here at once; try again".to_owned())
            }
            // The plugin was told of it while it wrote, unless others filled
            // the last of the room meanwhile.
            CommitError::Quota(reached) => {
                tracing::warn!(%reached, "a quota was reached at the commit");
                ServiceError::Conflict("there is no room left for this".to_owned())
            }
            CommitError::Store(error) => error.into(),
        }
    }
}

impl From<CallError> for ServiceError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Card(error) => error.into(),
            // Logged where it was found.
            CallError::Fault(_) | CallError::Paused { .. } => ServiceError::PluginFault,
            CallError::Overloaded { retry_after_ms } => ServiceError::Overloaded { retry_after_ms },
            CallError::Store(error) => error.into(),
        }
    }
}

impl From<CardError> for ServiceError {
    fn from(error: CardError) -> Self {
        match error {
            CardError::Invalid { text, fields } => ServiceError::InputInvalid { text, fields },
            CardError::Denied(_) => {
                ServiceError::Denied("this card does not allow that".to_owned())
            }
            CardError::NotFound(_) => {
                ServiceError::Conflict("what this was about is no longer there".to_owned())
            }
            CardError::Conflict(_) => {
                ServiceError::Conflict("something else got there first; look again".to_owned())
            }
            CardError::Quota(_) => {
                ServiceError::Conflict("this card is full; it cannot take more".to_owned())
            }
            CardError::Unavailable(_) => ServiceError::Overloaded {
                retry_after_ms: 1000,
            },
            CardError::Internal(_) | CardError::Other { .. } => ServiceError::PluginFault,
        }
    }
}
