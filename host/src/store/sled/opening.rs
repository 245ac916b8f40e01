//! Opening the database: one process at a time, leftovers removed, format
//! checked, and every failure a sentence.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::store::OpenError;

/// The format this version writes, and the newest it reads.
const FORMAT: u32 = 1;
const FORMAT_KEY: &[u8] = b"\0format";

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

/// Opens the database below a locked directory.
pub fn open(dir: &Path, cache_bytes_max: usize) -> Result<::sled::Db, OpenError> {
    let index = dir.join("index");
    remove_unfinished_snapshots(&index).map_err(|source| OpenError::Directory {
        dir: dir.to_owned(),
        source,
    })?;
    let config = ::sled::Config::new()
        .path(&index)
        .cache_capacity(u64::try_from(cache_bytes_max).unwrap_or(u64::MAX));
    // A damaged file makes sled panic as often as it returns an error.
    let opened = patiently(|| match catch_unwind(AssertUnwindSafe(|| config.open())) {
        Ok(Err(error)) if is_locked(&error) => None,
        other => Some(other),
    });
    match opened {
        Some(Ok(Ok(db))) => Ok(db),
        Some(Ok(Err(error))) => Err(refused(dir, error)),
        Some(Err(_)) => Err(damaged(dir, "the engine panicked (see above)".into())),
        None => Err(OpenError::InUse {
            dir: dir.to_owned(),
            holder: "one that is not quanka".into(),
        }),
    }
}

/// Marks a new database with the format, refuses one of a newer format.
pub fn check_format(dir: &Path, db: &::sled::Db) -> Result<(), OpenError> {
    let broken = |error| refused(dir, error);
    let Some(found) = db.get(FORMAT_KEY).map_err(broken)? else {
        if !db.is_empty() {
            return Err(damaged(dir, "it holds data but no format number".into()));
        }
        db.insert(FORMAT_KEY, &FORMAT.to_be_bytes())
            .map_err(broken)?;
        db.flush().map_err(broken)?;
        return Ok(());
    };
    let found = match found.as_ref().try_into() {
        Ok(bytes) => u32::from_be_bytes(bytes),
        Err(_) => return Err(damaged(dir, "its format number is not 4 bytes".into())),
    };
    match found {
        FORMAT => Ok(()),
        found if found > FORMAT => Err(OpenError::NewerFormat {
            dir: dir.to_owned(),
            found,
            known: FORMAT,
        }),
        found => Err(damaged(dir, format!("format {found} has never existed"))),
    }
}

/// A process killed while it opens the database leaves a half-written
/// `snap.*.generating`, on which every later open fails (sled #1527, #1533).
fn remove_unfinished_snapshots(index: &Path) -> std::io::Result<()> {
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

/// sled locks its file too, and has no error of its own for that.
fn is_locked(error: &::sled::Error) -> bool {
    matches!(error, ::sled::Error::Io(error) if error.to_string().starts_with("could not acquire lock"))
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(1..) => text,
        _ => "unknown".into(),
    }
}

/// Tells what the operator can put right from what is wrong with the data.
fn refused(dir: &Path, error: ::sled::Error) -> OpenError {
    match error {
        ::sled::Error::Io(source)
            if matches!(
                source.kind(),
                ErrorKind::PermissionDenied
                    | ErrorKind::ReadOnlyFilesystem
                    | ErrorKind::StorageFull
                    | ErrorKind::QuotaExceeded
            ) =>
        {
            OpenError::Directory {
                dir: dir.to_owned(),
                source,
            }
        }
        error => damaged(dir, error.to_string()),
    }
}

fn damaged(dir: &Path, reason: String) -> OpenError {
    OpenError::Damaged {
        dir: dir.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_stranger_on_the_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path(), 1 << 20).unwrap());
        let file = File::open(dir.path().join("index/db")).unwrap();
        file.lock().unwrap();
        let text = open(dir.path(), 1 << 20).unwrap_err().to_string();
        assert!(
            text.contains("by another process (one that is not quanka)"),
            "{text}"
        );
        drop(file);
        open(dir.path(), 1 << 20).unwrap();
    }

    #[test]
    fn what_the_operator_can_put_right_is_not_damage() {
        let table = [
            (ErrorKind::StorageFull, true),
            (ErrorKind::PermissionDenied, true),
            (ErrorKind::UnexpectedEof, false),
        ];
        for (kind, expected) in table {
            let error = refused(Path::new("data"), ::sled::Error::Io(io::Error::from(kind)));
            let curable = matches!(error, OpenError::Directory { .. });
            assert_eq!(curable, expected, "{error}");
        }
    }
}
