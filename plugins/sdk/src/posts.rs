//! What members say. Posts belong to the circle and not to the card: its other
//! cards and its page show them, and the host moderates, counts, exports and
//! erases them.
//!
//! ```
//! # use quanka_card::prelude::*;
//! # fn render() -> Result<Element> {
//! let best = posts::query().hot().tag("跑步").limit(10).page();
//! Ok(each_post(&best.posts))
//! # }
//! # fn each_post(posts: &[Post]) -> Element {
//! column(each(posts, |post| {
//!     row((said_post(post).max_lines(4), stat("赞", post.reactions("like"))))
//! }))
//! # }
//! # fn handle(action: &Action) -> Result<Outcome> {
//! let post = posts::draft(PostKind::Short)
//!     .text(action.value("text").unwrap_or_default())
//!     .tag("跑步")
//!     .publish()?;
//! Ok(Outcome::success(match post.status {
//!     PostStatus::Held => "等管理员看过就会出现",
//!     _ => "已发布",
//! }))
//! # }
//! ```
//!
//! Show a post's words with [`said_post`](crate::view::said_post), its author
//! with [`avatar`](crate::view::avatar), its pictures with
//! [`picture`](crate::view::picture): the host puts in names, and takes out
//! what was removed since. What changes posts acts in the name of the reader,
//! so it works in [`Card::handle`](crate::Card::handle) alone.

mod draft;
mod list;
mod tag;

use serde::{Deserialize, Serialize};

use crate::bindings::imports::quanka::card::posts as wit;
use crate::time::Timestamp;
use crate::{Error, Result, host};

pub use draft::{Draft, draft, item};
pub use list::{Held, Mine, PostPage, Query, Replies, held, mine, query, replies};
pub use tag::{TAG_CHARS_MAX, tag};
pub use wit::{Item, PostKind, PostPicture, PostStatus, ReactionCount, TagCount};

/// What the host's own pictures are called in a view.
const MEDIA_PREFIX: &str = "media:";

/// What a member said.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    /// Opaque, at most 64 bytes.
    pub id: String,
    /// What kind of post it is.
    pub kind: PostKind,
    /// Who can see it.
    pub status: PostStatus,
    /// Why it is held or was refused or removed, in words for its author.
    pub reason: Option<String>,
    /// The member who said it.
    pub author: String,
    /// What they said; empty once it is removed.
    pub text: String,
    /// What it is about.
    pub tags: Vec<String>,
    /// For [`picture`](crate::view::picture).
    pub pictures: Vec<PostPicture>,
    /// The thing it is about.
    pub item: Option<Item>,
    /// For a record: the period it is of.
    pub period: Option<String>,
    /// For a reply: what it answers.
    pub parent: Option<String>,
    /// When it was posted.
    pub created: Timestamp,
    /// When it was last edited, if it was.
    pub edited: Option<Timestamp>,
    /// Whether a moderator put it first.
    pub featured: bool,
    /// Whether only its author sees it.
    pub private: bool,
    /// How often each reaction was given; see [`Post::reactions`].
    pub reaction_counts: Vec<ReactionCount>,
    /// Published replies.
    pub replies: u32,
}

/// An earlier text of a post.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// What it said.
    pub text: String,
    /// When that was replaced.
    pub until: Timestamp,
}

impl Post {
    /// How often a reaction was given.
    pub fn reactions(&self, reaction: &str) -> u64 {
        self.reaction_counts
            .iter()
            .find(|count| count.reaction == reaction)
            .map_or(0, |count| count.count)
    }

    /// Whether anybody can see it.
    pub fn is_published(&self) -> bool {
        self.status == PostStatus::Published && !self.private
    }

    /// Which text of it this is, for [`approve`].
    pub fn seen(&self) -> Seen {
        Seen::new(&*self.id, self.edited)
    }

    /// Whether a reader wrote it.
    pub fn is_by(&self, reader: &crate::Reader) -> bool {
        reader.member.as_deref() == Some(&self.author)
    }

    pub(crate) fn from_wit(post: wit::Post) -> Self {
        Self {
            id: post.id,
            kind: post.kind,
            status: post.status,
            reason: post.reason,
            author: post.author,
            text: post.text,
            tags: post.tags,
            pictures: post.pictures,
            item: post.item,
            period: post.period,
            parent: post.parent,
            created: Timestamp::from_ms(post.created),
            edited: post.edited.map(Timestamp::from_ms),
            featured: post.featured,
            private: post.private,
            reaction_counts: post.reactions,
            replies: post.replies,
        }
    }
}

/// A post; none if there never was one, or this reader may not see it. A held,
/// refused or private post makes a view private.
pub fn get(id: &str) -> Option<Post> {
    host::posts_get(id).map(Post::from_wit)
}

/// Replaces text, tags, pictures, item and whether it is private; for its
/// author. The earlier text is kept in the [`history`]. Begin with
/// [`Draft::of`], so that what is not edited stays.
///
/// # Errors
/// As [`Draft::publish`].
pub fn edit(id: &str, draft: Draft) -> Result<Post> {
    host::posts_edit(id, &draft.into_wit())
        .map(Post::from_wit)
        .map_err(Error::from_wit)
}

/// Takes a post away; for its author, a moderator or the owner.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn remove(id: &str) -> Result<()> {
    host::posts_remove(id, None).map_err(Error::from_wit)
}

/// Takes a post away, and tells its author why: 1 to 200 characters.
///
/// # Errors
/// `Denied`, `NotFound`, `Invalid` (the reason).
pub fn remove_because(id: &str, reason: &str) -> Result<()> {
    host::posts_remove(id, Some(reason)).map_err(Error::from_wit)
}

/// Earlier texts, last first; for its author, moderators and the owner, and
/// empty for anybody else. What was private when it was replaced is for its
/// author alone. Makes a view private.
pub fn history(id: &str) -> Vec<Revision> {
    host::posts_history(id)
        .into_iter()
        .map(|revision| Revision {
            text: revision.text,
            until: Timestamp::from_ms(revision.until),
        })
        .collect()
}

/// The tags most used by published posts: `limit` is 1 to 100.
pub fn tags(limit: u32) -> Vec<TagCount> {
    host::posts_tags(limit)
}

/// Gives a post a reaction (`[a-z][a-z0-9-]*`, at most 32 bytes) in the name of
/// the reader, who must be a member; one of each kind. Says whether it is new.
/// Never conflicts with others' reactions.
///
/// # Errors
/// `Denied`, `NotFound`, `Quota`.
pub fn react(id: &str, reaction: &str) -> Result<bool> {
    host::posts_react(id, reaction).map_err(Error::from_wit)
}

/// Takes a reaction back. Says whether it was there.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn unreact(id: &str, reaction: &str) -> Result<bool> {
    host::posts_unreact(id, reaction).map_err(Error::from_wit)
}

/// What this reader gave to each of these posts (at most 50), in their order.
/// Makes a view private.
///
/// ```
/// # use quanka_card::prelude::*;
/// # fn render(best: &[Post]) -> Element {
/// let mine = posts::my_reactions(best.iter().map(|post| &post.id));
/// column(each(best.iter().zip(mine), |(post, mine)| {
///     let liked = mine.iter().any(|reaction| reaction == "like");
///     row((said_post(post), button(if liked { "已赞" } else { "赞" }, offer("like").payload(&post.id))))
/// }))
/// # }
/// ```
pub fn my_reactions(ids: impl IntoIterator<Item: Into<String>>) -> Vec<Vec<String>> {
    let ids: Vec<String> = ids.into_iter().map(Into::into).collect();
    host::posts_my_reactions(&ids)
}

/// Puts a published post first; for moderators and the owner.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn feature(id: &str) -> Result<()> {
    host::posts_feature(id, true).map_err(Error::from_wit)
}

/// Puts a post first no longer; for moderators and the owner.
///
/// # Errors
/// `Denied`, `NotFound`.
pub fn unfeature(id: &str) -> Result<()> {
    host::posts_feature(id, false).map_err(Error::from_wit)
}

/// Which text of a post somebody looks at: what the button that [`approve`]s it
/// carries, so that nothing is let through that nobody has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen(String, Option<u64>);

impl Seen {
    /// A post by its id, as it was when it had been edited then, or never.
    pub fn new(id: impl Into<String>, edited: Option<Timestamp>) -> Self {
        Self(id.into(), edited.map(Timestamp::as_ms))
    }
}

/// Lets everybody see a post that waits, as it was seen; for moderators and the
/// owner. What was seen comes with the offer: read in the act, it would be what
/// the author has made of it since.
///
/// ```
/// # use quanka_card::prelude::*;
/// # fn render(post: &Post) -> Element {
/// row((said_post(post), button("通过", offer("approve").payload(&post.seen()))))
/// # }
/// # fn handle(action: &Action) -> Result<Outcome> {
/// posts::approve(&action.payload()?)?;
/// # Ok(Outcome::success("已通过"))
/// # }
/// ```
///
/// # Errors
/// `Denied`, `NotFound`, `Conflict` (it does not wait any more, or its author
/// has changed it since).
pub fn approve(seen: &Seen) -> Result<()> {
    let Seen(id, edited) = seen;
    host::posts_review(id, &wit::Verdict::Approve(*edited)).map_err(Error::from_wit)
}

/// Refuses a post that waits, with the reason in words for its author: 1 to 200
/// characters. For moderators and the owner.
///
/// # Errors
/// `Denied`, `NotFound`, `Invalid` (the reason), `Conflict` (it does not wait
/// any more).
pub fn reject(id: &str, reason: impl Into<String>) -> Result<()> {
    host::posts_review(id, &wit::Verdict::Reject(reason.into())).map_err(Error::from_wit)
}
