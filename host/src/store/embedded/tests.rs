//! Groups, queues, failures and rebuilds, with an index and a journal whose
//! calls the test holds.

mod index;

use std::time::Duration;

use tempfile::TempDir;

use super::testing::{Parts, in_memory, over_memory};
use super::*;
use crate::store::ReadSet;
use crate::store::index::memory::{Fate, Gate};
use crate::store::suite::{ALL, between, circle, key, shown};

struct Bench {
    store: Arc<Embedded>,
    parts: Parts,
    _dir: Option<TempDir>,
}

fn bench(options: &Options) -> Bench {
    let parts = Parts::default();
    Bench {
        store: Arc::new(in_memory(&parts, options)),
        parts,
        _dir: None,
    }
}

/// With a journal that it can go back to.
fn journaled(options: &Options) -> Bench {
    let parts = Parts::default();
    let dir = tempfile::tempdir().unwrap();
    Bench {
        store: Arc::new(over_memory(dir.path(), &parts.engine, options)),
        parts,
        _dir: Some(dir),
    }
}

async fn put(store: Arc<Embedded>, name: &str) -> Result<Seq, CommitError> {
    let mut batch = Batch::default();
    batch.put(key(name), Bytes::from_static(b"value"));
    let commit = Commit {
        snapshot: store.snapshot(&circle()).await?,
        batch,
        reads: ReadSet::default(),
    };
    store.commit(commit).await
}

impl Bench {
    fn room(&self) -> usize {
        self.store.requests.as_ref().unwrap().capacity()
    }

    /// Holds up the journal with one commit in it, and fills the queue with
    /// `waiting` more behind it.
    async fn hold(&self, waiting: usize) -> Vec<Committing> {
        let all = self.room();
        self.parts.appends.hold();
        let mut commits = vec![tokio::spawn(put(Arc::clone(&self.store), "first"))];
        until(|| self.parts.appends.entered() == 1).await;
        for _ in 0..waiting {
            commits.push(tokio::spawn(put(Arc::clone(&self.store), "next")));
        }
        until(|| all - self.room() == waiting).await;
        commits
    }

    async fn value(&self, snapshot: &Snapshot, name: &str) -> Option<Bytes> {
        self.store.get(snapshot, &key(name)).await.unwrap()
    }

    fn window(&self) -> usize {
        let state = self.store.shared.state(&circle()).unwrap();
        read(&state.window).len()
    }
}

impl Drop for Bench {
    /// A test that fails must not leave a thread held for ever.
    fn drop(&mut self) {
        let Parts { appends, engine } = &self.parts;
        let engine = [&engine.fills, &engine.reads, &engine.walks, &engine.made];
        for gate in engine.into_iter().chain([appends]) {
            gate.release();
        }
    }
}

type Committing = tokio::task::JoinHandle<Result<Seq, CommitError>>;

async fn until(condition: impl Fn() -> bool) {
    let came = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    let patience = Duration::from_secs(20);
    let came = tokio::time::timeout(patience, came).await;
    came.expect("what the test waits for never came");
}

#[tokio::test]
async fn a_group_shares_one_sync() {
    let bench = bench(&Options {
        commit_queue_max: 16,
        commit_group_max: 4,
        ..Options::default()
    });
    let commits = bench.hold(9).await;
    bench.parts.appends.release();
    for (commit, seq) in commits.into_iter().zip(1..) {
        assert_eq!(commit.await.unwrap(), Ok(Seq(seq)));
    }
    // One for the first, then groups of 4, 4 and 1.
    assert_eq!(bench.parts.appends.count(), 4);
}

#[tokio::test]
async fn a_group_is_as_large_as_it_may() {
    let bench = bench(&Options {
        commit_group_bytes_max: 50,
        ..Options::default()
    });
    // Each is 4 bytes of key, 5 of value and some for lengths.
    let commits = bench.hold(4).await;
    bench.parts.appends.release();
    for commit in commits {
        commit.await.unwrap().unwrap();
    }
    assert_eq!(bench.parts.appends.count(), 3, "1, 2 and 2");
}

#[tokio::test]
async fn a_full_queue_makes_commits_wait() {
    let bench = bench(&Options {
        commit_queue_max: 2,
        ..Options::default()
    });
    let commits = bench.hold(2).await;
    let mut third = Box::pin(put(Arc::clone(&bench.store), "third"));
    tokio::select! {
        biased;
        _ = &mut third => panic!("there was room in a full queue"),
        () = std::future::ready(()) => {}
    }
    assert_eq!(bench.room(), 0);
    bench.parts.appends.release();
    assert_eq!(third.await, Ok(Seq(4)));
    for commit in commits {
        commit.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_full_window_makes_commits_wait() {
    let bench = bench(&Options {
        window_bytes_max: 1,
        ..Options::default()
    });
    let fills = &bench.parts.engine.fills;
    until(|| fills.count() == 1).await; // The new index is marked.
    fills.hold();
    put(Arc::clone(&bench.store), "a").await.unwrap();
    let waits = tokio::spawn(put(Arc::clone(&bench.store), "b"));
    until(|| fills.entered() == 2).await;
    until(|| bench.room() == Options::default().commit_queue_max).await;
    assert_eq!(bench.parts.appends.entered(), 1, "the second is held back");
    fills.release();
    assert_eq!(waits.await.unwrap(), Ok(Seq(2)));
}

#[tokio::test]
async fn nothing_is_seen_before_it_is_synced() {
    let bench = bench(&Options::default());
    let commits = bench.hold(0).await;
    assert_eq!(bench.store.seq(&circle()), Ok(Seq(0)));
    let changes = bench.store.changes(&circle(), Seq(0)).unwrap();
    assert_eq!(changes, Some(Changes::default()));
    let snapshot = bench.store.snapshot(&circle()).await.unwrap();
    assert_eq!(bench.value(&snapshot, "first").await, None);
    let page = bench
        .store
        .scan(&snapshot, &between("a", "z"), Direction::Forward, ALL)
        .await;
    assert_eq!(shown(&page.unwrap()), "");
    bench.parts.appends.release();
    for commit in commits {
        commit.await.unwrap().unwrap();
    }
    assert_eq!(bench.store.seq(&circle()), Ok(Seq(1)));
    let still = bench.value(&snapshot, "first").await;
    assert_eq!(still, None, "a snapshot stays as it was");
}

/// The index has the new values already; the older snapshot does not.
#[tokio::test]
async fn a_snapshot_outlives_what_the_index_had() {
    let bench = bench(&Options::default());
    let fills = &bench.parts.engine.fills;
    put(Arc::clone(&bench.store), "a").await.unwrap();
    until(|| bench.window() == 0).await;
    let before = fills.entered();
    let snapshot = bench.store.snapshot(&circle()).await.unwrap();
    fills.hold();
    let mut batch = Batch::default();
    batch.delete(key("a"));
    batch.put(key("b"), Bytes::from_static(b"new"));
    let commit = Commit {
        snapshot: bench.store.snapshot(&circle()).await.unwrap(),
        batch,
        reads: ReadSet::default(),
    };
    bench.store.commit(commit).await.unwrap();
    until(|| fills.entered() > before).await;
    for _filled in [false, true] {
        assert_eq!(bench.value(&snapshot, "a").await, Some("value".into()));
        let range = between("a", "z");
        let page = bench
            .store
            .scan(&snapshot, &range, Direction::Forward, ALL)
            .await;
        assert_eq!(shown(&page.unwrap()), "a=value");
        fills.release();
        until(|| fills.count() > before).await;
    }
    drop(snapshot);
    until(|| bench.window() == 0).await;
}

#[tokio::test]
async fn earlier_members_of_a_group_conflict() {
    let bench = bench(&Options::default());
    let mut commits = bench.hold(0).await;
    let read_and_put = |store: Arc<Embedded>| async move {
        let snapshot = store.snapshot(&circle()).await?;
        let mut reads = ReadSet::default();
        reads.point(key("counted"));
        let mut batch = Batch::default();
        batch.put(key("counted"), Bytes::from_static(b"1"));
        let commit = Commit {
            snapshot,
            batch,
            reads,
        };
        store.commit(commit).await
    };
    commits.push(tokio::spawn(read_and_put(Arc::clone(&bench.store))));
    commits.push(tokio::spawn(read_and_put(Arc::clone(&bench.store))));
    until(|| bench.room() == Options::default().commit_queue_max - 2).await;
    bench.parts.appends.release();
    let mut results = Vec::new();
    for commit in commits {
        results.push(commit.await.unwrap());
    }
    let expected = [Ok(Seq(1)), Ok(Seq(2)), Err(CommitError::Conflict)];
    assert_eq!(results, expected);
}

#[tokio::test]
async fn a_failed_append_stops_writes_for_good() {
    let cases = [
        (
            Fate::Fail,
            "the journal cannot be written: the store's engine failed: no space left on device",
        ),
        (
            Fate::Panic,
            "committing panicked: an assertion of the engine",
        ),
    ];
    for (fate, reason) in cases {
        let bench = bench(&Options::default());
        put(Arc::clone(&bench.store), "a").await.unwrap();
        bench.parts.appends.end_in(fate);
        let unavailable = CommitError::Store(StoreError::Unavailable {
            reason: reason.into(),
        });
        let refused = put(Arc::clone(&bench.store), "b").await;
        assert_eq!(refused, Err(unavailable.clone()));

        // The disk has recovered, but what reached it is not known.
        bench.parts.appends.end_in(Fate::Succeed);
        let refused = put(Arc::clone(&bench.store), "c").await;
        assert_eq!(refused, Err(unavailable));
        assert!(bench.store.writable().is_err());

        assert_eq!(bench.store.seq(&circle()), Ok(Seq(1)));
        let snapshot = bench.store.snapshot(&circle()).await.unwrap();
        assert_eq!(bench.value(&snapshot, "a").await, Some("value".into()));
        assert_eq!(bench.value(&snapshot, "b").await, None);
    }
}

#[tokio::test]
async fn idle_partitions_make_room() {
    let bench = bench(&Options {
        partitions_open_max: 4,
        ..Options::default()
    });
    let watched = Partition::circle("watched");
    let watch = bench.store.watch(&watched).unwrap();
    put(Arc::clone(&bench.store), "a").await.unwrap();
    until(|| bench.window() == 0).await;
    for number in 0..100 {
        let seq = bench
            .store
            .seq(&Partition::circle(&format!("circle-{number}")));
        assert_eq!(seq, Ok(Seq(0)));
    }
    let all = bench.store.shared.partitions.all();
    assert!(all.len() <= 8, "{} at hand", all.len());
    assert!(all.iter().any(|state| state.partition == watched));
    drop(watch);
    // The number comes from the index now.
    assert_eq!(bench.store.seq(&circle()), Ok(Seq(1)));
}

#[tokio::test]
async fn who_waits_for_a_commit_is_told() {
    let bench = bench(&Options::default());
    put(Arc::clone(&bench.store), "a").await.unwrap();
    let mut watch = bench.store.watch(&circle()).unwrap();
    assert_eq!(*watch.borrow(), Seq(1));
    assert!(!watch.has_changed().unwrap());
    put(Arc::clone(&bench.store), "b").await.unwrap();
    watch.changed().await.unwrap();
    assert_eq!(*watch.borrow_and_update(), Seq(2));
    let changes = bench.store.changes(&circle(), Seq(1)).unwrap().unwrap();
    assert_eq!(changes.upto, Seq(2));
    assert_eq!(*changes.commits[0].keys, [key("b")]);
}

#[tokio::test]
async fn a_snapshot_of_another_kind_is_refused() {
    let bench = bench(&Options::default());
    let foreign = Snapshot::new(circle(), Seq(0), ());
    let refused = bench.store.get(&foreign, &key("a")).await;
    assert_eq!(refused, Err(StoreError::ForeignSnapshot));
}

/// A request that is put into the queue while the commit thread drops it lives
/// on in there, and its answer never comes.
#[tokio::test]
async fn a_commit_does_not_outwait_the_commit_thread() {
    let (requests, queue) = mpsc::channel(1);
    let (_in_the_queue, answer) = oneshot::channel();
    drop(queue);
    let waited = tokio::time::timeout(Duration::from_secs(20), answer_to(&requests, answer));
    assert!(waited.await.expect("it waits for nobody").is_none());
}

/// What was acknowledged last thing is acknowledged.
#[tokio::test]
async fn an_answer_given_at_the_end_arrives() {
    let (requests, queue) = mpsc::channel(1);
    let (reply, answer) = oneshot::channel();
    answer_later(reply, queue);
    assert_eq!(answer_to(&requests, answer).await, Some(Ok(Seq(7))));
}

fn answer_later(reply: oneshot::Sender<Result<Seq, CommitError>>, queue: mpsc::Receiver<Request>) {
    std::thread::spawn(move || {
        let _ = reply.send(Ok(Seq(7)));
        drop(queue);
    });
}
