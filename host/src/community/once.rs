//! What happens once: recorded answers to actions, and offers used up.
//!
//! The answer to an action is recorded under the card and the digest of the
//! action's key, in the same commit as the action's effects; so a repeat finds
//! either both or neither. Records expire, and [`sweep`] removes the expired a
//! bounded number at a time. Whether a repeat has the same body is the
//! caller's to tell from what it recorded.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;

use super::RuleError;
pub use crate::store::keys::TakenBy;
use crate::store::keys::{
    answer, answer_expiry, answer_of, answers_expired, answers_of, expiry_of_answer,
    split_to_be_forgotten, taken, to_be_forgotten,
};
use crate::store::{
    Access, CommitError, Direction, Key, PageLimit, Partition, Store, StoreError, Transaction,
};

/// The SHA-256 of an action's key, or of an offer's name and payload.
pub type Sha256Digest = [u8; 32];

/// The answer recorded for an action, unless it has expired.
pub async fn recorded(
    tx: &mut Transaction,
    card: &str,
    key: &Sha256Digest,
    now_ms: u64,
) -> Result<Option<Bytes>, RuleError> {
    let record = read(tx, card, key).await?;
    Ok(record
        .filter(|record| record.expires_at_ms > now_ms)
        .map(|record| record.answer))
}

/// Records the answer to an action until an instant.
pub async fn record(
    tx: &mut Transaction,
    card: &str,
    key: &Sha256Digest,
    answer_bytes: &[u8],
    expires_at_ms: u64,
) -> Result<(), RuleError> {
    // An expired record under the same key is replaced, and must not take the
    // new one with it when it is swept.
    if let Some(old) = read(tx, card, key).await? {
        forget(tx, answer_expiry(old.expires_at_ms, card, key)).await?;
    }
    let value = [&expires_at_ms.to_be_bytes(), answer_bytes].concat();
    let record_key = answer(card, key);
    // All the sweep needs to find the record again.
    let to_be_forgotten = to_be_forgotten(&record_key, None);
    tx.put(record_key, value.into())?;
    let expiry = answer_expiry(expires_at_ms, card, key);
    tx.put(expiry, to_be_forgotten.into())?;
    Ok(())
}

/// Notes with a recorded answer whose it is, so that the member can have it
/// shown and forgotten.
pub fn note_member(
    tx: &mut Transaction,
    card: &str,
    key: &Sha256Digest,
    member: &str,
    expires_at_ms: u64,
) -> Result<(), RuleError> {
    let record_key = answer(card, key);
    let entry = answer_of(member, card, key);
    let to_be_forgotten = to_be_forgotten(&record_key, Some(&entry));
    tx.put(entry, record_key.to_vec().into())?;
    let expiry = answer_expiry(expires_at_ms, card, key);
    Ok(tx.put(expiry, to_be_forgotten.into())?)
}

/// Up to `limit` entries of answers recorded for a member. Those that have
/// expired may be among them.
pub async fn entries_for(
    tx: &mut Transaction,
    member: &str,
    limit: usize,
) -> Result<Vec<Key>, StoreError> {
    let limit = PageLimit {
        entries_max: limit,
        bytes_max: usize::MAX,
    };
    let page = tx
        .scan(answers_of(member), Direction::Forward, limit)
        .await?;
    Ok(page.entries.into_iter().map(|(entry, _)| entry).collect())
}

/// The answer that an entry of [`entries_for`] is about.
pub async fn recorded_under(
    tx: &mut Transaction,
    entry: &Key,
) -> Result<Option<Bytes>, StoreError> {
    let Some(record_key) = tx.get(entry).await? else {
        return Ok(None);
    };
    let record = tx.get(&Key::from_bytes(record_key)).await?;
    Ok(record
        .as_ref()
        .map(parse)
        .transpose()?
        .map(|record| record.answer))
}

/// Forgets an answer by its entry of [`entries_for`].
pub async fn forget_recorded(tx: &mut Transaction, entry: Key) -> Result<(), StoreError> {
    if let Some(record_key) = tx.get(&entry).await? {
        let record_key = Key::from_bytes(record_key);
        if let Some(record) = tx.get(&record_key).await? {
            let expires_at_ms = parse(&record)?.expires_at_ms;
            tx.delete(expiry_of_answer(&record_key, expires_at_ms))?;
        }
        tx.delete(record_key)?;
    }
    tx.delete(entry)
}

/// What was noted when an offer was taken, if it was.
pub async fn taken_note(
    tx: &mut Transaction,
    card: &str,
    by: TakenBy<'_>,
    offer: &Sha256Digest,
) -> Result<Option<Bytes>, RuleError> {
    Ok(tx.get(&taken(card, by, offer)).await?)
}

/// Notes that an offer was taken. This does not expire.
pub fn take(
    tx: &mut Transaction,
    card: &str,
    by: TakenBy<'_>,
    offer: &Sha256Digest,
    note: Bytes,
) -> Result<(), RuleError> {
    Ok(tx.put(taken(card, by, offer), note)?)
}

/// Removes up to `limit` expired answers of a circle in one commit, and says
/// how many. Fewer than `limit` means that there are no more. A conflict with
/// an action means: next time.
pub async fn sweep(
    store: &Arc<dyn Store>,
    circle: &Partition,
    now_ms: u64,
    limit: usize,
) -> Result<usize, CommitError> {
    let mut tx = Transaction::begin(Arc::clone(store), circle, Access::Write).await?;
    let limit = PageLimit {
        entries_max: limit.max(1),
        bytes_max: usize::MAX,
    };
    let page = tx
        .scan(answers_expired(now_ms), Direction::Forward, limit)
        .await?;
    let removed = page.entries.len();
    for (expiry, _) in page.entries {
        forget(&mut tx, expiry).await?;
    }
    tx.commit().await?;
    Ok(removed)
}

struct Record {
    expires_at_ms: u64,
    answer: Bytes,
}

async fn read(
    tx: &mut Transaction,
    card: &str,
    key: &Sha256Digest,
) -> Result<Option<Record>, StoreError> {
    let value = tx.get(&answer(card, key)).await?;
    value.as_ref().map(parse).transpose()
}

fn parse(value: &Bytes) -> Result<Record, StoreError> {
    let Some(expires_at_ms) = value.first_chunk() else {
        return Err(StoreError::Damaged {
            reason: "a recorded answer has no expiry".into(),
        });
    };
    Ok(Record {
        expires_at_ms: u64::from_be_bytes(*expires_at_ms),
        answer: value.slice(EXPIRY_BYTES..),
    })
}

/// What an answer's value begins with.
const EXPIRY_BYTES: usize = size_of::<u64>();

/// Forgets an answer by its expiry.
async fn forget(tx: &mut Transaction, expiry: Key) -> Result<(), StoreError> {
    let value = tx.get(&expiry).await?.unwrap_or_default();
    if let Some((answer, of_member)) = split_to_be_forgotten(&value) {
        tx.delete(answer)?;
        if let Some(of_member) = of_member {
            tx.delete(of_member)?;
        }
    }
    tx.delete(expiry)
}
