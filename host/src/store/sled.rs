//! The index on disk: sled 0.34.7, one tree.
//!
//! It is an index and not the truth for a reason: its flush is no fsync on
//! Linux, and at power cuts it lost what it had acknowledged, and itself. So
//! nothing here waits for a flush, what an earlier process left is checked
//! before anybody reads it, and whatever goes wrong with it, it is dropped and
//! built anew (`embedded/fill.rs`). `cells.rs` says how values lie in it.

mod files;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
///
/// Beside the cells lies their *digest*, the sum of a checksum of each, which
/// changes in the same batch as they do. sled checks every page it reads, but
/// not that it has found all of them: of a damaged file it may leave out a
/// segment and go on with what its pages were before. The sum tells.
pub(in crate::store) struct SledIndex {
    db: ::sled::Db,
    /// Only the thread that fills changes it.
    digest: AtomicU64,
}

/// Operations of one batch. `apply_batch` holds a lock that readers feel.
const BATCH_MAX: usize = 256;

const POSITION: &[u8] = b"\0position";
const DIGEST: &[u8] = b"\0digest";

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
    fn kept(&self, dumped: GroupNumber) -> Option<Arc<dyn Index>> {
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
    let digest = match guarded(|| db.get(DIGEST))? {
        Some(digest) => parse_seq(&digest)?.0,
        None => 0,
    };
    Ok(SledIndex {
        db,
        digest: AtomicU64::new(digest),
    })
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
        let mut batch = Batch::new(self);
        for filled in writes {
            for (key, value) in &filled.writes {
                self.fill_value(&mut batch, &filled.partition, key, value.as_ref())?;
            }
            let seq = filled.seq.0.to_be_bytes();
            batch.replace(seq_key(&filled.partition), Some(&seq))?;
        }
        batch.note(POSITION, position.0);
        batch.apply()
    }

    fn fill_value(
        &self,
        batch: &mut Batch<'_>,
        partition: &Partition,
        key: &Key,
        value: Option<&Bytes>,
    ) -> Result<(), ::sled::Error> {
        let cell = value_key(partition, key);
        let head = value.map(|value| Head::of(value).encode());
        let before = batch.replace(cell, head.as_deref())?;
        let pieces_before = match before.as_deref().and_then(Head::parse) {
            Some(Head::Pieces { bytes }) => cells::pieces(bytes),
            Some(Head::Whole(_)) | None => 0,
        };
        let mut kept = 0;
        for (number, piece) in (0u16..).zip(value.into_iter().flat_map(|value| cells::split(value)))
        {
            batch.replace(piece_key(partition, key, number), Some(piece))?;
            kept = number + 1;
        }
        for number in kept..pieces_before {
            batch.replace(piece_key(partition, key, number), None)?;
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

    fn check(&self) -> Result<(), StoreError> {
        let mut sum = 0u64;
        let mut cells = self.db.range([cells::NOTES + 1]..);
        while let Some((cell, stored)) = guarded(|| cells.next().transpose())? {
            sum = sum.wrapping_add(digest_of(&cell, &stored));
        }
        if sum == self.digest.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(damaged("the index does not hold what was filled in"))
    }

    fn load(&self, from: &dyn Base, progress: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        let mut batch = Batch::new(self);
        let mut entries = 0;
        from.walk(&mut |cell, value| {
            entries += 1;
            if entries % 4096 == 0 {
                progress(entries);
            }
            guarded(|| match Cell::of(cell) {
                Some(Cell::Value) => {
                    batch.add(cell.to_vec(), &Head::of(value).encode())?;
                    for (number, piece) in (0u16..).zip(cells::split(value)) {
                        let key = piece_key_of(cell, number).expect("it is a value's key");
                        batch.add(key, piece)?;
                    }
                    Ok(())
                }
                _ => batch.add(cell.to_vec(), value),
            })
        })?;
        guarded(|| batch.apply())
    }
}

/// Operations that go in together, and go in when they are enough.
struct Batch<'a> {
    index: &'a SledIndex,
    batch: ::sled::Batch,
    count: usize,
    digest: u64,
}

impl<'a> Batch<'a> {
    fn new(index: &'a SledIndex) -> Batch<'a> {
        Batch {
            index,
            batch: ::sled::Batch::default(),
            count: 0,
            digest: index.digest.load(Ordering::Relaxed),
        }
    }

    /// Puts a cell where there was none.
    fn add(&mut self, cell: Vec<u8>, stored: &[u8]) -> Result<(), ::sled::Error> {
        self.digest = self.digest.wrapping_add(digest_of(&cell, stored));
        self.batch.insert(cell, stored);
        self.one_more()
    }

    /// Puts or removes a cell that no other operation of the batch touches,
    /// and answers what it was.
    fn replace(
        &mut self,
        cell: Vec<u8>,
        stored: Option<&[u8]>,
    ) -> Result<Option<::sled::IVec>, ::sled::Error> {
        let before = self.index.db.get(&cell)?;
        if let Some(before) = &before {
            self.digest = self.digest.wrapping_sub(digest_of(&cell, before));
        }
        match stored {
            Some(stored) => self.add(cell, stored)?,
            None => {
                self.batch.remove(cell);
                self.one_more()?;
            }
        }
        Ok(before)
    }

    /// One of the index's own notes.
    fn note(&mut self, name: &[u8], number: u64) {
        self.batch.insert(name, &number.to_be_bytes());
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
        self.note(DIGEST, self.digest);
        self.index.db.apply_batch(std::mem::take(&mut self.batch))?;
        self.index.digest.store(self.digest, Ordering::Relaxed);
        Ok(())
    }
}

/// What a cell adds to the digest. A sum of plain checksums would not tell two
/// cells from two others whose checksums differ by as much in the other
/// direction; spread over 64 bits (SplitMix64), that does not happen by chance.
fn digest_of(cell: &[u8], stored: &[u8]) -> u64 {
    let crc = crc32c::crc32c_append(crc32c::crc32c(cell), stored);
    let mut bits = u64::from(crc) | (cell.len() as u64) << 32;
    bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
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
