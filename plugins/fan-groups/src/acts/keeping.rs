//! Forming groups and keeping them. A group's keeper lets in, puts out and says
//! the notice; those who keep order in the circle may do that anywhere, and name
//! keepers, close and reopen.

use quanka_card::prelude::*;

use super::{About, beside, find};
use crate::config::{Config, Create, Policy};
use crate::groups::{
    self, ABOUT_CHARS_MAX, Founded, GROUPS_MAX, Group, NAME_CHARS_MAX, NAME_CHARS_MIN,
    NOTICE_CHARS_MAX, Seat, is_same_name, seat, set_desk, tag_of,
};
use crate::look::keeps;
use crate::words::Words;

/// Forms a group; whoever does keeps it and is its first member.
pub fn create(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let Some(member) = cx.reader.member.as_deref() else {
        return Err(Error::denied("no session"));
    };
    if !cx.config.create.allows(cx.reader.role) {
        return Err(Error::invalid(match cx.config.create {
            Create::Featured => words.for_founders(),
            Create::Moderators => words.for_moderators(),
        }));
    }
    let name = action.value("name").unwrap_or_default().trim();
    let length = name.chars().count();
    let is_good = (NAME_CHARS_MIN..=NAME_CHARS_MAX).contains(&length)
        && !name.contains(['#', '＃', '/'])
        && !name.contains(char::is_control)
        && tag_of(name).is_some();
    let wrong = |say: &str| Err(Error::invalid(say).field("name", say));
    if !is_good {
        return wrong(words.name_bad());
    }
    let known = groups::all(&cx.config)?;
    if known.iter().any(|group| is_same_name(&group.name, name)) {
        return wrong(words.name_taken());
    }
    if known.len() >= GROUPS_MAX as usize {
        return Err(Error::invalid(words.too_many()));
    }
    let join = action.value("join").and_then(Policy::parse);
    let about = action.value("about").unwrap_or_default().trim();
    let founded = Founded {
        name: name.to_owned(),
        about: about.chars().take(ABOUT_CHARS_MAX).collect(),
        join: join.unwrap_or_default(),
    };
    let id = groups::found(&mut cx.random(), &founded, Some(member.to_owned()))?;
    groups::take_in(&id, member, cx.now)?;
    Ok(Outcome::success(words.founded()).event("create", &About { group: &id }))
}

/// Lets in somebody who asked, or invites.
pub fn admit(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (group, member) = kept(cx, action)?;
    if group.desk.closed {
        return Err(Error::invalid(words.over()));
    }
    let standing = circle::membership(&member).standing;
    let seat = seat(&group.id, &member)?;
    // Nobody is taken into a group who can come by themselves and did not.
    let may = seat == Seat::Asked || group.join == Policy::Closed;
    if standing != Standing::Joined || !may {
        return Err(Error::not_found("they do not wait"));
    }
    groups::take_in(&group.id, &member, cx.now)?;
    groups::forget_ghosts(&group.id)?;
    Ok(Outcome::success(match seat {
        Seat::Asked => words.admitted(),
        _ => words.taken_in(),
    }))
}

pub fn refuse(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (group, member) = kept(cx, action)?;
    if seat(&group.id, &member)? != Seat::Asked {
        return Err(Error::not_found("they do not wait"));
    }
    groups::forget_asking(&group.id, &member)?;
    groups::forget_ghosts(&group.id)?;
    Ok(Outcome::success(words.refused()))
}

/// Puts a member out. The keeper and those who keep order in the circle stay.
pub fn put_out(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (group, member) = kept(cx, action)?;
    if seat(&group.id, &member)? != Seat::In {
        return Err(Error::not_found("they are not in the group"));
    }
    let is_keeper = group.desk.keeper.as_deref() == Some(&member);
    if is_keeper || circle::membership(&member).role >= Role::Moderator {
        return Err(Error::denied("those stay"));
    }
    groups::let_go(&group.id, &member, true)?;
    groups::forget_ghosts(&group.id)?;
    Ok(Outcome::success(words.put_out_done()))
}

/// Gives a group to one of its members.
pub fn set_keeper(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (id, member): (String, String) = action.payload()?;
    let group = ordered(cx, &id)?;
    let standing = circle::membership(&member).standing;
    if seat(&id, &member)? != Seat::In || standing != Standing::Joined {
        return Err(Error::not_found("they are not in the group"));
    }
    let mut desk = group.desk;
    desk.keeper = Some(member);
    set_desk(&id, &desk)?;
    Ok(Outcome::success(words.keeper_set()))
}

/// Says the notice, or takes it down. It is a post: the host's lists of words
/// hold for it, it can be reported, and it goes with who said it.
pub fn notice(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let id: String = action.payload()?;
    let group = find(cx, &id)?;
    if !keeps(&cx.reader, &group) {
        return Err(Error::denied("the keeper says the notice"));
    }
    if cx.reader.muted {
        return Err(Error::invalid(words.muted()));
    }
    let text = action.value("notice").unwrap_or_default().trim();
    let old = group.notice();
    let said = match text {
        "" => None,
        text => Some(say_notice(cx, &group, old.as_ref(), text)?),
    };
    let is_said_again = said.as_ref().map(|post| &post.id) == old.as_ref().map(|old| &old.id);
    if let Some(old) = old.filter(|_| !is_said_again) {
        // What another keeper said stays among their posts.
        if old.is_by(&cx.reader) || cx.reader.role >= Role::Moderator {
            posts::remove(&old.id)?;
        }
    }
    let mut desk = group.desk;
    desk.notice_post = said.as_ref().map(|post| post.id.clone());
    set_desk(&id, &desk)?;
    Ok(match said.map(|post| post.status) {
        None => Outcome::success(words.notice_down()),
        Some(PostStatus::Held) => Outcome::info(words.held()),
        Some(_) => Outcome::success(words.notice_set()),
    })
}

/// Changes the notice of who said it, or says another.
fn say_notice(
    cx: &ActionContext<Config>,
    group: &Group,
    old: Option<&Post>,
    text: &str,
) -> Result<Post> {
    let text: String = text.chars().take(NOTICE_CHARS_MAX).collect();
    let said = match old.filter(|old| old.is_by(&cx.reader)) {
        Some(old) => posts::edit(&old.id, Draft::of(old).text(text)),
        None => {
            let draft = posts::draft(PostKind::Short).text(text);
            draft.tag(group.notice_tag()).publish()
        }
    };
    said.map_err(|error| beside("notice", error))
}

pub fn close(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    set_closed(cx, action, true)?;
    Ok(Outcome::success(words.close_done()))
}

pub fn reopen(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    set_closed(cx, action, false)?;
    Ok(Outcome::success(words.reopen_done()))
}

fn set_closed(cx: &ActionContext<Config>, action: &Action, closed: bool) -> Result<()> {
    let id: String = action.payload()?;
    let mut desk = ordered(cx, &id)?.desk;
    desk.closed = closed;
    set_desk(&id, &desk)
}

/// The group and the member that an act of its keeper is about.
fn kept(cx: &ActionContext<Config>, action: &Action) -> Result<(Group, String)> {
    let (id, member): (String, String) = action.payload()?;
    let group = find(cx, &id)?;
    match keeps(&cx.reader, &group) {
        true => Ok((group, member)),
        false => Err(Error::denied("that is the keeper's")),
    }
}

/// A group that somebody who keeps order in the circle acts on.
fn ordered(cx: &ActionContext<Config>, id: &str) -> Result<Group> {
    match cx.reader.role >= Role::Moderator {
        true => find(cx, id),
        false => Err(Error::denied("that is for moderators and the owner")),
    }
}
