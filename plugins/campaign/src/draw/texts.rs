//! The pages that only say something: rules and prizes.

use quanka_card::prelude::*;

use super::{area, home, link_to_place, note};
use crate::book::Phase;
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
        text(words.how(look.terms.how)),
        fixed_terms(look).map(text),
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

/// What may still change, as long as something may.
fn fixed_terms(look: &Look<'_>) -> Option<&'static str> {
    match look.phase {
        Phase::Before | Phase::Open => Some(look.words.fixed_terms()),
        Phase::Drawing | Phase::Over => None,
    }
}

pub fn prizes(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let config = look.config;
    Ok(column((
        home::when(look),
        each(&look.terms.prizes, |prize| {
            row((
                text(&prize.name),
                badge(format!("×{}", prize.count)).accent(),
            ))
        }),
        note(words.how(look.terms.how)),
        fixed_terms(look).map(note),
        note(words.accept_in(config.accept_days)),
        area::area(look, None)?,
    )))
}
