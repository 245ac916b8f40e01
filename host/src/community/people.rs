//! Who is who: persons whom publishers vouch for, which of a reader's sessions
//! are over, ids that are good once, and
//! who a reader is in a circle.
//!
//! A reader's own records lie in one of 256 partitions, found by the reader's
//! id ([`Partition::of_reader`]); what a publisher's tokens use up lies in a
//! partition of the publisher. Every function here is one small transaction,
//! or several that may be cut off between any two and run again.
//!
//! Imports `store`, `identity` and `config`. Knows no tokens, no cookies and no
//! clock: who a token speaks of, and when, is passed in.

mod erase;
mod member;
mod rename;
mod session;
mod sign_on;
mod used;

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::erase::{
    Erasure, Errand, Names, circles_noted, erase_in_circle, erasure, errands_of, finish,
    formers_of, shut_out,
};
pub use self::member::{
    Entry, Known, MemberRecord, Where, anonymous, enter, is_known_in_circle, member, member_record,
    recognise,
};
pub use self::rename::{rename_in_circle, renamed};
pub use self::session::{Gate, SessionMark, session_stands, sign_out, sign_out_everywhere};
pub use self::sign_on::{Person, Profile, SignOn, Vouched, person, sign_on};
pub use self::used::{UsedBy, sweep, use_once};
use super::RuleError;
use crate::store::{Access, CommitError, Key, Partition, Store, StoreError, Transaction};

/// Begins a small transaction of the host's own. It is run in a loop until it
/// is [`committed`]: those who touch one reader's records are few, so that ends
/// soon.
async fn begin(store: &Arc<dyn Store>, partition: &Partition) -> Result<Transaction, StoreError> {
    Transaction::begin(Arc::clone(store), partition, Access::Write).await
}

/// Commits; `false` if somebody else's commit came first.
async fn committed(tx: Transaction) -> Result<bool, RuleError> {
    match tx.commit().await {
        Ok(_seq) => Ok(true),
        Err(CommitError::Conflict) => Ok(false),
        Err(CommitError::Store(error)) => Err(error.into()),
        Err(CommitError::Quota(reached)) => Err(RuleError::Quota(reached.to_string())),
    }
}

/// A record that is JSON.
async fn read<T: DeserializeOwned>(
    tx: &mut Transaction,
    key: &Key,
) -> Result<Option<T>, StoreError> {
    let value = tx.get(key).await?;
    value.map(|value| decode(&value)).transpose()
}

fn write(tx: &mut Transaction, key: Key, record: &impl Serialize) -> Result<(), StoreError> {
    let json = serde_json::to_vec(record).expect("records are strings, numbers and lists");
    tx.put(key, Bytes::from(json))
}

fn decode<T: DeserializeOwned>(value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|error| StoreError::Damaged {
        reason: format!("a record of people cannot be read: {error}"),
    })
}

#[cfg(test)]
mod tests;
