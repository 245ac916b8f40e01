//! The truth: what is in the journal has happened, and nothing else has.
//!
//! A group of commits is one record, numbered without gaps; it is written and
//! synced once, and acknowledged after that. Records lie in *segments* of a
//! fixed length, made ahead of their time (`journal/filler.rs`), and removed
//! when a dump holds what they hold. `journal/format.rs` says what the bytes
//! are, and how a record that a power cut or a kill cut short, which is
//! dropped, is told from a damaged one, which is an error.
//!
//! Imports the store's `disk` only (`journal/group.rs`, what a group says,
//! also its keys and writes). It does not know what its payloads mean, and it
//! tries nothing twice that has failed: a sync that succeeds after one that
//! did not proves nothing.

mod error;
mod files;
mod filler;
mod format;
pub(in crate::store) mod group;
mod reader;
#[cfg(test)]
mod tests;
mod window;

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;

pub(in crate::store) use self::error::JournalError;
pub(in crate::store) use self::files::JournalFiles;
use self::filler::Filler;
use self::format::{SECTOR_BYTES, SegmentHeader};
use self::reader::SegmentFile;
pub(in crate::store) use self::reader::{JournalReader, Until, segments};
use super::disk::{Disk, Site};

/// The longest payload of a group.
pub(in crate::store) const GROUP_BYTES_MAX: usize = 16 << 20;

const SUFFIX: &str = ".journal";
/// The segment being made ahead.
const PREPARED_NAME: &str = "prepared.journal.tmp";
/// A header and one sector of groups.
const SEGMENT_BYTES_MIN: u64 = 2 * SECTOR_BYTES as u64;

/// The number of a group. The first is 1; 0 is before all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::store) struct GroupNumber(pub u64);

/// Tells the files of one store from those of another. Made once, when a store
/// is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::store) struct StoreId(pub [u8; 16]);

/// How the journal uses the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct JournalOptions {
    /// The length of each segment made from now on: a multiple of 512. One
    /// more is kept ready.
    pub segment_bytes: u64,
}

impl Default for JournalOptions {
    fn default() -> JournalOptions {
        JournalOptions {
            segment_bytes: 32 << 20,
        }
    }
}

/// A journal open for writing. There must be no second one.
pub(in crate::store) struct Journal {
    disk: Disk,
    dir: PathBuf,
    store: StoreId,
    options: JournalOptions,
    segment: Segment,
    last: GroupNumber,
    /// The checksum of the last record.
    chain: u32,
    /// The record being written, kept for its room.
    record: Vec<u8>,
    stopped: Option<String>,
    filler: Filler,
    files: JournalFiles,
}

/// The segment being written.
struct Segment {
    file: File,
    path: PathBuf,
    header: SegmentHeader,
    /// Where the next record goes.
    offset: u64,
}

impl Journal {
    /// Opens the journal in a directory, hands every group behind `after` to
    /// `each`, in order, and goes on behind the last. A last record that was
    /// cut short is removed. Where nothing is yet, and `after` is 0, a journal
    /// is made.
    pub fn open(
        disk: Disk,
        dir: &Path,
        store: StoreId,
        options: JournalOptions,
        after: GroupNumber,
        each: &mut dyn FnMut(GroupNumber, Bytes) -> Result<(), Box<dyn Error + Send + Sync>>,
    ) -> Result<Journal, JournalError> {
        if after == GroupNumber(0) && is_absent(dir)? {
            return Journal::create(disk, dir, store, options, after);
        }
        options.check()?;
        let mut reader = JournalReader::open(dir, after, Until::End)?;
        if reader.store() != store {
            return Err(JournalError::OtherStore {
                path: reader.segments()[0].path.clone(),
                found: reader.store(),
                expected: store,
            });
        }
        while let Some((number, payload)) = reader.next_group()? {
            each(number, payload).map_err(|source| reader.rejected(source))?;
        }
        let last = reader.last();
        let files = JournalFiles::new(&disk, dir, segments(dir)?);
        let (segment, chain) = mend(&disk, dir, reader)?;
        remove_prepared(&disk, dir)?;
        Ok(Journal {
            filler: start_filler(&disk, dir, options)?,
            disk,
            dir: dir.into(),
            store,
            options,
            segment,
            last,
            chain,
            record: Vec::new(),
            stopped: None,
            files,
        })
    }

    /// Makes a journal whose first group will be the one behind `after`, for
    /// instance beside a dump that holds everything up to it.
    pub fn create(
        disk: Disk,
        dir: &Path,
        store: StoreId,
        options: JournalOptions,
        after: GroupNumber,
    ) -> Result<Journal, JournalError> {
        options.check()?;
        if !is_absent(dir)? {
            return Err(JournalError::Exists { dir: dir.into() });
        }
        create_dir(&disk, dir)?;
        remove_prepared(&disk, dir)?;
        let filler = start_filler(&disk, dir, options)?;
        let files = JournalFiles::new(&disk, dir, Vec::new());
        let segment = next_segment(
            &disk,
            dir,
            &filler,
            SegmentHeader {
                store,
                first: after.next(),
                segment_bytes: options.segment_bytes,
                salt: random_salt(dir)?,
                chain: 0,
            },
        )?;
        files.push(segment.as_file());
        Ok(Journal {
            disk,
            dir: dir.into(),
            store,
            options,
            segment,
            last: after,
            chain: 0,
            record: Vec::new(),
            stopped: None,
            filler,
            files,
        })
    }

    /// Writes a group and returns when it is on the disk. A payload that is too
    /// long is refused; any other error leaves unknown what is on the disk, and
    /// ends the writing for good.
    pub fn append(&mut self, payload: &[u8]) -> Result<GroupNumber, JournalError> {
        if let Some(reason) = &self.stopped {
            let reason = reason.clone();
            return Err(JournalError::Stopped { reason });
        }
        self.options.check_group(payload)?;
        let written = self.write(payload);
        if let Err(error) = &written {
            self.stopped = Some(error.to_string());
        }
        written
    }

    /// The last group written.
    pub fn last(&self) -> GroupNumber {
        self.last
    }

    /// Its files, for those who remove the ones no longer needed.
    pub fn files(&self) -> JournalFiles {
        self.files.clone()
    }

    fn write(&mut self, payload: &[u8]) -> Result<GroupNumber, JournalError> {
        let record_bytes = format::record_bytes(payload.len()) as u64;
        if self.segment.offset + record_bytes > self.segment.header.segment_bytes {
            self.rotate()?;
        }
        let number = self.last.next();
        let salt = self.segment.header.salt;
        let chain = format::encode_record(&mut self.record, salt, number, self.chain, payload);
        let Segment {
            file, path, offset, ..
        } = &self.segment;
        self.disk
            .write_at(Site::JournalAppend, file, *offset, &self.record)
            .map_err(JournalError::io("writing", path))?;
        self.disk
            .sync_data(Site::JournalAppendSync, file)
            .map_err(JournalError::io("syncing", path))?;
        self.segment.offset += record_bytes;
        self.chain = chain;
        self.last = number;
        self.record.shrink_to(1 << 20);
        Ok(number)
    }

    fn rotate(&mut self) -> Result<(), JournalError> {
        let header = SegmentHeader {
            store: self.store,
            first: self.last.next(),
            segment_bytes: self.options.segment_bytes,
            salt: random_salt(&self.dir)?,
            chain: self.chain,
        };
        self.segment = next_segment(&self.disk, &self.dir, &self.filler, header)?;
        self.files.push(self.segment.as_file());
        Ok(())
    }
}

impl Segment {
    fn as_file(&self) -> SegmentFile {
        SegmentFile {
            first: self.header.first,
            path: self.path.clone(),
            bytes: self.header.segment_bytes,
        }
    }
}

impl JournalOptions {
    fn check(&self) -> Result<(), JournalError> {
        let whole = self.segment_bytes.is_multiple_of(SECTOR_BYTES as u64);
        if whole && self.segment_bytes >= SEGMENT_BYTES_MIN {
            return Ok(());
        }
        Err(JournalError::SegmentBytes {
            bytes: self.segment_bytes,
            bytes_min: SEGMENT_BYTES_MIN,
        })
    }

    fn check_group(&self, payload: &[u8]) -> Result<(), JournalError> {
        let room = self.segment_bytes - SECTOR_BYTES as u64;
        let bytes_max = format::payload_bytes_max(room).min(GROUP_BYTES_MAX);
        if payload.len() <= bytes_max {
            return Ok(());
        }
        Err(JournalError::TooLarge {
            bytes: payload.len(),
            bytes_max,
        })
    }
}

impl GroupNumber {
    /// The number of the group behind this one.
    #[must_use]
    pub fn next(self) -> GroupNumber {
        GroupNumber(self.0 + 1)
    }

    /// What files named after a group are called: 20 digits, so that names sort
    /// like numbers.
    pub(in crate::store) fn file_name(self, suffix: &str) -> String {
        format!("{:020}{suffix}", self.0)
    }

    /// The number in a file's name, the suffix taken off.
    pub(in crate::store) fn from_file_name(digits: &str) -> Option<GroupNumber> {
        let right = digits.len() == 20 && digits.bytes().all(|digit| digit.is_ascii_digit());
        right.then(|| digits.parse().ok().map(GroupNumber))?
    }
}

impl fmt::Display for GroupNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StoreId {
    /// For a new store.
    pub fn random() -> io::Result<StoreId> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(StoreId(bytes))
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreId({self})")
    }
}

/// Takes the prepared file and makes it the segment of this header.
fn next_segment(
    disk: &Disk,
    dir: &Path,
    filler: &Filler,
    header: SegmentHeader,
) -> Result<Segment, JournalError> {
    let prepared = dir.join(PREPARED_NAME);
    let path = dir.join(header.first.file_name(SUFFIX));
    let make = || {
        let file = filler.take()?;
        disk.write_at(Site::JournalHeader, &file, 0, &header.encode())?;
        disk.sync_data(Site::JournalHeaderSync, &file)?;
        disk.rename(Site::JournalRename, &prepared, &path)?;
        disk.sync_dir(Site::JournalDirSync, dir)?;
        Ok(file)
    };
    let file = make().map_err(JournalError::io("making the journal segment", &path))?;
    filler.prepare();
    Ok(Segment {
        file,
        path,
        header,
        offset: SECTOR_BYTES as u64,
    })
}

/// Puts the end of a journal that was read to its end in order, and opens its
/// last segment.
///
/// The last record is written once more: the process that wrote it may have
/// seen its sync fail, after which the system takes for written what never
/// reached the disk, and the next sync would say nothing.
fn mend(disk: &Disk, dir: &Path, reader: JournalReader) -> Result<(Segment, u32), JournalError> {
    let end = reader.end().expect("it was read to its end").clone();
    let (path, header, chain, last_at) = reader.into_last();
    if let Some(group) = end.torn {
        tracing::info!(
            file = %path.display(),
            %group,
            offset = end.offset,
            "removing a group that was cut short while it was written: nobody was told of it"
        );
    }
    let mend = || {
        let file = disk.open(&path)?;
        let mut zeros = vec![end.remains];
        let file_bytes = file.metadata()?.len();
        if file_bytes < header.segment_bytes {
            zeros.push(file_bytes..header.segment_bytes);
        }
        for range in zeros {
            let bytes = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
            for at in (0..bytes).step_by(1 << 20) {
                let piece = vec![0; (bytes - at).min(1 << 20)];
                disk.write_at(Site::JournalRepair, &file, range.start + at as u64, &piece)?;
            }
        }
        if let Some(at) = last_at {
            let bytes = usize::try_from(at.end - at.start).unwrap_or(usize::MAX);
            let mut record = vec![0; bytes];
            file.read_exact_at(&mut record, at.start)?;
            disk.write_at(Site::JournalRepair, &file, at.start, &record)?;
        }
        disk.sync_data(Site::JournalRepairSync, &file)?;
        // Whoever made the segment may have died before it did this.
        disk.sync_dir(Site::JournalDirSync, dir)?;
        Ok(file)
    };
    let file = mend().map_err(JournalError::io("putting in order the end of", &path))?;
    let segment = Segment {
        file,
        path,
        header,
        offset: end.offset,
    };
    Ok((segment, chain))
}

fn start_filler(disk: &Disk, dir: &Path, options: JournalOptions) -> Result<Filler, JournalError> {
    Filler::start(disk.clone(), dir, options.segment_bytes)
        .map_err(JournalError::io("starting the thread that fills", dir))
}

/// Whether there is no journal in a directory, or not even the directory.
fn is_absent(dir: &Path) -> Result<bool, JournalError> {
    Ok(segments(dir)?.is_empty())
}

fn create_dir(disk: &Disk, dir: &Path) -> Result<(), JournalError> {
    match disk.create_dir(Site::JournalCreateDir, dir) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(JournalError::io("making", dir)(error)),
    }
    match dir.parent() {
        Some(parent) if parent.as_os_str().is_empty() => sync_dir(disk, Path::new(".")),
        Some(parent) => sync_dir(disk, parent),
        None => Ok(()),
    }
}

/// A prepared segment of another process may not have been filled to its end.
fn remove_prepared(disk: &Disk, dir: &Path) -> Result<(), JournalError> {
    let path = dir.join(PREPARED_NAME);
    match disk.remove(Site::JournalRemove, &path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(JournalError::io("removing", &path)(error))
        }
        _ => Ok(()),
    }
}

fn sync_dir(disk: &Disk, dir: &Path) -> Result<(), JournalError> {
    disk.sync_dir(Site::JournalDirSync, dir)
        .map_err(JournalError::io("syncing the directory", dir))
}

fn random_salt(dir: &Path) -> Result<u64, JournalError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(io::Error::from)
        .map_err(JournalError::io("finding a random number for", dir))?;
    Ok(u64::from_le_bytes(bytes))
}
