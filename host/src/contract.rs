//! The contract between host and plugin, as the rest of the host sees it.
//!
//! This is the one internal model: the types here say what a call carries and
//! what it gives back, whatever version of `quanka:card` the plugin was built
//! against. Conversion from and to a version's own types happens in
//! [`v1`], and nowhere else does a version appear. May import `view`; knows
//! nothing of sandboxes, stores or HTTP.

pub mod v1;

pub use crate::community::jobs::{Failure, Job, Response};
pub use crate::community::membership::Role;
use crate::view::Size;
pub use crate::view::document::ToastTone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The package every plugin is built against, without its version.
pub const PACKAGE: &str = "quanka:card";
/// The newest contract this host speaks.
pub const VERSION: &str = "1.0.0";

/// The card a call is about.
#[derive(Clone, Debug)]
pub struct CardContext {
    /// Stays the same for as long as the card exists.
    pub card: Arc<str>,
    /// The card's name in URLs.
    pub slug: Arc<str>,
    /// The circle the card stands in.
    pub circle: Arc<str>,
    /// JSON text, valid against the manifest's schema.
    pub config: Arc<str>,
    /// One of the manifest's locales.
    pub locale: String,
    /// One of the manifest's sizes.
    pub size: Size,
    /// Which of the card's pages; empty for the first.
    pub at: Arc<str>,
}

/// The reader for whom a call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Their id in this circle; none without a session.
    pub member: Option<String>,
    /// Whether they signed in through the publisher.
    pub signed_in: bool,
    /// What they are in the circle.
    pub role: Role,
    /// The locale they asked for.
    pub locale: Option<String>,
    /// Until when a moderator has muted them; none for somebody who may speak.
    pub muted_until_ms: Option<u64>,
}

impl Reader {
    /// The reader without a session, who stands for all such readers.
    pub fn none() -> Self {
        Reader {
            member: None,
            signed_in: false,
            role: Role::Visitor,
            locale: None,
            muted_until_ms: None,
        }
    }
}

/// What a reader did: checked, and ready for the guest.
#[derive(Clone, Debug)]
pub struct Action {
    /// Unique on this host.
    pub id: String,
    /// The offer's name.
    pub name: String,
    /// The offer's payload, as offered.
    pub payload: String,
    /// The form's inputs, in the order of the view.
    pub inputs: Vec<(String, Vec<String>)>,
    /// When it arrived, in milliseconds since 1970.
    pub now_ms: u64,
    /// For the guest's generator.
    pub seed: u64,
}

/// What a call that no reader makes is about, besides the card.
#[derive(Clone, Debug)]
pub struct JobContext {
    /// When the call is made, in milliseconds since 1970.
    pub now_ms: u64,
    /// For the guest's generator.
    pub seed: u64,
    /// Names the delivery, however often it is tried.
    pub delivery: String,
    /// 1 for the first try.
    pub attempt: u32,
}

/// What an action leads to besides its writes. Stored as the recorded answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// A short message, shown once.
    pub toast: Option<Toast>,
    /// Where to take the reader next.
    pub navigate: Option<Destination>,
    /// Something the embedding page can hear.
    pub event: Option<PageEvent>,
}

/// A short message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toast {
    /// Its mood.
    pub tone: ToastTone,
    /// At most 200 characters.
    pub text: String,
}

/// Where to take the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// An `https:` address.
    Url(String),
    /// Another card of this host, by slug.
    Card(String),
}

/// An event for the embedding page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageEvent {
    /// `[a-z][a-z0-9-]*`.
    pub name: String,
    /// JSON text.
    pub data: String,
}

/// An error a guest returned, or a host function returned to a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardError {
    /// The reader's input is wrong.
    Invalid {
        /// For the reader.
        text: String,
        /// For single inputs: name and message.
        fields: Vec<(String, String)>,
    },
    /// Not allowed.
    Denied(String),
    /// Not there.
    NotFound(String),
    /// Something else got there first.
    Conflict(String),
    /// A limit is reached.
    Quota(String),
    /// Not just now.
    Unavailable(String),
    /// A defect.
    Internal(String),
    /// The plugin's own.
    Other {
        /// A word for programs.
        code: String,
        /// For the log.
        text: String,
    },
}

impl std::fmt::Display for CardError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CardError::Invalid { text, .. } => write!(f, "invalid: {text}"),
            CardError::Denied(text) => write!(f, "denied: {text}"),
            CardError::NotFound(text) => write!(f, "not found: {text}"),
            CardError::Conflict(text) => write!(f, "conflict: {text}"),
            CardError::Quota(text) => write!(f, "quota: {text}"),
            CardError::Unavailable(text) => write!(f, "unavailable: {text}"),
            CardError::Internal(text) => write!(f, "internal: {text}"),
            CardError::Other { code, text } => write!(f, "{code}: {text}"),
        }
    }
}
