//! Drawing the card: which page, and what stands around it.

mod area;
mod board;
mod home;
mod invite;
mod manage;
mod proof;
mod texts;
mod winners;

use quanka_card::prelude::*;

use crate::book::{self, Phase, Terms};
use crate::config::{Config, Prize};
use crate::look::Look;
use crate::place::Place;
use crate::words::Words;

/// The most characters of a title that the host takes.
const TITLE_CHARS_MAX: usize = 120;

/// Draws the page that the reader is on.
pub fn draw(cx: &CardContext<Config>) -> Result<View> {
    let place = Place::parse(&cx.at).ok_or_else(|| Error::no_such_place(cx))?;
    if cx.size == Size::Compact {
        return home::compact(cx);
    }
    let look = Look::new(cx)?;
    let words = look.words;
    let (part, body) = match place {
        Place::Home => return home::home(&look),
        Place::Invited(code) => match book::whose_code(code)? {
            Some(inviter) => return invite::invitation(&look, code, &inviter),
            None => return Err(Error::no_such_place(cx)),
        },
        Place::Rules => (words.rules(), texts::rules(&look)?),
        Place::Board => (words.board(), board::page(&look)?),
        Place::Prizes => (words.prizes(), texts::prizes(&look)?),
        Place::Proof(page) => match proof::page(&look, page)? {
            Some(body) => (words.proof(), body),
            None => return Err(Error::no_such_place(cx)),
        },
        Place::Invite => (words.invite(), invite::page(&look)?),
        Place::Winners => (words.winners(), winners::page(&look)?),
        Place::Manage => (words.manage(), manage::page(&look)?),
        Place::ManageAll(after) => (words.manage(), manage::all(&look, after)?),
    };
    let title = format!("{} · {part}", look.config.title);
    let frame = frame((look.config, &look.terms), words, look.phase, &title);
    Ok(frame.body((link_to(words.back(), ""), heading(2, part), body)))
}

/// The card's title and summary, for previews.
fn frame((config, terms): (&Config, &Terms), words: Words, phase: Phase, title: &str) -> View {
    let summary = match (config.about.as_str(), phase) {
        ("", Phase::Before | Phase::Open) => {
            words.summary(&config.title, &prize_names(&terms.prizes, words))
        }
        ("", Phase::Drawing | Phase::Over) => words.summary_over(&config.title),
        (about, _) => about.to_owned(),
    };
    View::new(cut(title, TITLE_CHARS_MAX)).summary(summary)
}

fn prize_names(prizes: &[Prize], words: Words) -> String {
    let names = prizes
        .iter()
        .map(|prize| words.prize(&prize.name, prize.count));
    names.collect::<Vec<_>>().join(words.comma())
}

/// A way to another page.
fn link_to_place(label: impl Into<String>, place: Place<'_>) -> Element {
    link_to(label, place.at())
}

/// Small print.
fn note(words: impl Into<String>) -> Text {
    text(words).caption().muted()
}

/// The beginning of a text, at most so many characters.
fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept = text.chars().take(chars_max.saturating_sub(1));
    kept.chain(['…']).collect()
}
