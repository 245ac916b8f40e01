//! The form for a post, or why there is none.

use quanka_card::prelude::*;

use super::note;
use crate::config::Posting;
use crate::look::Look;

/// Characters of a post.
pub const POST_CHARS_MAX: usize = 1_000;
/// Characters of a reply.
pub const REPLY_CHARS_MAX: usize = 500;
/// Pictures of a post.
const PICTURES_MAX: u8 = 9;

/// The page of the form.
pub fn page(look: &Look<'_>) -> Element {
    column((
        heading(2, look.words.write()),
        match look.may_post() {
            true => form_for_post(look),
            false => why_not(look),
        },
    ))
}

/// The form where the card has room for it: for those who may post.
pub fn for_home(look: &Look<'_>) -> Option<Element> {
    if look.may_post() {
        return Some(details(look.words.write(), form_for_post(look)));
    }
    (look.is_member() && look.reader.muted).then(|| muted(look))
}

/// What a muted reader is told.
pub fn muted(look: &Look<'_>) -> Element {
    match look.muted_until() {
        Some(until) => row((note(look.words.muted()), time(until))),
        None => note(look.words.muted_now()).into(),
    }
}

fn form_for_post(look: &Look<'_>) -> Element {
    let words = look.words;
    form((
        input("text", words.text())
            .multiline()
            .placeholder(words.text_example())
            .max(POST_CHARS_MAX),
        upload("pictures", words.pictures()).max(PICTURES_MAX),
        look.circle
            .pre_approval
            .then(|| note(words.pre_approval_note())),
        button(words.publish(), offer("post").audience(audience(look))).primary(),
    ))
}

fn audience(look: &Look<'_>) -> Audience {
    match look.config.posting {
        Posting::Featured => Audience::Featured,
        Posting::Members | Posting::Nobody => Audience::Member,
    }
}

fn why_not(look: &Look<'_>) -> Element {
    let words = look.words;
    match (look.config.posting, look.is_member()) {
        (Posting::Nobody, _) => text(words.nobody_posts()).into(),
        (Posting::Featured, _) if look.reader.role < Role::Featured => {
            text(words.featured_post()).into()
        }
        (_, true) => muted(look),
        (_, false) => column((text(words.members_post()), super::join::area(look))),
    }
}
