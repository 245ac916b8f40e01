//! The index on disk: sled 0.34.7, one tree.
//!
//! Its atomic batches survive the death of the process, not a power cut: its
//! flush writes, and on Linux asks for the range to be synced, which is no
//! fsync. Layout, all in one tree (`P` is the partition's part, see `keys`):
//!
//! ```text
//! 00 "format"        u32: the format of everything below
//! P 00               u64: the partition's last commit
//! P 01 KEY           the head of a value: 00 and the value, or 01 and its length (u32)
//! P 02 KEY u16       one piece of a value too long for one cell
//! ```
//!
//! Cells stay at or below 3,500 bytes because sled moves leaves above 128 KiB
//! into files of their own, which it never syncs.

mod cells;
mod opening;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::Path;

use bytes::Bytes;

use self::cells::{Head, head_key, piece_key, seq_key};
use super::batch::Writes;
use super::index::{Index, Scanned};
use super::{Direction, Key, KeyRange, OpenError, PageLimit, Partition, Seq, StoreError};

/// An open sled database.
pub(in crate::store) struct SledIndex {
    /// Before the lock, so that it is closed before the directory is let go.
    db: ::sled::Db,
    _lock: File,
}

impl SledIndex {
    /// Opens or makes the database in a directory, and holds the directory's
    /// lock until it is dropped.
    pub fn open(dir: &Path, cache_bytes_max: usize) -> Result<SledIndex, OpenError> {
        let lock = opening::lock(dir)?;
        let db = opening::open(dir, cache_bytes_max)?;
        opening::check_format(dir, &db)?;
        Ok(SledIndex { db, _lock: lock })
    }

    /// The value under a head, from its pieces if need be.
    fn value(
        &self,
        partition: &Partition,
        key: &Key,
        head: &[u8],
    ) -> Result<Result<Bytes, StoreError>, StoreError> {
        let pieces = match Head::parse(head) {
            Some(Head::Whole(value)) => return Ok(Ok(Bytes::copy_from_slice(value))),
            Some(Head::Pieces { bytes }) => bytes,
            None => return Ok(Err(torn("a value has an unknown head"))),
        };
        let mut value = Vec::with_capacity(pieces);
        for number in 0..cells::pieces(pieces) {
            let Some(piece) = self
                .db
                .get(piece_key(partition, key, number))
                .map_err(engine)?
            else {
                return Ok(Err(torn("a piece of a value is missing")));
            };
            value.extend_from_slice(&piece);
        }
        if value.len() != pieces {
            return Ok(Err(torn("the pieces of a value have another length")));
        }
        Ok(Ok(value.into()))
    }

    /// How many pieces the stored value of a key has.
    fn stored_pieces(&self, partition: &Partition, key: &Key) -> Result<u16, StoreError> {
        let head = self.db.get(head_key(partition, key)).map_err(engine)?;
        Ok(match head.as_deref().and_then(Head::parse) {
            Some(Head::Pieces { bytes }) => cells::pieces(bytes),
            Some(Head::Whole(_)) | None => 0,
        })
    }
}

impl Index for SledIndex {
    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError> {
        let Some(value) = self.db.get(seq_key(partition)).map_err(engine)? else {
            return Ok(Seq(0));
        };
        match value.as_ref().try_into() {
            Ok(bytes) => Ok(Seq(u64::from_be_bytes(bytes))),
            Err(_) => Err(torn("a partition's commit number is not 8 bytes")),
        }
    }

    fn get(&self, partition: &Partition, key: &Key) -> Result<Option<Bytes>, StoreError> {
        match self.db.get(head_key(partition, key)).map_err(engine)? {
            Some(head) => self.value(partition, key, &head)?.map(Some),
            None => Ok(None),
        }
    }

    fn scan(
        &self,
        partition: &Partition,
        range: &KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Scanned, StoreError> {
        let (from, to) = (
            head_key(partition, &range.start),
            head_key(partition, &range.end),
        );
        let before_key = head_key(partition, &Key::from(Vec::new())).len();
        let mut heads = self.db.range(from..to);
        let mut scanned = Scanned::default();
        let mut bytes = 0;
        loop {
            let head = match direction {
                Direction::Forward => heads.next(),
                Direction::Backward => heads.next_back(),
            };
            let Some(head) = head else { break };
            let (key, head) = head.map_err(engine)?;
            let key = Key::from(key[before_key..].to_vec());
            let count = scanned.page.entries.len() + scanned.torn.len();
            if count == limit.entries_max || (bytes >= limit.bytes_max && count > 0) {
                scanned.page.next = Some(key);
                break;
            }
            match self.value(partition, &key, &head)? {
                Ok(value) => {
                    bytes += key.len() + value.len();
                    scanned.page.entries.push((key, value));
                }
                Err(why) => {
                    scanned.torn.insert(key, why);
                }
            }
        }
        Ok(scanned)
    }

    fn apply(&self, partition: &Partition, seq: Seq, writes: &Writes) -> Result<(), StoreError> {
        let mut batch = ::sled::Batch::default();
        for (key, value) in writes {
            let mut kept = 0;
            match value {
                Some(value) => {
                    batch.insert(head_key(partition, key), Head::of(value).encode());
                    for (number, piece) in (0u16..).zip(cells::split(value)) {
                        batch.insert(piece_key(partition, key, number), piece);
                        kept = number + 1;
                    }
                }
                None => batch.remove(head_key(partition, key)),
            }
            for number in kept..self.stored_pieces(partition, key)? {
                batch.remove(piece_key(partition, key, number));
            }
        }
        batch.insert(seq_key(partition), &seq.0.to_be_bytes());
        self.db.apply_batch(batch).map_err(engine)
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.db.flush().map(|_| ()).map_err(engine)
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
fn engine(error: ::sled::Error) -> StoreError {
    StoreError::Engine {
        reason: error.to_string(),
    }
}

fn torn(reason: &str) -> StoreError {
    StoreError::Damaged {
        reason: reason.into(),
    }
}
