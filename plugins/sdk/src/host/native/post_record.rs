//! What is kept of a post.

use std::collections::{BTreeMap, BTreeSet};

use super::wit;
use wit::posts::{Item, Picture, PostKind, PostStatus};

/// Whose a post is whose author was erased.
pub(crate) const ERASED_AUTHOR: &str = "m_gone";

/// A post, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PostRecord {
    pub id: String,
    pub kind: PostKind,
    pub status: PostStatus,
    pub reason: Option<String>,
    pub author: String,
    pub text: String,
    pub tags: Vec<String>,
    pub pictures: Vec<Picture>,
    pub item: Option<Item>,
    pub period: Option<String>,
    pub parent: Option<String>,
    pub created_ms: u64,
    pub edited_ms: Option<u64>,
    pub featured: bool,
    pub private: bool,
    /// Whether it was ever public: then others see its tombstone.
    pub seen: bool,
    /// Whether its author took it away, or was erased.
    pub taken_back: bool,
    /// Since when it waits.
    pub held_ms: u64,
    /// Earlier texts, first to last.
    pub revisions: Vec<Earlier>,
    pub reactions: BTreeMap<String, BTreeSet<String>>,
}

/// A text that was replaced.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Earlier {
    pub text: String,
    pub until_ms: u64,
    /// Whether only its author saw it, which stays so.
    pub private: bool,
}

impl PostRecord {
    /// Leaves nothing of it but that it was there.
    pub(super) fn bury(&mut self, reason: Option<String>) {
        self.status = PostStatus::Removed;
        self.reason = reason;
        self.text.clear();
        self.tags.clear();
        self.pictures.clear();
        self.item = None;
        self.period = None;
        self.featured = false;
        self.revisions.clear();
    }

    /// The same, and nobody's, when its author is erased.
    pub(super) fn bury_erased(&mut self) {
        self.bury(None);
        self.taken_back = true;
        ERASED_AUTHOR.clone_into(&mut self.author);
    }

    pub(super) fn is_public(&self) -> bool {
        self.status == PostStatus::Published && !self.private
    }

    pub(super) fn waits(&self) -> bool {
        self.status == PostStatus::Held && !self.private
    }

    pub(super) fn reaction_count(&self) -> u64 {
        self.reactions.values().map(|by| by.len() as u64).sum()
    }

    /// Whether it depends on who looks.
    pub(super) fn is_personal(&self) -> bool {
        match self.status {
            PostStatus::Published => self.private,
            PostStatus::Held | PostStatus::Rejected => true,
            PostStatus::Removed => !self.seen || self.reason.is_some(),
        }
    }
}
