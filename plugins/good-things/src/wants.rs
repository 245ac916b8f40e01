//! What a reader wants (想买) of what others recommend: one list, with the
//! reader, last first. That they want it is a reaction of the post, too, so that
//! its author sees how many do.

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

/// The most that one reader wants at a time.
pub const WANTS_MAX: usize = 200;

const KEY: &str = "wants";

/// A recommendation that the reader wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    pub post: String,
    pub since_ms: u64,
}

/// All that the reader wants, last first.
pub fn all() -> Result<Vec<Want>> {
    Ok(state::viewer().get(KEY)?.unwrap_or_default())
}

/// Notes that the reader wants something; false if they want too much already.
pub fn add(post: &str, now: Timestamp) -> Result<bool> {
    let mut wants = all()?;
    if wants.iter().any(|want| want.post == post) {
        return Ok(true);
    }
    if wants.len() >= WANTS_MAX {
        return Ok(false);
    }
    let want = Want {
        post: post.to_owned(),
        since_ms: now.as_ms(),
    };
    wants.insert(0, want);
    state::viewer().put(KEY, &wants)?;
    Ok(true)
}

/// Forgets that the reader wants something.
pub fn remove(post: &str) -> Result<()> {
    let mut wants = all()?;
    wants.retain(|want| want.post != post);
    match wants.is_empty() {
        true => state::viewer().delete(KEY),
        false => state::viewer().put(KEY, &wants),
    }
}
