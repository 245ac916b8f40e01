//! The way in and out, as the circle's policy and the reader's standing have
//! it, and the guide for those who come for the first time.

use quanka_card::prelude::*;

use super::note;
use crate::look::Look;

/// What stands where a reader looks for the way in.
pub fn area(look: &Look<'_>) -> Option<Element> {
    let words = look.words;
    let is_open = look.circle.policy == JoinPolicy::Open;
    let area = match look.standing() {
        Standing::Joined => return None,
        Standing::Banned => text(words.banned()).warning().into(),
        // Who waits and finds the circle opened just walks in.
        Standing::Waiting if !is_open => panel((
            text(words.waiting()),
            button(
                words.withdraw(),
                offer("leave").signed_in().confirm(words.withdraw_sure()),
            )
            .quiet(),
        ))
        .tone(Tone::Accent)
        .into(),
        Standing::Waiting | Standing::None | Standing::Left => column((way_in(look), guide(look))),
    };
    Some(area)
}

fn way_in(look: &Look<'_>) -> Element {
    let words = look.words;
    let join = |label| button(label, offer("join").signed_in()).primary();
    match look.circle.policy {
        JoinPolicy::Open => join(words.join()).into(),
        JoinPolicy::Approval => row((join(words.ask_to_join()), note(words.approval_note()))),
        JoinPolicy::Closed => note(words.closed_note()).into(),
    }
}

/// Three short steps, as long as the reader is no member.
fn guide(look: &Look<'_>) -> Option<Element> {
    let words = look.words;
    let first = match look.circle.policy {
        JoinPolicy::Open => words.step_join(),
        JoinPolicy::Approval => words.step_ask_to_join(),
        JoinPolicy::Closed => return None,
    };
    let steps = [first, words.step_look(), words.step_recommend()];
    let numbered = steps.iter().zip(1..);
    let numbered = numbered.map(|(step, number)| text(format!("{number}. {step}")));
    Some(details(words.guide(), numbered.collect::<Vec<_>>()))
}

/// The way out, for those who can leave.
pub fn leave(look: &Look<'_>) -> Option<Element> {
    let can_leave = look.standing() == Standing::Joined && look.reader.role != Role::Owner;
    can_leave.then(|| {
        let words = look.words;
        button(
            words.leave(),
            offer("leave")
                .audience(Audience::Member)
                .confirm(words.leave_sure()),
        )
        .quiet()
        .into()
    })
}
