//! Where indexes lie, and how far the one that is there can be trusted.
//!
//! sled's files are whole only as long as the page cache they were written to
//! is: until the next boot, or for good if they were synced after the last
//! change. `index.meta` names the index and says which; it is replaced in one
//! piece, and if it is lost the index is built anew.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What vouches for an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The page cache of this boot.
    ThisBoot,
    /// The disk: all was synced, and nothing has changed since.
    Sealed,
}

/// The index that is there, if it can be trusted.
pub fn trusted(dir: &Path) -> Option<PathBuf> {
    let meta = std::fs::read_to_string(meta(dir)).ok()?;
    let mut lines = meta.lines();
    let (name, trust) = (lines.next()?, lines.next()?);
    let is_ours = number(name).is_some();
    let is_whole = trust == SEALED || Some(trust) == boot_id().as_deref();
    (is_ours && is_whole).then(|| dir.join(name))
}

/// Says that an index can be trusted.
pub fn vouch(dir: &Path, index: &Path, trust: Trust) -> io::Result<()> {
    let name = index.file_name().unwrap_or_default().to_string_lossy();
    let trust = match trust {
        Trust::Sealed => SEALED.to_owned(),
        // Without a boot to name, nothing is trusted at the next start.
        Trust::ThisBoot => boot_id().unwrap_or_else(|| "unknown".to_owned()),
    };
    let new = dir.join("index.meta.new");
    std::fs::write(&new, format!("{name}\n{trust}\n"))?;
    File::open(&new)?.sync_all()?;
    std::fs::rename(new, meta(dir))?;
    File::open(dir)?.sync_all()
}

/// Where a new index can be made. Every other one is removed.
pub fn fresh(dir: &Path) -> io::Result<PathBuf> {
    match std::fs::remove_file(meta(dir)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut last = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if let Some(number) = entry.file_name().to_str().and_then(number) {
            last = last.max(number);
            // A reader may still have it open; that does not hurt it.
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(dir.join(format!("index-{}", last + 1)))
}

/// A process killed while it opens the database leaves a half-written
/// `snap.*.generating`, on which every later open fails (sled #1527, #1533).
pub fn remove_unfinished_snapshots(index: &Path) -> io::Result<()> {
    if !index.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(index)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::warn!(file = %name, "removed what a killed process left while opening");
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Syncs every file of an index, and the directories that name them.
pub fn sync_all(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            sync_all(&entry?.path())?;
        }
    }
    File::open(path)?.sync_all()
}

const SEALED: &str = "sealed";

fn meta(dir: &Path) -> PathBuf {
    dir.join("index.meta")
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix("index-")?.parse().ok()
}

/// Changes with every boot.
fn boot_id() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(format!("boot {}", id.trim()))
}
