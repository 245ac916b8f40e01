//! What stands below the version window: something that answers reads, and an
//! index that can be filled.
//!
//! None of it is the truth. The truth is the journal and the dump it goes back
//! to; an index can be thrown away at any time and built again from them.

#[cfg(test)]
pub(in crate::store) mod memory;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::batch::Writes;
use super::journal::GroupNumber;
use super::{Direction, Key, KeyRange, Page, PageLimit, Partition, Seq, StoreError};

/// Values as they were at some commit of each partition.
///
/// A read that races a change of the same key may answer with the old value,
/// the new one, bytes of both, or an error: the version window, which is asked
/// after it, holds the right one in that case.
pub(in crate::store) trait Base: Send + Sync + 'static {
    /// The last commit of a partition.
    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError>;

    fn get(&self, partition: &Partition, key: &Key) -> Result<Option<Bytes>, StoreError>;

    fn scan(
        &self,
        partition: &Partition,
        range: &KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Scanned, StoreError>;

    /// Hands over everything, in the order of the keys (`store/cells.rs` says
    /// how they look), until `each` answers an error. Changes meanwhile may be
    /// seen or not.
    fn walk(&self, each: &mut Visit<'_>) -> Result<(), StoreError>;
}

/// Takes one entry of a walk.
pub(in crate::store) type Visit<'a> = dyn FnMut(&[u8], &Bytes) -> Result<(), StoreError> + 'a;

/// A base that follows the journal.
pub(in crate::store) trait Index: Base {
    /// The last group that has been filled in with all before it; none if it
    /// has never been filled.
    fn position(&self) -> Result<Option<GroupNumber>, StoreError>;

    /// Fills in what groups up to `position` have written. In pieces: until it
    /// returns, any part of it may be there, and after a crash too; filling in
    /// the same again puts it right.
    fn fill(&self, writes: &[Filled], position: GroupNumber) -> Result<(), StoreError>;

    /// Looks whether everything is there that was filled in, and nothing else.
    /// An engine can lose a part of its files without noticing: what it hands
    /// out may be whole, and yet not all, or not the newest.
    fn check(&self) -> Result<(), StoreError>;

    /// Fills an empty index with what a walk of another base hands over.
    fn load(&self, from: &dyn Base, progress: &mut dyn FnMut(u64)) -> Result<(), StoreError>;
}

/// What one or more commits have written to a partition.
#[derive(Debug)]
pub(in crate::store) struct Filled {
    pub partition: Partition,
    pub seq: Seq,
    pub writes: Writes,
}

/// Makes indexes.
pub(in crate::store) trait Engine: Send + 'static {
    /// The one that an earlier process left, if it is worth a check, and has at
    /// least what the dump has.
    fn kept(&self, dumped: GroupNumber) -> Option<Arc<dyn Index>>;

    /// A new one, with nothing in it, in place of whatever there was.
    fn fresh(&self) -> Result<Arc<dyn Index>, StoreError>;

    /// Makes the last one survive a power cut, now that nobody has it open.
    fn seal(&self) -> Result<(), StoreError>;
}

/// One page of a base.
#[derive(Debug, Default)]
pub(in crate::store) struct Scanned {
    pub page: Page,
    /// Keys left out of the page because their value could not be put
    /// together, and why.
    pub torn: BTreeMap<Key, StoreError>,
}

/// The base of a store that has no dump yet.
pub(in crate::store) struct Nothing;

impl Base for Nothing {
    fn seq(&self, _: &Partition) -> Result<Seq, StoreError> {
        Ok(Seq(0))
    }

    fn get(&self, _: &Partition, _: &Key) -> Result<Option<Bytes>, StoreError> {
        Ok(None)
    }

    fn scan(
        &self,
        _: &Partition,
        _: &KeyRange,
        _: Direction,
        _: PageLimit,
    ) -> Result<Scanned, StoreError> {
        Ok(Scanned::default())
    }

    fn walk(&self, _: &mut Visit<'_>) -> Result<(), StoreError> {
        Ok(())
    }
}
