//! Coming in and going.

use quanka_card::prelude::*;

use super::NoData;
use crate::config::Config;
use crate::words::Words;

/// Joins, or asks to, as the circle's policy has it.
pub fn join(cx: &ActionContext<Config>, words: Words) -> Result<Outcome> {
    let own = cx.reader.member.as_deref().map(circle::membership);
    let standing = own.map_or(Standing::None, |own| own.standing);
    let info = circle::info();
    match (standing, info.policy) {
        (Standing::Banned, _) => return Err(Error::invalid(words.banned())),
        (Standing::None | Standing::Left, JoinPolicy::Closed) => {
            return Err(Error::invalid(words.closed_to_you()));
        }
        _ => {}
    }
    Ok(match circle::join()? {
        JoinOutcome::Joined => {
            Outcome::success(words.welcome_in(&info.name)).event("join", &NoData {})
        }
        JoinOutcome::Pending => Outcome::success(words.asked()).event("ask-to-join", &NoData {}),
        JoinOutcome::Already => Outcome::info(words.already_in()),
    })
}

/// Leaves, or takes back the asking.
pub fn leave(cx: &ActionContext<Config>, words: Words) -> Result<Outcome> {
    if cx.reader.role == Role::Owner {
        return Err(Error::invalid(words.owner_stays()));
    }
    let own = cx.reader.member.as_deref().map(circle::membership);
    let standing = own.map_or(Standing::None, |own| own.standing);
    let outcome = match standing {
        Standing::Joined => Outcome::success(words.left()).event("leave", &NoData {}),
        Standing::Waiting => Outcome::success(words.withdrawn()),
        Standing::None | Standing::Left | Standing::Banned => {
            return Err(Error::invalid(words.not_in()));
        }
    };
    circle::leave()?;
    Ok(outcome)
}
