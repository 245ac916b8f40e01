//! The pages that only say something: rules and prizes.

use quanka_card::prelude::*;

use super::{area, home, link_to_place, note};
use crate::look::Look;
use crate::place::Place;

pub fn rules(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let config = look.config;
    let invites = config.points.invite > 0;
    Ok(column((
        (!config.about.is_empty()).then(|| text(&config.about)),
        row((
            note(words.begins()),
            time(config.starts_at),
            note(words.ends()),
            time(look.end),
        )),
        heading(3, words.how_to_earn()),
        each(words.ways(&config.points), text),
        heading(3, words.who_wins()),
        text(words.how(look.how())),
        text(words.accept_in(config.accept_days)),
        link_to_place(words.proof(), Place::Proof(0)),
        heading(3, words.fair_play()),
        (
            text(words.fair_once()),
            text(words.fair_posts()),
            invites.then(|| text(words.fair_invites())),
            text(words.fair_stay()),
            text(words.fair_out()),
        ),
        match look.participant() {
            None => area::area(look, None)?,
            Some(_) => None,
        },
    )))
}

pub fn prizes(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let config = look.config;
    Ok(column((
        home::when(look),
        each(look.prizes(), |prize| {
            row((
                text(&prize.name),
                badge(format!("×{}", prize.count)).accent(),
            ))
        }),
        note(words.how(look.how())),
        note(words.accept_in(config.accept_days)),
        area::area(look, None)?,
    )))
}
