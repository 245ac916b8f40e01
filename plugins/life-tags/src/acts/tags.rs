//! A reader's tags: adding one, putting one away, and what holds for them.

use quanka_card::prelude::*;

use super::{NoData, joining};
use crate::config::Config;
use crate::history;
use crate::hot;
use crate::name::{self, NoName};
use crate::own::{self, ALL_MAX, KEPT_MAX, Own};
use crate::week::Week;
use crate::words::Words;

/// Adds a tag: the one of the button, or the one in the form. The first is the
/// way into the circle.
pub fn add(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let asked: String = match action.payload_text() {
        "" => action.value("name").unwrap_or_default().to_owned(),
        _ => action.payload()?,
    };
    let tag = name::read(&asked).map_err(|no| {
        let say = match no {
            NoName::Empty => words.name_empty().to_owned(),
            NoName::TooLong => words.name_too_long(),
            NoName::Sign => words.name_sign().to_owned(),
        };
        Error::invalid(&say).field("name", say)
    })?;
    let entered = joining::enter(cx, words)?;
    let is_new = keep(cx, words, &tag, action.is_on("open"))?;
    // The page does not hear which tag it is: that is the reader's own.
    let (said, event) = match entered {
        JoinOutcome::Joined => (words.tag_added(&tag), "join"),
        JoinOutcome::Pending => (words.tag_kept_asked(&tag), "ask-to-join"),
        JoinOutcome::Already if is_new => (words.tag_added(&tag), "keep-tag"),
        JoinOutcome::Already => return Ok(Outcome::info(words.tag_known(&tag))),
    };
    Ok(Outcome::success(said).event(event, &NoData {}))
}

/// Keeps a tag from now on, or again. Says whether it was not kept before.
pub fn keep(cx: &ActionContext<Config>, words: Words, tag: &str, open: bool) -> Result<bool> {
    let all = own::all()?;
    let known = all.iter().find(|(known, _)| known == tag);
    if known.is_some_and(|(_, own)| !own.archived) {
        return Ok(false);
    }
    let kept = all.iter().filter(|(_, own)| !own.archived).count();
    if kept >= KEPT_MAX {
        return Err(Error::invalid(words.too_many_tags(KEPT_MAX)));
    }
    let own = match known {
        Some((_, own)) => Own {
            archived: false,
            ..own.clone()
        },
        None if all.len() >= ALL_MAX => {
            return Err(Error::invalid(words.too_many_archived(ALL_MAX)));
        }
        None => Own {
            since_ms: cx.now.as_ms(),
            open,
            archived: false,
            counted: None,
        },
    };
    own::put(tag, &own)?;
    hot::keep(tag, true)?;
    Ok(true)
}

/// Puts a tag away. One that nothing was written under is gone.
pub fn archive(words: Words, action: &Action) -> Result<Outcome> {
    let tag: String = action.payload()?;
    let own = mine(words, &tag)?;
    if own.archived {
        return Ok(Outcome::info(words.tag_archived(&tag)));
    }
    hot::keep(&tag, false)?;
    let records = posts::mine().kind(PostKind::Record).tag(&tag);
    let is_unused = records.limit(1).page().posts.is_empty();
    if is_unused && own.counted.is_none() {
        own::forget(&tag)?;
        return Ok(Outcome::success(words.tag_gone(&tag)));
    }
    own::put(
        &tag,
        &Own {
            archived: true,
            ..own
        },
    )?;
    Ok(Outcome::success(words.tag_archived(&tag)))
}

/// Says who sees the next records of a tag.
pub fn set_default(words: Words, action: &Action) -> Result<Outcome> {
    let (tag, open): (String, bool) = action.payload()?;
    let own = mine(words, &tag)?;
    own::put(&tag, &Own { open, ..own })?;
    Ok(Outcome::success(words.default_set(open)))
}

/// Wants to be reminded, or no longer.
pub fn remind(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let remind: bool = action.payload()?;
    let mut me = own::me()?;
    if me.remind != remind {
        let week = Week::at(cx.now, cx.config.zone);
        let has_written = me.wrote.as_deref() == Some(week.to_string().as_str());
        hot::want_reminder(remind, has_written.then_some(week))?;
        me.remind = remind;
        own::put_me(&me)?;
    }
    Ok(Outcome::success(words.reminder_set(remind)))
}

/// Notes that the reader wrote, for those who are reminded.
pub fn note_wrote(week: Week) -> Result<()> {
    let mut me = own::me()?;
    let label = week.to_string();
    if me.wrote.as_ref() == Some(&label) {
        return Ok(());
    }
    if me.remind {
        hot::need_no_reminder(week)?;
    }
    me.wrote = Some(label);
    own::put_me(&me)
}

/// Counts the reader's record of this week for its tag, or no longer. What
/// counted in a week that is over stays.
pub fn count(cx: &ActionContext<Config>, post: &Post, is_counted: bool) -> Result<()> {
    let week = Week::at(cx.now, cx.config.zone);
    let Some(tag) = post.tags.first() else {
        return Ok(());
    };
    let Some(own) = own::get(tag)?.filter(|_| history::week_of(post) == Some(week)) else {
        return Ok(());
    };
    let label = week.to_string();
    let was_counted = own.counted.as_ref() == Some(&label);
    let (delta, counted) = match (was_counted, is_counted) {
        (false, true) => (1, Some(label)),
        (true, false) => (-1, None),
        _ => return Ok(()),
    };
    hot::board(week).add(tag, delta)?;
    own::put(tag, &Own { counted, ..own })
}

fn mine(words: Words, tag: &str) -> Result<Own> {
    own::get(tag)?.ok_or_else(|| Error::invalid(words.not_there()))
}
