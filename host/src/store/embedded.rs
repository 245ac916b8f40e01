//! The embedded store: an [`Index`] with a version window per partition in
//! front, and one thread that commits.
//!
//! Reads happen where they are asked for: they are short and cached. Commits
//! queue for the commit thread (`embedded/committer.rs`).

mod committer;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::JoinHandle;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};

use self::committer::Request;
use super::index::Index;
use super::page::Pager;
use super::sled::SledIndex;
use super::window::Window;
use super::{
    Batch, Changes, Commit, CommitError, Direction, KEY_BYTES_MAX, Key, KeyRange, OpenError, Page,
    PageLimit, Partition, Seq, Snapshot, Store, StoreError, VALUE_BYTES_MAX,
};

/// How the embedded store uses the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Memory for the engine's page cache.
    pub cache_bytes_max: usize,
    /// Commits that may wait; more wait to be let in.
    pub commit_queue_max: usize,
    /// Commits that share one flush.
    pub commit_group_max: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            cache_bytes_max: 128 << 20,
            commit_queue_max: 1024,
            commit_group_max: 64,
        }
    }
}

/// Opens the store in a directory, which is made if it is not there. Blocks
/// while it does.
pub fn open(dir: &Path, options: &Options) -> Result<Arc<dyn Store>, OpenError> {
    let index = SledIndex::open(dir, options.cache_bytes_max)?;
    let store = Embedded::start(index, options).map_err(|source| OpenError::Directory {
        dir: dir.to_owned(),
        source,
    })?;
    Ok(Arc::new(store))
}

/// A store over an index.
pub(in crate::store) struct Embedded<I> {
    shared: Arc<Shared<I>>,
    /// `None` once it is being dropped.
    requests: Option<mpsc::Sender<Request>>,
    committer: Option<JoinHandle<()>>,
}

struct Shared<I> {
    index: I,
    /// Entries stay: one per circle the host has touched, about 200 bytes.
    partitions: RwLock<HashMap<Partition, Arc<PartitionState>>>,
    /// Why writes have stopped.
    stopped: OnceLock<String>,
}

struct PartitionState {
    partition: Partition,
    /// The window's `published`, to be read without its lock.
    published: AtomicU64,
    window: RwLock<Window>,
    watched: watch::Sender<Seq>,
}

/// What an open snapshot keeps alive.
struct Lease {
    state: Arc<PartitionState>,
    at: Seq,
}

impl<I: Index> Embedded<I> {
    pub fn start(index: I, options: &Options) -> std::io::Result<Embedded<I>> {
        let shared = Arc::new(Shared {
            index,
            partitions: RwLock::default(),
            stopped: OnceLock::new(),
        });
        let (requests, queue) = mpsc::channel(options.commit_queue_max.max(1));
        let group_max = options.commit_group_max.max(1);
        let committer = std::thread::Builder::new()
            .name("store-commit".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || committer::run(&shared, queue, group_max)
            })?;
        Ok(Embedded {
            shared,
            requests: Some(requests),
            committer: Some(committer),
        })
    }

    fn state(&self, partition: &Partition) -> Result<Arc<PartitionState>, StoreError> {
        if let Some(state) = read(&self.shared.partitions).get(partition) {
            return Ok(Arc::clone(state));
        }
        // Read before the lock is taken: should someone else load and even
        // change the partition meanwhile, their entry is the one that counts.
        let seq = self.shared.index.seq(partition)?;
        let mut partitions = write(&self.shared.partitions);
        let state = partitions.entry(partition.clone()).or_insert_with(|| {
            Arc::new(PartitionState {
                partition: partition.clone(),
                published: AtomicU64::new(seq.0),
                window: RwLock::new(Window::new(seq)),
                watched: watch::Sender::new(seq),
            })
        });
        Ok(Arc::clone(state))
    }

    fn unavailable(&self) -> StoreError {
        let reason = self.shared.stopped.get().cloned();
        StoreError::Unavailable {
            reason: reason.unwrap_or_else(|| "the host is shutting down".into()),
        }
    }
}

#[async_trait]
impl<I: Index> Store for Embedded<I> {
    async fn snapshot(&self, partition: &Partition) -> Result<Snapshot, StoreError> {
        let state = self.state(partition)?;
        let at = write(&state.window).open();
        Ok(Snapshot::new(partition.clone(), at, Lease { state, at }))
    }

    async fn get(&self, snapshot: &Snapshot, key: &Key) -> Result<Option<Bytes>, StoreError> {
        let state = lease(snapshot)?;
        let newest = self.shared.index.get(&state.partition, key);
        // An error of the index does not matter if the key has changed since:
        // it may come from having seen half of that change.
        match read(&state.window).get(key, snapshot.seq()) {
            Some(superseded) => Ok(superseded),
            None => newest,
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
        let mut pager = Pager::new(range.clone(), direction, limit);
        while let Some((rest, limit)) = pager.wants() {
            let partition = &state.partition;
            let newest = self.shared.index.scan(partition, rest, direction, limit)?;
            let mut damage = newest.torn;
            pager.feed(newest.page, |covered| {
                let superseded = read(&state.window).range(covered, snapshot.seq());
                damage.retain(|key, _| !superseded.contains_key(key));
                superseded
            });
            if let Some((_, error)) = damage.pop_first() {
                return Err(error);
            }
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
            return Err(self.unavailable().into());
        }
        let (reply, answer) = oneshot::channel();
        let requests = self.requests.as_ref().expect("set until it is dropped");
        let request = Request { commit, reply };
        if requests.send(request).await.is_ok()
            && let Ok(answer) = answer.await
        {
            return answer;
        }
        // Unanswered: the commit thread is ending. It drops its queue last,
        // after it has said why.
        requests.closed().await;
        Err(self.unavailable().into())
    }

    fn seq(&self, partition: &Partition) -> Result<Seq, StoreError> {
        let state = self.state(partition)?;
        Ok(Seq(state.published.load(Ordering::Acquire)))
    }

    fn changes(&self, partition: &Partition, since: Seq) -> Result<Option<Changes>, StoreError> {
        Ok(read(&self.state(partition)?.window).changes(since))
    }

    fn watch(&self, partition: &Partition) -> Result<watch::Receiver<Seq>, StoreError> {
        Ok(self.state(partition)?.watched.subscribe())
    }

    fn writable(&self) -> Result<(), StoreError> {
        match self.shared.stopped.get() {
            Some(_) => Err(self.unavailable()),
            None => Ok(()),
        }
    }
}

impl<I> Drop for Embedded<I> {
    /// Commits what is queued and waits for it, so that the directory is free
    /// when this returns.
    fn drop(&mut self) {
        self.requests = None;
        if let Some(committer) = self.committer.take()
            && committer.join().is_err()
        {
            tracing::error!("the commit thread ended in a panic");
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        write(&self.state.window).close(self.at);
    }
}

impl PartitionState {
    fn publish(&self, seq: Seq) {
        let mut window = write(&self.window);
        window.publish(seq);
        self.published.store(seq.0, Ordering::Release);
        self.watched.send_replace(seq);
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
    for key in batch.counter_keys() {
        check("key", key.len(), KEY_BYTES_MAX)?;
    }
    Ok(())
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read()
        .expect("nothing panics while it holds this lock")
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write()
        .expect("nothing panics while it holds this lock")
}
