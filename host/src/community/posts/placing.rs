//! In which lists, rankings and counts a post stands.
//!
//! All of it follows from the record, so a change is the difference of two
//! records, and nobody has to remember what to move.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::record::{PostRecord, put};
use super::{PostKind, PostStatus};
use crate::store::keys::posts::{PostList, post as post_key, record_of};
use crate::store::keys::timed_item;
use crate::store::{Board, Key, StoreError, Transaction};

const POSTS: &str = "posts";
const HELD: &str = "held";
const KEPT: &str = "kept";

fn figures() -> Board {
    // Where the circle counts its members, too.
    Board::of_circle("@host", "counts")
}

/// How often each tag is used.
pub(super) fn tag_board() -> Board {
    Board::of_host("tags")
}

/// How many replies each post has.
pub(super) fn reply_board() -> Board {
    Board::of_host("replies")
}

/// How many reports count towards holding each post.
pub(super) fn report_board() -> Board {
    Board::of_host("reports")
}

/// How often each reaction was given to a post.
pub(super) fn reaction_board(id: &str) -> Board {
    Board::of_host(&format!("to/{id}"))
}

/// Where posts are ranked, of all kinds but replies.
pub(super) fn ranking_of_all() -> Board {
    Board::of_posts("all")
}

/// Where posts of a kind are ranked.
pub(super) fn ranking_of_kind(kind: PostKind) -> Board {
    Board::of_posts(&format!("kind/{}", kind.as_str()))
}

/// Where posts with a tag are ranked.
pub(super) fn ranking_of_tag(tag: &str) -> Board {
    Board::of_posts(&format!("tag/{tag}"))
}

/// The rankings a post stands in. Each counts it once by itself, so that what
/// nobody likes has a place too.
pub(super) fn rankings(record: &PostRecord) -> BTreeSet<Board> {
    let mut boards = BTreeSet::new();
    if !record.is_public() {
        return boards;
    }
    boards.insert(ranking_of_kind(record.kind));
    if record.kind != PostKind::Reply {
        boards.insert(ranking_of_all());
        boards.extend(record.tags.iter().map(|tag| ranking_of_tag(tag)));
    }
    boards
}

/// How many posts the circle keeps, of all kinds and whatever became of them,
/// for a limit: see [`Transaction::glance`].
pub(super) async fn kept_posts(tx: &Transaction) -> Result<u64, StoreError> {
    let kept = tx.glance(&figures(), KEPT).await?;
    Ok(u64::try_from(kept).unwrap_or(0))
}

/// Writes a record, and moves the post from where the old one stood.
pub(super) async fn replace(
    tx: &mut Transaction,
    id: &str,
    old: Option<&PostRecord>,
    new: &PostRecord,
) -> Result<(), StoreError> {
    put(tx, post_key(id), new)?;
    let value = Bytes::from_static(new.kind.as_str().as_bytes());
    let (before, after) = (
        old.map(|old| entries(id, old)).unwrap_or_default(),
        entries(id, new),
    );
    for key in before.difference(&after) {
        tx.delete(key.clone())?;
    }
    for key in after.difference(&before) {
        tx.put(key.clone(), value.clone())?;
    }
    let (before, after) = (old.map(tallies).unwrap_or_default(), tallies(new));
    for (board, item) in before.difference(&after) {
        tx.add(board, item, -1)?;
    }
    for (board, item) in after.difference(&before) {
        tx.add(board, item, 1)?;
    }
    if old.is_none() {
        tx.add(&figures(), KEPT, 1)?;
    }
    rank(tx, id, old, new).await
}

/// Moves a post between rankings, with all its reactions: that they are read
/// means that a reaction given meanwhile has this run again.
async fn rank(
    tx: &mut Transaction,
    id: &str,
    old: Option<&PostRecord>,
    new: &PostRecord,
) -> Result<(), StoreError> {
    let (before, after) = (old.map(rankings).unwrap_or_default(), rankings(new));
    if before == after {
        return Ok(());
    }
    let reactions = match old {
        None => 0,
        Some(_) => tx.total(&reaction_board(id)).await?,
    };
    let item = timed_item(new.created_ms, id);
    for board in before.difference(&after) {
        tx.add(board, &item, -(reactions + 1))?;
    }
    for board in after.difference(&before) {
        tx.add(board, &item, reactions + 1)?;
    }
    Ok(())
}

/// The entries of a post in lists.
fn entries(id: &str, record: &PostRecord) -> BTreeSet<Key> {
    let mut lists = own_lists(record);
    let mut keys = BTreeSet::new();
    if record.is_public() {
        lists.extend(public_lists(record));
        if let Some(first) = record.reported_ms {
            keys.insert(PostList::Reported.key(first, id));
        }
    }
    if record.waits() {
        keys.insert(PostList::Held.key(record.held_ms.unwrap_or(record.created_ms), id));
    }
    if record.status != PostStatus::Removed
        && let (Some(tag), Some(period)) = (record.tags.first(), &record.period)
    {
        keys.insert(record_of(&record.author, tag, period));
    }
    keys.extend(lists.iter().map(|list| list.key(record.created_ms, id)));
    keys
}

fn own_lists(record: &PostRecord) -> Vec<PostList<'_>> {
    let author = record.author.as_str();
    if record.removed_by == Some(super::Remover::Erasure) {
        return Vec::new();
    }
    let mut lists = vec![
        PostList::Mine(author),
        PostList::MineKind(author, record.kind.as_str()),
    ];
    lists.extend(record.tags.iter().map(|tag| PostList::MineTag(author, tag)));
    lists
}

fn public_lists(record: &PostRecord) -> Vec<PostList<'_>> {
    let (author, kind) = (record.author.as_str(), record.kind.as_str());
    let mut lists = vec![
        PostList::Kind(kind),
        PostList::Author(author),
        PostList::AuthorKind(author, kind),
    ];
    lists.extend(record.tags.iter().map(|tag| PostList::KindTag(kind, tag)));
    match &record.parent {
        Some(parent) => lists.push(PostList::Replies(parent)),
        None => {
            lists.push(PostList::All);
            lists.extend(record.tags.iter().map(|tag| PostList::Tag(tag)));
            lists.extend(record.featured.then_some(PostList::Featured));
        }
    }
    lists
}

/// What a post adds 1 to.
fn tallies(record: &PostRecord) -> BTreeSet<(Board, String)> {
    let mut tallies = BTreeSet::new();
    if record.waits() {
        tallies.insert((figures(), HELD.to_owned()));
    }
    if !record.is_public() {
        return tallies;
    }
    match &record.parent {
        Some(parent) => {
            tallies.insert((reply_board(), parent.clone()));
        }
        None => {
            tallies.insert((figures(), POSTS.to_owned()));
            let tags = record.tags.iter().cloned();
            tallies.extend(tags.map(|tag| (tag_board(), tag)));
        }
    }
    tallies
}
