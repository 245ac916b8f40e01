//! Asking for recommendations, answering with one, and saying which helped.

use quanka_card::prelude::*;

use super::{Posted, beside, member, said, speaker, submitted, text, thing, with_pictures};
use crate::config::Config;
use crate::points::{self, Helpful};
use crate::words::Words;

/// Asks for recommendations.
pub fn ask(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    speaker(cx, words)?;
    let draft = posts::draft(PostKind::Asking).text(written(words, action)?);
    let draft = submitted(cx, with_pictures(action, draft));
    let post = draft.publish().map_err(|error| beside(words, error))?;
    Ok(said(words, words.asked_for(), &post).event("post", &Posted::of(&post)))
}

/// Answers a question with a thing.
pub fn answer(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let ask: String = action.payload()?;
    speaker(cx, words)?;
    let draft = posts::draft(PostKind::Reply)
        .text(text(action))
        .item(thing(words, action)?)
        .reply_to(ask);
    let post = submitted(cx, draft).publish().map_err(beside_text)?;
    Ok(said(words, words.answered(), &post).event("post", &Posted::of(&post)))
}

/// Replies to anything, in words.
pub fn reply(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let to: String = action.payload()?;
    speaker(cx, words)?;
    let draft = posts::draft(PostKind::Reply).text(written(words, action)?);
    let post = draft.reply_to(to).publish().map_err(beside_text)?;
    Ok(said(words, words.replied(), &post).event("post", &Posted::of(&post)))
}

/// Marks the answer that helped. Only who asked may, one at a time, and none of
/// their own.
pub fn helpful(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let answer: String = action.payload()?;
    let reader = member(cx, words)?;
    let not_there = || Error::not_found("no such answer");
    let answer = posts::get(&answer).filter(Post::is_published);
    let answer = answer.ok_or_else(not_there)?;
    let ask = answer.parent.as_deref().and_then(posts::get);
    let ask = ask.filter(|ask| ask.kind == PostKind::Asking && ask.is_published());
    let ask = ask.ok_or_else(not_there)?;
    if ask.author != reader {
        return Err(Error::denied("who asked says what helped"));
    }
    if answer.author == reader || answer.item.is_none() {
        return Err(Error::invalid(words.not_own_answer()));
    }
    let helpful = Helpful {
        answer: answer.id,
        author: answer.author,
    };
    if points::helpful(&ask.id)?.as_ref() != Some(&helpful) {
        points::set_helpful(&ask.id, &helpful)?;
    }
    Ok(Outcome::success(words.thanked()))
}

/// The words in the form, of which there must be some.
fn written(words: Words, action: &Action) -> Result<&str> {
    match text(action) {
        "" => {
            let say = words.write_first();
            Err(Error::invalid(say).field("text", say))
        }
        text => Ok(text),
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
