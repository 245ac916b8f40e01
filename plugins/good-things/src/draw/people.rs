//! Members by what they have earned, one of them, and the reader's own page.

use quanka_card::prelude::*;

use super::list::{PAGE_POSTS, Shown, element, elements, state};
use super::{join, link_to_place, note, paging};
use crate::look::Look;
use crate::place::Place;
use crate::points;

/// The board of those with the most points.
pub fn members(look: &Look<'_>) -> Element {
    let words = look.words;
    let board = points::board();
    column((
        heading(2, words.members()),
        stat(words.score(), points::score()),
        board.is_empty().then(|| note(words.no_members())),
        each(&board, |one| {
            row((
                text(one.place.to_string()),
                avatar(&one.member).named(),
                text(words.stars(points::stars(one.points))).caption(),
                note(words.points_count(one.points)),
                // Short, so that a row is one line on a phone.
                link_to_place(words.things(), Place::Member(&one.member, "")),
            ))
        }),
        rules(look),
        (!look.is_member()).then(|| join::area(look)),
    ))
}

/// One member, and what they recommend.
pub fn member(look: &Look<'_>, member: &Membership, after: &str) -> Element {
    let words = look.words;
    let id = member.member.as_str();
    let page = posts::query()
        .kind(PostKind::Recommendation)
        .author(id)
        .limit(PAGE_POSTS);
    let page = page.after(after).page();
    let next = page.next.as_deref().map(|next| Place::Member(id, next));
    let is_here = member.standing == Standing::Joined;
    let since = member.since.filter(|_| is_here);
    column((
        row((
            avatar(id).named(),
            words.role(member.role).map(|role| badge(role).accent()),
        )),
        earned(look, id),
        since.map(|since| row((note(words.joined_on()), time(since).date()))),
        page.posts.is_empty().then(|| note(words.no_things())),
        elements(look, &page.posts),
        paging(look, Place::Member(id, ""), after.is_empty(), next),
        link_to_place(words.members(), Place::Members),
    ))
}

/// The reader's own posts, with what became of them and what they earned.
pub fn mine(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    let Some(member) = look.member() else {
        return column((text(words.sign_in_for_own()), join::area(look)));
    };
    let page = posts::mine().limit(PAGE_POSTS).after(after).page();
    let shown = Shown::new(look, &page.posts);
    let next = page.next.as_deref().map(Place::Mine);
    column((
        heading(2, words.mine()),
        earned(look, member),
        rules(look),
        row((
            look.may_post()
                .then(|| link_to_place(words.recommend(), Place::Add(None))),
            link_to_place(words.my_wishes(), Place::Wishes("")),
            link_to_place(words.members(), Place::Members),
        )),
        page.posts.is_empty().then(|| note(words.nothing_own())),
        each(&page.posts, |post| {
            column((state(look, post), element(look, post, &shown)))
        }),
        paging(look, Place::Mine(""), after.is_empty(), next),
        join::leave(look),
    ))
}

/// Somebody's points and stars.
fn earned(look: &Look<'_>, member: &str) -> Element {
    let words = look.words;
    let points = points::of(member);
    let to_next = points::to_next_star(points);
    let board = points::board();
    let placed = board.iter().find(|one| one.member == member);
    column((
        row((
            text(words.stars(points::stars(points))).lead(),
            text(words.points_count(points)),
            placed.map(|one| note(words.place(one.place))),
        )),
        to_next
            .filter(|_| look.member() == Some(member))
            .map(|more| note(words.to_next_star(more))),
    ))
}

/// What earns points.
fn rules(look: &Look<'_>) -> Element {
    let words = look.words;
    details(words.how(), words.rules().map(text))
}
