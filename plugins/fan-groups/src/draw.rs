//! Drawing the card: which page, and what stands around it.

mod discover;
mod form;
mod group;
mod join;
mod members;
mod post;
mod talk;

use quanka_card::prelude::*;

use crate::config::Config;
use crate::groups;
use crate::look::Look;
use crate::place::Place;

pub use talk::LIKE;

/// The most characters of a title that the host takes.
const TITLE_CHARS_MAX: usize = 120;
/// The most bytes of a member's id, which is where a list of people goes on.
const MEMBER_BYTES_MAX: usize = 64;

/// Draws the page that the reader is on.
pub fn draw(cx: &CardContext<Config>) -> Result<View> {
    let place = Place::parse(&cx.at).ok_or_else(|| Error::no_such_place(cx))?;
    if cx.size == Size::Compact {
        return discover::compact(cx);
    }
    let look = Look::new(cx);
    let find = |id: &str| groups::get(&cx.config, id)?.ok_or_else(|| Error::no_such_place(cx));
    match place {
        Place::Discover => discover::first(&look),
        Place::All => discover::all(&look),
        Place::Group(id, after) => group::page(&look, &find(id)?, after),
        Place::Members(_, after) if after.len() > MEMBER_BYTES_MAX => Err(Error::no_such_place(cx)),
        Place::Members(id, after) => members::page(&look, &find(id)?, after),
        Place::Invite(id, after) => {
            let page = members::invite(&look, &find(id)?, after)?;
            page.ok_or_else(|| Error::no_such_place(cx))
        }
        Place::Post(id, after) => match posts::get(id) {
            Some(post) => post::page(&look, &post, after),
            None => Err(Error::no_such_place(cx)),
        },
        Place::New(Some(id)) => form::page(&look, Some(&find(id)?)),
        Place::New(None) => form::page(&look, None),
        Place::Create => form::create(&look),
    }
}

/// A page with its title, and a way back.
fn frame(look: &Look<'_>, title: &str, summary: &str, back: Place<'_>) -> View {
    let label = match back {
        Place::Group(..) => look.words.back_to_group(),
        _ => look.words.back(),
    };
    View::new(cut(title, TITLE_CHARS_MAX))
        .summary(summary)
        .body(link_to_place(label, back))
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
