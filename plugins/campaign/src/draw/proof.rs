//! The draw, with all that is needed to check it. [`crate::lots`] says what is
//! said here to readers.

use quanka_card::prelude::*;

use super::{link_to_place, note};
use crate::book::{self, Draw};
use crate::config::How;
use crate::look::Look;
use crate::place::Place;

/// The page with one page of tickets; none if there is no such page.
pub fn page(look: &Look<'_>, page: usize) -> Result<Option<Element>> {
    let words = look.words;
    let fixed = look.draw.as_ref().filter(|draw| draw.seed.is_some());
    let pages = fixed.map_or(0, |draw| draw.pages);
    if page > 0 && page >= pages {
        return Ok(None);
    }
    let seal = book::seal()?;
    let check_order = match look.terms.how {
        How::Top => words.check_top(),
        How::Points | How::Equal => words.check_lots(),
    };
    Ok(Some(column((
        text(words.proof_lead()),
        number(words.seal(), seal.as_deref(), words.seal_later()),
        number(
            words.seed(),
            fixed.and_then(|draw| draw.seed.as_deref()),
            words.seed_later(),
        ),
        number(
            words.digest(),
            fixed.map(|draw| draw.digest.as_str()),
            words.digest_later(),
        ),
        look.entry
            .as_ref()
            .map(|entry| row((note(words.my_code()), rich([code(&entry.code)])))),
        details(
            words.check_title(),
            (
                text(words.check_seal()),
                text(words.check_digest()),
                text(check_order),
                text(words.check_own()),
            ),
        ),
        details(
            words.trust_title(),
            (
                text(words.trust_terms()),
                text(words.trust_yes()),
                text(words.trust_no()),
                text(words.trust_after()),
            ),
        ),
        fixed.filter(|_| page == 0).map(|draw| order(look, draw)),
        match fixed {
            Some(draw) => Some(tickets(look, draw, page)?),
            None => None,
        },
    ))))
}

fn number(label: &str, value: Option<&str>, later: &str) -> Element {
    column((
        note(label),
        match value {
            Some(value) => rich([code(value)]),
            None => text(later).into(),
        },
    ))
}

/// Who was drawn, first to last, and by which n.
fn order(look: &Look<'_>, draw: &Draw) -> Element {
    let words = look.words;
    details(
        words.order(),
        each((1..).zip(&draw.order), |(at, pick): (usize, _)| {
            let n = pick.n.map_or(String::new(), |n| format!(" · n = {n}"));
            row((
                rich([plain(format!("{at}. ")), code(&pick.code)]),
                avatar(&pick.member).named(),
                note(format!("{}{n}", words.lots(pick.lots))),
            ))
        }),
    )
}

fn tickets(look: &Look<'_>, draw: &Draw, page: usize) -> Result<Element> {
    let words = look.words;
    let tickets = book::tickets(page)?;
    let label = match draw.pages {
        0 | 1 => words.list().to_owned(),
        pages => words.list_page_of(page + 1, pages),
    };
    let next = page + 1;
    Ok(column((
        details(
            label,
            (
                tickets.is_empty().then(|| note(words.nobody_drawn())),
                each(&tickets, |ticket| rich([code(ticket.line())])),
            ),
        ),
        row((
            note(words.lots(draw.lots)),
            (next < draw.pages).then(|| link_to_place(words.more(), Place::Proof(next))),
            (page > 0).then(|| link_to_place(words.to_start(), Place::Proof(0))),
        )),
    )))
}
