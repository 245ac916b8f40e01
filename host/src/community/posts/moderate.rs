//! Keeping order: the queue, decisions, and what is put first.

use super::cursor::Question;
use super::placing::replace;
use super::query::outward;
use super::record::{PostRecord, read, standing};
use super::reporting::{Report, reports, settle};
use super::{
    Actor, PAGE_MAX, Post, PostError, PostRules, PostStatus, Rights, check_room, draft, write,
};
use crate::store::keys::posts::PostList;
use crate::store::{Direction, PageLimit, Transaction};

/// Reports that are shown of a post.
const REPORTS_SHOWN: usize = 20;

/// What a moderator says of a post that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everybody may see it, as it was when somebody looked: with the `edited_ms`
    /// that it had then. Else its author could have another text let through.
    Approve(Option<u64>),
    /// With the reason, in words for its author.
    Reject(String),
}

/// A post that wants a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The post.
    pub post: Post,
    /// What readers say against it since a moderator last looked; some of it.
    pub reports: Vec<Report>,
}

/// One page of posts that want a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueuePage {
    /// Those held first, then those reported; in both, longest first.
    pub posts: Vec<Queued>,
    /// Where the next page starts, if there may be one.
    pub next: Option<String>,
}

/// Puts a published post first, or no longer.
///
/// # Errors
///
/// `Denied`, `NotFound`.
pub async fn feature(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    id: &str,
    featured: bool,
) -> Result<(), PostError> {
    check_room(tx, &rules.limits)?;
    check_moderates(tx, actor).await?;
    let old = standing(tx, id).await?;
    if !old.is_public() {
        return Err(PostError::NotFound("there is no such published post"));
    }
    let record = PostRecord {
        featured,
        ..old.clone()
    };
    if record != old {
        replace(tx, id, Some(&old), &record).await?;
    }
    Ok(())
}

/// Decides about a post that is held or was reported, and so about its reports.
///
/// # Errors
///
/// `Denied`, `NotFound`, `Conflict`; `Invalid` for a reason that does not fit.
pub async fn review(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    id: &str,
    verdict: &Verdict,
) -> Result<(), PostError> {
    check_room(tx, &rules.limits)?;
    check_moderates(tx, actor).await?;
    let old = standing(tx, id).await?;
    if old.private {
        return Err(PostError::NotFound("there is no such post"));
    }
    if old.status != PostStatus::Held && old.reported_ms.is_none() {
        return Err(PostError::Conflict("the post does not wait any more"));
    }
    let (status, reason) = match verdict {
        Verdict::Approve(seen) if *seen != old.edited_ms => return Err(changed_since()),
        Verdict::Approve(_) => (PostStatus::Published, None),
        Verdict::Reject(reason) => {
            let reason = draft::plain(reason);
            write::check_reason(actor.locale, &reason)?;
            (PostStatus::Rejected, Some(reason))
        }
    };
    let mut record = PostRecord {
        status,
        reason,
        held_ms: None,
        reported_ms: None,
        decisions: old.decisions.saturating_add(1),
        ..old.clone()
    };
    record.seen |= record.is_public();
    settle(tx, id, &record).await?;
    Ok(replace(tx, id, Some(&old), &record).await?)
}

/// Why nothing is decided about a text that nobody has looked at.
pub fn changed_since() -> PostError {
    PostError::Conflict("its author has changed the post since it was looked at: look again")
}

/// Posts that want a decision: those that are held, then those that were
/// reported.
///
/// # Errors
///
/// `Denied`; `Argument` for a limit, `NotFound` for a cursor that is none.
pub async fn queue(
    tx: &mut Transaction,
    actor: Actor<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<QueuePage, PostError> {
    check_moderates(tx, actor).await?;
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(PostError::Argument(format!(
            "the limit of a page is 1 to {PAGE_MAX}, not {limit}"
        )));
    }
    let limit = limit as usize;
    let mut page = QueuePage::default();
    let mut after = after;
    for list in [PostList::Held, PostList::Reported] {
        let prefix = list.prefix();
        let question = Question::of(&[
            "queue",
            if list == PostList::Held {
                "held"
            } else {
                "reported"
            },
        ]);
        let from = match question.start(after, &prefix) {
            // It goes on in the other list.
            Err(_) if list == PostList::Held => continue,
            other => other?,
        };
        after = None;
        let mut range = list.range();
        range.start = from.map_or(range.start.clone(), |from| from.max(range.start.clone()));
        let room = PageLimit {
            entries_max: limit - page.posts.len(),
            bytes_max: usize::MAX,
        };
        if room.entries_max == 0 {
            return Ok(page);
        }
        let found = tx.scan(range, Direction::Forward, room).await?;
        for (key, _) in found.entries {
            page.next = Some(question.cursor(&key, &prefix));
            let Some(id) = list.id_at(&key) else { continue };
            if let Some(record) = read(tx, &id).await? {
                let reports = reports(tx, &record, &id, REPORTS_SHOWN).await?;
                let post = outward(tx, id, record).await?;
                page.posts.push(Queued { post, reports });
            }
        }
        if found.next.is_some() {
            return Ok(page);
        }
    }
    page.next = None;
    Ok(page)
}

/// Whether somebody keeps order here.
///
/// # Errors
///
/// `Denied`, if they do not.
pub async fn check_moderates(tx: &mut Transaction, actor: Actor<'_>) -> Result<(), PostError> {
    match Rights::of(tx, actor.who, actor.now_ms).await?.moderates() {
        true => Ok(()),
        false => Err(PostError::Denied("that is for moderators and the owner")),
    }
}
