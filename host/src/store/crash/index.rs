//! An index that was damaged while nobody looked: cut short, emptied, written
//! over, its bits flipped, its files gone. It is never a reason to refuse
//! anything, and never believed: it is built anew from dump and journal.
//!
//! sled checks what it reads by checksums of its own, page by page; this is
//! where it is seen that this is enough.

use std::path::PathBuf;

use super::load::{Directly, Load, Reached};
use super::*;
use crate::store::disk::recorder::Chance;
use crate::store::index::{Filled, Index};

const LOAD: Load = Load {
    writers: 4,
    partitions: 2,
    value_bytes_max: 12_000,
};
/// Actions of each writer.
const ACTIONS: u64 = 40;

fn options() -> Options {
    Options {
        cache_bytes_max: 1 << 20,
        segment_bytes: 256 << 10,
        ..Options::default()
    }
}

#[test]
fn a_damaged_index_is_built_anew() {
    let (original, expected) = closed();
    let rounds = if is_full() { 3_000 } else { 150 };
    let mut chance = Chance(3);
    let mut rebuilt = 0;
    for round in 0..rounds {
        let dir = dir_in_memory();
        copy_all(original.path(), dir.path());
        let before = index_of(dir.path());
        let done = damage(&before, &mut chance);
        look(dir.path(), &expected).unwrap_or_else(|error| panic!("{round}, {done}: {error}"));
        rebuilt += u64::from(index_of(dir.path()) != before);
    }
    // The rest hit what sled does not need, such as pages written anew since.
    assert!(rebuilt > rounds / 4, "{rebuilt} of {rounds} built anew");
}

/// The check finds what it is there for: an index that is whole, but another.
#[test]
fn a_believed_index_is_seen() {
    let (dir, expected) = closed();
    let index = sled::open(&index_of(dir.path()), 1 << 20).unwrap();
    let partition = Partition::circle("circle-0");
    let writes = [(b"slot-0-9".to_vec().into(), Some(Bytes::from_static(b"?")))];
    let filled = Filled {
        partition,
        seq: Seq(2 * ACTIONS),
        writes: writes.into(),
    };
    let position = index.position().unwrap().unwrap();
    index.fill(&[filled], position).unwrap();
    drop(index);
    let error = look(dir.path(), &expected).unwrap_err();
    assert!(error.contains("slot-0-9"), "{error}");
}

/// A closed store whose index is trusted, and how far its writers have come.
fn closed() -> (TempDir, Reached) {
    let dir = dir_in_memory();
    let store = open(dir.path(), &options()).unwrap();
    runtime().block_on(async {
        for number in 1..=ACTIONS {
            for writer in 0..LOAD.writers {
                LOAD.act(&store, &Directly, writer, number).await.unwrap();
            }
            if number == ACTIONS / 2 {
                store.checkpoint().await.unwrap();
            }
        }
    });
    (dir, vec![ACTIONS; LOAD.writers])
}

/// Opens, looks through everything, and once more after a checkpoint, which
/// takes all of the index with it.
fn look(dir: &Path, expected: &Reached) -> Result<(), String> {
    let store = open(dir, &options()).map_err(|error| error.to_string())?;
    runtime().block_on(async {
        for _ in 0..2 {
            let reached = LOAD.reached(&store).await?;
            if reached != *expected {
                return Err(format!("{reached:?}, not {expected:?}"));
            }
            store
                .checkpoint()
                .await
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    })
}

fn index_of(dir: &Path) -> PathBuf {
    let paths = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let indexes = paths.filter(|path| path.is_dir() && path.to_string_lossy().contains("/index-"));
    indexes.max().unwrap()
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy_all(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Damages one file of an index, and says how.
fn damage(index: &Path, chance: &mut Chance) -> String {
    let paths = std::fs::read_dir(index)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    // Mostly the one that holds everything.
    let file = match usize::try_from(chance.below(3 * files.len() as u64)).unwrap() {
        at if at < files.len() => files[at].clone(),
        _ => index.join("db"),
    };
    let mut bytes = std::fs::read(&file).unwrap();
    let used = bytes.iter().rposition(|&byte| byte != 0).unwrap_or(0) + 1;
    let below =
        |chance: &mut Chance, end: usize| usize::try_from(chance.below(end as u64)).unwrap();
    let at = below(chance, used);
    let kind = chance.below(7);
    match kind {
        0 => bytes.truncate(at),
        1 => bytes.clear(),
        2 | 3 => {
            let end = bytes.len().min(at + below(chance, 20_000));
            for byte in &mut bytes[at..end] {
                let noise = u8::try_from(chance.below(256)).unwrap();
                *byte = if kind == 2 { noise } else { 0 };
            }
        }
        _ => bytes[at] ^= 1 << chance.below(8),
    }
    let name = file.file_name().unwrap().display();
    if chance.below(20) == 0 {
        std::fs::remove_file(&file).unwrap();
        return format!("{name} removed");
    }
    std::fs::write(&file, bytes).unwrap();
    let kinds = ["cut at", "emptied", "noise from", "zeros from"];
    let kind = kinds
        .get(usize::try_from(kind).unwrap())
        .unwrap_or(&"a bit flipped at");
    format!("{name}: {kind} {at} of {used}")
}
