//! A transaction: one snapshot, the writes laid over it, and a note of
//! everything read.
//!
//! Reads see the snapshot and the transaction's own writes, adds to tallies
//! included. A read of a key that the transaction itself has put is not noted:
//! its answer depends on nobody else.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::batch::{Writes, number, ranking_moves};
use super::page::{Pager, part_of};
use super::usage::{Change, Charge, QuotaReached, Quotas};
use super::{
    Batch, Board, CommitError, Direction, Key, KeyRange, Order, Page, PageLimit, Partition,
    ReadSet, Seq, Snapshot, Store, StoreError, keys,
};

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only read: every write is refused.
    Read,
    /// Read and write.
    Write,
}

/// An open transaction. Dropped, it leaves no trace.
pub struct Transaction {
    store: Arc<dyn Store>,
    snapshot: Snapshot,
    access: Access,
    reads: ReadSet,
    batch: Batch,
    /// What its own writes have made of the usages so far.
    charged: BTreeMap<Key, Change>,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction")
            .field("snapshot", &self.snapshot)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

/// A finished transaction, ready for [`Store::commit`].
#[derive(Debug)]
pub struct Commit {
    /// What the reads saw.
    pub snapshot: Snapshot,
    /// What to write.
    pub batch: Batch,
    /// What must not have changed.
    pub reads: ReadSet,
}

impl Transaction {
    /// Opens a transaction at the newest commit of a partition.
    pub async fn begin(
        store: Arc<dyn Store>,
        partition: &Partition,
        access: Access,
    ) -> Result<Transaction, StoreError> {
        let snapshot = store.snapshot(partition).await?;
        Ok(Transaction {
            store,
            snapshot,
            access,
            reads: ReadSet::default(),
            batch: Batch::default(),
            charged: BTreeMap::new(),
        })
    }

    /// The commit its reads see.
    pub fn seq(&self) -> Seq {
        self.snapshot.seq()
    }

    /// Its partition.
    pub fn partition(&self) -> &Partition {
        self.snapshot.partition()
    }

    /// What it has written so far.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// What it has read so far.
    pub fn reads(&self) -> &ReadSet {
        &self.reads
    }

    /// The value of a key.
    pub async fn get(&mut self, key: &Key) -> Result<Option<Bytes>, StoreError> {
        if let Some(written) = self.batch.written(key) {
            return Ok(written.clone());
        }
        self.get_below(key).await
    }

    /// One page of a range.
    pub async fn scan(
        &mut self,
        range: KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Page, StoreError> {
        self.scan_under(range, direction, limit, None).await
    }

    /// One page of a range, noted nowhere, so that it conflicts with nobody: for
    /// limits that a few may pass at once.
    pub async fn scan_unnoted(
        &self,
        range: KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Page, StoreError> {
        self.page_of(range, direction, limit, self.batch.writes())
            .await
    }

    /// One counter of a board as the snapshot and this transaction have it.
    /// Noted nowhere, so that it conflicts with nobody: good for a limit that
    /// may be passed by those who are under way at the same moment, and for
    /// nothing that anybody is told.
    pub async fn glance(&self, board: &Board, item: &str) -> Result<i64, StoreError> {
        let stored = self.store.get(&self.snapshot, &board.count(item)).await?;
        let own = self.batch.added(board, item).unwrap_or_default();
        Ok(number(stored.as_ref())?.saturating_add(own))
    }

    /// The sum of a board's counts, likewise.
    pub async fn glance_total(&self, board: &Board) -> Result<i64, StoreError> {
        let stored = self.store.get(&self.snapshot, &board.total()).await?;
        Ok(self.with_own(board, number(stored.as_ref())?))
    }

    /// What a write would make of what is kept: `bytes` of value under a key,
    /// or none. What it finds is noted nowhere, so that it conflicts with
    /// nobody: the commit looks again.
    pub async fn charge(&self, key: &Key, bytes: Option<usize>) -> Result<Charge, StoreError> {
        let mut charge = Charge::default();
        let Some(metered) = keys::metered(key) else {
            return Ok(charge);
        };
        let old = match self.batch.written(key) {
            Some(own) => own.clone(),
            None => self.store.get(&self.snapshot, key).await?,
        };
        let old = old.map(|old| old.len());
        let change = Change::of(metered.name_bytes, old, bytes);
        for (of, usage) in metered.usages {
            let stored = self.store.get(&self.snapshot, &usage).await?;
            let pending = self.charged.get(&usage).copied().unwrap_or_default();
            charge.add((of, usage), stored.as_ref(), pending, change)?;
        }
        Ok(charge)
    }

    /// Notes that the write is made after all.
    pub fn accept(&mut self, charge: Charge) {
        for (usage, change) in charge.changes {
            let sum = self.charged.entry(usage).or_default();
            *sum = sum.and(change);
        }
    }

    /// Bounds what plugins and cards may keep after it.
    pub fn bound(&mut self, quotas: Quotas) {
        self.batch.bound(quotas);
    }

    /// Bounds a count or a total of a board for the commit, which fails with
    /// this if what it adds to it goes beyond.
    pub fn cap(&mut self, counter: Key, reached: QuotaReached) {
        self.batch.cap(counter, reached);
    }

    /// Sets a key.
    pub fn put(&mut self, key: Key, value: Bytes) -> Result<(), StoreError> {
        self.writable()?;
        self.batch.put(key, value);
        Ok(())
    }

    /// Removes a key.
    pub fn delete(&mut self, key: Key) -> Result<(), StoreError> {
        self.writable()?;
        self.batch.delete(key);
        Ok(())
    }

    /// Adds to one item of a board. Reads nothing, so conflicts with nobody.
    pub fn add(&mut self, board: &Board, item: &str, delta: i64) -> Result<(), StoreError> {
        self.writable()?;
        self.batch.add(board, item, delta);
        Ok(())
    }

    /// The count of one item.
    pub async fn count(&mut self, board: &Board, item: &str) -> Result<i64, StoreError> {
        let count = number(self.get_below(&board.count(item)).await?.as_ref())?;
        let added = self.batch.added(board, item).unwrap_or(0);
        Ok(count.saturating_add(added))
    }

    /// The sum of all counts of a board.
    pub async fn total(&mut self, board: &Board) -> Result<i64, StoreError> {
        let total = number(self.get_below(&board.total()).await?.as_ref())?;
        Ok(self.with_own(board, total))
    }

    /// The first items of a board's ranking and their counts, at most `limit`.
    pub async fn top(
        &mut self,
        board: &Board,
        limit: usize,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let page = self.ranking(board, board.ranking(), limit).await?;
        let standings = page.entries.iter().map(|(place, _)| {
            let standing = board.standing_at(place);
            standing.ok_or_else(|| StoreError::Damaged {
                reason: "a place in a ranking names no item".into(),
            })
        });
        standings.collect()
    }

    /// A page of one of a board's rankings, from a place on: each item with its
    /// count and its place.
    pub async fn ranked(
        &mut self,
        board: &Board,
        order: Order,
        from: Option<Key>,
        limit: usize,
    ) -> Result<Vec<(Key, String, i64)>, StoreError> {
        let mut range = board.ranking_by(order);
        if let Some(from) = from {
            range.start = range.start.max(from);
        }
        let page = self.ranking(board, range, limit).await?;
        let standings = page.entries.into_iter().map(|(place, _)| {
            let standing = board.standing_by(order, &place);
            let (item, count) = standing.ok_or_else(|| StoreError::Damaged {
                reason: "a place in a ranking names no item".into(),
            })?;
            Ok((place, item, count))
        });
        standings.collect()
    }

    /// The place of an item in its board's ranking, from 1, if it is among the
    /// first `limit`.
    pub async fn rank(
        &mut self,
        board: &Board,
        item: &str,
        limit: usize,
    ) -> Result<Option<usize>, StoreError> {
        let count = self.count(board, item).await?;
        if count == 0 {
            return Ok(None);
        }
        let mut range = board.ranking();
        range.end = board.place(count, item).successor();
        let page = self.ranking(board, range, limit).await?;
        Ok(page.next.is_none().then_some(page.entries.len()))
    }

    /// Ends it for good: what it read, for a cache to watch.
    pub fn into_reads(self) -> ReadSet {
        self.reads
    }

    /// Ends it: what to hand to [`Store::commit`].
    pub fn into_commit(self) -> Commit {
        Commit {
            snapshot: self.snapshot,
            batch: self.batch,
            reads: self.reads,
        }
    }

    /// Ends it and commits.
    pub async fn commit(self) -> Result<Seq, CommitError> {
        let store = Arc::clone(&self.store);
        store.commit(self.into_commit()).await
    }

    fn writable(&self) -> Result<(), StoreError> {
        match self.access {
            Access::Write => Ok(()),
            Access::Read => Err(StoreError::ReadOnly),
        }
    }

    /// A board's total, with what this transaction adds to it.
    fn with_own(&self, board: &Board, total: i64) -> i64 {
        let added = self.batch.adds_to(board).into_iter().flatten();
        added.fold(total, |sum, (_, delta)| sum.saturating_add(*delta))
    }

    async fn get_below(&mut self, key: &Key) -> Result<Option<Bytes>, StoreError> {
        self.reads.point(key.clone());
        self.store.get(&self.snapshot, key).await
    }

    async fn ranking(
        &mut self,
        board: &Board,
        range: KeyRange,
        entries_max: usize,
    ) -> Result<Page, StoreError> {
        let limit = PageLimit {
            entries_max,
            bytes_max: usize::MAX,
        };
        let moves = self.own_moves(board).await?;
        self.scan_under(range, Direction::Forward, limit, Some(moves))
            .await
    }

    /// Where this transaction's own adds move items of a board. Only the
    /// counts of those items are read.
    async fn own_moves(&mut self, board: &Board) -> Result<Writes, StoreError> {
        let adds = self.batch.adds_to(board).cloned().unwrap_or_default();
        let mut moves = Writes::new();
        for (item, delta) in adds {
            let old = number(self.get_below(&board.count(&item)).await?.as_ref())?;
            moves.extend(ranking_moves(board, &item, old, old.saturating_add(delta)));
        }
        Ok(moves)
    }

    /// A page of the snapshot under `over`, or under this transaction's
    /// writes. Notes the range up to the first entry the page had no room for:
    /// that there is one is part of the answer.
    async fn scan_under(
        &mut self,
        range: KeyRange,
        direction: Direction,
        limit: PageLimit,
        over: Option<Writes>,
    ) -> Result<Page, StoreError> {
        let over = over.as_ref().unwrap_or(self.batch.writes());
        let page = self.page_of(range.clone(), direction, limit, over).await?;
        self.reads.range(seen(range, direction, page.next.as_ref()));
        Ok(page)
    }

    async fn page_of(
        &self,
        range: KeyRange,
        direction: Direction,
        limit: PageLimit,
        over: &Writes,
    ) -> Result<Page, StoreError> {
        let mut pager = Pager::new(range, direction, limit);
        while let Some((rest, limit)) = pager.wants() {
            let base = self
                .store
                .scan(&self.snapshot, rest, direction, limit)
                .await?;
            pager.feed(base, |covered| part_of(over, covered));
        }
        Ok(pager.finish())
    }
}

fn seen(mut range: KeyRange, direction: Direction, next: Option<&Key>) -> KeyRange {
    match (next, direction) {
        (None, _) => {}
        (Some(next), Direction::Forward) => range.end = next.successor(),
        (Some(next), Direction::Backward) => range.start = next.clone(),
    }
    range
}
