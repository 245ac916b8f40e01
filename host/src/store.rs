//! Where everything durable lives: ordered keys in partitions, read at a fixed
//! point, written by atomic commits.
//!
//! A *partition* is one circle. Every transaction touches exactly one, and
//! every commit gives it the next [`Seq`]. Isolation is optimistic: a
//! transaction notes what it read, and its commit is refused if any of it has
//! changed since, so that what is committed is serializable in the order of
//! `seq`. That is also what lets another engine, a distributed one included,
//! stand behind [`Store`].
//!
//! Imports `config` at most. It knows bytes, not circles, cards or readers:
//! those rules are `community`'s.

mod backup;
#[doc(hidden)]
pub mod bare;
mod batch;
mod cells;
#[cfg(test)]
pub(crate) mod crash;
mod disk;
mod dump;
mod dumped;
mod embedded;
mod index;
mod journal;
pub mod keys;
mod ledger;
mod media;
mod opening;
mod page;
mod seeded;
mod sled;
#[cfg(test)]
pub(crate) mod suite;
mod transaction;
mod usage;
mod window;

use std::any::Any;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;

pub use self::backup::{
    BackupError, BackupReport, Counts, Finding, RestorePoint, RestoreReport, backup, restore,
    verify_backup, verify_data,
};
pub use self::batch::{Batch, ReadSet};
pub use self::embedded::{DiskOption, Options, open};
pub use self::keys::{Board, Key, KeyRange, Order, Partition};
pub use self::ledger::{Ledger, LedgerError, LedgerLine, read_ledger};
pub use self::media::{MediaFiles, media_id};
pub use self::transaction::{Access, Commit, Transaction};
pub use self::usage::{Charge, QuotaReached, Quotas, Usage, UsageOf};

/// The longest key inside its partition. With the partition in front and a
/// cell number behind, no key of the engine exceeds 256 bytes.
pub const KEY_BYTES_MAX: usize = 220;

/// The longest value.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;

/// What every backend does. The suite in `store/suite.rs` says it in tests.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Fixes a point to read at: the newest commit of the partition. Dropping
    /// the snapshot releases it.
    async fn snapshot(&self, partition: &Partition) -> Result<Snapshot, StoreError>;

    /// The value of a key at the snapshot.
    async fn get(&self, snapshot: &Snapshot, key: &Key) -> Result<Option<Bytes>, StoreError>;

    /// One page of a range at the snapshot. A page has at least one entry if
    /// the range has, whatever the byte limit.
    async fn scan(
        &self,
        snapshot: &Snapshot,
        range: &KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Page, StoreError>;

    /// Applies a batch in one piece, or not at all. What this acknowledges
    /// outlives the process. [`CommitError::Conflict`] says that something in
    /// `reads` has changed since the snapshot. An empty batch commits nothing and returns
    /// the snapshot's own `seq`.
    ///
    /// Dropping the future does not take the commit back, and after
    /// [`StoreError::Unavailable`] it may or may not have happened: try again
    /// under the same idempotency key.
    async fn commit(&self, commit: Commit) -> Result<Seq, CommitError>;

    /// The newest commit of a partition, without waiting for anything: a map
    /// lookup and an atomic load (one short read of the engine when a
    /// partition is touched for the first time).
    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError>;

    /// What was committed to a partition after `since`. `None` says that it
    /// is too long ago to be known: anything may have changed.
    fn changes(&self, partition: &Partition, since: Seq) -> Result<Option<Changes>, StoreError>;

    /// The newest commit of a partition, to wait on.
    fn watch(&self, partition: &Partition) -> Result<watch::Receiver<Seq>, StoreError>;

    /// Whether commits are taken; the error says why not.
    fn writable(&self) -> Result<(), StoreError>;

    /// Writes down all there is in one piece, so that the way back to it after
    /// a crash is short.
    async fn checkpoint(&self) -> Result<(), StoreError>;
}

/// The number of a commit in its partition. The first commit is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

impl Seq {
    /// The number of the commit after this one.
    #[must_use]
    pub fn next(self) -> Seq {
        Seq(self.0 + 1)
    }
}

/// What happened in a partition after some commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The newest commit among them, or the one asked from if there is none.
    pub upto: Seq,
    /// Each commit's keys, oldest commit first.
    pub commits: Vec<Change>,
}

/// One commit's keys: everything it put, deleted, counted or moved in a
/// ranking. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The commit.
    pub seq: Seq,
    /// In order.
    pub keys: Arc<[Key]>,
}

impl Changes {
    /// Whether anything that was read is among them.
    pub fn touch(&self, reads: &ReadSet) -> bool {
        let mut keys = self.commits.iter().flat_map(|change| change.keys.iter());
        keys.any(|key| reads.contains(key))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A partition as it was after one commit. Held, it keeps what later commits
/// supersede readable; dropped, it lets go.
pub struct Snapshot {
    partition: Partition,
    seq: Seq,
    lease: Box<dyn Any + Send + Sync>,
}

impl Snapshot {
    /// For backends: `lease` is what they keep alive with it.
    pub fn new(partition: Partition, seq: Seq, lease: impl Any + Send + Sync) -> Snapshot {
        Snapshot {
            partition,
            seq,
            lease: Box::new(lease),
        }
    }

    /// The partition it shows.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The commit it shows.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// For backends: their lease, if this snapshot is one of theirs.
    pub fn lease<T: Any>(&self) -> Option<&T> {
        self.lease.downcast_ref()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({:?} at {})", self.partition, self.seq)
    }
}

/// The order of a scan, by the bytes of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Forward,
    /// Largest first.
    Backward,
}

/// How much one page may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit {
    /// At least 1.
    pub entries_max: usize,
    /// Of keys and values together. The first entry is never held back.
    pub bytes_max: usize,
}

/// One page of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order of the scan.
    pub entries: Vec<(Key, Bytes)>,
    /// The key of the first entry that found no room, if there is one.
    pub next: Option<Key>,
}

/// Why a read failed, or a commit for a reason other than a conflict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Writes have stopped for the life of this process. Reads go on.
    #[error("the store takes no more writes: {reason}. Restart the host once the cause is removed")]
    Unavailable {
        /// What stopped them.
        reason: String,
    },
    /// What was read cannot have been written like that.
    #[error("the store is damaged: {reason}")]
    Damaged {
        /// What was found.
        reason: String,
    },
    /// The engine below failed, for instance on a full disk.
    #[error("the store's engine failed: {reason}")]
    Engine {
        /// What it said.
        reason: String,
    },
    /// A key or value beyond what the store keeps.
    #[error("a {what} of {bytes} bytes is longer than the {bytes_max} the store keeps")]
    TooLong {
        /// `key` or `value`.
        what: &'static str,
        /// Its length.
        bytes: usize,
        /// The most it may have.
        bytes_max: usize,
    },
    /// A write in a transaction that only reads.
    #[error("this transaction only reads")]
    ReadOnly,
    /// A snapshot of another kind of store was handed in: a defect of the
    /// caller.
    #[error("the snapshot belongs to another kind of store")]
    ForeignSnapshot,
}

/// Why a commit did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Something the transaction read has changed since. Run it again.
    #[error("what the transaction read has changed since")]
    Conflict,
    /// It would keep more than it may.
    #[error(transparent)]
    Quota(#[from] QuotaReached),
    /// Anything else.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a store could not be opened. Every text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory cannot be made or used.
    #[error("cannot use the data directory {}: {source}", dir.display())]
    Directory {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process has it open.
    #[error(
        "the data directory {} is in use by another process ({holder}): \
         stop it, or give this one another `data.dir`", dir.display()
    )]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// The other process, as far as it is known.
        holder: String,
    },
    /// A later version of the host wrote it.
    #[error(
        "the data directory {} has format {found}, and this version of quanka reads up to \
         {known}: run the newer version that wrote it", dir.display()
    )]
    NewerFormat {
        /// The directory.
        dir: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format this version knows.
        known: u32,
    },
    /// The files are there, but they are not what was written. Nothing was
    /// changed.
    #[error("the data in {} cannot be opened: {reason}", dir.display())]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What was found, and what to do.
        reason: String,
    },
}
