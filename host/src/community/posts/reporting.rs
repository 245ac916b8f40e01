//! What readers say against posts.
//!
//! A report stands until somebody decides, and is kept under the number of
//! decisions that there were: what is decided is never looked through again,
//! however much of it is left. How many reports count towards holding a post is
//! counted, so that none is slower for those before it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::placing::{replace, report_board};
use super::record::{PostRecord, decode, put, read, standing};
use super::{
    Actor, PostError, PostRules, PostStatus, REASON_CHARS_MAX, Who, check_room, draft, say, write,
};
use crate::community::membership::{Role, Standing, membership};
use crate::store::keys::posts::{
    report as report_key, reported_by, reporter_at, reports_before, reports_of,
};
use crate::store::{Direction, PageLimit, StoreError, Transaction};

/// Reports that are deleted in one action about their post. More than those go
/// with the next one.
pub(super) const SWEPT_MAX: usize = 128;

/// What a reader says against a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Why.
    pub reason: String,
    /// When.
    pub at_ms: u64,
    /// Which text of the post it is about: when that was edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_ms: Option<u64>,
    /// Whether it is one of those that hold a post when they are enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counts: bool,
}

impl Report {
    /// Whether it says something of a post as it is now. While nobody sees the
    /// post, its author's edits are nothing to those who reported it.
    fn is_about(&self, record: &PostRecord) -> bool {
        self.edited_ms == record.edited_ms || !record.is_public()
    }
}

/// Notes what a reader says against a post; once for each reader and text, and
/// again when somebody has decided since. Enough reports of those who were in
/// the circle when it was written hold it, unless its author keeps order there.
/// Says whether it is new.
///
/// # Errors
///
/// `Denied` without a session and for the author, `NotFound`, `Invalid` for a
/// reason that does not fit.
pub async fn report(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    id: &str,
    reason: &str,
) -> Result<bool, PostError> {
    let Some(member) = actor.who.member() else {
        return Err(PostError::Denied(
            "a reader without a session reports nothing",
        ));
    };
    check_room(tx, &rules.limits)?;
    let reason = draft::plain(reason);
    if reason.chars().count() > REASON_CHARS_MAX {
        write::check_reason(actor.locale, &reason)?;
    }
    let old = standing(tx, id).await?;
    let earlier = own(tx, id, old.decisions, member).await?;
    if earlier.as_ref().is_some_and(|report| report.is_about(&old)) {
        return Ok(false);
    }
    if !old.is_public() {
        return Err(PostError::NotFound("there is no such post"));
    }
    if old.author == member {
        return Err(PostError::Denied(
            "a post is not reported by its author, who can change or remove it",
        ));
    }
    let report = Report {
        reason,
        at_ms: actor.now_ms,
        edited_ms: old.edited_ms,
        counts: counts(tx, member, &old, actor.now_ms).await?,
    };
    note(tx, id, old.decisions, member, &report).await?;
    let counted = earlier.is_some_and(|report| report.counts);
    count(tx, id, i64::from(report.counts) - i64::from(counted))?;
    sweep(tx, id, old.decisions).await?;
    let mut record = PostRecord {
        reported_ms: old.reported_ms.or(Some(actor.now_ms)),
        ..old.clone()
    };
    if report.counts
        && counted_of(tx, id).await? >= rules.limits.reports_hold
        && !keeps_order(tx, &old.author).await?
    {
        record.status = PostStatus::Held;
        record.held_ms = Some(actor.now_ms);
        record.reason = Some(say(
            actor.locale,
            "有读者举报，要请管理员看一看",
            "Readers have reported it, and a moderator will look at it",
        ));
    }
    if record != old {
        replace(tx, id, Some(&old), &record).await?;
    }
    Ok(true)
}

/// Whether somebody has reported a post as it is now.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn has_reported(
    tx: &mut Transaction,
    who: Who<'_>,
    id: &str,
) -> Result<bool, StoreError> {
    let Some(member) = who.member() else {
        return Ok(false);
    };
    let Some(record) = read(tx, id).await? else {
        return Ok(false);
    };
    let report = own(tx, id, record.decisions, member).await?;
    Ok(report.is_some_and(|report| report.is_about(&record)))
}

/// Reports of a post that nobody has decided about.
pub(super) async fn reports(
    tx: &mut Transaction,
    record: &PostRecord,
    id: &str,
    entries_max: usize,
) -> Result<Vec<Report>, StoreError> {
    let range = reports_of(id, record.decisions);
    let page = tx
        .scan(range, Direction::Forward, entries(entries_max))
        .await?;
    let reports = page.entries.iter().map(|(_, value)| decode(value));
    reports.collect()
}

/// Once somebody has decided: the reports from before count no more, and are
/// deleted.
pub(super) async fn settle(
    tx: &mut Transaction,
    id: &str,
    record: &PostRecord,
) -> Result<(), StoreError> {
    let counted = tx.count(&report_board(), id).await?;
    count(tx, id, -counted)?;
    sweep(tx, id, record.decisions).await
}

/// Takes a member's report back, for their erasure. `note` is what is kept of it
/// with them.
pub(super) async fn take_back(
    tx: &mut Transaction,
    id: &str,
    member: &str,
    note: &[u8],
) -> Result<(), StoreError> {
    let decisions = decisions_at(note)?;
    let report = own(tx, id, decisions, member).await?;
    if report.is_some_and(|report| report.counts)
        && let Some(record) = read(tx, id).await?
        && record.decisions == decisions
    {
        count(tx, id, -1)?;
    }
    tx.delete(report_key(id, decisions, member))?;
    tx.delete(reported_by(member, id))
}

/// Somebody's own report of a post. `note` is what is kept of it with them.
pub(super) async fn noted(
    tx: &mut Transaction,
    id: &str,
    member: &str,
    note: &[u8],
) -> Result<Option<Report>, StoreError> {
    own(tx, id, decisions_at(note)?, member).await
}

async fn own(
    tx: &mut Transaction,
    id: &str,
    decisions: u32,
    member: &str,
) -> Result<Option<Report>, StoreError> {
    let value = tx.get(&report_key(id, decisions, member)).await?;
    value.map(|value| decode(&value)).transpose()
}

/// Keeps a report in the place of the one that the member may have made before:
/// there is one at most, and it is found by who made it.
async fn note(
    tx: &mut Transaction,
    id: &str,
    decisions: u32,
    member: &str,
    report: &Report,
) -> Result<(), StoreError> {
    let by = reported_by(member, id);
    if let Some(note) = tx.get(&by).await? {
        tx.delete(report_key(id, decisions_at(&note)?, member))?;
    }
    put(tx, report_key(id, decisions, member), report)?;
    tx.put(by, Bytes::copy_from_slice(&decisions.to_be_bytes()))
}

fn decisions_at(note: &[u8]) -> Result<u32, StoreError> {
    let bytes = note.try_into().map_err(|_| StoreError::Damaged {
        reason: "the note of a report is no number".to_owned(),
    })?;
    Ok(u32::from_be_bytes(bytes))
}

/// Deletes what is decided, some of it.
async fn sweep(tx: &mut Transaction, id: &str, decisions: u32) -> Result<(), StoreError> {
    let range = reports_before(id, decisions);
    let page = tx
        .scan(range, Direction::Forward, entries(SWEPT_MAX))
        .await?;
    for (key, _) in page.entries {
        if let Some(member) = reporter_at(&key, id) {
            tx.delete(reported_by(member, id))?;
        }
        tx.delete(key)?;
    }
    Ok(())
}

/// Whether a reader's report is more than words for those who keep order.
/// Anybody can be any number of readers, but not have joined before they knew
/// what they would report.
async fn counts(
    tx: &mut Transaction,
    member: &str,
    post: &PostRecord,
    now_ms: u64,
) -> Result<bool, StoreError> {
    let reporter = membership(tx, member).await?;
    Ok(reporter.standing == Standing::Joined
        && !reporter.is_muted(now_ms)
        && reporter.since_ms <= post.created_ms)
}

async fn keeps_order(tx: &mut Transaction, member: &str) -> Result<bool, StoreError> {
    let author = membership(tx, member).await?;
    Ok(author.standing == Standing::Joined && author.role >= Role::Moderator)
}

fn count(tx: &mut Transaction, id: &str, delta: i64) -> Result<(), StoreError> {
    match delta {
        0 => Ok(()),
        delta => tx.add(&report_board(), id, delta),
    }
}

async fn counted_of(tx: &mut Transaction, id: &str) -> Result<usize, StoreError> {
    let counted = tx.count(&report_board(), id).await?;
    Ok(usize::try_from(counted).unwrap_or(0))
}

fn entries(entries_max: usize) -> PageLimit {
    PageLimit {
        entries_max,
        bytes_max: usize::MAX,
    }
}
