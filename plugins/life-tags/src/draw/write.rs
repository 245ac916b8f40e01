//! The form for this week's record under a tag.

use quanka_card::prelude::*;

use super::{Drawn, join, link_to_place, mine, note, sign, tag};
use crate::history;
use crate::look::Look;
use crate::own;
use crate::place::Place;

/// Characters of a record.
const RECORD_CHARS_MAX: usize = 1_000;
/// Pictures of a record.
const PICTURES_MAX: u8 = 3;

/// The form, or why there is none; nothing for a tag that nobody knows.
pub fn page(look: &Look<'_>, tag: &str) -> Result<Drawn> {
    if !mine::is_own(look, tag)? && !tag::is_known(look, tag) {
        return Ok(None);
    }
    let words = look.words;
    let body = match (look.is_member(), look.may_write()) {
        (true, true) => form_for(look, tag)?,
        (true, false) => join::muted(look),
        (false, _) => column((text(words.members_write()), join::circle(look))),
    };
    let title = sign(tag);
    Ok(Some((title.clone(), column((heading(2, title), body)))))
}

fn form_for(look: &Look<'_>, tag: &str) -> Result<Element> {
    let words = look.words;
    let old = history::record(tag, look.week);
    let is_open = match &old {
        Some(old) => !old.private,
        None => own::get(tag)?.is_some_and(|own| own.open),
    };
    let mut written = input("text", words.text())
        .multiline()
        .placeholder(words.text_example())
        .max(RECORD_CHARS_MAX);
    if let Some(old) = &old {
        written = written.value(&old.text);
    }
    let has_pictures = old.as_ref().is_some_and(|old| !old.pictures.is_empty());
    let pictures = match has_pictures {
        true => words.pictures_new(),
        false => words.pictures(),
    };
    let write = offer("write").payload(&(tag, look.week.to_string()));
    Ok(column((
        row((
            note(words.week(look.week)),
            note(words.week_ends()),
            time(look.week_ends()).countdown(),
        )),
        old.as_ref().and_then(|old| super::record::state(look, old)),
        form((
            written,
            upload("pictures", pictures).max(PICTURES_MAX),
            has_pictures.then(|| toggle("no-pictures", words.no_pictures())),
            toggle("open", words.open()).on(is_open),
            look.circle
                .pre_approval
                .then(|| note(words.pre_approval_note())),
            button(words.save(), write.audience(Audience::Member)).primary(),
        )),
        old.map(|_| link_to_place(words.my_own(), Place::MyTag(tag, ""))),
    )))
}
