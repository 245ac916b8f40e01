//! The card's first page: what the circle is, the way in, what it talks about.

use quanka_card::circle::CircleInfo;
use quanka_card::prelude::*;

use super::talk::{Shown, element};
use super::{TITLE_CHARS_MAX, cut, form, join, link_to_place, note};
use crate::config::{Config, Show};
use crate::look::Look;
use crate::place::{Desk, List, Place};
use crate::words::Words;

/// How many faces stand under the introduction.
const FACES: u32 = 6;

/// In two lines, for a list.
pub fn compact(cx: &CardContext<Config>) -> View {
    let words = Words::of(cx);
    let circle = circle::info();
    let counts = circle::counts();
    frame(words, &circle).body((
        text(&circle.name).max_lines(1),
        note(words.size(counts.members, counts.posts)).max_lines(1),
    ))
}

/// The whole of it, as an article shows it and as a page of its own.
pub fn home(look: &Look<'_>) -> View {
    let counts = circle::counts();
    let summary = look.words.size(counts.members, counts.posts);
    frame(look.words, &look.circle).body((
        heading(2, &look.circle.name),
        introduction(look),
        people(look, &summary),
        join::area(look),
        tabs(look, counts.waiting + counts.held),
        look.is_roomy().then(|| form::for_home(look)),
        talk(look),
        foot(look),
    ))
}

fn frame(words: Words, circle: &CircleInfo) -> View {
    let summary = match circle.intro.as_str() {
        "" => words.invitation(&circle.name, &circle.publisher),
        intro => intro.to_owned(),
    };
    View::new(cut(&circle.name, TITLE_CHARS_MAX)).summary(summary)
}

/// Members have read the welcome; everybody else reads it first.
fn introduction(look: &Look<'_>) -> Option<Text> {
    let welcome = look.config.welcome.as_deref().unwrap_or_default();
    let words = match (look.is_member(), welcome) {
        (false, welcome) if !welcome.is_empty() => welcome,
        _ => &look.circle.intro,
    };
    let lines = if look.is_roomy() { 6 } else { 2 };
    (!words.is_empty()).then(|| text(words).max_lines(lines))
}

/// How many they are, who runs it, and a few faces: of those who are here now,
/// or else of those who came last.
fn people(look: &Look<'_>, size: &str) -> Element {
    let words = look.words;
    let present = faces(MemberFilter::Present);
    let (label, faces) = match present.is_empty() {
        false => (words.here_now(), present),
        true => (words.new_here(), faces(MemberFilter::Everyone)),
    };
    let owner: Element = match &look.circle.owner {
        Some(owner) => row((note(words.owner()), avatar(owner).named())),
        None => note(format!("{} {}", words.run_by(), look.circle.publisher)).into(),
    };
    column((
        row((note(size), owner)),
        (!faces.is_empty()).then(|| row((note(label), each(faces, avatar)))),
    ))
}

fn faces(filter: MemberFilter) -> Vec<String> {
    let page = circle::members(filter).limit(FACES).page();
    page.members
        .into_iter()
        .map(|member| member.member)
        .collect()
}

/// The ways to the other pages.
fn tabs(look: &Look<'_>, waiting: u64) -> Element {
    let words = look.words;
    row((
        (!look.is_roomy() && look.may_post()).then(|| link_to_place(words.write(), Place::Write)),
        link_to_place(words.latest(), Place::Posts(List::Latest, "")),
        link_to_place(words.hot(), Place::Posts(List::Hot, "")),
        link_to_place(words.best(), Place::Posts(List::Featured, "")),
        link_to_place(words.members(), Place::Members("")),
        look.is_member()
            .then(|| link_to_place(words.mine(), Place::Mine(""))),
        look.keeps_order().then(|| {
            let label = words.desk(words.manage(), waiting);
            link_to_place(label, Place::Manage(Desk::Waiting, ""))
        }),
    ))
}

/// What is said: something that a moderator put first, then what the publisher
/// wants to show.
fn talk(look: &Look<'_>) -> Element {
    let words = look.words;
    let (best_max, rest_max) = match (look.is_roomy(), look.config.show) {
        (true, Show::Featured) => (10, 10),
        (true, _) => (3, 10),
        (false, Show::Featured) => (2, 2),
        (false, _) => (1, 2),
    };
    let best = posts::query().featured().limit(best_max).page().posts;
    // Where only the best are shown, others stand in while there are none.
    let wants_rest = look.config.show != Show::Featured || best.is_empty();
    let mut rest = Vec::new();
    if wants_rest {
        let query = posts::query().limit(rest_max + best_max);
        let query = match look.config.show {
            Show::Hot => query.hot(),
            Show::Latest | Show::Featured => query,
        };
        rest = query.page().posts;
        rest.retain(|post| best.iter().all(|best| best.id != post.id));
        rest.truncate(rest_max as usize);
    }
    if best.is_empty() && rest.is_empty() {
        return empty(look);
    }
    let heading_of_rest = match look.config.show {
        Show::Hot => words.hot(),
        Show::Latest | Show::Featured => words.latest(),
    };
    column((
        section(look, words.best(), &best),
        section(look, heading_of_rest, &rest),
    ))
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

/// No dead end: what a reader can do where nobody has said anything.
pub fn empty(look: &Look<'_>) -> Element {
    let words = look.words;
    let say = match (look.may_post(), look.is_member()) {
        (true, _) => words.empty_write(),
        (false, false) if look.config.posting.allows(Role::Member) => words.empty_join(),
        (false, _) => words.empty_read(),
    };
    panel((
        text(say),
        (look.may_post() && !look.is_roomy()).then(|| link_to_place(words.write(), Place::Write)),
    ))
    .into()
}

fn foot(look: &Look<'_>) -> Element {
    let words = look.words;
    column((
        row((
            link_to_place(words.all_posts(), Place::Posts(List::Latest, "")),
            share(words.share()),
        )),
        join::leave(look),
    ))
}
