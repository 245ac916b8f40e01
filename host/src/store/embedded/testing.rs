//! Stores for tests: over an index in memory, with calls that can be held and
//! made to fail.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use super::checkpoint::Checkpoints;
use super::commit::Log;
use super::fill::FillQueue;
use super::partitions::Partitions;
use super::{Embedded, Options, Shared, Start, recovery};
use crate::store::OpenError;
use crate::store::index::Nothing;
use crate::store::index::memory::{Gate, MemoryEngine};
use crate::store::journal::GroupNumber;

/// What a store is made of, for a test to reach into.
#[derive(Clone, Default)]
pub struct Parts {
    pub appends: Arc<Gate>,
    pub engine: MemoryEngine,
}

/// A store that keeps nothing.
pub fn in_memory(parts: &Parts, options: &Options) -> Embedded {
    let shared = Arc::new(Shared {
        base: RwLock::new(Arc::new(Nothing)),
        partitions: Partitions::new(options),
        fill: FillQueue::new(options.window_bytes_max, GroupNumber(0)),
        checkpoints: Checkpoints::new(options.checkpoint_journal_bytes),
        committing: Mutex::default(),
        files: None,
        stopped: OnceLock::new(),
        seeded: options.seeded,
    });
    let start = Start {
        log: MemoryLog {
            appends: Arc::clone(&parts.appends),
            last: GroupNumber(0),
        },
        engine: parts.engine.clone(),
        shared,
    };
    Embedded::start(start, options).unwrap()
}

/// A store whose journal and dumps are files, and whose index is not.
pub fn over_memory(dir: &Path, engine: &MemoryEngine, options: &Options) -> Embedded {
    recovery::open_over(dir, options, engine.clone()).unwrap()
}

/// The same over what may not be whole.
pub fn try_over_memory(dir: &Path, options: &Options) -> Result<Embedded, OpenError> {
    recovery::open_over(dir, options, MemoryEngine::default())
}

struct MemoryLog {
    appends: Arc<Gate>,
    last: GroupNumber,
}

impl Log for MemoryLog {
    fn append(&mut self, _: &[u8]) -> io::Result<GroupNumber> {
        self.appends.pass().map_err(io::Error::other)?;
        self.last = self.last.next();
        Ok(self.last)
    }
}
