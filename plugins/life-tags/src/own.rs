//! The tags that a reader keeps, in their own state: `tag/NAME` for each, and
//! `me` for what concerns all of them.

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

/// Tags that a reader keeps at a time.
pub const KEPT_MAX: usize = 12;
/// The same with those put away, which have records.
pub const ALL_MAX: usize = 60;

/// What a reader has of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    pub since_ms: u64,
    /// Whether a new record is shown to everybody, unless its author says
    /// otherwise.
    pub open: bool,
    /// Put away: nothing reminds of it, and its records stay.
    pub archived: bool,
    /// The week in which a record of theirs counts for the tag. A member counts
    /// once, however often they take a record away and write it again.
    pub counted: Option<String>,
}

/// What concerns all of a reader's tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Whether they want to be reminded.
    pub remind: bool,
    /// The last week in which they wrote.
    pub wrote: Option<String>,
}

/// All of them with their names, those kept for longest first.
pub fn all() -> Result<Vec<(String, Own)>> {
    let page: Page<Own> = state::viewer().scan("tag/").page()?;
    let mut tags: Vec<(String, Own)> = page
        .entries
        .into_iter()
        .filter_map(|(key, own)| Some((key.strip_prefix("tag/")?.to_owned(), own)))
        .collect();
    tags.sort_by(|a, b| (a.1.since_ms, &a.0).cmp(&(b.1.since_ms, &b.0)));
    Ok(tags)
}

/// What the reader has of a tag.
pub fn get(tag: &str) -> Result<Option<Own>> {
    state::viewer().get(&key(tag))
}

pub fn put(tag: &str, own: &Own) -> Result<()> {
    state::viewer().put(&key(tag), own)
}

pub fn forget(tag: &str) -> Result<()> {
    state::viewer().delete(&key(tag))
}

pub fn me() -> Result<Me> {
    Ok(state::viewer().get("me")?.unwrap_or_default())
}

pub fn put_me(me: &Me) -> Result<()> {
    state::viewer().put("me", me)
}

fn key(tag: &str) -> String {
    format!("tag/{tag}")
}
