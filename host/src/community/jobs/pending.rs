//! What is pending: requests to be sent, their answers, and deliveries that an
//! operator has had tried again.
//!
//! A body may be longer than a value of the store: it lies beside the record,
//! in pieces.

use serde::{Deserialize, Serialize};

use super::{Job, damaged};
use crate::store::keys;
use crate::store::{Direction, Key, PageLimit, StoreError, Transaction, VALUE_BYTES_MAX};

/// One thing that is pending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// `publisher/name`.
    pub plugin: String,
    /// The card.
    pub card: String,
    /// The delivery.
    pub delivery: String,
    /// When it is tried next, in milliseconds since 1970.
    pub next_ms: u64,
    /// Tries so far that came to nothing.
    pub failures: u32,
    /// What it is.
    pub what: What,
    /// The bytes of its body; none if it has none.
    #[serde(default)]
    pub body_bytes: Option<usize>,
}

/// What is pending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A request to be sent.
    Request(Request),
    /// A job to be delivered.
    Job(Job),
}

/// A request to the outside, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// As the `url` crate writes it.
    pub url: String,
    /// In the order of the plugin.
    pub headers: Vec<(String, String)>,
    /// Its body; none is not the same as an empty one.
    #[serde(skip)]
    pub body: Option<Vec<u8>>,
    /// Arrives with the answer.
    pub payload: String,
}

/// The record under a key, with its body.
///
/// # Errors
///
/// When the store fails.
pub async fn get(tx: &mut Transaction, key: &Key) -> Result<Option<Pending>, StoreError> {
    let Some(value) = tx.get(key).await? else {
        return Ok(None);
    };
    let mut pending: Pending =
        serde_json::from_slice(&value).map_err(|error| damaged("delivery", &error))?;
    if let Some(body_bytes) = pending.body_bytes {
        let body = get_body(tx, &pending.delivery, body_bytes).await?;
        set_body(&mut pending.what, body);
    }
    Ok(Some(pending))
}

/// Keeps a record, its body, and when it is due.
///
/// # Errors
///
/// When the transaction only reads.
pub fn put(tx: &mut Transaction, pending: &Pending) -> Result<(), StoreError> {
    let key = key_of(pending);
    let body = body_of(&pending.what);
    let record = Pending {
        body_bytes: body.map(<[u8]>::len),
        ..pending.clone()
    };
    put_body(tx, &pending.delivery, body.unwrap_or_default())?;
    let value = serde_json::to_vec(&record).expect("a record is strings and numbers");
    tx.put(keys::due(pending.next_ms, &key), Vec::new().into())?;
    tx.put(key, value.into())
}

/// Forgets a record, its body, and when it is due.
///
/// # Errors
///
/// When the transaction only reads.
pub fn remove(tx: &mut Transaction, pending: &Pending) -> Result<(), StoreError> {
    let key = key_of(pending);
    tx.delete(keys::due(pending.next_ms, &key))?;
    tx.delete(key)?;
    forget_body(tx, &pending.delivery, pending.body_bytes.unwrap_or(0))
}

/// How much a card has pending, counted up to `limit`.
///
/// # Errors
///
/// When the store fails.
pub async fn pending_of_card(
    tx: &mut Transaction,
    plugin: &str,
    card: &str,
    limit: usize,
) -> Result<usize, StoreError> {
    let limit = PageLimit {
        entries_max: limit.max(1),
        bytes_max: usize::MAX,
    };
    let range = keys::pending_of(plugin, card);
    let page = tx.scan_unnoted(range, Direction::Forward, limit).await?;
    Ok(page.entries.len())
}

pub(super) fn body_of(what: &What) -> Option<&[u8]> {
    match what {
        What::Request(request) => request.body.as_deref(),
        What::Job(job) => body_of_job(job),
    }
}

pub(super) fn body_of_job(job: &Job) -> Option<&[u8]> {
    match job {
        Job::Answer {
            result: Ok(response),
            ..
        } => Some(&response.body),
        _ => None,
    }
}

fn set_body(what: &mut What, body: Vec<u8>) {
    match what {
        What::Request(request) => request.body = Some(body),
        What::Job(job) => set_body_of_job(job, body),
    }
}

pub(super) fn set_body_of_job(job: &mut Job, body: Vec<u8>) {
    if let Job::Answer {
        result: Ok(response),
        ..
    } = job
    {
        response.body = body;
    }
}

pub(super) async fn get_body(
    tx: &mut Transaction,
    delivery: &str,
    body_bytes: usize,
) -> Result<Vec<u8>, StoreError> {
    let mut body = Vec::new();
    for index in pieces(body_bytes) {
        let piece = tx.get(&keys::piece(delivery, index)).await?;
        body.extend_from_slice(&piece.unwrap_or_default());
    }
    if body.len() != body_bytes {
        return Err(StoreError::Damaged {
            reason: format!("a body has {} bytes instead of {body_bytes}", body.len()),
        });
    }
    Ok(body)
}

pub(super) fn put_body(
    tx: &mut Transaction,
    delivery: &str,
    body: &[u8],
) -> Result<(), StoreError> {
    for (index, piece) in pieces(body.len()).zip(body.chunks(VALUE_BYTES_MAX)) {
        tx.put(keys::piece(delivery, index), piece.to_vec().into())?;
    }
    Ok(())
}

pub(super) fn forget_body(
    tx: &mut Transaction,
    delivery: &str,
    body_bytes: usize,
) -> Result<(), StoreError> {
    for index in pieces(body_bytes) {
        tx.delete(keys::piece(delivery, index))?;
    }
    Ok(())
}

/// Numbers of the pieces. `outbound.response_bytes_max` keeps them few.
fn pieces(body_bytes: usize) -> impl Iterator<Item = u8> {
    0..u8::try_from(body_bytes.div_ceil(VALUE_BYTES_MAX)).unwrap_or(u8::MAX)
}

fn key_of(pending: &Pending) -> Key {
    keys::pending(&pending.plugin, &pending.card, &pending.delivery)
}
