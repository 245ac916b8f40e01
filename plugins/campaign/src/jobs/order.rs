//! The order in which tickets win: the winners, and those next in line.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use quanka_card::prelude::*;

use crate::book::{self, Draw, Pick, Stage, Work};
use crate::config::How;
use crate::lots::{self, Ticket};

/// Tickets drawn in one delivery.
const PICKS_PER_STEP: usize = 40;
/// Those next in line, besides one for each prize.
const IN_LINE: usize = 10;

/// How many are drawn, if there are so many.
pub fn order_max(draw: &Draw) -> usize {
    2 * prizes_of(draw) + IN_LINE
}

/// All prizes, each by itself.
pub fn prizes_of(draw: &Draw) -> usize {
    draw.prizes.iter().map(|prize| prize.count).sum()
}

/// Draws the next tickets.
pub fn step(draw: &mut Draw, work: &mut Work, secret: &str) -> Result<()> {
    match draw.how {
        How::Top => {
            let best = std::mem::take(&mut work.best);
            draw.order = best.into_iter().map(|(best, _)| pick(best, None)).collect();
            draw.stage = Stage::Done;
        }
        How::Points | How::Equal => by_lot(draw, work, secret)?,
    }
    Ok(())
}

fn by_lot(draw: &mut Draw, work: &mut Work, secret: &str) -> Result<()> {
    let mut pages: BTreeMap<usize, Vec<Ticket>> = BTreeMap::new();
    for _ in 0..PICKS_PER_STEP {
        let left: u64 = work.lots.iter().sum();
        if left == 0 || draw.order.len() >= order_max(draw) {
            draw.stage = Stage::Done;
            return Ok(());
        }
        let (lot, behind) = lots::next_lot(secret, &draw.digest, work.n, left);
        let broken = || Error::internal("the pages of tickets have other lots than they had");
        let (page, lot) = lots::find(work.lots.iter().copied(), lot).ok_or_else(broken)?;
        let tickets = match pages.entry(page) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => {
                let drawn = &draw.order;
                let mut tickets = book::tickets(page)?;
                tickets.retain(|ticket| drawn.iter().all(|drawn| drawn.code != ticket.code));
                unread.insert(tickets)
            }
        };
        let lots_of_each = tickets.iter().map(|ticket| ticket.lots);
        let (at, _) = lots::find(lots_of_each, lot).ok_or_else(broken)?;
        let ticket = tickets.remove(at);
        work.lots[page] -= ticket.lots;
        work.n = behind;
        draw.order.push(pick(ticket, Some(behind - 1)));
    }
    Ok(())
}

fn pick(ticket: Ticket, n: Option<u64>) -> Pick {
    Pick {
        code: ticket.code,
        member: ticket.member,
        lots: ticket.lots,
        n,
    }
}
