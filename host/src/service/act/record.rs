//! What is kept of an action, so that a repeat gets the same answer.

use crate::config::CardSlug;
use crate::contract::Outcome;
use crate::identity::{IdempotencyKey, ReaderId};
use crate::service::ServiceError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The recorded answer to an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What was asked for: `identity::body_digest`.
    pub body: [u8; 32],
    /// Whose action it was.
    pub reader: ReaderId,
    /// What the card said.
    pub outcome: Outcome,
}

impl Record {
    /// As it is stored.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a record is strings and numbers")
    }

    /// From the store.
    ///
    /// # Errors
    ///
    /// When it was written by something else.
    pub fn decode(bytes: &[u8]) -> Result<Record, ServiceError> {
        serde_json::from_slice(bytes).map_err(damaged)
    }
}

/// A record with its action's id, as a used-up offer keeps it.
pub fn encode_note(id: &str, record: &Record) -> Vec<u8> {
    serde_json::to_vec(&(id, record)).expect("a record is strings and numbers")
}

/// From the store.
///
/// # Errors
///
/// When it was written by something else.
pub fn decode_note(bytes: &[u8]) -> Result<(String, Record), ServiceError> {
    serde_json::from_slice(bytes).map_err(damaged)
}

/// The record in what is kept of an action, in either way.
pub fn find_in(bytes: &[u8]) -> Option<Record> {
    let noted = || serde_json::from_slice::<(String, Record)>(bytes).ok();
    let record = serde_json::from_slice(bytes).ok();
    record.or_else(|| noted().map(|(_, record)| record))
}

/// The id of the action that a key makes on a card. A function of both, so
/// that the record can be found by either; one-way, because the id stands in
/// addresses and logs and the key must not.
pub fn action_id(card: &CardSlug, key: &IdempotencyKey) -> String {
    let mut hash = Sha256::new();
    hash.update(b"quanka action id v1");
    hash.update(card.as_str().as_bytes());
    // Slugs hold no NUL.
    hash.update([0]);
    hash.update(key.as_str().as_bytes());
    let digest = hash.finalize();
    format!("act_{}", URL_SAFE_NO_PAD.encode(&digest[..16]))
}

/// The name a record is kept under.
pub fn digest(action_id: &str) -> [u8; 32] {
    Sha256::digest(action_id.as_bytes()).into()
}

#[allow(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn damaged(error: serde_json::Error) -> ServiceError {
    tracing::error!(%error, "a recorded answer cannot be read");
    ServiceError::Internal
}
