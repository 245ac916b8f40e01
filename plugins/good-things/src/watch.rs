//! Posts that a timer looks after: what waits for a moderator, and what has
//! earned points, since either may change where this card hears nothing of it.
//!
//! Each has the key `watch/P`, for so long after the timer first saw it; a post
//! that earns again later is watched again. `watched` says how far the timer is.

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

/// How long a post is watched. After that, what it earned is its author's.
const WATCHED_MS: u64 = 60 * 24 * 60 * 60 * 1_000;

const PREFIX: &str = "watch/";
const CURSOR: &str = "watched";

/// A post that is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// Whose points it is about: an erased author's post is nobody's.
    pub by: String,
    /// Until when; from the first time that the timer sees it.
    until_ms: Option<u64>,
}

/// Watches a post, if it is not watched.
pub fn begin(post: &str, author: &str) -> Result<()> {
    let key = key(post);
    if state::circle().get::<Watched>(&key)?.is_some() {
        return Ok(());
    }
    let watched = Watched {
        by: author.to_owned(),
        until_ms: None,
    };
    state::circle().put(&key, &watched)
}

/// Watches a post no more.
pub fn end(post: &str) -> Result<()> {
    state::circle().delete(&key(post))
}

/// The next posts that are watched, one after the other and then from the first
/// again: at most so many.
pub fn next(limit: u32) -> Result<Vec<(String, Watched)>> {
    let after: Option<String> = state::circle().get(CURSOR)?;
    let scan = state::circle().scan(PREFIX).limit(limit);
    let page: Page<Watched> = match &after {
        Some(after) => scan.after(after).page()?,
        None => scan.page()?,
    };
    match page.entries.last().filter(|_| page.more) {
        Some((last, _)) => state::circle().put(CURSOR, last)?,
        None if after.is_some() => state::circle().delete(CURSOR)?,
        None => {}
    }
    let posts = page.entries.into_iter().filter_map(|(key, watched)| {
        let post = key.strip_prefix(PREFIX)?.to_owned();
        Some((post, watched))
    });
    Ok(posts.collect())
}

/// Notes that a post was looked at; after its time it is watched no more.
pub fn looked(post: &str, watched: Watched, now: Timestamp) -> Result<()> {
    match watched.until_ms {
        Some(until_ms) if until_ms <= now.as_ms() => end(post),
        Some(_) => Ok(()),
        None => {
            let until_ms = Some(now.as_ms() + WATCHED_MS);
            let watched = Watched {
                until_ms,
                ..watched
            };
            state::circle().put(&key(post), &watched)
        }
    }
}

fn key(post: &str) -> String {
    format!("{PREFIX}{post}")
}
