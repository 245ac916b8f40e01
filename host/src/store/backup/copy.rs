//! Writes the files of a backup: under a temporary name, synced, then named.

use std::fs::{File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::BackupError;
use super::manifest::hex;
use crate::store::disk::{Disk, Site};

/// What a file not finished is called: its name, and this.
pub(super) const TEMPORARY_SUFFIX: &str = ".tmp";

const PIECE_BYTES: usize = 1 << 20;
/// Bytes after which a copy is synced: gigabytes that reach the disk all at
/// once would hold up the host that goes on writing beside.
const SYNC_BYTES: u64 = 16 << 20;

/// Makes a directory that only its owner enters, if it is not there.
pub(super) fn create_dir(disk: &Disk, dir: &Path) -> Result<(), BackupError> {
    match disk.create_dir(Site::BackupCreateDir, dir) {
        Ok(()) => {
            std::fs::set_permissions(dir, Permissions::from_mode(0o700))
                .map_err(BackupError::io("closing to others", dir))?;
            sync_dir(disk, parent(dir))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(BackupError::io("making", dir)(error)),
    }
}

/// Copies the first `bytes` of a file, which stays as it is up to there.
pub(super) fn copy(
    disk: &Disk,
    source: &File,
    bytes: u64,
    target: &Path,
) -> Result<(), BackupError> {
    write(disk, target, |file| {
        let mut synced = 0;
        pieces(source, bytes, &mut |offset, piece| {
            disk.write_at(Site::BackupWrite, file, offset, piece)?;
            let written = offset + piece.len() as u64;
            if written - synced >= SYNC_BYTES {
                disk.sync_data(Site::BackupSync, file)?;
                synced = written;
            }
            Ok(())
        })
    })
}

/// Writes a file that nobody but its owner reads.
pub(super) fn write_small(disk: &Disk, target: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    write(disk, target, |file| {
        disk.write_at(Site::BackupWrite, file, 0, bytes)
    })
}

pub(super) fn sync_dir(disk: &Disk, dir: &Path) -> Result<(), BackupError> {
    disk.sync_dir(Site::BackupDirSync, dir)
        .map_err(BackupError::io("syncing the directory", dir))
}

/// SHA-256 of the first `bytes` of a file, in hex.
pub(super) fn sha256(file: &File, bytes: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    pieces(file, bytes, &mut |_, piece| {
        hash.update(piece);
        Ok(())
    })?;
    Ok(hex(&hash.finalize()))
}

fn write(
    disk: &Disk,
    target: &Path,
    fill: impl FnOnce(&File) -> io::Result<()>,
) -> Result<(), BackupError> {
    let temporary = temporary(target);
    let write = || {
        let file = disk.create(Site::BackupCreate, &temporary)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        fill(&file)?;
        disk.sync_data(Site::BackupSync, &file)?;
        // So that it is the disk that answers when it is read back. An advice.
        let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
        disk.rename(Site::BackupRename, &temporary, target)
    };
    write().map_err(|error| {
        // What it holds of a full disk is needed elsewhere. If this fails too,
        // the next backup removes it.
        let _ = disk.remove(Site::BackupRemove, &temporary);
        BackupError::io("writing", target)(error)
    })
}

fn temporary(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(TEMPORARY_SUFFIX);
    name.into()
}

fn pieces(
    file: &File,
    bytes: u64,
    each: &mut dyn FnMut(u64, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    let mut offset = 0;
    while offset < bytes {
        let rest = usize::try_from(bytes - offset).unwrap_or(usize::MAX);
        let piece = &mut piece[..rest.min(PIECE_BYTES)];
        file.read_exact_at(piece, offset)?;
        each(offset, piece)?;
        offset += piece.len() as u64;
    }
    Ok(())
}

fn parent(dir: &Path) -> &Path {
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}
