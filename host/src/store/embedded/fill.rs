//! The fill thread: brings into the index what is in the journal and in the
//! window, and builds the index anew when it has to.
//!
//! Nobody waits for it, except commits once the window has grown too large. An
//! index that fails is not repaired: it is dropped and built again from the
//! dump and the journal, and meanwhile the dump and the window answer reads.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use super::partitions::PartitionState;
use super::{Shared, UNPOISONED, lock, panic_text, read, recovery, write};
use crate::store::batch::Writes;
use crate::store::index::{Base, Engine, Filled, Index, Nothing};
use crate::store::journal::GroupNumber;
use crate::store::{Seq, StoreError};

/// A group that is in the journal and in the windows.
pub(super) struct Group {
    pub number: GroupNumber,
    pub commits: Vec<Committed>,
    pub bytes: usize,
}

/// One commit of a group.
pub(super) struct Committed {
    pub state: Arc<PartitionState>,
    pub seq: Seq,
    pub writes: Writes,
}

/// What is to be filled in.
pub(super) struct FillQueue {
    inner: Mutex<Inner>,
    changed: Condvar,
    bytes_max: usize,
    /// The last group that is in the index with all before it.
    filled: AtomicU64,
    /// The last group of which anything may be in the index.
    begun: AtomicU64,
    pushed: AtomicU64,
}

#[derive(Default)]
struct Inner {
    groups: VecDeque<Group>,
    bytes: usize,
    condemned: Option<String>,
    ends: bool,
    /// Whether writes have stopped, so that nobody need wait any more.
    stopped: bool,
    /// Whether the base is the index.
    indexed: bool,
}

/// Groups that are filled in together, so that what they all write is written
/// once.
const TOGETHER_MAX: usize = 256;

/// How often a long rebuild says how far it is.
const PROGRESS_PERIOD: Duration = Duration::from_secs(2);

impl FillQueue {
    pub fn new(bytes_max: usize, filled: GroupNumber) -> FillQueue {
        FillQueue {
            inner: Mutex::default(),
            changed: Condvar::new(),
            bytes_max,
            filled: AtomicU64::new(filled.0),
            begun: AtomicU64::new(filled.0),
            pushed: AtomicU64::new(filled.0),
        }
    }

    /// The last group that is in the index with all before it.
    pub fn filled(&self) -> GroupNumber {
        GroupNumber(self.filled.load(Ordering::Acquire))
    }

    /// The last group of which anything may be in the index.
    pub fn begun(&self) -> GroupNumber {
        GroupNumber(self.begun.load(Ordering::Acquire))
    }

    /// The last group that was ever to be filled in.
    pub fn pushed(&self) -> GroupNumber {
        GroupNumber(self.pushed.load(Ordering::Acquire))
    }

    pub fn push(&self, group: Group) {
        let mut inner = lock(&self.inner);
        self.pushed.store(group.number.0, Ordering::Release);
        inner.bytes += group.bytes;
        inner.groups.push_back(group);
        self.changed.notify_all();
    }

    /// Waits until there is room for more, or no more will come in.
    pub fn wait_for_room(&self) {
        let inner = lock(&self.inner);
        let full = |inner: &mut Inner| inner.bytes > self.bytes_max && !inner.stopped;
        drop(self.changed.wait_while(inner, full));
    }

    /// Says that the index is not to be trusted any more. To be called while
    /// the base cannot be exchanged, or it may be another one that is meant.
    pub fn condemn(&self, reason: &StoreError) {
        let mut inner = lock(&self.inner);
        if inner.indexed && inner.condemned.is_none() {
            inner.condemned = Some(reason.to_string());
            self.changed.notify_all();
        }
    }

    /// Whether the index is waiting to be dropped.
    pub fn is_condemned(&self) -> bool {
        lock(&self.inner).condemned.is_some()
    }

    /// Waits until the base is the index.
    pub fn wait_for_index(&self) -> Result<(), StoreError> {
        let absent = |inner: &mut Inner| !inner.indexed && !inner.stopped && !inner.ends;
        let inner = self.changed.wait_while(lock(&self.inner), absent);
        match inner.expect(UNPOISONED).indexed {
            true => Ok(()),
            false => Err(StoreError::Engine {
                reason: "there is no index".into(),
            }),
        }
    }

    /// Notes that the base is an index now.
    pub fn indexed(&self) {
        lock(&self.inner).indexed = true;
        self.changed.notify_all();
    }

    /// Lets go of who waits, now that writes have stopped.
    pub fn stopped(&self) {
        lock(&self.inner).stopped = true;
        self.changed.notify_all();
    }

    /// Lets the thread end once it has filled in what there is.
    pub fn end(&self) {
        lock(&self.inner).ends = true;
        self.changed.notify_all();
    }

    fn next(&self) -> Next {
        let idle =
            |inner: &mut Inner| inner.groups.is_empty() && inner.condemned.is_none() && !inner.ends;
        let inner = self.changed.wait_while(lock(&self.inner), idle);
        let mut inner = inner.expect(UNPOISONED);
        if let Some(reason) = inner.condemned.take() {
            return Next::Rebuild(reason);
        }
        if inner.groups.is_empty() {
            return Next::End;
        }
        let count = inner.groups.len().min(TOGETHER_MAX);
        Next::Fill(inner.groups.drain(..count).collect())
    }

    fn let_go(&self, groups: &[Group]) {
        let mut inner = lock(&self.inner);
        inner.bytes -= groups.iter().map(|group| group.bytes).sum::<usize>();
        self.changed.notify_all();
    }

    /// Takes out the groups that the index has already.
    fn skip(&self, filled: GroupNumber) -> Vec<Group> {
        let mut inner = lock(&self.inner);
        let count = inner.groups.partition_point(|group| group.number <= filled);
        let groups: Vec<Group> = inner.groups.drain(..count).collect();
        inner.bytes -= groups.iter().map(|group| group.bytes).sum::<usize>();
        self.filled.store(filled.0, Ordering::Release);
        self.begun.store(filled.0, Ordering::Release);
        self.changed.notify_all();
        groups
    }

    /// Begins again after a group of the dump, without an index.
    pub fn restart(&self, groups: Vec<Group>, filled: GroupNumber) {
        let mut inner = lock(&self.inner);
        inner.bytes = groups.iter().map(|group| group.bytes).sum();
        inner.groups = groups.into();
        inner.condemned = None;
        inner.indexed = false;
        self.filled.store(filled.0, Ordering::Release);
        self.begun.store(filled.0, Ordering::Release);
        self.changed.notify_all();
    }
}

enum Next {
    Fill(Vec<Group>),
    Rebuild(String),
    End,
}

/// Fills until the store is dropped.
pub(super) fn run(shared: &Shared, engine: &dyn Engine) {
    let mut index = find(shared, engine).or_else(|| build(shared, engine));
    loop {
        match shared.fill.next() {
            Next::End => break,
            Next::Fill(groups) => {
                // Without an index writes have stopped, and the window keeps
                // what it has.
                let Some(index) = &index else { continue };
                match guarded(|| fill(shared, index.as_ref(), &groups)) {
                    Ok(()) => shared.fill.let_go(&groups),
                    Err(error) => shared.fill.condemn(&error),
                }
            }
            Next::Rebuild(reason) => {
                tracing::error!(reason, "the index failed and is built anew");
                if index.take().is_some() {
                    index = restart(shared).and_then(|()| build(shared, engine));
                }
            }
        }
    }
    if index.take().is_some() {
        // The last one that has it open lets it go.
        *write(&shared.base) = Arc::new(Nothing);
        if let Err(error) = guarded(|| engine.seal()) {
            tracing::warn!(%error, "after a reboot the index will be built anew");
        }
    }
}

/// Goes back to the dump: the windows take in again what the journal has after
/// it.
fn restart(shared: &Shared) -> Option<()> {
    // No commit is half way while the windows are exchanged.
    let _no_commits = lock(&shared.committing);
    let restarted = recovery::restart(shared);
    restarted
        .inspect_err(|error| {
            shared.stop(format!("the index failed and cannot be rebuilt: {error}"));
        })
        .ok()
}

/// Takes the index that an earlier process left, once it has been seen to hold
/// everything that was filled in.
fn find(shared: &Shared, engine: &dyn Engine) -> Option<Arc<dyn Index>> {
    let started = Instant::now();
    let found = guarded(|| {
        let Some(index) = engine.kept(shared.fill.filled()) else {
            return Ok(None);
        };
        index.check()?;
        let position = index.position()?;
        // Ahead of the journal only by somebody's hand in the directory.
        let goes_with_it = |at: &GroupNumber| *at <= shared.fill.pushed();
        Ok(position.filter(goes_with_it).map(|at| (index, at)))
    });
    let (index, position) = match found {
        Ok(found) => found?,
        Err(error) => {
            tracing::warn!(%error, "the index cannot be used");
            return None;
        }
    };
    let duration_ms = started.elapsed().as_millis();
    tracing::info!(duration_ms, "the index is as it was left");
    put_in_place(shared, &index);
    // Its values may be newer than those of the dump it follows, but not newer
    // than any snapshot: the journal was read to its end before the first.
    for group in shared.fill.skip(position) {
        for commit in group.commits {
            write(&commit.state.window).filled(commit.seq);
        }
    }
    // Only now, or a checkpoint would not know how far it goes.
    shared.fill.indexed();
    Some(index)
}

fn put_in_place(shared: &Shared, index: &Arc<dyn Index>) {
    let as_base: Arc<dyn Base> = Arc::clone(index) as Arc<dyn Base>;
    *write(&shared.base) = as_base;
}

/// Builds an index from the base and puts it in the base's place.
fn build(shared: &Shared, engine: &dyn Engine) -> Option<Arc<dyn Index>> {
    let base = shared.base();
    let started = Instant::now();
    let mut reported = started;
    let mut progress = |entries: u64| {
        if reported.elapsed() > PROGRESS_PERIOD {
            reported = Instant::now();
            tracing::info!(entries, "rebuilding the index");
        }
    };
    let built = guarded(|| {
        let index = engine.fresh()?;
        index.load(base.as_ref(), &mut progress)?;
        index.fill(&[], shared.fill.filled())?;
        Ok(index)
    });
    match built {
        Ok(index) => {
            let duration_ms = started.elapsed().as_millis();
            tracing::info!(duration_ms, "the index has what the last dump had");
            put_in_place(shared, &index);
            shared.fill.indexed();
            Some(index)
        }
        Err(error) => {
            shared.stop(format!("the index cannot be rebuilt: {error}"));
            None
        }
    }
}

fn fill(shared: &Shared, index: &dyn Index, groups: &[Group]) -> Result<(), StoreError> {
    let last = groups.last().expect("it was asked for some").number;
    let merged = merge(groups);
    for (state, filled) in &merged {
        hold_what_is_shown(index, state, filled)?;
    }
    let (states, filled): (Vec<_>, Vec<_>) = merged.into_iter().unzip();
    shared.fill.begun.store(last.0, Ordering::Release);
    index.fill(&filled, last)?;
    shared.fill.filled.store(last.0, Ordering::Release);
    for (state, filled) in states.iter().zip(&filled) {
        write(&state.window).filled(filled.seq);
    }
    Ok(())
}

/// The last value of every key, by partition.
fn merge(groups: &[Group]) -> Vec<(Arc<PartitionState>, Filled)> {
    let mut merged: BTreeMap<_, (Arc<PartitionState>, Filled)> = BTreeMap::new();
    for commit in groups.iter().flat_map(|group| &group.commits) {
        let partition = &commit.state.partition;
        let (_, filled) = merged.entry(partition.clone()).or_insert_with(|| {
            let filled = Filled {
                partition: partition.clone(),
                seq: commit.seq,
                writes: Writes::new(),
            };
            (Arc::clone(&commit.state), filled)
        });
        filled.seq = commit.seq;
        let writes = commit.writes.iter();
        filled
            .writes
            .extend(writes.map(|(key, value)| (key.clone(), value.clone())));
    }
    merged.into_values().collect()
}

/// Saves, for the snapshots that are open, what is about to be overwritten. A
/// snapshot opened from here on is newer than all of it.
fn hold_what_is_shown(
    index: &dyn Index,
    state: &PartitionState,
    filled: &Filled,
) -> Result<(), StoreError> {
    let shown = read(&state.window).shown_by_base(filled.writes.keys());
    if shown.is_empty() {
        return Ok(());
    }
    let held = shown.into_iter().map(|key| {
        let value = index.get(&filled.partition, &key)?;
        Ok((key, value))
    });
    let held = held.collect::<Result<Writes, StoreError>>()?;
    write(&state.window).hold(held);
    Ok(())
}

/// Engines assert where others return errors.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(StoreError::Engine {
            reason: format!("it panicked: {}", panic_text(panic.as_ref())),
        })
    })
}
