//! The forms: for a post, and for a group.

use quanka_card::prelude::*;

use super::discover::may_create;
use super::{frame, join, link_to_place, note};
use crate::config::{Create, Policy};
use crate::groups::{ABOUT_CHARS_MAX, Group, NAME_CHARS_MAX, NAME_CHARS_MIN, Seat, all, own_seats};
use crate::look::Look;
use crate::place::Place;

/// Characters of a post: short ones.
const POST_CHARS_MAX: usize = 500;
/// Pictures of a post.
const PICTURES_MAX: u8 = 9;

/// The page of the form for a post, into one group or one that is chosen.
pub fn page(look: &Look<'_>, group: Option<&Group>) -> Result<View> {
    let words = look.words;
    let back = group.map_or(Place::Discover, |group| Place::Group(&group.id, ""));
    let view = frame(look, words.write(), words.sentence(), back);
    let view = view.body(heading(2, words.write()));
    if look.is_member() && look.reader.muted {
        return Ok(view.body(note(words.muted())));
    }
    let Some(group) = group else {
        return Ok(view.body(into_some_group(look)?));
    };
    let seat = look.seat(group)?;
    Ok(match (group.desk.closed, seat) {
        (false, Seat::In) => view.body((text(&group.name).lead(), form_for_post(look, group))),
        _ => view.body((text(words.join_first()), join::area(look, group, seat))),
    })
}

/// The form where a group has room for it.
pub fn in_group(look: &Look<'_>, group: &Group) -> Option<Element> {
    if group.desk.closed {
        return None;
    }
    Some(match look.reader.muted {
        true => note(look.words.muted()).into(),
        false => details(look.words.write(), form_for_post(look, group)),
    })
}

fn form_for_post(look: &Look<'_>, group: &Group) -> Element {
    let post = offer("post").payload(&group.id);
    form((
        fields(look),
        button(look.words.publish(), post.audience(Audience::Member)).primary(),
    ))
}

fn fields(look: &Look<'_>) -> impl Children {
    let words = look.words;
    (
        input("text", words.text())
            .multiline()
            .placeholder(words.text_example())
            .max(POST_CHARS_MAX),
        upload("pictures", words.pictures()).max(PICTURES_MAX),
    )
}

/// The form with a choice among the reader's groups.
fn into_some_group(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let mut groups = all(look.config)?;
    groups.retain(|group| !group.desk.closed);
    let own = match &look.reader.member {
        Some(member) if look.is_member() => own_seats(&groups, member)?,
        _ => Vec::new(),
    };
    let own = groups.iter().zip(own);
    let own: Vec<&Group> = own
        .filter(|(_, seat)| *seat == Seat::In)
        .map(|(group, _)| group)
        .collect();
    let Some(first) = own.first() else {
        let way = link_to_place(words.all(), Place::All);
        return Ok(column((text(words.join_first()), way)));
    };
    let options = own.iter().map(|group| (&group.id, &group.name));
    let which = choice("group", words.which()).options(options).menu();
    Ok(form((
        which.selected(&first.id).required(),
        fields(look),
        button(words.publish(), offer("post-in").audience(Audience::Member)).primary(),
    )))
}

/// The page of the form for a group.
pub fn create(look: &Look<'_>) -> Result<View> {
    let words = look.words;
    let view = frame(look, words.create(), words.sentence(), Place::Discover);
    let view = view.body(heading(2, words.create()));
    if !may_create(look) {
        return Ok(view.body(text(match look.config.create {
            Create::Featured => words.for_founders(),
            Create::Moderators => words.for_moderators(),
        })));
    }
    let audience = match look.config.create {
        Create::Featured => Audience::Featured,
        Create::Moderators => Audience::Moderator,
    };
    let ways = Policy::ALL.map(|policy| (policy.name(), words.policy(policy)));
    Ok(view.body(form((
        input("name", words.name())
            .placeholder(words.name_example())
            .required()
            .min(NAME_CHARS_MIN)
            .max(NAME_CHARS_MAX),
        input("about", words.about()).max(ABOUT_CHARS_MAX),
        choice("join", words.join_how())
            .options(ways)
            .selected(Policy::Open.name())
            .required()
            .chips(),
        button(words.create(), offer("create").audience(audience)).primary(),
    ))))
}
