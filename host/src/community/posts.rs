//! What members say: posts, replies, reactions, and the order that is kept
//! among them.
//!
//! Rules over a transaction on the circle. A post has one record; which lists,
//! rankings and counts it stands in follows from the record, and is moved in the
//! same commit (`posts/placing.rs`). Reactions only add to counters, so that any
//! number of them conflict with nothing but a removal.
//!
//! Imports `store`, `config`, and its neighbours `media` and `membership`. Knows neither
//! HTTP nor plugins: who may ask for what is decided here, and how it is asked
//! elsewhere.

mod cursor;
mod draft;
mod erase;
mod moderate;
mod placing;
mod query;
mod react;
mod record;
mod reporting;
#[cfg(test)]
pub(super) mod tests;
pub mod words;
mod write;

use serde::{Deserialize, Serialize};

use crate::community::membership::{Role, Standing, membership};
use crate::config::{self, Config};
use crate::store::{StoreError, Transaction};

pub use self::erase::{Kept, erase_member, kept};
pub use self::moderate::{
    QueuePage, Queued, Verdict, changed_since, check_moderates, feature, queue, review,
};
pub use self::query::{Found, get, held, history, mine, query, replies, standing, tags};
pub use self::react::{my_reactions, react, unreact};
pub use self::record::{PostRecord, Remover, Revision};
pub use self::reporting::{Report, has_reported, report};
pub use self::words::WordLists;
pub use self::write::{ERASED_AUTHOR, edit, publish, remove};

/// The most a page may have; the contract's figure.
pub const PAGE_MAX: u32 = 50;

/// The most tags that are listed; the contract's figure.
pub const TAGS_LISTED_MAX: u32 = 100;

/// The most characters of a reason; the contract's figure.
pub const REASON_CHARS_MAX: usize = 200;

/// What a post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PostKind {
    /// A few words.
    Short,
    /// Something recommended (推荐).
    Recommendation,
    /// Something wished for (想买).
    Wish,
    /// A question for recommendations (求推荐).
    Asking,
    /// What a member did under a tag in a period (我还).
    Record,
    /// An answer to another post.
    Reply,
}

impl PostKind {
    /// As keys and documents have it.
    pub fn as_str(self) -> &'static str {
        match self {
            PostKind::Short => "short",
            PostKind::Recommendation => "recommendation",
            PostKind::Wish => "wish",
            PostKind::Asking => "asking",
            PostKind::Record => "record",
            PostKind::Reply => "reply",
        }
    }
}

/// What became of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PostStatus {
    /// Anybody sees it.
    Published,
    /// Waits for a moderator.
    Held,
    /// A moderator refused it.
    Rejected,
    /// Taken away; what is left is a tombstone.
    Removed,
}

/// A thing that a post is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is called.
    pub name: String,
    /// An `https:` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// 1 to 5 stars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
}

/// A picture of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its id.
    pub media: String,
    /// For those who do not see it.
    pub alt: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// What to post, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub kind: PostKind,
    /// Its words.
    pub text: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Pictures: what an upload gave, and a text for each.
    pub pictures: Vec<(String, String)>,
    /// The thing it is about.
    pub item: Option<Item>,
    /// The period a record is of.
    pub period: Option<String>,
    /// What a reply answers.
    pub parent: Option<String>,
    /// Whether a moderator must see it first.
    pub review: bool,
    /// Whether only its author sees it.
    pub private: bool,
}

/// A post, as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its id.
    pub id: String,
    /// What is kept of it.
    pub record: PostRecord,
    /// How often each reaction was given, most first.
    pub reactions: Vec<(String, u64)>,
    /// Published replies.
    pub replies: u32,
}

/// One page of posts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostPage {
    /// In the order asked for.
    pub posts: Vec<Post>,
    /// Where the next page starts, if there may be one.
    pub next: Option<String>,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostOrder {
    /// Last posted first.
    Newest,
    /// What is liked now.
    Hot,
    /// Most reactions first.
    Top,
}

/// Which posts. All conditions hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostQuery<'a> {
    /// In which order.
    pub order: PostOrder,
    /// Of a kind.
    pub kind: Option<PostKind>,
    /// With a tag.
    pub tag: Option<&'a str>,
    /// By an author.
    pub author: Option<&'a str>,
    /// Put first by a moderator.
    pub featured: bool,
    /// The `next` of the page before.
    pub after: Option<&'a str>,
    /// 1 to 50.
    pub limit: u32,
}

/// Who acts, when, and in which language they are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor<'a> {
    /// Who.
    pub who: Who<'a>,
    /// When, in milliseconds since 1970.
    pub now_ms: u64,
    /// A BCP 47 tag.
    pub locale: &'a str,
}

/// Somebody, as posts know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who<'a> {
    /// A reader without a session, or a job.
    Nobody,
    /// A member by their id, or a reader who may become one.
    Member(&'a str),
    /// The circle's owner, who is one before they first act and there is a record
    /// that says so.
    Owner(&'a str),
    /// The circle's publisher, from outside: sees and decides what the owner
    /// does, and says nothing.
    Publisher,
}

impl<'a> Who<'a> {
    /// Their id in the circle.
    pub fn member(self) -> Option<&'a str> {
        match self {
            Who::Member(member) | Who::Owner(member) => Some(member),
            Who::Nobody | Who::Publisher => None,
        }
    }
}

impl<'a> From<Option<&'a str>> for Who<'a> {
    fn from(member: Option<&'a str>) -> Self {
        member.map_or(Who::Nobody, Who::Member)
    }
}

/// How a circle wants its posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRules {
    /// The operator's limits.
    pub limits: PostLimits,
    /// Words that are looked for.
    pub words: WordLists,
}

impl PostRules {
    /// Of a circle, by what is configured for it and for the host.
    pub fn of(config: &Config, circle: &config::Circle) -> PostRules {
        let (posts, moderation) = (&config.posts, &config.moderation);
        let hold = moderation.words_hold.iter().chain(&circle.words_hold);
        let refuse = moderation.words_refuse.iter().chain(&circle.words_refuse);
        PostRules {
            limits: PostLimits {
                text_chars_max: posts.text_chars_max,
                tags_max: posts.tags_max,
                pictures_max: posts.pictures_max,
                posts_per_hour_per_member: posts.posts_per_hour_per_member,
                replies_per_hour_per_member: posts.replies_per_hour_per_member,
                revisions_max: posts.revisions_max,
                reactions_per_post_max: posts.reactions_per_post_max,
                looked_at_max: posts.looked_at_max,
                writes_max: posts.writes_max,
                per_circle_max: posts.per_circle_max,
                reports_hold: moderation.reports_hold,
            },
            words: WordLists::new(hold.map(String::as_str), refuse.map(String::as_str)),
        }
    }
}

/// Limits of posts. The contract's figures are the upper bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostLimits {
    /// Characters of a text.
    pub text_chars_max: usize,
    /// Tags of a post.
    pub tags_max: usize,
    /// Pictures of a post.
    pub pictures_max: usize,
    /// Posts of a member in an hour, replies not counted.
    pub posts_per_hour_per_member: usize,
    /// Replies of a member in an hour.
    pub replies_per_hour_per_member: usize,
    /// Earlier texts that are kept of a post.
    pub revisions_max: u32,
    /// Reactions that a member can give one post.
    pub reactions_per_post_max: usize,
    /// Posts that are looked at for one page.
    pub looked_at_max: usize,
    /// Keys and counters that one action may have written before it posts.
    pub writes_max: usize,
    /// Posts that a circle keeps, whatever became of them.
    pub per_circle_max: u64,
    /// Reports that hold a post.
    pub reports_hold: usize,
}

/// Why a rule about posts refused. Texts are for the plugin's author, but for
/// `Invalid`, whose text is the reader's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The words or sizes are wrong; for the reader, in their language.
    #[error("{0}")]
    Invalid(String),
    /// Not allowed to this reader.
    #[error("{0}")]
    Denied(&'static str),
    /// What was asked for is not there.
    #[error("{0}")]
    NotFound(&'static str),
    /// Something else got there first.
    #[error("{0}")]
    Conflict(&'static str),
    /// A limit is reached; the text names it.
    #[error("{0}")]
    Quota(String),
    /// What no caller may ask: it ends the call.
    #[error("{0}")]
    Argument(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody may do here.
#[derive(Clone, Copy, Debug)]
struct Rights {
    role: Role,
    muted: bool,
}

impl Rights {
    async fn of(tx: &mut Transaction, who: Who<'_>, now_ms: u64) -> Result<Rights, StoreError> {
        let (role, muted) = match who {
            Who::Nobody => (Role::Visitor, false),
            Who::Owner(_) | Who::Publisher => (Role::Owner, false),
            Who::Member(member) => {
                let membership = membership(tx, member).await?;
                let muted = membership.is_muted(now_ms);
                match membership.standing {
                    Standing::Joined => (membership.role, muted),
                    _ => (Role::Visitor, muted),
                }
            }
        };
        Ok(Rights { role, muted })
    }

    fn moderates(self) -> bool {
        self.role >= Role::Moderator
    }
}

/// Who asks, if they are in the circle.
async fn member_of<'a>(
    tx: &mut Transaction,
    actor: Actor<'a>,
) -> Result<(&'a str, Rights), PostError> {
    let rights = Rights::of(tx, actor.who, actor.now_ms).await?;
    match actor.who {
        Who::Member(member) | Who::Owner(member) if rights.role >= Role::Member => {
            Ok((member, rights))
        }
        _ => Err(PostError::Denied(
            "only members of the circle can do that: let the reader join first",
        )),
    }
}

/// Whether one action may write one thing more.
fn check_room(tx: &Transaction, limits: &PostLimits) -> Result<(), PostError> {
    if tx.batch().len() <= limits.writes_max {
        return Ok(());
    }
    Err(PostError::Quota(format!(
        "one action that posts writes about {} keys and counters at most (the operator's \
         posts.writes_max): spread the work over several actions",
        limits.writes_max
    )))
}

/// One of two texts, by the reader's language.
pub fn say(locale: &str, chinese: impl Into<String>, english: impl Into<String>) -> String {
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    match language.eq_ignore_ascii_case("zh") {
        true => chinese.into(),
        false => english.into(),
    }
}
