//! Files that are cut short, torn or damaged after the store was closed.
//!
//! Of the journal's tail, exactly the whole groups count. A flipped bit
//! anywhere else in journal or dump is an error that names the file, or does
//! not matter; it is never believed. The index is never a reason to refuse
//! anything: whatever is wrong with it, it is built anew.

use std::path::PathBuf;

use super::load::{Directly, Load, Reached};
use super::*;
use crate::store::disk::recorder::Chance;
use crate::store::embedded::testing::try_over_memory;

const LOAD: Load = Load {
    writers: 2,
    partitions: 1,
    value_bytes_max: 100,
};

fn options() -> Options {
    Options {
        segment_bytes: 16 << 10,
        ..Options::default()
    }
}

/// A closed store, and what it looked like after each of its commits.
struct History {
    dir: TempDir,
    /// How far its writers had come, and how long the journal was.
    states: Vec<(Reached, u64)>,
}

/// One commit after another, each a group. `dumped` says after which of them
/// a checkpoint is made.
fn history(actions: u64, dumped: Option<u64>) -> History {
    let dir = dir_in_memory();
    let store: Arc<dyn Store> = Arc::new(try_over_memory(dir.path(), &options()).unwrap());
    let mut reached = vec![0; LOAD.writers];
    let mut states = vec![(reached.clone(), 0)];
    runtime().block_on(async {
        for action in 0..actions {
            let writer = usize::try_from(action).unwrap() % LOAD.writers;
            reached[writer] += 1;
            LOAD.act(&store, &Directly, writer, reached[writer])
                .await
                .unwrap();
            states.push((reached.clone(), written_upto(&last_segment(dir.path()))));
            if dumped == Some(action) {
                store.checkpoint().await.unwrap();
            }
        }
    });
    drop(store);
    History { dir, states }
}

fn last_segment(dir: &Path) -> PathBuf {
    files(&dir.join("journal"), ".journal").pop().unwrap()
}

fn files(dir: &Path, suffix: &str) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.to_string_lossy().ends_with(suffix))
        .collect();
    files.sort();
    files
}

/// The end of the last record: its last bytes are not zero.
fn written_upto(segment: &Path) -> u64 {
    let bytes = std::fs::read(segment).unwrap();
    bytes.iter().rposition(|&byte| byte != 0).unwrap() as u64 + 1
}

/// Opens a directory without an index, and looks through it.
fn look(dir: &Path, runtime: &tokio::runtime::Runtime) -> Result<Reached, String> {
    let store = try_over_memory(dir, &options()).map_err(|error| error.to_string())?;
    let store: Arc<dyn Store> = Arc::new(store);
    runtime.block_on(LOAD.reached(&store))
}

/// Puts the files of a history into a directory of its own, one of them with
/// other bytes.
fn copy_with(history: &History, changed: &Path, bytes: &[u8]) -> TempDir {
    let copy = dir_in_memory();
    let root = history.dir.path();
    std::fs::copy(root.join("store.meta"), copy.path().join("store.meta")).unwrap();
    for (dir, suffix) in [("journal", ".journal"), ("dumps", ".dump")] {
        std::fs::create_dir(copy.path().join(dir)).unwrap();
        for file in files(&root.join(dir), suffix) {
            let to = copy.path().join(file.strip_prefix(root).unwrap());
            std::fs::copy(&file, to).unwrap();
        }
    }
    std::fs::write(copy.path().join(changed.strip_prefix(root).unwrap()), bytes).unwrap();
    copy
}

/// Cut short at a byte, and torn there: the file as long as it was, but zeros
/// behind.
#[test]
fn of_a_journal_cut_anywhere_the_whole_groups_count() {
    let history = history(6, None);
    let segment = last_segment(history.dir.path());
    let whole = std::fs::read(&segment).unwrap();
    let (_, end) = history.states[6];
    // Of the header nothing can be missing: it was synced before there was a
    // first group. The last record at every byte, the others at some.
    let (_, tail) = history.states[if is_full() { 0 } else { 5 }];
    let first = 512.max(tail);
    let before = (512..first).step_by(97);
    let runtime = runtime();
    for cut in before.chain(first..=end + 1) {
        let groups = history
            .states
            .iter()
            .rposition(|(_, end)| *end <= cut)
            .unwrap();
        let cut = usize::try_from(cut).unwrap();
        let mut torn = whole.clone();
        torn[cut..].fill(0);
        for left in [&whole[..cut], &torn] {
            let copy = copy_with(&history, &segment, left);
            let found = look(copy.path(), &runtime);
            let expected = Ok(history.states[groups].0.clone());
            assert_eq!(found, expected, "cut at {cut}, {} bytes left", left.len());
        }
    }
}

/// How the store takes a flipped bit.
#[derive(Debug, PartialEq)]
enum Taken {
    /// With an error that names the file.
    Refused,
    /// As if nothing had happened: nothing needs what was damaged.
    Harmless,
}

#[test]
fn a_flipped_bit_is_never_believed() {
    let history = history(24, Some(11));
    let root = history.dir.path();
    let mut paths = files(&root.join("journal"), ".journal");
    paths.extend(files(&root.join("dumps"), ".dump"));
    assert!(paths.len() >= 2, "{paths:?}");
    let (last, _) = history.states.last().unwrap();
    let runtime = runtime();
    let mut chance = Chance(7);
    for path in paths {
        let whole = std::fs::read(&path).unwrap();
        let used = written_upto(&path);
        let flips = if is_full() { used } else { 120 };
        let mut refused = 0;
        for flip in 0..flips {
            let at = if is_full() { flip } else { chance.below(used) };
            let at = usize::try_from(at).unwrap();
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << chance.below(8);
            let taken = flipped(&history, &path, &bytes, last, &runtime);
            let taken =
                taken.unwrap_or_else(|error| panic!("{}, byte {at}: {error}", path.display()));
            refused += u64::from(taken == Taken::Refused);
        }
        // Not all: the dump has everything up to some group.
        assert!(
            refused > flips / 4,
            "{}: {refused} of {flips}",
            path.display()
        );
    }
}

fn flipped(
    history: &History,
    path: &Path,
    bytes: &[u8],
    last: &Reached,
    runtime: &tokio::runtime::Runtime,
) -> Result<Taken, String> {
    let copy = copy_with(history, path, bytes);
    let name = path.file_name().unwrap().to_string_lossy();
    match look(copy.path(), runtime) {
        Ok(reached) if reached == *last => Ok(Taken::Harmless),
        Ok(reached) => Err(format!("believed: {reached:?}, not {last:?}")),
        Err(error) if error.contains(&*name) => Ok(Taken::Refused),
        Err(error) => Err(format!("the error does not name the file: {error}")),
    }
}

/// The check finds what it is there for: a state that is whole, but another.
#[test]
fn what_is_believed_is_seen() {
    let history = history(24, Some(11));
    let segment = last_segment(history.dir.path());
    let mut bytes = std::fs::read(&segment).unwrap();
    let [.., (_, before), (last, _)] = history.states.as_slice() else {
        unreachable!("there are 24");
    };
    bytes[usize::try_from(*before).unwrap()..].fill(0);
    let taken = flipped(&history, &segment, &bytes, last, &runtime());
    assert!(taken.is_err_and(|error| error.starts_with("believed")));
}
