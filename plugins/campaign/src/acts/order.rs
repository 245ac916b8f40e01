//! What the owner does: ends the campaign early, puts somebody out of it.

use quanka_card::prelude::*;

use super::while_open;
use crate::book::{self, Credit, Entry, Phase};
use crate::config::Config;
use crate::jobs::prizes;
use crate::words::Words;

/// Ends the campaign now. The draw follows by itself.
pub fn end(cx: &ActionContext<Config>, words: Words) -> Result<Outcome> {
    only_owner(cx)?;
    while_open(cx, words)?;
    book::end_early(cx.now)?;
    timers::at("end", cx.now).set()?;
    Ok(Outcome::success(words.ended_now()))
}

/// Puts somebody out of the campaign, with a reason that they are told. The
/// payload is the member. Before the draw their points are gone; after it what
/// they won goes to the next in line.
pub fn disqualify(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let member: String = action.payload()?;
    only_owner(cx)?;
    let reason = action.value("reason").unwrap_or_default().trim();
    if reason.is_empty() {
        let say = words.give_reason();
        return Err(Error::invalid(say).field("reason", say));
    }
    let entry = book::entry(&member)?;
    let mut entry = entry.ok_or_else(|| Error::invalid(words.not_there()))?;
    if entry.out.is_some() {
        return Err(Error::invalid(words.is_out_already()));
    }
    let end = book::end(&cx.config)?;
    let phase = book::phase(|| end <= cx.now)?;
    // Tickets are being fixed; what changes now would be on some and not on others.
    if phase == Phase::Drawing && book::draw()?.is_some() {
        return Err(Error::invalid(words.wait_for_the_draw()));
    }
    entry.out = Some(reason.to_owned());
    if phase == Phase::Over {
        book::put_entry(&member, &entry)?;
        prizes::take_from(&member, cx.now, cx.config.accept_days)?;
    } else {
        take_points(&cx.config, &member, &mut entry)?;
        book::put_entry(&member, &entry)?;
    }
    Ok(Outcome::success(words.put_out()))
}

/// Takes away all points, and those that the inviter got for them.
fn take_points(config: &Config, member: &str, entry: &mut Entry) -> Result<()> {
    let board = book::points();
    board.add(member, -board.get(member))?;
    if let (Some(inviter), Credit::Given) = (&entry.invited_by, entry.credit) {
        let inviter_is_in = book::entry(inviter)?.is_some_and(|entry| entry.out.is_none());
        let credits = book::credits(inviter)?;
        book::put_credits(inviter, credits.saturating_sub(1))?;
        if inviter_is_in {
            board.add(inviter, -i64::from(config.points.invite))?;
        }
    }
    entry.credit = Credit::Closed;
    Ok(())
}

fn only_owner(cx: &ActionContext<Config>) -> Result<()> {
    match cx.reader.role {
        Role::Owner => Ok(()),
        _ => Err(Error::denied("this is for the owner")),
    }
}
