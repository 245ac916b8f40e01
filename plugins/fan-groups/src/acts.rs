//! What readers do. Offers are visible and may be old, so everything is checked
//! again here or by the host's own rules, and what these refuse is said in the
//! reader's words.

mod joining;
mod keeping;
mod posting;

use quanka_card::prelude::*;
use serde::Serialize;

use crate::config::Config;
use crate::groups::{self, Group, Seat, seat};
use crate::words::Words;

/// Does what a reader did.
pub fn act(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
    let words = Words::of(cx);
    let done = match action.name() {
        "join" => joining::join(cx, words, action),
        "leave" => joining::leave(cx, words, action),
        "post" => action
            .payload::<String>()
            .and_then(|group| posting::post(cx, words, action, &group)),
        "post-in" => {
            let group = action.value("group").unwrap_or_default();
            posting::post(cx, words, action, group)
        }
        "comment" => posting::comment(cx, words, action),
        "like" => posting::like(cx, words, action),
        "unlike" => posting::unlike(words, action),
        "remove" => posting::remove(words, action),
        "create" => keeping::create(cx, words, action),
        "admit" => keeping::admit(cx, words, action),
        "refuse" => keeping::refuse(cx, words, action),
        "put-out" => keeping::put_out(cx, words, action),
        "keeper" => keeping::set_keeper(cx, words, action),
        "notice" => keeping::notice(cx, words, action),
        "close" => keeping::close(cx, words, action),
        "reopen" => keeping::reopen(cx, words, action),
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

/// What the host does not like about words stands beside them.
fn beside(field: &str, error: Error) -> Error {
    let say = error.text().to_owned();
    match error.kind() {
        ErrorKind::Invalid if error.fields().is_empty() => error.field(field, say),
        _ => error,
    }
}

/// The group that an action is about.
fn find(cx: &ActionContext<Config>, id: &str) -> Result<Group> {
    groups::get(&cx.config, id)?.ok_or_else(|| Error::not_found(format!("no group `{id}`")))
}

/// The reader's id, if they are in the circle.
fn member(cx: &ActionContext<Config>, words: Words) -> Result<&str> {
    match &cx.reader.member {
        Some(member) if cx.reader.role >= Role::Member => Ok(member),
        _ => Err(Error::invalid(words.join_first())),
    }
}

/// The group, if it is open and the reader is in it.
fn talking_in(cx: &ActionContext<Config>, words: Words, id: &str) -> Result<Group> {
    let group = find(cx, id)?;
    let member = member(cx, words)?;
    if group.desk.closed {
        return Err(Error::invalid(words.over()));
    }
    match seat(&group.id, member)? {
        Seat::In => Ok(group),
        _ => Err(Error::invalid(words.join_first())),
    }
}

/// What the page hears.
#[derive(Serialize)]
struct About<'a> {
    group: &'a str,
}
