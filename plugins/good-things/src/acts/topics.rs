//! Running topics, which is the owner's.

use quanka_card::prelude::*;

use super::text;
use crate::config::Config;
use crate::topics::{self, ABOUT_CHARS_MAX, Said, TOPICS_MAX, Topic, is_good_name, is_same_name};
use crate::words::Words;

/// Begins a topic.
pub fn create(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    owner(cx)?;
    let name = action.value("name").unwrap_or_default().trim();
    let wrong = |say: &str| Err(Error::invalid(say).field("name", say));
    if !is_good_name(name) {
        return wrong(words.topic_name_bad());
    }
    let known = topics::all()?;
    let is_taken = |topic: &Topic| is_same_name(&topic.said.name, name);
    if known.iter().any(is_taken) {
        return wrong(words.topic_name_taken());
    }
    if known.len() >= TOPICS_MAX {
        return Err(Error::invalid(words.topics_full()));
    }
    topics::put(&Topic {
        id: topics::new_id(&mut cx.random()),
        said: Said {
            name: name.to_owned(),
            about: about(action),
            closed: false,
            since_ms: cx.now.as_ms(),
        },
    })?;
    Ok(Outcome::success(words.topic_made()))
}

/// Says anew what a topic is about.
pub fn describe(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let mut topic = run(cx, action)?;
    topic.said.about = about(action);
    topics::put(&topic)?;
    Ok(Outcome::success(words.edited()))
}

/// Ends a topic, or begins it again. Its posts stay either way.
pub fn set_closed(
    cx: &ActionContext<Config>,
    words: Words,
    action: &Action,
    closed: bool,
) -> Result<Outcome> {
    let mut topic = run(cx, action)?;
    topic.said.closed = closed;
    topics::put(&topic)?;
    Ok(Outcome::success(match closed {
        true => words.topic_closed_done(),
        false => words.topic_opened_done(),
    }))
}

/// The topic that an offer to the owner is about.
fn run(cx: &ActionContext<Config>, action: &Action) -> Result<Topic> {
    owner(cx)?;
    let id: String = action.payload()?;
    topics::get(&id)?.ok_or_else(|| Error::not_found("no such topic"))
}

fn owner(cx: &ActionContext<Config>) -> Result<()> {
    match cx.reader.role {
        Role::Owner => Ok(()),
        _ => Err(Error::denied("topics are the owner's")),
    }
}

fn about(action: &Action) -> String {
    text(action).chars().take(ABOUT_CHARS_MAX).collect()
}
