//! Pictures as files beside the store, each named by the hash of what it holds:
//! `DIR/ab/HASH`. A file never changes, so it can be copied at any time, and
//! whoever reads it can tell whether it is whole. Whose it is stands in the
//! store; a file is written after its record and removed before it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A directory of pictures.
#[derive(Clone, Debug)]
pub struct MediaFiles {
    dir: PathBuf,
}

/// The id of a picture: the SHA-256 of its file, in base64url.
pub fn media_id(file: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(file))
}

impl MediaFiles {
    /// It need not be there.
    pub fn new(dir: impl Into<PathBuf>) -> MediaFiles {
        MediaFiles { dir: dir.into() }
    }

    /// Writes a picture, and waits until it is on the disk under its name.
    ///
    /// # Errors
    ///
    /// When that failed; there is no such file then, or a whole one.
    pub fn write(&self, id: &str, file: &[u8]) -> io::Result<()> {
        let path = self.path(id)?;
        let parent = path.parent().unwrap_or(&self.dir);
        let is_new = !parent.exists();
        fs::create_dir_all(parent)?;
        let mut temporary = tempfile::Builder::new()
            .prefix(".")
            .suffix(".tmp")
            .make_in(parent, |path| {
                File::options()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(path)
            })?;
        temporary.as_file_mut().write_all(file)?;
        temporary.as_file().sync_all()?;
        temporary.persist(&path).map_err(|error| error.error)?;
        sync_dir(parent)?;
        if is_new {
            sync_dir(&self.dir)?;
        }
        Ok(())
    }

    /// A picture; none if there is no such file.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn read(&self, id: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(id)?) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a picture, if it is there, and waits until the disk knows.
    ///
    /// # Errors
    ///
    /// When it is there and stays.
    pub fn remove(&self, id: &str) -> io::Result<()> {
        let path = self.path(id)?;
        match fs::remove_file(&path) {
            Ok(()) => sync_dir(path.parent().unwrap_or(&self.dir)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Only what is an id becomes a path.
    fn path(&self, id: &str) -> io::Result<PathBuf> {
        if !crate::view::is_media_id(id) {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "no id of a picture",
            ));
        }
        Ok(self.dir.join(&id[..2]).join(id))
    }
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_files_named_by_what_they_hold() {
        let dir = tempfile::tempdir().unwrap();
        let files = MediaFiles::new(dir.path().join("media"));
        let id = media_id(b"");
        assert_eq!(id, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
        assert_eq!(files.read(&id).unwrap(), None);
        files.remove(&id).unwrap();
        files.write(&id, b"").unwrap();
        files.write(&id, b"").unwrap();
        assert_eq!(files.read(&id).unwrap(), Some(Vec::new()));
        let there = fs::read_dir(dir.path().join("media/47")).unwrap();
        assert_eq!(there.count(), 1);
        files.remove(&id).unwrap();
        assert_eq!(files.read(&id).unwrap(), None);
        for bad in ["", "..", "../../../etc/passwd", &id[1..], "媒体"] {
            assert_eq!(files.read(bad).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
    }
}
