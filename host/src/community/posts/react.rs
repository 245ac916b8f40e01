//! Reactions: counted without being read, so that any number of readers react
//! at once.

use super::placing::{rankings, reaction_board};
use super::record::{read, standing};
use super::{Actor, PAGE_MAX, PostError, PostRules, Who, check_room, member_of};
use crate::store::keys::posts::{reacted, reaction as reaction_key, reaction_at, reactions_of};
use crate::store::keys::timed_item;
use crate::store::{Direction, PageLimit, Transaction};

/// Bytes of a reaction's name; the contract's figure.
const NAME_BYTES_MAX: usize = 32;

/// Gives a post a reaction. Says whether it is new.
///
/// # Errors
///
/// `Denied`, `NotFound`, `Quota`; `Invalid` for what is no reaction's name.
pub async fn react(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    id: &str,
    reaction: &str,
) -> Result<bool, PostError> {
    check_room(tx, &rules.limits)?;
    check_name(reaction)?;
    let (member, _) = member_of(tx, actor).await?;
    let record = standing(tx, id).await?;
    if !record.is_public() {
        return Err(PostError::NotFound("there is no such post"));
    }
    let key = reaction_key(id, member, reaction);
    if tx.get(&key).await?.is_some() {
        return Ok(false);
    }
    let max = rules.limits.reactions_per_post_max;
    if given(tx, id, member, max).await?.len() >= max {
        return Err(PostError::Quota(format!(
            "a member gives a post {max} reactions at most (the operator's \
             posts.reactions_per_post_max)"
        )));
    }
    let at = bytes::Bytes::copy_from_slice(&actor.now_ms.to_be_bytes());
    tx.put(key, at.clone())?;
    tx.put(reacted(member, id, reaction), at)?;
    count(tx, id, reaction, 1).await?;
    Ok(true)
}

/// Takes a reaction back. Says whether it was there. Whoever left the circle
/// may, too.
///
/// # Errors
///
/// `Denied`, `NotFound`.
pub async fn unreact(
    tx: &mut Transaction,
    rules: &PostRules,
    actor: Actor<'_>,
    id: &str,
    reaction: &str,
) -> Result<bool, PostError> {
    check_room(tx, &rules.limits)?;
    let Some(member) = actor.who.member() else {
        return Err(PostError::Denied(
            "a reader without a session reacts to nothing",
        ));
    };
    check_name(reaction)?;
    if read(tx, id).await?.is_none() {
        return Err(PostError::NotFound("there is no such post"));
    }
    take_back(tx, id, member, reaction).await
}

/// What somebody gave to each of some posts.
///
/// # Errors
///
/// `Argument` for too many posts.
pub async fn my_reactions(
    tx: &mut Transaction,
    rules: &PostRules,
    who: Who<'_>,
    ids: &[String],
) -> Result<Vec<Vec<String>>, PostError> {
    if ids.len() > PAGE_MAX as usize {
        return Err(PostError::Argument(format!(
            "my-reactions takes up to {PAGE_MAX} posts; these are {}",
            ids.len()
        )));
    }
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        all.push(match who.member() {
            Some(member) => given(tx, id, member, rules.limits.reactions_per_post_max).await?,
            None => Vec::new(),
        });
    }
    Ok(all)
}

/// Takes a member's reaction back, if it is there.
pub(super) async fn take_back(
    tx: &mut Transaction,
    id: &str,
    member: &str,
    reaction: &str,
) -> Result<bool, PostError> {
    let key = reaction_key(id, member, reaction);
    if tx.get(&key).await?.is_none() {
        return Ok(false);
    }
    tx.delete(key)?;
    tx.delete(reacted(member, id, reaction))?;
    count(tx, id, reaction, -1).await?;
    Ok(true)
}

/// Counts a reaction wherever the post is ranked. Where that is stands in the
/// record, so a post that leaves a ranking meanwhile has this run again.
async fn count(
    tx: &mut Transaction,
    id: &str,
    reaction: &str,
    delta: i64,
) -> Result<(), PostError> {
    tx.add(&reaction_board(id), reaction, delta)?;
    if let Some(record) = read(tx, id).await? {
        let item = timed_item(record.created_ms, id);
        for board in rankings(&record) {
            tx.add(&board, &item, delta)?;
        }
    }
    Ok(())
}

async fn given(
    tx: &mut Transaction,
    id: &str,
    member: &str,
    max: usize,
) -> Result<Vec<String>, PostError> {
    let limit = PageLimit {
        entries_max: max.max(1),
        bytes_max: usize::MAX,
    };
    let page = tx
        .scan(reactions_of(id, member), Direction::Forward, limit)
        .await?;
    let keys = page.entries.iter();
    let names = keys.filter_map(|(key, _)| reaction_at(key, id, member));
    Ok(names.map(str::to_owned).collect())
}

fn check_name(reaction: &str) -> Result<(), PostError> {
    let mut bytes = reaction.bytes();
    let begins = bytes.next().is_some_and(|first| first.is_ascii_lowercase());
    let goes_on = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if begins && goes_on && reaction.len() <= NAME_BYTES_MAX {
        return Ok(());
    }
    Err(PostError::Invalid(format!(
        "a reaction's name is [a-z][a-z0-9-]*, at most {NAME_BYTES_MAX} bytes"
    )))
}
