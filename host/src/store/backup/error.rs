//! Why a backup could not be made, read or restored, in sentences that say
//! what to do.

use std::io;
use std::path::{Path, PathBuf};

use super::finding::{Finding, lines};
use crate::store::{LedgerError, OpenError, Partition};

/// Why a backup could not be made, read or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file system failed.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// For instance `writing`.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The store cannot be looked at.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The ledger of erasures cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No store is there.
    #[error(
        "there is no store in {}: give --data the directory that the host uses as data.dir",
        dir.display()
    )]
    NoStore {
        /// The directory.
        dir: PathBuf,
    },
    /// A store of before there was a journal.
    #[error(
        "the store in {} has format 1, which has no backups: start this version of the host on \
         it once, which brings it into format 2",
        dir.display()
    )]
    OldFormat {
        /// The directory.
        dir: PathBuf,
    },
    /// A file that a host always has.
    #[error("{} is missing: a backup without it would not bring the readers back", path.display())]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// The data are not well.
    #[error(
        "the data are damaged:\n{}\nKeep a copy of the data directory, then restore the last good backup with \
         `quanka restore`",
        lines(findings)
    )]
    Damaged {
        /// All that is wrong.
        findings: Vec<Finding>,
    },
    /// The backup is not well.
    #[error(
        "the backup is damaged:\n{}\nIt cannot be restored as it is. Take another one, and have the host make a \
         new one, in another directory, with `quanka backup`",
        lines(findings)
    )]
    BadBackup {
        /// All that is wrong.
        findings: Vec<Finding>,
    },
    /// All is well but some pictures.
    #[error(
        "pictures are missing or damaged:\n{}\nEverything else is right. Copy these files to their \
         places from an earlier backup, if one has them (BACKUP/media); without them, posts stay \
         without their pictures",
        lines(findings)
    )]
    Pictures {
        /// Which.
        findings: Vec<Finding>,
    },
    /// What was copied is not what is there now.
    #[error(
        "the backup was read back and is not right:\n{}\nFiles that were there before have gone \
         bad since: remove them and try again, or take another directory. If these were not, do \
         not trust this disk",
        lines(findings)
    )]
    ReadBack {
        /// All that is wrong.
        findings: Vec<Finding>,
    },
    /// The target holds something else.
    #[error(
        "{} holds other things and no backup: take a directory that is empty or not there",
        target.display()
    )]
    NoBackup {
        /// The directory.
        target: PathBuf,
    },
    /// The target is another store's.
    #[error(
        "{} is a backup of the store {found}, and this is the store {expected}: take another \
         directory. (A restored store is another one, too.)",
        target.display()
    )]
    OtherStore {
        /// The directory.
        target: PathBuf,
        /// Whose backup it is.
        found: String,
        /// The one to be backed up.
        expected: String,
    },
    /// The target would be lost with the original.
    #[error(
        "{} lies in the data directory and would be lost with it: take another directory, best \
         on another disk",
        target.display()
    )]
    Inside {
        /// The directory.
        target: PathBuf,
    },
    /// Someone else writes there.
    #[error("{} is being written or read by another command: wait for it", target.display())]
    Busy {
        /// The directory.
        target: PathBuf,
    },
    /// The store was put back by hand.
    #[error(
        "{} holds commits that this store does not have: either the store was put back by hand, \
         or this is a copy of it that went another way. Take another directory",
        target.display()
    )]
    Parted {
        /// The directory.
        target: PathBuf,
    },
    /// `backup.toml` is no good.
    #[error(
        "{} cannot be used: {problem}. Take another backup; `quanka backup` makes a new one in \
         another directory",
        path.display()
    )]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A later version made it.
    #[error(
        "{} has format {found}, and this version of quanka reads up to {known}: run the newer \
         version that wrote it",
        path.display()
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format this version knows.
        known: u32,
    },
    /// No backup is there.
    #[error("there is no backup in {}: it has no backup.toml", dir.display())]
    NotThere {
        /// The directory.
        dir: PathBuf,
    },
    /// A data directory in place of a backup.
    #[error(
        "{0} is no backup, but looks like the data directory of a host: `quanka verify --data \
         {0}` reads one, `quanka backup --data {0} --to BACKUP` makes a backup of it",
        dir.display()
    )]
    IsData {
        /// The directory.
        dir: PathBuf,
    },
    /// The first backup into it was interrupted.
    #[error(
        "the backup in {} was never finished: run `quanka backup` once more",
        dir.display()
    )]
    Unfinished {
        /// The directory.
        dir: PathBuf,
    },
    /// Something is where the data are to be restored.
    #[error(
        "{} is not empty, and nothing in it is touched: restore into a directory that is empty \
         or not there",
        dir.display()
    )]
    NotEmpty {
        /// The directory.
        dir: PathBuf,
    },
    /// A group that the backup cannot go back to.
    #[error(
        "group {group} cannot be restored: this backup goes from group {first} to {last}. An \
         earlier backup may go further back"
    )]
    NoGroup {
        /// The group asked for.
        group: u64,
        /// The first there is.
        first: u64,
        /// The last there is.
        last: u64,
    },
    /// A commit that the backup cannot go back to.
    #[error(
        "commit {commit} of {circle} cannot be restored: this backup goes back to its commits \
         {first} to {last}. An earlier backup may go further back"
    )]
    NoCommit {
        /// Whose commit.
        circle: Partition,
        /// The commit asked for.
        commit: u64,
        /// The first there is.
        first: u64,
        /// The last there is.
        last: u64,
    },
    /// A circle that was as it is at the checkpoint, or is not there.
    #[error(
        "{circle} has no commit behind the backup's checkpoint, so every restore of this backup \
         has it at its commit {commit} (0: there is none)"
    )]
    NoCommits {
        /// Which one.
        circle: Partition,
        /// Its last commit.
        commit: u64,
    },
    /// The new data directory could not be written, or not be read back.
    #[error(
        "nothing was restored:\n{}\nOnce the cause is removed, run it again",
        lines(findings)
    )]
    NotRestored {
        /// What went wrong.
        findings: Vec<Finding>,
    },
}

impl BackupError {
    /// For `map_err`: what was being done to which file.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> BackupError {
        let path = path.to_owned();
        move |source| BackupError::Io {
            doing,
            path,
            source,
        }
    }
}
