//! A ledger beside the store, in a file of its own: what must stay so when an
//! older copy of the store is brought back.
//!
//! ```text
//! # comment
//! 2026-11-23T06:43:07Z p_rs5L7hbBySh7GC6C604fJA
//! ```
//!
//! A line is written and synced before anything is done about it, and none is
//! ever changed or removed, so two ledgers of one history are united by taking
//! the lines of both. Only the last line can be torn, and then nobody was told
//! that it was written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::Timestamp;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerLine {
    /// When it was written, in whole seconds.
    pub at: Timestamp,
    /// Whom it is about: letters, digits, `_` and `-`.
    pub id: String,
}

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    end: Mutex<End>,
}

/// What is wrong with a ledger, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What failed.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A line is none.
    #[error(
        "{}:{line}: this is no line of a ledger, which reads `2026-11-23T06:43:07Z ID`: put the \
         file of your last backup in its place", path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// A line could not be written, and whether it was is not known.
    #[error("{}: writing to it failed earlier; restart the host once the cause is removed", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
    },
}

#[derive(Debug)]
struct End {
    file: File,
    bytes: u64,
    is_broken: bool,
}

/// What a new ledger begins with.
const HEADER: &str = "\
# Readers who were erased. Whatever copy of the store is brought back, the host
# erases them again: keep this file, and give it to `quanka restore --erasures`.
";

impl Ledger {
    /// Opens a ledger, or begins one. A torn last line is cut off.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written.
    pub fn open(path: &Path) -> Result<Ledger, LedgerError> {
        let failed = |doing| move |source| io_error(doing, path, source);
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(false);
        let file = options.mode(0o600).open(path).map_err(failed("open"))?;
        let whole = whole_bytes(&file).map_err(failed("read"))?;
        file.set_len(whole).map_err(failed("cut"))?;
        let ledger = Ledger {
            path: path.to_owned(),
            end: Mutex::new(End {
                file,
                bytes: whole,
                is_broken: false,
            }),
        };
        if whole == 0 {
            ledger.write(HEADER)?;
            let dir = path.parent().unwrap_or(Path::new("."));
            let synced = File::open(dir).and_then(|dir| dir.sync_all());
            synced.map_err(failed("sync the directory of"))?;
        }
        Ok(ledger)
    }

    /// Adds lines and waits until they are on the disk.
    ///
    /// # Errors
    ///
    /// When that failed. No line is added any more then: what became of these
    /// is not known.
    pub fn append(&self, lines: &[LedgerLine]) -> Result<(), LedgerError> {
        self.write(&written(lines))
    }

    /// All lines, and how many bytes of the file they are.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or a line is none.
    pub fn lines(&self) -> Result<Vec<LedgerLine>, LedgerError> {
        read_ledger(&self.path)
    }

    fn write(&self, text: &str) -> Result<(), LedgerError> {
        let mut end = self.end.lock().unwrap_or_else(|poisoned| {
            // Whoever panicked here was in the middle of writing.
            let mut end = poisoned.into_inner();
            end.is_broken = true;
            end
        });
        if end.is_broken {
            let path = self.path.clone();
            return Err(LedgerError::Broken { path });
        }
        let write = |end: &End| {
            end.file.write_all_at(text.as_bytes(), end.bytes)?;
            end.file.sync_data()
        };
        match write(&end) {
            Ok(()) => {
                end.bytes += text.len() as u64;
                Ok(())
            }
            Err(source) => {
                end.is_broken = true;
                Err(io_error("write", &self.path, source))
            }
        }
    }
}

/// The lines of a ledger's file; none if there is no file.
///
/// # Errors
///
/// When it cannot be read or a line is none.
pub fn read_ledger(path: &Path) -> Result<Vec<LedgerLine>, LedgerError> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(|source| io_error("read", path, source))?,
    };
    // Behind the last end of a line is a torn one.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = whole.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.map(|(number, line)| {
        parse(line).ok_or_else(|| LedgerError::Line {
            path: path.to_owned(),
            line: number + 1,
        })
    });
    lines.collect()
}

/// The lines of several ledgers as the text of one: each id once, with the
/// first time it was written.
pub(in crate::store) fn united(ledgers: &[Vec<LedgerLine>]) -> (String, u64) {
    let mut first: BTreeMap<&str, Timestamp> = BTreeMap::new();
    for line in ledgers.iter().flatten() {
        let at = first.entry(&line.id).or_insert(line.at);
        *at = line.at.min(*at);
    }
    let mut lines: Vec<LedgerLine> = first
        .into_iter()
        .map(|(id, at)| LedgerLine {
            at,
            id: id.to_owned(),
        })
        .collect();
    lines.sort();
    let count = lines.len() as u64;
    (format!("{HEADER}{}", written(&lines)), count)
}

/// How much of a ledger's file is whole lines.
pub(in crate::store) fn whole_bytes(file: &File) -> io::Result<u64> {
    /// Longer than any line.
    const TAIL_BYTES: u64 = 4096;
    let bytes = file.metadata()?.len();
    let from = bytes.saturating_sub(TAIL_BYTES);
    let mut tail = vec![0; usize::try_from(bytes - from).unwrap_or(usize::MAX)];
    file.read_exact_at(&mut tail, from)?;
    let end = tail.iter().rposition(|&byte| byte == b'\n');
    Ok(end.map_or(from, |end| from + end as u64 + 1))
}

fn written(lines: &[LedgerLine]) -> String {
    let lines = lines
        .iter()
        .map(|line| format!("{:.0} {}\n", line.at, line.id));
    lines.collect()
}

fn parse(line: &str) -> Option<LedgerLine> {
    let (at, id) = line.split_once(' ')?;
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_good = !id.is_empty() && id.bytes().all(is_id);
    is_good.then_some(LedgerLine {
        at: at.parse().ok()?,
        id: id.to_owned(),
    })
}

fn io_error(doing: &'static str, path: &Path, source: io::Error) -> LedgerError {
    LedgerError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(second: i64, id: &str) -> LedgerLine {
        LedgerLine {
            at: Timestamp::from_second(second).unwrap(),
            id: id.to_owned(),
        }
    }

    #[test]
    fn lines_stay_and_a_torn_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("erasures");
        let [one, two, three] = [line(1, "a_1"), line(2, "p_2"), line(2, "p_3")];
        let ledger = Ledger::open(&path).unwrap();
        ledger.append(std::slice::from_ref(&one)).unwrap();
        ledger.append(&[two.clone(), three.clone()]).unwrap();
        assert_eq!(ledger.lines().unwrap(), [one.clone(), two.clone(), three]);

        // A power cut in the last line.
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 1]).unwrap();
        assert_eq!(read_ledger(&path).unwrap(), [one.clone(), two.clone()]);
        let ledger = Ledger::open(&path).unwrap();
        let four = line(4, "a_4");
        ledger.append(std::slice::from_ref(&four)).unwrap();
        assert_eq!(ledger.lines().unwrap(), [one, two, four]);
        insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap(), @"
        # Readers who were erased. Whatever copy of the store is brought back, the host
        # erases them again: keep this file, and give it to `quanka restore --erasures`.
        1970-01-01T00:00:01Z a_1
        1970-01-01T00:00:02Z p_2
        1970-01-01T00:00:04Z a_4
        ");
    }

    #[test]
    fn what_is_no_line_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("erasures");
        for bad in [
            "x",
            "1970-01-01T00:00:01Z",
            "yesterday a_1",
            "1970-01-01T00:00:01Z a 1",
        ] {
            std::fs::write(&path, format!("# good\n{bad}\n")).unwrap();
            let said = read_ledger(&path).unwrap_err().to_string();
            assert!(
                said.contains("erasures:2: this is no line"),
                "{bad}: {said}"
            );
        }
        assert_eq!(read_ledger(&dir.path().join("none")).unwrap(), []);
    }

    #[test]
    fn two_ledgers_become_one() {
        let one = vec![line(1, "a_1"), line(5, "p_2")];
        let other = vec![line(3, "p_2"), line(2, "a_3")];
        let (text, count) = united(&[one, other]);
        assert_eq!(count, 3);
        insta::assert_snapshot!(text.lines().skip(2).collect::<Vec<_>>().join("\n"), @"
        1970-01-01T00:00:01Z a_1
        1970-01-01T00:00:02Z a_3
        1970-01-01T00:00:03Z p_2
        ");
    }
}
