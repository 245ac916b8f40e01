//! Makes a data directory of a backup. What is restored is a new store with
//! the old one's content: it may go another way than the old one went, so
//! nothing of the two must ever be mixed.
//!
//! All of it is made in `DIR/restoring` and read back there; the rename that
//! brings the store to its place comes last, so that no host can start on half
//! of one.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::check::{Checked, Counts, Parts, check};
use super::manifest::Kind;
use super::merge::{StateHash, Tail};
use super::pictures::{self, Known, MEDIA};
use super::{BackupError, Finding, JOURNAL, verify};
use crate::config::DataDir;
use crate::store::disk::{Disk, Site};
use crate::store::dump::{self, DumpError, DumpWriter};
use crate::store::embedded::DiskOption;
use crate::store::embedded::recovery::{dumps_dir, journal_dir};
use crate::store::journal::{
    GroupNumber, Journal, JournalError, JournalOptions, JournalReader, StoreId, Until, group,
};
use crate::store::ledger::{self, LedgerLine, read_ledger};
use crate::store::{Partition, Seq, opening};

/// How much of a backup to restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestorePoint {
    /// All of it.
    Newest,
    /// Up to a group of the journal, this one included.
    Group(u64),
    /// Up to a commit of a partition, this one included: what was committed
    /// later, in whatever partition, is left out.
    Commit(Partition, Seq),
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreReport {
    /// What is in the new store.
    pub counts: Counts,
    /// Groups that were in the backup and left out, the last of them perhaps
    /// in part.
    pub left_out: u64,
    /// Readers who were erased, and will be again in what is restored.
    pub erased: u64,
    /// Pictures that the backup does not have.
    pub lost: Vec<Finding>,
}

/// Restores a backup into a directory that is empty or not there. The ledger of
/// erasures that comes with it holds what the backup's does, and `also_erased`.
///
/// # Errors
///
/// See [`BackupError`]. An interrupted restore can be started again.
pub fn restore(
    backup: &Path,
    data: &DataDir,
    point: &RestorePoint,
    also_erased: &[LedgerLine],
    disk: &DiskOption,
) -> Result<RestoreReport, BackupError> {
    let disk = &disk.0;
    check_empty(data)?;
    let opened = verify::open(backup)?;
    let last = opened.verified.checked.last;
    let cut = Cut::find(backup, &opened, point)?;

    let staging = DataDir::new(data.path().join(STAGING));
    make_dirs(disk, data, &staging)?;
    let (counts, known) = write_store(disk, &staging, &opened, &cut)?;
    let lost = write_pictures(disk, backup, data, &staging, &known)?;

    let secret = opened.content.files(Kind::Secret).next();
    if let Some(secret) = secret {
        let path = backup.join(&secret.path);
        let secret = std::fs::read(&path).map_err(BackupError::io("reading", &path))?;
        write_secret(disk, data, &staging, &secret)?;
    }
    let erased = write_erasures(disk, backup, data, &staging, &opened, also_erased)?;
    rename(disk, &staging.store(), &data.store())?;
    for dir in [data.path(), staging.path()] {
        sync_dir(disk, dir)?;
    }
    std::fs::remove_dir(staging.path()).map_err(BackupError::io("removing", staging.path()))?;
    Ok(RestoreReport {
        counts,
        left_out: last.0 - cut.left_out_behind.0,
        erased,
        lost,
    })
}

const STAGING: &str = "restoring";

/// What of a backup's journal is restored.
struct Cut {
    tail: Tail,
    /// The group that the new store goes on behind.
    at: GroupNumber,
    /// The last group that is there as a whole.
    left_out_behind: GroupNumber,
}

impl Cut {
    fn find(
        backup: &Path,
        opened: &verify::Opened,
        point: &RestorePoint,
    ) -> Result<Cut, BackupError> {
        let Checked {
            tail, upto, last, ..
        } = &opened.verified.checked;
        match point {
            RestorePoint::Newest => {}
            RestorePoint::Group(group) if (upto.0..=last.0).contains(group) => {}
            RestorePoint::Group(group) => {
                return Err(BackupError::NoGroup {
                    group: *group,
                    first: upto.0,
                    last: last.0,
                });
            }
            RestorePoint::Commit(partition, seq) => check_commit(opened, tail, partition, *seq)?,
        }
        let content = &opened.content;
        let reader =
            JournalReader::open(&backup.join(JOURNAL), content.from(), Until::Group(*last));
        let cut = reader.and_then(|mut reader| gather(&mut reader, *upto, point));
        let (tail, at, left_out_behind) = cut.map_err(|error| BackupError::BadBackup {
            findings: vec![error.into()],
        })?;
        Ok(Cut {
            tail,
            at,
            left_out_behind,
        })
    }
}

fn check_commit(
    opened: &verify::Opened,
    tail: &Tail,
    partition: &Partition,
    seq: Seq,
) -> Result<(), BackupError> {
    let dump = opened.verified.checked.dump.as_ref();
    let run = tail.run(partition);
    // What may be in the dump cannot be taken out of it.
    let first = match run {
        Some(run) => run.dumped.map_or(run.first, Seq::next),
        None => Seq(0),
    };
    match run {
        Some(run) if first <= seq && seq <= run.last => Ok(()),
        Some(run) if first <= run.last => Err(BackupError::NoCommit {
            circle: partition.clone(),
            commit: seq.0,
            first: first.0,
            last: run.last.0,
        }),
        _ => {
            let dumped = super::merge::dumped_seq(dump, partition);
            let dumped = dumped.map_err(|error| BackupError::BadBackup {
                findings: vec![error.into()],
            })?;
            let commit = run.map_or(dumped, |run| run.last).0;
            Err(BackupError::NoCommits {
                circle: partition.clone(),
                commit,
            })
        }
    }
}

/// Reads the journal up to the point. All of it was read before and is good.
fn gather(
    reader: &mut JournalReader,
    upto: GroupNumber,
    point: &RestorePoint,
) -> Result<(Tail, GroupNumber, GroupNumber), JournalError> {
    let mut tail = Tail::default();
    // Groups up to `upto` are part of the dump, whatever the point.
    let mut last = GroupNumber(reader.last().0.max(upto.0));
    while let Some((number, payload)) = reader.next_group()? {
        if matches!(point, RestorePoint::Group(group) if number.0 > *group) {
            break;
        }
        let commits = group::decode(payload).map_err(|error| reader.rejected(error.into()))?;
        let count = commits.len();
        for (place, commit) in commits.into_iter().enumerate() {
            let is_point = matches!(point, RestorePoint::Commit(partition, seq)
                if *partition == commit.partition && *seq == commit.seq);
            let added = tail.add(number, upto, commit);
            added.map_err(|error| reader.rejected(error.into()))?;
            if is_point {
                let is_whole = place + 1 == count;
                let whole = if is_whole { number.0 } else { number.0 - 1 };
                return Ok((tail, number, GroupNumber(whole)));
            }
        }
        last = last.max(number);
    }
    Ok((tail, last, last))
}

/// Refuses a directory with anything in it, except what an interrupted restore
/// has left, which is removed.
fn check_empty(data: &DataDir) -> Result<(), BackupError> {
    let dir = data.path();
    let failed = || BackupError::io("reading the directory", dir);
    let entries = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed())?,
    };
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| Ok(entry?.path())).collect();
    let paths = paths.map_err(failed())?;
    let staging = dir.join(STAGING);
    let is_interrupted = paths.contains(&staging)
        && paths.iter().all(|path| {
            let ours = [&staging, &data.secret(), &data.erasures(), &data.media()];
            ours.contains(&path)
        });
    if paths.is_empty() {
        return Ok(());
    }
    if !is_interrupted {
        return Err(BackupError::NotEmpty { dir: dir.into() });
    }
    for left in [staging, data.media()] {
        match std::fs::remove_dir_all(&left) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(BackupError::io("removing", &left)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn make_dirs(disk: &Disk, data: &DataDir, staging: &DataDir) -> Result<(), BackupError> {
    let private = Permissions::from_mode(0o700);
    if !data.path().exists() {
        if let Some(parent) = data.path().parent() {
            std::fs::create_dir_all(parent).map_err(BackupError::io("making", parent))?;
        }
        create_dir(disk, data.path())?;
    }
    std::fs::set_permissions(data.path(), private)
        .map_err(BackupError::io("closing to others", data.path()))?;
    create_dir(disk, staging.path())?;
    create_dir(disk, &staging.store())
}

/// Writes the dump of the new store and its empty journal, and reads them back.
fn write_store(
    disk: &Disk,
    staging: &DataDir,
    opened: &verify::Opened,
    cut: &Cut,
) -> Result<(Counts, Known), BackupError> {
    let dir = staging.store();
    let store = StoreId::random().map_err(BackupError::io("finding a name for", &dir))?;
    let dumped = write_dump(disk, &dir, store, opened, cut).map_err(written_wrongly)?;
    Journal::create(
        disk.clone(),
        &journal_dir(&dir),
        store,
        JournalOptions::default(),
        cut.at,
    )
    .map_err(written_wrongly)?;
    opening::note(disk, &dir, store).map_err(BackupError::io("writing", &dir))?;

    let restored = check(&Parts {
        store,
        dump: Some(dumped.path),
        from: cut.at,
        journal: journal_dir(&dir),
        until: Until::End,
    });
    let restored = restored.map_err(|findings| BackupError::NotRestored { findings })?;
    let mut hash = StateHash::default();
    for entry in restored.tail.over(restored.dump.as_ref()) {
        let (cell, value) = entry.map_err(written_wrongly)?;
        hash.add(&cell, &value);
    }
    if hash.finish() != dumped.hash || restored.last != cut.at {
        let problem = "it does not hold what the backup does: do not trust this disk";
        return Err(written_wrongly(Finding::of(&dir, problem)));
    }
    restored.count().map_err(written_wrongly)
}

struct Dumped {
    path: PathBuf,
    hash: [u8; 32],
}

fn write_dump(
    disk: &Disk,
    dir: &Path,
    store: StoreId,
    opened: &verify::Opened,
    cut: &Cut,
) -> Result<Dumped, DumpError> {
    let dumps = dumps_dir(dir);
    dump::prepare_dir(disk, &dumps)?;
    let mut writer = DumpWriter::create(disk.clone(), &dumps, store, cut.at)?;
    let mut hash = StateHash::default();
    for entry in cut.tail.over(opened.verified.checked.dump.as_ref()) {
        let (cell, value) = entry?;
        hash.add(&cell, &value);
        writer.put(&cell, &value)?;
    }
    let facts = writer.finish(cut.at)?;
    Ok(Dumped {
        path: facts.path,
        hash: hash.finish(),
    })
}

/// The pictures come to their place before the store does, so that no host
/// starts on posts without them. Says which the backup does not have.
fn write_pictures(
    disk: &Disk,
    backup: &Path,
    data: &DataDir,
    staging: &DataDir,
    known: &Known,
) -> Result<Vec<Finding>, BackupError> {
    let dir = staging.media();
    let mut made = BTreeSet::new();
    let lost = pictures::take_over(&backup.join(MEDIA), known, |id, file| {
        let path = pictures::path(&dir, id);
        for dir in [&dir, path.parent().unwrap_or(&dir)] {
            if made.insert(dir.to_owned()) {
                create_dir(disk, dir)?;
            }
        }
        write_private(disk, &path, file)
    })?;
    for dir in &made {
        sync_dir(disk, dir)?;
    }
    if !made.is_empty() {
        rename(disk, &dir, &data.media())?;
        sync_dir(disk, data.path())?;
    }
    Ok(lost)
}

/// The keys come to their place before the store does: a host that found a
/// store and no keys would make new ones, and know no reader any more.
fn write_secret(
    disk: &Disk,
    data: &DataDir,
    staging: &DataDir,
    secret: &[u8],
) -> Result<(), BackupError> {
    let path = staging.secret();
    write_private(disk, &path, secret)?;
    rename(disk, &path, &data.secret())?;
    sync_dir(disk, data.path())
}

/// The ledger comes to its place before the store does, so that no host starts
/// on people who were erased.
fn write_erasures(
    disk: &Disk,
    backup: &Path,
    data: &DataDir,
    staging: &DataDir,
    opened: &verify::Opened,
    also_erased: &[LedgerLine],
) -> Result<u64, BackupError> {
    let mut ledgers = vec![also_erased.to_vec()];
    if let Some(entry) = opened.content.files(Kind::Erasures).next() {
        ledgers.push(read_ledger(&backup.join(&entry.path))?);
    }
    let (text, count) = ledger::united(&ledgers);
    let path = staging.erasures();
    write_private(disk, &path, text.as_bytes())?;
    rename(disk, &path, &data.erasures())?;
    sync_dir(disk, data.path())?;
    Ok(count)
}

fn write_private(disk: &Disk, path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let write = || {
        let file = disk.create(Site::RestoreCreate, path)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        disk.write_at(Site::RestoreWrite, &file, 0, bytes)?;
        disk.sync_data(Site::RestoreSync, &file)
    };
    write().map_err(BackupError::io("writing", path))
}

fn written_wrongly(error: impl Into<Finding>) -> BackupError {
    BackupError::NotRestored {
        findings: vec![error.into()],
    }
}

fn create_dir(disk: &Disk, dir: &Path) -> Result<(), BackupError> {
    disk.create_dir(Site::RestoreCreateDir, dir)
        .map_err(BackupError::io("making", dir))?;
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    sync_dir(disk, parent.unwrap_or(Path::new(".")))
}

fn rename(disk: &Disk, from: &Path, to: &Path) -> Result<(), BackupError> {
    disk.rename(Site::RestoreRename, from, to)
        .map_err(BackupError::io("naming", to))
}

fn sync_dir(disk: &Disk, dir: &Path) -> Result<(), BackupError> {
    disk.sync_dir(Site::RestoreDirSync, dir)
        .map_err(BackupError::io("syncing the directory", dir))
}
