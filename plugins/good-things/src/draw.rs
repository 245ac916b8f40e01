//! Drawing the card: which page, and what stands around it.

mod answers;
mod form;
mod home;
mod join;
mod list;
mod manage;
mod people;
mod post;
mod topics;
mod wishes;

use quanka_card::prelude::*;

use crate::config::Config;
use crate::look::Look;
use crate::place::Place;
use crate::topics as all_topics;

pub use list::{LIKE, WANT};

/// The most characters of a title that the host takes.
const TITLE_CHARS_MAX: usize = 120;
/// The most bytes of a member's id.
const MEMBER_BYTES_MAX: usize = 64;

/// Draws the page that the reader is on.
pub fn draw(cx: &CardContext<Config>) -> Result<View> {
    let lost = || Error::no_such_place(cx);
    let place = Place::parse(&cx.at).ok_or_else(lost)?;
    if cx.size == Size::Compact {
        return Ok(home::compact(cx));
    }
    let look = Look::new(cx);
    let words = look.words;
    let topic = |id: &str| all_topics::get(id)?.ok_or_else(lost);
    let named = |title: &str, body: Element| (title.to_owned(), body);
    let (part, body) = match place {
        Place::Home => return home::home(&look),
        Place::Best(_) | Place::New(_) | Place::Hot(_) => list::page(&look, place),
        Place::Asks(after) => named(words.asks(), answers::asks(&look, after)),
        Place::Wishes(after) => named(words.wishes(), wishes::page(&look, after)?),
        Place::Topics => named(words.topics(), topics::page(&look)?),
        Place::Topic(id, after) => {
            let topic = topic(id)?;
            let body = topics::one(&look, &topic, after);
            (topic.said.name, body)
        }
        Place::Post(id, after) => {
            let post = posts::get(id).ok_or_else(lost)?;
            post::page(&look, &post, after)?
        }
        Place::Add(None) => named(words.recommend(), form::add(&look, None)?),
        Place::Add(Some(id)) => named(words.recommend(), form::add(&look, Some(&topic(id)?))?),
        Place::Ask => named(words.ask(), form::ask(&look)),
        Place::Mine(after) => named(words.mine(), people::mine(&look, after)),
        Place::Members => named(words.members(), people::members(&look)),
        Place::Member(id, _) if id.len() > MEMBER_BYTES_MAX => return Err(lost()),
        Place::Member(id, after) => {
            let member = circle::membership(id);
            if member.standing == Standing::None {
                return Err(lost());
            }
            named(words.their_things(), people::member(&look, &member, after))
        }
        Place::Queue(after) => named(words.queue(), manage::queue(&look, after)),
        Place::Manage => named(words.manage_title(), manage::page(&look)?),
    };
    let title = format!("{} · {part}", home::title(&cx.config, words));
    Ok(View::new(cut(&title, TITLE_CHARS_MAX))
        .summary(home::sentence(&cx.config, words))
        .body((link_to_place(words.back(), Place::Home), body)))
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

/// A way to share, which earns members a point a day.
fn sharing(look: &Look<'_>, share: Share) -> Share {
    match look.is_member() {
        true => share.then(offer("shared").audience(Audience::Member)),
        false => share,
    }
}

/// The beginning of a text, at most so many characters.
fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept = text.chars().take(chars_max.saturating_sub(1));
    kept.chain(['…']).collect()
}
