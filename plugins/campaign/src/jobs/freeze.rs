//! Tickets: what each who took part has in the draw, fixed page by page.

use quanka_card::prelude::*;

use crate::book::{self, Draw, Stage, Work};
use crate::config::How;
use crate::jobs::order::order_max;
use crate::lots::{self, PAGE, Ticket};
use crate::rules;

/// Pages of one delivery.
const PAGES_PER_STEP: usize = 4;

/// Writes the next pages. With the last one all lots are fixed, and the seed is
/// published.
pub fn step(draw: &mut Draw, work: &mut Work, secret: &str) -> Result<()> {
    for _ in 0..PAGES_PER_STEP {
        let limit = u32::try_from(PAGE).unwrap_or(u32::MAX);
        let codes = book::codes(work.after.as_deref(), limit)?;
        if let Some((last, _)) = codes.entries.last() {
            work.after = Some(last.clone());
            let tickets = tickets(draw.how, codes.entries)?;
            take_down(draw, work, secret, &tickets)?;
        }
        if !codes.more {
            if draw.pages == 0 {
                draw.digest = lots::extend("", &[]);
            }
            draw.seed = Some(secret.to_owned());
            draw.stage = Stage::Order;
            return Ok(());
        }
    }
    Ok(())
}

fn tickets(how: How, codes: Vec<(String, String)>) -> Result<Vec<Ticket>> {
    let (codes, members): (Vec<String>, Vec<String>) = codes.into_iter().unzip();
    let entries = book::entries(&members)?;
    let points = book::points().get_many(&members);
    let all = codes.iter().zip(members).zip(entries).zip(points);
    let ticket = |(((key, member), entry), points): (((&String, String), _), i64)| {
        let entry: Option<book::Entry> = entry;
        let own = circle::membership(&member);
        let may_win = entry.is_some_and(|entry| rules::may_win(&entry, &own));
        let points = u64::try_from(points).unwrap_or_default();
        Ticket {
            code: book::code_of(key).to_owned(),
            member,
            lots: match (may_win, how) {
                (false, _) => 0,
                (true, How::Equal) => 1,
                (true, How::Points | How::Top) => points,
            },
        }
    };
    Ok(all.map(ticket).collect())
}

fn take_down(draw: &mut Draw, work: &mut Work, secret: &str, tickets: &[Ticket]) -> Result<()> {
    book::put_tickets(draw.pages, tickets)?;
    draw.pages += 1;
    draw.tickets += tickets.len() as u64;
    draw.digest = lots::extend(&draw.digest, tickets);
    let lots = lots::lots_of(tickets);
    draw.lots += lots;
    match draw.how {
        How::Points | How::Equal => work.lots.push(lots),
        How::Top => {
            let with_lots = tickets.iter().filter(|ticket| ticket.lots > 0);
            let tied = with_lots.map(|ticket| (ticket.clone(), lots::tie(secret, &ticket.code)));
            work.best.extend(tied);
            work.best.sort_by(|(a, tie_of_a), (b, tie_of_b)| {
                (b.lots, tie_of_a).cmp(&(a.lots, tie_of_b))
            });
            work.best.truncate(order_max(draw));
        }
    }
    Ok(())
}
