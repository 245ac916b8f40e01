//! What is to be done without a reader: timers that are due, requests to be
//! sent, and their answers; each delivered at least once, with one effect.
//!
//! What is done leaves its record in the same commit as its effects, so that a
//! delivery that is found again finds nothing to do. What failed is due again,
//! later and later, and in the end lies aside for the operator. Imports
//! `store`; who runs a guest, or sends a request, is not known here.

mod letters;
mod pending;
#[cfg(test)]
mod tests;
mod version;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::letters::{DeadLetter, dead_letters, retry};
pub use self::pending::{Pending, Request, What, pending_of_card, put, remove};

pub use self::version::{called_with, note_version};

use self::pending::get;
use super::RuleError;
use super::timers::{self, Timer};
use crate::store::keys;
use crate::store::{Direction, Key, PageLimit, StoreError, Transaction};

/// How long it takes until the first failure is tried again, and the most that
/// it comes to by doubling.
const BACK_OFF_MS: (u64, u64) = (1_000, 600_000);

/// How often a delivery is tried, and how many are kept that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobLimits {
    /// Tries of one delivery.
    pub attempts_max: u32,
    /// Deliveries of one circle that lie aside. The oldest give way.
    pub dead_letters_max: usize,
}

/// Why a timer was not set, or a request not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EffectError {
    /// An argument is wrong; for the plugin's author.
    #[error("{0}")]
    Invalid(String),
    /// Refused, full, or the store failed.
    #[error(transparent)]
    Rule(RuleError),
}

impl From<StoreError> for EffectError {
    fn from(error: StoreError) -> EffectError {
        EffectError::Rule(error.into())
    }
}

/// What a card is called with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Job {
    /// A timer that is due.
    Timer {
        /// Its name.
        name: String,
        /// What it was set with.
        payload: String,
        /// When it was due, in milliseconds since 1970.
        due_ms: u64,
    },
    /// The answer to a request, or why there is none.
    Answer {
        /// What the request was made with.
        payload: String,
        /// What came of it.
        result: Result<Response, Failure>,
    },
}

/// What the outside answered. Its body lies in pieces of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(skip)]
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// An address that is not allowed.
    Refused,
    /// No answer, or not in time.
    Unreachable,
    /// An answer that is too long, or no HTTP.
    Unusable,
}

/// One thing that is due, as it stands in a transaction that will do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// `publisher/name`.
    pub plugin: String,
    /// The card.
    pub card: String,
    /// Its id, the same however often it is tried.
    pub id: String,
    /// 1 for the first try.
    pub attempt: u32,
    /// What to do.
    pub work: Work,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Call the card.
    Call(Job),
    /// Send a request.
    Send(Request),
}

/// One entry of what is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// The key of the timer, or of what is pending.
    pub what: Key,
}

/// Up to `limit` entries of what is due in a circle, the earliest first, from
/// behind another one.
///
/// # Errors
///
/// When the store fails.
pub async fn due(
    tx: &mut Transaction,
    after: Option<&Due>,
    limit: usize,
) -> Result<Vec<Due>, StoreError> {
    let mut range = keys::all_due();
    if let Some(after) = after {
        range.start = keys::due(after.at_ms, &after.what).successor();
    }
    let limit = PageLimit {
        entries_max: limit,
        bytes_max: usize::MAX,
    };
    let page = tx.scan(range, Direction::Forward, limit).await?;
    let entries = page.entries.iter();
    Ok(entries
        .filter_map(|(entry, _)| keys::split_due(entry))
        .map(|(at_ms, what)| Due { at_ms, what })
        .collect())
}

/// The earliest instant at which something that a transaction has written is
/// due.
pub fn earliest_written(tx: &Transaction) -> Option<u64> {
    let range = keys::all_due();
    let mut written = tx.batch().puts_in(&range);
    written
        .find_map(keys::split_due)
        .map(|(at_ms, _what)| at_ms)
}

/// What an entry is about; none if it has been done meanwhile.
///
/// # Errors
///
/// When the store fails.
pub async fn look(tx: &mut Transaction, due: &Due) -> Result<Option<Delivery>, StoreError> {
    if keys::is_timer(&due.what) {
        let timer = timers::get(tx, &due.what).await?;
        return Ok(timer
            .filter(|timer| timer.next_ms == due.at_ms)
            .map(|timer| delivery_of(tx, timer)));
    }
    let pending = get(tx, &due.what).await?;
    Ok(pending
        .filter(|pending| pending.next_ms == due.at_ms)
        .map(|pending| Delivery {
            plugin: pending.plugin,
            card: pending.card,
            id: pending.delivery,
            attempt: pending.failures.saturating_add(1),
            work: match pending.what {
                What::Request(request) => Work::Send(request),
                What::Job(job) => Work::Call(job),
            },
        }))
}

/// Takes what an entry is about off what is due, for good or until the timer's
/// next time. To be called in the transaction of the delivery, before the card.
///
/// # Errors
///
/// When the store fails.
pub async fn done(tx: &mut Transaction, due: &Due, now_ms: u64) -> Result<(), StoreError> {
    if keys::is_timer(&due.what) {
        if let Some(timer) = timers::get(tx, &due.what).await? {
            timers::done(tx, timer, now_ms)?;
        }
    } else if let Some(pending) = get(tx, &due.what).await? {
        remove(tx, &pending)?;
    }
    Ok(())
}

/// What became of a delivery that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is tried again then.
    Again(u64),
    /// It was put aside.
    PutAside,
    /// Somebody else has done it, or taken it back.
    Over,
}

/// Notes that a delivery failed, and why.
///
/// # Errors
///
/// When the store fails.
pub async fn failed(
    tx: &mut Transaction,
    due: &Due,
    limits: &JobLimits,
    reason: &str,
    now_ms: u64,
) -> Result<Fate, StoreError> {
    let Some(delivery) = look(tx, due).await? else {
        return Ok(Fate::Over);
    };
    if delivery.attempt >= limits.attempts_max {
        done(tx, due, now_ms).await?;
        letters::put_aside(tx, limits, delivery, reason, now_ms).await?;
        return Ok(Fate::PutAside);
    }
    let next_ms = now_ms.saturating_add(back_off_ms(delivery.attempt));
    postpone(tx, due, next_ms).await?;
    Ok(Fate::Again(next_ms))
}

/// Counts a try of a request before it is made, and has it made again if
/// nothing is heard of it until an instant.
///
/// # Errors
///
/// When the store fails.
pub async fn claim(tx: &mut Transaction, due: &Due, until_ms: u64) -> Result<Due, StoreError> {
    postpone(tx, due, until_ms).await?;
    Ok(Due {
        at_ms: until_ms,
        what: due.what.clone(),
    })
}

/// Turns a request that was claimed into a job that says what came of it.
///
/// # Errors
///
/// When the store fails.
pub async fn answered(
    tx: &mut Transaction,
    claimed: &Due,
    result: Result<Response, Failure>,
    now_ms: u64,
) -> Result<(), StoreError> {
    let Some(request) = claimed_request(tx, claimed).await? else {
        return Ok(());
    };
    remove(tx, &request)?;
    let What::Request(Request { payload, .. }) = request.what else {
        return Ok(());
    };
    let answer = Pending {
        next_ms: now_ms,
        failures: 0,
        what: What::Job(Job::Answer { payload, result }),
        ..request
    };
    put(tx, &answer)
}

/// Has a request that was claimed sent again, at an instant.
///
/// # Errors
///
/// When the store fails.
pub async fn unanswered(
    tx: &mut Transaction,
    claimed: &Due,
    next_ms: u64,
) -> Result<(), StoreError> {
    let Some(request) = claimed_request(tx, claimed).await? else {
        return Ok(());
    };
    remove(tx, &request)?;
    // The try was counted when it was claimed.
    put(tx, &Pending { next_ms, ..request })
}

/// How long to wait after so many tries, in milliseconds.
pub fn back_off_ms(tries: u32) -> u64 {
    let (first_ms, most_ms) = BACK_OFF_MS;
    let doublings = tries.saturating_sub(1).min(32);
    (first_ms << doublings).min(most_ms)
}

async fn claimed_request(
    tx: &mut Transaction,
    claimed: &Due,
) -> Result<Option<Pending>, StoreError> {
    let pending = get(tx, &claimed.what).await?;
    Ok(pending.filter(|pending| {
        pending.next_ms == claimed.at_ms && matches!(pending.what, What::Request(_))
    }))
}

async fn postpone(tx: &mut Transaction, due: &Due, next_ms: u64) -> Result<(), StoreError> {
    if keys::is_timer(&due.what) {
        if let Some(timer) = timers::get(tx, &due.what).await? {
            timers::failed(tx, timer, next_ms)?;
        }
    } else if let Some(pending) = get(tx, &due.what).await? {
        remove(tx, &pending)?;
        let again = Pending {
            next_ms,
            failures: pending.failures.saturating_add(1),
            ..pending
        };
        put(tx, &again)?;
    }
    Ok(())
}

/// A timer's delivery has the id that follows from which timer it is and when
/// it was due.
fn delivery_of(tx: &Transaction, timer: Timer) -> Delivery {
    let mut hash = Sha256::new();
    let numbers = [timer.set_after, timer.due_ms].map(|number| number.to_string());
    let circle = tx.partition().to_string();
    for part in [
        circle.as_str(),
        &timer.plugin,
        &timer.card,
        &timer.name,
        &numbers[0],
        &numbers[1],
    ] {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    Delivery {
        plugin: timer.plugin,
        card: timer.card,
        id: format!("dlv_{}", URL_SAFE_NO_PAD.encode(&digest[..16])),
        attempt: timer.failures.saturating_add(1),
        work: Work::Call(Job::Timer {
            name: timer.name,
            payload: timer.payload,
            due_ms: timer.due_ms,
        }),
    }
}

pub(super) fn damaged(what: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Damaged {
        reason: format!("a {what} cannot be read: {error}"),
    }
}
