//! What readers do. Offers are visible and may be old, so everything is checked
//! again here or by the host's own rules, and what these refuse is said in the
//! reader's words.

mod joining;
mod order;
mod posting;

use quanka_card::prelude::*;
use serde::Serialize;

use crate::config::Config;
use crate::words::Words;

/// Does what a reader did.
pub fn act(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
    let words = Words::of(cx);
    let done = match action.name() {
        "join" => joining::join(cx, words),
        "leave" => joining::leave(cx, words),
        "post" => posting::post(cx, words, action),
        "reply" => posting::reply(cx, words, action),
        "remove" => posting::remove(words, action),
        "like" => posting::like(words, action),
        "unlike" => posting::unlike(words, action),
        "admit" => order::admit(words, action),
        "refuse" => order::refuse(words, action),
        "role" => order::set_role(words, action),
        "mute" => order::mute(cx, words, action),
        "unmute" => order::unmute(cx, words, action),
        "ban" => order::ban(words, action),
        "unban" => order::unban(words, action),
        "approve" => order::approve(words, action),
        "reject" => order::reject(words, action),
        "take-away" => order::take_away(words, action),
        "feature" => order::feature(words, action),
        "unfeature" => order::unfeature(words, action),
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

/// An event that says nothing but its name.
#[derive(Serialize)]
struct NoData {}
