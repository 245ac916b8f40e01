//! Who is in a circle, and as what.
//!
//! Imports `store`. Which member a reader is, `people` knows; here is what that
//! member may do.

use serde::{Deserialize, Serialize};

use crate::store::keys::membership as membership_key;
use crate::store::{StoreError, Transaction};

/// What a reader is in a circle, from least to most.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Not a member.
    #[default]
    Visitor,
    /// Joined (成员).
    Member,
    /// Put first by the owner (大咖).
    Featured,
    /// Keeps order (管理员).
    Moderator,
    /// Runs the circle (圈主).
    Owner,
}

/// Whether somebody is in the circle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Never joined.
    #[default]
    None,
    /// Asked to join, and waits.
    Waiting,
    /// Is a member.
    Joined,
    /// Was one.
    Left,
    /// May not come back.
    Banned,
}

/// What a circle keeps of somebody who joined, or wanted to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Whether they are in.
    pub standing: Standing,
    /// As what; [`Role::Visitor`] unless they joined.
    pub role: Role,
    /// When they joined, or asked to, in milliseconds since 1970.
    pub since_ms: u64,
    /// When they first became a member, whatever came after; 0 for somebody who
    /// never was one. [`first_joined_ms`](Self::first_joined_ms) reads it.
    #[serde(default)]
    pub first_ms: u64,
    /// Until when they may not post; 0 for somebody who may.
    #[serde(default)]
    pub muted_until_ms: u64,
}

impl Membership {
    /// When they first became a member; 0 for somebody who never was one.
    /// Records of before this was kept say it of their last time.
    pub fn first_joined_ms(&self) -> u64 {
        match (self.first_ms, self.standing) {
            (0, Standing::Joined | Standing::Left) => self.since_ms,
            (first_ms, _) => first_ms,
        }
    }

    /// Whether they may not post at an instant.
    pub fn is_muted(&self, now_ms: u64) -> bool {
        now_ms < self.muted_until_ms
    }
}

/// What a member is in the circle that the transaction is on; nothing yet, for
/// somebody who never joined.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn membership(tx: &mut Transaction, member: &str) -> Result<Membership, StoreError> {
    let value = tx.get(&membership_key(member)).await?;
    let read = |value: bytes::Bytes| {
        serde_json::from_slice(&value).map_err(|error| StoreError::Damaged {
            reason: format!("the record of a membership: {error}"),
        })
    };
    Ok(value.map(read).transpose()?.unwrap_or_default())
}
