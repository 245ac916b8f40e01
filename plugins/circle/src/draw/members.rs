//! Who is in the circle: those who keep it and are known in it, then everyone.

use quanka_card::prelude::*;

use super::{link_to_place, note, paging};
use crate::look::Look;
use crate::place::{Desk, Place};

/// Members on one page.
const PAGE_MEMBERS: u32 = 30;
/// Those of each role above the list.
const OF_A_ROLE: u32 = 20;

pub fn page(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    let page = circle::members(MemberFilter::Everyone)
        .after(after)
        .limit(PAGE_MEMBERS)
        .page();
    let next = page.next.as_deref().map(Place::Members);
    let counts = circle::counts();
    column((
        heading(2, words.members()),
        row((
            note(words.members_count(counts.members)),
            (counts.present > 0).then(|| note(words.present_count(counts.present))),
            look.keeps_order()
                .then(|| link_to_place(words.manage(), Place::Manage(Desk::Members, ""))),
        )),
        after.is_empty().then(|| known(look)),
        heading(3, words.everyone()),
        each(&page.members, |member| line(look, member)),
        paging(look, Place::Members(""), after.is_empty(), next),
        super::join::area(look).filter(|_| !look.is_member()),
    ))
}

/// Those whom a new reader should know.
fn known(look: &Look<'_>) -> Element {
    let words = look.words;
    let of_role = |role| {
        let filter = MemberFilter::WithRole(role);
        circle::members(filter).limit(OF_A_ROLE).page().members
    };
    let staff = [of_role(Role::Owner), of_role(Role::Moderator)].concat();
    let featured = of_role(Role::Featured);
    let group = |title: &str, members: Vec<Membership>| {
        (!members.is_empty()).then(|| {
            column((
                heading(3, title),
                row(each(members, |member| avatar(member.member).named())),
            ))
        })
    };
    column((
        group(words.staff(), staff),
        group(words.featured(), featured),
    ))
}

fn line(look: &Look<'_>, member: &Membership) -> Element {
    let words = look.words;
    row((
        avatar(&member.member).named(),
        words.role(member.role).map(|role| badge(role).accent()),
        member
            .since
            .map(|since| row((note(words.joined_on()), time(since).date()))),
    ))
}
