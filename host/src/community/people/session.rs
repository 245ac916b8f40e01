//! Which sessions of a reader are over.
//!
//! A session is a signed token and is looked up nowhere, but for one question:
//! is it over before its time? The answer is one record a reader, and most
//! readers have none, so that asking costs one look for a key that is not
//! there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{RuleError, begin, committed, decode, read, write};
use crate::identity::ReaderId;
use crate::store::keys::{gate, people_expiry, person};
use crate::store::{Key, Partition, Store, StoreError, Transaction};

/// What of a session tells whether it is over.
#[derive(Clone, Copy, Debug)]
pub struct SessionMark<'a> {
    /// Whose it is.
    pub reader: &'a ReaderId,
    /// Its own id.
    pub id: &'a str,
    /// When it began. Finer than a second, or else a session that begins in
    /// the second in which all were ended is one of them.
    pub issued_at_ms: u64,
}

/// What stands between a reader and their sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gate {
    /// Sessions that began up to here are over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_upto_ms: Option<u64>,
    /// Sessions that were signed out one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<Revoked>,
    /// Why there is no such reader any more, if there is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// A session that was signed out before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// The session.
    pub id: String,
    /// When it would have been over anyway.
    pub expires_at_ms: u64,
}

/// How a reader came to an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// An anonymous reader signed in, and goes on as this person.
    SignedOnAs(ReaderId),
    /// They were erased.
    Erased {
        /// When.
        at_ms: u64,
    },
}

impl Gate {
    /// Whether the reader was erased.
    pub fn is_erased(&self) -> bool {
        matches!(self.ended, Some(Ended::Erased { .. }))
    }

    fn lets_in(&self, session: SessionMark<'_>) -> bool {
        self.ended.is_none()
            && self
                .out_upto_ms
                .is_none_or(|upto| session.issued_at_ms > upto)
            && self.revoked.iter().all(|revoked| revoked.id != session.id)
    }

    /// Notes that a session is over. There is room for a number of them; with
    /// one more, all that began up to now are over: signing out ends too much
    /// rather than too little.
    fn revoke(&mut self, session: Revoked, now_ms: u64) {
        self.prune(now_ms);
        if self.revoked.iter().any(|revoked| revoked.id == session.id) {
            return;
        }
        if self.revoked.len() < REVOKED_MAX {
            self.revoked.push(session);
        } else {
            self.revoked.clear();
            self.out_upto_ms = self.out_upto_ms.max(Some(now_ms));
        }
    }

    /// Forgets sessions that are over anyway.
    fn prune(&mut self, now_ms: u64) {
        self.revoked
            .retain(|revoked| revoked.expires_at_ms > now_ms);
    }

    pub(super) async fn read(tx: &mut Transaction, reader: &ReaderId) -> Result<Gate, StoreError> {
        Ok(read(tx, &gate(reader.as_str())).await?.unwrap_or_default())
    }

    pub(super) fn write(&self, tx: &mut Transaction, reader: &ReaderId) -> Result<(), StoreError> {
        let key = gate(reader.as_str());
        match *self == Gate::default() {
            true => tx.delete(key),
            false => write(tx, key, self),
        }
    }
}

/// Sessions of one reader that can be signed out one by one at a time.
const REVOKED_MAX: usize = 64;

/// Whether a session is still good: not signed out, not signed out everywhere
/// since it began, and its reader neither erased nor, if they were anonymous,
/// signed in since. A person is known here, or has no session.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn session_stands(
    store: &Arc<dyn Store>,
    session: SessionMark<'_>,
) -> Result<bool, StoreError> {
    let partition = Partition::of_reader(session.reader.as_str());
    // Without a transaction: nothing is written, and what was read matters to
    // nobody later.
    let snapshot = store.snapshot(&partition).await?;
    let reader = session.reader;
    if let Some(value) = store.get(&snapshot, &gate(reader.as_str())).await?
        && !decode::<Gate>(&value)?.lets_in(session)
    {
        return Ok(false);
    }
    // A backup that was restored may be older than the person.
    Ok(reader.is_anonymous()
        || store
            .get(&snapshot, &person(reader.as_str()))
            .await?
            .is_some())
}

/// Ends one session, which would last until `expires_at_ms`. Again does
/// nothing.
///
/// # Errors
///
/// When the store fails.
pub async fn sign_out(
    store: &Arc<dyn Store>,
    session: SessionMark<'_>,
    expires_at_ms: u64,
    now_ms: u64,
) -> Result<(), RuleError> {
    let reader = session.reader;
    let partition = Partition::of_reader(reader.as_str());
    loop {
        let mut tx = begin(store, &partition).await?;
        let mut gate = Gate::read(&mut tx, reader).await?;
        if !gate.lets_in(session) {
            return Ok(());
        }
        let revoked = Revoked {
            id: session.id.to_owned(),
            expires_at_ms,
        };
        gate.revoke(revoked, now_ms);
        gate.write(&mut tx, reader)?;
        note_expiry(&mut tx, reader, expires_at_ms)?;
        if committed(tx).await? {
            return Ok(());
        }
    }
}

/// Ends every session of a reader that began up to now.
///
/// # Errors
///
/// When the store fails.
pub async fn sign_out_everywhere(
    store: &Arc<dyn Store>,
    reader: &ReaderId,
    now_ms: u64,
) -> Result<(), RuleError> {
    let partition = Partition::of_reader(reader.as_str());
    loop {
        let mut tx = begin(store, &partition).await?;
        let mut gate = Gate::read(&mut tx, reader).await?;
        gate.prune(now_ms);
        gate.out_upto_ms = gate.out_upto_ms.max(Some(now_ms));
        gate.write(&mut tx, reader)?;
        if committed(tx).await? {
            return Ok(());
        }
    }
}

/// Has the sweep look at the reader's gate when a session is over.
fn note_expiry(
    tx: &mut Transaction,
    reader: &ReaderId,
    expires_at_ms: u64,
) -> Result<(), RuleError> {
    let key = gate(reader.as_str());
    let value = key.to_vec();
    Ok(tx.put(people_expiry(expires_at_ms, &key), value.into())?)
}

/// For the sweep: forgets what of a gate is over anyway.
pub(super) async fn prune(tx: &mut Transaction, key: Key, now_ms: u64) -> Result<(), StoreError> {
    let Some(mut gate) = read::<Gate>(tx, &key).await? else {
        return Ok(());
    };
    gate.prune(now_ms);
    match gate == Gate::default() {
        true => tx.delete(key),
        false => write(tx, key, &gate),
    }
}
