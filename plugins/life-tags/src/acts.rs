//! What readers do. Offers are visible and may be old, so everything is checked
//! again here or by the host's own rules, and what these refuse is said in the
//! reader's words.

mod joining;
mod records;
mod tags;
mod talk;

use quanka_card::prelude::*;
use serde::Serialize;

use crate::config::Config;
use crate::words::Words;

/// Does what a reader did.
pub fn act(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
    let words = Words::of(cx);
    let done = match action.name() {
        "join" => joining::join(cx, words),
        "add-tag" => tags::add(cx, words, action),
        "archive" => tags::archive(words, action),
        "default" => tags::set_default(words, action),
        "remind" => tags::remind(cx, words, action),
        "write" => records::write(cx, words, action),
        "publish" => records::show(cx, words, action, true),
        "hide" => records::show(cx, words, action, false),
        "remove" => records::remove(cx, words, action),
        "like" => talk::like(words, action),
        "unlike" => talk::unlike(words, action),
        "reply" => talk::reply(cx, words, action),
        "remove-reply" => talk::remove(words, action),
        _ => Err(Error::unknown_action(action)),
    };
    done.map_err(|error| in_words(words, error))
}

/// What the host's rules refuse, as a reader should hear it.
fn in_words(words: Words, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Denied => Error::invalid(words.not_allowed()),
        ErrorKind::NotFound => Error::invalid(words.not_there()),
        ErrorKind::Conflict => Error::invalid(words.changed()),
        ErrorKind::Quota => Error::invalid(words.too_much()),
        _ => error,
    }
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

/// An event that says nothing but its name.
#[derive(Serialize)]
struct NoData {}

/// What the page hears of a post that others can see, now or once a moderator
/// has seen it.
#[derive(Serialize)]
struct Posted<'a> {
    post: &'a str,
    held: bool,
}

impl<'a> Posted<'a> {
    fn of(post: &'a Post) -> Self {
        Self {
            post: &post.id,
            held: post.status == PostStatus::Held,
        }
    }
}
