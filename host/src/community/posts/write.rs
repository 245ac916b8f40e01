//! Publishing, editing, taking away.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::draft::{self, Checked, check, count_pictures};
use super::placing::{kept_posts, replace};
use super::query::outward;
use super::record::{PostRecord, Remover, Revision, put, read, standing};
use super::reporting::settle;
use super::{
    Actor, Draft, Post, PostError, PostKind, PostRules, PostStatus, REASON_CHARS_MAX, Rights, Who,
    check_room, member_of, say,
};
use crate::store::keys::posts::{PostList, post as post_key, record_of, revision, revisions};
use crate::store::{Direction, KeyRange, PageLimit, StoreError, Transaction};

/// Whose a post is whose author was erased: nobody's, as no member is called so.
pub const ERASED_AUTHOR: &str = "m_gone";

const HOUR_MS: u64 = 3_600_000;

/// Posts a draft in the name of a member. `pre_approval` says that the circle
/// wants every post seen first; `seed` makes the post's id one that nobody
/// guesses, the same whenever the action is run again.
///
/// # Errors
///
/// `Denied`, `Invalid`, `NotFound`, `Conflict` and `Quota`, as the contract
/// says.
pub async fn publish(
    tx: &mut Transaction,
    rules: &PostRules,
    pre_approval: bool,
    actor: Actor<'_>,
    seed: u64,
    draft: &Draft,
) -> Result<Post, PostError> {
    check_room(tx, &rules.limits)?;
    let (author, rights) = speaker(tx, actor).await?;
    let parent = check_parent(tx, actor.locale, draft).await?;
    let checked = check(tx, rules, author, actor.locale, draft).await?;
    check_rate(tx, rules, actor, author, draft.kind).await?;
    check_number(tx, rules).await?;
    let fate = fate(&checked, draft, pre_approval, rights, actor.locale);
    let mut record = PostRecord {
        kind: draft.kind,
        status: fate.status,
        reason: fate.reason,
        author: author.to_owned(),
        text: checked.text,
        tags: checked.tags,
        pictures: checked.pictures,
        item: checked.item,
        period: checked.period,
        parent,
        created_ms: actor.now_ms,
        edited_ms: None,
        featured: false,
        private: draft.private,
        seen: false,
        held_ms: (fate.status == PostStatus::Held).then_some(actor.now_ms),
        reported_ms: None,
        decisions: 0,
        revisions: 0,
        removed_by: None,
    };
    record.seen = record.is_public();
    check_only_record(tx, None, &record).await?;
    let id = new_id(tx, author, actor.now_ms, seed).await?;
    count_pictures(tx, author, actor.now_ms, &[], &record.pictures).await?;
    replace(tx, &id, None, &record).await?;
    Ok(outward(tx, id, record).await?)
}

/// Replaces what a post says, for its author.
///
/// # Errors
///
/// As [`publish`].
pub async fn edit(
    tx: &mut Transaction,
    rules: &PostRules,
    pre_approval: bool,
    actor: Actor<'_>,
    id: &str,
    draft: &Draft,
) -> Result<Post, PostError> {
    check_room(tx, &rules.limits)?;
    let (author, rights) = speaker(tx, actor).await?;
    let old = own(tx, actor.who, rights, id).await?;
    let draft = Draft {
        kind: old.kind,
        period: old.period.clone(),
        ..draft.clone()
    };
    let checked = check(tx, rules, author, actor.locale, &draft).await?;
    let mut fate = fate(&checked, &draft, pre_approval, rights, actor.locale);
    // What a moderator has not let through stays out, whatever it says now.
    if matches!(old.status, PostStatus::Held | PostStatus::Rejected) {
        fate.status = PostStatus::Held;
        fate.reason = fate.reason.or_else(|| Some(waits(actor.locale)));
    }
    let is_waiting = fate.status == PostStatus::Held;
    let mut record = PostRecord {
        status: fate.status,
        reason: fate.reason,
        text: checked.text,
        tags: checked.tags,
        pictures: checked.pictures,
        item: checked.item,
        // No two texts of a post have the same: it says which one was looked at.
        edited_ms: Some(actor.now_ms.max(old.edited_ms.map_or(0, |at| at + 1))),
        private: draft.private,
        held_ms: is_waiting.then(|| old.held_ms.unwrap_or(actor.now_ms)),
        reported_ms: old.reported_ms.filter(|_| !is_waiting),
        ..old.clone()
    };
    record.seen |= record.is_public();
    check_only_record(tx, Some(&old), &record).await?;
    keep_revision(tx, rules, id, &old, &mut record, actor.now_ms)?;
    count_pictures(
        tx,
        &old.author,
        actor.now_ms,
        &old.pictures,
        &record.pictures,
    )
    .await?;
    replace(tx, id, Some(&old), &record).await?;
    Ok(outward(tx, id.to_owned(), record).await?)
}

/// Takes a post away, for its author and for those who keep order. What is left
/// says no more than that it was there.
///
/// # Errors
///
/// `Denied`, `NotFound`; `Invalid` for a reason that is too long.
pub async fn remove(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    id: &str,
    reason: Option<&str>,
) -> Result<(), PostError> {
    check_room(tx, &rules.limits)?;
    let reason = reason.map(draft::plain).filter(|reason| !reason.is_empty());
    if let Some(reason) = &reason {
        check_reason(actor.locale, reason)?;
    }
    let old = standing(tx, id).await?;
    let rights = Rights::of(tx, actor.who, actor.now_ms).await?;
    let is_author = actor.who.member() == Some(old.author.as_str());
    if old.seen_by(actor.who, rights).is_none() {
        return Err(PostError::NotFound("there is no such post"));
    }
    let by = match (is_author, rights.moderates()) {
        (true, _) => Remover::Author,
        (false, true) => Remover::Moderator,
        (false, false) => {
            return Err(PostError::Denied(
                "a post is taken away by its author, a moderator or the owner",
            ));
        }
    };
    bury(tx, id, &old, by, reason).await
}

/// Leaves a tombstone.
pub(super) async fn bury(
    tx: &mut Transaction,
    id: &str,
    old: &PostRecord,
    by: Remover,
    reason: Option<String>,
) -> Result<(), PostError> {
    let author = match by {
        Remover::Erasure => ERASED_AUTHOR.to_owned(),
        Remover::Author | Remover::Moderator => old.author.clone(),
    };
    let tombstone = PostRecord {
        author,
        status: PostStatus::Removed,
        reason,
        text: String::new(),
        tags: Vec::new(),
        pictures: Vec::new(),
        item: None,
        period: None,
        featured: false,
        held_ms: None,
        reported_ms: None,
        decisions: old.decisions.saturating_add(1),
        removed_by: Some(by),
        ..old.clone()
    };
    let earlier = PageLimit {
        entries_max: usize::try_from(old.revisions).unwrap_or(usize::MAX).max(1),
        bytes_max: usize::MAX,
    };
    if old.revisions > 0 {
        let page = tx.scan(revisions(id), Direction::Forward, earlier).await?;
        for (key, _) in page.entries {
            tx.delete(key)?;
        }
    }
    settle(tx, id, &tombstone).await?;
    // Whoever took it away wants nobody to see it: a picture that stands in no
    // other post goes with the next sweep, not after a day.
    count_pictures(tx, &old.author, 0, &old.pictures, &[]).await?;
    Ok(replace(tx, id, Some(old), &tombstone).await?)
}

/// A reason fits.
pub(super) fn check_reason(locale: &str, reason: &str) -> Result<(), PostError> {
    if (1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Ok(());
    }
    Err(PostError::Invalid(say(
        locale,
        format!("原因要有 1 到 {REASON_CHARS_MAX} 个字"),
        format!("A reason has 1 to {REASON_CHARS_MAX} characters"),
    )))
}

/// Who speaks: a member who is not muted.
async fn speaker<'a>(
    tx: &mut Transaction,
    actor: Actor<'a>,
) -> Result<(&'a str, Rights), PostError> {
    let (member, rights) = member_of(tx, actor).await?;
    match rights.muted {
        false => Ok((member, rights)),
        true => Err(PostError::Denied("a moderator has muted the reader here")),
    }
}

/// A post of the reader's own.
async fn own(
    tx: &mut Transaction,
    who: Who<'_>,
    rights: Rights,
    id: &str,
) -> Result<PostRecord, PostError> {
    let record = standing(tx, id).await?;
    if who.member() == Some(record.author.as_str()) {
        return Ok(record);
    }
    match record.seen_by(who, rights) {
        Some(_) => Err(PostError::Denied("a post is edited by its author alone")),
        None => Err(PostError::NotFound("there is no such post")),
    }
}

async fn check_parent(
    tx: &mut Transaction,
    locale: &str,
    draft: &Draft,
) -> Result<Option<String>, PostError> {
    match (draft.kind, draft.parent.as_deref()) {
        (PostKind::Reply, Some(parent)) => {
            let found = read(tx, parent).await?;
            let is_there = found.is_some_and(|found| found.is_public());
            is_there
                .then(|| Some(parent.to_owned()))
                .ok_or(PostError::NotFound("the post to reply to is not there"))
        }
        (PostKind::Reply, None) => Err(PostError::Invalid(say(
            locale,
            "回复要有回复的对象",
            "A reply answers a post",
        ))),
        // Anything else answers nothing, whatever the draft says.
        _ => Ok(None),
    }
}

/// A member has one record for each first tag and period.
async fn check_only_record(
    tx: &mut Transaction,
    old: Option<&PostRecord>,
    new: &PostRecord,
) -> Result<(), PostError> {
    let (Some(tag), Some(period)) = (new.tags.first(), &new.period) else {
        return Ok(());
    };
    let is_own = old.is_some_and(|old| old.tags.first() == Some(tag));
    if !is_own
        && tx
            .get(&record_of(&new.author, tag, period))
            .await?
            .is_some()
    {
        return Err(PostError::Conflict(
            "the member has a record for this tag and period: edit it",
        ));
    }
    Ok(())
}

/// Counted in the author's own list, so that authors conflict with nobody.
async fn check_rate(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    author: &str,
    kind: PostKind,
) -> Result<(), PostError> {
    let limits = &rules.limits;
    let (max, name) = match kind {
        PostKind::Reply => (limits.replies_per_hour_per_member, "replies"),
        _ => (limits.posts_per_hour_per_member, "posts"),
    };
    let list = PostList::Mine(author);
    let range = KeyRange {
        start: list.range().start,
        end: list.key(actor.now_ms.saturating_sub(HOUR_MS), ""),
    };
    let look = PageLimit {
        entries_max: limits.posts_per_hour_per_member + limits.replies_per_hour_per_member,
        bytes_max: usize::MAX,
    };
    let page = tx.scan(range, Direction::Forward, look).await?;
    let reply = PostKind::Reply.as_str().as_bytes();
    let entries = page.entries.iter();
    let same = entries.filter(|(_, is)| (is == reply) == (kind == PostKind::Reply));
    if same.count() < max {
        return Ok(());
    }
    Err(PostError::Quota(format!(
        "a member posts {max} {name} an hour at most (the operator's \
         posts.{name}_per_hour_per_member)"
    )))
}

/// The circle has room for another post. Those who post at the same moment may
/// exceed it by a few, as counting holds nobody up.
async fn check_number(tx: &Transaction, rules: &PostRules) -> Result<(), PostError> {
    let max = rules.limits.per_circle_max;
    if kept_posts(tx).await? < max {
        return Ok(());
    }
    Err(PostError::Quota(format!(
        "the circle is full of posts: it keeps {max} at most, with what is left of those that \
         were removed (the operator's posts.per_circle_max)"
    )))
}

/// What becomes of a draft.
struct Fate {
    status: PostStatus,
    reason: Option<String>,
}

fn fate(
    checked: &Checked,
    draft: &Draft,
    pre_approval: bool,
    rights: Rights,
    locale: &str,
) -> Fate {
    let held = |reason| Fate {
        status: PostStatus::Held,
        reason: Some(reason),
    };
    let is_trusted = rights.moderates();
    match &checked.found {
        // Nobody else reads it.
        _ if draft.private => {}
        Some(_) if !is_trusted => {
            return held(say(
                locale,
                "有的词要请管理员看一看，通过后大家就能看到",
                "A moderator will look at some words of it; then everybody sees it",
            ));
        }
        _ if draft.review || (pre_approval && !is_trusted) => return held(waits(locale)),
        _ => {}
    }
    Fate {
        status: PostStatus::Published,
        reason: None,
    }
}

fn waits(locale: &str) -> String {
    say(
        locale,
        "管理员看过后，大家就能看到",
        "Everybody sees it once a moderator has looked at it",
    )
}

/// Keeps the text that an edit replaces, and lets go of the oldest.
fn keep_revision(
    tx: &mut Transaction,
    rules: &PostRules,
    id: &str,
    old: &PostRecord,
    new: &mut PostRecord,
    now_ms: u64,
) -> Result<(), StoreError> {
    let kept_max = rules.limits.revisions_max;
    if old.text == new.text || kept_max == 0 {
        return Ok(());
    }
    let earlier = Revision {
        text: old.text.clone(),
        until_ms: now_ms,
        private: old.private,
    };
    new.revisions = old.revisions.saturating_add(1);
    put(tx, revision(id, new.revisions), &earlier)?;
    if let Some(too_old) = new.revisions.checked_sub(kept_max) {
        tx.delete(revision(id, too_old))?;
    }
    Ok(())
}

/// An id that says nothing and that nobody guesses.
async fn new_id(
    tx: &mut Transaction,
    author: &str,
    now_ms: u64,
    seed: u64,
) -> Result<String, StoreError> {
    for nth in 0u64.. {
        let mut hash = Sha256::new();
        hash.update(tx.partition().to_string());
        hash.update([0]);
        hash.update(author);
        hash.update([0]);
        for number in [now_ms, seed, nth] {
            hash.update(number.to_be_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        let id = format!("p_{}", URL_SAFE_NO_PAD.encode(&digest[..16]));
        if tx.get(&post_key(&id)).await?.is_none() {
            return Ok(id);
        }
    }
    unreachable!("an action writes fewer posts than there are numbers")
}
