//! What readers say of each other's records.

use quanka_card::prelude::*;

use super::{NoData, Posted, beside_text, not_muted};
use crate::config::Config;
use crate::draw::LIKE;
use crate::words::Words;

pub fn like(words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    posts::react(&id, LIKE)?;
    Ok(Outcome::success(words.liked()).event("like", &NoData {}))
}

pub fn unlike(words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    posts::unreact(&id, LIKE)?;
    Ok(Outcome::success(words.unliked()))
}

/// Answers a record.
pub fn reply(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let to: String = action.payload()?;
    not_muted(cx, words)?;
    let text = action.value("text").unwrap_or_default().trim();
    if text.is_empty() {
        let say = words.write_reply_first();
        return Err(Error::invalid(say).field("text", say));
    }
    let draft = posts::draft(PostKind::Reply).text(text).reply_to(to);
    let reply = draft.publish().map_err(beside_text)?;
    let outcome = match reply.status {
        PostStatus::Held => Outcome::info(words.held()),
        _ => Outcome::success(words.replied()),
    };
    Ok(outcome.event("reply", &Posted::of(&reply)))
}

/// Takes away a reply: one's own, or for those who keep order anybody's.
pub fn remove(words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    posts::remove(&id)?;
    Ok(Outcome::success(words.removed()))
}
