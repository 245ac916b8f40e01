//! Drawing the card: which page, and what stands around it.

mod home;
mod join;
mod mine;
mod post;
mod record;
mod tag;
mod write;

use quanka_card::prelude::*;

use crate::config::Config;
use crate::hot;
use crate::look::Look;
use crate::place::Place;

pub use record::LIKE;

/// The most characters of a title that the host takes.
const TITLE_CHARS_MAX: usize = 120;

/// Draws the page that the reader is on.
pub fn draw(cx: &CardContext<Config>) -> Result<View> {
    let place = Place::parse(&cx.at).ok_or_else(|| Error::no_such_place(cx))?;
    if cx.size == Size::Compact {
        return Ok(home::compact(cx));
    }
    let look = Look::new(cx);
    let drawn = match place {
        Place::Home => return home::home(&look),
        Place::Mine => Some(mine::page(&look)?),
        Place::MyTag(tag, after) => mine::tag_page(&look, tag, after)?,
        Place::Write(tag) => write::page(&look, tag)?,
        Place::Tags => Some(tag::all(&look)?),
        Place::Tag(tag, list, after) => tag::page(&look, tag, list, after)?,
        Place::Post(id, after) => posts::get(id)
            .filter(|post| post.kind == PostKind::Record)
            .map(|post| post::page(&look, &post, after)),
    };
    let (title, body) = drawn.ok_or_else(|| Error::no_such_place(cx))?;
    let title = format!("{title} · {}", look.title());
    let summary = match place {
        Place::Tag(tag, ..) if hot::is_shown(tag) => {
            look.words.summary_of(&hot::of_tag(tag, look.week))
        }
        _ => look.words.summary().to_owned(),
    };
    let back = match place {
        Place::MyTag(..) | Place::Write(_) => link_to_place(look.words.back_to_mine(), Place::Mine),
        _ => link_to_place(look.words.back(), Place::Home),
    };
    Ok(View::new(cut(&title, TITLE_CHARS_MAX))
        .summary(summary)
        .body((back, body)))
}

/// A page's title and what is on it; none for a page that is not there.
type Drawn = Option<(String, Element)>;

/// A way to another page.
fn link_to_place(label: impl Into<String>, place: Place<'_>) -> Element {
    link_to(label, place.at())
}

/// Small print.
fn note(words: impl Into<String>) -> Text {
    text(words).caption().muted()
}

/// A tag as it is written.
fn sign(tag: &str) -> String {
    format!("#{tag}")
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
