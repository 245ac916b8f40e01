//! A dump: all of the store's keys and values in one file, sorted, in blocks
//! with checksums. It is the checkpoint that lets the journal be cut, the
//! backup, and, while the index is being rebuilt, what readers are answered
//! from.
//!
//! A dump is *fuzzy*: it is made while the store goes on. Everything up to the
//! group `from` is in it, nothing later than `upto`, and of what lies between
//! perhaps some. As the journal's writes are absolute, the journal from
//! `from + 1` on, up to at least `upto`, makes it right.
//!
//! Imports the store's `disk` and, from `journal`, the numbers of groups. It
//! does not know what its keys and values mean.

mod block;
mod error;
mod format;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(in crate::store) use self::error::DumpError;
pub(in crate::store) use self::reader::{Dump, DumpRange};
pub(in crate::store) use self::writer::DumpWriter;
use super::disk::{Disk, Site};
use super::journal::{GroupNumber, StoreId};

/// The longest key.
pub(in crate::store) const KEY_BYTES_MAX: usize = 512;

/// The longest value: the store's, and a little for what the index adds.
pub(in crate::store) const VALUE_BYTES_MAX: usize = super::VALUE_BYTES_MAX + 1024;

const SUFFIX: &str = ".dump";
const TEMPORARY_SUFFIX: &str = ".dump.tmp";

/// What a dump says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct DumpFacts {
    pub path: PathBuf,
    pub store: StoreId,
    /// Everything up to this group is in it.
    pub from: GroupNumber,
    /// Nothing later than this group is in it.
    pub upto: GroupNumber,
    pub entries: u64,
    /// Of all keys and values.
    pub bytes: u64,
    pub file_bytes: u64,
}

/// A dump by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct DumpFile {
    pub from: GroupNumber,
    pub path: PathBuf,
    pub file_bytes: u64,
}

/// The dumps in a directory, oldest first.
pub(in crate::store) fn dumps(dir: &Path) -> Result<Vec<DumpFile>, DumpError> {
    let mut dumps = Vec::new();
    for entry in read_dir(dir, SUFFIX)? {
        let (name, path, file_bytes) = entry;
        if let Some(from) = GroupNumber::from_file_name(&name) {
            dumps.push(DumpFile {
                from,
                path,
                file_bytes,
            });
        }
    }
    dumps.sort_by_key(|dump| dump.from);
    Ok(dumps)
}

/// The newest dump in a directory, by its name.
pub(in crate::store) fn newest(dir: &Path) -> Result<Option<DumpFile>, DumpError> {
    Ok(dumps(dir)?.pop())
}

/// Removes the dumps older than the one of this group.
pub(in crate::store) fn remove_older(
    disk: &Disk,
    dir: &Path,
    than: GroupNumber,
) -> Result<(), DumpError> {
    let dumps = dumps(dir)?.into_iter();
    let older = dumps.take_while(|dump| dump.from < than);
    remove_all(disk, dir, older.map(|dump| dump.path))
}

/// Makes the directory of dumps if it is not there, and removes from it what
/// was never finished.
pub(in crate::store) fn prepare_dir(disk: &Disk, dir: &Path) -> Result<(), DumpError> {
    match disk.create_dir(Site::DumpCreateDir, dir) {
        Ok(()) => {
            let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
            sync_dir(disk, parent.unwrap_or(Path::new(".")))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let unfinished = read_dir(dir, TEMPORARY_SUFFIX)?.into_iter();
            remove_all(disk, dir, unfinished.map(|(_, path, _)| path))
        }
        Err(error) => Err(DumpError::io("making", dir)(error)),
    }
}

fn remove_all(
    disk: &Disk,
    dir: &Path,
    paths: impl Iterator<Item = PathBuf>,
) -> Result<(), DumpError> {
    let mut removed = false;
    for path in paths {
        disk.remove(Site::DumpRemove, &path)
            .map_err(DumpError::io("removing", &path))?;
        removed = true;
    }
    if removed { sync_dir(disk, dir) } else { Ok(()) }
}

fn sync_dir(disk: &Disk, dir: &Path) -> Result<(), DumpError> {
    disk.sync_dir(Site::DumpDirSync, dir)
        .map_err(DumpError::io("syncing the directory", dir))
}

/// Names without the suffix, paths and lengths of the files that have it.
fn read_dir(dir: &Path, suffix: &str) -> Result<Vec<(String, PathBuf, u64)>, DumpError> {
    let failed = || DumpError::io("reading the directory", dir);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let name = entry.file_name();
        if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(suffix)) {
            let file_bytes = match entry.metadata() {
                // An older one, removed since.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                metadata => metadata.map_err(failed())?.len(),
            };
            files.push((name.to_owned(), entry.path(), file_bytes));
        }
    }
    Ok(files)
}
