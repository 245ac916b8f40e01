//! The embedded store: a journal that is the truth, a version window per
//! partition that answers for what is recent, and an index behind it that
//! answers for the rest.
//!
//! Reads happen where they are asked for: they are short and cached. Commits
//! queue for the commit thread (`embedded/commit.rs`), which writes them to the
//! journal; the fill thread (`embedded/fill.rs`) brings them into the index
//! behind everybody's back, and the checkpoint thread
//! (`embedded/checkpoint.rs`) writes a dump of it now and then, so that the
//! journal can be cut. `embedded/recovery.rs` puts it all together again after
//! an end of any kind.

mod checkpoint;
mod commit;
mod fill;
mod founding;
mod partitions;
pub(in crate::store) mod recovery;
#[cfg(test)]
pub(in crate::store) mod testing;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::JoinHandle;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};

use self::checkpoint::Checkpoints;
use self::commit::Request;
use self::fill::FillQueue;
use self::partitions::{PartitionState, Partitions};
use super::disk::Disk;
use super::index::{Base, Engine};
use super::page::{Pager, part_of};
use super::seeded::Seeded;
use super::window::Window;
use super::{
    Batch, Changes, Commit, CommitError, Direction, KEY_BYTES_MAX, Key, KeyRange, OpenError, Page,
    PageLimit, Partition, Seq, Snapshot, Store, StoreError, VALUE_BYTES_MAX,
};

/// What one commit may write, in bytes. Far above what one action may; a
/// group of the journal holds at least one.
pub const COMMIT_BYTES_MAX: usize = 8 << 20;

/// How the embedded store uses the machine.
#[derive(Clone, Debug)]
pub struct Options {
    /// Memory for the engine's page cache.
    pub cache_bytes_max: usize,
    /// Commits that may wait; more wait to be let in.
    pub commit_queue_max: usize,
    /// Commits that share one write and one sync.
    pub commit_group_max: usize,
    /// Bytes of what they write, beyond which no further commit joins them.
    pub commit_group_bytes_max: usize,
    /// Bytes of a file of the journal.
    pub segment_bytes: u64,
    /// Bytes of the journal that make a new dump due.
    pub checkpoint_journal_bytes: u64,
    /// Bytes of commits that are not in the index yet; more make commits wait.
    pub window_bytes_max: usize,
    /// Commits of one partition that are remembered for [`Store::changes`].
    pub changes_per_partition_max: usize,
    /// Partitions kept at hand; idle ones make room.
    pub partitions_open_max: usize,
    /// Where files are written.
    #[doc(hidden)]
    pub disk: DiskOption,
    /// A bug, in tests.
    #[doc(hidden)]
    pub seeded: Seeded,
}

/// The disk, or in tests one that fails or watches.
#[derive(Clone, Default)]
pub struct DiskOption(pub(in crate::store) Disk);

impl std::fmt::Debug for DiskOption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DiskOption")
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            cache_bytes_max: 128 << 20,
            commit_queue_max: 1024,
            commit_group_max: 64,
            commit_group_bytes_max: 4 << 20,
            segment_bytes: 32 << 20,
            checkpoint_journal_bytes: 128 << 20,
            window_bytes_max: 256 << 20,
            changes_per_partition_max: 1024,
            partitions_open_max: 65_536,
            disk: DiskOption::default(),
            seeded: Seeded::default(),
        }
    }
}

/// Opens the store in a directory, which is made if it is not there. Blocks
/// while it does.
pub fn open(dir: &Path, options: &Options) -> Result<Arc<dyn Store>, OpenError> {
    let store = recovery::open(dir, options)?;
    Ok(Arc::new(store))
}

/// A store over a journal and an index.
pub(in crate::store) struct Embedded {
    shared: Arc<Shared>,
    /// `None` once it is being dropped.
    requests: Option<mpsc::Sender<Request>>,
    threads: Option<Threads>,
}

struct Threads {
    commit: JoinHandle<()>,
    checkpoint: JoinHandle<()>,
    fill: JoinHandle<()>,
}

struct Shared {
    /// The index, or the last dump while there is none.
    base: RwLock<Arc<dyn Base>>,
    partitions: Partitions,
    fill: FillQueue,
    checkpoints: Checkpoints,
    /// Held while a group is being committed.
    committing: Mutex<()>,
    /// The journal and the dumps; a test may do without.
    files: Option<recovery::Files>,
    /// Why writes have stopped.
    stopped: OnceLock<String>,
    seeded: Seeded,
}

/// What an open snapshot keeps alive.
struct Lease {
    state: Arc<PartitionState>,
    at: Seq,
}

/// What a store is started from.
struct Start<L, E> {
    log: L,
    engine: E,
    shared: Arc<Shared>,
}

impl Embedded {
    fn start<L: commit::Log, E: Engine>(
        start: Start<L, E>,
        options: &Options,
    ) -> std::io::Result<Embedded> {
        let Start {
            log,
            engine,
            shared,
        } = start;
        let (requests, queue) = mpsc::channel(options.commit_queue_max.max(1));
        let limits = commit::GroupLimits::from(options);
        let spawn = |name: &str, work: Box<dyn FnOnce(&Shared) + Send>| {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name(name.into())
                .spawn(move || work(&shared))
        };
        let threads = Threads {
            commit: spawn(
                "store-commit",
                Box::new(move |shared| commit::run(shared, log, queue, limits)),
            )?,
            checkpoint: spawn("store-checkpoint", Box::new(checkpoint::run))?,
            fill: spawn(
                "store-fill",
                Box::new(move |shared| fill::run(shared, &engine)),
            )?,
        };
        Ok(Embedded {
            shared,
            requests: Some(requests),
            threads: Some(threads),
        })
    }
}

impl Shared {
    fn base(&self) -> Arc<dyn Base> {
        Arc::clone(&read(&self.base))
    }

    fn state(&self, partition: &Partition) -> Result<Arc<PartitionState>, StoreError> {
        if let Some(state) = self.partitions.get(partition) {
            return Ok(state);
        }
        // The base first: whoever exchanges it looks for partitions next.
        let base = read(&self.base);
        let newest = || self.checked(base.seq(partition));
        self.partitions.get_or_add(partition, newest)
    }

    /// Passes on what the base has answered, while it cannot be exchanged. An
    /// index that fails is no good any more.
    fn checked<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        answer.inspect_err(|error| self.fill.condemn(error))
    }

    /// Looks into a window, if what a snapshot shows can still be told.
    fn in_window<T>(
        &self,
        state: &PartitionState,
        look: impl FnOnce(&Window) -> T,
        at: Seq,
    ) -> Result<T, StoreError> {
        let window = read(&state.window);
        if window.is_readable(at) {
            return Ok(look(&window));
        }
        Err(StoreError::Engine {
            reason: "the index has failed and is being built anew; try again".into(),
        })
    }

    fn stop(&self, reason: String) {
        tracing::error!(reason, "the store takes no more writes");
        // The first reason is the one to look for.
        let _ = self.stopped.set(reason);
        self.fill.stopped();
    }

    fn unavailable(&self) -> StoreError {
        let reason = self.stopped.get().cloned();
        StoreError::Unavailable {
            reason: reason.unwrap_or_else(|| "the host is shutting down".into()),
        }
    }
}

#[async_trait]
impl Store for Embedded {
    async fn snapshot(&self, partition: &Partition) -> Result<Snapshot, StoreError> {
        let state = self.shared.state(partition)?;
        let at = write(&state.window).open();
        Ok(Snapshot::new(partition.clone(), at, Lease { state, at }))
    }

    async fn get(&self, snapshot: &Snapshot, key: &Key) -> Result<Option<Bytes>, StoreError> {
        let state = lease(snapshot)?;
        let at = snapshot.seq();
        // Held throughout: what leaves the window is in the base of that
        // moment, not in one that stood there before.
        let base = read(&self.shared.base);
        // The window before the base, because a value may move from the one to
        // the other meanwhile; and after it, because the base may have been
        // overwritten.
        if let Some(known) = self
            .shared
            .in_window(state, |window| window.get(key, at), at)?
        {
            return Ok(known);
        }
        let below = base.get(&state.partition, key);
        match self
            .shared
            .in_window(state, |window| window.get(key, at), at)?
        {
            Some(known) => Ok(known),
            None => self.shared.checked(below),
        }
    }

    async fn scan(
        &self,
        snapshot: &Snapshot,
        range: &KeyRange,
        direction: Direction,
        limit: PageLimit,
    ) -> Result<Page, StoreError> {
        let state = lease(snapshot)?;
        let at = snapshot.seq();
        let mut pager = Pager::new(range.clone(), direction, limit);
        while let Some((rest, limit)) = pager.wants() {
            // The base between two looks into the window, as in `get`.
            let base = read(&self.shared.base);
            let recent = |window: &Window| window.range(rest, at);
            let mut known = self.shared.in_window(state, recent, at)?;
            let below = base.scan(&state.partition, rest, direction, limit);
            known.extend(self.shared.in_window(state, recent, at)?);
            let below = self.shared.checked(below)?;
            let mut damage = below.torn;
            damage.retain(|key, _| !known.contains_key(key));
            if let Some((_, error)) = damage.pop_first() {
                return self.shared.checked(Err(error));
            }
            pager.feed(below.page, |covered| part_of(&known, covered));
        }
        Ok(pager.finish())
    }

    async fn commit(&self, commit: Commit) -> Result<Seq, CommitError> {
        lease(&commit.snapshot)?;
        check_lengths(&commit.batch)?;
        if commit.batch.is_empty() {
            return Ok(commit.snapshot.seq());
        }
        if self.shared.stopped.get().is_some() {
            return Err(self.shared.unavailable().into());
        }
        let (reply, answer) = oneshot::channel();
        let requests = self.requests.as_ref().expect("set until it is dropped");
        let request = Request { commit, reply };
        let mut answered = None;
        if requests.send(request).await.is_ok() {
            answered = answer_to(requests, answer).await;
        }
        answered.unwrap_or_else(|| Err(self.shared.unavailable().into()))
    }

    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError> {
        Ok(self.shared.state(partition)?.published())
    }

    fn changes(&self, partition: &Partition, since: Seq) -> Result<Option<Changes>, StoreError> {
        Ok(read(&self.shared.state(partition)?.window).changes(since))
    }

    fn watch(&self, partition: &Partition) -> Result<watch::Receiver<Seq>, StoreError> {
        Ok(self.shared.state(partition)?.watch())
    }

    fn writable(&self) -> Result<(), StoreError> {
        match self.shared.stopped.get() {
            Some(_) => Err(self.shared.unavailable()),
            None => Ok(()),
        }
    }

    async fn checkpoint(&self) -> Result<(), StoreError> {
        self.shared.checkpoints.request().await
    }
}

impl Drop for Embedded {
    /// Commits what is queued and waits for it, so that the directory is free
    /// when this returns.
    fn drop(&mut self) {
        self.requests = None;
        let Some(threads) = self.threads.take() else {
            return;
        };
        let join = |thread: JoinHandle<()>| {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended in a panic");
            }
        };
        join(threads.commit);
        self.shared.checkpoints.end();
        join(threads.checkpoint);
        self.shared.fill.end();
        join(threads.fill);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        write(&self.state.window).close(self.at);
    }
}

/// Waits for the answer to a request that is in the queue. `None` once the
/// commit thread has ended without giving one; it has said why by then, since
/// it lets go of its queue last.
async fn answer_to(
    requests: &mpsc::Sender<Request>,
    mut answer: oneshot::Receiver<Result<Seq, CommitError>>,
) -> Option<Result<Seq, CommitError>> {
    tokio::select! {
        biased;
        Ok(answered) = &mut answer => Some(answered),
        // Not left to the request being dropped with the queue: one that is
        // put in at the very moment of its end stays there for as long as
        // anyone holds the other side of it.
        () = requests.closed() => answer.try_recv().ok(),
    }
}

fn lease(snapshot: &Snapshot) -> Result<&Arc<PartitionState>, StoreError> {
    let lease: Option<&Lease> = snapshot.lease();
    lease
        .map(|lease| &lease.state)
        .ok_or(StoreError::ForeignSnapshot)
}

fn check_lengths(batch: &Batch) -> Result<(), StoreError> {
    let check = |what, bytes, bytes_max| {
        if bytes <= bytes_max {
            return Ok(());
        }
        Err(StoreError::TooLong {
            what,
            bytes,
            bytes_max,
        })
    };
    for (key, value) in batch.writes() {
        check("key", key.len(), KEY_BYTES_MAX)?;
        check(
            "value",
            value.as_ref().map_or(0, Bytes::len),
            VALUE_BYTES_MAX,
        )?;
    }
    for key_bytes in batch.counter_key_lens() {
        check("key", key_bytes, KEY_BYTES_MAX)?;
    }
    check("commit", batch.bytes(), COMMIT_BYTES_MAX)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

const UNPOISONED: &str = "nothing panics while it holds this lock";

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect(UNPOISONED)
}

fn read<T: ?Sized>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().expect(UNPOISONED)
}

fn write<T: ?Sized>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().expect(UNPOISONED)
}
