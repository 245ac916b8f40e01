//! What moderators and the owner decide about others' posts.

use quanka_card::prelude::*;

use super::About;
use crate::config::Config;
use crate::points;
use crate::words::Words;

/// Puts a recommendation first. Its author earns by it, unless they did it
/// themselves.
pub fn feature(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let About { post, by, thing } = action.payload()?;
    posts::feature(&post)?;
    if thing {
        points::published(&post, &by)?;
    }
    if cx.reader.member.as_deref() != Some(by.as_str()) {
        points::featured(&post, &by)?;
    }
    Ok(Outcome::success(words.featured_done()))
}

pub fn unfeature(words: Words, action: &Action) -> Result<Outcome> {
    let About { post, by, .. } = action.payload()?;
    posts::unfeature(&post)?;
    points::unfeatured(&post, &by)?;
    Ok(Outcome::success(words.unfeatured_done()))
}

/// Lets everybody see a post that waits, as it stood in the list.
pub fn approve(words: Words, action: &Action) -> Result<Outcome> {
    let (About { post, by, thing }, seen) = action.payload()?;
    posts::approve(&seen)?;
    if thing {
        points::published(&post, &by)?;
    }
    Ok(Outcome::success(words.approved()))
}

/// Sends a post back, with the reason for its author.
pub fn reject(words: Words, action: &Action) -> Result<Outcome> {
    let About { post, by, .. } = action.payload()?;
    let reason = action.value("reason").unwrap_or_default().trim();
    if reason.is_empty() {
        let say = words.give_reason();
        return Err(Error::invalid(say).field("reason", say));
    }
    posts::reject(&post, reason)?;
    // It may have been public before it was edited.
    points::unpublished(&post, &by)?;
    Ok(Outcome::success(words.rejected()))
}
