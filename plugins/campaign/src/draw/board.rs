//! Who has most points.

use quanka_card::prelude::*;

use super::{area, home, link_to_place, note};
use crate::book;
use crate::look::Look;
use crate::place::Place;
use crate::ranking::{Placed, Ranking};

/// Places on the page.
const PLACES: usize = 50;
/// Places on the first page of the card.
const FIRST: usize = 3;

pub fn page(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let ranking = Ranking::read()?;
    let shown = || ranking.places.iter().take(PLACES);
    let mine = look.participant().map(|(member, _)| member);
    let is_in = mine.is_some_and(|mine| shown().any(|placed| placed.member == mine));
    Ok(column((
        home::when(look),
        ranking
            .places
            .is_empty()
            .then(|| note(words.nobody_yet_enter())),
        each(shown(), |placed| line(look, placed)),
        mine.filter(|_| !is_in).map(|member| {
            column((
                divider(),
                row((
                    text(place(look, &ranking, member)),
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
pub fn first(look: &Look<'_>) -> Result<Option<Element>> {
    let places = Ranking::read()?.places;
    Ok((!places.is_empty()).then(|| {
        column((
            heading(3, look.words.board()),
            each(places.iter().take(FIRST), |placed| line(look, placed)),
            link_to_place(look.words.whole_board(), Place::Board),
        ))
    }))
}

/// The place of somebody who takes part, in words.
pub fn place_of(look: &Look<'_>, member: &str) -> Result<String> {
    Ok(place(look, &Ranking::read()?, member))
}

fn place(look: &Look<'_>, ranking: &Ranking, member: &str) -> String {
    match ranking.place_of(member) {
        Some(place) => place.to_string(),
        None => look.words.beyond().to_owned(),
    }
}

fn line(look: &Look<'_>, placed: &Placed) -> Element {
    row((
        text(placed.place.to_string()),
        avatar(&placed.member).named(),
        note(look.words.points(placed.points)),
    ))
}
