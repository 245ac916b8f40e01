//! What moderators and the owner do. Who may do what to whom is the host's
//! rule, held against every call.

use quanka_card::prelude::*;

use crate::config::Config;
use crate::words::Words;

const DAY_S: u64 = 24 * 60 * 60;
/// The longest that a button of the card mutes for.
const MUTE_DAYS_MAX: u64 = 365;

pub fn admit(words: Words, action: &Action) -> Result<Outcome> {
    circle::admit(&id(action)?)?;
    Ok(Outcome::success(words.admitted()))
}

pub fn refuse(words: Words, action: &Action) -> Result<Outcome> {
    circle::refuse(&id(action)?)?;
    Ok(Outcome::success(words.refused()))
}

/// Gives a member one of the roles that can be given.
pub fn set_role(words: Words, action: &Action) -> Result<Outcome> {
    let (member, role): (String, String) = action.payload()?;
    let role = match role.as_str() {
        "member" => Role::Member,
        "featured" => Role::Featured,
        "moderator" => Role::Moderator,
        _ => return Err(Error::not_found(format!("no role `{role}`"))),
    };
    circle::set_role(&member, role)?;
    Ok(Outcome::success(words.role_set()))
}

pub fn mute(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (member, days): (String, u64) = action.payload()?;
    let days = days.clamp(1, MUTE_DAYS_MAX);
    circle::mute(&member, cx.now.plus_s(days * DAY_S))?;
    Ok(Outcome::success(words.mute_done()))
}

pub fn unmute(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    circle::mute(&id(action)?, cx.now)?;
    Ok(Outcome::success(words.unmute_done()))
}

pub fn ban(words: Words, action: &Action) -> Result<Outcome> {
    circle::ban(&id(action)?)?;
    Ok(Outcome::success(words.ban_done()))
}

pub fn unban(words: Words, action: &Action) -> Result<Outcome> {
    circle::unban(&id(action)?)?;
    Ok(Outcome::success(words.unban_done()))
}

/// Lets a post pass as it stood in the list.
pub fn approve(words: Words, action: &Action) -> Result<Outcome> {
    posts::approve(&action.payload()?)?;
    Ok(Outcome::success(words.approved()))
}

/// Sends a post back, with the reason for its author.
pub fn reject(words: Words, action: &Action) -> Result<Outcome> {
    let reason = action.value("reason").unwrap_or_default().trim();
    if reason.is_empty() {
        let say = words.give_reason();
        return Err(Error::invalid(say).field("reason", say));
    }
    posts::reject(&id(action)?, reason)?;
    Ok(Outcome::success(words.rejected()))
}

/// Takes away what somebody else said, perhaps with a reason.
pub fn take_away(words: Words, action: &Action) -> Result<Outcome> {
    let id = id(action)?;
    match action.value("reason").unwrap_or_default().trim() {
        "" => posts::remove(&id)?,
        reason => posts::remove_because(&id, reason)?,
    }
    Ok(Outcome::success(words.removed()))
}

pub fn feature(words: Words, action: &Action) -> Result<Outcome> {
    posts::feature(&id(action)?)?;
    Ok(Outcome::success(words.featured_done()))
}

pub fn unfeature(words: Words, action: &Action) -> Result<Outcome> {
    posts::unfeature(&id(action)?)?;
    Ok(Outcome::success(words.unfeatured_done()))
}

/// The member or post that the action is about.
fn id(action: &Action) -> Result<String> {
    action.payload()
}
