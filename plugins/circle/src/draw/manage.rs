//! Where moderators and the owner keep order: who waits, what waits, members,
//! and those who were put out.

use quanka_card::prelude::*;

use super::post::REASON_CHARS_MAX;
use super::talk::{pictures, thing};
use super::{link_to_place, note, paging};
use crate::look::Look;
use crate::place::{Desk, Place};

/// People on one page of a list.
const PAGE_PEOPLE: u32 = 20;
/// Posts on one page of a list.
const PAGE_POSTS: u32 = 10;
/// Days that a button mutes for.
pub const MUTE_DAYS: [u64; 2] = [1, 7];

pub fn page(look: &Look<'_>, desk: Desk, after: &str) -> Element {
    let words = look.words;
    if !look.keeps_order() {
        return text(words.for_staff()).into();
    }
    column((
        heading(2, words.manage_title()),
        desks(look, desk),
        match desk {
            Desk::Waiting => waiting(look, after),
            Desk::Posts => held(look, after),
            Desk::Members => members(look, after),
            Desk::Banned => banned(look, after),
        },
    ))
}

fn desks(look: &Look<'_>, current: Desk) -> Element {
    let words = look.words;
    let counts = circle::counts();
    row(each(Desk::ALL, |desk| -> Element {
        let label = match desk {
            Desk::Waiting => words.desk(words.desk_waiting(), counts.waiting),
            Desk::Posts => words.desk(words.desk_posts(), counts.held),
            Desk::Members => words.desk_members().to_owned(),
            Desk::Banned => words.desk_banned().to_owned(),
        };
        match desk == current {
            true => badge(label).accent().into(),
            false => link_to_place(label, Place::Manage(desk, "")),
        }
    }))
}

fn waiting(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    people(look, Desk::Waiting, after, words.nobody_waits(), |asking| {
        row((
            avatar(&asking.member).named(),
            asking.since.map(|since| time(since).relative()),
            act(words.admit(), "admit", &asking.member).primary(),
            act(words.refuse(), "refuse", &asking.member),
        ))
    })
}

fn banned(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    people(look, Desk::Banned, after, words.nobody_banned(), |banned| {
        row((
            avatar(&banned.member).named(),
            act(words.unban(), "unban", &banned.member),
        ))
    })
}

fn members(look: &Look<'_>, after: &str) -> Element {
    people(look, Desk::Members, after, "", |member| {
        let words = look.words;
        let is_muted = member.muted_until.is_some();
        let is_below = member.role < look.reader.role;
        column((
            row((
                avatar(&member.member).named(),
                words.role(member.role).map(|role| badge(role).accent()),
                is_muted.then(|| badge(words.muted_badge()).tone(Tone::Warning)),
            )),
            is_below.then(|| details(words.manage(), row(orders(look, member)))),
        ))
    })
}

/// What the reader may do with a member of a lower role.
fn orders(look: &Look<'_>, member: &Membership) -> Vec<Button> {
    let words = look.words;
    let id = member.member.as_str();
    let role = |label: &str, role: &str| {
        let offer = offer("role").payload(&(id, role));
        button(label, offer.audience(Audience::Moderator))
    };
    let mut orders = match member.role {
        Role::Featured => vec![role(words.set_member(), "member")],
        Role::Moderator => vec![role(words.unset_moderator(), "member")],
        _ => vec![role(words.set_featured(), "featured")],
    };
    if look.reader.role == Role::Owner && member.role != Role::Moderator {
        let offer = offer("role").payload(&(id, "moderator"));
        let offer = offer.audience(Audience::Owner);
        let sure = words.set_moderator_sure();
        orders.push(button(words.set_moderator(), offer.confirm(sure)));
    }
    if member.muted_until.is_some() {
        orders.push(act(words.unmute(), "unmute", id));
    } else {
        let labels = [words.mute_day(), words.mute_week()];
        orders.extend(labels.iter().zip(MUTE_DAYS).map(|(label, days)| {
            let offer = offer("mute").payload(&(id, days));
            button(*label, offer.audience(Audience::Moderator))
        }));
    }
    let ban = offer("ban").payload(&id).audience(Audience::Moderator);
    orders.push(button(words.ban(), ban.confirm(words.ban_sure())).danger());
    orders
}

/// A list of people, each drawn in one way.
fn people(
    look: &Look<'_>,
    desk: Desk,
    after: &str,
    nobody: &str,
    draw: impl Fn(&Membership) -> Element,
) -> Element {
    let filter = match desk {
        Desk::Waiting => MemberFilter::Waiting,
        Desk::Banned => MemberFilter::Banned,
        Desk::Members | Desk::Posts => MemberFilter::Everyone,
    };
    let page = circle::members(filter)
        .after(after)
        .limit(PAGE_PEOPLE)
        .page();
    let next = page.next.as_deref();
    let next = next.map(|next| Place::Manage(desk, next));
    column((
        (page.members.is_empty() && !nobody.is_empty()).then(|| note(nobody)),
        each(&page.members, draw),
        paging(look, Place::Manage(desk, ""), after.is_empty(), next),
    ))
}

/// Posts that wait, each with the way to let it pass or to send it back.
fn held(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    let page = posts::held().after(after).limit(PAGE_POSTS).page();
    let next = page.next.as_deref();
    let next = next.map(|next| Place::Manage(Desk::Posts, next));
    column((
        page.posts.is_empty().then(|| note(words.nothing_held())),
        each(&page.posts, |post| held_post(look, post)),
        paging(look, Place::Manage(Desk::Posts, ""), after.is_empty(), next),
    ))
}

fn held_post(look: &Look<'_>, post: &Post) -> Element {
    let words = look.words;
    let reason = post.reason.as_deref().filter(|reason| !reason.is_empty());
    let parent = post.parent.as_deref();
    let approve = offer("approve").payload(&post.seen());
    let reject = offer("reject").payload(&post.id);
    column((
        parent.map(|parent| link_to_place(words.replied_to(), Place::Post(parent, ""))),
        said_post(post),
        thing(look, post),
        pictures(look, post, usize::MAX),
        row((
            time(post.created).relative(),
            reason.map(|reason| note(words.reason_is(reason))),
        )),
        button(words.approve(), approve.audience(Audience::Moderator)).primary(),
        details(
            words.reject(),
            form((
                input("reason", words.reject_reason())
                    .required()
                    .max(REASON_CHARS_MAX),
                button(words.reject(), reject.audience(Audience::Moderator)).danger(),
            )),
        ),
        divider(),
    ))
}

/// A button for those who keep order, about one member or post.
fn act(label: &str, name: &str, id: &str) -> Button {
    let offer = offer(name).payload(&id);
    button(label, offer.audience(Audience::Moderator))
}
