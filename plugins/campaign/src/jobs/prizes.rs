//! Prizes: to winners in the order of the draw, and on to the next in line.

use quanka_card::prelude::*;

use crate::book::{self, Award, Draw, Winners};
use crate::rules;

const DAY_S: u64 = 24 * 60 * 60;

/// Gives every prize to the first of the order who can have it.
pub fn hand_out(draw: &Draw, now: Timestamp, accept_days: u64) -> Result<()> {
    let mut winners = Winners::default();
    for (prize, of_kind) in draw.prizes.iter().enumerate() {
        for _ in 0..of_kind.count {
            let mut place = Award {
                prize,
                member: None,
                until: now,
                accepted: None,
                passed: 0,
            };
            to_next(draw, &mut winners.next, &mut place, now, accept_days)?;
            winners.places.push(place);
        }
    }
    keep(&winners)
}

/// Passes on what was not accepted in time.
pub fn pass_on(now: Timestamp, accept_days: u64) -> Result<()> {
    let (Some(draw), Some(mut winners)) = (book::draw()?, book::winners()?) else {
        return Ok(());
    };
    let Winners { places, next } = &mut winners;
    for place in places {
        if place.waits() && place.until <= now {
            place.passed += 1;
            to_next(&draw, next, place, now, accept_days)?;
        }
    }
    keep(&winners)
}

/// Passes on what somebody has who was put out, accepted or not. The claim code
/// of what was accepted is gone.
pub fn take_from(member: &str, now: Timestamp, accept_days: u64) -> Result<()> {
    let (Some(draw), Some(mut winners)) = (book::draw()?, book::winners()?) else {
        return Ok(());
    };
    let Winners { places, next } = &mut winners;
    let mut taken = Vec::new();
    for (at, place) in places.iter_mut().enumerate() {
        if place.member.as_deref() == Some(member) {
            taken.push(at);
            place.accepted = None;
            place.passed += 1;
            to_next(&draw, next, place, now, accept_days)?;
        }
    }
    book::forget_claims(&taken)?;
    keep(&winners)
}

/// Gives a prize to the next of the order who can still win; to nobody if there
/// is none.
fn to_next(
    draw: &Draw,
    next: &mut usize,
    place: &mut Award,
    now: Timestamp,
    accept_days: u64,
) -> Result<()> {
    place.member = None;
    place.until = now.plus_s(accept_days * DAY_S);
    while let Some(pick) = draw.order.get(*next) {
        *next += 1;
        let own = circle::membership(&pick.member);
        let entry = book::entry(&pick.member)?;
        if entry.is_some_and(|entry| rules::may_win(&entry, &own)) {
            place.member = Some(pick.member.clone());
            break;
        }
    }
    Ok(())
}

/// Keeps who has what, and comes again when the first of them is out of time.
pub fn keep(winners: &Winners) -> Result<()> {
    book::put_winners(winners)?;
    let waiting = winners.places.iter().filter(|place| place.waits());
    match waiting.map(|place| place.until).min() {
        Some(until) => timers::at("accept", until).set(),
        None => timers::cancel("accept").map(drop),
    }
}
