//! The way into a group and out of it, as its policy, the circle's and the
//! reader's seat have it.

use quanka_card::prelude::*;

use super::{link_to_place, note};
use crate::config::Policy;
use crate::groups::{Group, Seat};
use crate::look::Look;
use crate::place::Place;

/// Why the reader cannot come into the circle, and so into no group.
pub fn circle_state(look: &Look<'_>) -> Option<Element> {
    let words = look.words;
    if look.is_banned() {
        return Some(text(words.circle_banned()).warning().into());
    }
    let waits = look.waits() && look.circle.policy != JoinPolicy::Open;
    waits.then(|| panel(text(words.circle_waits())).tone(Tone::Accent).into())
}

/// What stands where a reader looks for the way into a group.
pub fn area(look: &Look<'_>, group: &Group, seat: Seat) -> Option<Element> {
    let words = look.words;
    if group.desk.closed {
        return Some(note(words.over()).into());
    }
    if let Some(state) = circle_state(look) {
        return Some(state);
    }
    let leave = offer("leave").payload(&group.id).signed_in();
    match seat {
        Seat::In => None,
        Seat::Out if !look.keeps_order() => Some(text(words.out()).warning().into()),
        Seat::Asked if group.join == Policy::Approval => Some(
            panel((text(words.asked()), button(words.withdraw(), leave).quiet()))
                .tone(Tone::Accent)
                .into(),
        ),
        Seat::Asked | Seat::Stranger | Seat::Left | Seat::Out => Some(way_in(look, group)),
    }
}

fn way_in(look: &Look<'_>, group: &Group) -> Element {
    let words = look.words;
    match button_to(look, group) {
        Some(button) => row((
            button.primary(),
            asks(look, group).then(|| note(words.approval_note())),
        )),
        None if group.join == Policy::Closed => note(words.closed_note()).into(),
        None => note(words.circle_closed()).into(),
    }
}

/// The button that leads in, where one does: not into what is by invitation,
/// group or circle.
pub fn button_to(look: &Look<'_>, group: &Group) -> Option<Button> {
    let words = look.words;
    let is_barred = circle_state(look).is_some()
        || (!look.is_member() && look.circle.policy == JoinPolicy::Closed)
        || (group.join == Policy::Closed && !look.keeps_order());
    let label = match asks(look, group) {
        true => words.ask(),
        false => words.join(),
    };
    let join = offer("join").payload(&group.id).signed_in();
    (!is_barred).then(|| button(label, join))
}

/// Whether the keeper lets in; whoever keeps order in the circle walks in.
fn asks(look: &Look<'_>, group: &Group) -> bool {
    group.join == Policy::Approval && !look.keeps_order()
}

/// What somebody who is in finds at the foot of the group.
pub fn leave(look: &Look<'_>, group: &Group) -> Element {
    let words = look.words;
    let leave = offer("leave").payload(&group.id).signed_in();
    button(words.leave(), leave.confirm(words.leave_sure()))
        .quiet()
        .into()
}

/// The way to the form, for those who may use it.
pub fn way_to_post(look: &Look<'_>, group: &Group, seat: Seat) -> Option<Element> {
    let may = seat == Seat::In && !group.desk.closed && !look.reader.muted;
    may.then(|| link_to_place(look.words.write(), Place::New(Some(&group.id))))
}
