//! Posts outside their cards: one with what was replied to it, and what both
//! the pages of posts and those of moderators need.

use super::people::who_by;
use super::{ServiceError, member};
use crate::app::{App, Circle, millis};
use crate::community::people::{Known, member_record};
use crate::community::posts::{self as rules, Actor, Post, PostError, PostStatus, Remover, Who};
use crate::identity::ReaderId;
use crate::store::{Access, StoreError, Transaction};
use crate::view::{self, Person};
use std::sync::Arc;

/// Replies on one page of a post.
const REPLIES_PAGE: u32 = 20;

/// A post with what its author is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The post, as whoever asks sees it.
    pub post: Post,
    /// The author's name; none for a post whose author was erased.
    pub author: Option<String>,
}

/// A post and a page of its replies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// The post; none if the reader has reported it and sees it no more.
    pub post: Option<Signed>,
    /// Published replies, first to last.
    pub replies: Vec<Signed>,
    /// Where the next page of them starts.
    pub next: Option<String>,
    /// Whether the post is the reader's own.
    pub is_own: bool,
    /// Whether the reader has reported it.
    pub is_reported: bool,
}

/// A post as somebody with that session sees it, or nobody.
///
/// # Errors
///
/// `PostUnknown` for what is not there as for what is not for them; `Argument`
/// for an `after` that is none.
pub async fn thread(
    app: &App,
    circle: &Circle,
    reader: Option<&ReaderId>,
    id: &str,
    after: Option<&str>,
    locale: &str,
) -> Result<Thread, ServiceError> {
    let (mut tx, known) = look(app, circle, reader).await?;
    let actor = Actor {
        who: known.as_ref().map(|known| known.member.as_str()).into(),
        now_ms: millis(app.world.now()),
        locale,
    };
    let found = rules::get(&mut tx, actor, id).await.map_err(refused)?;
    let is_reported = rules::has_reported(&mut tx, actor.who, id).await?;
    let Some(post) = found.post else {
        return match is_reported {
            true => Ok(Thread {
                is_reported,
                ..Thread::default()
            }),
            false => Err(ServiceError::PostUnknown),
        };
    };
    let page = rules::replies(&mut tx, &circle.posts, id, after, REPLIES_PAGE).await;
    let page = page.map_err(refused_page)?;
    let is_own = actor.who.member() == Some(post.record.author.as_str());
    let post = Some(signed(&mut tx, post, locale).await?);
    let mut replies = Vec::with_capacity(page.posts.len());
    for reply in page.posts {
        replies.push(signed(&mut tx, reply, locale).await?);
    }
    Ok(Thread {
        post,
        replies,
        next: page.next,
        is_own,
        is_reported,
    })
}

/// A transaction to look around in, and who looks. What it has written (that
/// the owner is the owner, who may not have acted yet) is never committed.
pub(super) async fn look(
    app: &App,
    circle: &Circle,
    reader: Option<&ReaderId>,
) -> Result<(Transaction, Option<Known>), ServiceError> {
    let known = member::known(app, circle, reader).await?;
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, &circle.partition, Access::Write).await?;
    if let Some(known) = &known {
        let now_ms = millis(app.world.now());
        let hands = member::hands(app, circle, &mut tx).await?;
        member::acting(&mut tx, &hands, known, &[], now_ms).await?;
    }
    Ok((tx, known))
}

/// A post with its author's name.
pub(super) async fn signed(
    tx: &mut Transaction,
    post: Post,
    locale: &str,
) -> Result<Signed, StoreError> {
    if post.record.removed_by == Some(Remover::Erasure) {
        return Ok(Signed { post, author: None });
    }
    let member = &post.record.author;
    let record = member_record(tx, member).await?;
    let who = record.map_or(view::Who::Anonymous, who_by);
    let author = Some(Person::of(member, who, locale).name);
    Ok(Signed { post, author })
}

/// What the outside hears of a rule about posts that refused.
pub(super) fn refused(error: PostError) -> ServiceError {
    match error {
        PostError::Invalid(text) => ServiceError::InputInvalid {
            fields: vec![("reason".to_owned(), text.clone())],
            text,
        },
        PostError::Denied(text) => ServiceError::Denied(text.to_owned()),
        PostError::NotFound(_) => ServiceError::PostUnknown,
        PostError::Conflict(text) => ServiceError::Conflict(text.to_owned()),
        PostError::Quota(text) => ServiceError::Conflict(text),
        PostError::Argument(text) => ServiceError::Argument(text),
        PostError::Store(error) => error.into(),
    }
}

/// The same of a page of a list that is there: what is not found is its place.
pub(super) fn refused_page(error: PostError) -> ServiceError {
    match error {
        PostError::NotFound(text) => ServiceError::Argument(text.to_owned()),
        other => refused(other),
    }
}

/// Whether somebody keeps order in a circle, for a link to where they do.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn keeps_order(
    app: &App,
    circle: &Circle,
    reader: Option<&ReaderId>,
) -> Result<bool, ServiceError> {
    let (mut tx, known) = look(app, circle, reader).await?;
    let actor = Actor {
        who: Who::from(known.as_ref().map(|known| known.member.as_str())),
        now_ms: millis(app.world.now()),
        locale: "",
    };
    match rules::check_moderates(&mut tx, actor).await {
        Ok(()) => Ok(true),
        Err(PostError::Denied(_)) => Ok(false),
        Err(error) => Err(refused(error)),
    }
}

/// The word for what became of a post.
pub fn status_word(status: PostStatus) -> &'static str {
    match status {
        PostStatus::Published => "published",
        PostStatus::Held => "held",
        PostStatus::Rejected => "rejected",
        PostStatus::Removed => "removed",
    }
}
