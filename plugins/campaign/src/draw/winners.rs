//! Who has won what, and taking it.

use quanka_card::prelude::*;

use super::{link_to_place, note};
use crate::book::{self, Award, Phase};
use crate::look::Look;
use crate::place::Place;

/// Faces on the first page of the card.
const FACES: usize = 8;

pub fn page(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let Some(draw) = look.draw.as_ref().filter(|_| look.phase == Phase::Over) else {
        return Ok(column((
            text(words.not_drawn()),
            row((note(words.drawn_at()), time(look.end))),
            link_to_place(words.prizes(), Place::Prizes),
        )));
    };
    let (winners, _) = look.winners()?;
    let of_prize = |at: usize| winners.places.iter().filter(move |place| place.prize == at);
    Ok(column((
        mine(look)?,
        draw.order.is_empty().then(|| text(words.nobody_drawn())),
        each(draw.prizes.iter().enumerate(), |(at, prize)| {
            (
                heading(3, words.prize(&prize.name, prize.count)),
                each(of_prize(at), |place| line(look, place)),
            )
        }),
        note(words.accept_in(look.config.accept_days)),
        link_to_place(words.proof(), Place::Proof(0)),
    )))
}

fn line(look: &Look<'_>, place: &Award) -> Element {
    let words = look.words;
    let passed = (place.passed > 0).then(|| note(words.passed(place.passed)));
    let Some(member) = &place.member else {
        return row((note(words.nobody_left()), passed));
    };
    let state = match place.accepted {
        Some(_) => badge(words.accepted_badge()).success(),
        None => badge(words.waits_badge()),
    };
    row((
        avatar(member).named(),
        state,
        place.waits().then(|| time(place.until).countdown()),
        passed,
    ))
}

/// What the reader has won, and the way to take it.
pub fn mine(look: &Look<'_>) -> Result<Option<Element>> {
    let words = look.words;
    let (winners, mine) = look.winners()?;
    let Some(draw) = &look.draw else {
        return Ok(None);
    };
    if mine.is_empty() {
        let took_part = look.entry.is_some();
        return Ok(took_part.then(|| text(words.not_won()).into()));
    }
    let claims = book::claims()?;
    let prizes = mine.into_iter().map(|at| {
        let place = &winners.places[at];
        let prize = draw.prizes.get(place.prize);
        let name = text(prize.map_or("", |prize| prize.name.as_str()));
        if place.accepted.is_some() {
            return column((
                row((name, badge(words.you_accepted()).success())),
                match look.config.delivery.as_str() {
                    "" => note(words.contact()),
                    delivery => text(delivery),
                },
                claims.get(&at).map(|claim| {
                    column((
                        row((note(words.claim_code()), rich([code(claim)]))),
                        note(words.claim_secret()),
                    ))
                }),
            ));
        }
        let accept = offer("accept").payload(&at).audience(Audience::Member);
        let back = offer("enter").payload(&None::<String>).signed_in();
        column((
            name,
            match look.is_member() {
                true => button(words.accept(), accept).primary(),
                false => button(words.enter_again(), back).primary(),
            },
            row((note(words.accept_by()), time(place.until))),
        ))
    });
    let prizes: Vec<Element> = prizes.collect();
    let panel = panel(prizes).tone(Tone::Success).title(words.won());
    Ok(Some(panel.into()))
}

/// The winners' faces, if there are some.
pub fn first(look: &Look<'_>) -> Result<Option<Element>> {
    let (winners, _) = look.winners()?;
    let faces = winners
        .places
        .iter()
        .filter_map(|place| place.member.as_ref());
    let faces: Vec<&String> = faces.take(FACES).collect();
    let words = look.words;
    Ok(Some(column((
        heading(3, words.winners()),
        match faces.is_empty() {
            true => column(note(words.nobody_drawn())),
            false => row(each(faces, avatar)),
        },
        link_to_place(words.whole_list(), Place::Winners),
    ))))
}
