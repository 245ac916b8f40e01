//! The disk that a store uses after everything in it was overwritten many
//! times: journal, dumps and index together, against what a reader can read.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use quanka::store::{Batch, Commit, Key, Options, Partition, ReadSet, Store, open};
use tokio::task::JoinSet;

use crate::Effort;
use crate::stats::Target;
use crate::workplace::Workplace;

/// Keys, and bytes of each one's value: 100 MB.
const KEYS: usize = 100_000;
const VALUE_BYTES: usize = 1_000;

/// How often each is written.
const TIMES: usize = 15;

const WRITERS: usize = 16;

/// Keys of one commit.
const TOGETHER: usize = 20;

/// Measures and prints.
pub fn measure(place: &Workplace, effort: Effort) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let dir = place.disk_dir("overwritten")?;
    let keys = KEYS / effort.shrink;
    let options = Options::default();
    // What is there however little is live: the journal up to the next
    // checkpoint and while it is made, and the file kept ready.
    let allowance = options.checkpoint_journal_bytes * 2 + 2 * options.segment_bytes;
    let store = open(&dir, &options)?;
    let began = Instant::now();
    let mut most = 0;
    for _ in 0..TIMES {
        runtime.block_on(overwrite(&store, keys))?;
        most = most.max(used(&dir)?);
    }
    let seconds = began.elapsed().as_secs_f64();
    drop(store);
    let live = keys as u64 * (VALUE_BYTES as u64 + KEY_BYTES);
    let mega = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "\nThe disk after {keys} keys of {VALUE_BYTES} bytes were written {TIMES} times ({seconds:.0} s)"
    );
    println!(
        "  live {:.0} MB; allowance {:.0} MB",
        mega(live),
        mega(allowance)
    );
    for (name, bytes) in by_entry(&dir)? {
        println!("  {name:<20}{:>10.0} MB", mega(bytes));
    }
    let beyond = most.saturating_sub(allowance) as f64 / live as f64;
    println!(
        "  at most {:.0} MB: without the allowance {beyond:.2} × live  {}",
        mega(most),
        Target::AtMost(3.0).verdict(beyond)
    );
    Ok(())
}

const KEY_BYTES: u64 = 11;

async fn overwrite(store: &Arc<dyn Store>, keys: usize) -> Result<()> {
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(store);
        writers.spawn(async move {
            let partition = Partition::circle("beike");
            let mine: Vec<usize> = (writer..keys).step_by(WRITERS).collect();
            for together in mine.chunks(TOGETHER) {
                let mut batch = Batch::default();
                for key in together {
                    let name = format!("k{key:010}").into_bytes();
                    batch.put(Key::from(name), vec![b'v'; VALUE_BYTES].into());
                }
                let snapshot = store.snapshot(&partition).await?;
                let reads = ReadSet::default();
                store
                    .commit(Commit {
                        snapshot,
                        batch,
                        reads,
                    })
                    .await?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(written) = writers.join_next().await {
        written??;
    }
    Ok(())
}

fn by_entry(dir: &Path) -> Result<Vec<(String, u64)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.metadata()?.is_dir() {
            entries.push((name, used(&entry.path())?));
        }
    }
    entries.sort();
    Ok(entries)
}

/// Blocks taken, not lengths: a file may have holes.
fn used(path: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        // Removed by the store a moment ago.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = metadata.blocks() * 512;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            bytes += used(&entry?.path())?;
        }
    }
    Ok(bytes)
}
