//! Who is in a group. Its keeper lets in those who wait, invites, and puts out.

use quanka_card::prelude::*;

use super::{frame, link_to_place, note, paging};
use crate::config::Policy;
use crate::groups::{Group, Listed, Seat, Since, listed, seats, sizes};
use crate::look::Look;
use crate::place::Place;

/// People on one page.
const PAGE_PEOPLE: u32 = 30;
/// Members of the circle on one page of those who may be invited.
const PAGE_CIRCLE: u32 = 20;
/// Pages on which everybody is in, before a reader has to go on themselves.
const PAGES_SKIPPED_MAX: usize = 5;

pub fn page(look: &Look<'_>, group: &Group, after: &str) -> Result<View> {
    let words = look.words;
    let keeps = look.keeps(group);
    let title = format!("{} · {}", group.name, words.members());
    let page = listed(Listed::In, &group.id, after, PAGE_PEOPLE)?;
    let people = of_the_circle(page.people);
    let next = page
        .next
        .as_deref()
        .map(|next| Place::Members(&group.id, next));
    let count = u64::try_from(sizes().get(&group.id)).unwrap_or(0);
    let is_first = after.is_empty();
    let view = frame(look, &title, &group.about, Place::Group(&group.id, ""));
    Ok(view.body((
        heading(2, &title),
        note(words.people_count(count)),
        match keeps && is_first {
            true => Some(waiting(look, group)?),
            false => None,
        },
        (people.is_empty() && is_first).then(|| {
            let way = link_to_place(words.enter(), Place::Group(&group.id, ""));
            column((note(words.nobody_in()), way))
        }),
        each(&people, |(member, since)| line(look, group, member, *since)),
        paging(look, Place::Members(&group.id, ""), is_first, next),
        may_invite(look, group)
            .then(|| link_to_place(words.invite(), Place::Invite(&group.id, ""))),
    )))
}

/// Only those who are in the circle still: the group's keys outlive that.
fn of_the_circle(people: Vec<(String, Since)>) -> Vec<(Membership, Since)> {
    let people = people.into_iter();
    let people = people.map(|(member, since)| (circle::membership(&member), since));
    people
        .filter(|(member, _)| member.standing == Standing::Joined)
        .collect()
}

fn line(look: &Look<'_>, group: &Group, member: &Membership, since: Since) -> Element {
    let words = look.words;
    let is_keeper = group.desk.keeper.as_deref() == Some(&member.member);
    let is_self = look.reader.member.as_deref() == Some(&member.member);
    column((
        row((
            avatar(&member.member).named(),
            is_keeper.then(|| badge(words.keeper()).accent()),
            (member.role == Role::Featured).then(|| badge(words.featured()).accent()),
            note(words.joined_on()),
            time(Timestamp::from_ms(since.since_ms)).date(),
        )),
        look.keeps(group).then(|| {
            let may_put_out = !is_self && !is_keeper && member.role < Role::Moderator;
            let put_out = act("put-out", group, &member.member);
            let make_keeper = act("keeper", group, &member.member);
            row((
                (look.keeps_order() && !is_keeper).then(|| {
                    let offer = make_keeper.audience(Audience::Moderator);
                    button(words.make_keeper(), offer.confirm(words.make_keeper_sure())).quiet()
                }),
                may_put_out.then(|| {
                    button(words.put_out(), put_out.confirm(words.put_out_sure())).danger()
                }),
            ))
        }),
    ))
}

/// Those who asked, with the way to let them in.
fn waiting(look: &Look<'_>, group: &Group) -> Result<Option<Element>> {
    let words = look.words;
    let asking = listed(Listed::Asked, &group.id, "", PAGE_PEOPLE)?;
    let people = of_the_circle(asking.people);
    Ok((!people.is_empty()).then(|| {
        column((
            heading(3, words.waiting()),
            each(people, |(asking, since)| {
                row((
                    avatar(&asking.member).named(),
                    time(Timestamp::from_ms(since.since_ms)).relative(),
                    button(words.admit(), act("admit", group, &asking.member)).primary(),
                    button(words.refuse(), act("refuse", group, &asking.member)),
                ))
            }),
        ))
    }))
}

/// Where nobody comes in by themselves, the keeper takes them in.
fn may_invite(look: &Look<'_>, group: &Group) -> bool {
    look.keeps(group) && group.join == Policy::Closed && !group.desk.closed
}

/// Members of the circle who are not in the group yet, those who joined last
/// first; no page for anybody who may not invite.
pub fn invite(look: &Look<'_>, group: &Group, after: &str) -> Result<Option<View>> {
    if !may_invite(look, group) {
        return Ok(None);
    }
    let words = look.words;
    let (free, next) = not_in(group, after)?;
    let is_first = after.is_empty();
    let nobody = match &next {
        Some(_) => words.nobody_here_to_invite(),
        None => words.nobody_to_invite(),
    };
    let next = next.as_deref();
    let next = next.map(|next| Place::Invite(&group.id, next));
    let title = format!("{} · {}", group.name, words.invite());
    let view = frame(look, &title, &group.about, Place::Group(&group.id, ""));
    Ok(Some(view.body((
        heading(2, &title),
        free.is_empty().then(|| note(nobody)),
        each(&free, |member| {
            let take_in = act("admit", group, member);
            row((avatar(member).named(), button(words.invite_one(), take_in)))
        }),
        paging(look, Place::Invite(&group.id, ""), is_first, next),
        link_to_place(words.members(), Place::Members(&group.id, "")),
    ))))
}

/// The next members of the circle who are not in a group, and where they go on.
fn not_in(group: &Group, after: &str) -> Result<(Vec<String>, Option<String>)> {
    let mut after = Some(after.to_owned());
    for _ in 0..PAGES_SKIPPED_MAX {
        let Some(from) = after else { break };
        let page = circle::members(MemberFilter::Everyone).after(from);
        let page = page.limit(PAGE_CIRCLE).page();
        after = page.next;
        let ids: Vec<&str> = page.members.iter().map(|one| one.member.as_str()).collect();
        let seated = ids.iter().zip(seats(&group.id, &ids)?);
        let free = seated.filter(|(_, seat)| *seat != Seat::In);
        let free: Vec<String> = free.map(|(member, _)| (*member).to_owned()).collect();
        if !free.is_empty() {
            return Ok((free, after));
        }
    }
    Ok((Vec::new(), after))
}

/// Something about a member that the group's keeper may do.
fn act(name: &str, group: &Group, member: &str) -> Offer {
    let offer = offer(name).payload(&(&group.id, member));
    offer.audience(Audience::Member)
}
