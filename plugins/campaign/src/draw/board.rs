//! Who has most points.

use quanka_card::prelude::*;

use super::{area, home, link_to_place, note};
use crate::book;
use crate::look::Look;
use crate::place::Place;

/// Places on the page.
const PLACES: u32 = 50;
/// Places on the first page of the card.
const FIRST: u32 = 3;

pub fn page(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let top = book::points().top(PLACES);
    let mine = look.participant().map(|(member, _)| member);
    let is_in = mine.is_some_and(|mine| top.iter().any(|place| place.item == mine));
    Ok(column((
        home::when(look),
        top.is_empty().then(|| note(words.nobody_yet_enter())),
        each(ranked(&top), |(rank, place)| line(look, rank, place)),
        mine.filter(|_| !is_in).map(|member| {
            let rank = book::points().rank(member);
            let rank = rank.map_or(words.beyond().to_owned(), |rank| rank.to_string());
            column((
                divider(),
                row((
                    text(rank),
                    avatar(member).named(),
                    note(words.points(book::points_of(member))),
                )),
            ))
        }),
        match mine {
            None => area::area(look, None)?,
            Some(_) => None,
        },
    )))
}

/// The first three, if there are some.
pub fn first(look: &Look<'_>) -> Option<Element> {
    let top = book::points().top(FIRST);
    (!top.is_empty()).then(|| {
        column((
            heading(3, look.words.board()),
            each(ranked(&top), |(rank, place)| line(look, rank, place)),
            link_to_place(look.words.whole_board(), Place::Board),
        ))
    })
}

fn ranked(top: &[tally::Standing]) -> impl Iterator<Item = (usize, &tally::Standing)> {
    (1..).zip(top)
}

fn line(look: &Look<'_>, rank: usize, place: &tally::Standing) -> Element {
    let points = u64::try_from(place.count).unwrap_or_default();
    row((
        text(rank.to_string()),
        avatar(&place.item).named(),
        note(look.words.points(points)),
    ))
}
