//! An index in memory, for tests: fast, and its calls can be counted, held and
//! made to fail.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex};

use bytes::Bytes;

use super::{Base, Engine, Filled, Index, Scanned, Visit};
use crate::store::cells::{parse_seq, seq_key, value_key};
use crate::store::journal::GroupNumber;
use crate::store::{Direction, Key, KeyRange, PageLimit, Partition, Seq, StoreError};

#[derive(Default)]
pub struct MemoryIndex {
    entries: Mutex<Entries>,
    fills: Arc<Gate>,
    reads: Arc<Gate>,
    walks: Arc<Gate>,
}

#[derive(Default)]
struct Entries {
    position: Option<GroupNumber>,
    cells: BTreeMap<Vec<u8>, Bytes>,
}

/// Makes memory indexes that share their gates.
#[derive(Clone, Default)]
pub struct MemoryEngine {
    pub fills: Arc<Gate>,
    pub reads: Arc<Gate>,
    pub walks: Arc<Gate>,
    pub made: Arc<Gate>,
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
    entered: usize,
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
    /// How many calls have come to it.
    pub fn entered(&self) -> usize {
        self.state.lock().unwrap().entered
    }

    /// How many have gone on.
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

    pub fn pass(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap();
        state.entered += 1;
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

impl Engine for MemoryEngine {
    fn kept(&self, _: GroupNumber) -> Option<Arc<dyn Index>> {
        None
    }

    fn fresh(&self) -> Result<Arc<dyn Index>, StoreError> {
        self.made.pass()?;
        Ok(Arc::new(MemoryIndex {
            entries: Mutex::default(),
            fills: Arc::clone(&self.fills),
            reads: Arc::clone(&self.reads),
            walks: Arc::clone(&self.walks),
        }))
    }

    fn seal(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Base for MemoryIndex {
    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError> {
        let entries = self.entries.lock().unwrap();
        let seq = entries.cells.get(&seq_key(partition));
        seq.map_or(Ok(Seq(0)), |seq| parse_seq(seq))
    }

    fn get(&self, partition: &Partition, key: &Key) -> Result<Option<Bytes>, StoreError> {
        self.reads.pass()?;
        let entries = self.entries.lock().unwrap();
        Ok(entries.cells.get(&value_key(partition, key)).cloned())
    }

    fn scan(
        &self,
        partition: &Partition,
        range: &KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Scanned, StoreError> {
        let [start, end] = [&range.start, &range.end].map(|key| value_key(partition, key));
        let before_key = value_key(partition, &Key::from(Vec::new())).len();
        let mut inside: Vec<(Key, Bytes)> = self
            .entries
            .lock()
            .unwrap()
            .cells
            .range(start..end)
            .map(|(cell, value)| (cell[before_key..].to_vec().into(), value.clone()))
            .collect();
        if direction == Direction::Backward {
            inside.reverse();
        }
        let mut scanned = Scanned::default();
        if inside.len() > limit.entries_max {
            scanned.page.next = Some(inside[limit.entries_max].0.clone());
            inside.truncate(limit.entries_max);
        }
        scanned.page.entries = inside;
        Ok(scanned)
    }

    fn walk(&self, each: &mut Visit<'_>) -> Result<(), StoreError> {
        let cells = self.entries.lock().unwrap().cells.clone();
        cells
            .iter()
            .try_for_each(|(cell, value)| each(cell, value))?;
        self.walks.pass()
    }
}

impl Index for MemoryIndex {
    fn position(&self) -> Result<Option<GroupNumber>, StoreError> {
        Ok(self.entries.lock().unwrap().position)
    }

    fn fill(&self, writes: &[Filled], position: GroupNumber) -> Result<(), StoreError> {
        let mut entries = self.entries.lock().unwrap();
        entries.position = Some(position);
        for filled in writes {
            let seq = Bytes::copy_from_slice(&filled.seq.0.to_be_bytes());
            entries.cells.insert(seq_key(&filled.partition), seq);
            for (key, value) in &filled.writes {
                let cell = value_key(&filled.partition, key);
                match value {
                    Some(value) => entries.cells.insert(cell, value.clone()),
                    None => entries.cells.remove(&cell),
                };
            }
        }
        drop(entries);
        self.fills.pass()
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn load(&self, from: &dyn Base, _: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        from.walk(&mut |cell, value| {
            let mut entries = self.entries.lock().unwrap();
            entries.cells.insert(cell.to_vec(), value.clone());
            Ok(())
        })
    }
}
