//! An index in memory, for tests: fast, and its flushes can be held and made
//! to fail.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Condvar, Mutex};

use bytes::Bytes;

use super::{Index, Scanned};
use crate::store::batch::Writes;
use crate::store::{Direction, Key, KeyRange, PageLimit, Partition, Seq, StoreError};

#[derive(Default)]
pub struct MemoryIndex {
    partitions: Mutex<HashMap<Partition, Entries>>,
    flushes: Arc<Flushes>,
}

#[derive(Default)]
struct Entries {
    seq: Seq,
    values: BTreeMap<Key, Bytes>,
}

/// What a test knows of, and does to, the flushes of an index.
#[derive(Default)]
pub struct Flushes {
    state: Mutex<FlushState>,
    changed: Condvar,
}

#[derive(Default)]
struct FlushState {
    count: usize,
    held: bool,
    fate: Fate,
}

/// How a flush ends.
#[derive(Clone, Copy, Default)]
pub enum Fate {
    #[default]
    Succeed,
    Fail,
    Panic,
}

impl Flushes {
    pub fn count(&self) -> usize {
        self.state.lock().unwrap().count
    }

    /// From now on no flush returns, until [`Flushes::release`].
    pub fn hold(&self) {
        self.state.lock().unwrap().held = true;
    }

    pub fn release(&self) {
        self.state.lock().unwrap().held = false;
        self.changed.notify_all();
    }

    pub fn end_in(&self, fate: Fate) {
        self.state.lock().unwrap().fate = fate;
    }

    fn flush(&self) -> Fate {
        let state = self.state.lock().unwrap();
        let mut state = self.changed.wait_while(state, |state| state.held).unwrap();
        state.count += 1;
        state.fate
    }
}

impl MemoryIndex {
    pub fn flushes(&self) -> Arc<Flushes> {
        Arc::clone(&self.flushes)
    }
}

impl Index for MemoryIndex {
    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError> {
        let partitions = self.partitions.lock().unwrap();
        Ok(partitions
            .get(partition)
            .map_or(Seq(0), |entries| entries.seq))
    }

    fn get(&self, partition: &Partition, key: &Key) -> Result<Option<Bytes>, StoreError> {
        let partitions = self.partitions.lock().unwrap();
        let value = partitions
            .get(partition)
            .and_then(|entries| entries.values.get(key));
        Ok(value.cloned())
    }

    fn scan(
        &self,
        partition: &Partition,
        range: &KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Scanned, StoreError> {
        let partitions = self.partitions.lock().unwrap();
        let mut scanned = Scanned::default();
        let Some(entries) = partitions.get(partition) else {
            return Ok(scanned);
        };
        let mut entries: Vec<_> = entries
            .values
            .range(range.start.clone()..range.end.clone())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if direction == Direction::Backward {
            entries.reverse();
        }
        if entries.len() > limit.entries_max {
            scanned.page.next = Some(entries[limit.entries_max].0.clone());
            entries.truncate(limit.entries_max);
        }
        scanned.page.entries = entries;
        Ok(scanned)
    }

    fn apply(&self, partition: &Partition, seq: Seq, writes: &Writes) -> Result<(), StoreError> {
        let mut partitions = self.partitions.lock().unwrap();
        let entries = partitions.entry(partition.clone()).or_default();
        entries.seq = seq;
        for (key, value) in writes {
            match value {
                Some(value) => entries.values.insert(key.clone(), value.clone()),
                None => entries.values.remove(key),
            };
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), StoreError> {
        match self.flushes.flush() {
            Fate::Succeed => Ok(()),
            Fate::Fail => Err(StoreError::Engine {
                reason: "no space left on device".into(),
            }),
            Fate::Panic => panic!("an assertion of the engine"),
        }
    }
}
