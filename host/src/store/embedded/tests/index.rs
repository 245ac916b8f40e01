//! An index that fails, and checkpoints of one.

use super::*;
use crate::store::disk::Site;
use crate::store::disk::faults::{At, Errno, Fault, Faults, Lasting};

/// An index that fails, or panics, is built anew; nothing is lost, and nobody
/// has to wait for it.
#[tokio::test]
async fn a_failed_index_is_built_anew() {
    type Calls = fn(&Bench) -> &Gate;
    let (fills, reads): (Calls, Calls) = (
        |bench| &bench.parts.engine.fills,
        |bench| &bench.parts.engine.reads,
    );
    for (calls, fate) in [
        (fills, Fate::Fail),
        (fills, Fate::Panic),
        (reads, Fate::Fail),
    ] {
        for dumped in [false, true] {
            let bench = journaled(&Options::default());
            let made = &bench.parts.engine.made;
            put(Arc::clone(&bench.store), "a").await.unwrap();
            until(|| bench.window() == 0).await;
            if dumped {
                bench.store.checkpoint().await.unwrap();
            }
            put(Arc::clone(&bench.store), "b").await.unwrap();
            until(|| bench.window() == 0).await;
            let snapshot = bench.store.snapshot(&circle()).await.unwrap();

            made.hold();
            calls(&bench).end_in(fate);
            let _ = put(Arc::clone(&bench.store), "c").await;
            let _ = bench.store.get(&snapshot, &key("a")).await;
            until(|| made.entered() == 2).await;
            calls(&bench).end_in(Fate::Succeed);

            // The dump and the journal answer meanwhile.
            put(Arc::clone(&bench.store), "d").await.unwrap();
            let now = bench.store.snapshot(&circle()).await.unwrap();
            for name in ["a", "b", "d"] {
                assert_eq!(
                    bench.value(&now, name).await,
                    Some("value".into()),
                    "{name}"
                );
            }
            made.release();
            drop(snapshot);
            until(|| bench.window() == 0).await;
            for name in ["a", "b", "d"] {
                assert_eq!(
                    bench.value(&now, name).await,
                    Some("value".into()),
                    "{name}"
                );
            }
            assert_eq!(made.count(), 2);
            bench.store.writable().unwrap();
        }
    }
}

/// If it cannot be built either, writes stop and reads go on.
#[tokio::test]
async fn an_index_that_cannot_be_built_stops_writes() {
    let bench = journaled(&Options::default());
    put(Arc::clone(&bench.store), "a").await.unwrap();
    until(|| bench.window() == 0).await;
    bench.parts.engine.made.end_in(Fate::Fail);
    bench.parts.engine.fills.end_in(Fate::Fail);
    put(Arc::clone(&bench.store), "b").await.unwrap();
    until(|| bench.store.writable().is_err()).await;
    let refused = put(Arc::clone(&bench.store), "c").await.unwrap_err();
    insta::assert_snapshot!(refused, @"the store takes no more writes: the index cannot be rebuilt: the store's engine failed: no space left on device. Restart the host once the cause is removed");
    let snapshot = bench.store.snapshot(&circle()).await.unwrap();
    for name in ["a", "b"] {
        assert_eq!(bench.value(&snapshot, name).await, Some("value".into()));
    }
}

#[tokio::test]
async fn a_checkpoint_cuts_the_journal_and_keeps_all() {
    let options = Options {
        segment_bytes: 4096,
        checkpoint_journal_bytes: 3 * 4096,
        ..Options::default()
    };
    let bench = journaled(&options);
    for number in 0..200 {
        put(Arc::clone(&bench.store), &format!("key-{number:03}"))
            .await
            .unwrap();
    }
    bench.store.checkpoint().await.unwrap();
    let files = bench.store.shared.files.as_ref().unwrap();
    assert!(
        files.journal_bytes() <= 3 * 4096,
        "{}",
        files.journal_bytes()
    );

    let dir = bench._dir.as_ref().unwrap().path().to_owned();
    let _dir = {
        let mut bench = bench;
        bench._dir.take()
    };
    let again = over_memory(&dir, &Default::default(), &options);
    assert_eq!(again.seq(&circle()), Ok(Seq(200)));
    let snapshot = again.snapshot(&circle()).await.unwrap();
    let page = again
        .scan(&snapshot, &between("key-", "key."), Direction::Forward, ALL)
        .await
        .unwrap();
    assert_eq!(page.entries.len(), 200);
}

/// A checkpoint that fails leaves journal, store and the dump before it as
/// they were.
#[tokio::test]
async fn a_failed_checkpoint_loses_nothing() {
    let sites = Site::ALL
        .iter()
        .filter(|site| format!("{site:?}").starts_with("Dump"));
    for &site in sites {
        let faults = Faults::new(Fault {
            at: At::Site(site),
            nth: 2,
            lasting: Lasting::Once,
            errno: Errno::Enospc,
            written: 0,
        });
        let bench = journaled(&Options {
            disk: DiskOption(faults.disk()),
            ..Options::default()
        });
        let mut failed = 0;
        for name in ["a", "b", "c"] {
            put(Arc::clone(&bench.store), name).await.unwrap();
            until(|| bench.window() == 0).await;
            failed += u64::from(bench.store.checkpoint().await.is_err());
        }
        assert_eq!(failed, faults.made(), "{site:?}");
        bench.store.checkpoint().await.unwrap();
        let snapshot = bench.store.snapshot(&circle()).await.unwrap();
        for name in ["a", "b", "c"] {
            assert_eq!(bench.value(&snapshot, name).await, Some("value".into()));
        }
    }
}

/// A dump of an index that fails meanwhile would claim to end where the next
/// index begins.
#[tokio::test]
async fn a_checkpoint_of_a_failed_index_is_none() {
    let bench = journaled(&Options::default());
    let engine = &bench.parts.engine;
    put(Arc::clone(&bench.store), "a").await.unwrap();
    until(|| bench.window() == 0).await;
    engine.walks.hold();
    let checkpoint = tokio::spawn({
        let store = Arc::clone(&bench.store);
        async move { store.checkpoint().await }
    });
    until(|| engine.walks.entered() == 1).await;
    engine.made.hold();
    engine.fills.end_in(Fate::Fail);
    put(Arc::clone(&bench.store), "b").await.unwrap();
    until(|| engine.made.entered() == 2).await;
    engine.fills.end_in(Fate::Succeed);
    engine.walks.release();
    assert!(checkpoint.await.unwrap().is_err());
    engine.made.release();
    bench.store.checkpoint().await.unwrap();
}

/// Whoever asks for the next one would wait for ever for a thread that is gone.
#[tokio::test]
async fn a_checkpoint_outlives_a_panic_of_the_engine() {
    let bench = journaled(&Options::default());
    put(Arc::clone(&bench.store), "a").await.unwrap();
    bench.parts.engine.walks.end_in(Fate::Panic);
    assert!(bench.store.checkpoint().await.is_err());
    bench.parts.engine.walks.end_in(Fate::Succeed);
    bench.store.checkpoint().await.unwrap();
}
