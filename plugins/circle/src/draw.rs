//! Drawing the card: which page, and what stands around it.

mod form;
mod home;
mod join;
mod manage;
mod members;
mod post;
mod talk;

use quanka_card::prelude::*;

use crate::config::Config;
use crate::look::Look;
use crate::place::Place;

pub use talk::LIKE;

/// The most characters of a title that the host takes.
const TITLE_CHARS_MAX: usize = 120;

/// Draws the page that the reader is on.
pub fn draw(cx: &CardContext<Config>) -> Result<View> {
    let place = Place::parse(&cx.at).ok_or_else(|| Error::no_such_place(cx))?;
    if cx.size == Size::Compact {
        return Ok(home::compact(cx));
    }
    let look = Look::new(cx);
    let words = look.words;
    let (part, body) = match place {
        Place::Home => return Ok(home::home(&look)),
        Place::Posts(list, after) => talk::page(&look, list, after),
        Place::Write => (words.write().to_owned(), form::page(&look)),
        Place::Post(id, after) => match posts::get(id) {
            Some(post) => post::page(&look, &post, after),
            None => return Err(Error::no_such_place(cx)),
        },
        Place::Mine(after) => (words.mine().to_owned(), talk::mine(&look, after)),
        Place::Members(after) => (words.members().to_owned(), members::page(&look, after)),
        Place::Manage(desk, after) => (
            words.manage_title().to_owned(),
            manage::page(&look, desk, after),
        ),
    };
    let title = format!("{} · {part}", look.circle.name);
    Ok(View::new(cut(&title, TITLE_CHARS_MAX))
        .summary(&look.circle.intro)
        .body((link_to(words.back(), ""), body)))
}

/// A way to another page.
fn link_to_place(label: impl Into<String>, place: Place<'_>) -> Element {
    link_to(label, place.at())
}

/// Small print.
fn note(words: impl Into<String>) -> Text {
    text(words).caption().muted()
}

/// The ways on from a page of a list: behind it, and back to its beginning.
fn paging(
    look: &Look<'_>,
    start: Place<'_>,
    is_start: bool,
    next: Option<Place<'_>>,
) -> Option<Element> {
    let words = look.words;
    let is_needed = next.is_some() || !is_start;
    is_needed.then(|| {
        row((
            next.map(|next| link_to_place(words.more(), next)),
            (!is_start).then(|| link_to_place(words.to_start(), start)),
        ))
    })
}

/// The beginning of a text, at most so many characters.
fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept = text.chars().take(chars_max.saturating_sub(1));
    kept.chain(['…']).collect()
}
