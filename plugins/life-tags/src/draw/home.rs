//! The card's first page: the reader's tags this week, or the way to a first
//! one, and the tags that others write under.

use quanka_card::prelude::*;

use super::{TITLE_CHARS_MAX, cut, join, link_to_place, mine, note, tag};
use crate::config::Config;
use crate::hot;
use crate::look::{self, Look};
use crate::place::Place;
use crate::week::Week;
use crate::words::Words;

/// In two lines, for a list.
pub fn compact(cx: &CardContext<Config>) -> View {
    let words = Words::of(cx);
    let week = Week::current(cx.config.zone);
    let count = u64::try_from(hot::board(week).total()).unwrap_or(0);
    let line = match count {
        0 => words.motto().to_owned(),
        count => words.this_week_count(count),
    };
    frame(look::title(&cx.config, words), words).body((
        text(look::title(&cx.config, words)).max_lines(1),
        note(line).max_lines(1),
    ))
}

/// The whole of it, as an article shows it and as a page of its own.
pub fn home(look: &Look<'_>) -> Result<View> {
    let words = look.words;
    let welcome = look.config.welcome.as_deref().unwrap_or(words.welcome());
    let own: Element = match look.is_member() {
        true => mine::on_home(look)?,
        false => column((text(welcome).max_lines(3), join::first_tag(look))),
    };
    Ok(frame(look.title(), words).body((
        heading(2, look.title()),
        own,
        tag::on_home(look),
        row((
            look.is_member()
                .then(|| link_to_place(words.mine(), Place::Mine)),
            link_to_place(words.hot_tags(), Place::Tags),
            share(words.share()),
        )),
        reminded(look)?,
    )))
}

fn frame(title: &str, words: Words) -> View {
    View::new(cut(title, TITLE_CHARS_MAX)).summary(words.summary())
}

/// For those who keep order: whom the last reminder was for.
fn reminded(look: &Look<'_>) -> Result<Option<Text>> {
    if !look.keeps_order() {
        return Ok(None);
    }
    let reminded = hot::reminded()?;
    Ok(reminded.map(|last| note(look.words.reminded(&last.week, last.asked, last.waiting))))
}
