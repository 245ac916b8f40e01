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
use crate::store::keys::{answer, answer_expiry, answers_expired, taken};
use crate::store::{
    Access, CommitError, Direction, PageLimit, Partition, Store, StoreError, Transaction,
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
        tx.delete(answer_expiry(old.expires_at_ms, card, key))?;
    }
    let value = [&expires_at_ms.to_be_bytes(), answer_bytes].concat();
    tx.put(answer(card, key), value.into())?;
    // All the sweep needs to find the record again.
    let record_key = Bytes::copy_from_slice(&answer(card, key));
    tx.put(answer_expiry(expires_at_ms, card, key), record_key)?;
    Ok(())
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
    for (expiry, record) in page.entries {
        tx.delete(expiry)?;
        tx.delete(record.to_vec().into())?;
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
    let Some(value) = tx.get(&answer(card, key)).await? else {
        return Ok(None);
    };
    let Some(expires_at_ms) = value.first_chunk() else {
        return Err(StoreError::Damaged {
            reason: "a recorded answer has no expiry".into(),
        });
    };
    Ok(Some(Record {
        expires_at_ms: u64::from_be_bytes(*expires_at_ms),
        answer: value.slice(size_of::<u64>()..),
    }))
}
