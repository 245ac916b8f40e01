//! Coming into the circle, by itself or with a first tag.

use quanka_card::prelude::*;

use super::NoData;
use crate::config::Config;
use crate::words::Words;

/// Joins, or asks to, as the circle's policy has it.
pub fn join(cx: &ActionContext<Config>, words: Words) -> Result<Outcome> {
    Ok(match enter(cx, words)? {
        JoinOutcome::Joined => {
            let circle = circle::info().name;
            Outcome::success(words.welcome_in(&circle)).event("join", &NoData {})
        }
        JoinOutcome::Pending => Outcome::success(words.asked()).event("ask-to-join", &NoData {}),
        JoinOutcome::Already => Outcome::info(words.already_in()),
    })
}

/// Lets the reader in, or says why not.
pub fn enter(cx: &ActionContext<Config>, words: Words) -> Result<JoinOutcome> {
    if cx.reader.role >= Role::Member {
        return Ok(JoinOutcome::Already);
    }
    let own = cx.reader.member.as_deref().map(circle::membership);
    let standing = own.map_or(Standing::None, |own| own.standing);
    match (standing, circle::info().policy) {
        (Standing::Banned, _) => Err(Error::invalid(words.banned())),
        (Standing::None | Standing::Left, JoinPolicy::Closed) => {
            Err(Error::invalid(words.closed_to_you()))
        }
        _ => circle::join(),
    }
}
