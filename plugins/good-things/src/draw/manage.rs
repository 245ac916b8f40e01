//! Where moderators look at what waits, and the owner runs the topics.

use quanka_card::prelude::*;

use super::list::{PAGE_POSTS, pictures, thing};
use super::post::REASON_CHARS_MAX;
use super::{link_to_place, note, paging};
use crate::acts::About;
use crate::look::Look;
use crate::place::Place;
use crate::topics::{self, ABOUT_CHARS_MAX, NAME_CHARS_MAX, NAME_CHARS_MIN, Topic};

/// What there is to do.
pub fn page(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    if !look.keeps_order() {
        return Ok(text(words.for_staff()).into());
    }
    let held = words.counted(words.queue(), circle::counts().held);
    Ok(column((
        heading(2, words.manage_title()),
        link_to_place(held, Place::Queue("")),
        heading(3, words.topics()),
        match look.is_owner() {
            true => run_topics(look)?,
            false => column((
                note(words.topics_by_owner()),
                link_to_place(words.topics(), Place::Topics),
            )),
        },
    )))
}

fn run_topics(look: &Look<'_>) -> Result<Element> {
    let words = look.words;
    let topics = topics::all()?;
    Ok(column((
        details(
            words.new_topic(),
            form((
                input("name", words.topic_name())
                    .required()
                    .min(NAME_CHARS_MIN)
                    .max(NAME_CHARS_MAX),
                input("text", words.topic_about()).max(ABOUT_CHARS_MAX),
                button(words.new_topic(), offer("topic").audience(Audience::Owner)).primary(),
            )),
        ),
        topics.is_empty().then(|| note(words.no_topics_owner())),
        each(&topics, |topic| run_topic(look, topic)),
    )))
}

fn run_topic(look: &Look<'_>, topic: &Topic) -> Element {
    let words = look.words;
    let act = |name: &str| offer(name).payload(&topic.id).audience(Audience::Owner);
    let open_or_close = match topic.said.closed {
        true => button(words.topic_open(), act("open-topic")),
        false => {
            let close = act("close-topic").confirm(words.topic_close_sure());
            button(words.topic_close(), close).danger()
        }
    };
    panel((
        row((
            link_to_place(format!("#{}", topic.said.name), Place::Topic(&topic.id, "")),
            topic.said.closed.then(|| badge(words.topic_closed())),
        )),
        details(
            words.edit(),
            (
                form((
                    input("text", words.topic_about())
                        .value(&topic.said.about)
                        .max(ABOUT_CHARS_MAX),
                    button(words.save(), act("describe-topic")),
                )),
                open_or_close,
            ),
        ),
    ))
    .into()
}

/// Posts that wait, each with the way to let it pass or to send it back.
pub fn queue(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    if !look.keeps_order() {
        return text(words.for_staff()).into();
    }
    let page = posts::held().after(after).limit(PAGE_POSTS).page();
    let next = page.next.as_deref().map(Place::Queue);
    column((
        heading(2, words.counted(words.queue(), circle::counts().held)),
        page.posts.is_empty().then(|| {
            column((
                note(words.nothing_held()),
                link_to_place(words.manage(), Place::Manage),
            ))
        }),
        each(&page.posts, |post| held(look, post)),
        paging(look, Place::Queue(""), after.is_empty(), next),
    ))
}

fn held(look: &Look<'_>, post: &Post) -> Element {
    let words = look.words;
    let reason = post.reason.as_deref().filter(|reason| !reason.is_empty());
    let parent = post.parent.as_deref();
    let approve = offer("approve").payload(&(About::of(post), post.seen()));
    let reject = offer("reject").payload(&About::of(post));
    column((
        parent.map(|parent| link_to_place(words.replied_to(), Place::Post(parent, ""))),
        thing(look, post, true),
        said_post(post),
        pictures(look, post, usize::MAX),
        row((
            time(post.created).relative(),
            reason.map(|reason| note(words.reason_is(reason))),
        )),
        button(words.approve(), approve.audience(Audience::Moderator)).primary(),
        details(
            words.reject(),
            form((
                input("reason", words.reject_reason())
                    .required()
                    .max(REASON_CHARS_MAX),
                button(words.reject(), reject.audience(Audience::Moderator)).danger(),
            )),
        ),
        divider(),
    ))
}
