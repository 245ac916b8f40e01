//! An index in memory, for tests: fast, and its writes can be held and made to
//! fail.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Condvar, Mutex};

use bytes::Bytes;

use super::{Index, Scanned};
use crate::store::batch::Writes;
use crate::store::{Direction, Key, KeyRange, PageLimit, Partition, Seq, StoreError};

#[derive(Default)]
pub struct MemoryIndex {
    partitions: Mutex<HashMap<Partition, Entries>>,
    applies: Arc<Gate>,
    flushes: Arc<Gate>,
}

#[derive(Default)]
struct Entries {
    seq: Seq,
    values: BTreeMap<Key, Bytes>,
}

/// Where a test counts, holds and fails the calls of one kind. They stand in
/// it after they have done their work.
#[derive(Default)]
pub struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    count: usize,
    held: bool,
    fate: Fate,
}

/// How a call ends.
#[derive(Clone, Copy, Default)]
pub enum Fate {
    #[default]
    Succeed,
    Fail,
    Panic,
}

impl Gate {
    pub fn count(&self) -> usize {
        self.state.lock().unwrap().count
    }

    /// From now on no call returns, until [`Gate::release`].
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

    fn pass(&self) -> Result<(), StoreError> {
        let state = self.state.lock().unwrap();
        let mut state = self.changed.wait_while(state, |state| state.held).unwrap();
        state.count += 1;
        let fate = state.fate;
        drop(state);
        match fate {
            Fate::Succeed => Ok(()),
            Fate::Fail => Err(StoreError::Engine {
                reason: "no space left on device".into(),
            }),
            Fate::Panic => panic!("an assertion of the engine"),
        }
    }
}

impl MemoryIndex {
    pub fn applies(&self) -> Arc<Gate> {
        Arc::clone(&self.applies)
    }

    pub fn flushes(&self) -> Arc<Gate> {
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
        drop(partitions);
        self.applies.pass()
    }

    fn flush(&self) -> Result<(), StoreError> {
        self.flushes.pass()
    }
}
