//! Reads a dump in place: single keys and ordered ranges, a block at a time.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use quick_cache::sync::Cache;

use super::block::Block;
use super::format::{self, END_BYTES, End, FORMAT, HEADER_BYTES, Header, IndexEntry, NoHeader};
use super::{DumpError, DumpFacts};
use crate::store::Direction;

/// Unpacked blocks kept: about 2 MiB.
const BLOCKS_CACHED: usize = 128;

/// A finished dump, open for reading.
pub(in crate::store) struct Dump {
    file: File,
    path: PathBuf,
    facts: DumpFacts,
    index: Vec<IndexEntry>,
    /// Where the blocks end.
    index_at: u64,
    blocks: Cache<usize, Arc<Block>>,
}

impl Dump {
    /// Opens a dump and checks all of it but its blocks, which are checked
    /// when they are read.
    pub fn open(path: &Path) -> Result<Dump, DumpError> {
        let failed = || DumpError::io("reading", path);
        let file = File::open(path).map_err(DumpError::io("opening", path))?;
        let file_bytes = file.metadata().map_err(failed())?.len();
        let damaged = |offset, reason| DumpError::Damaged {
            path: path.into(),
            offset,
            reason,
        };
        if file_bytes < (HEADER_BYTES + END_BYTES) as u64 {
            return Err(damaged(0, "it is too short to be one"));
        }
        let mut header = [0; HEADER_BYTES];
        file.read_exact_at(&mut header, 0).map_err(failed())?;
        let header = Header::decode(&header).map_err(|why| match why {
            NoHeader::Damaged => damaged(0, "it does not begin like one"),
            NoHeader::Newer { format } => DumpError::NewerFormat {
                path: path.into(),
                found: format,
                known: FORMAT,
            },
        })?;
        let end_at = file_bytes - END_BYTES as u64;
        let mut end = [0; END_BYTES];
        file.read_exact_at(&mut end, end_at).map_err(failed())?;
        let end = End::decode(&end)
            .filter(|end| end.from == header.from && end.index_at <= end_at)
            .ok_or_else(|| damaged(end_at, "its end is missing"))?;
        let index_bytes = usize::try_from(end_at - end.index_at);
        let index_bytes =
            index_bytes.map_err(|_| damaged(end.index_at, "its index is too long"))?;
        let mut index = vec![0; index_bytes];
        file.read_exact_at(&mut index, end.index_at)
            .map_err(failed())?;
        let index = checked_index(&index, &end)
            .ok_or_else(|| damaged(end.index_at, "its index does not hold"))?;
        Ok(Dump {
            file,
            path: path.into(),
            facts: DumpFacts {
                path: path.into(),
                store: header.store,
                from: end.from,
                upto: end.upto,
                entries: end.entries,
                bytes: end.bytes,
                file_bytes,
            },
            index,
            index_at: end.index_at,
            blocks: Cache::new(BLOCKS_CACHED),
        })
    }

    /// What its end says.
    pub fn facts(&self) -> &DumpFacts {
        &self.facts
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Bytes>, DumpError> {
        let Some(number) = self.block_of(key) else {
            return Ok(None);
        };
        let block = self.block(number)?;
        let place = block.lower_bound(key);
        if place == block.len() {
            return Ok(None);
        }
        let (found, value) = block.entry(place);
        Ok((found == key).then(|| Bytes::copy_from_slice(value)))
    }

    /// The entries from `start` up to but without `end`.
    pub fn range(&self, range: Range<&[u8]>, direction: Direction) -> DumpRange<'_> {
        let end = range.end.to_vec();
        self.scan(range.start.to_vec(), Some(end), direction)
    }

    /// All entries, smallest first.
    pub fn entries(&self) -> DumpRange<'_> {
        self.scan(Vec::new(), None, Direction::Forward)
    }

    /// Reads every block and checks everything there is to check.
    pub fn verify(&self) -> Result<(), DumpError> {
        match self.problems().next() {
            None => Ok(()),
            Some(problem) => Err(problem),
        }
    }

    /// Everything that is wrong with it, block by block as they are read.
    pub fn problems(&self) -> impl Iterator<Item = DumpError> {
        let (mut entries, mut bytes) = (0, 0);
        let mut is_whole = true;
        let blocks = (0..self.index.len()).map(Some).chain([None]);
        blocks.filter_map(move |number| {
            let problem = match number {
                Some(number) => self.problem_of(number, &mut entries, &mut bytes),
                None if !is_whole => None,
                None => self.problem_of_counts(entries, bytes),
            };
            is_whole &= problem.is_none();
            problem
        })
    }

    fn problem_of(&self, number: usize, entries: &mut u64, bytes: &mut u64) -> Option<DumpError> {
        let block = match self.read_block(number) {
            Ok(block) => block,
            Err(error) => return Some(error),
        };
        for place in 0..block.len() {
            let (key, value) = block.entry(place);
            *entries += 1;
            *bytes += (key.len() + value.len()) as u64;
        }
        let (last, _) = block.entry(block.len() - 1);
        let next = self.index.get(number + 1);
        let descends = next.is_some_and(|next| *next.first <= *last);
        descends.then(|| self.damaged(number, "its keys do not ascend"))
    }

    fn problem_of_counts(&self, entries: u64, bytes: u64) -> Option<DumpError> {
        let holds = entries == self.facts.entries && bytes == self.facts.bytes;
        (!holds).then(|| DumpError::Damaged {
            path: self.path.clone(),
            offset: self.index_at,
            reason: "it holds another number of entries than its end says",
        })
    }

    fn scan(&self, start: Vec<u8>, end: Option<Vec<u8>>, direction: Direction) -> DumpRange<'_> {
        // The blocks that may hold something of the range.
        let from = self.block_of(&start).unwrap_or(0);
        let upto = end.as_deref().map_or(self.index.len(), |end| {
            self.index.partition_point(|entry| *entry.first < *end)
        });
        DumpRange {
            dump: self,
            start,
            end,
            direction,
            blocks: from..upto.max(from),
            block: None,
            places: 0..0,
        }
    }

    /// The only block that may hold a key.
    fn block_of(&self, key: &[u8]) -> Option<usize> {
        let behind = self.index.partition_point(|entry| *entry.first <= *key);
        behind.checked_sub(1)
    }

    fn block(&self, number: usize) -> Result<Arc<Block>, DumpError> {
        self.blocks
            .get_or_insert_with(&number, || self.read_block(number).map(Arc::new))
    }

    fn read_block(&self, number: usize) -> Result<Block, DumpError> {
        let entry = &self.index[number];
        let next = self.index.get(number + 1);
        let end = next.map_or(self.index_at, |next| next.offset);
        let bytes = usize::try_from(end - entry.offset);
        let mut framed = vec![0; bytes.map_err(|_| self.damaged(number, "it is too long"))?];
        self.file
            .read_exact_at(&mut framed, entry.offset)
            .map_err(DumpError::io("reading", &self.path))?;
        format::decode_block(&framed, entry)
            .and_then(Block::parse)
            .filter(|block| *block.entry(0).0 == *entry.first)
            .ok_or_else(|| self.damaged(number, "the checksum of a block does not hold"))
    }

    fn damaged(&self, block: usize, reason: &'static str) -> DumpError {
        DumpError::Damaged {
            path: self.path.clone(),
            offset: self.index[block].offset,
            reason,
        }
    }
}

/// Entries of a range, in the order asked for. Ends after an error.
pub(in crate::store) struct DumpRange<'a> {
    dump: &'a Dump,
    start: Vec<u8>,
    end: Option<Vec<u8>>,
    direction: Direction,
    /// Blocks not read yet.
    blocks: Range<usize>,
    block: Option<Arc<Block>>,
    /// Entries of the block not taken yet.
    places: Range<usize>,
}

impl DumpRange<'_> {
    fn advance(&mut self) -> Result<bool, DumpError> {
        let number = match self.direction {
            Direction::Forward => self.blocks.next(),
            Direction::Backward => self.blocks.next_back(),
        };
        let Some(number) = number else {
            return Ok(false);
        };
        let block = self.dump.block(number)?;
        let end = self.end.as_deref();
        let from = block.lower_bound(&self.start);
        self.places = from..end.map_or(block.len(), |end| block.lower_bound(end));
        self.block = Some(block);
        Ok(true)
    }
}

impl Iterator for DumpRange<'_> {
    type Item = Result<(Bytes, Bytes), DumpError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let place = match self.direction {
                Direction::Forward => self.places.next(),
                Direction::Backward => self.places.next_back(),
            };
            if let (Some(place), Some(block)) = (place, &self.block) {
                let (key, value) = block.entry(place);
                let entry = (Bytes::copy_from_slice(key), Bytes::copy_from_slice(value));
                return Some(Ok(entry));
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.blocks = 0..0;
                    return Some(Err(error));
                }
            }
        }
    }
}

/// The index, if it is the one the end vouches for, and the blocks lie where
/// they must.
fn checked_index(bytes: &[u8], end: &End) -> Option<Vec<IndexEntry>> {
    if crc32c::crc32c(bytes) != end.index_crc {
        return None;
    }
    let index = format::decode_index(bytes)?;
    let begins = index.first().map_or(end.index_at, |entry| entry.offset);
    let ascends = index
        .windows(2)
        .all(|pair| pair[0].offset < pair[1].offset && pair[0].first < pair[1].first);
    let ends = index.last().is_none_or(|entry| entry.offset < end.index_at);
    let whole = begins == HEADER_BYTES as u64 && index.len() as u64 == end.blocks;
    (whole && ascends && ends).then_some(index)
}
