//! Groups, queues and failures, with an index whose writes the test holds.

use std::time::Duration;

use super::*;
use crate::store::batch::ReadSet;
use crate::store::index::memory::{Fate, Gate, MemoryIndex};
use crate::store::suite::{ALL, between, circle, key};

struct Bench {
    store: Arc<Embedded<MemoryIndex>>,
    applies: Arc<Gate>,
    flushes: Arc<Gate>,
}

fn bench(options: Options) -> Bench {
    let index = MemoryIndex::default();
    let (applies, flushes) = (index.applies(), index.flushes());
    let store = Arc::new(Embedded::start(index, &options).unwrap());
    Bench {
        store,
        applies,
        flushes,
    }
}

async fn put(store: Arc<Embedded<MemoryIndex>>, name: &str) -> Result<Seq, CommitError> {
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

    /// Holds up the flushes with one commit in the first, and fills the queue
    /// with `waiting` more behind it.
    async fn hold(&self, waiting: usize) -> Vec<Committing> {
        let all = self.room();
        self.flushes.hold();
        let mut commits = vec![tokio::spawn(put(Arc::clone(&self.store), "first"))];
        let applied = || self.store.shared.index.seq(&circle()) == Ok(Seq(1));
        until(applied).await;
        for _ in 0..waiting {
            commits.push(tokio::spawn(put(Arc::clone(&self.store), "next")));
        }
        until(|| all - self.room() == waiting).await;
        commits
    }
}

impl Drop for Bench {
    /// A test that fails must not leave the commit thread held for ever.
    fn drop(&mut self) {
        self.applies.release();
        self.flushes.release();
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
async fn a_group_shares_one_flush() {
    let bench = bench(Options {
        commit_queue_max: 16,
        commit_group_max: 4,
        ..Options::default()
    });
    let commits = bench.hold(9).await;
    bench.flushes.release();
    for (commit, seq) in commits.into_iter().zip(1..) {
        assert_eq!(commit.await.unwrap(), Ok(Seq(seq)));
    }
    // One for the first, then groups of 4, 4 and 1.
    assert_eq!(bench.flushes.count(), 4);
}

#[tokio::test]
async fn a_full_queue_makes_commits_wait() {
    let bench = bench(Options {
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
    bench.flushes.release();
    assert_eq!(third.await, Ok(Seq(4)));
    for commit in commits {
        commit.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn nothing_is_seen_before_it_is_flushed() {
    let bench = bench(Options::default());
    let commits = bench.hold(0).await;
    assert_eq!(bench.store.seq(&circle()), Ok(Seq(0)));
    let snapshot = bench.store.snapshot(&circle()).await.unwrap();
    assert_eq!(bench.store.get(&snapshot, &key("first")).await, Ok(None));
    bench.flushes.release();
    for commit in commits {
        commit.await.unwrap().unwrap();
    }
    assert_eq!(bench.store.seq(&circle()), Ok(Seq(1)));
    let still = bench.store.get(&snapshot, &key("first")).await;
    assert_eq!(still, Ok(None), "a snapshot stays as it was");
}

/// The engine below has the new values already; the snapshot does not.
#[tokio::test]
async fn a_commit_half_way_is_not_seen() {
    let bench = bench(Options::default());
    bench.applies.hold();
    let commit = tokio::spawn(put(Arc::clone(&bench.store), "a"));
    until(|| bench.store.shared.index.seq(&circle()) == Ok(Seq(1))).await;
    let snapshot = bench.store.snapshot(&circle()).await.unwrap();
    assert_eq!(bench.store.get(&snapshot, &key("a")).await, Ok(None));
    let page = bench
        .store
        .scan(&snapshot, &between("a", "z"), Direction::Forward, ALL)
        .await;
    assert_eq!(page, Ok(Page::default()));
    bench.applies.release();
    assert_eq!(commit.await.unwrap(), Ok(Seq(1)));
}

#[tokio::test]
async fn earlier_members_of_a_group_conflict() {
    let bench = bench(Options::default());
    let mut commits = bench.hold(0).await;
    let read_and_put = |store: Arc<Embedded<MemoryIndex>>| async move {
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
    bench.flushes.release();
    let mut results = Vec::new();
    for commit in commits {
        results.push(commit.await.unwrap());
    }
    let expected = [Ok(Seq(1)), Ok(Seq(2)), Err(CommitError::Conflict)];
    assert_eq!(results, expected);
}

#[tokio::test]
async fn a_failed_write_stops_writes_for_good() {
    type Calls = fn(&Bench) -> &Gate;
    let (applies, flushes): (Calls, Calls) = (|bench| &bench.applies, |bench| &bench.flushes);
    let full = "the store's engine failed: no space left on device";
    let cases = [
        (applies, Fate::Fail, full),
        (flushes, Fate::Fail, full),
        (
            flushes,
            Fate::Panic,
            "the engine panicked: an assertion of the engine",
        ),
    ];
    for (calls, fate, reason) in cases {
        let bench = bench(Options::default());
        put(Arc::clone(&bench.store), "a").await.unwrap();
        calls(&bench).end_in(fate);
        let unavailable = CommitError::Store(StoreError::Unavailable {
            reason: reason.into(),
        });
        let refused = put(Arc::clone(&bench.store), "b").await;
        assert_eq!(refused, Err(unavailable.clone()));

        // The disk has recovered, but what reached it is not known.
        calls(&bench).end_in(Fate::Succeed);
        let refused = put(Arc::clone(&bench.store), "c").await;
        assert_eq!(refused, Err(unavailable));

        assert_eq!(bench.store.seq(&circle()), Ok(Seq(1)));
        let snapshot = bench.store.snapshot(&circle()).await.unwrap();
        let published = bench.store.get(&snapshot, &key("a")).await;
        assert_eq!(published, Ok(Some("value".into())));
        let unpublished = bench.store.get(&snapshot, &key("b")).await;
        assert_eq!(unpublished, Ok(None));
    }
}

#[tokio::test]
async fn a_snapshot_of_another_kind_is_refused() {
    let bench = bench(Options::default());
    let foreign = Snapshot::new(circle(), Seq(0), ());
    let refused = bench.store.get(&foreign, &key("a")).await;
    assert_eq!(refused, Err(StoreError::ForeignSnapshot));
}
