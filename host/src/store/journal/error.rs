//! What can be wrong with a journal, in sentences that say what to do.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use super::{GroupNumber, StoreId};

/// Why a journal could not be read, opened or written.
#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum JournalError {
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
        "the journal is damaged in {} at offset {offset}, group {group}: {reason}. {RESTORE}",
        path.display()
    )]
    Damaged {
        path: PathBuf,
        offset: u64,
        group: GroupNumber,
        reason: &'static str,
    },
    /// The checksums hold, but the group does not make sense to its reader.
    #[error(
        "the journal is damaged in {} at offset {offset}, group {group}: {source}. {RESTORE}",
        path.display()
    )]
    Rejected {
        path: PathBuf,
        offset: u64,
        group: GroupNumber,
        source: Box<dyn Error + Send + Sync>,
    },
    /// Groups are not there that must be.
    #[error(
        "the journal has a gap: groups {missing} to {upto} are missing before {}. {RESTORE}",
        path.display()
    )]
    Gap {
        missing: GroupNumber,
        upto: GroupNumber,
        /// The segment that begins behind the gap.
        path: PathBuf,
    },
    /// It ends before what is known to have been in it.
    #[error(
        "the journal in {} ends with group {last}, but group {expected} was written. {RESTORE}",
        dir.display()
    )]
    Short {
        dir: PathBuf,
        last: GroupNumber,
        expected: GroupNumber,
    },
    /// There is none, and there must be.
    #[error("there is no journal in {}. {RESTORE}", dir.display())]
    Missing { dir: PathBuf },
    /// There is one where none must be.
    #[error(
        "there is a journal in {} already: take a directory without one",
        dir.display()
    )]
    Exists { dir: PathBuf },
    /// A segment of another store.
    #[error(
        "{} belongs to the store {found}, not to {expected}: move it elsewhere, and put the \
         segment in its place that belongs there",
        path.display()
    )]
    OtherStore {
        path: PathBuf,
        found: StoreId,
        expected: StoreId,
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
    /// A group that does not fit into a record or a segment.
    #[error("a group of {bytes} bytes is longer than the {bytes_max} the journal keeps")]
    TooLarge { bytes: usize, bytes_max: usize },
    /// Segments of a length that cannot be.
    #[error(
        "a journal segment of {bytes} bytes cannot be: take a multiple of 512 from {bytes_min} on"
    )]
    SegmentBytes { bytes: u64, bytes_min: u64 },
    /// A write has failed before. What it left on the disk is not known, so
    /// nothing is written any more.
    #[error("the journal takes no more groups since {reason}")]
    Stopped { reason: String },
}

const RESTORE: &str = "Keep a copy of the data directory, then restore the last backup with \
                       `quanka restore`";

impl JournalError {
    /// For `map_err`: what was being done to which file.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> JournalError {
        let path = path.to_owned();
        move |source| JournalError::Io {
            doing,
            path,
            source,
        }
    }
}
