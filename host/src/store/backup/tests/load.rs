//! Backups of a store that goes on as fast as it can, with checkpoints that
//! take files away all the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::store::suite::key;
use crate::store::{Access, Options, Store, Transaction, open};

const WRITERS: usize = 4;
const KEYS: u64 = 50;

/// Writer `n` counts up in a circle of its own, in two keys at once.
async fn write(store: Arc<dyn Store>, n: usize, done: Arc<AtomicU64>, ends: Arc<AtomicBool>) {
    let partition = Partition::circle(&format!("circle-{n}"));
    for count in 1.. {
        if ends.load(Ordering::Relaxed) {
            return;
        }
        let mut tx = Transaction::begin(Arc::clone(&store), &partition, Access::Write)
            .await
            .unwrap();
        let value = count.to_string();
        tx.put(key("count"), value.clone().into()).unwrap();
        tx.put(key(&format!("{}", count % KEYS)), value.repeat(50).into())
            .unwrap();
        tx.commit().await.unwrap();
        done.store(count, Ordering::Relaxed);
    }
}

/// The counts in a data directory, opened as a host would open it. Each must
/// have all that came with it.
async fn counts(data: &DataDir) -> [u64; WRITERS] {
    let store = open(&data.store(), &Options::default()).unwrap();
    let mut counts = [0; WRITERS];
    for (n, found) in counts.iter_mut().enumerate() {
        let partition = Partition::circle(&format!("circle-{n}"));
        let snapshot = store.snapshot(&partition).await.unwrap();
        let count = store.get(&snapshot, &key("count")).await.unwrap();
        let count = count.map_or("0".into(), |count| {
            String::from_utf8(count.to_vec()).unwrap()
        });
        *found = count.parse().unwrap();
        assert_eq!(snapshot.seq(), Seq(*found));
        for written in (1..=*found).rev().take(usize::try_from(KEYS).unwrap()) {
            let value = key(&(written % KEYS).to_string());
            let value = store.get(&snapshot, &value).await.unwrap();
            assert_eq!(value, Some(written.to_string().repeat(50).into()));
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_what_was_acknowledged_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir::new(dir.path().join("data"));
    let options = Options {
        segment_bytes: 64 << 10,
        checkpoint_journal_bytes: 1 << 20,
        disk: DiskOption(hasty()),
        ..Options::default()
    };
    let store = open(&data.store(), &options).unwrap();
    std::fs::write(data.secret(), "secret").unwrap();
    std::fs::set_permissions(data.secret(), std::fs::Permissions::from_mode(0o600)).unwrap();
    let ends = Arc::new(AtomicBool::new(false));
    let done: [Arc<AtomicU64>; WRITERS] = Default::default();
    let writers = done.iter().enumerate().map(|(n, done)| {
        tokio::spawn(write(
            Arc::clone(&store),
            n,
            Arc::clone(done),
            Arc::clone(&ends),
        ))
    });
    let writers: Vec<_> = writers.collect();
    let now = || done.each_ref().map(|done| done.load(Ordering::Relaxed));

    let target = dir.path().join("backup");
    for round in 0..6 {
        let before = now();
        let (made, verified) = tokio::task::block_in_place(|| {
            let disk = DiskOption(hasty());
            let made = backup(&data, &target, Timestamp::UNIX_EPOCH, &disk);
            (made, verify_data(&data))
        });
        let after = now();
        made.unwrap_or_else(|error| panic!("{error}"));
        verified.unwrap_or_else(|error| panic!("{error}"));
        let to = DataDir::new(dir.path().join(format!("restored-{round}")));
        restore(
            &target,
            &to,
            &RestorePoint::Newest,
            &[],
            &DiskOption(hasty()),
        )
        .unwrap();
        let found = counts(&to).await;
        for n in 0..WRITERS {
            // The one being committed may be in it, too.
            let right = before[n]..=after[n] + 1;
            assert!(right.contains(&found[n]), "{n}: {} of {right:?}", found[n]);
        }
    }
    ends.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    drop(store);
    let commits: u64 = now().iter().sum();
    assert!(commits > 100, "there was no load: {commits}");
}
