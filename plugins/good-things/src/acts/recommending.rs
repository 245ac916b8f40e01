//! Recommending, wishing, and changing or taking back what one said.

use quanka_card::prelude::*;

use super::{Posted, beside, in_words, said, speaker, submitted, text, thing, with_pictures};
use crate::config::Config;
use crate::points;
use crate::topics;
use crate::watch;
use crate::words::Words;

/// Recommends what is in the form, perhaps in a topic.
pub fn recommend(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let author = speaker(cx, words)?;
    let item = thing(words, action)?;
    if item.rating.is_none() {
        let say = words.stars_first();
        return Err(Error::invalid(say).field("rating", say));
    }
    let mut draft = posts::draft(PostKind::Recommendation)
        .text(text(action))
        .item(item);
    if let Some(tag) = tag(words, action)? {
        draft = draft.tag(tag);
    }
    let draft = submitted(cx, with_pictures(action, draft));
    let post = draft.publish().map_err(|error| beside(words, error))?;
    let mut done = words.recommended().to_owned();
    if post.is_published() && points::published(&post.id, author)? {
        done = words.with_points(&done, points::PUBLISHED);
    }
    if !post.is_published() {
        // It earns once it is let through, wherever that is.
        watch::begin(&post.id, author)?;
    }
    Ok(said(words, done, &post).event("recommend", &Posted::of(&post)))
}

/// Wishes for something of the reader's own choice.
pub fn wish(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    speaker(cx, words)?;
    let draft = posts::draft(PostKind::Wish)
        .text(text(action))
        .item(thing(words, action)?)
        .visible(!action.is_on("private"));
    let draft = submitted(cx, with_pictures(action, draft));
    let post = draft.publish().map_err(|error| beside(words, error))?;
    Ok(said(words, words.wished(), &post).event("post", &Posted::of(&post)))
}

/// Changes a post of the reader's own; its topic and, unless there are new
/// ones, its pictures stay.
pub fn edit(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    speaker(cx, words)?;
    let post = posts::get(&id).filter(|post| post.is_by(&cx.reader));
    let post = post.ok_or_else(|| Error::not_found("no such post of the reader's"))?;
    let mut draft = Draft::of(&post).text(text(action));
    match post.kind {
        PostKind::Recommendation | PostKind::Wish => draft = draft.item(thing(words, action)?),
        _ if text(action).is_empty() => {
            let say = words.write_first();
            return Err(Error::invalid(say).field("text", say));
        }
        _ => {}
    }
    if !action.values("picture").is_empty() {
        draft = with_pictures(action, draft);
    }
    let edited = posts::edit(&id, submitted(cx, draft)).map_err(|error| beside(words, error))?;
    Ok(said(words, words.edited(), &edited))
}

/// Takes a post away, with what it earned: its author's own, or anybody's for
/// those who keep order, perhaps with a reason.
pub fn remove(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    let post = posts::get(&id).ok_or_else(|| Error::not_found("no such post"))?;
    let removed = match action.value("reason").unwrap_or_default().trim() {
        "" => posts::remove(&id),
        reason => posts::remove_because(&id, reason),
    };
    removed.map_err(|error| in_words(words, error))?;
    points::gone(&id, &post.author)?;
    let own = post.is_by(&cx.reader) && post.kind == PostKind::Wish;
    Ok(Outcome::success(match own {
        true => words.wish_gone(),
        false => words.removed(),
    }))
}

/// The tag of the topic in the form, which must be open still.
fn tag(words: Words, action: &Action) -> Result<Option<String>> {
    let id = action.value("topic").unwrap_or_default();
    if id.is_empty() {
        return Ok(None);
    }
    match topics::get(id)? {
        Some(topic) if !topic.said.closed => Ok(Some(topic.tag())),
        _ => {
            let say = words.topic_over();
            Err(Error::invalid(say).field("topic", say))
        }
    }
}
