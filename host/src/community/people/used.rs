//! Ids that are good once: of publishers' tokens, and of tickets.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{RuleError, begin, committed, session};
use crate::config::PublisherId;
use crate::identity::ReaderId;
use crate::store::keys::{people_expired, people_expiry, used};
use crate::store::{Access, CommitError, Direction, Key, PageLimit, Partition, Store, Transaction};

/// Among whose ids an id is unique.
#[derive(Clone, Copy, Debug)]
pub enum UsedBy<'a> {
    /// A publisher's tokens.
    Publisher(&'a PublisherId),
    /// A reader's tickets.
    Reader(&'a ReaderId),
}

impl UsedBy<'_> {
    fn partition(self) -> Partition {
        match self {
            UsedBy::Publisher(id) => Partition::publisher(id.as_str()),
            UsedBy::Reader(id) => Partition::of_reader(id.as_str()),
        }
    }

    /// Readers share partitions, so theirs stands in front of the id.
    fn digest(self, id: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        if let UsedBy::Reader(reader) = self {
            hash.update(reader.as_str());
        }
        // No reader's id holds a NUL.
        hash.update([0]);
        hash.update(id);
        hash.finalize().into()
    }
}

/// Notes that an id is used; `false` if it was before. The note is kept until
/// the id would not be taken any more anyway.
///
/// # Errors
///
/// When the store fails. The id may be used up then all the same.
pub async fn use_once(
    store: &Arc<dyn Store>,
    by: UsedBy<'_>,
    id: &str,
    expires_at_ms: u64,
) -> Result<bool, RuleError> {
    let (partition, key) = (by.partition(), used(&by.digest(id)));
    loop {
        let mut tx = begin(store, &partition).await?;
        if tx.get(&key).await?.is_some() {
            return Ok(false);
        }
        tx.put(key.clone(), Vec::new().into())?;
        let expiry = people_expiry(expires_at_ms, &key);
        tx.put(expiry, key.to_vec().into())?;
        if committed(tx).await? {
            return Ok(true);
        }
    }
}

/// Forgets up to `limit` ids and ended sessions of a partition whose time is
/// over, in one commit, and says how many it looked at. Fewer than `limit`
/// means that there are no more. A conflict means: next time.
///
/// # Errors
///
/// When the store fails, or somebody else was faster.
pub async fn sweep(
    store: &Arc<dyn Store>,
    partition: &Partition,
    now_ms: u64,
    limit: usize,
) -> Result<usize, CommitError> {
    let mut tx = Transaction::begin(Arc::clone(store), partition, Access::Write).await?;
    let limit = PageLimit {
        entries_max: limit.max(1),
        bytes_max: usize::MAX,
    };
    let due = people_expired(now_ms);
    let page = tx.scan(due, Direction::Forward, limit).await?;
    let looked_at = page.entries.len();
    for (expiry, of) in page.entries {
        tx.delete(expiry)?;
        let of = Key::from_bytes(of);
        match is_used(&of) {
            true => tx.delete(of)?,
            false => session::prune(&mut tx, of, now_ms).await?,
        }
    }
    tx.commit().await?;
    Ok(looked_at)
}

fn is_used(key: &Key) -> bool {
    key.first() == used(&[0; 32]).first()
}
