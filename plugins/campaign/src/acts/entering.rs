//! Taking part, and taking what was won.

use quanka_card::prelude::*;
use serde::Serialize;

use super::{NoData, participant, while_open};
use crate::book::{self, Credit, Entry, Own};
use crate::config::Config;
use crate::jobs::prizes;
use crate::rules::{self, NoInvitation};
use crate::words::Words;

/// What the page hears when somebody has joined the circle by taking part.
#[derive(Serialize)]
struct Joined {
    entered: bool,
}

/// What the page hears when somebody takes their prize.
#[derive(Serialize)]
struct Accepted<'a> {
    prize: &'a str,
}

/// Takes part, and joins the circle for it. The payload is the code of the
/// invitation that the reader came by, if they did.
pub fn enter(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let code: Option<String> = action.payload()?;
    let signed_in = cx.reader.member.as_deref();
    let Some(member) = signed_in.filter(|_| cx.reader.signed_in) else {
        return Err(Error::denied("who takes part has a session"));
    };
    let known = book::entry(member)?;
    // Who takes part may come back at any time, for the prize if nothing else.
    if known.is_none() {
        while_open(cx, words)?;
    }
    if rules::organises(cx.reader.role) {
        return Err(Error::invalid(words.organisers_stand_by()));
    }
    if let Some(reason) = known.as_ref().and_then(|entry| entry.out.as_ref()) {
        return Err(Error::invalid(words.you_are_out(reason)));
    }
    let before = circle::membership(member);
    let has_joined = match join(words, before.standing)? {
        None => {
            if let (Some(code), None) = (&code, &known) {
                Own::new(cx).put_invited(code)?;
            }
            return Ok(Outcome::info(words.asked()).event("ask-to-join", &NoData {}));
        }
        Some(has_joined) => has_joined,
    };
    if known.is_some() {
        return Ok(match has_joined {
            true => {
                Outcome::success(words.welcome_back()).event("join", &Joined { entered: false })
            }
            false => Outcome::info(words.entered_before()),
        });
    }
    let code = match code {
        Some(code) => Some(code),
        None => Own::new(cx).invited()?,
    };
    let (invited_by, why_not) = inviter(cx, code, &before)?;
    let entry = Entry {
        code: String::new(),
        entered: cx.now,
        credit: match invited_by {
            Some(_) => Credit::Waiting,
            None => Credit::Closed,
        },
        invited_by,
        out: None,
    };
    book::enter(member, entry, &mut cx.random())?;
    let points = cx.config.points.enter.into();
    book::add_points(member, points)?;
    let done = match why_not {
        None => Outcome::success(words.entered(points)),
        Some(why_not) => Outcome::info(words.entered_without(points, why_not)),
    };
    Ok(match has_joined {
        true => done.event("join", &Joined { entered: true }),
        false => done.event("enter", &NoData {}),
    })
}

/// Whether the reader has come into the circle now; none if they must wait.
fn join(words: Words, standing: Standing) -> Result<Option<bool>> {
    match (standing, circle::info().policy) {
        (Standing::Joined, _) => return Ok(Some(false)),
        (Standing::Banned, _) => return Err(Error::invalid(words.banned())),
        (Standing::None | Standing::Left, JoinPolicy::Closed) => {
            return Err(Error::invalid(words.closed_to_you()));
        }
        _ => {}
    }
    Ok(match circle::join()? {
        JoinOutcome::Joined => Some(true),
        JoinOutcome::Already => Some(false),
        JoinOutcome::Pending => None,
    })
}

/// Whose invitation counts; or why it does not, if there is one.
fn inviter(
    cx: &ActionContext<Config>,
    code: Option<String>,
    before: &Membership,
) -> Result<(Option<String>, Option<NoInvitation>)> {
    let Some(code) = code else {
        return Ok((None, None));
    };
    let Some(inviter) = book::whose_code(&code)? else {
        return Ok((None, None));
    };
    let Some(entry) = book::entry(&inviter)? else {
        return Ok((None, None));
    };
    Ok(
        match rules::invitation(&cx.config, before, (&inviter, &entry)) {
            Ok(()) => (Some(inviter), None),
            Err(why_not) => (None, Some(why_not)),
        },
    )
}

/// Accepts a prize, and makes the code that proves whose it is. The payload is
/// its place among the winners. Who won and was made a moderator since keeps it:
/// at the draw they were none.
pub fn accept(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let at: usize = action.payload()?;
    let (member, _) = participant(cx, words)?;
    let (Some(draw), Some(mut winners)) = (book::draw()?, book::winners()?) else {
        return Err(Error::invalid(words.not_drawn()));
    };
    let place = winners.places.get_mut(at);
    let mine = place.filter(|place| place.member.as_deref() == Some(&*member));
    let place = match mine {
        Some(place) if place.accepted.is_some() => {
            return Ok(Outcome::info(words.accepted_before()));
        }
        Some(place) if cx.now < place.until => place,
        _ => return Err(Error::invalid(words.not_yours())),
    };
    place.accepted = Some(cx.now);
    let prize = draw.prizes.get(place.prize);
    let name = prize.map_or("", |prize| prize.name.as_str());
    let outcome = Outcome::success(words.accepted(name)).event("accept", &Accepted { prize: name });
    book::new_claim(at, &mut cx.random())?;
    prizes::keep(&winners)?;
    Ok(outcome)
}
