//! What an embedded engine must do for [`super::embedded`]: keep the newest
//! value of every key and apply batches atomically. It has one writer and no
//! snapshots; those are made in front of it.

#[cfg(test)]
pub(in crate::store) mod memory;

use std::collections::BTreeMap;

use bytes::Bytes;

use super::batch::Writes;
use super::{Direction, Key, KeyRange, Page, PageLimit, Partition, Seq, StoreError};

/// An ordered index of the newest values.
///
/// A read that races an `apply` of the same key may answer with the old value,
/// the new one, bytes of both, or an error: the version window, which is asked
/// after it, holds the right one in that case.
pub(in crate::store) trait Index: Send + Sync + 'static {
    /// The last commit applied to a partition.
    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError>;

    fn get(&self, partition: &Partition, key: &Key) -> Result<Option<Bytes>, StoreError>;

    fn scan(
        &self,
        partition: &Partition,
        range: &KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Scanned, StoreError>;

    /// Applies one commit, its `seq` included, in one piece.
    fn apply(&self, partition: &Partition, seq: Seq, writes: &Writes) -> Result<(), StoreError>;

    /// Returns when everything applied so far is as durable as the engine
    /// makes it.
    fn flush(&self) -> Result<(), StoreError>;
}

/// One page of an index.
#[derive(Debug, Default)]
pub(in crate::store) struct Scanned {
    pub page: Page,
    /// Keys left out of the page because their value could not be put
    /// together, and why.
    pub torn: BTreeMap<Key, StoreError>,
}
