//! Reads a dump and the journal behind it to the last byte, and says all that
//! is wrong with them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::merge::{Tail, dumped_seq};
use super::pictures::Known;
use crate::store::Partition;
use crate::store::cells::{Cell, parse_seq};
use crate::store::dump::{self, Dump, DumpError, DumpFile};
use crate::store::journal::{
    self, GroupNumber, JournalError, JournalReader, StoreId, Until, group,
};

/// What is to be read.
pub(super) struct Parts {
    pub store: StoreId,
    /// A file named after the group it is from; none in a young store.
    pub dump: Option<PathBuf>,
    pub from: GroupNumber,
    /// The directory of the journal's segments.
    pub journal: PathBuf,
    pub until: Until,
}

/// What was read, all of it good.
pub(super) struct Checked {
    pub dump: Option<Dump>,
    pub tail: Tail,
    /// Nothing in the dump is later than this group.
    pub upto: GroupNumber,
    pub last: GroupNumber,
}

/// What a store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Circles in which something was ever committed.
    pub circles: u64,
    /// Keys with a value.
    pub keys: u64,
    /// Pictures that readers gave, which are files of their own.
    pub pictures: u64,
    /// Commits behind the checkpoint.
    pub commits: u64,
    /// The first group it can be brought back to.
    pub first: u64,
    /// The last group.
    pub last: u64,
}

/// Reads everything.
pub(super) fn check(parts: &Parts) -> Result<Checked, Vec<Finding>> {
    let mut findings = Vec::new();
    // Both are opened before either is read: that may take minutes, in which
    // checkpoints come and remove them.
    let dump = open_dump(parts).unwrap_or_else(|finding| {
        findings.push(finding);
        None
    });
    let upto = dump.as_ref().map_or(parts.from, |dump| dump.facts().upto);
    let mut journal = Journaled {
        parts,
        upto,
        tail: Tail::default(),
        last: parts.from,
        findings: Vec::new(),
    };
    let reader = journal.open(parts.from);
    if let Some(dump) = &dump {
        check_dump(dump, &mut findings);
    }
    journal.read(reader);
    let Journaled { tail, last, .. } = journal;
    findings.extend(journal.findings);
    if findings.is_empty() {
        check_together(parts, dump.as_ref(), &tail, last, upto, &mut findings);
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Checked {
        dump,
        tail,
        upto,
        last,
    })
}

impl Checked {
    /// Counts what dump and journal hold together, each cell of a known kind, and
    /// finds out which pictures there must be.
    pub fn count(&self) -> Result<(Counts, Known), DumpError> {
        let (mut circles, mut keys) = (0, 0);
        let mut known = Known::default();
        for entry in self.tail.over(self.dump.as_ref()) {
            let (cell, _) = entry?;
            known.add(&cell);
            match Cell::of(&cell) {
                Some(Cell::Seq) => circles += u64::from(Partition::is_circles(&cell)),
                _ => keys += 1,
            }
        }
        known.add_touched(self);
        let counts = Counts {
            circles,
            keys,
            pictures: known.count(),
            commits: self.tail.commits(),
            first: self.upto.0,
            last: self.last.0,
        };
        Ok((counts, known))
    }
}

/// Tries with the newest dump of a directory in which a host may make a newer
/// one, and remove this one and the journal before it, at any moment.
pub(super) fn with_newest<T>(
    dumps: &Path,
    mut attempt: impl FnMut(Option<&DumpFile>) -> Result<T, Vec<Finding>>,
) -> Result<T, Vec<Finding>> {
    /// A checkpoint comes after so much journal that not even one should come
    /// in between.
    const ATTEMPTS: u32 = 10;
    let newest = || dump::newest(dumps).map_err(|error| vec![error.into()]);
    let mut tried = newest()?;
    let mut result = attempt(tried.as_ref());
    for _ in 1..ATTEMPTS {
        if result.is_ok() {
            break;
        }
        let newer = newest()?;
        if newer == tried {
            break;
        }
        result = attempt(newer.as_ref());
        tried = newer;
    }
    result
}

fn open_dump(parts: &Parts) -> Result<Option<Dump>, Finding> {
    let Some(path) = &parts.dump else {
        return Ok(None);
    };
    let dump = Dump::open(path)?;
    let facts = dump.facts();
    let problem = if facts.store != parts.store {
        format!(
            "it belongs to the store {}, not to {}",
            facts.store, parts.store
        )
    } else if facts.from != parts.from {
        format!("it is from group {}, not {}", facts.from, parts.from)
    } else {
        return Ok(Some(dump));
    };
    Err(Finding::of(path, problem))
}

/// Every block must be right, and every cell of a kind that a dump has.
fn check_dump(dump: &Dump, findings: &mut Vec<Finding>) {
    let before = findings.len();
    findings.extend(dump.problems().map(Finding::from));
    if findings.len() > before {
        return;
    }
    let mut problems = BTreeSet::new();
    for entry in dump.entries() {
        let (cell, value) = match entry {
            Ok(entry) => entry,
            Err(error) => return findings.push(error.into()),
        };
        match Cell::of(&cell) {
            Some(Cell::Value) => {}
            Some(Cell::Seq) if parse_seq(&value).is_ok() => {}
            Some(Cell::Seq) => {
                problems.insert("the number of a partition's last commit is not 8 bytes");
            }
            Some(Cell::Piece) | None => {
                problems.insert("a key in it is of no known kind");
            }
        }
    }
    let path = &dump.facts().path;
    findings.extend(
        problems
            .into_iter()
            .map(|problem| Finding::of(path, problem)),
    );
}

/// The journal being read, across what is wrong with it.
struct Journaled<'a> {
    parts: &'a Parts,
    upto: GroupNumber,
    tail: Tail,
    last: GroupNumber,
    findings: Vec<Finding>,
}

impl Journaled<'_> {
    /// After a segment that cannot be read any further the next one is, for
    /// whatever may be wrong with it.
    fn read(&mut self, mut reader: Result<JournalReader, JournalError>) {
        while let Err(error) = reader.and_then(|reader| self.read_all(reader)) {
            self.findings.push(error.into());
            // What was gathered does not go with what comes.
            self.tail = Tail::default();
            let Some(next) = self.next_segment() else {
                return;
            };
            self.last = GroupNumber(next.0 - 1);
            reader = self.open(self.last);
        }
    }

    /// The first group of the first segment that begins behind the group that
    /// could not be read.
    fn next_segment(&self) -> Option<GroupNumber> {
        let segments = journal::segments(&self.parts.journal).ok()?;
        let mut firsts = segments.into_iter().map(|segment| segment.first);
        firsts.find(|first| *first > self.last.next())
    }

    fn open(&self, after: GroupNumber) -> Result<JournalReader, JournalError> {
        let parts = self.parts;
        let mut reader = JournalReader::open(&parts.journal, after, parts.until)?;
        if parts.until == Until::Now {
            reader.hold()?;
        }
        Ok(reader)
    }

    fn read_all(&mut self, mut reader: JournalReader) -> Result<(), JournalError> {
        if reader.store() != self.parts.store {
            return Err(JournalError::OtherStore {
                path: reader.position().0.into(),
                found: reader.store(),
                expected: self.parts.store,
            });
        }
        while let Some((number, payload)) = reader.next_group()? {
            self.last = number;
            let commits = match group::decode(payload) {
                Ok(commits) => commits,
                Err(error) => {
                    let rejected = reader.rejected(error.into());
                    self.findings.push(rejected.into());
                    self.tail = Tail::default();
                    continue;
                }
            };
            for commit in commits {
                if let Err(error) = self.tail.add(number, self.upto, commit) {
                    let rejected = reader.rejected(error.into());
                    self.findings.push(rejected.into());
                    self.tail = Tail::default();
                }
            }
        }
        Ok(())
    }
}

/// Whether the journal goes on where the dump ends, in every partition.
fn check_together(
    parts: &Parts,
    dump: Option<&Dump>,
    tail: &Tail,
    last: GroupNumber,
    upto: GroupNumber,
    findings: &mut Vec<Finding>,
) {
    if last < upto {
        let problem = format!("it ends with group {last}, but the dump holds group {upto}");
        findings.push(Finding::of(&parts.journal, problem));
        return;
    }
    let path = parts.dump.as_deref().unwrap_or(&parts.journal);
    for (partition, run) in tail.runs() {
        let dumped = match dumped_seq(dump, partition) {
            Ok(dumped) => dumped,
            Err(error) => {
                findings.push(error.into());
                return;
            }
        };
        let problem = if dumped.next() < run.first {
            format!(
                "commits {} to {} of {partition} are neither here nor in the journal",
                dumped.next(),
                run.first.0 - 1
            )
        } else if dumped >= run.first && Some(dumped) > run.dumped {
            format!("it knows commit {dumped} of {partition}, which the journal has later")
        } else {
            continue;
        };
        findings.push(Finding::of(path, problem));
    }
}
