//! The forms for what members say, or why there is none.

use quanka_card::prelude::*;

use super::{join, note};
use crate::look::Look;
use crate::topics::{self, Topic};

/// Characters of why something is recommended, wished or asked.
pub const TEXT_CHARS_MAX: usize = 1_000;
/// Characters of a reply.
pub const REPLY_CHARS_MAX: usize = 500;
/// Characters of a thing's name; the contract's figure.
pub const NAME_CHARS_MAX: usize = 80;
/// Characters of a thing's address.
const LINK_CHARS_MAX: usize = 500;
/// Pictures of a post; the contract's figure.
pub const PICTURES_MAX: u8 = 9;

/// The page with the form for a recommendation.
pub fn add(look: &Look<'_>, topic: Option<&Topic>) -> Result<Element> {
    Ok(column((
        heading(2, look.words.recommend()),
        topic
            .filter(|topic| topic.said.closed)
            .map(|_| note(look.words.topic_over())),
        match look.may_post() {
            true => recommendation(look, topic)?,
            false => why_not(look),
        },
    )))
}

/// The same where the card has room for it, for those who may.
pub fn for_home(look: &Look<'_>) -> Result<Option<Element>> {
    if !look.may_post() {
        return Ok(None);
    }
    let form = recommendation(look, None)?;
    Ok(Some(details(look.words.recommend(), form)))
}

/// The page with the form for a question.
pub fn ask(look: &Look<'_>) -> Element {
    let words = look.words;
    column((
        heading(2, words.ask()),
        match look.may_post() {
            false => why_not(look),
            true => form((
                input("text", words.ask_text())
                    .multiline()
                    .placeholder(words.ask_example())
                    .required()
                    .max(TEXT_CHARS_MAX),
                upload("picture", words.pictures()).max(PICTURES_MAX),
                held(look),
                button(words.publish(), offer("ask").audience(Audience::Member)).primary(),
            )),
        },
    ))
}

fn recommendation(look: &Look<'_>, topic: Option<&Topic>) -> Result<Element> {
    let words = look.words;
    let mut open = topics::all()?;
    open.retain(|topic| !topic.said.closed);
    let chosen = topic.map_or("", |topic| topic.id.as_str());
    let topics = (!open.is_empty()).then(|| {
        let topics = open.iter().map(|topic| (&topic.id, &topic.said.name));
        choice("topic", words.in_topic())
            .options(topics)
            .selected(chosen)
            .menu()
    });
    Ok(form((
        name(look, words.name()).placeholder(words.name_example()),
        rating("rating", words.rating()).required(),
        input("text", words.reason())
            .multiline()
            .placeholder(words.reason_example())
            .max(TEXT_CHARS_MAX),
        link(look),
        upload("picture", words.pictures()).max(PICTURES_MAX),
        topics,
        held(look),
        button(
            words.publish(),
            offer("recommend").audience(Audience::Member),
        )
        .primary(),
    )))
}

/// The form for a wish of one's own.
pub fn wish(look: &Look<'_>) -> Element {
    let words = look.words;
    form((
        name(look, words.wish_name()),
        input("text", words.wish_text())
            .multiline()
            .max(TEXT_CHARS_MAX),
        link(look),
        upload("picture", words.pictures()).max(PICTURES_MAX),
        toggle("private", words.wish_private()),
        held(look),
        button(words.publish(), offer("wish").audience(Audience::Member)).primary(),
    ))
}

/// The form for changing a post of one's own.
pub fn edit(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    let (has_thing, label) = match post.kind {
        PostKind::Recommendation => (true, words.reason()),
        PostKind::Wish => (true, words.wish_text()),
        PostKind::Asking => (false, words.ask_text()),
        _ => return None,
    };
    let item = post.item.as_ref();
    let text = input("text", label)
        .multiline()
        .value(&post.text)
        .max(TEXT_CHARS_MAX.max(post.text.chars().count()));
    let rated = post.kind == PostKind::Recommendation;
    let stars = item.and_then(|item| item.rating).unwrap_or(0);
    let url = item
        .and_then(|item| item.url.as_deref())
        .unwrap_or_default();
    let edit = offer("edit").payload(&post.id).audience(Audience::Member);
    Some(details(
        words.edit(),
        form((
            has_thing.then(|| {
                let known = item.map_or("", |item| item.name.as_str());
                name(look, words.name()).value(known)
            }),
            rated.then(|| rating("rating", words.rating()).value(stars).required()),
            if has_thing { text } else { text.required() },
            has_thing.then(|| link(look).value(url)),
            upload("picture", words.new_pictures()).max(PICTURES_MAX),
            held(look),
            button(words.save(), edit).primary(),
        )),
    ))
}

/// The name of a thing.
pub fn name(_: &Look<'_>, label: &str) -> Input {
    input("name", label).required().max(NAME_CHARS_MAX)
}

/// Where a thing is.
pub fn link(look: &Look<'_>) -> Input {
    input("link", look.words.link())
        .placeholder("https://")
        .max(LINK_CHARS_MAX)
}

/// That a moderator will look at it first.
pub fn held(look: &Look<'_>) -> Option<Text> {
    look.is_held().then(|| note(look.words.held_note()))
}

/// What a muted reader is told.
pub fn muted(look: &Look<'_>) -> Element {
    let until = look.own.as_ref().and_then(|own| own.muted_until);
    match until {
        Some(until) => row((note(look.words.muted()), time(until))),
        None => note(look.words.muted_now()).into(),
    }
}

/// Why a reader has no form.
pub fn why_not(look: &Look<'_>) -> Element {
    match look.is_member() {
        true => muted(look),
        false => column((text(look.words.post_by_members()), join::area(look))),
    }
}
