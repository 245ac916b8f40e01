//! Reads a backup, or the data of a host that may be running, to the last
//! byte.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::check::{Checked, Counts, Parts, check, with_newest};
use super::finding::Finding;
use super::manifest::{Content, FileEntry, Kind, Manifest};
use super::pictures::{Known, MEDIA};
use super::{BackupError, JOURNAL, LOCK, copy, manifest, source};
use crate::config::DataDir;
use crate::store::embedded::recovery::{dumps_dir, journal_dir};
use crate::store::journal::{GroupNumber, Until};

/// Reads the data of a host, which may be running.
///
/// # Errors
///
/// [`BackupError::Damaged`] with everything that is wrong, or, if that is
/// pictures alone, [`BackupError::Pictures`]; others if there is no store.
pub fn verify_data(data: &DataDir) -> Result<Counts, BackupError> {
    let store = source::store_id(&data.store())?;
    let read = || {
        with_newest(&dumps_dir(&data.store()), |newest| {
            let checked = check(&Parts {
                store,
                dump: newest.map(|newest| newest.path.clone()),
                from: newest.map_or(GroupNumber(0), |newest| newest.from),
                journal: journal_dir(&data.store()),
                until: Until::Now,
            });
            counted(checked)
        })
    };
    let checked = read();
    let secret = check_secret(&data.secret());
    let verified = match (checked, secret) {
        (Ok(verified), None) => verified,
        (Ok(_), Some(finding)) => {
            return Err(BackupError::Damaged {
                findings: vec![finding],
            });
        }
        (Err(mut findings), finding) => {
            findings.extend(finding);
            return Err(BackupError::Damaged { findings });
        }
    };
    let mut findings = verified.known.check(&data.media());
    if !findings.is_empty() {
        // Some may have been removed since the store was read.
        let later = read().map_err(|findings| BackupError::Damaged { findings })?;
        findings = verified.known.still_used(&later.known).check(&data.media());
    }
    match findings.is_empty() {
        true => Ok(verified.counts),
        false => Err(BackupError::Pictures { findings }),
    }
}

/// Reads a backup.
///
/// # Errors
///
/// [`BackupError::BadBackup`] with everything that is wrong, or, if that is
/// pictures alone, [`BackupError::Pictures`]; others if there is no backup.
pub fn verify_backup(dir: &Path) -> Result<Counts, BackupError> {
    let opened = open(dir)?;
    let findings = opened.verified.known.check(&dir.join(MEDIA));
    match findings.is_empty() {
        true => Ok(opened.verified.counts),
        false => Err(BackupError::Pictures { findings }),
    }
}

/// A backup that was read through.
pub(super) struct Opened {
    pub content: Content,
    pub verified: Verified,
    /// Held, no backup changes it.
    _lock: Option<File>,
}

/// What is in a backup.
pub(super) struct Verified {
    pub checked: Checked,
    pub counts: Counts,
    pub known: Known,
}

/// Opens a backup and reads it through.
pub(super) fn open(dir: &Path) -> Result<Opened, BackupError> {
    let lock = share(dir)?;
    let Some(manifest) = Manifest::read(dir)? else {
        return Err(match dir.join("store").is_dir() {
            true => BackupError::IsData { dir: dir.into() },
            false => BackupError::NotThere { dir: dir.into() },
        });
    };
    let Some(content) = manifest.content.clone() else {
        return Err(BackupError::Unfinished { dir: dir.into() });
    };
    let verified =
        verify(dir, &manifest).map_err(|findings| BackupError::BadBackup { findings })?;
    Ok(Opened {
        content,
        verified,
        _lock: lock,
    })
}

/// Reads the files that a manifest names. Pictures are not among them.
pub(super) fn verify(dir: &Path, manifest: &Manifest) -> Result<Verified, Vec<Finding>> {
    let Some(content) = &manifest.content else {
        return Err(vec![Finding::of(
            &dir.join(manifest::NAME),
            "it is not finished",
        )]);
    };
    let files = content.file.iter();
    let mut findings: Vec<Finding> = files.filter_map(|file| check_file(dir, file)).collect();
    let dump = content.files(Kind::Dump).next();
    let checked = check(&Parts {
        store: manifest.store(),
        dump: dump.map(|dump| dir.join(&dump.path)),
        from: content.from(),
        journal: dir.join(JOURNAL),
        until: Until::Group(content.last()),
    });
    match counted(checked) {
        Ok(verified) if findings.is_empty() => Ok(verified),
        Ok(_) => Err(findings),
        Err(more) => {
            findings.extend(more);
            Err(findings)
        }
    }
}

fn counted(checked: Result<Checked, Vec<Finding>>) -> Result<Verified, Vec<Finding>> {
    let checked = checked?;
    let (counts, known) = checked.count().map_err(|error| vec![error.into()])?;
    Ok(Verified {
        checked,
        counts,
        known,
    })
}

fn check_file(dir: &Path, entry: &FileEntry) -> Option<Finding> {
    let path = dir.join(&entry.path);
    let read = || {
        let file = File::open(&path)?;
        let bytes = file.metadata()?.len();
        if bytes < entry.bytes || (bytes > entry.bytes && !entry.kind.grows()) {
            return Ok(Some(format!(
                "it is {bytes} bytes long, and was {}",
                entry.bytes
            )));
        }
        let sha256 = copy::sha256(&file, entry.bytes)?;
        let has_changed = sha256 != entry.sha256;
        Ok(has_changed.then(|| "its checksum is not the one in backup.toml".into()))
    };
    let problem = read().unwrap_or_else(|error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => Some("it is missing".into()),
        _ => Some(format!("reading it failed: {error}")),
    });
    problem.map(|problem| Finding::of(&path, problem))
}

fn check_secret(path: &Path) -> Option<Finding> {
    let problem = match std::fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o077 == 0 => return None,
        Ok(_) => "others can read it; `chmod 600` it".to_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            "it is missing: without it every reader is a stranger".to_owned()
        }
        Err(error) => format!("reading it failed: {error}"),
    };
    Some(Finding::of(path, problem))
}

/// Keeps backups away while one is read. On a medium that cannot be written
/// there is nothing to keep away, and there may be no lock.
fn share(dir: &Path) -> Result<Option<File>, BackupError> {
    let Ok(file) = File::open(dir.join(LOCK)) else {
        return Ok(None);
    };
    match file.try_lock_shared() {
        Err(std::fs::TryLockError::WouldBlock) => Err(BackupError::Busy { target: dir.into() }),
        _ => Ok(Some(file)),
    }
}
