//! Opening the directory: one process at a time, the format checked, and every
//! failure a sentence.

#[cfg(test)]
mod tests;

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::OpenError;
use super::disk::{Disk, Site};
use super::journal::StoreId;

/// The format this version writes, and the newest it reads. It is that of the
/// whole directory; journal and dump name it too, so that a copy of them can
/// be told by itself.
const FORMAT: u32 = 2;
pub const META: &str = "store.meta";
/// Format 1 was a sled database in this directory, and nothing else.
const FORMAT_1: &str = "index";

/// How long the last owner of the files may take to let go of them: threads of
/// a database just dropped, and children just being started, hold them a
/// moment longer.
const LETTING_GO_MAX: Duration = Duration::from_secs(1);

/// Makes the directory and locks it. The lock ends with the file or the
/// process, whatever kills it.
pub fn lock(dir: &Path) -> Result<File, OpenError> {
    let failed = |source| OpenError::Directory {
        dir: dir.to_owned(),
        source,
    };
    std::fs::create_dir_all(dir).map_err(failed)?;
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(dir.join("lock"))
        .map_err(failed)?;
    let locked = patiently(|| match file.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        other => Some(other),
    });
    match locked {
        Some(Ok(())) => {}
        Some(Err(error)) => return Err(failed(error.into())),
        None => {
            return Err(OpenError::InUse {
                dir: dir.to_owned(),
                holder: holder(&mut file),
            });
        }
    }
    file.set_len(0).map_err(failed)?;
    file.rewind().map_err(failed)?;
    write!(file, "pid {}", std::process::id()).map_err(failed)?;
    Ok(file)
}

/// Looks what is in a locked directory.
pub fn look(dir: &Path) -> Result<Found, OpenError> {
    match std::fs::read_to_string(dir.join(META)) {
        Ok(text) => parse(dir, &text).map(Found::Store),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(OpenError::Directory {
            dir: dir.to_owned(),
            source: error,
        }),
        Err(_) if dir.join(FORMAT_1).exists() => Ok(Found::Format1(dir.join(FORMAT_1))),
        Err(_) => Ok(Found::Nothing),
    }
}

/// Notes the format and the id of a store. From then on it is one.
pub fn note(disk: &Disk, dir: &Path, store: StoreId) -> io::Result<()> {
    let id = u128::from_be_bytes(store.0);
    let text = format!("quanka store\nformat {FORMAT}\nid {id:032x}\n");
    let new = dir.join("store.meta.new");
    let file = disk.create(Site::MetaWrite, &new)?;
    disk.write_at(Site::MetaWrite, &file, 0, text.as_bytes())?;
    disk.sync_data(Site::MetaSync, &file)?;
    disk.rename(Site::MetaRename, &new, &dir.join(META))?;
    disk.sync_dir(Site::MetaDirSync, dir)
}

/// What is in a directory.
pub enum Found {
    /// A store.
    Store(StoreId),
    /// None, or one that was never founded to the end.
    Nothing,
    /// The database of format 1, which had no journal.
    Format1(PathBuf),
}

fn parse(dir: &Path, text: &str) -> Result<StoreId, OpenError> {
    let mut lines = text.lines();
    let is_ours = lines.next() == Some("quanka store");
    let format = lines.next().and_then(|line| line.strip_prefix("format "));
    let format: Option<u32> = format.and_then(|format| format.parse().ok());
    if let (true, Some(found)) = (is_ours, format)
        && found > FORMAT
    {
        return Err(OpenError::NewerFormat {
            dir: dir.to_owned(),
            found,
            known: FORMAT,
        });
    }
    let id = lines.next().and_then(|line| line.strip_prefix("id "));
    let id = id.and_then(|id| u128::from_str_radix(id, 16).ok());
    match (is_ours, format, id) {
        (true, Some(FORMAT), Some(id)) => Ok(StoreId(id.to_be_bytes())),
        _ => Err(damaged(dir, &format!("{META} cannot be read"))),
    }
}

/// Tries until something comes of it, or the last owner has had its time.
fn patiently<T>(mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + LETTING_GO_MAX;
    loop {
        let result = attempt();
        if result.is_some() || Instant::now() > deadline {
            return result;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(1..) => text,
        _ => "unknown".into(),
    }
}

pub fn damaged(dir: &Path, what: &str) -> OpenError {
    OpenError::Damaged {
        dir: dir.to_owned(),
        reason: format!(
            "{what}. Keep a copy of the directory, then restore the last backup with `quanka \
             restore`"
        ),
    }
}
