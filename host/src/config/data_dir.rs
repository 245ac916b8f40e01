//! Where things lie in `data.dir`.

use std::path::{Path, PathBuf};

/// The directory of everything that outlives a host, `data.dir`.
///
/// ```text
/// DIR/store/        the store
/// DIR/secret.key    the host's secret keys
/// DIR/erasures      readers who were erased, whatever copy of the store is used
/// DIR/media/        pictures that readers gave
/// DIR/artifacts/    compiled plugins; they can be made again
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// It need not be there.
    pub fn new(dir: impl Into<PathBuf>) -> DataDir {
        DataDir(dir.into())
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The store's directory.
    pub fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    /// The file of secret keys.
    pub fn secret(&self) -> PathBuf {
        self.0.join("secret.key")
    }

    /// The ledger of readers who were erased.
    pub fn erasures(&self) -> PathBuf {
        self.0.join("erasures")
    }

    /// The directory of pictures that readers gave.
    pub fn media(&self) -> PathBuf {
        self.0.join("media")
    }

    /// The directory of compiled plugins.
    pub fn artifacts(&self) -> PathBuf {
        self.0.join("artifacts")
    }
}
