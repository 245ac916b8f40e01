//! Who is in a group. Its keeper lets in those who wait, invites, and puts out.

use quanka_card::prelude::*;

use super::{frame, link_to_place, note, paging};
use crate::config::Policy;
use crate::groups::{Group, Listed, Seat, Since, listed, seats, sizes};
use crate::look::Look;
use crate::place::Place;

/// People on one page.
const PAGE_PEOPLE: u32 = 30;
/// Members of the circle who may be invited.
const INVITED_MAX: u32 = 20;

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
        match keeps && is_first && !group.desk.closed {
            true => Some(invite(look, group)?),
            false => None,
        },
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

/// Members of the circle who are not in the group yet; where nobody comes in by
/// themselves, this is how they do.
fn invite(look: &Look<'_>, group: &Group) -> Result<Option<Element>> {
    let words = look.words;
    if group.join != Policy::Closed {
        return Ok(None);
    }
    let page = circle::members(MemberFilter::Everyone).limit(INVITED_MAX);
    let members = page.page().members;
    let ids: Vec<&str> = members.iter().map(|one| one.member.as_str()).collect();
    let seats = seats(&group.id, &ids)?;
    let free = ids.into_iter().zip(seats);
    let free: Vec<&str> = free
        .filter(|(_, seat)| *seat != Seat::In)
        .map(|(member, _)| member)
        .collect();
    let nobody = free.is_empty().then(|| note(words.nobody_to_invite()));
    let lines = each(free, |member| {
        let take_in = act("admit", group, member);
        row((avatar(member).named(), button(words.invite_one(), take_in)))
    });
    Ok(Some(details(words.invite(), (nobody, lines))))
}

/// Something about a member that the group's keeper may do.
fn act(name: &str, group: &Group, member: &str) -> Offer {
    let offer = offer(name).payload(&(&group.id, member));
    offer.audience(Audience::Member)
}
