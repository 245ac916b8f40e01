//! The segments that are kept, and the removal of those no longer needed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{GroupNumber, JournalError, SegmentFile};
use crate::store::disk::{Disk, Site};

/// The segments on the disk. Cheap to clone, and used from other threads than
/// the one that writes.
#[derive(Clone)]
pub(in crate::store) struct JournalFiles {
    disk: Disk,
    dir: PathBuf,
    segments: Arc<Mutex<Vec<SegmentFile>>>,
}

impl JournalFiles {
    pub(super) fn new(disk: &Disk, dir: &Path, segments: Vec<SegmentFile>) -> JournalFiles {
        JournalFiles {
            disk: disk.clone(),
            dir: dir.into(),
            segments: Arc::new(Mutex::new(segments)),
        }
    }

    /// Removes the segments whose groups are all up to `upto`. The one being
    /// written stays in any case.
    pub fn cut(&self, upto: GroupNumber) -> Result<(), JournalError> {
        loop {
            let oldest = match self.lock().as_slice() {
                [oldest, next, ..] if next.first <= upto.next() => oldest.clone(),
                _ => break,
            };
            match self.disk.remove(Site::JournalRemove, &oldest.path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(JournalError::io("removing", &oldest.path)(error)),
            }
            self.lock().retain(|segment| segment.first != oldest.first);
        }
        super::sync_dir(&self.disk, &self.dir)
    }

    /// The oldest group kept, or, in a journal without groups, the first to
    /// come.
    #[cfg(test)]
    pub fn first(&self) -> GroupNumber {
        let first = self.lock().first().map(|segment| segment.first);
        first.expect("the segment being written is never cut")
    }

    /// How long they are together, without the one kept ready.
    pub fn bytes(&self) -> u64 {
        self.lock().iter().map(|segment| segment.bytes).sum()
    }

    pub(super) fn push(&self, segment: SegmentFile) {
        self.lock().push(segment);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SegmentFile>> {
        self.segments
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}
