//! The card's first page: what it is, how long it goes on, what the reader has
//! and can do next, and who leads.

use quanka_card::prelude::*;

use super::{area, board, frame, link_to_place, note, prize_names, winners};
use crate::book::{self, Phase};
use crate::config::Config;
use crate::look::Look;
use crate::place::Place;
use crate::words::Words;

/// In two lines, for a list. The same for everyone.
pub fn compact(cx: &CardContext<Config>) -> Result<View> {
    let config = &cx.config;
    let words = Words::of(cx);
    let end = book::end(config)?;
    let phase = book::phase(|| clock::passed(end))?;
    let clock = match phase {
        Phase::Before => Some(config.starts_at),
        Phase::Open => Some(end),
        Phase::Drawing | Phase::Over => None,
    };
    let about = (config, &book::terms(config)?);
    Ok(frame(about, words, phase, &config.title).body((
        text(&config.title).max_lines(1),
        row((
            note(format!(
                "{} · {}",
                words.phase(phase),
                words.taking_part(book::entries_count())
            ))
            .max_lines(1),
            clock.map(|clock| time(clock).countdown()),
        )),
    )))
}

/// The whole of it, as an article shows it and as a page of its own.
pub fn home(look: &Look<'_>) -> Result<View> {
    let config = look.config;
    let words = look.words;
    // Who takes part knows what it is about, and has more to do while it runs.
    let has_room = look.is_roomy() || look.phase != Phase::Open || look.participant().is_none();
    let lines = if look.is_roomy() { 12 } else { 2 };
    let about = (config, &look.terms);
    Ok(frame(about, words, look.phase, &config.title).body((
        heading(2, &config.title),
        (has_room && !config.about.is_empty()).then(|| text(&config.about).max_lines(lines)),
        when(look),
        note(format!(
            "{} · {}",
            words.prizes(),
            prize_names(&look.terms.prizes, words)
        ))
        .max_lines(2),
        area::area(look, None)?,
        match look.phase {
            Phase::Over => winners::first(look)?,
            Phase::Open => board::first(look)?,
            Phase::Before | Phase::Drawing => None,
        },
        tabs(look),
        has_room.then(|| share(words.share())),
    )))
}

/// How far it is, and until when.
pub fn when(look: &Look<'_>) -> Element {
    let words = look.words;
    let entries = note(words.taking_part(book::entries_count()));
    let state = badge(words.phase(look.phase));
    match look.phase {
        Phase::Before => row((
            state,
            note(words.begins()),
            time(look.config.starts_at).countdown(),
        )),
        Phase::Open => row((
            state.success(),
            note(words.ends()),
            time(look.end).countdown(),
            entries,
        )),
        Phase::Drawing | Phase::Over => row((
            state.accent(),
            note(words.ended()),
            time(look.end).date(),
            entries,
        )),
    }
}

/// The ways to the other pages.
fn tabs(look: &Look<'_>) -> Element {
    let words = look.words;
    row((
        link_to_place(words.rules(), Place::Rules),
        link_to_place(words.prizes(), Place::Prizes),
        link_to_place(words.board(), Place::Board),
        (look.phase == Phase::Over).then(|| link_to_place(words.winners(), Place::Winners)),
        link_to_place(words.proof(), Place::Proof(0)),
        look.is_owner()
            .then(|| link_to_place(words.manage(), Place::Manage)),
    ))
}
