//! Coming into a group and going.

use quanka_card::prelude::*;

use super::{About, find};
use crate::config::{Config, Policy};
use crate::groups::{self, Seat, seat};
use crate::words::Words;

/// Joins a group, or asks to, as its policy has it; and the circle before, if
/// the reader is not in it.
pub fn join(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    let group = find(cx, &id)?;
    let Some(member) = cx.reader.member.as_deref() else {
        return Err(Error::denied("no session"));
    };
    let seat = seat(&group.id, member)?;
    let keeps_order = cx.reader.role >= Role::Moderator;
    match (group.desk.closed, seat) {
        (true, _) => return Err(Error::invalid(words.over())),
        (false, Seat::Out) if !keeps_order => return Err(Error::invalid(words.out())),
        _ => {}
    }
    if group.join == Policy::Closed && seat != Seat::In && !keeps_order {
        return Err(Error::invalid(words.closed_to_you()));
    }
    if cx.reader.role < Role::Member && !into_circle(member, words)? {
        return Ok(Outcome::info(words.circle_asked()).event("ask-to-join", &about(&id)));
    }
    match seat {
        Seat::In if cx.reader.role >= Role::Member => Ok(Outcome::info(words.already_in())),
        Seat::Asked if group.join == Policy::Approval && !keeps_order => {
            Ok(Outcome::info(words.asked()))
        }
        _ if group.join == Policy::Approval && !keeps_order && seat != Seat::In => {
            groups::ask(&id, member, cx.now)?;
            Ok(Outcome::success(words.asked()).event("ask-to-join", &about(&id)))
        }
        _ => {
            groups::take_in(&id, member, cx.now)?;
            Ok(Outcome::success(words.welcome_to(&group.name)).event("join", &about(&id)))
        }
    }
}

/// Lets the reader into the circle, and says whether they are in now.
fn into_circle(member: &str, words: Words) -> Result<bool> {
    let standing = circle::membership(member).standing;
    match (standing, circle::info().policy) {
        (Standing::Banned, _) => return Err(Error::invalid(words.circle_banned())),
        (Standing::None | Standing::Left, JoinPolicy::Closed) => {
            return Err(Error::invalid(words.circle_closed()));
        }
        _ => {}
    }
    Ok(circle::join()? != JoinOutcome::Pending)
}

/// Leaves a group, or takes back the asking.
pub fn leave(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    find(cx, &id)?;
    let Some(member) = cx.reader.member.as_deref() else {
        return Err(Error::invalid(words.not_in()));
    };
    match seat(&id, member)? {
        Seat::In => {
            groups::let_go(&id, member, false)?;
            Ok(Outcome::success(words.left()).event("leave", &about(&id)))
        }
        Seat::Asked => {
            groups::forget_asking(&id, member)?;
            Ok(Outcome::success(words.withdrawn()))
        }
        Seat::Stranger | Seat::Left | Seat::Out => Err(Error::invalid(words.not_in())),
    }
}

fn about(group: &str) -> About<'_> {
    About { group }
}
