//! This host's secret keys, and the file they live in.
//!
//! ```text
//! # comment
//! root BASE64                          derives ids of members and readers
//! sign k1 BASE64 retired 2026-01-02T03:04:05Z
//! sign k2 BASE64                       the last one that is not retired signs
//! ```
//!
//! The root is never rotated: ids in the store hang on it. Signing keys are
//! rotated by [`rotate`]; offers signed by a retired one are honoured for a day
//! more, sessions for as long as the line stays. Every use has a key of its
//! own, derived by HMAC under the use's name, and the secrets themselves are
//! not kept in memory. Nothing here ever prints one.

mod file;

use std::fmt;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use file::{Lines, SignLine};

/// How long offers signed by a retired key are honoured.
pub const RETIRED_OFFER_AGE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Every key of this host, ready for use.
pub struct Keys {
    member: Hmac<Sha256>,
    anonymous: Hmac<Sha256>,
    person: Hmac<Sha256>,
    receipt: Hmac<Sha256>,
    mark: Hmac<Sha256>,
    form: Hmac<Sha256>,
    artifact: Hmac<Sha256>,
    /// In the order of the file. Never empty.
    signing: Vec<SigningKey>,
    /// Index of the one that signs.
    current: usize,
}

/// What a signature is for; no signature serves another purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Offer,
    Session,
    Ticket,
}

/// What is wrong with the key file, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("cannot {doing} the key file {path}: {source}")]
    Io {
        /// `read`, `create` or `replace`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// Others than its owner may read or write it.
    #[error(
        "the key file {path} has mode {mode:04o}, so others may read this host's secrets; \
         run: chmod 600 {path}"
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is something else than a file.
    #[error(
        "{path} is not a regular file; move it away and start again to have new keys made, \
         or put the key file of your backup there"
    )]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// A line is wrong.
    #[error("{path}:{line}: {problem}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong and what to do; never a secret.
        problem: String,
    },
    /// Something is missing as a whole.
    #[error("{path}: {problem}")]
    Whole {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl Keys {
    /// Loads the key file; makes one, mode 0600, where there is none.
    pub fn load_or_create(path: &Path, now: Timestamp) -> Result<Keys, KeyFileError> {
        let lines = match file::read(path)? {
            Some(lines) => lines,
            None => file::create(path, now)?,
        };
        Ok(Keys::derive(&lines))
    }

    /// Names of all keys that verify, the signing one last; for logs.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.signing.iter().map(|key| key.id.as_str())
    }

    pub(crate) fn signer(&self, purpose: Purpose) -> (&str, Hmac<Sha256>) {
        let key = &self.signing[self.current];
        (&key.id, key.mac(purpose))
    }

    pub(crate) fn verifier(
        &self,
        purpose: Purpose,
        id: &str,
        now: Timestamp,
    ) -> Option<Hmac<Sha256>> {
        let key = self.signing.iter().find(|key| key.id == id)?;
        let good = match (purpose, key.retired_at) {
            (Purpose::Session, _) | (_, None) => true,
            (Purpose::Offer | Purpose::Ticket, Some(at)) => {
                now.duration_since(at) <= RETIRED_OFFER_AGE_MAX
            }
        };
        good.then(|| key.mac(purpose))
    }

    pub(crate) fn derive_member(&self, parts: &[&[u8]]) -> [u8; 16] {
        first_half(mac_of(&self.member, parts))
    }

    pub(crate) fn derive_anonymous(&self, parts: &[&[u8]]) -> [u8; 16] {
        first_half(mac_of(&self.anonymous, parts))
    }

    pub(crate) fn derive_person(&self, parts: &[&[u8]]) -> [u8; 16] {
        first_half(mac_of(&self.person, parts))
    }

    pub(crate) fn derive_receipt(&self, parts: &[&[u8]]) -> [u8; 16] {
        first_half(mac_of(&self.receipt, parts))
    }

    /// What tells one member's file of a picture from another's.
    pub(crate) fn derive_mark(&self, parts: &[&[u8]]) -> [u8; 16] {
        first_half(mac_of(&self.mark, parts))
    }

    /// The key that seals compiled plugins.
    pub(crate) fn artifact_seal(&self) -> [u8; 32] {
        mac_of(&self.artifact, &[])
    }

    pub(crate) fn derive_form_key(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac_of(&self.form, parts)
    }

    fn derive(lines: &Lines) -> Keys {
        let signing: Vec<SigningKey> = lines.sign.iter().map(SigningKey::derive).collect();
        let current = signing
            .iter()
            .rposition(|key| key.retired_at.is_none())
            .expect("the file is refused without an unretired key");
        Keys {
            member: subkey(&lines.root, "member id"),
            anonymous: subkey(&lines.root, "anonymous reader"),
            person: subkey(&lines.root, "person"),
            receipt: subkey(&lines.root, "erasure receipt"),
            mark: subkey(&lines.root, "mark of a picture"),
            form: subkey(&lines.root, "form key"),
            artifact: subkey(&lines.root, "artifact seal"),
            signing,
            current,
        }
    }
}

/// Retires the signing key and adds a new one; gives the new keys.
///
/// A running host reads its file at start only: restart it within a day.
pub fn rotate(path: &Path, now: Timestamp) -> Result<Keys, KeyFileError> {
    file::rotate(path, now).map(|lines| Keys::derive(&lines))
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("ids", &self.ids().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

struct SigningKey {
    id: String,
    retired_at: Option<Timestamp>,
    // Keyed once; a signature clones the state, which saves two of the four
    // hash blocks of a short HMAC.
    offer: Hmac<Sha256>,
    session: Hmac<Sha256>,
    ticket: Hmac<Sha256>,
}

impl SigningKey {
    fn derive(line: &SignLine) -> SigningKey {
        SigningKey {
            id: line.id.clone(),
            retired_at: line.retired_at,
            offer: subkey(&line.secret, "offer"),
            session: subkey(&line.secret, "session"),
            ticket: subkey(&line.secret, "ticket"),
        }
    }

    fn mac(&self, purpose: Purpose) -> Hmac<Sha256> {
        match purpose {
            Purpose::Offer => self.offer.clone(),
            Purpose::Session => self.session.clone(),
            Purpose::Ticket => self.ticket.clone(),
        }
    }
}

fn subkey(secret: &[u8; 32], name: &str) -> Hmac<Sha256> {
    let derived = keyed(secret)
        .chain_update("quanka v1 ")
        .chain_update(name)
        .finalize()
        .into_bytes();
    keyed(&derived.into())
}

fn keyed(secret: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes keys of any length")
}

/// Lengths go first, so that no two lists of parts are the same bytes.
fn mac_of(key: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = key.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn first_half(mac: [u8; 32]) -> [u8; 16] {
    *mac.first_chunk().expect("16 of 32 bytes")
}

#[cfg(test)]
mod tests;
