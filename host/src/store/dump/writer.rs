//! Writes a dump under a temporary name, reads it back, and only then gives it
//! its name.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::format::{self, BLOCK_BYTES, End, Header, IndexEntry};
use super::{
    Dump, DumpError, DumpFacts, KEY_BYTES_MAX, SUFFIX, TEMPORARY_SUFFIX, VALUE_BYTES_MAX, block,
};
use crate::store::disk::{Disk, Site};
use crate::store::journal::{GroupNumber, StoreId};

/// Bytes that go to the file in one write.
const WRITE_BYTES: usize = 1 << 20;

/// Bytes after which the file is synced: a dump of gigabytes that reaches the
/// disk all at once would hold up the journal.
const SYNC_BYTES: u64 = 16 << 20;

/// A dump being written. Dropped before it is finished, it leaves nothing.
pub(in crate::store) struct DumpWriter {
    disk: Disk,
    dir: PathBuf,
    temporary: PathBuf,
    path: PathBuf,
    file: File,
    header: Header,
    /// Entries of the block being filled.
    plain: Vec<u8>,
    first: Box<[u8]>,
    last: Vec<u8>,
    index: Vec<IndexEntry>,
    entries: u64,
    bytes: u64,
    /// Not written yet, and where it belongs.
    unwritten: Vec<u8>,
    unwritten_at: u64,
    synced_upto: u64,
    finished: bool,
}

impl DumpWriter {
    /// Begins a dump in a directory, which is there. Everything up to the group
    /// `from` must be in what is put into it.
    pub fn create(
        disk: Disk,
        dir: &Path,
        store: StoreId,
        from: GroupNumber,
    ) -> Result<DumpWriter, DumpError> {
        let header = Header { store, from };
        let temporary = dir.join(from.file_name(TEMPORARY_SUFFIX));
        let file = disk
            .create(Site::DumpCreate, &temporary)
            .map_err(DumpError::io("making", &temporary))?;
        Ok(DumpWriter {
            disk,
            dir: dir.into(),
            path: dir.join(from.file_name(SUFFIX)),
            temporary,
            file,
            header,
            plain: Vec::with_capacity(2 * BLOCK_BYTES),
            first: Box::default(),
            last: Vec::new(),
            index: Vec::new(),
            entries: 0,
            bytes: 0,
            unwritten: header.encode().to_vec(),
            unwritten_at: 0,
            synced_upto: 0,
            finished: false,
        })
    }

    /// Adds an entry. Keys ascend.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), DumpError> {
        check("key", key.len(), KEY_BYTES_MAX)?;
        check("value", value.len(), VALUE_BYTES_MAX)?;
        if self.entries > 0 && key <= self.last.as_slice() {
            return Err(DumpError::Order { key: key.into() });
        }
        if self.plain.is_empty() {
            self.first = key.into();
        }
        block::push(&mut self.plain, key, value);
        self.last.clear();
        self.last.extend_from_slice(key);
        self.entries += 1;
        self.bytes += (key.len() + value.len()) as u64;
        if self.plain.len() >= BLOCK_BYTES {
            self.close_block()?;
        }
        Ok(())
    }

    /// Ends the dump, in which there is nothing later than the group `upto`,
    /// and returns when it is on the disk, has been read back from there, and
    /// has its name.
    pub fn finish(mut self, upto: GroupNumber) -> Result<DumpFacts, DumpError> {
        if !self.plain.is_empty() {
            self.close_block()?;
        }
        let index = format::encode_index(&self.index);
        let end = End {
            entries: self.entries,
            bytes: self.bytes,
            blocks: self.index.len() as u64,
            index_at: self.position(),
            from: self.header.from,
            upto: upto.max(self.header.from),
            index_crc: crc32c::crc32c(&index),
        };
        self.unwritten.extend_from_slice(&index);
        self.unwritten.extend_from_slice(&end.encode());
        self.write()?;
        self.sync()?;
        let facts = self.read_back(&end)?;
        self.disk
            .rename(Site::DumpRename, &self.temporary, &self.path)
            .map_err(DumpError::io("naming", &self.path))?;
        self.finished = true;
        self.disk
            .sync_dir(Site::DumpDirSync, &self.dir)
            .map_err(DumpError::io("syncing the directory", &self.dir))?;
        Ok(DumpFacts {
            path: self.path.clone(),
            ..facts
        })
    }

    fn position(&self) -> u64 {
        self.unwritten_at + self.unwritten.len() as u64
    }

    fn close_block(&mut self) -> Result<(), DumpError> {
        let offset = self.position();
        let crc = format::encode_block(&mut self.unwritten, offset, &self.plain);
        self.plain.clear();
        let first = std::mem::take(&mut self.first);
        self.index.push(IndexEntry { offset, crc, first });
        if self.unwritten.len() >= WRITE_BYTES {
            self.write()?;
        }
        if self.unwritten_at - self.synced_upto >= SYNC_BYTES {
            self.sync()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), DumpError> {
        let (at, bytes) = (self.unwritten_at, &self.unwritten);
        self.disk
            .write_at(Site::DumpWrite, &self.file, at, bytes)
            .map_err(DumpError::io("writing", &self.temporary))?;
        self.unwritten_at += self.unwritten.len() as u64;
        self.unwritten.clear();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), DumpError> {
        self.disk
            .sync_data(Site::DumpSync, &self.file)
            .map_err(DumpError::io("syncing", &self.temporary))?;
        self.synced_upto = self.unwritten_at;
        Ok(())
    }

    fn read_back(&self, end: &End) -> Result<DumpFacts, DumpError> {
        // So that it is the disk that answers, not the memory the file was
        // written from; and readers have better use for that memory. An
        // advice: whether it is followed does not matter to what comes next.
        let _ = rustix::fs::fadvise(&self.file, 0, None, rustix::fs::Advice::DontNeed);
        let dump = Dump::open(&self.temporary)?;
        dump.verify()?;
        let facts = dump.facts().clone();
        if facts.entries != end.entries || facts.upto != end.upto {
            return Err(DumpError::Damaged {
                path: self.temporary.clone(),
                offset: 0,
                reason: "something else was read back than was written",
            });
        }
        Ok(facts)
    }
}

impl Drop for DumpWriter {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // What it holds of a full disk is needed elsewhere. If this fails too,
        // the next start removes it.
        let _ = self.disk.remove(Site::DumpRemove, &self.temporary);
    }
}

fn check(what: &'static str, bytes: usize, bytes_max: usize) -> Result<(), DumpError> {
    if bytes <= bytes_max {
        return Ok(());
    }
    Err(DumpError::TooLong {
        what,
        bytes,
        bytes_max,
    })
}
