//! Copies of a store that bring it back: made while a host works on it, read
//! through to the last byte, and restored, all of it or up to a commit.
//!
//! ```text
//! BACKUP/backup.toml        what belongs to it, with checksums; replaced last
//! BACKUP/dumps/             a dump
//! BACKUP/journal/           the segments behind it, without their empty ends
//! BACKUP/store.meta         of the store it was made from
//! BACKUP/erasures           readers who were erased
//! BACKUP/secret-HASH.key    the host's secret keys, as they were
//! BACKUP/media/             pictures that readers gave, each named by its hash
//! ```
//!
//! A backup is brought up to date in place: a file that is there stays, and no
//! file that the last `backup.toml` names changes in the part it vouches for.
//! So whenever a backup is interrupted, the one before it is still good.
//!
//! Imports the store's own modules and, from `config`, where things lie. It asks nothing of a running host and
//! changes nothing of its files: dumps never change once they have their name,
//! and of a journal being written it takes what is whole.

mod check;
mod copy;
mod error;
mod finding;
mod manifest;
mod merge;
mod pictures;
mod restore;
mod source;
#[cfg(test)]
mod tests;
mod verify;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use self::check::Counts;
pub use self::error::BackupError;
pub use self::finding::Finding;
use self::manifest::{Content, FileEntry, Kind, Manifest};
use self::pictures::MEDIA;
pub use self::restore::{RestorePoint, RestoreReport, restore};
use self::source::{Source, SourceFile};
pub use self::verify::{verify_backup, verify_data};
use super::disk::{Disk, Site};
use super::embedded::DiskOption;
use super::journal::StoreId;
use crate::config::DataDir;

/// What a backup came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// What it holds.
    pub counts: Counts,
    /// Files copied now.
    pub copied_files: u64,
    /// Their bytes.
    pub copied_bytes: u64,
    /// Files that were there.
    pub kept_files: u64,
    /// Their bytes.
    pub kept_bytes: u64,
    /// Pictures that are not in it, since they are missing or damaged in the
    /// data. All else is.
    pub lost: Vec<Finding>,
}

/// Makes a backup in a directory, or brings the one there up to date, and
/// reads it back.
///
/// # Errors
///
/// See [`BackupError`]. The backup that was there before is still good then,
/// unless it is what the error is about.
pub fn backup(
    data: &DataDir,
    target: &Path,
    now: Timestamp,
    disk: &DiskOption,
) -> Result<BackupReport, BackupError> {
    let disk = &disk.0;
    let store = source::store_id(&data.store())?;
    let (_lock, earlier) = prepare(disk, data, target, store, now)?;
    // What is removed while the store is looked at is in its copy by then; what
    // is given meanwhile is copied below.
    let (media, to) = (data.media(), target.join(MEDIA));
    let mut early = BackupReport::default();
    pictures::copy_new(disk, &media, &to, &mut early)?;
    let mut source = Source::find(data, store)?;
    let mut backup = Backup {
        disk,
        target,
        earlier: earlier.content.as_ref(),
        files: Vec::new(),
        report: early,
    };
    backup.check_is_later(&source)?;
    for file in std::mem::take(&mut source.files) {
        backup.take(&file)?;
    }
    for dir in [target, &target.join(DUMPS), &target.join(JOURNAL)] {
        copy::sync_dir(disk, dir)?;
    }
    let Backup {
        files, mut report, ..
    } = backup;
    let content = Content {
        from: source.from.0,
        last: source.last.0,
        file: files,
    };
    let manifest = Manifest::new(store, now, Some(content));
    let verified =
        verify::verify(target, &manifest).map_err(|findings| BackupError::ReadBack { findings })?;
    report.counts = verified.counts;
    report.lost = pictures::read_back(disk, &media, &to, &verified.known, &mut report)?;
    manifest.write(disk, target)?;
    if Manifest::read(target)?.as_ref() != Some(&manifest) {
        let problem = "something else was read back than was written".into();
        let path = target.join(manifest::NAME);
        return Err(BackupError::Manifest { path, problem });
    }
    remove_unneeded(disk, target, &manifest)?;
    pictures::remove_unneeded(disk, &to, &verified.known)?;
    Ok(report)
}

const DUMPS: &str = "dumps";
const JOURNAL: &str = "journal";
const ERASURES: &str = "erasures";
const LOCK: &str = "lock";

impl Default for BackupReport {
    fn default() -> BackupReport {
        let counts = Counts {
            circles: 0,
            keys: 0,
            pictures: 0,
            commits: 0,
            first: 0,
            last: 0,
        };
        BackupReport {
            counts,
            copied_files: 0,
            copied_bytes: 0,
            kept_files: 0,
            kept_bytes: 0,
            lost: Vec::new(),
        }
    }
}

/// Makes the directory a backup of this store, if it is not one, and nobody
/// else's for now.
fn prepare(
    disk: &Disk,
    data: &DataDir,
    target: &Path,
    store: StoreId,
    now: Timestamp,
) -> Result<(File, Manifest), BackupError> {
    let inside = std::path::absolute(target).unwrap_or_else(|_| target.into());
    let home = std::path::absolute(data.path()).unwrap_or_else(|_| data.path().into());
    if canonical(&inside).starts_with(canonical(&home)) {
        return Err(BackupError::Inside {
            target: target.into(),
        });
    }
    copy::create_dir(disk, target)?;
    let earlier = Manifest::read(target)?;
    if earlier.is_none() && !is_empty(target)? {
        return Err(BackupError::NoBackup {
            target: target.into(),
        });
    }
    let lock = lock(target)?;
    let manifest = match earlier {
        Some(earlier) if earlier.store() != store => {
            return Err(BackupError::OtherStore {
                target: target.into(),
                found: earlier.store().to_string(),
                expected: store.to_string(),
            });
        }
        Some(earlier) => earlier,
        None => {
            let unfinished = Manifest::new(store, now, None);
            unfinished.write(disk, target)?;
            unfinished
        }
    };
    for dir in [DUMPS, JOURNAL] {
        copy::create_dir(disk, &target.join(dir))?;
    }
    Ok((lock, manifest))
}

/// The path without links, as far as it is there.
fn canonical(path: &Path) -> PathBuf {
    let there = path.ancestors().find_map(|there| {
        let rest = path.strip_prefix(there).ok()?;
        Some(there.canonicalize().ok()?.join(rest))
    });
    there.unwrap_or_else(|| path.into())
}

/// Whether nothing is in it, but a lock and what was to be its first
/// `backup.toml`.
fn is_empty(dir: &Path) -> Result<bool, BackupError> {
    let failed = || BackupError::io("reading the directory", dir);
    for entry in std::fs::read_dir(dir).map_err(failed())? {
        let name = entry.map_err(failed())?.file_name();
        let unfinished = name
            .to_str()
            .and_then(|name| name.strip_suffix(copy::TEMPORARY_SUFFIX));
        if name != LOCK && unfinished != Some(manifest::NAME) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// One backup a directory at a time. The lock ends with the process.
fn lock(target: &Path) -> Result<File, BackupError> {
    let path = target.join(LOCK);
    let mut options = File::options();
    let file = options.read(true).write(true).create(true).truncate(false);
    let file = file.open(&path).map_err(BackupError::io("making", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(BackupError::Busy {
            target: target.into(),
        }),
        Err(std::fs::TryLockError::Error(error)) => Err(BackupError::io("locking", &path)(error)),
    }
}

/// A backup being made.
struct Backup<'a> {
    disk: &'a Disk,
    target: &'a Path,
    /// What the last one holds, if there is one.
    earlier: Option<&'a Content>,
    files: Vec<FileEntry>,
    report: BackupReport,
}

impl Backup<'_> {
    /// A store that has gone back, or another way, is not the one in the
    /// backup any more, whatever its id says.
    fn check_is_later(&self, source: &Source) -> Result<(), BackupError> {
        match self.earlier {
            Some(earlier) if earlier.last > source.last.0 => Err(self.has_parted()),
            _ => Ok(()),
        }
    }

    fn take(&mut self, source: &SourceFile) -> Result<(), BackupError> {
        let earlier = self.earlier.and_then(|earlier| earlier.file(&source.path));
        let entry = match earlier {
            Some(earlier) if self.is_kept(source, earlier)? => {
                self.report.kept_files += 1;
                self.report.kept_bytes += earlier.bytes;
                earlier.clone()
            }
            _ => {
                let target = self.target.join(&source.path);
                copy::copy(self.disk, &source.file, source.bytes, &target)?;
                self.report.copied_files += 1;
                self.report.copied_bytes += source.bytes;
                FileEntry {
                    kind: source.kind,
                    path: source.path.clone(),
                    bytes: source.bytes,
                    sha256: sha256(source, source.bytes)?,
                }
            }
        };
        self.files.push(entry);
        Ok(())
    }

    /// Whether a file of the last backup will do. If not, it may be replaced.
    fn is_kept(&self, source: &SourceFile, earlier: &FileEntry) -> Result<bool, BackupError> {
        let there = std::fs::metadata(self.target.join(&earlier.path));
        let is_there = there.is_ok_and(|there| there.len() >= earlier.bytes);
        match source.kind {
            // Another one from the same group is as good as this one.
            Kind::Dump => Ok(is_there),
            // Named after what they hold.
            Kind::Meta | Kind::Secret => {
                Ok(is_there && sha256(source, source.bytes)? == earlier.sha256)
            }
            // It has grown, or not.
            Kind::Journal | Kind::Erasures => {
                let has_shrunk = source.bytes < earlier.bytes;
                if has_shrunk || sha256(source, earlier.bytes)? != earlier.sha256 {
                    return Err(self.has_parted());
                }
                Ok(is_there && source.bytes == earlier.bytes)
            }
        }
    }

    fn has_parted(&self) -> BackupError {
        BackupError::Parted {
            target: self.target.into(),
        }
    }
}

fn sha256(source: &SourceFile, bytes: u64) -> Result<String, BackupError> {
    copy::sha256(&source.file, bytes).map_err(BackupError::io("reading", &source.from))
}

/// Removes what only earlier backups needed, and what was never finished.
fn remove_unneeded(disk: &Disk, target: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let files = manifest.content.iter().flat_map(|content| &content.file);
    let needed: BTreeSet<PathBuf> = files.map(|file| target.join(&file.path)).collect();
    for dir in [target.to_owned(), target.join(DUMPS), target.join(JOURNAL)] {
        let failed = || BackupError::io("reading the directory", &dir);
        for entry in std::fs::read_dir(&dir).map_err(failed())? {
            let path = entry.map_err(failed())?.path();
            if is_ours(&path) && !needed.contains(&path) {
                disk.remove(Site::BackupRemove, &path)
                    .map_err(BackupError::io("removing", &path))?;
            }
        }
        copy::sync_dir(disk, &dir)?;
    }
    Ok(())
}

/// Whether a name is one that backups give.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let endings = [".dump", ".journal", copy::TEMPORARY_SUFFIX];
    name.is_some_and(|name| {
        endings.iter().any(|ending| name.ends_with(ending))
            || (name.starts_with(source::SECRET_PREFIX) && name.ends_with(source::SECRET_SUFFIX))
    })
}
