//! Posting in a group, commenting, liking, and taking back one's own.

use quanka_card::prelude::*;
use serde::Serialize;

use super::{About, beside, talking_in};
use crate::config::Config;
use crate::draw::LIKE;
use crate::groups::Group;
use crate::words::Words;

/// What the page hears of a post.
#[derive(Serialize)]
struct Posted<'a> {
    group: &'a str,
    post: &'a str,
    /// Whether a moderator looks at it before others do.
    held: bool,
}

/// Posts what is in the form, under the group's tag.
pub fn post(
    cx: &ActionContext<Config>,
    words: Words,
    action: &Action,
    group: &str,
) -> Result<Outcome> {
    let group = talking_in(cx, words, group)?;
    not_muted(cx, words)?;
    let text = action.value("text").unwrap_or_default().trim();
    let pictures = action.values("pictures");
    if text.is_empty() && pictures.is_empty() {
        let say = words.write_first();
        return Err(Error::invalid(say).field("text", say));
    }
    let draft = posts::draft(PostKind::Short)
        .text(text)
        .tag(group.tag())
        .pictures(pictures.iter().map(|media| (media.as_str(), "")));
    let post = draft.publish().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Error::invalid(words.no_picture()).field("pictures", words.no_picture())
        }
        _ => beside("text", error),
    })?;
    Ok(said(words, words.published(), &post).event("post", &posted(&group, &post)))
}

/// Comments on a post of a group. That it is one of the group's the offer says,
/// which nobody can make up: reading the post would make those who comment and
/// like at the same time wait for each other, as its numbers are part of it.
pub fn comment(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (group, to): (String, String) = action.payload()?;
    let group = talking_in(cx, words, &group)?;
    not_muted(cx, words)?;
    let text = action.value("text").unwrap_or_default().trim();
    if text.is_empty() {
        let say = words.write_first();
        return Err(Error::invalid(say).field("text", say));
    }
    let draft = posts::draft(PostKind::Reply).text(text).reply_to(to);
    let comment = draft.publish().map_err(|error| beside("text", error))?;
    let event = posted(&group, &comment);
    Ok(said(words, words.commented(), &comment).event("comment", &event))
}

/// Likes a post of a group, and reads nothing of it, as [`comment`].
pub fn like(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (group, id): (String, String) = action.payload()?;
    let group = talking_in(cx, words, &group)?;
    posts::react(&id, LIKE)?;
    let event = About { group: &group.id };
    Ok(Outcome::success(words.unlike()).event("like", &event))
}

/// Taking a like back needs no seat: whoever gave it may.
pub fn unlike(words: Words, action: &Action) -> Result<Outcome> {
    let (_, id): (String, String) = action.payload()?;
    posts::unreact(&id, LIKE)?;
    Ok(Outcome::success(words.unliked()))
}

/// Takes a post or a comment away: the host lets its author and moderators.
pub fn remove(words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    posts::remove(&id)?;
    Ok(Outcome::success(words.removed()))
}

/// A muted reader hears why, and not that they may not.
fn not_muted(cx: &ActionContext<Config>, words: Words) -> Result<()> {
    match cx.reader.muted {
        true => Err(Error::invalid(words.muted())),
        false => Ok(()),
    }
}

fn said(words: Words, published: &str, post: &Post) -> Outcome {
    match post.status {
        PostStatus::Held => Outcome::info(words.held()),
        _ => Outcome::success(published),
    }
}

fn posted<'a>(group: &'a Group, post: &'a Post) -> Posted<'a> {
    Posted {
        group: &group.id,
        post: &post.id,
        held: post.status == PostStatus::Held,
    }
}
