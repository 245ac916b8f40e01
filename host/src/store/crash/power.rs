//! Power cuts. The store runs over a disk that writes down every change; from
//! the record, directories are built as a cut at any moment may leave them:
//! what was not synced is there, or not, or in part. They have no index, since
//! it was another boot. Some of them are opened over a recording disk, and the
//! power is cut again.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::load::{Directly, Load, Reached, check_acknowledged};
use super::*;
use crate::store::disk::recorder::{Chance, Recorder};
use crate::store::embedded::testing::over_memory;
use crate::store::seeded::{Seeded, SeededBug};

/// Small values, so that an image is soon made, and files so small that the
/// journal goes through many.
const LOAD: Load = Load {
    writers: 4,
    partitions: 2,
    value_bytes_max: 2_000,
};

fn options() -> Options {
    Options {
        commit_group_bytes_max: 8 << 10,
        segment_bytes: 16 << 10,
        checkpoint_journal_bytes: 48 << 10,
        window_bytes_max: 16 << 10,
        ..Options::default()
    }
}

/// One run over a recording disk.
struct Run {
    recorder: Arc<Recorder>,
    /// What was acknowledged at each mark.
    acknowledged: Vec<Reached>,
}

/// Works until each writer has done so many actions, and closes the store.
fn record(dir: &Path, from: &Reached, actions: u64, seeded: Seeded) -> Result<Run, String> {
    let recorder = Recorder::new(dir);
    let options = Options {
        disk: DiskOption(recorder.disk()),
        seeded,
        ..options()
    };
    let acknowledged = Mutex::new(vec![from.clone()]);
    recorder.mark(0);
    let store: Arc<dyn Store> = Arc::new(over_memory(dir, &Default::default(), &options));
    let acted = |writer: usize, number: u64| {
        let mut acknowledged = acknowledged.lock().unwrap();
        let mut next = acknowledged.last().expect("there is the first").clone();
        next[writer] = number;
        acknowledged.push(next);
        recorder.mark(acknowledged.len() as u64 - 1);
    };
    let done = AtomicBool::new(false);
    runtime().block_on(async {
        let writers = (0..LOAD.writers).map(|writer| {
            let (store, acted) = (&store, &acted);
            let first = from[writer] + 1;
            async move {
                for number in first..first + actions {
                    LOAD.act(store, &Directly, writer, number).await.unwrap();
                    acted(writer, number);
                }
            }
        });
        let checkpoints = async {
            while !done.load(Ordering::Relaxed) {
                store.checkpoint().await.unwrap();
            }
        };
        let work = async {
            join_all(writers).await;
            done.store(true, Ordering::Relaxed);
        };
        tokio::join!(work, checkpoints);
    });
    drop(store);
    let acknowledged = acknowledged.into_inner().unwrap();
    Ok(Run {
        recorder,
        acknowledged,
    })
}
