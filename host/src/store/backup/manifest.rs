//! `backup.toml`: what a backup consists of. It is replaced last, so whatever
//! it names is there.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{BackupError, copy};
use crate::store::disk::Disk;
use crate::store::journal::{GroupNumber, StoreId};

pub(super) const NAME: &str = "backup.toml";
/// The format this version writes, and the newest it reads.
const FORMAT: u32 = 2;
/// Far more than any has.
const BYTES_MAX: u64 = 16 << 20;

/// What `backup.toml` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: u32,
    store: String,
    /// When, for people.
    made: String,
    /// `None` while the first backup into a directory has not been finished.
    pub content: Option<Content>,
}

/// What a finished backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    /// Everything up to this group is in the dump.
    pub from: u64,
    /// The last group of the journal.
    pub last: u64,
    pub file: Vec<FileEntry>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileEntry {
    pub kind: Kind,
    /// Below the backup's directory.
    pub path: PathBuf,
    /// How much of it counts: a segment of the journal may have grown since.
    pub bytes: u64,
    /// Of these bytes.
    pub sha256: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Meta,
    Secret,
    Erasures,
    Dump,
    Journal,
}

impl Kind {
    /// Whether a file of this kind is appended to, and may be longer than the
    /// part that counts.
    pub fn grows(self) -> bool {
        matches!(self, Kind::Journal | Kind::Erasures)
    }
}

impl Manifest {
    pub fn new(store: StoreId, made: Timestamp, content: Option<Content>) -> Manifest {
        Manifest {
            format: FORMAT,
            store: store.to_string(),
            made: format!("{made:.0}"),
            content,
        }
    }

    /// The manifest of a directory; `None` if it has none.
    pub fn read(dir: &Path) -> Result<Option<Manifest>, BackupError> {
        let path = dir.join(NAME);
        let failed = |source| BackupError::io("reading", &path)(source);
        match std::fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
            Ok(metadata) if metadata.len() > BYTES_MAX => {
                return Err(BackupError::Manifest {
                    path,
                    problem: "it is too long".into(),
                });
            }
            Ok(_) => {}
        }
        let bytes = std::fs::read(&path).map_err(failed)?;
        let manifest = std::str::from_utf8(&bytes)
            .map_err(|_| Unreadable::Damaged("it is no text".into()))
            .and_then(parse);
        match manifest {
            Ok(manifest) => Ok(Some(manifest)),
            Err(Unreadable::Damaged(problem)) => Err(BackupError::Manifest { path, problem }),
            Err(Unreadable::Newer(found)) => Err(BackupError::NewerFormat {
                path,
                found,
                known: FORMAT,
            }),
        }
    }

    /// Puts it in the place of the one before.
    pub fn write(&self, disk: &Disk, dir: &Path) -> Result<(), BackupError> {
        copy::write_small(disk, &dir.join(NAME), self.text().as_bytes())?;
        copy::sync_dir(disk, dir)
    }

    pub fn store(&self) -> StoreId {
        parse_id(&self.store).expect("checked when it was read")
    }

    fn text(&self) -> String {
        let body = toml::to_string(self).expect("strings, numbers and tables");
        let text = format!("{HEADER}{body}");
        format!("{}\n{text}", seal(&text))
    }
}

impl Content {
    pub fn from(&self) -> GroupNumber {
        GroupNumber(self.from)
    }

    pub fn last(&self) -> GroupNumber {
        GroupNumber(self.last)
    }

    pub fn files(&self, kind: Kind) -> impl Iterator<Item = &FileEntry> {
        self.file.iter().filter(move |file| file.kind == kind)
    }

    pub fn file(&self, path: &Path) -> Option<&FileEntry> {
        self.file.iter().find(|file| file.path == path)
    }
}

const HEADER: &str = "\
# A backup made by `quanka backup`. Check it with `quanka verify DIR`, bring it
# back with `quanka restore DIR --data NEW`. One of the files is the host's
# secret key: keep this directory as safe as the host itself.
";

/// The first line, for what comes behind it.
fn seal(text: &str) -> String {
    format!("# sha256 {}", hex(&Sha256::digest(text)))
}

/// No bit of the text can be another than the one written.
fn parse(text: &str) -> Result<Manifest, Unreadable> {
    let damaged = |problem: &str| Unreadable::Damaged(problem.into());
    let text = match text.split_once('\n') {
        Some((sealed, text)) if sealed == seal(text) => text,
        _ => return Err(damaged("its checksum does not hold")),
    };
    let parsed = |error: toml::de::Error| damaged(error.message());
    let Format { format } = toml::from_str(text).map_err(parsed)?;
    if format > FORMAT {
        return Err(Unreadable::Newer(format));
    }
    let manifest: Manifest = toml::from_str(text).map_err(parsed)?;
    if parse_id(&manifest.store).is_none() {
        return Err(damaged("`store` is no id"));
    }
    let files = manifest.content.iter().flat_map(|content| &content.file);
    for file in files {
        let is_inside = |part| matches!(part, Component::Normal(_));
        if !file.path.components().all(is_inside) {
            return Err(damaged("the path of a file leads outside"));
        }
    }
    Ok(manifest)
}

enum Unreadable {
    Newer(u32),
    Damaged(String),
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn parse_id(hex: &str) -> Option<StoreId> {
    let id = u128::from_str_radix(hex, 16).ok()?;
    (hex.len() == 32).then(|| StoreId(id.to_be_bytes()))
}
