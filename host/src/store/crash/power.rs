//! Power cuts. The store runs over a disk that writes down every change; from
//! the record, directories are built as a cut at any moment may leave them:
//! what was not synced is there, or not, or in part. They have no index, since
//! it was another boot. On some of them the store goes on, and the power is
//! cut again.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::load::{Directly, Load, Reached, check_acknowledged};
use super::*;
use crate::store::disk::Site;
use crate::store::disk::recorder::{Chance, Recorder};
use crate::store::embedded::DiskOption;
use crate::store::embedded::testing::try_over_memory;
use crate::store::seeded::{Seeded, SeededBug};

/// Small values, so that an image is soon made.
const LOAD: Load = Load {
    writers: 4,
    partitions: 2,
    value_bytes_max: 2_000,
};
/// Actions of each writer between two cuts.
const ACTIONS: u64 = 25;

/// Files so small that the journal goes through many.
fn options() -> Options {
    Options {
        commit_group_bytes_max: 8 << 10,
        segment_bytes: 16 << 10,
        checkpoint_journal_bytes: 48 << 10,
        window_bytes_max: 16 << 10,
        ..Options::default()
    }
}

/// What is wrong on purpose.
#[derive(Clone, Copy, Default)]
struct Wrong {
    bug: Option<SeededBug>,
    /// Syncs made here are lost.
    unsynced: Option<Site>,
}

#[test]
fn a_power_cut_loses_nothing() {
    let (histories, images) = if is_full() { (12, 200) } else { (4, 50) };
    for seed in 0..histories {
        cut_at_many_moments(seed, images, Wrong::default()).unwrap();
    }
}

/// The check finds what it is there for.
#[test]
fn planted_bugs_are_found() {
    let bugs = [SeededBug::AcknowledgeEarly, SeededBug::CutBeforeDump];
    let syncs = [
        Site::MetaSync,
        Site::JournalHeaderSync,
        Site::JournalDirSync,
        Site::JournalAppendSync,
        Site::DumpSync,
        Site::DumpDirSync,
    ];
    let bugs = bugs.map(|bug| Wrong {
        bug: Some(bug),
        ..Wrong::default()
    });
    let syncs = syncs.map(|site| Wrong {
        unsynced: Some(site),
        ..Wrong::default()
    });
    for wrong in bugs.into_iter().chain(syncs) {
        let mut seeds = 0..10;
        let found = seeds.find_map(|seed| cut_at_many_moments(seed, 50, wrong).err());
        assert!(
            found.is_some(),
            "{:?} {:?} goes unnoticed",
            wrong.bug,
            wrong.unsynced
        );
    }
}

/// One history, cut at so many moments; then another that goes on from one of
/// the images, and one that goes on from that.
fn cut_at_many_moments(seed: u64, images: usize, wrong: Wrong) -> Result<(), String> {
    let mut chance = Chance(seed);
    let mut dir = dir_in_memory();
    let mut from = vec![0; LOAD.writers];
    for life in 0..3 {
        let run = Run::record(dir.path(), &from, wrong);
        let mut cuts = run.recorder.turning_points();
        // What recovery does comes first, and soon.
        let early = cuts.len().min(30);
        for image in 0..images {
            let among = if image % 3 == 0 { early } else { cuts.len() };
            let at = usize::try_from(chance.below(among as u64)).unwrap();
            let (cut, seed) = (cuts[at], chance.below(u64::MAX));
            let fallen = dir_in_memory();
            run.recorder.image(cut, seed, fallen.path());
            from = run
                .check(fallen.path(), cut, chance.coin())
                .map_err(|error| format!("life {life}, cut {cut}, image {seed}: {error}"))?;
            dir = fallen;
        }
        cuts.clear();
    }
    Ok(())
}

/// A run over a recording disk.
struct Run {
    recorder: Arc<Recorder>,
    /// What was acknowledged at each mark.
    acknowledged: Vec<Reached>,
}

impl Run {
    /// Works a while, and closes the store.
    fn record(dir: &Path, from: &Reached, wrong: Wrong) -> Run {
        let recorder = Recorder::leaving_out(dir, wrong.unsynced);
        let options = Options {
            disk: DiskOption(recorder.disk()),
            seeded: wrong.bug.map(Seeded::with).unwrap_or_default(),
            ..options()
        };
        let acknowledged = Arc::new(Mutex::new(vec![from.clone()]));
        recorder.mark(0);
        let store = try_over_memory(dir, &options).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let runtime = runtime();
        let writers: Vec<_> = (0..LOAD.writers)
            .map(|writer| {
                let (store, recorder) = (Arc::clone(&store), Arc::clone(&recorder));
                let acknowledged = Arc::clone(&acknowledged);
                let first = from[writer] + 1;
                runtime.spawn(async move {
                    for number in first..first + ACTIONS {
                        LOAD.act(&store, &Directly, writer, number).await.unwrap();
                        let mut acknowledged = acknowledged.lock().unwrap();
                        let mut next = acknowledged.last().unwrap().clone();
                        next[writer] = number;
                        acknowledged.push(next);
                        recorder.mark(acknowledged.len() as u64 - 1);
                    }
                })
            })
            .collect();
        let done = Arc::new(AtomicBool::new(false));
        let checkpoints = runtime.spawn({
            let (store, done) = (Arc::clone(&store), Arc::clone(&done));
            async move {
                while !done.load(Ordering::Relaxed) {
                    store.checkpoint().await.unwrap();
                }
            }
        });
        runtime.block_on(async {
            for writer in writers {
                writer.await.unwrap();
            }
            done.store(true, Ordering::Relaxed);
            checkpoints.await.unwrap();
        });
        drop(store);
        let acknowledged = acknowledged.lock().unwrap().clone();
        Run {
            recorder,
            acknowledged,
        }
    }

    /// Opens what a cut has left, and looks through it.
    fn check(&self, dir: &Path, cut: usize, twice: bool) -> Result<Reached, String> {
        let mark = self.recorder.marked(cut).unwrap_or(0);
        let acknowledged = &self.acknowledged[usize::try_from(mark).unwrap()];
        let store = try_over_memory(dir, &options()).map_err(|error| error.to_string())?;
        let store: Arc<dyn Store> = Arc::new(store);
        runtime().block_on(async {
            let reached = LOAD.reached(&store).await?;
            check_acknowledged(acknowledged, &reached)?;
            if twice {
                store
                    .checkpoint()
                    .await
                    .map_err(|error| error.to_string())?;
                assert_eq!(LOAD.reached(&store).await?, reached, "nobody writes");
            }
            store.writable().map_err(|error| error.to_string())?;
            Ok(reached)
        })
    }
}
