//! Pictures that members gave: the record of each, in its circle.
//!
//! The picture itself is a file of the host's, named by its content; here is
//! what it is and whose, so that a post takes only what its author uploaded.

use serde::{Deserialize, Serialize};

use crate::store::keys::media as media_key;
use crate::store::{StoreError, Transaction};

/// What an `image` of a view begins with when its picture is the host's own.
pub const SOURCE_PREFIX: &str = "media:";

/// What a circle keeps of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRecord {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Of the file.
    pub bytes: u64,
    /// Who gave it, as the circle knows them.
    pub member: String,
    /// When.
    pub at_ms: u64,
    /// In how many posts it stands. One that stands in none is removed after
    /// a while.
    #[serde(default)]
    pub uses: u32,
}

/// The record of a picture by its id, the hash of its file.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn media(tx: &mut Transaction, id: &str) -> Result<Option<MediaRecord>, StoreError> {
    let value = tx.get(&media_key(id)).await?;
    let read = |value: bytes::Bytes| {
        serde_json::from_slice(&value).map_err(|error| StoreError::Damaged {
            reason: format!("the record of a picture: {error}"),
        })
    };
    value.map(read).transpose()
}

/// Writes the record of a picture.
///
/// # Errors
///
/// When the transaction only reads.
pub fn keep(tx: &mut Transaction, id: &str, record: &MediaRecord) -> Result<(), StoreError> {
    let value = serde_json::to_vec(record).expect("the record is plain data");
    tx.put(media_key(id), value.into())
}
