//! Who is in a group. Its keeper lets in those who wait, invites, and puts out.

use quanka_card::prelude::*;

use super::{frame, link_to_place, note, paging};
use crate::config::Policy;
use crate::groups::{Group, Listed, Seat, Since, listed, seats, sizes};
use crate::look::Look;
use crate::place::Place;

/// People on one page.
const PAGE_PEOPLE: u32 = 30;
/// How often a list is read on for those who are in the circle.
const PAGES_OF_GHOSTS_MAX: usize = 30;
/// Members of the circle on one page of those who may be invited.
const PAGE_CIRCLE: u32 = 20;
/// Pages on which everybody is in, before a reader has to go on themselves.
const PAGES_SKIPPED_MAX: usize = 5;

pub fn page(look: &Look<'_>, group: &Group, after: &str) -> Result<View> {
    let words = look.words;
    let keeps = look.keeps(group);
    let title = format!("{} · {}", group.name, words.members());
    let (people, next) = of_the_circle(Listed::In, group, after, PAGE_PEOPLE)?;
    let next = next.as_deref();
    let next = next.map(|next| Place::Members(&group.id, next));
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

/// At most so many people of a list, and where it goes on. Those who are not in
/// the circle any more are passed over: the group's keys outlive that.
pub fn of_the_circle(list: Listed, group: &Group, after: &str, max: u32) -> Result<People> {
    let mut people = Vec::new();
    let mut next = Some(after.to_owned());
    for _ in 0..PAGES_OF_GHOSTS_MAX {
        let missing = max.saturating_sub(u32::try_from(people.len()).unwrap_or(max));
        let Some(after) = next.as_ref().filter(|_| missing > 0) else {
            break;
        };
        let page = listed(list, &group.id, after, missing)?;
        let found = page.people.into_iter();
        let found = found.map(|(member, since)| (circle::membership(&member), since));
        people.extend(found.filter(|(member, _)| member.standing == Standing::Joined));
        next = page.next;
    }
    Ok((people, next))
}

/// Members with since when, and where the next of them are.
type People = (Vec<(Membership, Since)>, Option<String>);

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
    let (people, _) = of_the_circle(Listed::Asked, group, "", PAGE_PEOPLE)?;
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
