//! Pictures that members gave: the record of each, in its circle.
//!
//! The picture itself is a file of the host's, named by its content; here is
//! what it is and whose, so that a post takes only what its author uploaded. One
//! file is one member's in one circle, so that what is erased for one is not
//! taken from another.

use serde::{Deserialize, Serialize};

use crate::store::keys::{
    media as media_key, media_bytes, media_given, media_given_by, media_unused, media_unused_until,
};
use crate::store::{Direction, PageLimit, QuotaReached, StoreError, Transaction, UsageOf};

/// What an `image` of a view begins with when its picture is the host's own.
pub const SOURCE_PREFIX: &str = crate::view::MEDIA_PREFIX;

/// Whose a picture is that is nobody's any more. No member is called so.
const NOBODY: &str = "";

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
    /// When it was last given, or taken out of the last post.
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

/// The most bytes that pictures may have together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Those of one member in a circle.
    pub member_bytes_max: u64,
    /// Those of a circle.
    pub circle_bytes_max: u64,
}

/// What came of giving a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// It is kept.
    Kept,
    /// The member has as many as one may have.
    MemberFull,
    /// The circle has as many as it may have.
    CircleFull,
}

/// Notes that a picture was given; given again, it is kept as long as a new one.
/// A new one needs room. Those who give at the same moment do not conflict: what
/// all have is a tally, so whether there is room is looked at here for the
/// answer, and made sure of at the commit, which fails with
/// [`CommitError::Quota`](crate::store::CommitError::Quota) where others took
/// the last of it; asked again, this says so.
///
/// # Errors
///
/// When the store cannot be read, or the transaction only reads.
pub async fn give(
    tx: &mut Transaction,
    id: &str,
    record: MediaRecord,
    room: Room,
) -> Result<Given, StoreError> {
    if let Some(mut there) = media(tx, id).await? {
        if there.uses == 0 {
            tx.delete(media_unused(there.at_ms, id))?;
            there.at_ms = record.at_ms;
            keep(tx, id, &there)?;
        }
        return Ok(Given::Kept);
    }
    let (board, bytes) = (media_bytes(), signed(record.bytes));
    let of_member = tx.glance(&board, &record.member).await?;
    if of_member.saturating_add(bytes) > signed(room.member_bytes_max) {
        return Ok(Given::MemberFull);
    }
    let of_circle = tx.glance_total(&board).await?;
    if of_circle.saturating_add(bytes) > signed(room.circle_bytes_max) {
        return Ok(Given::CircleFull);
    }
    tx.add(&board, &record.member, bytes)?;
    let reached = |of, max| QuotaReached {
        of: UsageOf::Counter(of),
        unit: "bytes of pictures",
        max,
    };
    let of_member = reached("a member", room.member_bytes_max);
    tx.cap(board.count(&record.member), of_member);
    tx.cap(board.total(), reached("a circle", room.circle_bytes_max));
    keep(tx, id, &record)?;
    Ok(Given::Kept)
}

/// Writes the record of a picture that stands in no post yet, or in none any
/// more: it is removed after a while, unless that changes.
///
/// # Errors
///
/// When the transaction only reads.
pub fn keep(tx: &mut Transaction, id: &str, record: &MediaRecord) -> Result<(), StoreError> {
    write(tx, id, record)?;
    tx.put(media_given(&record.member, id), Vec::new().into())?;
    if record.uses == 0 {
        tx.put(media_unused(record.at_ms, id), Vec::new().into())?;
    }
    Ok(())
}

/// Notes that a picture stands in one more post. `false` if there is none, or
/// another member gave it.
///
/// # Errors
///
/// When the store cannot be read, or the transaction only reads.
pub async fn take_up(tx: &mut Transaction, id: &str, member: &str) -> Result<bool, StoreError> {
    let Some(mut record) = media(tx, id).await? else {
        return Ok(false);
    };
    if record.member != member {
        return Ok(false);
    }
    if record.uses == 0 {
        tx.delete(media_unused(record.at_ms, id))?;
    }
    record.uses = record.uses.saturating_add(1);
    write(tx, id, &record)?;
    Ok(true)
}

/// Notes that a picture stands in one post less. If that was the last one it is
/// removed after a while, or with an instant of 0 by the next sweep.
///
/// # Errors
///
/// When the store cannot be read, or the transaction only reads.
pub async fn release(tx: &mut Transaction, id: &str, now_ms: u64) -> Result<(), StoreError> {
    let Some(mut record) = media(tx, id).await? else {
        return Ok(());
    };
    record.uses = record.uses.saturating_sub(1);
    if record.uses == 0 {
        record.at_ms = now_ms;
    }
    keep(tx, id, &record)
}

/// Pictures that a member gave, at most `limit`, from behind the id `after`.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn media_of(
    tx: &mut Transaction,
    member: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let mut range = media_given_by(member);
    let prefix = range.start.clone();
    if let Some(after) = after {
        range.start = media_given(member, after).successor();
    }
    let page = tx.scan(range, Direction::Forward, page_of(limit)).await?;
    let ids = page.entries.iter().map(|(key, _)| key.behind(&prefix));
    Ok(ids
        .map(|id| String::from_utf8_lossy(id).into_owned())
        .collect())
}

/// Pictures that have stood in no post since before an instant, at most `limit`.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn unused(
    tx: &mut Transaction,
    before_ms: u64,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let range = media_unused_until(before_ms);
    let page = tx.scan(range, Direction::Forward, page_of(limit)).await?;
    let instant = media_unused(0, "").len();
    let ids = page.entries.iter().map(|(key, _)| &key[instant..]);
    Ok(ids
        .map(|id| String::from_utf8_lossy(id).into_owned())
        .collect())
}

/// Whether a transaction leaves pictures that the next sweep removes without
/// waiting.
pub fn releases(tx: &Transaction) -> bool {
    tx.batch().puts_in(&media_unused_until(1)).next().is_some()
}

/// Makes some pictures of a member who is erased nobody's, at most `limit`: no
/// post takes them up any more, and the next sweep removes them. Says whether
/// those were all.
///
/// # Errors
///
/// When the store cannot be read, or the transaction only reads.
pub async fn disown(tx: &mut Transaction, member: &str, limit: usize) -> Result<bool, StoreError> {
    let ids = media_of(tx, member, None, limit).await?;
    for id in &ids {
        tx.delete(media_given(member, id))?;
        let Some(mut record) = media(tx, id).await? else {
            continue;
        };
        tx.delete(media_unused(record.at_ms, id))?;
        // As long as it is there it takes the circle's room.
        let bytes = signed(record.bytes);
        tx.add(&media_bytes(), member, -bytes)?;
        tx.add(&media_bytes(), NOBODY, bytes)?;
        record.member = NOBODY.to_owned();
        record.at_ms = 0;
        record.uses = 0;
        write(tx, id, &record)?;
        tx.put(media_unused(0, id), Vec::new().into())?;
    }
    Ok(ids.len() < limit.max(1))
}

/// Forgets a picture. Its file is then nobody's.
///
/// # Errors
///
/// When the store cannot be read, or the transaction only reads.
pub async fn forget(tx: &mut Transaction, id: &str) -> Result<(), StoreError> {
    if let Some(record) = media(tx, id).await? {
        tx.add(&media_bytes(), &record.member, -signed(record.bytes))?;
        tx.delete(media_given(&record.member, id))?;
        tx.delete(media_unused(record.at_ms, id))?;
    }
    tx.delete(media_key(id))
}

fn write(tx: &mut Transaction, id: &str, record: &MediaRecord) -> Result<(), StoreError> {
    let value = serde_json::to_vec(record).expect("the record is plain data");
    tx.put(media_key(id), value.into())
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn page_of(limit: usize) -> PageLimit {
    PageLimit {
        entries_max: limit.max(1),
        bytes_max: usize::MAX,
    }
}

#[cfg(test)]
mod tests;
