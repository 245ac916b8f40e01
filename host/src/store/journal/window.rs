//! Looks at a file through a window that moves forward.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::JournalError;
use super::format::{SECTOR_BYTES, Sector};

/// A file read from front to back in large pieces. Behind its end it reads as
/// zeros: a file cut short is one that was not written to its end.
pub(super) struct Window {
    pub file: File,
    file_bytes: u64,
    path: PathBuf,
    buffer: Vec<u8>,
    start: u64,
}

const READ_AHEAD_BYTES: usize = 1 << 20;

impl Window {
    pub fn open(path: &Path, held: Option<&File>) -> Result<Window, JournalError> {
        let file = match held {
            Some(held) => held.try_clone(),
            None => File::open(path),
        };
        let file = file.map_err(JournalError::io("opening", path))?;
        let metadata = file.metadata();
        Ok(Window {
            file_bytes: metadata.map_err(JournalError::io("reading", path))?.len(),
            file,
            path: path.into(),
            buffer: Vec::new(),
            start: 0,
        })
    }

    /// What comes next is read from the file.
    pub fn forget(&mut self) {
        self.buffer.clear();
    }

    pub fn sector(&mut self, offset: u64) -> Result<&Sector, JournalError> {
        let bytes = self.bytes(offset, SECTOR_BYTES)?;
        Ok(bytes.first_chunk().expect("as long as was asked for"))
    }

    pub fn bytes(&mut self, offset: u64, bytes: usize) -> Result<&[u8], JournalError> {
        let within = |window: &Window| {
            let from = usize::try_from(offset.checked_sub(window.start)?).ok()?;
            (from + bytes <= window.buffer.len()).then_some(from..from + bytes)
        };
        if within(self).is_none() {
            let rest = self.file_bytes.saturating_sub(offset);
            let ahead =
                usize::try_from(rest).map_or(READ_AHEAD_BYTES, |rest| rest.min(READ_AHEAD_BYTES));
            self.load(offset, bytes.max(ahead))?;
        }
        let range = within(self).expect("it has just been loaded");
        Ok(&self.buffer[range])
    }

    fn load(&mut self, offset: u64, bytes: usize) -> Result<(), JournalError> {
        self.buffer.resize(bytes, 0);
        self.start = offset;
        let mut filled = 0;
        while filled < bytes {
            let rest = &mut self.buffer[filled..];
            match self.file.read_at(rest, offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(JournalError::io("reading", &self.path)(error)),
            }
        }
        self.buffer[filled..].fill(0);
        Ok(())
    }
}
