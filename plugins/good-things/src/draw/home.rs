//! The card's first page: what it is, the way in, and the best of it.

use quanka_card::prelude::*;

use super::list::{Shown, element};
use super::{TITLE_CHARS_MAX, cut, form, join, link_to_place, note, sharing};
use crate::config::Config;
use crate::look::Look;
use crate::place::Place;
use crate::points;
use crate::words::Words;

/// In two lines, for a list.
pub fn compact(cx: &CardContext<Config>) -> View {
    let words = Words::of(cx);
    let size = words.size(circle::counts().members, points::score());
    frame(&cx.config, words).body((
        text(title(&cx.config, words)).max_lines(1),
        note(size).max_lines(1),
    ))
}

/// The whole of it, as an article shows it and as a page of its own.
pub fn home(look: &Look<'_>) -> Result<View> {
    let words = look.words;
    let counts = circle::counts();
    let things = things(look);
    let more = things.is_some();
    Ok(frame(look.config, words).body((
        heading(2, title(look.config, words)),
        text(sentence(look.config, words)).max_lines(2),
        row((
            note(words.size(counts.members, points::score())),
            look.member().map(|member| own(look, member)),
        )),
        join::area(look),
        look.is_roomy().then(|| form::for_home(look)).transpose()?,
        ways_to_post(look),
        tabs(look, counts.held),
        things.unwrap_or_else(|| empty(look)),
        row((
            more.then(|| link_to_place(words.more(), Place::Hot(""))),
            sharing(look, share(words.share())),
        )),
        look.is_roomy().then(|| join::leave(look)),
    )))
}

pub fn title(config: &Config, words: Words) -> String {
    let own = config.title.clone();
    let title = own.unwrap_or_else(|| words.title(&circle::info().name));
    cut(&title, TITLE_CHARS_MAX)
}

pub fn sentence(config: &Config, words: Words) -> &str {
    config.welcome.as_deref().unwrap_or(words.sentence())
}

fn frame(config: &Config, words: Words) -> View {
    View::new(title(config, words)).summary(sentence(config, words))
}

/// A member's own points and stars.
fn own(look: &Look<'_>, member: &str) -> Element {
    let words = look.words;
    let points = points::of(member);
    let stars = words.stars(points::stars(points));
    let label = format!("{stars} {}", words.points_count(points));
    link_to_place(label, Place::Mine(""))
}

/// What members come for, in an article that has no room for the form.
fn ways_to_post(look: &Look<'_>) -> Option<Element> {
    let words = look.words;
    if look.is_member() && look.reader.muted {
        return Some(form::muted(look));
    }
    look.may_post().then(|| {
        row((
            (!look.is_roomy()).then(|| link_to_place(words.recommend(), Place::Add(None))),
            link_to_place(words.ask(), Place::Ask),
        ))
    })
}

/// The ways to the other pages.
fn tabs(look: &Look<'_>, held: u64) -> Element {
    let words = look.words;
    let manage = words.counted(words.manage(), held);
    row((
        link_to_place(words.best(), Place::Best("")),
        link_to_place(words.hot(), Place::Hot("")),
        link_to_place(words.latest(), Place::New("")),
        link_to_place(words.asks(), Place::Asks("")),
        link_to_place(words.wishes(), Place::Wishes("")),
        link_to_place(words.topics(), Place::Topics),
        link_to_place(words.members(), Place::Members),
        // In an article their points lead there, so that the row stays one.
        (look.is_member() && look.is_roomy()).then(|| link_to_place(words.mine(), Place::Mine(""))),
        look.keeps_order()
            .then(|| link_to_place(manage, Place::Manage)),
    ))
}

/// What a moderator put first, then what is liked now; none where there is
/// nothing yet.
fn things(look: &Look<'_>) -> Option<Element> {
    let words = look.words;
    let (best_max, hot_max) = if look.is_roomy() { (5, 10) } else { (1, 2) };
    let query = || posts::query().kind(PostKind::Recommendation);
    let best = query().featured().limit(best_max).page().posts;
    let mut hot = query().hot().limit(hot_max + best_max).page().posts;
    hot.retain(|post| best.iter().all(|best| best.id != post.id));
    // In an article there is room for two of them.
    let room = match look.is_roomy() {
        true => hot_max as usize,
        false => (hot_max as usize).saturating_sub(best.len()),
    };
    hot.truncate(room);
    if best.is_empty() && hot.is_empty() {
        return None;
    }
    Some(column((
        section(look, words.best(), &best),
        section(look, words.hot(), &hot),
    )))
}

fn section(look: &Look<'_>, title: &str, posts: &[Post]) -> Option<Element> {
    if posts.is_empty() {
        return None;
    }
    let shown = Shown::new(look, posts);
    Some(column((
        heading(3, title),
        each(posts, |post| element(look, post, &shown)),
    )))
}

/// No dead end: what a reader can do where nothing has been recommended.
pub fn empty(look: &Look<'_>) -> Element {
    let words = look.words;
    let say = match (look.may_post(), look.is_member(), look.circle.policy) {
        (true, ..) => words.empty_member(),
        (false, false, JoinPolicy::Open | JoinPolicy::Approval) => words.empty_join(),
        (false, ..) => words.empty_read(),
    };
    panel((
        text(say),
        look.may_post()
            .then(|| link_to_place(words.recommend(), Place::Add(None))),
    ))
    .into()
}
