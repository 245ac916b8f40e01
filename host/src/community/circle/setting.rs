//! What a circle says of itself, and the record of what was changed since its
//! file was written.

use serde::{Deserialize, Serialize};

use super::super::RuleError;
use crate::config::{JoinPolicy, PublisherId};
use crate::store::keys::setting as setting_key;
use crate::store::{StoreError, Transaction};

/// What a circle says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleFacts {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// One or two sentences.
    pub intro: String,
    /// The publisher's name.
    pub publisher: String,
    /// What it is about.
    pub topics: Vec<String>,
    /// How readers become members.
    pub policy: JoinPolicy,
    /// Whether posts wait for a moderator.
    pub pre_approval: bool,
}

/// The circle's own record. It wins over the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// How often it was changed: of two, the later one is the one that counts.
    pub changes: u64,
    /// Who runs the circle, since it was transferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<PublisherId>,
    /// That publisher's own name for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// To whom the owner wants to give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
}

/// A circle offered to another publisher, who has not taken it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// To whom.
    pub to: PublisherId,
    /// When, in milliseconds since 1970.
    pub offered_ms: u64,
}

/// The record of the circle that the transaction is on.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn setting(tx: &mut Transaction) -> Result<Setting, StoreError> {
    let value = tx.get(&setting_key()).await?;
    let read = |value: bytes::Bytes| {
        serde_json::from_slice(&value).map_err(|error| StoreError::Damaged {
            reason: format!("the record of a circle: {error}"),
        })
    };
    Ok(value.map(read).transpose()?.unwrap_or_default())
}

/// Writes a record that was read in the same transaction and changed since.
///
/// # Errors
///
/// When the transaction only reads.
pub fn keep_setting(tx: &mut Transaction, setting: &mut Setting) -> Result<(), RuleError> {
    setting.changes += 1;
    let json = serde_json::to_vec(setting).expect("the record is plain data");
    Ok(tx.put(setting_key(), json.into())?)
}
