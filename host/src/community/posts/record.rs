//! What is kept of a post, and who sees it.

use serde::{Deserialize, Serialize};

use super::{Item, Picture, PostError, PostKind, PostStatus, Rights, Who};
use crate::store::keys::posts::post as post_key;
use crate::store::{Key, StoreError, Transaction};

/// What is kept of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRecord {
    /// What it is.
    pub kind: PostKind,
    /// What became of it.
    pub status: PostStatus,
    /// Why it is held or was refused or removed, in words for its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whose it is.
    pub author: String,
    /// Its words.
    pub text: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
    /// The thing it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
    /// The period a record is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// What a reply answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// When it was posted.
    pub created_ms: u64,
    /// When it was last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_ms: Option<u64>,
    /// Whether a moderator put it first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub featured: bool,
    /// Whether only its author sees it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// Whether anybody could ever see it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seen: bool,
    /// Since when it waits for a moderator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_ms: Option<u64>,
    /// When it was first reported since a moderator last looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_ms: Option<u64>,
    /// How often it was decided about; reports from before are done with.
    #[serde(default)]
    pub decisions: u32,
    /// How many earlier texts there were.
    #[serde(default)]
    pub revisions: u32,
    /// Who took it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_by: Option<Remover>,
}

/// Who took a post away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remover {
    /// Who wrote it.
    Author,
    /// Somebody who keeps order.
    Moderator,
    /// The host, because the author was erased.
    Erasure,
}

/// An earlier text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The text.
    pub text: String,
    /// When it was replaced.
    pub until_ms: u64,
    /// Whether only its author saw it. That stays so, whatever is public now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

impl PostRecord {
    /// Whether anybody sees it, in lists too.
    pub fn is_public(&self) -> bool {
        self.status == PostStatus::Published && !self.private
    }

    /// Whether a moderator is to look at it.
    pub fn waits(&self) -> bool {
        self.status == PostStatus::Held && !self.private
    }

    /// Whether who sees it, and what of it, depends on who looks.
    pub(super) fn is_personal(&self) -> bool {
        match self.status {
            PostStatus::Published => self.private,
            PostStatus::Held | PostStatus::Rejected => true,
            PostStatus::Removed => !self.seen || self.reason.is_some(),
        }
    }

    /// The post as somebody sees it, if they do.
    pub(super) fn seen_by(&self, who: Who<'_>, rights: Rights) -> Option<PostRecord> {
        let is_author = who.member() == Some(self.author.as_str());
        let concerns = is_author || (rights.moderates() && !self.private);
        let is_visible = match self.status {
            PostStatus::Published => !self.private || is_author,
            PostStatus::Held | PostStatus::Rejected => concerns,
            PostStatus::Removed => self.seen || concerns,
        };
        is_visible.then(|| PostRecord {
            reason: self.reason.clone().filter(|_| concerns),
            ..self.clone()
        })
    }
}

/// The record of a post.
pub(super) async fn read(tx: &mut Transaction, id: &str) -> Result<Option<PostRecord>, StoreError> {
    let value = tx.get(&post_key(id)).await?;
    value.map(|value| decode(&value)).transpose()
}

/// The record of a post that must be there, and not be gone.
pub(super) async fn standing(tx: &mut Transaction, id: &str) -> Result<PostRecord, PostError> {
    let record = read(tx, id).await?;
    record
        .filter(|record| record.status != PostStatus::Removed)
        .ok_or(PostError::NotFound("there is no such post"))
}

pub(super) fn decode<T: for<'de> Deserialize<'de>>(value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value).map_err(|error| StoreError::Damaged {
        reason: format!("the record of a post: {error}"),
    })
}

pub(super) fn put(
    tx: &mut Transaction,
    key: Key,
    value: &impl Serialize,
) -> Result<(), StoreError> {
    let value = serde_json::to_vec(value).expect("the record is plain data");
    tx.put(key, value.into())
}
