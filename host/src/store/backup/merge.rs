//! What a dump and the journal behind it say together: every cell, in order,
//! each as its last write left it.

use std::collections::{BTreeMap, btree_map};
use std::iter::Peekable;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::store::cells::{parse_seq, seq_key, value_key};
use crate::store::dump::{Dump, DumpError, DumpRange};
use crate::store::journal::GroupNumber;
use crate::store::journal::group::GroupCommit;
use crate::store::{Partition, Seq};

/// The commits behind a dump, gathered in memory: as much as a host takes in
/// when it starts.
#[derive(Default)]
pub(super) struct Tail {
    cells: BTreeMap<Box<[u8]>, Option<Bytes>>,
    runs: BTreeMap<Partition, Run>,
    commits: u64,
}

/// The commits of one partition behind a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub first: Seq,
    pub last: Seq,
    /// The last of them that may be in the dump.
    pub dumped: Option<Seq>,
}

/// A commit whose number is not the one that comes next in its partition.
#[derive(Debug, thiserror::Error)]
#[error("commit {found} of {partition} comes where commit {expected} must")]
pub(super) struct OutOfTurn {
    partition: Partition,
    found: Seq,
    expected: Seq,
}

impl Tail {
    /// Adds the next commit. Groups up to `upto` may be in the dump.
    pub fn add(
        &mut self,
        group: GroupNumber,
        upto: GroupNumber,
        commit: GroupCommit,
    ) -> Result<(), OutOfTurn> {
        let GroupCommit {
            partition,
            seq,
            writes,
        } = commit;
        let run = self.runs.entry(partition.clone()).or_insert(Run {
            first: seq,
            last: Seq(seq.0 - 1),
            dumped: None,
        });
        if run.last.next() != seq {
            return Err(OutOfTurn {
                expected: run.last.next(),
                partition,
                found: seq,
            });
        }
        run.last = seq;
        if group <= upto {
            run.dumped = Some(seq);
        }
        for (key, value) in writes {
            let cell = value_key(&partition, &key).into_boxed_slice();
            self.cells.insert(cell, value);
        }
        let number = Bytes::copy_from_slice(&seq.0.to_be_bytes());
        let cell = seq_key(&partition).into_boxed_slice();
        self.cells.insert(cell, Some(number));
        self.commits += 1;
        Ok(())
    }

    /// How many commits there are.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// The partitions that have some.
    pub fn runs(&self) -> impl Iterator<Item = (&Partition, &Run)> {
        self.runs.iter()
    }

    /// Those of one partition.
    pub fn run(&self, partition: &Partition) -> Option<Run> {
        self.runs.get(partition).copied()
    }

    /// Every cell that the commits wrote or removed.
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        self.cells.keys().map(AsRef::as_ref)
    }

    /// Everything that dump and journal hold together.
    pub fn over<'a>(&'a self, dump: Option<&'a Dump>) -> Merged<'a> {
        Merged {
            dumped: dump.map(|dump| dump.entries().peekable()),
            journaled: self.cells.iter().peekable(),
        }
    }
}

/// The number a dump has for a partition; 0 if it does not know it.
pub(super) fn dumped_seq(dump: Option<&Dump>, partition: &Partition) -> Result<Seq, DumpError> {
    let Some(dump) = dump else {
        return Ok(Seq(0));
    };
    let stored = dump.get(&seq_key(partition))?;
    // Of another length it is found where the cells are counted.
    Ok(stored.map_or(Seq(0), |seq| parse_seq(&seq).unwrap_or_default()))
}

/// The cells of a dump and a journal, smallest first.
pub(super) struct Merged<'a> {
    dumped: Option<Peekable<DumpRange<'a>>>,
    journaled: Peekable<btree_map::Iter<'a, Box<[u8]>, Option<Bytes>>>,
}

impl Iterator for Merged<'_> {
    type Item = Result<(Bytes, Bytes), DumpError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let dumped = self.dumped.as_mut().and_then(|dumped| {
                // An error comes out at once.
                let entry = dumped.peek()?.as_ref();
                Some(entry.map_or(Bytes::new(), |(cell, _)| cell.clone()))
            });
            let journaled: Option<&[u8]> = self.journaled.peek().map(|(cell, _)| cell.as_ref());
            match (dumped, journaled) {
                (None, None) => return None,
                (Some(dumped), Some(journaled)) if *dumped == *journaled => {
                    // The journal's is the later one.
                    self.next_dumped();
                }
                (Some(dumped), journaled)
                    if journaled.is_none_or(|journaled| *dumped < *journaled) =>
                {
                    return self.next_dumped();
                }
                _ => {
                    if let Some((cell, Some(value))) = self.journaled.next() {
                        let cell = Bytes::copy_from_slice(cell);
                        return Some(Ok((cell, value.clone())));
                    }
                }
            }
        }
    }
}

impl Merged<'_> {
    fn next_dumped(&mut self) -> Option<Result<(Bytes, Bytes), DumpError>> {
        self.dumped.as_mut()?.next()
    }
}

/// A hash of cells in order: two stores hold the same exactly if theirs are
/// equal.
#[derive(Default)]
pub(super) struct StateHash(Sha256);

impl StateHash {
    pub fn add(&mut self, cell: &[u8], value: &[u8]) {
        for bytes in [cell, value] {
            self.0.update((bytes.len() as u64).to_le_bytes());
            self.0.update(bytes);
        }
    }

    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
