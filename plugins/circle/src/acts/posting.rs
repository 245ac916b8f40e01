//! Posting, replying, liking, and taking back one's own.

use quanka_card::prelude::*;
use serde::Serialize;

use super::NoData;
use crate::config::{Config, Posting};
use crate::draw::LIKE;
use crate::words::Words;

/// What the page hears of a post.
#[derive(Serialize)]
struct Posted<'a> {
    post: &'a str,
    /// Whether a moderator looks at it before others do.
    held: bool,
}

/// Posts what is in the form.
pub fn post(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    if !cx.config.posting.allows(cx.reader.role) {
        let why = match (cx.config.posting, cx.reader.role) {
            (_, Role::Visitor) => words.members_post(),
            (Posting::Nobody, _) => words.nobody_posts(),
            (Posting::Members | Posting::Featured, _) => words.featured_post(),
        };
        return Err(Error::invalid(why));
    }
    not_muted(cx, words)?;
    let text = action.value("text").unwrap_or_default().trim();
    let pictures = action.values("pictures");
    if text.is_empty() && pictures.is_empty() {
        let say = words.write_first();
        return Err(Error::invalid(say).field("text", say));
    }
    let draft = posts::draft(PostKind::Short)
        .text(text)
        .pictures(pictures.iter().map(|media| (media.as_str(), "")));
    let post = draft.publish().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Error::invalid(words.no_picture()).field("pictures", words.no_picture())
        }
        _ => beside_text(error),
    })?;
    Ok(said(words, words.published(), &post).event("post", &posted(&post)))
}

/// Answers a post.
pub fn reply(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let to: String = action.payload()?;
    not_muted(cx, words)?;
    let text = action.value("text").unwrap_or_default().trim();
    if text.is_empty() {
        let say = words.write_reply_first();
        return Err(Error::invalid(say).field("text", say));
    }
    let draft = posts::draft(PostKind::Reply).text(text).reply_to(to);
    let reply = draft.publish().map_err(beside_text)?;
    Ok(said(words, words.replied(), &reply).event("reply", &posted(&reply)))
}

/// Takes away a post or a reply of the reader's own.
pub fn remove(words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    posts::remove(&id)?;
    Ok(Outcome::success(words.removed()))
}

pub fn like(words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    posts::react(&id, LIKE)?;
    Ok(Outcome::success(words.liked()).event("like", &NoData {}))
}

pub fn unlike(words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    posts::unreact(&id, LIKE)?;
    Ok(Outcome::success(words.unliked()))
}

/// A muted reader hears why, and not that they may not.
fn not_muted(cx: &ActionContext<Config>, words: Words) -> Result<()> {
    match cx.reader.muted {
        true => Err(Error::invalid(words.muted_now())),
        false => Ok(()),
    }
}

/// What the host does not like about words stands beside them.
fn beside_text(error: Error) -> Error {
    let say = error.text().to_owned();
    match error.kind() {
        ErrorKind::Invalid if error.fields().is_empty() => error.field("text", say),
        _ => error,
    }
}

fn said(words: Words, published: &str, post: &Post) -> Outcome {
    match post.status {
        PostStatus::Held => Outcome::info(words.held()),
        _ => Outcome::success(published),
    }
}

fn posted(post: &Post) -> Posted<'_> {
    Posted {
        post: &post.id,
        held: post.status == PostStatus::Held,
    }
}
