//! What every backend must do, run against each of them.
//!
//! A test takes an open store; the macro at the end runs it on each backend.

mod feed;
mod model;
mod serial;
mod stress;

use std::sync::Arc;

use bytes::Bytes;
use tempfile::TempDir;

use super::embedded::testing::{Parts, in_memory};
use super::*;

macro_rules! on_every_backend {
    ($($(#[$attribute:meta])* $test:ident),* $(,)?) => {
        mod on_memory {
            $($(#[$attribute])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test($crate::store::suite::memory()).await;
            })*
        }
        mod on_sled {
            $($(#[$attribute])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let (_dir, store) = $crate::store::suite::sled();
                super::$test(store).await;
            })*
        }
        mod in_a_hurry {
            $($(#[$attribute])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let (_dir, store) = $crate::store::suite::in_a_hurry();
                super::$test(store).await;
            })*
        }
    };
}
pub(crate) use on_every_backend;

on_every_backend!(
    commits_are_numbered_in_their_partition,
    partitions_do_not_see_each_other,
    a_snapshot_stays_as_it_was,
    a_transaction_reads_its_own_writes,
    conflicts,
    a_refused_commit_leaves_nothing,
    an_empty_commit_is_none,
    values_of_every_length,
    too_long,
    pages_end_where_the_limit_says,
    counters_add_up_and_rank,
    a_transaction_sees_its_own_adds,
    counters_stay_inside_their_range,
    counters_keep_their_caps_at_the_commit,
);

pub(crate) fn memory() -> Arc<dyn Store> {
    Arc::new(in_memory(&Parts::default(), &Options::default()))
}

pub(crate) fn sled() -> (TempDir, Arc<dyn Store>) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), &Options::default()).unwrap();
    (dir, store)
}

/// Everything happens as often as it can: the journal goes from file to file,
/// checkpoints are made all the time, and commits wait for the index.
pub(crate) fn in_a_hurry() -> (TempDir, Arc<dyn Store>) {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        segment_bytes: 128 << 10,
        checkpoint_journal_bytes: 1,
        window_bytes_max: 1,
        changes_per_partition_max: 1,
        partitions_open_max: 1,
        ..Options::default()
    };
    let store = open(dir.path(), &options).unwrap();
    (dir, store)
}

pub(crate) fn circle() -> Partition {
    Partition::circle("beike")
}

pub(crate) fn key(name: &str) -> Key {
    name.as_bytes().to_vec().into()
}

pub(crate) fn between(start: &str, end: &str) -> KeyRange {
    KeyRange {
        start: key(start),
        end: key(end),
    }
}

pub(crate) async fn begin(store: &Arc<dyn Store>) -> Transaction {
    Transaction::begin(Arc::clone(store), &circle(), Access::Write)
        .await
        .unwrap()
}

/// `a=1 b=2 -c` puts two keys and deletes one.
pub(crate) fn change(tx: &mut Transaction, changes: &str) {
    for change in changes.split_whitespace() {
        match (change.strip_prefix('-'), change.split_once('=')) {
            (Some(gone), _) => tx.delete(key(gone)).unwrap(),
            (_, Some((name, value))) => {
                tx.put(key(name), Bytes::copy_from_slice(value.as_bytes()))
                    .unwrap();
            }
            _ => panic!("not a change: {change}"),
        }
    }
}

pub(crate) async fn commit(store: &Arc<dyn Store>, changes: &str) -> Seq {
    let mut tx = begin(store).await;
    change(&mut tx, changes);
    tx.commit().await.unwrap()
}

pub(crate) const ALL: PageLimit = PageLimit {
    entries_max: 1000,
    bytes_max: usize::MAX,
};

/// `a=1 b=2`, and `…c` if there is more, from `c` on.
pub(crate) fn shown(page: &Page) -> String {
    let entries = page.entries.iter().map(|(key, value)| {
        let (key, value): (&[u8], &[u8]) = (key, value);
        format!("{}={}", key.escape_ascii(), value.escape_ascii())
    });
    let next = page
        .next
        .iter()
        .map(|key| format!("…{}", key.escape_ascii()));
    entries.chain(next).collect::<Vec<_>>().join(" ")
}

async fn scanned(tx: &mut Transaction, range: KeyRange, direction: Direction) -> String {
    shown(&tx.scan(range, direction, ALL).await.unwrap())
}

async fn value(tx: &mut Transaction, name: &str) -> Option<String> {
    let value = tx.get(&key(name)).await.unwrap()?;
    Some(String::from_utf8(value.to_vec()).unwrap())
}

async fn commits_are_numbered_in_their_partition(store: Arc<dyn Store>) {
    let other = Partition::circle("other");
    assert_eq!(store.seq(&circle()), Ok(Seq(0)));
    assert_eq!(commit(&store, "a=1").await, Seq(1));
    assert_eq!(commit(&store, "a=2").await, Seq(2));
    assert_eq!(store.seq(&circle()), Ok(Seq(2)));
    assert_eq!(store.seq(&other), Ok(Seq(0)));
    assert_eq!(begin(&store).await.seq(), Seq(2));
}

async fn partitions_do_not_see_each_other(store: Arc<dyn Store>) {
    commit(&store, "a=1").await;
    let other = Partition::circle("beike2");
    let mut tx = Transaction::begin(Arc::clone(&store), &other, Access::Read)
        .await
        .unwrap();
    assert_eq!(value(&mut tx, "a").await, None);
    let all = between("\0", "\u{7f}");
    assert_eq!(scanned(&mut tx, all.clone(), Direction::Forward).await, "");
    assert_eq!(scanned(&mut tx, all, Direction::Backward).await, "");
}

async fn a_snapshot_stays_as_it_was(store: Arc<dyn Store>) {
    commit(&store, "a=1 b=1 c=1").await;
    let mut old = begin(&store).await;
    commit(&store, "b=2 -c d=2").await;
    let mut middle = begin(&store).await;
    commit(&store, "-b c=3 e=3").await;

    let all = || between("a", "z");
    let forward = Direction::Forward;
    assert_eq!(scanned(&mut old, all(), forward).await, "a=1 b=1 c=1");
    assert_eq!(scanned(&mut middle, all(), forward).await, "a=1 b=2 d=2");
    let backward = Direction::Backward;
    assert_eq!(scanned(&mut old, all(), backward).await, "c=1 b=1 a=1");
    assert_eq!(value(&mut old, "d").await, None);
    assert_eq!(value(&mut old, "c").await.as_deref(), Some("1"));
    assert_eq!(value(&mut middle, "b").await.as_deref(), Some("2"));

    let mut new = begin(&store).await;
    assert_eq!(scanned(&mut new, all(), forward).await, "a=1 c=3 d=2 e=3");
}

async fn a_transaction_reads_its_own_writes(store: Arc<dyn Store>) {
    commit(&store, "b=1 c=1 e=1").await;
    let mut tx = begin(&store).await;
    change(&mut tx, "a=2 c=2 -e d=2 f=2 -f");
    assert_eq!(value(&mut tx, "c").await.as_deref(), Some("2"));
    assert_eq!(value(&mut tx, "e").await, None);

    let expected = "a=2 b=1 c=2 d=2";
    let forward = scanned(&mut tx, between("a", "z"), Direction::Forward).await;
    assert_eq!(forward, expected);
    let backward = scanned(&mut tx, between("a", "z"), Direction::Backward).await;
    assert_eq!(backward, "d=2 c=2 b=1 a=2");
    tx.commit().await.unwrap();

    let mut after = begin(&store).await;
    let committed = scanned(&mut after, between("a", "z"), Direction::Forward).await;
    assert_eq!(committed, expected);
}

/// Runs two transactions from one snapshot: the second reads, the first
/// commits, the second commits.
async fn conflicts(store: Arc<dyn Store>) {
    let reads: &[(&str, &str, &str)] = &[
        // what the second reads, what the first commits, what comes of it
        ("get b", "b=2", "conflict"),
        ("get b", "-b", "conflict"),
        ("get b", "a=2 c=2", "fine"),
        ("get x", "x=2", "conflict"),
        ("get x", "-x", "conflict"),
        ("scan a c", "a=2", "conflict"),
        ("scan a c", "aa=2", "conflict"),
        ("scan a c", "-b", "conflict"),
        ("scan a c", "c=2", "fine"),
        ("scan c z", "x=2", "conflict"),
        // The page ends at b because there is c: c belongs to what was seen.
        ("page a z", "d=2", "fine"),
        ("page a z", "c=2", "conflict"),
        ("page a z", "bb=2", "conflict"),
        ("nothing", "a=2 own=2 x=2", "fine"),
        ("get own", "own=2", "fine"),
        ("count one", "add one", "conflict"),
        ("count one", "add two", "fine"),
        ("total", "add two", "conflict"),
        ("top", "add two", "conflict"),
        ("top", "a=2", "fine"),
        ("rank two", "add one", "conflict"),
        ("nothing", "add one", "fine"),
    ];
    let mut wrong = Vec::new();
    for (read, first, expected) in reads {
        commit(&store, "a=1 b=1 c=1 -x -d -aa -bb -own").await;
        let mut one = begin(&store).await;
        let mut two = begin(&store).await;
        change(&mut two, "own=1");
        perform_read(&mut two, read).await;
        match first.strip_prefix("add ") {
            Some(item) => one.add(&board(), item, 1).unwrap(),
            None => change(&mut one, first),
        }
        one.commit().await.unwrap();
        two.add(&board(), "one", 1).unwrap();
        let came = match two.commit().await {
            Ok(_) => "fine",
            Err(CommitError::Conflict) => "conflict",
            Err(error) => panic!("{error}"),
        };
        if came != *expected {
            wrong.push(format!("{read} / {first}: {came}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn perform_read(tx: &mut Transaction, read: &str) {
    let words: Vec<_> = read.split(' ').collect();
    match words[..] {
        ["nothing"] => {}
        ["get", name] => drop(tx.get(&key(name)).await.unwrap()),
        ["scan", start, end] => {
            scanned(tx, between(start, end), Direction::Forward).await;
        }
        ["page", start, end] => {
            let limit = PageLimit {
                entries_max: 2,
                ..ALL
            };
            let range = between(start, end);
            let page = tx.scan(range, Direction::Forward, limit).await.unwrap();
            assert_eq!(shown(&page), "a=1 b=1 …c");
        }
        ["count", item] => drop(tx.count(&board(), item).await.unwrap()),
        ["total"] => drop(tx.total(&board()).await.unwrap()),
        ["top"] => drop(tx.top(&board(), 10).await.unwrap()),
        ["rank", item] => drop(tx.rank(&board(), item, 10).await.unwrap()),
        _ => panic!("not a read: {read}"),
    }
}

async fn a_refused_commit_leaves_nothing(store: Arc<dyn Store>) {
    commit(&store, "a=1").await;
    let mut tx = begin(&store).await;
    value(&mut tx, "a").await;
    change(&mut tx, "b=1 c=1");
    tx.add(&board(), "one", 1).unwrap();
    commit(&store, "a=2").await;
    assert_eq!(tx.commit().await, Err(CommitError::Conflict));

    assert_eq!(store.seq(&circle()), Ok(Seq(2)));
    let mut after = begin(&store).await;
    let found = scanned(&mut after, between("a", "z"), Direction::Forward).await;
    assert_eq!(found, "a=2");
    assert_eq!(after.total(&board()).await, Ok(0));
}

async fn an_empty_commit_is_none(store: Arc<dyn Store>) {
    commit(&store, "a=1").await;
    let mut tx = begin(&store).await;
    value(&mut tx, "a").await;
    commit(&store, "a=2").await;
    // It wrote nothing, so what it read cannot be stale: it was so at 1.
    assert_eq!(tx.commit().await, Ok(Seq(1)));
    assert_eq!(store.seq(&circle()), Ok(Seq(2)));
}

async fn values_of_every_length(store: Arc<dyn Store>) {
    let lengths = [
        65_536, 0, 3_499, 3_500, 3_501, 1, 7_000, 7_001, 65_535, 10_500, 2,
    ];
    let of_length = |length| -> Bytes { (0..=250).cycle().take(length).collect() };
    for length in lengths {
        let mut tx = begin(&store).await;
        tx.put(key("long"), of_length(length)).unwrap();
        tx.put(key("short"), Bytes::from_static(b"s")).unwrap();
        tx.commit().await.unwrap();

        let mut tx = begin(&store).await;
        assert_eq!(tx.get(&key("long")).await.unwrap(), Some(of_length(length)));
        let page = tx.scan(between("a", "z"), Direction::Backward, ALL).await;
        let lengths: Vec<_> = page.unwrap().entries.iter().map(|(_, v)| v.len()).collect();
        assert_eq!(lengths, [1, length]);
    }
    commit(&store, "-long").await;
    let mut tx = begin(&store).await;
    assert_eq!(tx.get(&key("long")).await, Ok(None));
}

async fn too_long(store: Arc<dyn Store>) {
    let long_key = |bytes: usize| Key::from(vec![b'k'; bytes]);
    let table = [
        (KEY_BYTES_MAX, VALUE_BYTES_MAX, None),
        (KEY_BYTES_MAX + 1, 0, Some(("key", KEY_BYTES_MAX))),
        (1, VALUE_BYTES_MAX + 1, Some(("value", VALUE_BYTES_MAX))),
    ];
    for (key_bytes, value_bytes, limit) in table {
        let mut tx = begin(&store).await;
        tx.put(long_key(key_bytes), vec![0; value_bytes].into())
            .unwrap();
        let refused = tx.commit().await.err();
        let expected = limit.map(|(what, bytes_max)| {
            CommitError::Store(StoreError::TooLong {
                what,
                bytes: bytes_max + 1,
                bytes_max,
            })
        });
        assert_eq!(refused, expected);
    }
    let mut tx = begin(&store).await;
    tx.add(&board(), &"i".repeat(KEY_BYTES_MAX), 1).unwrap();
    assert!(matches!(
        tx.commit().await,
        Err(CommitError::Store(StoreError::TooLong { what: "key", .. }))
    ));
}

async fn pages_end_where_the_limit_says(store: Arc<dyn Store>) {
    commit(&store, "a=11 b=22 c=33 d=44").await;
    let mut tx = begin(&store).await;
    change(&mut tx, "-b bb=55");
    let table = [
        // entries, bytes, page forward, page backward
        (1, 1000, "a=11 …bb", "d=44 …c"),
        (2, 1000, "a=11 bb=55 …c", "d=44 c=33 …bb"),
        (4, 1000, "a=11 bb=55 c=33 d=44", "d=44 c=33 bb=55 a=11"),
        (9, 1, "a=11 …bb", "d=44 …c"),
        (9, 6, "a=11 …bb", "d=44 c=33 …bb"),
        (9, 7, "a=11 bb=55 …c", "d=44 c=33 …bb"),
    ];
    for (entries_max, bytes_max, forward, backward) in table {
        let limit = PageLimit {
            entries_max,
            bytes_max,
        };
        for (direction, expected) in [
            (Direction::Forward, forward),
            (Direction::Backward, backward),
        ] {
            let page = tx.scan(between("a", "z"), direction, limit).await.unwrap();
            assert_eq!(shown(&page), expected, "{limit:?} {direction:?}");
        }
    }
    let empty = tx.scan(between("z", "a"), Direction::Forward, ALL).await;
    assert_eq!(empty, Ok(Page::default()));
}

fn board() -> Board {
    Board::of_card("quanka/poll", "vote", "options")
}

async fn add(store: &Arc<dyn Store>, item: &str, delta: i64) {
    let mut tx = begin(store).await;
    tx.add(&board(), item, delta).unwrap();
    tx.commit().await.unwrap();
}

async fn counters_add_up_and_rank(store: Arc<dyn Store>) {
    for (item, delta) in [("b", 2), ("a", 2), ("c", 5), ("low", -3), ("gone", 4)] {
        add(&store, item, delta).await;
    }
    add(&store, "gone", -4).await;
    add(&store, "a", 1).await;
    let mut tx = begin(&store).await;
    assert_eq!(tx.count(&board(), "a").await, Ok(3));
    assert_eq!(tx.count(&board(), "never").await, Ok(0));
    assert_eq!(tx.total(&board()).await, Ok(7));
    let top = tx.top(&board(), 10).await.unwrap();
    let expected = [("c", 5), ("a", 3), ("b", 2), ("low", -3)];
    assert_eq!(top, expected.map(|(item, count)| (item.to_owned(), count)));
    assert_eq!(tx.rank(&board(), "b", 10).await, Ok(Some(3)));
    assert_eq!(tx.rank(&board(), "b", 2).await, Ok(None));
    assert_eq!(tx.rank(&board(), "gone", 10).await, Ok(None));
}

async fn a_transaction_sees_its_own_adds(store: Arc<dyn Store>) {
    add(&store, "a", 2).await;
    add(&store, "b", 1).await;
    let mut tx = begin(&store).await;
    for (item, delta) in [("b", 3), ("c", 3), ("c", -1), ("a", -2)] {
        tx.add(&board(), item, delta).unwrap();
    }
    let expected = [("b", 4), ("c", 2)].map(|(item, count)| (item.to_owned(), count));
    assert_eq!(tx.top(&board(), 10).await.unwrap(), expected);
    assert_eq!(tx.rank(&board(), "c", 10).await, Ok(Some(2)));
    assert_eq!(tx.rank(&board(), "a", 10).await, Ok(None));
    assert_eq!(tx.count(&board(), "b").await, Ok(4));
    assert_eq!(tx.total(&board()).await, Ok(6));
    tx.commit().await.unwrap();

    let mut after = begin(&store).await;
    assert_eq!(after.top(&board(), 10).await.unwrap(), expected);
    assert_eq!(after.total(&board()).await, Ok(6));
}

async fn counters_keep_their_caps_at_the_commit(store: Arc<dyn Store>) {
    let reached = |of, max| QuotaReached {
        of: UsageOf::Counter(of),
        unit: "bytes",
        max,
    };
    let adding = async |item: &str, delta: i64| {
        let mut tx = begin(&store).await;
        tx.add(&board(), item, delta).unwrap();
        tx.cap(board().count(item), reached("one", 100));
        tx.cap(board().total(), reached("all", 150));
        tx
    };
    // Neither sees the other's, and neither has read what the other writes.
    let (one, two) = (adding("a", 60).await, adding("a", 60).await);
    one.commit().await.unwrap();
    assert_eq!(
        two.commit().await,
        Err(CommitError::Quota(reached("one", 100)))
    );
    let (one, two) = (adding("a", 40).await, adding("b", 60).await);
    one.commit().await.unwrap();
    assert_eq!(
        two.commit().await,
        Err(CommitError::Quota(reached("all", 150)))
    );
    adding("b", 50).await.commit().await.unwrap();
    // What takes away is allowed, however much there is.
    add(&store, "a", 500).await;
    adding("a", -1).await.commit().await.unwrap();
    let mut tx = begin(&store).await;
    assert_eq!(tx.count(&board(), "a").await, Ok(599));
    tx.add(&board(), "b", 1).unwrap();
    assert_eq!(tx.glance_total(&board()).await, Ok(650));
}

async fn counters_stay_inside_their_range(store: Arc<dyn Store>) {
    add(&store, "most", i64::MAX).await;
    add(&store, "most", i64::MAX).await;
    add(&store, "least", i64::MIN).await;
    add(&store, "least", -1).await;
    let mut tx = begin(&store).await;
    assert_eq!(tx.count(&board(), "most").await, Ok(i64::MAX));
    assert_eq!(tx.count(&board(), "least").await, Ok(i64::MIN));
    assert_eq!(tx.total(&board()).await, Ok(-1));
    assert_eq!(tx.rank(&board(), "least", 10).await, Ok(Some(2)));
}
