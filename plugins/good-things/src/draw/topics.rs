//! Topics, and what is in one.

use quanka_card::prelude::*;

use super::list::{PAGE_POSTS, elements};
use super::{join, link_to_place, note, paging};
use crate::look::Look;
use crate::place::Place;
use crate::topics::{self, Topic};

/// Tags whose posts the host counts.
const TAGS_MAX: u32 = 100;

/// The page with all topics.
pub fn page(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let topics = topics::all()?;
    let counts = posts::tags(TAGS_MAX);
    let count = |topic: &Topic| {
        let tag = topic.tag();
        let count = counts.iter().find(|count| count.tag == tag);
        count.map_or(0, |count| count.posts)
    };
    let none = match look.is_owner() {
        true => words.no_topics_owner(),
        false => words.no_topics(),
    };
    Ok(column((
        heading(2, words.topics()),
        look.is_owner()
            .then(|| link_to_place(words.new_topic(), Place::Manage)),
        topics.is_empty().then(|| note(none)),
        each(&topics, |topic| {
            panel((
                row((
                    link_to_place(format!("#{}", topic.said.name), Place::Topic(&topic.id, "")),
                    note(words.things_count(count(topic))),
                    topic.said.closed.then(|| badge(words.topic_closed())),
                )),
                about(topic),
            ))
        }),
    )))
}

/// The page of one.
pub fn one(look: &Look<'_>, topic: &Topic, after: &str) -> Element {
    let words = look.words;
    let page = posts::query()
        .kind(PostKind::Recommendation)
        .tag(topic.tag())
        .limit(PAGE_POSTS);
    let page = page.after(after).page();
    let next = page.next.as_deref();
    let next = next.map(|next| Place::Topic(&topic.id, next));
    let is_open = !topic.said.closed;
    column((
        row((
            heading(2, format!("#{}", topic.said.name)),
            (!is_open).then(|| badge(words.topic_closed())),
        )),
        about(topic),
        (is_open && look.may_post())
            .then(|| link_to_place(words.topic_post(), Place::Add(Some(&topic.id)))),
        page.posts.is_empty().then(|| note(words.topic_empty())),
        elements(look, &page.posts),
        paging(look, Place::Topic(&topic.id, ""), after.is_empty(), next),
        row((
            link_to_place(words.topics(), Place::Topics),
            look.is_owner()
                .then(|| link_to_place(words.manage(), Place::Manage)),
        )),
        (!look.is_member()).then(|| join::area(look)),
    ))
}

fn about(topic: &Topic) -> Option<Text> {
    (!topic.said.about.is_empty()).then(|| text(&topic.said.about))
}
