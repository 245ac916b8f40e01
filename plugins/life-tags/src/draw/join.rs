//! The way in: a first tag, or the circle alone; and the guide for those who
//! come for the first time.

use quanka_card::prelude::*;

use super::{note, sign};
use crate::look::Look;
use crate::name;
use crate::own::Own;

/// Tags to begin with that a card in an article shows beside the guide.
const SHOWN_IN_ARTICLE: usize = 3;

/// What stands where a reader who is no member looks for the way in: a first
/// tag, which joins the circle too.
pub fn first_tag(look: &Look<'_>) -> Element {
    match barred(look) {
        Some(why) => why,
        None => column((
            tag_form(look, (look.words.first_tag(), look.words.start()), &[]),
            note(look.words.private_note()),
            (look.circle.policy == JoinPolicy::Approval).then(|| note(look.words.approval_note())),
            guide(look),
        )),
    }
}

/// The way into the circle on pages that are about something else.
pub fn circle(look: &Look<'_>) -> Option<Element> {
    if look.is_member() {
        return None;
    }
    Some(barred(look).unwrap_or_else(|| {
        let label = match look.circle.policy {
            JoinPolicy::Approval => look.words.ask_to_join(),
            JoinPolicy::Open | JoinPolicy::Closed => look.words.join(),
        };
        button(label, offer("join").signed_in()).primary().into()
    }))
}

/// The way into the circle with a tag that others write under.
pub fn with_tag(look: &Look<'_>, tag: &str) -> Element {
    barred(look).unwrap_or_else(|| {
        let add = offer("add-tag").payload(&tag).signed_in();
        button(look.words.i_too(), add).primary().into()
    })
}

/// Why a reader cannot come in.
fn barred(look: &Look<'_>) -> Option<Element> {
    let words = look.words;
    if look.is_member() {
        return None;
    }
    match (look.standing(), look.circle.policy) {
        (Standing::Banned, _) => Some(text(words.banned()).warning().into()),
        // Who waits and finds the circle opened just walks in.
        (Standing::Waiting, JoinPolicy::Approval | JoinPolicy::Closed) => {
            Some(panel(text(words.waiting())).tone(Tone::Accent).into())
        }
        (_, JoinPolicy::Closed) => Some(note(words.closed_note()).into()),
        _ => None,
    }
}

/// A tag by its name, or one of those to begin with that the reader does not
/// keep yet.
pub fn tag_form(look: &Look<'_>, (label, add): (&str, &str), kept: &[(String, Own)]) -> Element {
    let words = look.words;
    column((
        form((
            input("name", label)
                .placeholder(words.tag_example())
                .required()
                .max(name::CHARS_MAX),
            look.is_member()
                .then(|| toggle("open", words.open_default())),
            button(add, offer("add-tag").signed_in()).primary(),
        )),
        tags_to_take(look, kept),
    ))
}

fn tags_to_take(look: &Look<'_>, kept: &[(String, Own)]) -> Option<Element> {
    let own = look.words.tags_to_take().map(str::to_owned);
    let tags = match &look.config.tags {
        Some(tags) => tags.as_slice(),
        None => &own,
    };
    let is_kept = |tag: &String| kept.iter().any(|(kept, _)| kept == tag);
    let tags = tags.iter().filter(|tag| !is_kept(tag));
    let has_room = look.is_roomy() || look.is_member();
    let max = if has_room {
        usize::MAX
    } else {
        SHOWN_IN_ARTICLE
    };
    let tags: Vec<&String> = tags.take(max).collect();
    (!tags.is_empty()).then(|| {
        row(each(tags, |tag| {
            button(sign(tag), offer("add-tag").payload(tag).signed_in())
        }))
    })
}

fn guide(look: &Look<'_>) -> Element {
    let words = look.words;
    let steps = [words.step_tag(), words.step_week(), words.step_year()];
    let numbered = steps.iter().zip(1..);
    let numbered = numbered.map(|(step, number)| text(format!("{number}. {step}")));
    details(words.guide(), numbered.collect::<Vec<_>>())
}

/// What a muted reader is told.
pub fn muted(look: &Look<'_>) -> Element {
    match look.muted_until() {
        Some(until) => row((note(look.words.muted()), time(until))),
        None => note(look.words.muted_now()).into(),
    }
}
