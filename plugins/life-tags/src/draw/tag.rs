//! Tags that others write under: the hot ones, and what is shown under one.

use quanka_card::prelude::*;

use super::record::{self, Shown};
use super::{Drawn, join, link_to_place, mine, note, paging, sign};
use crate::history;
use crate::hot::{self, Hot, Trend};
use crate::look::Look;
use crate::own;
use crate::place::{List, Place};
use crate::words::Words;

/// Hot tags on the first page, in an article (below the way in, or below a
/// reader's own tags) and on a page of its own.
const SHOWN_BELOW_THE_WAY_IN: usize = 2;
const SHOWN_ON_HOME: usize = 3;
const SHOWN_ON_ROOMY_HOME: usize = 8;
/// Hot tags on their own page.
const SHOWN: usize = 30;
/// Records on one page.
const PAGE_RECORDS: u32 = 10;
/// Faces of those who wrote last.
const FACES: usize = 6;
/// Weeks of a tag's small chart.
const WEEKS: u64 = 12;

/// The hot tags of the first page.
pub fn on_home(look: &Look<'_>) -> Element {
    let max = match (look.is_roomy(), look.is_member()) {
        (true, _) => SHOWN_ON_ROOMY_HOME,
        (false, true) => SHOWN_ON_HOME,
        (false, false) => SHOWN_BELOW_THE_WAY_IN,
    };
    column((heading(3, look.words.hot_now()), now(look, max)))
}

/// All hot tags, of this week and of the last that closed.
pub fn all(look: &Look<'_>) -> Result<(String, Element)> {
    let words = look.words;
    let body = column((
        heading(2, words.hot_now()),
        note(words.week(look.week)),
        now(look, SHOWN),
        closed(look)?,
        join::circle(look),
    ));
    Ok((words.hot_tags().to_owned(), body))
}

fn now(look: &Look<'_>, max: usize) -> Element {
    let words = look.words;
    let tags = hot::tags(look.week, max);
    if tags.is_empty() {
        return note(words.no_hot()).into();
    }
    column(each(&tags, |hot| {
        row((
            link_to_place(sign(&hot.tag), Place::Tag(&hot.tag, List::Newest, "")),
            note(words.updates(hot.count, hot.before)),
            hot.trend_so_far().map(|trend| badge_of(words, trend)),
        ))
    }))
}

/// What the last week came to.
fn closed(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let Some(closed) = hot::closed()? else {
        return Ok(note(words.no_closed()).into());
    };
    // A tag whose records are gone since is shown no more.
    let tags = closed.tags.iter().filter(|hot| hot::is_shown(&hot.tag));
    let lines: Vec<Element> = tags.map(|hot| closed_line(words, hot)).collect();
    Ok(column((
        heading(3, words.hot_of(&closed.week)),
        lines.is_empty().then(|| note(words.no_hot())),
        lines,
    )))
}

fn closed_line(words: Words, hot: &Hot) -> Element {
    row((
        link_to_place(sign(&hot.tag), Place::Tag(&hot.tag, List::Newest, "")),
        note(words.updates_then(hot.count)),
        badge_of(words, hot.trend()),
    ))
}

fn badge_of(words: Words, trend: Trend) -> Badge {
    let badge = badge(words.trend(trend));
    match trend {
        Trend::Up => badge.success(),
        Trend::Steady | Trend::Down => badge,
    }
}

/// Whether anybody knows a tag: by its records, or because the publisher names
/// it.
pub fn is_known(look: &Look<'_>, tag: &str) -> bool {
    let named = look.config.tags.as_deref().unwrap_or_default();
    named.iter().any(|named| named == tag) || hot::is_shown(tag)
}

/// What everybody shows under a tag; none for one that nobody knows. (Anybody
/// can make up an address, and a card does not repeat what they put in it.)
pub fn page(look: &Look<'_>, tag: &str, list: List, after: &str) -> Result<Drawn> {
    let is_known = is_known(look, tag);
    if !is_known && !mine::is_own(look, tag)? {
        return Ok(None);
    }
    let words = look.words;
    let query = posts::query().kind(PostKind::Record).tag(tag);
    let query = query.limit(PAGE_RECORDS).after(after);
    let page = match list {
        List::Newest => query,
        List::Hot => query.hot(),
    }
    .page();
    let shown = Shown::new(look, &page.posts);
    let next = page.next.as_deref();
    let next = next.map(|next| Place::Tag(tag, list, next));
    let body = column((
        heading(2, sign(tag)),
        // Of a tag that nobody shows, nobody learns who else keeps it.
        (after.is_empty() && !page.posts.is_empty()).then(|| top(look, tag, &page.posts)),
        own_way(look, tag)?,
        lists(look, tag, list),
        (page.posts.is_empty() && after.is_empty()).then(|| text(words.nothing_shown())),
        each(&page.posts, |post| record::of_anybody(look, post, &shown)),
        paging(look, Place::Tag(tag, list, ""), after.is_empty(), next),
        // Nobody else finds a tag that is the reader's alone.
        is_known.then(|| share(words.share())),
    ));
    Ok(Some((sign(tag), body)))
}

/// How it goes, and who writes, where somebody does for all to see.
fn top(look: &Look<'_>, tag: &str, posts: &[Post]) -> Element {
    let words = look.words;
    let hot = hot::of_tag(tag, look.week);
    let keepers = hot::kept_by(tag);
    let mut faces: Vec<&String> = Vec::new();
    for post in posts {
        if !faces.contains(&&post.author) {
            faces.push(&post.author);
        }
    }
    faces.truncate(FACES);
    column((
        row((
            (keepers > 0).then(|| note(words.keepers(keepers))),
            note(words.updates(hot.count, hot.before)),
            (hot.count > 0)
                .then(|| hot.trend_so_far())
                .flatten()
                .map(|trend| badge_of(words, trend)),
        )),
        weeks(look, tag),
        row((note(words.who_writes()), each(faces, avatar))),
    ))
}

fn weeks(look: &Look<'_>, tag: &str) -> Chart {
    let weeks = (0..WEEKS).rev().map(|back| look.week.back(back));
    let points = weeks.map(|week| {
        let records = u32::try_from(hot::board(week).get(tag)).unwrap_or(0);
        (week.to_string(), f64::from(records))
    });
    chart(look.words.weeks_of_tag(), points).spark()
}

/// The way from others' records to the reader's own.
fn own_way(look: &Look<'_>, tag: &str) -> Result<Element> {
    let words = look.words;
    if !look.is_member() {
        return Ok(join::with_tag(look, tag));
    }
    let is_kept = own::get(tag)?.is_some_and(|own| !own.archived);
    let write = match history::record(tag, look.week) {
        Some(_) => words.improve_week(),
        None => words.write_week(),
    };
    Ok(match is_kept {
        true => row((
            link_to_place(words.my_own(), Place::MyTag(tag, "")),
            look.may_write()
                .then(|| link_to_place(write, Place::Write(tag))),
        )),
        false => join::with_tag(look, tag),
    })
}

fn lists(look: &Look<'_>, tag: &str, list: List) -> Element {
    let title = |list| match list {
        List::Newest => look.words.newest(),
        List::Hot => look.words.liked_most(),
    };
    row(each(List::ALL, |other| -> Element {
        match other == list {
            true => badge(title(other)).accent().into(),
            false => link_to_place(title(other), Place::Tag(tag, other, "")),
        }
    }))
}
