//! What can be wrong with a dump, in sentences that say what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a dump could not be written, opened or read.
#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum DumpError {
    /// The file system failed.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// For instance `reading`.
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// What is there cannot have been written like that.
    #[error(
        "the dump {} is damaged at offset {offset}: {reason}. Keep a copy of the data \
         directory, then restore the last backup with `quanka restore`",
        path.display()
    )]
    Damaged {
        path: PathBuf,
        offset: u64,
        reason: &'static str,
    },
    /// A later version of the host wrote it.
    #[error(
        "{} has format {found}, and this version of quanka reads up to {known}: run the newer \
         version that wrote it",
        path.display()
    )]
    NewerFormat {
        path: PathBuf,
        found: u32,
        known: u32,
    },
    /// A key or value beyond what a dump keeps.
    #[error("a {what} of {bytes} bytes is longer than the {bytes_max} a dump keeps")]
    TooLong {
        what: &'static str,
        bytes: usize,
        bytes_max: usize,
    },
    /// A defect of the caller.
    #[error("the keys of a dump must ascend, and this one does not: {}", key.escape_ascii())]
    Order { key: Vec<u8> },
}

impl DumpError {
    /// For `map_err`: what was being done to which file.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DumpError {
        let path = path.to_owned();
        move |source| DumpError::Io {
            doing,
            path,
            source,
        }
    }
}
