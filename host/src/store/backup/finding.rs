//! What is wrong with files that were read through: where, and what.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::store::dump::DumpError;
use crate::store::journal::{GroupNumber, JournalError};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, or directory.
    pub path: PathBuf,
    /// Where in it, in bytes.
    pub offset: Option<u64>,
    /// The group of the journal it is about.
    pub group: Option<u64>,
    /// What is wrong.
    pub problem: String,
}

impl Finding {
    pub(super) fn of(path: &Path, problem: impl fmt::Display) -> Finding {
        Finding {
            path: path.into(),
            offset: None,
            group: None,
            problem: problem.to_string(),
        }
    }

    fn at(self, offset: u64) -> Finding {
        Finding {
            offset: Some(offset),
            ..self
        }
    }

    fn in_group(self, group: GroupNumber) -> Finding {
        Finding {
            group: Some(group.0),
            ..self
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(offset) = self.offset {
            write!(f, ", offset {offset}")?;
        }
        if let Some(group) = self.group {
            write!(f, ", group {group}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// The findings, one a line.
pub(super) fn lines(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    lines.join("\n")
}

impl From<JournalError> for Finding {
    fn from(error: JournalError) -> Finding {
        match error {
            JournalError::Io {
                doing,
                path,
                source,
            } => Finding::of(&path, format_args!("{doing} it failed: {source}")),
            JournalError::Damaged {
                path,
                offset,
                group,
                reason,
            } => Finding::of(&path, reason).at(offset).in_group(group),
            JournalError::Rejected {
                path,
                offset,
                group,
                source,
            } => Finding::of(&path, source).at(offset).in_group(group),
            JournalError::Gap {
                missing,
                upto,
                path,
            } => {
                let problem = format!("groups {missing} to {upto} are missing before it");
                Finding::of(&path, problem).in_group(missing)
            }
            JournalError::Short {
                dir,
                last,
                expected,
            } => {
                let problem = format!("it ends with group {last}, but {expected} was written");
                Finding::of(&dir, problem).in_group(expected)
            }
            JournalError::Missing { dir } => Finding::of(&dir, "there is no journal in it"),
            JournalError::OtherStore {
                path,
                found,
                expected,
            } => {
                let problem = format!("it belongs to the store {found}, not to {expected}");
                Finding::of(&path, problem)
            }
            JournalError::NewerFormat { path, found, known } => {
                Finding::of(&path, newer(found, known))
            }
            other => Finding::of(Path::new("the journal"), other),
        }
    }
}

impl From<DumpError> for Finding {
    fn from(error: DumpError) -> Finding {
        match error {
            DumpError::Io {
                doing,
                path,
                source,
            } => Finding::of(&path, format_args!("{doing} it failed: {source}")),
            DumpError::Damaged {
                path,
                offset,
                reason,
            } => Finding::of(&path, reason).at(offset),
            DumpError::NewerFormat { path, found, known } => {
                Finding::of(&path, newer(found, known))
            }
            other => Finding::of(Path::new("the dump"), other),
        }
    }
}

fn newer(found: u32, known: u32) -> String {
    format!("it has format {found}, and this version of quanka reads up to {known}")
}
