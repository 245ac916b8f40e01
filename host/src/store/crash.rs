//! The crash lab: what an end of any kind leaves must be the state after some
//! commits, all the acknowledged ones among them, each whole and each once.
//!
//! One load (`crash/load.rs`) knows what every key must be after any number of
//! its commits. It runs in a process that is killed (`crash/kill.rs`), over a
//! disk that loses power (`crash/power.rs`) or fails (`crash/faults.rs`), and
//! on files that are cut short or damaged afterwards (`crash/damage.rs`).
//! Every check is shown to fail on a bug planted for it (`store/seeded.rs`).
//!
//! `QUANKA_TEST_FULL` has all of it run as long as it should before a release,
//! `QUANKA_CRASH_CYCLES` says how often a process is killed.

mod damage;
mod faults;
mod index;
pub(crate) mod kill;
pub(crate) mod load;
mod power;

use std::path::Path;

use tempfile::TempDir;

use super::*;

/// Whether the long tests run as long as they should before a release.
fn is_full() -> bool {
    std::env::var_os("QUANKA_TEST_FULL").is_some()
}

/// A directory in memory, where there is such a thing: what a power cut leaves
/// is rebuilt from a record of the changes, so that real syncs would only cost
/// their time.
fn dir_in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let dir = tempfile::Builder::new().tempdir_in(memory);
    dir.or_else(|_| tempfile::tempdir()).unwrap()
}

/// Two threads, as few as a server may have.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
}

/// Everything happens often: the journal goes from file to file, is cut, and
/// commits wait for the index.
fn small_files() -> Options {
    Options {
        cache_bytes_max: 4 << 20,
        commit_group_bytes_max: 96 << 10,
        segment_bytes: 256 << 10,
        checkpoint_journal_bytes: 768 << 10,
        window_bytes_max: 256 << 10,
        changes_per_partition_max: 16,
        partitions_open_max: 2,
        ..Options::default()
    }
}
