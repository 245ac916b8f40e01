//! Makes a new store: its journal first, then the note that there is one. So
//! where the note is, the journal must be too, and a journal without it is
//! either empty, left by a process that died on the way, or somebody's data.

use std::path::Path;

use super::Options;
use super::recovery::{damaged, dumps_dir, failed, journal_dir};
use crate::store::disk::Disk;
use crate::store::dump::{self, DumpWriter};
use crate::store::index::Base;
use crate::store::journal::{
    GroupNumber, Journal, JournalError, JournalOptions, JournalReader, StoreId, Until,
};
use crate::store::{OpenError, StoreError, opening, sled};

type Founded = Result<(StoreId, Option<Journal>), OpenError>;

/// Makes a store in a directory that has none.
pub(super) fn found(disk: &Disk, dir: &Path, options: &Options) -> Founded {
    let store = StoreId::random().map_err(|source| cannot(dir, source))?;
    let journal = begin(disk, dir, store, options)?;
    Ok((store, Some(journal)))
}

/// Makes a store of a database of format 1: its data become a dump, which is
/// then all that there is.
pub(super) fn take_over(disk: &Disk, dir: &Path, options: &Options, database: &Path) -> Founded {
    tracing::info!("bringing the data of format 1 into format 2");
    let store = StoreId::random().map_err(|source| cannot(dir, source))?;
    write_dump(disk, dir, store, database)
        .map_err(|error| opening::damaged(dir, &error.to_string()))?;
    let journal = begin(disk, dir, store, options)?;
    std::fs::remove_dir_all(database).map_err(|source| cannot(dir, source))?;
    Ok((store, Some(journal)))
}

fn begin(disk: &Disk, dir: &Path, store: StoreId, options: &Options) -> Result<Journal, OpenError> {
    let path = journal_dir(dir);
    if path.exists() {
        let empty = is_empty(&path).map_err(|error| damaged(dir, &error))?;
        if !empty {
            let what = "there is a journal, but store.meta is gone";
            return Err(opening::damaged(dir, what));
        }
        std::fs::remove_dir_all(&path).map_err(|source| cannot(dir, source))?;
    }
    let segments = JournalOptions {
        segment_bytes: options.segment_bytes,
    };
    let journal = Journal::create(disk.clone(), &path, store, segments, GroupNumber(0))
        .map_err(|error| damaged(dir, &error))?;
    opening::note(disk, dir, store).map_err(|source| cannot(dir, source))?;
    Ok(journal)
}

/// Whether nothing was ever written to a journal.
fn is_empty(path: &Path) -> Result<bool, JournalError> {
    match JournalReader::open(path, GroupNumber(0), Until::End) {
        Ok(mut reader) => Ok(reader.next_group()?.is_none()),
        // Without a segment, whatever else is there.
        Err(JournalError::Missing { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

fn write_dump(disk: &Disk, dir: &Path, store: StoreId, database: &Path) -> Result<(), StoreError> {
    let dumps = dumps_dir(dir);
    // One that was interrupted begins again.
    if dumps.exists() {
        std::fs::remove_dir_all(&dumps).map_err(failed)?;
    }
    let from = GroupNumber(0);
    dump::prepare_dir(disk, &dumps)?;
    let mut dump = DumpWriter::create(disk.clone(), &dumps, store, from)?;
    let index = sled::open(database, CACHE_BYTES_MAX)?;
    index.walk(&mut |key, value| Ok(dump.put(key, value)?))?;
    dump.finish(from)?;
    Ok(())
}

const CACHE_BYTES_MAX: usize = 64 << 20;

fn cannot(dir: &Path, source: std::io::Error) -> OpenError {
    OpenError::Directory {
        dir: dir.to_owned(),
        source,
    }
}
