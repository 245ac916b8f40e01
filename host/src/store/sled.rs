//! The index on disk: sled 0.34.7, one tree.
//!
//! It is an index and not the truth for a reason: its flush is no fsync on
//! Linux, and at power cuts it lost what it had acknowledged, and itself. So
//! nothing here waits for a flush, and whatever goes wrong with it, it is
//! dropped and built anew (`embedded/fill.rs`). `cells.rs` says how values lie
//! in it.

mod files;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::cells::{
    self, Cell, Head, damaged, parse_seq, piece_key, piece_key_of, seq_key, value_key,
};
use super::index::{Base, Engine, Filled, Index, Scanned, Visit};
use super::journal::GroupNumber;
use super::{Direction, Key, KeyRange, PageLimit, Partition, Seq, StoreError};

/// Makes sled databases in a directory.
pub(in crate::store) struct SledEngine {
    dir: PathBuf,
    cache_bytes_max: usize,
    /// The directory's lock, let go with the engine.
    _lock: File,
}

/// An open sled database.
pub(in crate::store) struct SledIndex {
    db: ::sled::Db,
}

/// Operations of one batch. `apply_batch` holds a lock that readers feel.
const BATCH_MAX: usize = 256;

const POSITION: &[u8] = b"\0position";

/// How long a value may stay half changed while a batch after another goes in.
const HALF_CHANGED_MAX: Duration = Duration::from_secs(2);

impl SledEngine {
    /// For a locked directory.
    pub fn new(dir: &Path, cache_bytes_max: usize, lock: File) -> SledEngine {
        SledEngine {
            dir: dir.to_owned(),
            cache_bytes_max,
            _lock: lock,
        }
    }
}

impl Engine for SledEngine {
    fn trusted(&self, dumped: GroupNumber) -> Option<Arc<dyn Index>> {
        let path = files::trusted(&self.dir)?;
        let refused = |reason: &dyn std::fmt::Display| {
            tracing::warn!(%reason, "the index cannot be used");
        };
        let index = match open(&path, self.cache_bytes_max) {
            Ok(index) => index,
            Err(error) => {
                refused(&error);
                return None;
            }
        };
        match index.position() {
            Ok(Some(position)) if position >= dumped => {}
            Ok(_) => {
                refused(&"it was never finished");
                return None;
            }
            Err(error) => {
                refused(&error);
                return None;
            }
        }
        // From here on it changes, so only this boot vouches for it.
        match files::vouch(&self.dir, &path, files::Trust::ThisBoot) {
            Ok(()) => Some(Arc::new(index)),
            Err(error) => {
                refused(&error);
                None
            }
        }
    }

    fn fresh(&self) -> Result<Arc<dyn Index>, StoreError> {
        let path = files::fresh(&self.dir).map_err(io)?;
        let index = open(&path, self.cache_bytes_max)?;
        files::vouch(&self.dir, &path, files::Trust::ThisBoot).map_err(io)?;
        Ok(Arc::new(index))
    }

    fn seal(&self) -> Result<(), StoreError> {
        let Some(path) = files::trusted(&self.dir) else {
            return Ok(());
        };
        files::sync_all(&path).map_err(io)?;
        files::vouch(&self.dir, &path, files::Trust::Sealed).map_err(io)
    }
}

pub(in crate::store) fn open(path: &Path, cache_bytes_max: usize) -> Result<SledIndex, StoreError> {
    files::remove_unfinished_snapshots(path).map_err(io)?;
    let config = ::sled::Config::new()
        .path(path)
        .cache_capacity(u64::try_from(cache_bytes_max).unwrap_or(u64::MAX))
        .mode(::sled::Mode::HighThroughput);
    let db = guarded(|| config.open())?;
    Ok(SledIndex { db })
}

impl SledIndex {
    /// The value under a head, from its pieces if need be. `None` says that
    /// they do not go together.
    fn value(&self, cell: &[u8], head: &[u8]) -> Result<Option<Bytes>, ::sled::Error> {
        let length = match Head::parse(head) {
            Some(Head::Whole(value)) => return Ok(Some(Bytes::copy_from_slice(value))),
            Some(Head::Pieces { bytes }) => bytes,
            None => return Ok(None),
        };
        let mut value = Vec::with_capacity(length);
        for number in 0..cells::pieces(length) {
            let Some(key) = piece_key_of(cell, number) else {
                return Ok(None);
            };
            let Some(piece) = self.db.get(key)? else {
                return Ok(None);
            };
            value.extend_from_slice(&piece);
        }
        Ok((value.len() == length).then(|| value.into()))
    }

    /// How many pieces the stored value of a key has.
    fn stored_pieces(&self, partition: &Partition, key: &Key) -> Result<u16, ::sled::Error> {
        let head = self.db.get(value_key(partition, key))?;
        Ok(match head.as_deref().and_then(Head::parse) {
            Some(Head::Pieces { bytes }) => cells::pieces(bytes),
            Some(Head::Whole(_)) | None => 0,
        })
    }

    fn read_value(&self, cell: &[u8]) -> Result<Option<Option<Bytes>>, ::sled::Error> {
        match self.db.get(cell)? {
            Some(head) => self.value(cell, &head).map(Some),
            None => Ok(None),
        }
    }

    /// A value that a walk found half changed: again, until it is whole or
    /// gone.
    fn settled_value(&self, cell: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let deadline = std::time::Instant::now() + HALF_CHANGED_MAX;
        loop {
            match guarded(|| self.read_value(cell))? {
                None => return Ok(None),
                Some(Some(value)) => return Ok(Some(value)),
                Some(None) if std::time::Instant::now() > deadline => {
                    return Err(damaged("the pieces of a value do not go together"));
                }
                Some(None) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    fn fill_batches(&self, writes: &[Filled], position: GroupNumber) -> Result<(), ::sled::Error> {
        let mut batch = Batch::new(&self.db);
        for filled in writes {
            for (key, value) in &filled.writes {
                self.fill_value(&mut batch, &filled.partition, key, value.as_ref())?;
            }
            batch.insert(seq_key(&filled.partition), &filled.seq.0.to_be_bytes())?;
        }
        batch.insert(POSITION.to_vec(), &position.0.to_be_bytes())?;
        batch.apply()
    }

    fn fill_value(
        &self,
        batch: &mut Batch<'_>,
        partition: &Partition,
        key: &Key,
        value: Option<&Bytes>,
    ) -> Result<(), ::sled::Error> {
        let before = self.stored_pieces(partition, key)?;
        let cell = value_key(partition, key);
        let mut kept = 0;
        match value {
            Some(value) => {
                batch.insert(cell, &Head::of(value).encode())?;
                for (number, piece) in (0u16..).zip(cells::split(value)) {
                    batch.insert(piece_key(partition, key, number), piece)?;
                    kept = number + 1;
                }
            }
            None => batch.remove(cell)?,
        }
        for number in kept..before {
            batch.remove(piece_key(partition, key, number))?;
        }
        Ok(())
    }
}

impl Base for SledIndex {
    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError> {
        match guarded(|| self.db.get(seq_key(partition)))? {
            Some(value) => parse_seq(&value),
            None => Ok(Seq(0)),
        }
    }

    fn get(&self, partition: &Partition, key: &Key) -> Result<Option<Bytes>, StoreError> {
        match guarded(|| self.read_value(&value_key(partition, key)))? {
            None => Ok(None),
            Some(Some(value)) => Ok(Some(value)),
            Some(None) => Err(damaged("the pieces of a value do not go together")),
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
            value_key(partition, &range.start),
            value_key(partition, &range.end),
        );
        let before_key = value_key(partition, &Key::from(Vec::new())).len();
        let mut scanned = Scanned::default();
        let mut bytes = 0;
        let mut heads = self.db.range(from..to);
        loop {
            let next = guarded(|| {
                let head = match direction {
                    Direction::Forward => heads.next(),
                    Direction::Backward => heads.next_back(),
                };
                let Some((cell, head)) = head.transpose()? else {
                    return Ok(None);
                };
                let key = Key::from(cell[before_key..].to_vec());
                let count = scanned.page.entries.len() + scanned.torn.len();
                if count == limit.entries_max || (bytes >= limit.bytes_max && count > 0) {
                    scanned.page.next = Some(key);
                    return Ok(None);
                }
                self.value(&cell, &head).map(|value| Some((key, value)))
            });
            match next? {
                None => return Ok(scanned),
                Some((key, Some(value))) => {
                    bytes += key.len() + value.len();
                    scanned.page.entries.push((key, value));
                }
                Some((key, None)) => {
                    let why = damaged("the pieces of a value do not go together");
                    scanned.torn.insert(key, why);
                }
            }
        }
    }

    fn walk(&self, each: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut cells = self.db.range([cells::NOTES + 1]..);
        while let Some((cell, stored)) = guarded(|| cells.next().transpose())? {
            match Cell::of(&cell) {
                Some(Cell::Seq) => each(&cell, &Bytes::copy_from_slice(&stored))?,
                Some(Cell::Value) => {
                    let value = match guarded(|| self.value(&cell, &stored))? {
                        Some(value) => Some(value),
                        None => self.settled_value(&cell)?,
                    };
                    if let Some(value) = value {
                        each(&cell, &value)?;
                    }
                }
                Some(Cell::Piece) => {}
                None => return Err(damaged("a key of the index is of no known kind")),
            }
        }
        Ok(())
    }
}

impl Index for SledIndex {
    fn position(&self) -> Result<Option<GroupNumber>, StoreError> {
        let Some(value) = guarded(|| self.db.get(POSITION))? else {
            return Ok(None);
        };
        parse_seq(&value).map(|number| Some(GroupNumber(number.0)))
    }

    fn fill(&self, writes: &[Filled], position: GroupNumber) -> Result<(), StoreError> {
        guarded(|| self.fill_batches(writes, position))
    }

    fn load(&self, from: &dyn Base, progress: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        let mut batch = Batch::new(&self.db);
        let mut entries = 0;
        from.walk(&mut |cell, value| {
            entries += 1;
            if entries % 4096 == 0 {
                progress(entries);
            }
            guarded(|| match Cell::of(cell) {
                Some(Cell::Value) => {
                    batch.insert(cell.to_vec(), &Head::of(value).encode())?;
                    for (number, piece) in (0u16..).zip(cells::split(value)) {
                        let key = piece_key_of(cell, number).expect("it is a value's key");
                        batch.insert(key, piece)?;
                    }
                    Ok(())
                }
                _ => batch.insert(cell.to_vec(), value),
            })
        })?;
        guarded(|| batch.apply())
    }
}

/// Operations that go in together, and go in when they are enough.
struct Batch<'a> {
    db: &'a ::sled::Db,
    batch: ::sled::Batch,
    count: usize,
}

impl<'a> Batch<'a> {
    fn new(db: &'a ::sled::Db) -> Batch<'a> {
        Batch {
            db,
            batch: ::sled::Batch::default(),
            count: 0,
        }
    }

    fn insert(&mut self, key: Vec<u8>, value: &[u8]) -> Result<(), ::sled::Error> {
        self.batch.insert(key, value);
        self.one_more()
    }

    fn remove(&mut self, key: Vec<u8>) -> Result<(), ::sled::Error> {
        self.batch.remove(key);
        self.one_more()
    }

    fn one_more(&mut self) -> Result<(), ::sled::Error> {
        self.count += 1;
        if self.count < BATCH_MAX {
            return Ok(());
        }
        self.apply()
    }

    fn apply(&mut self) -> Result<(), ::sled::Error> {
        self.count = 0;
        self.db.apply_batch(std::mem::take(&mut self.batch))
    }
}

/// sled asserts where others return errors.
fn guarded<T>(work: impl FnOnce() -> Result<T, ::sled::Error>) -> Result<T, StoreError> {
    let reason = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            format!("it panicked: {}", text.unwrap_or("no message"))
        }
    };
    Err(StoreError::Engine { reason })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
fn io(error: std::io::Error) -> StoreError {
    StoreError::Engine {
        reason: error.to_string(),
    }
}
