//! Deliveries that failed too often, put aside for the operator.

use serde::{Deserialize, Serialize};

use super::pending::{self, Pending, What};
use super::{Delivery, Job, JobLimits, Work, damaged};
use crate::store::keys;
use crate::store::{Direction, Key, PageLimit, StoreError, Transaction};

/// Longest reason that is kept.
const REASON_CHARS_MAX: usize = 500;

/// A delivery that was put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// `publisher/name`.
    pub plugin: String,
    /// The card.
    pub card: String,
    /// The delivery.
    pub delivery: String,
    /// How often it was tried.
    pub attempts: u32,
    /// What the last try failed with.
    pub reason: String,
    /// When it was put aside, in milliseconds since 1970.
    pub at_ms: u64,
    /// What could not be delivered, without a body.
    pub job: Job,
    #[serde(default)]
    body_bytes: Option<usize>,
}

/// Up to `limit` of what a circle has aside, the newest first.
///
/// # Errors
///
/// When the store fails.
pub async fn dead_letters(
    tx: &mut Transaction,
    limit: usize,
) -> Result<Vec<DeadLetter>, StoreError> {
    let entries = entries(tx, Direction::Backward, limit).await?;
    Ok(entries.into_iter().map(|(_, letter)| letter).collect())
}

/// Has a delivery tried again, from now on and as often as the first time.
/// Says whether there is one of that id.
///
/// # Errors
///
/// When the store fails.
pub async fn retry(
    tx: &mut Transaction,
    delivery: &str,
    limits: &JobLimits,
    now_ms: u64,
) -> Result<bool, StoreError> {
    let entries = entries(tx, Direction::Backward, limits.dead_letters_max).await?;
    let found = entries
        .into_iter()
        .find(|(_, letter)| letter.delivery == delivery);
    let Some((key, mut letter)) = found else {
        return Ok(false);
    };
    if let Some(body_bytes) = letter.body_bytes {
        let body = pending::get_body(tx, delivery, body_bytes).await?;
        pending::set_body_of_job(&mut letter.job, body);
    }
    tx.delete(key)?;
    let again = Pending {
        plugin: letter.plugin,
        card: letter.card,
        delivery: letter.delivery,
        next_ms: now_ms,
        failures: 0,
        what: What::Job(letter.job),
        body_bytes: None,
    };
    pending::put(tx, &again)?;
    Ok(true)
}

/// Puts a delivery aside. The oldest one gives way when there are too many.
pub(super) async fn put_aside(
    tx: &mut Transaction,
    limits: &JobLimits,
    delivery: Delivery,
    reason: &str,
    now_ms: u64,
) -> Result<(), StoreError> {
    // What becomes of a request is told in its answer.
    let Work::Call(job) = delivery.work else {
        return Ok(());
    };
    let kept = entries(tx, Direction::Forward, limits.dead_letters_max).await?;
    let too_many = (kept.len() + 1).saturating_sub(limits.dead_letters_max);
    for (key, old) in kept.into_iter().take(too_many) {
        tx.delete(key)?;
        pending::forget_body(tx, &old.delivery, old.body_bytes.unwrap_or(0))?;
    }
    let body = pending::body_of_job(&job);
    pending::put_body(tx, &delivery.id, body.unwrap_or_default())?;
    let letter = DeadLetter {
        plugin: delivery.plugin,
        card: delivery.card,
        attempts: delivery.attempt,
        reason: reason.chars().take(REASON_CHARS_MAX).collect(),
        at_ms: now_ms,
        body_bytes: body.map(<[u8]>::len),
        delivery: delivery.id,
        job,
    };
    let key = keys::dead_letter(now_ms, &letter.delivery);
    let value = serde_json::to_vec(&letter).expect("a letter is strings and numbers");
    tx.put(key, value.into())
}

async fn entries(
    tx: &mut Transaction,
    direction: Direction,
    limit: usize,
) -> Result<Vec<(Key, DeadLetter)>, StoreError> {
    let limit = PageLimit {
        entries_max: limit.max(1),
        bytes_max: usize::MAX,
    };
    let page = tx.scan(keys::dead_letters(), direction, limit).await?;
    let read = |(key, value): (Key, bytes::Bytes)| {
        let letter = serde_json::from_slice(&value);
        Ok((key, letter.map_err(|error| damaged("dead letter", &error))?))
    };
    page.entries.into_iter().map(read).collect()
}
