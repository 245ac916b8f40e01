//! What only a store on disk does: come back, refuse, clean up.

use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::store::suite::{begin, between, change, circle, commit, shown};
use crate::store::{Access, Options, Store, Transaction, open};

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

#[tokio::test]
async fn everything_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut long = Vec::new();
    for round in 1..=10u64 {
        let store = reopen(dir.path());
        let mut tx = begin(&store).await;
        let found = tx.get(&Key::from(b"long".to_vec())).await.unwrap();
        assert_eq!(found.unwrap_or_default(), long);
        long = vec![u8::try_from(round).unwrap(); 6_000 * usize::try_from(round).unwrap()];
        tx.put(b"long".to_vec().into(), long.clone().into())
            .unwrap();
        change(&mut tx, &format!("-k{} k{round}={round}", round - 1));
        assert_eq!(tx.commit().await, Ok(Seq(round)));
    }
    let store = reopen(dir.path());
    assert_eq!(store.seq(&circle()), Ok(Seq(10)));
    let mut tx = begin(&store).await;
    let limit = PageLimit {
        entries_max: 100,
        bytes_max: 1 << 20,
    };
    let page = tx.scan(between("k", "l"), Direction::Forward, limit).await;
    assert_eq!(shown(&page.unwrap()), "k10=10");
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
    let index = SledIndex::open(dir.path(), 1 << 20).unwrap();
    index.db.insert(b"\0format", &7u32.to_be_bytes()).unwrap();
    drop(index);
    insta::assert_snapshot!(refusal(dir.path()), @"the data directory DIR has format 7, and this version of quanka reads up to 1: run the newer version that wrote it");
}

#[tokio::test]
async fn data_without_a_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = reopen(dir.path());
    commit(&store, "a=1").await;
    drop(store);
    let index = SledIndex::open(dir.path(), 1 << 20).unwrap();
    index.db.remove(b"\0format").unwrap();
    drop(index);
    insta::assert_snapshot!(refusal(dir.path()), @"the data in DIR cannot be opened: it holds data but no format number. Nothing was changed; keep a copy of the directory, then put the last good copy in its place");
}

#[tokio::test]
async fn a_directory_that_is_a_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file: PathBuf = dir.path().join("file");
    std::fs::write(&file, "not a directory").unwrap();
    insta::assert_snapshot!(refusal(&file), @"cannot use the data directory DIR: File exists (os error 17)");
}

#[tokio::test]
async fn a_damaged_file_is_an_error_not_a_panic() {
    let dir = tempfile::tempdir().unwrap();
    let store = reopen(dir.path());
    commit(&store, "a=1").await;
    drop(store);
    std::fs::write(dir.path().join("index/conf"), "segment_size: none").unwrap();
    let refused = refusal(dir.path());
    assert!(
        refused.starts_with("the data in DIR cannot be opened: "),
        "{refused}"
    );
    assert!(refused.contains("the last good copy"), "{refused}");
}

#[tokio::test]
async fn what_a_killed_open_leaves_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let store = reopen(dir.path());
    commit(&store, "a=1").await;
    drop(store);
    let left = dir.path().join("index/snap.0000000000000123.generating");
    std::fs::write(&left, "half a snapshot").unwrap();
    let store = reopen(dir.path());
    assert!(!left.exists());
    assert_eq!(store.seq(&circle()), Ok(Seq(1)));
}

/// A value whose pieces are gone is an error, in every way of reading it, and
/// its neighbours can still be read.
#[tokio::test]
async fn a_missing_piece_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let index = SledIndex::open(dir.path(), 1 << 20).unwrap();
    let long = Key::from(b"long".to_vec());
    let writes = Writes::from([
        (long.clone(), Some(vec![7; 9_000].into())),
        (b"near".to_vec().into(), Some("1".into())),
    ]);
    index.apply(&circle(), Seq(1), &writes).unwrap();
    index.db.remove(piece_key(&circle(), &long, 1)).unwrap();
    drop(index);

    let store = reopen(dir.path());
    let mut tx = Transaction::begin(store, &circle(), Access::Read)
        .await
        .unwrap();
    let damaged = StoreError::Damaged {
        reason: "a piece of a value is missing".into(),
    };
    assert_eq!(tx.get(&long).await, Err(damaged.clone()));
    let limit = PageLimit {
        entries_max: 9,
        bytes_max: 1 << 20,
    };
    let page = tx.scan(between("a", "z"), Direction::Forward, limit).await;
    assert_eq!(page, Err(damaged));
    let page = tx.scan(between("m", "z"), Direction::Forward, limit).await;
    assert_eq!(shown(&page.unwrap()), "near=1");
}

/// Overwritten and deleted values leave no pieces behind.
#[tokio::test]
async fn no_piece_outlives_its_value() {
    let dir = tempfile::tempdir().unwrap();
    let index = SledIndex::open(dir.path(), 1 << 20).unwrap();
    let empty = index.db.len();
    let key = Key::from(b"k".to_vec());
    // Head and number, then the pieces.
    for (bytes, cells) in [(3_499, 2), (3_500, 3), (10_501, 6), (7_000, 4), (10, 2)] {
        let writes = Writes::from([(key.clone(), Some(vec![1; bytes].into()))]);
        index.apply(&circle(), Seq(1), &writes).unwrap();
        assert_eq!(index.db.len() - empty, cells, "{bytes} bytes");
    }
    let writes = Writes::from([(key.clone(), None)]);
    index.apply(&circle(), Seq(2), &writes).unwrap();
    assert_eq!(index.db.len() - empty, 1);
}
