//! What a view was drawn from, and whether that has changed.
//!
//! # Why no cached view can be stale
//!
//! A [`Basis`] holds every key and range that was read, the commit they were
//! read at, and the instant from which the clock would have said something
//! else. All other things a view depends on (plugin version, configuration,
//! locale, size, reader) are in its key or fixed for the life of the process.
//!
//! A view is right at commit *n* if nothing it read was touched by the commits
//! after the one it was read at, up to *n*. That is asked of the store at the
//! moment of the lookup: [`Store::seq`] is read first, and if the view was not
//! yet known to be right there, [`Store::changes`] says what was committed
//! since. A commit is acknowledged after it is published, so whoever looks up
//! after an acknowledgement reads a `seq` that includes it.
//!
//! So nothing has to reach the cache for it to be right: there is no message
//! that could be lost, come late or be forgotten, and it does not matter
//! whether a view enters the cache before, during or after a commit. (With
//! invalidations pushed from the commit, a view drawn before a commit and kept
//! after it would have to be checked under the publish lock. Here it is checked
//! by whoever wants to use it.) That the commits up to *n* left a view alone
//! stays true for ever, which is why [`Basis`] may remember the newest *n* it
//! was found right at, in a plain atomic, and why the next lookup without a
//! commit in between costs one comparison.

use crate::store::{Changes, KeyRange, Partition, ReadSet, Seq, Store, StoreError, Transaction};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// When a view is to be right: not before what the circle had then been
/// through, and by the clock of then.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// What has changed in the circle.
    pub history: &'a dyn History,
    /// The circle's newest commit, read when it was asked for the view.
    pub newest: Seq,
    /// The time, in milliseconds since 1970.
    pub now_ms: u64,
}

/// What is asked of the store.
pub trait History {
    /// See [`Store::changes`].
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn changes(&self, partition: &Partition, since: Seq) -> Result<Option<Changes>, StoreError>;
}

impl History for Arc<dyn Store> {
    fn changes(&self, partition: &Partition, since: Seq) -> Result<Option<Changes>, StoreError> {
        self.as_ref().changes(partition, since)
    }
}

/// Everything that makes a view what it is, besides its key.
#[derive(Debug)]
pub struct Basis {
    partition: Partition,
    reads: ReadSet,
    drawn_at: Seq,
    /// Nothing in `reads` was touched after `drawn_at`, up to here.
    right_at: AtomicU64,
    expires_at_ms: Option<u64>,
}

impl Basis {
    /// What a render read, and the instant from which it would have been told
    /// another time.
    pub fn new(transaction: Transaction, expires_at_ms: Option<u64>) -> Basis {
        let (partition, drawn_at) = (transaction.partition().clone(), transaction.seq());
        Basis::of_reads(partition, drawn_at, transaction.into_reads(), expires_at_ms)
    }

    pub(super) fn of_reads(
        partition: Partition,
        drawn_at: Seq,
        reads: ReadSet,
        expires_at_ms: Option<u64>,
    ) -> Basis {
        Basis {
            partition,
            reads,
            drawn_at,
            right_at: AtomicU64::new(drawn_at.0),
            expires_at_ms,
        }
    }

    /// Whether drawing again would give the same.
    ///
    /// # Errors
    ///
    /// When the store cannot say what has changed.
    pub fn is_right(&self, moment: Moment<'_>) -> Result<bool, StoreError> {
        let Moment {
            history,
            newest,
            now_ms,
        } = moment;
        if self.expires_at_ms.is_some_and(|instant| now_ms >= instant) {
            return Ok(false);
        }
        // Relaxed: the number is a fact about commits that are over, and holds
        // whatever else this thread has seen.
        let right_at = Seq(self.right_at.load(Ordering::Relaxed));
        if right_at >= newest {
            return Ok(true);
        }
        let Some(changes) = history.changes(&self.partition, right_at)? else {
            return Ok(false);
        };
        if changes.touch(&self.reads) {
            return Ok(false);
        }
        self.right_at.fetch_max(changes.upto.0, Ordering::Relaxed);
        Ok(true)
    }

    /// The circle.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// What was read.
    pub fn reads(&self) -> &ReadSet {
        &self.reads
    }

    /// The commit it was read at.
    pub fn drawn_at(&self) -> Seq {
        self.drawn_at
    }

    /// The instant from which it is not right any more, in milliseconds since
    /// 1970.
    pub fn expires_at_ms(&self) -> Option<u64> {
        self.expires_at_ms
    }

    /// About how many bytes of memory it holds.
    pub fn bytes(&self) -> usize {
        /// A key's share of a tree node, and its header.
        const KEY_BYTES: usize = 64;
        let points = self.reads.points().map(|key| key.len() + KEY_BYTES);
        let range = |range: &KeyRange| range.start.len() + range.end.len() + 2 * KEY_BYTES;
        let ranges = self.reads.ranges().iter().map(range);
        size_of::<Self>() + points.sum::<usize>() + ranges.sum::<usize>()
    }
}
