//! The key file on disk: read, checked, made, replaced.

use std::fs::{DirBuilder, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use tempfile::NamedTempFile;

use crate::identity::keys::KeyFileError;

/// What the file says.
pub(super) struct Lines {
    pub root: [u8; 32],
    pub sign: Vec<SignLine>,
}

pub(super) struct SignLine {
    pub id: String,
    pub secret: [u8; 32],
    pub retired_at: Option<Timestamp>,
}

/// Reads the file; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<Lines>, KeyFileError> {
    match read_text(path)? {
        Some(text) => parse(path, &text).map(Some),
        None => Ok(None),
    }
}

/// Makes a new file. If another process made one meanwhile, that one counts.
pub(super) fn create(path: &Path, now: Timestamp) -> Result<Lines, KeyFileError> {
    let text = format!(
        "{HEADER}# Made {now:.0}.\nroot {}\nsign k1 {}\n",
        new_secret(path)?,
        new_secret(path)?
    );
    let dir = directory(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|source| io_error("create", path, source))?;
    let written = write_temporary(dir, &text)
        .and_then(|file| file.persist_noclobber(path).map_err(|error| error.error))
        .and_then(|_| sync_directory(dir));
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(source) => return Err(io_error("create", path, source)),
    }
    let gone = || io_error("read", path, io::ErrorKind::NotFound.into());
    read(path)?.ok_or_else(gone)
}

/// Marks what signs now as retired and appends a new key.
pub(super) fn rotate(path: &Path, now: Timestamp) -> Result<Lines, KeyFileError> {
    let missing = || io_error("read", path, io::ErrorKind::NotFound.into());
    let old = read_text(path)?.ok_or_else(missing)?;
    let lines = parse(path, &old)?;
    let mut text = String::with_capacity(old.len() + 256);
    for line in old.lines() {
        text.push_str(line.trim_end());
        if signs(line) {
            text.push_str(&format!(" retired {now:.0}"));
        }
        text.push('\n');
    }
    text.push_str(&format!("sign {} {}\n", next_id(&lines), new_secret(path)?));
    let dir = directory(path);
    write_temporary(dir, &text)
        .and_then(|file| file.persist(path).map_err(|error| error.error))
        .and_then(|_| sync_directory(dir))
        .map_err(|source| io_error("replace", path, source))?;
    parse(path, &text)
}

const HEADER: &str = "\
# Secret keys of this host. Whoever reads them can act as any reader: keep the
# file at mode 0600, back it up with the data, and never commit it.
#   root SECRET                        derives ids; changing it orphans the data
#   sign NAME SECRET [retired INSTANT] signs offers and sessions; the last one
#                                      that is not retired signs
# A retired key's offers are good for a day more, its sessions for as long as
# its line stays here. If a key leaked, retire it, add another, and remove the
# old line: what it signed ends at the next start.
";

/// Some hundred keys; whatever is longer is another file.
const FILE_BYTES_MAX: u64 = 65_536;
const ID_CHARS_MAX: usize = 16;

fn read_text(path: &Path) -> Result<Option<String>, KeyFileError> {
    let read_error = |source| io_error("read", path, source);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(read_error(source)),
    };
    // Of the open file, not of the path, which may change in between.
    let meta = file.metadata().map_err(read_error)?;
    if !meta.is_file() {
        return Err(KeyFileError::NotAFile { path: path.into() });
    }
    let mode = meta.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers {
            path: path.into(),
            mode,
        });
    }
    if meta.len() > FILE_BYTES_MAX {
        return Err(whole(
            path,
            format!("longer than {FILE_BYTES_MAX} bytes, so this is no key file"),
        ));
    }
    let mut text = String::new();
    file.take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(read_error)?;
    Ok(Some(text))
}

fn parse(path: &Path, text: &str) -> Result<Lines, KeyFileError> {
    let mut root = None;
    let mut sign: Vec<SignLine> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let at = |problem: String| KeyFileError::Line {
            path: path.into(),
            line: index + 1,
            problem,
        };
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [comment, ..] if comment.starts_with('#') => {}
            ["root", ..] if root.is_some() => {
                return Err(at("a second `root`; keep the older one".into()));
            }
            ["root", text] => root = Some(secret(text).map_err(at)?),
            ["sign", id, rest @ ..] => {
                let line = sign_line(id, rest).map_err(at)?;
                if sign.iter().any(|known| known.id == line.id) {
                    return Err(at(format!("a second key `{id}`; give it another name")));
                }
                sign.push(line);
            }
            // The words are not shown: a secret may be among them.
            _ => {
                return Err(at(
                    "not `root SECRET`, `sign NAME SECRET [retired INSTANT]` or a `#` comment; \
                     restore the line from a backup"
                        .into(),
                ));
            }
        }
    }
    let Some(root) = root else {
        return Err(whole(
            path,
            "no `root` line; restore the file from a backup (a new root orphans all data)".into(),
        ));
    };
    if !sign.iter().any(|key| key.retired_at.is_none()) {
        return Err(whole(
            path,
            "no `sign` line that is not retired; add `sign NAME SECRET`, \
             where SECRET is what `head -c 32 /dev/urandom | base64` prints"
                .into(),
        ));
    }
    Ok(Lines { root, sign })
}

fn sign_line(id: &str, rest: &[&str]) -> Result<SignLine, String> {
    let good = id
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !good || id.len() > ID_CHARS_MAX {
        return Err(format!(
            "a key's name is 1 to {ID_CHARS_MAX} of a-z and 0-9"
        ));
    }
    let (text, retired_at) = match rest {
        [text] => (text, None),
        [text, "retired", instant] => {
            let instant = instant
                .parse()
                .map_err(|_| "after `retired` comes an instant such as 2026-01-02T03:04:05Z")?;
            (text, Some(instant))
        }
        _ => return Err("a signing key is `sign NAME SECRET [retired INSTANT]`".into()),
    };
    Ok(SignLine {
        id: id.into(),
        secret: secret(text)?,
        retired_at,
    })
}

fn secret(text: &str) -> Result<[u8; 32], String> {
    STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            "the secret is not 32 bytes in base64 (44 characters); \
             restore the line from a backup"
                .into()
        })
}

/// Whether this line of a checked file is a key that is not retired.
fn signs(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    matches!(words.as_slice(), ["sign", _, _])
}

/// The next free `kN`.
fn next_id(lines: &Lines) -> String {
    let newest = lines
        .sign
        .iter()
        .filter_map(|key| key.id.strip_prefix('k')?.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    format!("k{}", newest + 1)
}

fn new_secret(path: &Path) -> Result<String, KeyFileError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| io_error("create", path, io::Error::other(error.to_string())))?;
    Ok(STANDARD.encode(bytes))
}

fn write_temporary(dir: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".secret.key.")
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes a rename in it last.
fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

fn io_error(doing: &'static str, path: &Path, source: io::Error) -> KeyFileError {
    KeyFileError::Io {
        doing,
        path: path.into(),
        source,
    }
}

fn whole(path: &Path, problem: String) -> KeyFileError {
    KeyFileError::Whole {
        path: path.into(),
        problem,
    }
}
