//! Reads a journal, in order and with every check, and changes nothing: for
//! opening it, and for looking at a copy of one.

use std::fs::File;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;

use super::format::{self, Head, NoHeader, SECTOR_BYTES, Sector, SegmentHeader, Written};
use super::window::Window;
use super::{GroupNumber, JournalError, SUFFIX, StoreId};

/// How far to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Until {
    /// To the end, with a look at what lies behind it. Not while someone
    /// writes.
    End,
    /// To what is the end at the moment, while someone may be writing: a group
    /// that is half there is none yet.
    Now,
    /// Up to this group, which must be there. Right also while others are
    /// being written behind it.
    Group(GroupNumber),
}

/// How often something that looks like damage is looked at again, and how long
/// after, while someone may be writing there: much longer than it takes to
/// copy the longest group into a file.
const LOOKS_AGAIN: u32 = 50;
const LOOKS_AGAIN_AFTER: Duration = Duration::from_millis(10);

/// The groups of a journal behind a given one.
pub(in crate::store) struct JournalReader {
    dir: PathBuf,
    store: StoreId,
    /// From the one that holds the first group wanted.
    segments: Vec<SegmentFile>,
    /// The same, open, once they are held.
    held: Vec<File>,
    current: usize,
    segment: OpenSegment,
    after: GroupNumber,
    until: Until,
    last: GroupNumber,
    last_at: Option<Range<u64>>,
    end: Option<End>,
}

/// A segment by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct SegmentFile {
    pub first: GroupNumber,
    pub path: PathBuf,
    /// The length of the file.
    pub bytes: u64,
}

/// How the journal ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct End {
    /// The last segment.
    pub path: PathBuf,
    /// Where the next record goes.
    pub offset: u64,
    /// The group whose record was cut short, so far as can be told: it was
    /// never acknowledged.
    pub torn: Option<GroupNumber>,
    /// What of it is there.
    pub remains: Range<u64>,
}

impl JournalReader {
    /// Begins behind `after`; earlier segments are not even opened.
    pub fn open(
        dir: &Path,
        after: GroupNumber,
        until: Until,
    ) -> Result<JournalReader, JournalError> {
        let mut segments = segments(dir)?;
        let next = after.next();
        let Some(first) = segments.first() else {
            return Err(JournalError::Missing { dir: dir.into() });
        };
        if first.first > next {
            return Err(JournalError::Gap {
                missing: next,
                upto: GroupNumber(first.first.0 - 1),
                path: first.path.clone(),
            });
        }
        // The cut of a journal goes by its oldest segments, but a power cut
        // may bring any of them back. What lies before the one with the first
        // group wanted is nobody's concern.
        let unneeded = segments.partition_point(|segment| segment.first <= next) - 1;
        segments.drain(..unneeded);
        let segment = OpenSegment::open(&segments[0], None)?;
        Ok(JournalReader {
            dir: dir.into(),
            store: segment.header.store,
            last: GroupNumber(segment.header.first.0 - 1),
            segments,
            held: Vec::new(),
            current: 0,
            segment,
            after,
            until,
            last_at: None,
            end: None,
        })
    }

    /// The store it belongs to, all its segments being the same one's.
    pub fn store(&self) -> StoreId {
        self.store
    }

    /// The segments there are, from the one with the first group wanted.
    pub fn segments(&self) -> &[SegmentFile] {
        &self.segments
    }

    /// The last group read.
    pub fn last(&self) -> GroupNumber {
        self.last
    }

    /// Opens every segment now, before a checkpoint may remove one. It takes an
    /// open file for each.
    pub fn hold(&mut self) -> Result<(), JournalError> {
        let open = |segment: &SegmentFile| {
            File::open(&segment.path).map_err(JournalError::io("opening", &segment.path))
        };
        self.held = self.segments.iter().map(open).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// The segment being read, and where its next record goes.
    pub fn position(&self) -> (&Path, u64) {
        (&self.segment.path, self.segment.offset)
    }

    /// The same segment, open once more.
    pub fn file(&self) -> Result<File, JournalError> {
        let file = self.segment.window.file.try_clone();
        file.map_err(JournalError::io("opening", &self.segment.path))
    }

    /// How it ends, once it has been read [`Until::End`].
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// The next group, or `None` behind the last.
    pub fn next_group(&mut self) -> Result<Option<(GroupNumber, Bytes)>, JournalError> {
        loop {
            let done = matches!(self.until, Until::Group(upto) if self.last >= upto);
            if done || self.end.is_some() {
                return Ok(None);
            }
            match self.read_group()? {
                Found::Group { payload, at } => {
                    self.last = self.last.next();
                    self.last_at = Some(at);
                    if self.last > self.after {
                        return Ok(Some((self.last, payload)));
                    }
                }
                Found::Nothing | Found::Torn => self.advance()?,
            }
        }
    }

    /// An error about what the last group says.
    pub fn rejected(&self, source: Box<dyn std::error::Error + Send + Sync>) -> JournalError {
        JournalError::Rejected {
            path: self.segment.path.clone(),
            offset: self.last_at.as_ref().map_or(0, |at| at.start),
            group: self.last,
            source,
        }
    }

    /// The last segment, for whoever goes on writing, and where its last
    /// record lies if it has one.
    pub(super) fn into_last(self) -> (PathBuf, SegmentHeader, u32, Option<Range<u64>>) {
        let OpenSegment {
            path,
            header,
            chain,
            ..
        } = self.segment;
        (path, header, chain, self.last_at)
    }

    /// The next group of this segment. Where someone may be writing it just
    /// now, its bytes arrive in any order; they are damage if they stay so.
    fn read_group(&mut self) -> Result<Found, JournalError> {
        let next = self.last.next();
        let mut found = self.segment.read(next);
        let may_be_written = self.until == Until::Now && self.is_last_segment();
        for _ in 0..LOOKS_AGAIN {
            match &found {
                Err(JournalError::Damaged { .. }) if may_be_written => {
                    std::thread::sleep(LOOKS_AGAIN_AFTER);
                    found = self.segment.read_afresh(next);
                }
                _ => break,
            }
        }
        found
    }

    fn is_last_segment(&self) -> bool {
        self.current + 1 == self.segments.len()
    }

    /// Nothing more can be read here: on to the next segment, or the end.
    fn advance(&mut self) -> Result<(), JournalError> {
        let expected = self.last.next();
        let Some(next) = self.segments.get(self.current + 1) else {
            return self.finish();
        };
        if next.first > expected {
            return Err(JournalError::Gap {
                missing: expected,
                upto: GroupNumber(next.first.0 - 1),
                path: next.path.clone(),
            });
        }
        if next.first < expected {
            let reason = "its first group is in the segment before it, too";
            return Err(next.damaged(0, reason));
        }
        let opened = OpenSegment::open(next, self.held.get(self.current + 1))?;
        if opened.header.store != self.store {
            return Err(JournalError::OtherStore {
                path: opened.path,
                found: opened.header.store,
                expected: self.store,
            });
        }
        if opened.header.chain != self.segment.chain {
            let reason = "it does not follow the segment before it, but another one";
            return Err(next.damaged(0, reason));
        }
        self.current += 1;
        self.segment = opened;
        self.last_at = None;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), JournalError> {
        let required = match self.until {
            Until::End | Until::Now => self.after,
            Until::Group(upto) => upto,
        };
        if self.last < required {
            return Err(JournalError::Short {
                dir: self.dir.clone(),
                last: self.last,
                expected: required,
            });
        }
        let next = self.last.next();
        let end = match self.segment.end(next) {
            // Groups are written one after the other. If there are later ones
            // because the next one has come since, all is well, and what came
            // since is another reader's.
            Err(JournalError::Damaged { .. })
                if self.until == Until::Now && self.segment.has_come(next)? =>
            {
                self.segment.end_before_others()
            }
            end => end?,
        };
        self.end = Some(end);
        Ok(())
    }
}

impl SegmentFile {
    fn damaged(&self, offset: u64, reason: &'static str) -> JournalError {
        JournalError::Damaged {
            path: self.path.clone(),
            offset,
            group: self.first,
            reason,
        }
    }
}

/// The segments in a directory, by their first group. None if it is not there.
pub(in crate::store) fn segments(dir: &Path) -> Result<Vec<SegmentFile>, JournalError> {
    let failed = || JournalError::io("reading the directory", dir);
    let mut segments = Vec::new();
    let entries = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(segments),
        entries => entries.map_err(failed())?,
    };
    for entry in entries {
        let entry = entry.map_err(failed())?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
        let Some(first) = number.and_then(GroupNumber::from_file_name) else {
            continue;
        };
        let bytes = match entry.metadata() {
            // Cut since.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            metadata => metadata.map_err(failed())?.len(),
        };
        let path = entry.path();
        segments.push(SegmentFile { first, path, bytes });
    }
    segments.sort_by_key(|segment| segment.first);
    Ok(segments)
}

/// A segment being read from its first record on.
struct OpenSegment {
    path: PathBuf,
    header: SegmentHeader,
    window: Window,
    /// Where the next record begins.
    offset: u64,
    /// The checksum of the record before it.
    chain: u32,
}

enum Found {
    Group { payload: Bytes, at: Range<u64> },
    Nothing,
    Torn,
}

impl OpenSegment {
    fn open(segment: &SegmentFile, held: Option<&File>) -> Result<OpenSegment, JournalError> {
        let path = segment.path.clone();
        let mut window = Window::open(&path, held)?;
        let sector = window.sector(0)?;
        let header = SegmentHeader::decode(sector).map_err(|why| match why {
            NoHeader::ForeignFile => segment.damaged(0, "it does not begin like a segment"),
            NoHeader::Damaged => segment.damaged(0, "the checksum of its header does not hold"),
            NoHeader::Newer { format } => JournalError::NewerFormat {
                path: path.clone(),
                found: format,
                known: format::FORMAT,
            },
        })?;
        if header.first != segment.first {
            return Err(segment.damaged(0, "its header names another first group"));
        }
        Ok(OpenSegment {
            path,
            window,
            offset: SECTOR_BYTES as u64,
            chain: header.chain,
            header,
        })
    }

    fn read(&mut self, group: GroupNumber) -> Result<Found, JournalError> {
        if self.offset >= self.header.segment_bytes {
            return Ok(Found::Nothing);
        }
        let (start, salt) = (self.offset, self.header.salt);
        let sector = self.window.sector(start)?;
        match format::written(sector, salt, group, 0) {
            Written::Wholly => {}
            Written::Not if is_zero(sector) => return Ok(Found::Nothing),
            Written::Not => return Ok(Found::Torn),
            Written::Otherwise => {
                let reason = "neither this group nor zeros are there";
                return Err(self.damaged(group, reason));
            }
        }
        let head = Head::decode(sector, salt).filter(|head| head.group == group);
        let room = self.header.segment_bytes - start;
        let record_bytes = head.map(|head| format::record_bytes(head.payload_bytes));
        let (Some(head), Some(record_bytes)) = (head, record_bytes) else {
            return Err(self.damaged(group, "the checksum of its head does not hold"));
        };
        let end = start + record_bytes as u64;
        if record_bytes as u64 > room {
            return Err(self.damaged(group, "it does not fit into its segment"));
        }
        let record = self.window.bytes(start, record_bytes)?;
        let (sectors, _) = record.as_chunks::<SECTOR_BYTES>();
        let unwritten =
            |(place, sector)| format::written(sector, salt, group, place) == Written::Not;
        if sectors.iter().enumerate().any(unwritten) {
            return Ok(Found::Torn);
        }
        let Some(payload) = head.payload(record, self.chain) else {
            return Err(self.damaged(group, "its checksum does not hold"));
        };
        self.offset = end;
        self.chain = head.crc;
        Ok(Found::Group {
            payload: payload.into(),
            at: start..end,
        })
    }

    /// The same, from the file and not from memory.
    fn read_afresh(&mut self, group: GroupNumber) -> Result<Found, JournalError> {
        self.window.forget();
        self.read(group)
    }

    /// Whether a group is there that was not a moment ago. Stays before it.
    fn has_come(&mut self, group: GroupNumber) -> Result<bool, JournalError> {
        let before = (self.offset, self.chain);
        let found = self.read_afresh(group)?;
        (self.offset, self.chain) = before;
        Ok(matches!(found, Found::Group { .. }))
    }

    /// The end of a segment in which others go on writing.
    fn end_before_others(&self) -> End {
        End {
            path: self.path.clone(),
            offset: self.offset,
            torn: None,
            remains: self.offset..self.offset,
        }
    }

    /// Looks through what lies behind the last whole record: at most the
    /// remains of one more. `next` is the group that would be there.
    fn end(&mut self, next: GroupNumber) -> Result<End, JournalError> {
        let salt = self.header.salt;
        let mut torn = None;
        let mut remains = self.offset..self.offset;
        let mut at = self.offset;
        while at < self.header.segment_bytes {
            let sector = self.window.sector(at)?;
            if !is_zero(sector) {
                if let Some(head) = Head::decode(sector, salt)
                    && head.group > next
                    && format::written(sector, salt, head.group, 0) == Written::Wholly
                {
                    let reason = "it cannot be read, but later groups are there";
                    return Err(self.damaged(next, reason));
                }
                if torn.is_none() {
                    remains.start = at;
                }
                torn = Some(next);
                remains.end = at + SECTOR_BYTES as u64;
            }
            at += SECTOR_BYTES as u64;
        }
        Ok(End {
            path: self.path.clone(),
            offset: self.offset,
            torn,
            remains,
        })
    }

    fn damaged(&self, group: GroupNumber, reason: &'static str) -> JournalError {
        JournalError::Damaged {
            path: self.path.clone(),
            offset: self.offset,
            group,
            reason,
        }
    }
}

fn is_zero(sector: &Sector) -> bool {
    sector == &[0; SECTOR_BYTES]
}
