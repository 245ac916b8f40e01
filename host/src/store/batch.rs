//! What a transaction leaves behind: its writes and its reads.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::keys::{Board, Key, KeyRange};
use super::usage::{self, QuotaReached, Quotas};
use super::{CommitError, StoreError};

/// Absolute values by key; `None` deletes.
pub(in crate::store) type Writes = BTreeMap<Key, Option<Bytes>>;

/// What a commit writes: puts, deletes, and adds to counters. Adds stay
/// relative until the commit, so that they conflict with nobody.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    writes: Writes,
    adds: BTreeMap<Board, BTreeMap<String, i64>>,
    adds_len: usize,
    value_bytes: usize,
    quotas: Option<Quotas>,
    caps: BTreeMap<Key, QuotaReached>,
}

impl Batch {
    /// Sets a key.
    pub fn put(&mut self, key: Key, value: Bytes) {
        self.value_bytes += value.len();
        self.replace(key, Some(value));
    }

    /// Removes a key.
    pub fn delete(&mut self, key: Key) {
        self.replace(key, None);
    }

    /// Adds to an item of a board, to the board's total, and moves the item in
    /// the board's ranking.
    pub fn add(&mut self, board: &Board, item: &str, delta: i64) {
        let items = self.adds.entry(board.clone()).or_default();
        if let Some(sum) = items.get_mut(item) {
            *sum = sum.saturating_add(delta);
        } else {
            items.insert(item.to_owned(), delta);
            self.adds_len += 1;
        }
    }

    /// Bounds what plugins and cards may keep after it.
    pub fn bound(&mut self, quotas: Quotas) {
        self.quotas = Some(quotas);
    }

    /// Bounds a count or a total of a board that this batch adds to. At the
    /// commit, because others add meanwhile. What takes away is always allowed.
    pub fn cap(&mut self, counter: Key, reached: QuotaReached) {
        self.caps.insert(counter, reached);
    }

    /// What this batch makes of a key, if anything: `Some(None)` is a delete.
    pub fn written(&self, key: &Key) -> Option<&Option<Bytes>> {
        self.writes.get(key)
    }

    /// The keys of a range that this batch sets, in order.
    pub fn puts_in<'a>(&'a self, range: &KeyRange) -> impl Iterator<Item = &'a Key> {
        let written = self.writes.range(range.start.clone()..range.end.clone());
        written
            .filter(|(_, value)| value.is_some())
            .map(|(key, _)| key)
    }

    /// What this batch adds to an item.
    pub fn added(&self, board: &Board, item: &str) -> Option<i64> {
        self.adds.get(board)?.get(item).copied()
    }

    /// How many keys and counters it writes.
    pub fn len(&self) -> usize {
        self.writes.len() + self.adds_len
    }

    /// Whether it writes nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of all its values.
    pub fn value_bytes(&self) -> usize {
        self.value_bytes
    }

    /// About how many bytes it makes of the journal.
    pub(in crate::store) fn bytes(&self) -> usize {
        /// Lengths, and a counter's own values.
        const EACH: usize = 16;
        let keys: usize = self.writes.keys().map(|key| key.len()).sum();
        let counters: usize = self.counter_key_lens().map(|len| 4 * (len + EACH)).sum();
        self.value_bytes + keys + EACH * self.writes.len() + counters
    }

    pub(in crate::store) fn writes(&self) -> &Writes {
        &self.writes
    }

    /// For every counter, how long the longest of the keys is that it is kept
    /// under.
    pub(in crate::store) fn counter_key_lens(&self) -> impl Iterator<Item = usize> {
        let boards = self.adds.iter();
        boards.flat_map(|(board, items)| items.keys().map(|item| board.place_len(item)))
    }

    pub(in crate::store) fn adds_to(&self, board: &Board) -> Option<&BTreeMap<String, i64>> {
        self.adds.get(board)
    }

    /// Turns the adds into absolute writes and counts what is kept, reading what
    /// stands now.
    pub(in crate::store) fn settle(
        self,
        mut read: impl FnMut(&Key) -> Result<Option<Bytes>, StoreError>,
    ) -> Result<Writes, CommitError> {
        let mut writes = self.writes;
        let within = |counter: &Key, old: i128, new: i128| match self.caps.get(counter) {
            Some(reached) if new > old && new > i128::from(reached.max) => Err(*reached),
            _ => Ok(()),
        };
        for (board, items) in &self.adds {
            let mut moved = 0i128;
            for (item, delta) in items {
                let key = board.count(item);
                let old = number(read(&key)?.as_ref())?;
                let new = old.saturating_add(*delta);
                if new != old {
                    within(&key, old.into(), new.into())?;
                    moved += i128::from(new) - i128::from(old);
                    writes.insert(key, stored(new));
                    writes.extend(ranking_moves(board, item, old, new));
                }
            }
            if moved != 0 {
                let key = board.total();
                let old = i128::from(number(read(&key)?.as_ref())?);
                let sum = old + moved;
                within(&key, old, sum)?;
                writes.insert(key, stored(saturated(sum)));
            }
        }
        usage::meter(&mut writes, &self.quotas.unwrap_or(Quotas::NONE), read)?;
        Ok(writes)
    }

    fn replace(&mut self, key: Key, value: Option<Bytes>) {
        if let Some(Some(old)) = self.writes.insert(key, value) {
            self.value_bytes -= old.len();
        }
    }
}

/// Every key and range a transaction has read, found or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadSet {
    points: BTreeSet<Key>,
    ranges: Vec<KeyRange>,
}

impl ReadSet {
    /// Notes that a key was read.
    pub fn point(&mut self, key: Key) {
        self.points.insert(key);
    }

    /// Notes that a range was read.
    pub fn range(&mut self, range: KeyRange) {
        if !range.is_empty() && !self.ranges.contains(&range) {
            self.ranges.push(range);
        }
    }

    /// The keys read.
    pub fn points(&self) -> impl Iterator<Item = &Key> {
        self.points.iter()
    }

    /// The ranges read.
    pub fn ranges(&self) -> &[KeyRange] {
        &self.ranges
    }

    /// Whether a change of this key is a change of what was read.
    pub fn contains(&self, key: &Key) -> bool {
        self.points.contains(key) || self.ranges.iter().any(|range| range.contains(key))
    }
}

/// How an item moves in its board's rankings. Counts of 0 have no place.
pub(in crate::store) fn ranking_moves(
    board: &Board,
    item: &str,
    old: i64,
    new: i64,
) -> impl Iterator<Item = (Key, Option<Bytes>)> {
    // In this order: where it does not move, it stays.
    let moves = [(old, None), (new, Some(Bytes::new()))];
    let moves = moves.into_iter().filter(|(count, _)| *count != 0);
    moves.flat_map(move |(count, to)| {
        let place = (board.place(count, item), to.clone());
        let hot = board.hot_place(count, item).map(|place| (place, to));
        [Some(place), hot].into_iter().flatten()
    })
}

/// A stored counter. A missing one is 0.
pub(in crate::store) fn number(value: Option<&Bytes>) -> Result<i64, StoreError> {
    let Some(bytes) = value else { return Ok(0) };
    match bytes.as_ref().try_into() {
        Ok(bytes) => Ok(i64::from_be_bytes(bytes)),
        Err(_) => Err(StoreError::Damaged {
            reason: format!("a counter of {} bytes, not 8", bytes.len()),
        }),
    }
}

fn stored(count: i64) -> Option<Bytes> {
    (count != 0).then(|| Bytes::copy_from_slice(&count.to_be_bytes()))
}

fn saturated(sum: i128) -> i64 {
    let inside = sum.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(inside).expect("clamped to the range of i64")
}
