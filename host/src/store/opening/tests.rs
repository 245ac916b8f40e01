//! What only a store in a directory does: come back, refuse, put right.

use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::store::cells::value_key;
use crate::store::suite::{begin, between, change, circle, commit, key, shown};
use crate::store::{Direction, Key, Options, PageLimit, Partition, Seq, Store, open};

fn reopen(dir: &Path) -> Arc<dyn Store> {
    open(dir, &Options::default()).unwrap()
}

/// The error of an open, with the directory's own name left out.
fn refusal(dir: &Path) -> String {
    let Err(error) = open(dir, &Options::default()) else {
        panic!("it opened");
    };
    error.to_string().replace(&dir.display().to_string(), "DIR")
}

const EVERYTHING: PageLimit = PageLimit {
    entries_max: 1_000,
    bytes_max: usize::MAX,
};

async fn everything(store: &Arc<dyn Store>) -> String {
    let mut tx = begin(store).await;
    let page = tx
        .scan(between("a", "z"), Direction::Forward, EVERYTHING)
        .await;
    shown(&page.unwrap())
}

#[tokio::test]
async fn everything_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut long = Vec::new();
    for round in 1..=10u64 {
        let store = reopen(dir.path());
        let mut tx = begin(&store).await;
        let found = tx.get(&key("long")).await.unwrap();
        assert_eq!(found.unwrap_or_default(), long);
        long = vec![u8::try_from(round).unwrap(); 6_000 * usize::try_from(round).unwrap()];
        tx.put(key("long"), long.clone().into()).unwrap();
        change(&mut tx, &format!("-k{} k{round}={round}", round - 1));
        assert_eq!(tx.commit().await, Ok(Seq(round)));
        if round % 3 == 0 {
            store.checkpoint().await.unwrap();
        }
    }
    let store = reopen(dir.path());
    assert_eq!(store.seq(&circle()), Ok(Seq(10)));
    let mut tx = begin(&store).await;
    let page = tx
        .scan(between("k", "l"), Direction::Forward, EVERYTHING)
        .await;
    assert_eq!(shown(&page.unwrap()), "k10=10");
}

/// Whatever is done to the index, it comes back from dump and journal.
#[tokio::test]
async fn an_index_is_never_missed() {
    fn index(dir: &Path) -> PathBuf {
        let names = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut indexes =
            names.filter(|path| path.is_dir() && path.to_string_lossy().contains("index-"));
        indexes.next().unwrap()
    }
    type Harm = (&'static str, fn(&Path));
    let harms: [Harm; 6] = [
        ("removed", |dir| {
            std::fs::remove_dir_all(index(dir)).unwrap()
        }),
        ("emptied", |dir| {
            let index = index(dir);
            std::fs::remove_dir_all(&index).unwrap();
            std::fs::create_dir(index).unwrap();
        }),
        ("bricked", |dir| {
            std::fs::write(index(dir).join("conf"), "segment_size: none").unwrap();
        }),
        ("cut short", |dir| {
            let db = File::options().write(true).open(index(dir).join("db"));
            db.unwrap().set_len(1_000).unwrap();
        }),
        ("of another boot", |dir| {
            std::fs::write(dir.join("index.meta"), "index-1\nboot 0\n").unwrap();
        }),
        ("its note lost", |dir| {
            std::fs::remove_file(dir.join("index.meta")).unwrap()
        }),
    ];
    for (name, harm) in harms {
        for dumped in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            let store = reopen(dir.path());
            commit(&store, "a=1 b=2").await;
            if dumped {
                store.checkpoint().await.unwrap();
            }
            commit(&store, "c=3 -b").await;
            drop(store);
            harm(dir.path());
            let store = reopen(dir.path());
            assert_eq!(everything(&store).await, "a=1 c=3", "{name}");
            assert_eq!(commit(&store, "d=4").await, Seq(3), "{name}");
            drop(store);
            let store = reopen(dir.path());
            assert_eq!(everything(&store).await, "a=1 c=3 d=4", "{name}");
        }
    }
}

#[tokio::test]
async fn only_one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = reopen(dir.path());
    let refused = refusal(dir.path()).replace(&std::process::id().to_string(), "N");
    insta::assert_snapshot!(refused, @"the data directory DIR is in use by another process (pid N): stop it, or give this one another `data.dir`");
    drop(store);
    reopen(dir.path());
}

#[tokio::test]
async fn a_newer_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    commit(&reopen(dir.path()), "a=1").await;
    let meta = dir.path().join("store.meta");
    let text = std::fs::read_to_string(&meta).unwrap();
    std::fs::write(&meta, text.replace("format 2", "format 7")).unwrap();
    insta::assert_snapshot!(refusal(dir.path()), @"the data directory DIR has format 7, and this version of quanka reads up to 2: run the newer version that wrote it");
    std::fs::write(&meta, "something else").unwrap();
    insta::assert_snapshot!(refusal(dir.path()), @"the data in DIR cannot be opened: store.meta cannot be read. Keep a copy of the directory, then restore the last backup with `quanka restore`");
    std::fs::remove_file(&meta).unwrap();
    insta::assert_snapshot!(refusal(dir.path()), @"the data in DIR cannot be opened: there is a journal, but store.meta is gone. Keep a copy of the directory, then restore the last backup with `quanka restore`");
}

/// A journal that is gone is not made anew in silence, whether or not the
/// index has what it had.
#[tokio::test]
async fn a_missing_journal_is_noticed() {
    for dumped in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let store = reopen(dir.path());
        commit(&store, "a=1").await;
        if dumped {
            store.checkpoint().await.unwrap();
        }
        drop(store);
        std::fs::remove_dir_all(dir.path().join("journal")).unwrap();
        let refused = refusal(dir.path());
        assert!(refused.contains("journal"), "{refused}");
        assert!(!dir.path().join("journal").exists());
    }
}

/// The dump is newer than what is left of the journal.
#[tokio::test]
async fn a_journal_that_ends_too_early_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let earlier = tempfile::tempdir().unwrap();
    let store = reopen(dir.path());
    commit(&store, "a=1").await;
    drop(store);
    let journal = |dir: &Path| {
        let entries = std::fs::read_dir(dir.join("journal")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut segments = paths.filter(|path| path.extension().is_some_and(|it| it == "journal"));
        segments.next().unwrap()
    };
    let segment = journal(dir.path());
    let kept = earlier.path().join("segment");
    std::fs::copy(&segment, &kept).unwrap();
    let store = reopen(dir.path());
    commit(&store, "b=2").await;
    // The index may not have the last group yet.
    let dump = dir.path().join("dumps/00000000000000000002.dump");
    while !dump.exists() {
        store.checkpoint().await.unwrap();
    }
    drop(store);
    std::fs::copy(&kept, &segment).unwrap();
    std::fs::remove_file(dir.path().join("index.meta")).unwrap();
    let refused = refusal(dir.path());
    assert!(refused.contains("ends with group 1"), "{refused}");
}

/// A process that dies while it makes a new store leaves a journal in which
/// nothing is.
#[tokio::test]
async fn a_store_half_founded_is_founded_again() {
    let dir = tempfile::tempdir().unwrap();
    drop(reopen(dir.path()));
    std::fs::remove_file(dir.path().join("store.meta")).unwrap();
    let store = reopen(dir.path());
    assert_eq!(commit(&store, "a=1").await, Seq(1));
    drop(store);
    assert_eq!(everything(&reopen(dir.path())).await, "a=1");
    std::fs::remove_dir_all(dir.path()).unwrap();
    std::fs::create_dir_all(dir.path().join("journal")).unwrap();
    assert_eq!(everything(&reopen(dir.path())).await, "");
}

#[tokio::test]
async fn a_directory_that_is_a_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file: PathBuf = dir.path().join("file");
    std::fs::write(&file, "not a directory").unwrap();
    insta::assert_snapshot!(refusal(&file), @"cannot use the data directory DIR: File exists (os error 17)");
}

/// The database of the version before the journal.
#[tokio::test]
async fn format_1_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let long = Bytes::from(vec![7; 9_000]);
    {
        let db = ::sled::open(dir.path().join("index")).unwrap();
        db.insert(b"\0format", &1u32.to_be_bytes()).unwrap();
        let head = |name: &str| value_key(&circle(), &key(name));
        db.insert(crate::store::cells::seq_key(&circle()), &5u64.to_be_bytes())
            .unwrap();
        db.insert(head("a"), b"\x001").unwrap();
        db.insert(head("long"), b"\x01\x00\x00\x23\x28").unwrap();
        for (number, piece) in (0u16..).zip(long.chunks(3_500)) {
            let at =
                crate::store::cells::piece_key(&circle(), &Key::from(b"long".to_vec()), number);
            db.insert(at, piece).unwrap();
        }
        db.flush().unwrap();
    }
    let store = reopen(dir.path());
    assert_eq!(store.seq(&circle()), Ok(Seq(5)));
    assert_eq!(store.seq(&Partition::circle("other")), Ok(Seq(0)));
    let mut tx = begin(&store).await;
    assert_eq!(tx.get(&key("a")).await, Ok(Some("1".into())));
    assert_eq!(tx.get(&key("long")).await, Ok(Some(long)));
    assert_eq!(commit(&store, "b=2").await, Seq(6));
    drop((tx, store));
    assert!(!dir.path().join("index").exists());
    assert_eq!(reopen(dir.path()).seq(&circle()), Ok(Seq(6)));
}
