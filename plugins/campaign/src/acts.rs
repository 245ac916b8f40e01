//! What readers do. Offers are visible and may be old, so everything is checked
//! again here or by the host's own rules, and what these refuse is said in the
//! reader's words.

mod entering;
mod order;
mod scoring;

use quanka_card::prelude::*;
use serde::Serialize;

use crate::book::{self, Entry, Phase};
use crate::config::Config;
use crate::rules;
use crate::words::Words;

/// Does what a reader did.
pub fn act(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
    let words = Words::of(cx);
    let done = match action.name() {
        "enter" => entering::enter(cx, words, action),
        "check-in" => scoring::check_in(cx, words),
        "post" => scoring::post(cx, words, action),
        "claim" => scoring::claim(cx, words),
        "accept" => entering::accept(cx, words, action),
        "end" => order::end(cx, words),
        "disqualify" => order::disqualify(cx, words, action),
        _ => Err(Error::unknown_action(action)),
    };
    done.map_err(|error| in_words(words, error))
}

/// What the host's rules refuse, as a reader should hear it.
fn in_words(words: Words, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Denied => Error::invalid(words.not_allowed()),
        ErrorKind::NotFound => Error::invalid(words.not_there()),
        ErrorKind::Quota => Error::invalid(words.too_much()),
        _ => error,
    }
}

/// An event that says nothing but its name.
#[derive(Serialize)]
struct NoData {}

/// Refuses what can be done only while the campaign runs.
fn while_open(cx: &ActionContext<Config>, words: Words) -> Result<Timestamp> {
    let end = book::end(&cx.config)?;
    match book::phase(|| end <= cx.now)? {
        Phase::Open => Ok(end),
        Phase::Before => Err(Error::invalid(words.not_begun())),
        Phase::Drawing | Phase::Over => Err(Error::invalid(words.is_over())),
    }
}

/// The reader, if they can earn points now, and when that ends.
fn earner(cx: &ActionContext<Config>, words: Words) -> Result<(Timestamp, String, Entry)> {
    let end = while_open(cx, words)?;
    if rules::organises(cx.reader.role) {
        return Err(Error::invalid(words.organisers_stand_by()));
    }
    let (member, entry) = participant(cx, words)?;
    Ok((end, member, entry))
}

/// The reader, if they take part and are in the circle.
fn participant(cx: &ActionContext<Config>, words: Words) -> Result<(String, Entry)> {
    let enter_first = || Error::invalid(words.enter_first());
    let member = cx.reader.member.clone().ok_or_else(enter_first)?;
    let entry = book::entry(&member)?.ok_or_else(enter_first)?;
    if let Some(reason) = &entry.out {
        return Err(Error::invalid(words.you_are_out(reason)));
    }
    if cx.reader.role < Role::Member {
        return Err(Error::invalid(words.join_again()));
    }
    Ok((member, entry))
}
