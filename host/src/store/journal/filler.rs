//! Makes the next segment ahead of its time. Its zeros are really written and
//! synced: that takes half a second and more, which no commit should wait for,
//! and a file merely reserved would cost every later sync a change of the file
//! system's own records.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::PREPARED_NAME;
use crate::store::disk::{Disk, Site};

/// The thread that fills, and at most one segment that waits for its turn.
pub struct Filler {
    /// `None` once it is being dropped.
    wanted: Option<Sender<()>>,
    filled: Receiver<io::Result<File>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Filler {
    /// Starts the thread, which begins at once.
    pub fn start(disk: Disk, dir: &Path, segment_bytes: u64) -> io::Result<Filler> {
        let (wanted, wants) = channel();
        let (fills, filled) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let task = Task {
            disk,
            path: dir.join(PREPARED_NAME),
            segment_bytes,
            stop: Arc::clone(&stop),
        };
        let thread = std::thread::Builder::new()
            .name("store-journal-fill".into())
            .spawn(move || task.run(&wants, &fills))?;
        let filler = Filler {
            wanted: Some(wanted),
            filled,
            stop,
            thread: Some(thread),
        };
        filler.prepare();
        Ok(filler)
    }

    /// Asks for the next segment. The last one taken must have another name by
    /// now.
    pub fn prepare(&self) {
        let wanted = self.wanted.as_ref().expect("set until it is dropped");
        // Should the thread be gone, `take` says so.
        let _ = wanted.send(());
    }

    /// Waits for the segment asked for.
    pub fn take(&self) -> io::Result<File> {
        match self.receive() {
            Ok(file) => Ok(file),
            // It may have failed a while ago, for want of room that is there
            // now.
            Err(_) => {
                self.prepare();
                self.receive()
            }
        }
    }

    fn receive(&self) -> io::Result<File> {
        let filled = self.filled.recv();
        filled.unwrap_or_else(|_| Err(io::Error::other("the filling thread has ended")))
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        self.wanted = None;
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that fills journal segments ended in a panic");
        }
    }
}

struct Task {
    disk: Disk,
    path: PathBuf,
    segment_bytes: u64,
    stop: Arc<AtomicBool>,
}

impl Task {
    fn run(&self, wants: &Receiver<()>, fills: &Sender<io::Result<File>>) {
        while wants.recv().is_ok() {
            let filled = self.fill();
            if let Err(error) = &filled
                && !self.stop.load(Ordering::Relaxed)
            {
                tracing::warn!(
                    file = %self.path.display(),
                    %error,
                    "cannot prepare the next journal segment; commits will fail when this one \
                     is full"
                );
                // What it holds of a full disk is needed elsewhere.
                let _ = self.disk.remove(Site::JournalRemove, &self.path);
            }
            if fills.send(filled).is_err() {
                return;
            }
        }
    }

    fn fill(&self) -> io::Result<File> {
        static ZEROS: [u8; 1 << 20] = [0; 1 << 20];
        let file = self.disk.create(Site::JournalCreate, &self.path)?;
        let mut offset = 0;
        while offset < self.segment_bytes {
            if self.stop.load(Ordering::Relaxed) {
                return Err(io::Error::other("the journal is being closed"));
            }
            let rest = usize::try_from(self.segment_bytes - offset).unwrap_or(usize::MAX);
            let zeros = &ZEROS[..rest.min(ZEROS.len())];
            self.disk
                .write_at(Site::JournalFill, &file, offset, zeros)?;
            offset += zeros.len() as u64;
            // In small pieces: a disk busy with all of it at once would keep
            // the groups waiting that are written meanwhile.
            self.disk.sync_data(Site::JournalFillSync, &file)?;
        }
        Ok(file)
    }
}
