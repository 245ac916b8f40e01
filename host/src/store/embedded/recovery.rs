//! Puts the store together again from what is on the disk, after an end of any
//! kind: journal and dump are the truth, and answer until the fill thread has an
//! index again, an earlier one or a new one.
//!
//! ```text
//! DIR/lock            held by the one process that has the store open
//! DIR/store.meta      the format of all of it, and this store's id
//! DIR/journal/        the segments of the journal
//! DIR/dumps/          the last checkpoint
//! DIR/index-N/        the index; N changes whenever it is built anew
//! DIR/index.meta      which index, and since when it can be trusted
//! ```

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use bytes::Bytes;

use super::checkpoint::Checkpoints;
use super::fill::{Committed, FillQueue, Group};
use super::partitions::Partitions;
use super::{Embedded, Options, Shared, Start, founding, lock, write};
use crate::store::disk::Disk;
use crate::store::dump::{self, Dump, DumpError, DumpFacts, DumpWriter};
use crate::store::index::{Base, Engine, Nothing};
use crate::store::journal::{
    GroupNumber, Journal, JournalError, JournalFiles, JournalOptions, JournalReader, StoreId,
    Until, group,
};
use crate::store::opening::{self, Found};
use crate::store::seeded::{Seeded, SeededBug};
use crate::store::sled::SledEngine;
use crate::store::{OpenError, StoreError};

/// The journal and the dumps of an open store.
pub(super) struct Files {
    disk: Disk,
    dir: PathBuf,
    store: StoreId,
    journal: JournalFiles,
    dump: Mutex<Option<Arc<Dump>>>,
    seeded: Seeded,
}

/// Opens the store in a directory, which is made if it is not there.
pub(super) fn open(dir: &Path, options: &Options) -> Result<Embedded, OpenError> {
    let lock = opening::lock(dir)?;
    open_over(
        dir,
        options,
        SledEngine::new(dir, options.cache_bytes_max, lock),
    )
}

/// Opens the store in a directory that nobody else has, over an engine.
pub(super) fn open_over<E: Engine>(
    dir: &Path,
    options: &Options,
    engine: E,
) -> Result<Embedded, OpenError> {
    let directory = |source| OpenError::Directory {
        dir: dir.to_owned(),
        source,
    };
    let disk = options.disk.0.clone();
    let (store, founded) = match opening::look(dir)? {
        Found::Store(store) => (store, None),
        Found::Nothing => founding::found(&disk, dir, options)?,
        Found::Format1(database) => founding::take_over(&disk, dir, options, &database)?,
    };
    let dump = open_dump(&disk, dir, store)?.map(Arc::new);
    let dumped = dump
        .as_ref()
        .map_or(GroupNumber(0), |dump| dump.facts().from);
    let opened = match founded {
        Some(journal) => Ok((journal, Vec::new())),
        None => open_journal(&disk, dir, store, options, dumped),
    };
    let (journal, groups) = opened.map_err(|error| damaged(dir, &error))?;
    reaches(&journal, dump.as_deref()).map_err(|what| opening::damaged(dir, &what))?;
    let base: Arc<dyn Base> = match &dump {
        Some(dump) => Arc::clone(dump) as Arc<dyn Base>,
        None => Arc::new(Nothing),
    };
    let shared = Arc::new(Shared {
        base: RwLock::new(base),
        partitions: Partitions::new(options),
        fill: FillQueue::new(options.window_bytes_max, dumped),
        checkpoints: Checkpoints::new(options.checkpoint_journal_bytes),
        committing: Mutex::default(),
        files: Some(Files {
            disk,
            dir: dir.to_owned(),
            store,
            journal: journal.files(),
            dump: Mutex::new(dump),
            seeded: options.seeded,
        }),
        stopped: OnceLock::new(),
        seeded: options.seeded,
    });
    let groups = recovered(&shared, groups);
    for group in groups.map_err(|error| opening::damaged(dir, &error.to_string()))? {
        shared.fill.push(group);
    }
    let start = Start {
        log: journal,
        engine,
        shared,
    };
    Embedded::start(start, options).map_err(directory)
}

/// A dump is whole only with the journal up to where it was ended.
fn reaches(journal: &Journal, dump: Option<&Dump>) -> Result<(), String> {
    let Some(facts) = dump.map(Dump::facts) else {
        return Ok(());
    };
    if journal.last() >= facts.upto {
        return Ok(());
    }
    Err(format!(
        "the journal ends at group {}, but {} needs it up to group {}",
        journal.last(),
        facts.path.display(),
        facts.upto
    ))
}

/// Goes back to the dump: the windows forget what they have and take in again
/// what the journal has after it. Nobody commits meanwhile.
pub(super) fn restart(shared: &Shared) -> Result<(), StoreError> {
    let Some(files) = &shared.files else {
        return Err(StoreError::Engine {
            reason: "there is no journal to go back to".into(),
        });
    };
    let dump = lock(&files.dump).clone();
    let dumped = dump
        .as_ref()
        .map_or(GroupNumber(0), |dump| dump.facts().from);
    let groups =
        read_groups(&journal_dir(&files.dir), dumped, shared.fill.pushed()).map_err(|error| {
            StoreError::Damaged {
                reason: error.to_string(),
            }
        })?;
    // From here on readers wait, so that none sees the one without the other.
    let mut base = write(&shared.base);
    *base = match dump {
        Some(dump) => dump,
        None => Arc::new(Nothing),
    };
    for state in shared.partitions.all() {
        write(&state.window).restart();
    }
    let groups = recovered_over(shared, base.as_ref(), groups)?;
    shared.fill.restart(groups, dumped);
    Ok(())
}

impl Files {
    /// The journal's size.
    pub fn journal_bytes(&self) -> u64 {
        self.journal.bytes()
    }

    /// Begins a dump of an index that has everything up to `from`.
    pub fn begin_dump(&self, from: GroupNumber) -> Result<DumpWriter, StoreError> {
        if self.seeded.has(SeededBug::CutBeforeDump) {
            self.journal.cut(from).map_err(failed)?;
        }
        let dir = dumps_dir(&self.dir);
        DumpWriter::create(self.disk.clone(), &dir, self.store, from).map_err(failed)
    }

    /// Ends a dump in which nothing is later than `upto`, and cuts the journal
    /// before it.
    pub fn end_dump(&self, dump: DumpWriter, upto: GroupNumber) -> Result<DumpFacts, StoreError> {
        let facts = dump.finish(upto).map_err(failed)?;
        let dump = Dump::open(&facts.path)?;
        // In this order: what is cut is in a dump that can be found.
        *lock(&self.dump) = Some(Arc::new(dump));
        self.journal.cut(facts.from).map_err(failed)?;
        let dir = dumps_dir(&self.dir);
        dump::remove_older(&self.disk, &dir, facts.from).map_err(failed)?;
        Ok(facts)
    }
}

/// The newest dump, which must be good: what the journal had before it is
/// nowhere else.
fn open_dump(disk: &Disk, dir: &Path, store: StoreId) -> Result<Option<Dump>, OpenError> {
    let refused = |error: DumpError| damaged(dir, &error);
    let dumps = dumps_dir(dir);
    dump::prepare_dir(disk, &dumps).map_err(refused)?;
    let Some(newest) = dump::newest(&dumps).map_err(refused)? else {
        return Ok(None);
    };
    let dump = Dump::open(&newest.path).map_err(refused)?;
    if dump.facts().store == store {
        return Ok(Some(dump));
    }
    let what = format!("{} belongs to another store", newest.path.display());
    Err(opening::damaged(dir, &what))
}

fn open_journal(
    disk: &Disk,
    dir: &Path,
    store: StoreId,
    options: &Options,
    after: GroupNumber,
) -> Result<(Journal, Vec<(GroupNumber, Bytes)>), JournalError> {
    let path = journal_dir(dir);
    // The journal's own opening would make a new one in its place.
    if !path.exists() {
        return Err(JournalError::Missing { dir: path });
    }
    let mut groups = Vec::new();
    let segments = JournalOptions {
        segment_bytes: options.segment_bytes,
    };
    let each = &mut |number, payload| {
        groups.push((number, payload));
        Ok(())
    };
    let journal = Journal::open(disk.clone(), &path, store, segments, after, each)?;
    Ok((journal, groups))
}

/// The groups behind `after` up to `upto`, while others may be being written.
fn read_groups(
    dir: &Path,
    after: GroupNumber,
    upto: GroupNumber,
) -> Result<Vec<(GroupNumber, Bytes)>, JournalError> {
    let mut groups = Vec::new();
    if after < upto {
        let mut reader = JournalReader::open(dir, after, Until::Group(upto))?;
        while let Some(group) = reader.next_group()? {
            groups.push(group);
        }
    }
    Ok(groups)
}

fn recovered(shared: &Shared, groups: Vec<(GroupNumber, Bytes)>) -> Result<Vec<Group>, StoreError> {
    let base = shared.base();
    recovered_over(shared, base.as_ref(), groups)
}

/// Brings groups of the journal into the windows.
fn recovered_over(
    shared: &Shared,
    base: &dyn Base,
    groups: Vec<(GroupNumber, Bytes)>,
) -> Result<Vec<Group>, StoreError> {
    let groups = groups.into_iter().map(|(number, payload)| {
        let commits = group::decode(payload.clone()).map_err(|error| StoreError::Damaged {
            reason: format!("group {number} of the journal: {error}"),
        })?;
        let commits = commits.into_iter().map(|commit| {
            let state = shared
                .partitions
                .get_or_add(&commit.partition, || base.seq(&commit.partition))?;
            state.recover(commit.seq, &commit.writes)?;
            Ok(Committed {
                state,
                seq: commit.seq,
                writes: commit.writes,
            })
        });
        Ok(Group {
            number,
            commits: commits.collect::<Result<_, StoreError>>()?,
            bytes: payload.len(),
        })
    });
    groups.collect()
}

pub(in crate::store) fn journal_dir(dir: &Path) -> PathBuf {
    dir.join("journal")
}

pub(in crate::store) fn dumps_dir(dir: &Path) -> PathBuf {
    dir.join("dumps")
}

/// For errors that say what to do.
pub(super) fn damaged(dir: &Path, error: &impl std::fmt::Display) -> OpenError {
    OpenError::Damaged {
        dir: dir.to_owned(),
        reason: error.to_string(),
    }
}

pub(super) fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Engine {
        reason: error.to_string(),
    }
}
