//! Liking (看好), wanting (想买), and sharing.

use quanka_card::prelude::*;
use serde::Serialize;

use super::{About, member};
use crate::config::Config;
use crate::draw::{LIKE, WANT};
use crate::words::Words;
use crate::{points, wants};

/// What the page hears.
#[derive(Serialize)]
struct Reacted<'a> {
    post: &'a str,
}

pub fn like(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let About { post, by, thing } = action.payload()?;
    if by == member(cx, words)? {
        return Err(Error::invalid(words.not_own_like()));
    }
    if posts::react(&post, LIKE)? {
        // One that a moderator let through elsewhere has earned nothing yet.
        if thing {
            points::published(&post, &by)?;
        }
        points::liked(&post, &by)?;
    }
    Ok(Outcome::success(words.liked()).event("like", &Reacted { post: &post }))
}

/// Whoever gave a like may take it back, whatever they are by now.
pub fn unlike(words: Words, action: &Action) -> Result<Outcome> {
    let About { post, by, .. } = action.payload()?;
    if posts::unreact(&post, LIKE)? {
        points::unliked(&post, &by)?;
    }
    Ok(Outcome::success(words.unliked()))
}

/// Puts another's recommendation on the reader's list.
pub fn want(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let About { post, by, .. } = action.payload()?;
    if by == member(cx, words)? {
        return Err(Error::invalid(words.not_own_want()));
    }
    posts::react(&post, WANT)?;
    if !wants::add(&post, cx.now)? {
        return Err(Error::invalid(words.wants_full()));
    }
    Ok(Outcome::success(words.wanted()).event("want", &Reacted { post: &post }))
}

/// Takes a recommendation off the reader's list, even one that is gone.
pub fn unwant(words: Words, action: &Action) -> Result<Outcome> {
    let About { post, .. } = action.payload()?;
    match posts::unreact(&post, WANT) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => wants::remove(&post)?,
    }
    Ok(Outcome::success(words.unwanted()))
}

/// The reader shared, which the device says and the page hears from the host.
pub fn shared(cx: &ActionContext<Config>, words: Words) -> Result<Outcome> {
    let reader = member(cx, words)?;
    Ok(match points::shared(reader, cx.now)? {
        true => Outcome::success(words.with_points(words.shared(), points::SHARED)),
        false => Outcome::success(words.shared()),
    })
}
