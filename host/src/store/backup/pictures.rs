//! Pictures beside a store, `media/ab/ID`, in a data directory and likewise in a
//! backup of it.
//!
//! Each file is named by the hash of what it holds, and the store says which
//! there must be. So nothing of them stands in `backup.toml`: whoever has read
//! the store can tell what is missing and what is damaged. One that is lost is
//! said, and stops neither a backup nor a restore of all the others.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::check::Checked;
use super::finding::Finding;
use super::{BackupError, BackupReport, copy};
use crate::store::cells::Cell;
use crate::store::disk::{Disk, Site};
use crate::store::keys::{id_of_media, id_of_media_unused};
use crate::store::{MediaFiles, Partition, media_id};

/// Where pictures lie in a backup.
pub(super) const MEDIA: &str = "media";

/// The hash that an id spells.
type Hash = [u8; 32];

/// The pictures that a store knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Those it has a record of.
    records: BTreeSet<Hash>,
    /// Those that stand in no post. Their files may be just coming or going.
    unused: BTreeSet<Hash>,
    /// Those that a commit behind the checkpoint has written or removed.
    touched: BTreeSet<Hash>,
}

impl Known {
    /// Notes what the key of a cell says of pictures, if anything.
    pub fn add(&mut self, cell: &[u8]) {
        match Note::of(cell) {
            Some(Note::Record(hash)) => self.records.insert(hash),
            Some(Note::Unused(hash)) => self.unused.insert(hash),
            None => false,
        };
    }

    /// Notes what was there between the checkpoint and the end.
    pub fn add_touched(&mut self, checked: &Checked) {
        for cell in checked.tail.cells() {
            if let Some(Note::Record(hash)) = Note::of(cell) {
                self.touched.insert(hash);
            }
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.records.len() as u64
    }

    /// Those that stand in posts here and later.
    pub fn still_used(&self, later: &Known) -> Known {
        let used = |hash: &&Hash| later.records.contains(*hash) && !later.unused.contains(*hash);
        Known {
            records: self.records.iter().filter(used).copied().collect(),
            ..self.clone()
        }
    }

    /// Reads every picture and says what is wrong, with its path below `dir`.
    pub fn check(&self, dir: &Path) -> Vec<Finding> {
        let wrong = self.records.iter();
        let wrong = wrong.filter_map(|hash| Some((hash, self.look(dir, hash).err()?)));
        wrong
            .map(|(hash, problem)| Finding::of(&path(dir, &spelled(hash)), problem))
            .collect()
    }

    /// A picture's file, or none that need not be there, or what is wrong.
    fn look(&self, dir: &Path, hash: &Hash) -> Result<Option<Vec<u8>>, String> {
        let id = spelled(hash);
        match MediaFiles::new(dir).read(&id) {
            Ok(Some(file)) if media_id(&file) == id => Ok(Some(file)),
            Ok(Some(_)) => Err("it does not hold what its name says: it is damaged".into()),
            Ok(None) if self.unused.contains(hash) => Ok(None),
            Ok(None) => Err("it is missing, and a post shows it".into()),
            Err(error) => Err(format!("reading it failed: {error}")),
        }
    }
}

/// What a key says of a picture.
enum Note {
    Record(Hash),
    Unused(Hash),
}

impl Note {
    fn of(cell: &[u8]) -> Option<Note> {
        if !Partition::is_circles(cell) || !matches!(Cell::of(cell), Some(Cell::Value)) {
            return None;
        }
        // The byte behind the partition's part says that it is a value.
        let key = &cell[Partition::encoded_len(cell)? + 1..];
        let record = id_of_media(key).and_then(parsed).map(Note::Record);
        record.or_else(|| id_of_media_unused(key).and_then(parsed).map(Note::Unused))
    }
}

/// Copies what is in a data directory and not in a backup yet. A file whose
/// content is not what its name says is left where it is.
pub(super) fn copy_new(
    disk: &Disk,
    from: &Path,
    to: &Path,
    report: &mut BackupReport,
) -> Result<(), BackupError> {
    for file in files(from)? {
        let id = file.file_name().and_then(|name| name.to_str());
        let Some(id) = id.filter(|name| crate::view::is_media_id(name)) else {
            continue;
        };
        let target = path(to, id);
        let there = std::fs::metadata(&file).map(|file| file.len());
        let kept = std::fs::metadata(&target).map(|file| file.len());
        match (there, kept) {
            (Ok(bytes), Ok(kept)) if bytes == kept => {
                report.kept_files += 1;
                report.kept_bytes += bytes;
            }
            _ => copy_one(disk, from, to, id, report)?,
        }
    }
    Ok(())
}

fn copy_one(
    disk: &Disk,
    from: &Path,
    to: &Path,
    id: &str,
    report: &mut BackupReport,
) -> Result<(), BackupError> {
    let file = MediaFiles::new(from).read(id);
    // What is lost is found where the store is compared with the files.
    let Some(file) = file.ok().flatten().filter(|file| media_id(file) == id) else {
        return Ok(());
    };
    let target = path(to, id);
    let parent = target.parent().unwrap_or(to);
    copy::create_dir(disk, to)?;
    copy::create_dir(disk, parent)?;
    copy::write_small(disk, &target, &file)?;
    copy::sync_dir(disk, parent)?;
    report.copied_files += 1;
    report.copied_bytes += file.len() as u64;
    Ok(())
}

/// Reads every picture of a backup, copies those again that have gone bad in it,
/// and says which are lost in the data.
pub(super) fn read_back(
    disk: &Disk,
    from: &Path,
    to: &Path,
    known: &Known,
    report: &mut BackupReport,
) -> Result<Vec<Finding>, BackupError> {
    let mut lost = Vec::new();
    for hash in &known.records {
        if known.look(to, hash).is_ok() {
            continue;
        }
        let id = spelled(hash);
        copy_one(disk, from, to, &id, report)?;
        if known.look(to, hash).is_err() {
            let problem = known.look(from, hash).err();
            // If it is right there, it is the backup's disk that is not.
            let at = if problem.is_some() { from } else { to };
            let problem = problem.unwrap_or_else(|| "it was copied and is not right".into());
            lost.push(Finding::of(&path(at, &id), problem));
        }
    }
    Ok(lost)
}

/// Removes what neither the store nor a commit that it can go back to knows, and
/// what was never finished.
pub(super) fn remove_unneeded(disk: &Disk, dir: &Path, known: &Known) -> Result<(), BackupError> {
    let is_needed = |name: &str| match parsed(name.as_bytes()) {
        Some(hash) => known.records.contains(&hash) || known.touched.contains(&hash),
        None => !name.ends_with(copy::TEMPORARY_SUFFIX),
    };
    for path in files(dir)? {
        let name = path.file_name().and_then(|name| name.to_str());
        if !name.is_none_or(is_needed) {
            disk.remove(Site::BackupRemove, &path)
                .map_err(BackupError::io("removing", &path))?;
        }
    }
    Ok(())
}

/// Hands every picture that a store knows, and a directory has, to `write`, and
/// says which it has not.
pub(super) fn take_over(
    from: &Path,
    known: &Known,
    mut write: impl FnMut(&str, &[u8]) -> Result<(), BackupError>,
) -> Result<Vec<Finding>, BackupError> {
    let mut lost = Vec::new();
    for hash in &known.records {
        let id = spelled(hash);
        match known.look(from, hash) {
            Ok(Some(file)) => write(&id, &file)?,
            Ok(None) => {}
            Err(problem) => lost.push(Finding::of(&path(from, &id), problem)),
        }
    }
    Ok(lost)
}

/// Where a picture lies below a directory of pictures.
pub(super) fn path(dir: &Path, id: &str) -> PathBuf {
    dir.join(&id[..2]).join(id)
}

/// The files below a directory of pictures, which need not be there.
fn files(dir: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut files = Vec::new();
    for group in entries(dir)? {
        if group.is_dir() {
            files.extend(entries(&group)?);
        }
    }
    Ok(files)
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let failed = || BackupError::io("reading the directory", dir);
    let entries = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed())?,
    };
    entries
        .map(|entry| Ok(entry.map_err(failed())?.path()))
        .collect()
}

fn parsed(id: &[u8]) -> Option<Hash> {
    URL_SAFE_NO_PAD.decode(id).ok()?.try_into().ok()
}

fn spelled(hash: &Hash) -> String {
    URL_SAFE_NO_PAD.encode(hash)
}
