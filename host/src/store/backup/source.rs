//! Finds what a backup consists of in the directory of a store that a host may
//! be working on, and holds it: a checkpoint that removes it meanwhile does no
//! harm to a file that is open.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::check::with_newest;
use super::finding::Finding;
use super::manifest::Kind;
use super::{BackupError, DUMPS, ERASURES, JOURNAL, copy};
use crate::config::DataDir;
use crate::store::dump::{Dump, DumpFile};
use crate::store::embedded::recovery::{dumps_dir, journal_dir};
use crate::store::journal::{GroupNumber, JournalError, JournalReader, StoreId, Until};
use crate::store::ledger;
use crate::store::opening::{self, Found};

pub(super) const SECRET_PREFIX: &str = "secret-";
pub(super) const SECRET_SUFFIX: &str = ".key";

/// Everything a backup needs, open.
pub(super) struct Source {
    pub from: GroupNumber,
    pub last: GroupNumber,
    pub files: Vec<SourceFile>,
}

/// An open file, of which the first `bytes` do not change any more.
pub(super) struct SourceFile {
    pub kind: Kind,
    /// Where it lies in a backup.
    pub path: PathBuf,
    /// Where it lay when it was opened.
    pub from: PathBuf,
    pub file: File,
    pub bytes: u64,
}

/// The id of the store in a directory.
pub(super) fn store_id(dir: &Path) -> Result<StoreId, BackupError> {
    match opening::look(dir)? {
        Found::Store(store) => Ok(store),
        Found::Format1(_) => Err(BackupError::OldFormat { dir: dir.into() }),
        Found::Nothing => Err(BackupError::NoStore { dir: dir.into() }),
    }
}

impl Source {
    pub fn find(data: &DataDir, store: StoreId) -> Result<Source, BackupError> {
        let meta = data.store().join(opening::META);
        let mut files = vec![
            whole(Kind::Meta, opening::META.into(), &meta)?,
            secret(&data.secret())?,
        ];
        let dir = &data.store();
        let mut source = with_newest(&dumps_dir(dir), |newest| find(dir, store, newest))
            .map_err(|findings| BackupError::Damaged { findings })?;
        files.append(&mut source.files);
        files.extend(erasures(&data.erasures())?);
        Ok(Source { files, ..source })
    }
}

fn find(dir: &Path, store: StoreId, dump: Option<&DumpFile>) -> Result<Source, Vec<Finding>> {
    let wrong = |finding| vec![finding];
    let mut files = Vec::new();
    let (mut from, mut upto) = (GroupNumber(0), GroupNumber(0));
    if let Some(dump) = dump {
        let opened = Dump::open(&dump.path).map_err(|error| wrong(error.into()))?;
        if opened.facts().store != store {
            return Err(wrong(Finding::of(
                &dump.path,
                "it belongs to another store",
            )));
        }
        (from, upto) = (opened.facts().from, opened.facts().upto);
        let file = File::open(&dump.path);
        let file = file.map_err(|error| wrong(failed(&dump.path, "opening", &error)))?;
        let bytes = opened.facts().file_bytes;
        files.push(source(Kind::Dump, DUMPS, &dump.path, file, bytes));
    }
    let journal = journal_dir(dir);
    let (segments, last) = segments(&journal, from).map_err(|error| wrong(error.into()))?;
    if last < upto {
        let problem = format!("it ends with group {last}, but the dump holds group {upto}");
        return Err(wrong(Finding::of(&journal, problem)));
    }
    files.extend(segments);
    // What is read here may be in the memory of the system only, and be gone
    // after a power cut. A backup must not know more than the store will then.
    let synced = match files.last() {
        Some(newest) => newest.file.sync_data(),
        None => Ok(()),
    };
    synced
        .and_then(|()| File::open(&journal)?.sync_all())
        .map_err(|error| wrong(failed(&journal, "syncing", &error)))?;
    Ok(Source { from, last, files })
}

/// The segments with what is behind `after`, each to the end of its last whole
/// record, and the last group.
fn segments(
    dir: &Path,
    after: GroupNumber,
) -> Result<(Vec<SourceFile>, GroupNumber), JournalError> {
    let mut reader = JournalReader::open(dir, after, Until::Now)?;
    reader.hold()?;
    let mut files: Vec<SourceFile> = Vec::new();
    loop {
        let has_more = reader.next_group()?.is_some();
        let (path, end) = reader.position();
        match files.last_mut() {
            Some(last) if last.from == path => last.bytes = end,
            _ => files.push(source(Kind::Journal, JOURNAL, path, reader.file()?, end)),
        }
        if !has_more {
            return Ok((files, reader.last()));
        }
    }
}

fn source(kind: Kind, below: &str, path: &Path, file: File, bytes: u64) -> SourceFile {
    let name = path.file_name().expect("it was found in a directory");
    SourceFile {
        kind,
        path: Path::new(below).join(name),
        from: path.into(),
        file,
        bytes,
    }
}

/// The keys, under a name that changes with them: those of the last backup
/// must stay while this one is not finished.
fn secret(path: &Path) -> Result<SourceFile, BackupError> {
    let secret = whole(Kind::Secret, PathBuf::new(), path)?;
    let hash = copy::sha256(&secret.file, secret.bytes);
    let hash = hash.map_err(BackupError::io("reading", path))?;
    Ok(SourceFile {
        path: format!("{SECRET_PREFIX}{}{SECRET_SUFFIX}", &hash[..16]).into(),
        ..secret
    })
}

/// The ledger of erasures, if anybody was erased. It is looked at last, so that
/// it knows everyone who is erased in what is backed up.
fn erasures(path: &Path) -> Result<Option<SourceFile>, BackupError> {
    if !path.exists() {
        return Ok(None);
    }
    let ledger = whole(Kind::Erasures, ERASURES.into(), path)?;
    let bytes = ledger::whole_bytes(&ledger.file).map_err(BackupError::io("reading", path))?;
    Ok(Some(SourceFile { bytes, ..ledger }))
}

fn whole(kind: Kind, name: PathBuf, path: &Path) -> Result<SourceFile, BackupError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => BackupError::NoFile { path: path.into() },
        _ => BackupError::io("opening", path)(error),
    })?;
    let metadata = file.metadata().map_err(BackupError::io("reading", path))?;
    Ok(SourceFile {
        kind,
        path: name,
        from: path.into(),
        file,
        bytes: metadata.len(),
    })
}

fn failed(path: &Path, doing: &str, error: &std::io::Error) -> Finding {
    Finding::of(path, format_args!("{doing} it failed: {error}"))
}
