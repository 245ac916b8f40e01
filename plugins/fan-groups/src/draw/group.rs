//! A group's own page: what it is, the way in, its notice, who is here, what the
//! featured say, and then everybody.

use quanka_card::prelude::*;

use super::members::of_the_circle;
use super::talk::{Shown, element, latest, stars, state, unseen};
use super::{form, frame, join, link_to_place, note, paging};
use crate::groups::{Group, Listed, NOTICE_CHARS_MAX, Seat, seats, sizes};
use crate::look::Look;
use crate::place::Place;

/// Posts on one page.
const PAGE_POSTS: u32 = 10;
/// Posts of featured members above them.
const STAR_POSTS: usize = 3;
/// Faces of those who are here.
const FACES: usize = 8;
/// Those present in the circle who are looked at for them.
const PRESENT_MAX: u32 = 50;
/// Those who wait, as far as a link counts them.
const WAITING_COUNTED: u32 = 99;

pub fn page(look: &Look<'_>, group: &Group, after: &str) -> Result<View> {
    let seat = look.seat(group)?;
    let people = u64::try_from(sizes().get(&group.id)).unwrap_or(0);
    let people = look.words.people_count(people);
    let summary = match group.about.as_str() {
        "" => people.clone(),
        about => format!("{about} · {people}"),
    };
    let view = frame(look, &group.name, &summary, Place::Discover);
    if !after.is_empty() {
        return Ok(view.body((heading(2, &group.name), talk(look, group, seat, after)?)));
    }
    let is_in = seat == Seat::In;
    let said = group.notice();
    let said = said.filter(|said| said.is_published() || look.keeps(group));
    Ok(view.body((
        head(look, group, &people)?,
        said.as_ref().map(|said| notice(look, said)),
        join::area(look, group, seat),
        ways(look, group, seat)?,
        here(look, group)?,
        (look.is_roomy() && is_in).then(|| form::in_group(look, group)),
        is_in.then(|| unseen(look, group)),
        talk(look, group, seat, after)?,
        look.keeps(group).then(|| desk(look, group, said.as_ref())),
        is_in.then(|| join::leave(look, group)),
    )))
}

fn head(look: &Look<'_>, group: &Group, people: &str) -> Result<Element> {
    let words = look.words;
    Ok(column((
        heading(2, &group.name),
        (!group.about.is_empty()).then(|| text(&group.about).max_lines(3)),
        row((
            note(people),
            match group.desk.closed {
                true => badge(words.closed()),
                false => badge(words.policy(group.join)),
            },
            keeper(group).map(|keeper| (note(words.keeper()), avatar(keeper).named())),
        )),
    )))
}

/// The keeper, as long as they are in the circle.
fn keeper(group: &Group) -> Option<&str> {
    let keeper = group.desk.keeper.as_deref()?;
    let standing = circle::membership(keeper).standing;
    (standing == Standing::Joined).then_some(keeper)
}

/// The notice; one that others do not see is shown to who keeps the group.
fn notice(look: &Look<'_>, notice: &Post) -> Panel {
    let at = notice.edited.unwrap_or(notice.created);
    let words = (
        state(look, notice),
        said_post(notice).max_lines(4),
        time(at).relative(),
    );
    panel(words).title(look.words.notice()).tone(Tone::Accent)
}

fn ways(look: &Look<'_>, group: &Group, seat: Seat) -> Result<Element> {
    let words = look.words;
    let waiting = match look.keeps(group) {
        true => of_the_circle(Listed::Asked, group, "", WAITING_COUNTED)?
            .0
            .len(),
        false => 0,
    };
    Ok(row((
        (!look.is_roomy()).then(|| join::way_to_post(look, group, seat)),
        link_to_place(words.members_link(waiting), Place::Members(&group.id, "")),
        share(words.share()),
    )))
}

/// Those of the group who are present in the circle.
fn here(look: &Look<'_>, group: &Group) -> Result<Option<Element>> {
    let present = circle::members(MemberFilter::Present).limit(PRESENT_MAX);
    let present = present.page().members;
    let ids: Vec<&str> = present.iter().map(|here| here.member.as_str()).collect();
    let seats = seats(&group.id, &ids)?;
    let here = ids.into_iter().zip(seats);
    let here = here.filter(|(_, seat)| *seat == Seat::In).take(FACES);
    let faces: Vec<_> = here.map(|(member, _)| avatar(member)).collect();
    Ok((!faces.is_empty()).then(|| row((note(look.words.here_now()), faces))))
}

/// What the featured say, and then everybody, last first.
fn talk(look: &Look<'_>, group: &Group, seat: Seat, after: &str) -> Result<Element> {
    let words = look.words;
    let (mut posts, next) = latest(group, after, PAGE_POSTS)?;
    let best = match after {
        "" => stars(group, STAR_POSTS)?,
        _ => Vec::new(),
    };
    posts.retain(|post| best.iter().all(|best| best.id != post.id));
    let is_empty = posts.is_empty() && best.is_empty() && next.is_none();
    let next = next.as_deref().map(|next| Place::Group(&group.id, next));
    let section = |title: &str, posts: &[Post]| {
        let shown = Shown::new(group, seat, posts);
        (!posts.is_empty()).then(|| {
            column((
                heading(3, title),
                each(posts, |post| element(look, post, &shown)),
            ))
        })
    };
    Ok(column((
        section(words.stars_say(), &best),
        section(words.latest(), &posts),
        is_empty.then(|| empty(look, group, seat)),
        paging(look, Place::Group(&group.id, ""), after.is_empty(), next),
    )))
}

fn empty(look: &Look<'_>, group: &Group, seat: Seat) -> Panel {
    let words = look.words;
    panel(text(match (group.desk.closed, seat) {
        (true, _) => words.empty_over(),
        (false, Seat::In) => words.empty_in(),
        (false, _) => words.empty_out(),
    }))
}

/// What the keeper changes; those who keep order in the circle also close.
fn desk(look: &Look<'_>, group: &Group, said: Option<&Post>) -> Element {
    let words = look.words;
    let text = said.map_or("", |notice| notice.text.as_str());
    let notice = offer("notice").payload(&group.id);
    details(
        words.manage(),
        (
            form((
                input("notice", words.notice_text())
                    .multiline()
                    .value(text)
                    .max(NOTICE_CHARS_MAX),
                button(words.set_notice(), notice.audience(Audience::Member)),
            )),
            look.keeps_order().then(|| close_or_reopen(look, group)),
        ),
    )
}

fn close_or_reopen(look: &Look<'_>, group: &Group) -> Button {
    let words = look.words;
    let offer = |name| {
        let offer = offer(name).payload(&group.id);
        offer.audience(Audience::Moderator)
    };
    match group.desk.closed {
        true => button(words.reopen(), offer("reopen")),
        false => button(words.close(), offer("close").confirm(words.close_sure())).danger(),
    }
}
