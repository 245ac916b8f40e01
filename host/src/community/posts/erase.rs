//! A member's posts, reactions and reports: to show them to who they were, and
//! to take them away.

use super::react::take_back;
use super::record::{PostRecord, Remover, decode, read};
use super::reporting::{noted, take_back as take_report_back};
use super::write::bury;
use super::{PostError, Revision};
use crate::store::keys::posts::{
    PostList, all_reacted, all_reported_by, post as post_key, reacted_at, reported_at, revisions,
};
use crate::store::{Direction, KeyRange, PageLimit, StoreError, Transaction};

/// Keys and counters that taking away one post writes, about.
const KEYS_OF_A_POST: usize = 48;

/// Keys and counters that taking back one reaction writes, about.
const KEYS_OF_A_REACTION: usize = 12;

/// Keys and counters that taking back one report writes.
const KEYS_OF_A_REPORT: usize = 3;

/// Removes some of what a member said, gave and reported, writing about
/// `keys_max` keys; says whether that was all. Posts become tombstones, and
/// what counted their reactions is right.
///
/// # Errors
///
/// When the store fails.
pub async fn erase_member(
    tx: &mut Transaction,
    member: &str,
    keys_max: usize,
) -> Result<bool, StoreError> {
    let list = PostList::Mine(member);
    let posts = (keys_max / KEYS_OF_A_POST).max(1);
    let page = tx
        .scan(list.range(), Direction::Forward, limit(posts))
        .await?;
    for (key, _) in &page.entries {
        // A post that many reported takes more keys than another.
        if tx.batch().len() >= keys_max {
            break;
        }
        let Some(id) = list.id_at(key) else { continue };
        match read(tx, &id).await? {
            Some(record) => bury_erased(tx, &id, &record).await?,
            None => tx.delete(key.clone())?,
        }
    }
    if !page.entries.is_empty() {
        return Ok(false);
    }
    let reactions = (keys_max / KEYS_OF_A_REACTION).max(1);
    let page = tx
        .scan(all_reacted(member), Direction::Forward, limit(reactions))
        .await?;
    for (key, _) in &page.entries {
        if let Some((post, reaction)) = reacted_at(key, member) {
            take_back(tx, post, member, reaction)
                .await
                .map_err(store_error)?;
        }
        tx.delete(key.clone())?;
    }
    if !page.entries.is_empty() {
        return Ok(false);
    }
    let page = tx
        .scan(
            all_reported_by(member),
            Direction::Forward,
            limit((keys_max / KEYS_OF_A_REPORT).max(1)),
        )
        .await?;
    for (key, note) in &page.entries {
        if let Some(post) = reported_at(key, member) {
            take_report_back(tx, post, member, note).await?;
        }
    }
    Ok(page.next.is_none())
}

async fn bury_erased(
    tx: &mut Transaction,
    id: &str,
    record: &PostRecord,
) -> Result<(), StoreError> {
    bury(tx, id, record, Remover::Erasure, None)
        .await
        .map_err(store_error)
}

/// What cannot be refused fails only with the store.
fn store_error(error: PostError) -> StoreError {
    match error {
        PostError::Store(error) => error,
        other => StoreError::Damaged {
            reason: format!("the posts of a member cannot be taken away: {other}"),
        },
    }
}

/// One thing that is kept of what a member said, gave or reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A post of theirs, and its earlier texts.
    Post(String, Box<PostRecord>, Vec<Revision>),
    /// A reaction they gave: to which post, and which.
    Reaction(String, String),
    /// A post they reported, and the reason.
    Report(String, String),
}

/// A walk through what is kept of a member: the next things after a place, and
/// the place they end at; none at the end. What is given at once is bounded by
/// `limit`, but for the last of it.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn kept(
    tx: &mut Transaction,
    member: &str,
    after: Option<KeyRange>,
    limit: PageLimit,
) -> Result<(Vec<Kept>, Option<KeyRange>), StoreError> {
    let list = PostList::Mine(member);
    let ranges = [list.range(), all_reacted(member), all_reported_by(member)];
    let rest = after.unwrap_or_else(|| ranges[0].clone());
    let page = tx.scan(rest.clone(), Direction::Forward, limit).await?;
    let mut all = Vec::with_capacity(page.entries.len());
    let mut bytes = 0;
    for (key, note) in page.entries {
        // The keys are short, and what they lead to may be long.
        if bytes >= limit.bytes_max {
            let rest = KeyRange { start: key, ..rest };
            return Ok((all, Some(rest)));
        }
        if let Some(id) = list.id_at(&key) {
            let Some((post, size)) = kept_post(tx, id).await? else {
                continue;
            };
            bytes += size;
            all.push(post);
        } else if let Some((post, reaction)) = reacted_at(&key, member) {
            all.push(Kept::Reaction(post.to_owned(), reaction.to_owned()));
        } else if let Some(post) = reported_at(&key, member) {
            let report = noted(tx, post, member, &note).await?;
            let reason = report.map(|report| report.reason).unwrap_or_default();
            bytes += reason.len();
            all.push(Kept::Report(post.to_owned(), reason));
        }
    }
    let next = match page.next {
        Some(next) => Some(KeyRange {
            start: next,
            end: rest.end,
        }),
        None => {
            let here = ranges.iter().position(|range| range.end == rest.end);
            here.and_then(|here| ranges.get(here + 1)).cloned()
        }
    };
    Ok((all, next))
}

/// A post and its earlier texts, and how many bytes they are in the store.
async fn kept_post(tx: &mut Transaction, id: String) -> Result<Option<(Kept, usize)>, StoreError> {
    let Some(value) = tx.get(&post_key(&id)).await? else {
        return Ok(None);
    };
    let page = tx
        .scan(revisions(&id), Direction::Forward, limit(usize::MAX))
        .await?;
    let earlier = page.entries.iter().map(|(_, value)| decode(value));
    let size = page.entries.iter().map(|(_, value)| value.len());
    let size = value.len() + size.sum::<usize>();
    let post = Kept::Post(
        id,
        Box::new(decode(&value)?),
        earlier.collect::<Result<_, _>>()?,
    );
    Ok(Some((post, size)))
}

fn limit(entries_max: usize) -> PageLimit {
    PageLimit {
        entries_max,
        bytes_max: usize::MAX,
    }
}
