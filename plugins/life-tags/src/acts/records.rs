//! Records: one a week under a tag, until the week is over.

use quanka_card::prelude::*;

use super::{NoData, Posted, beside_text, not_muted, tags};
use crate::config::Config;
use crate::history;
use crate::week::Week;
use crate::words::Words;

/// Writes this week's record under a tag, or improves it.
pub fn write(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (tag, period): (String, String) = action.payload()?;
    let week = Week::at(cx.now, cx.config.zone);
    if period != week.to_string() {
        return Err(Error::invalid(words.week_over(&period)));
    }
    not_muted(cx, words)?;
    let old = history::record(&tag, week);
    let text = action.value("text").unwrap_or_default().trim();
    let pictures = action.values("pictures");
    let takes_out = action.is_on("no-pictures");
    let has_pictures = old.as_ref().is_some_and(|old| !old.pictures.is_empty()) && !takes_out;
    if text.is_empty() && pictures.is_empty() && !has_pictures {
        let say = words.write_first();
        return Err(Error::invalid(say).field("text", say));
    }
    let is_open = action.is_on("open");
    tags::keep(cx, words, &tag, false)?;
    let draft = match &old {
        Some(old) => Draft::of(old),
        None => posts::draft(PostKind::Record).tag(&tag).period(&period),
    };
    let draft = draft.text(text).visible(is_open);
    // New pictures stand in for the old ones.
    let draft = match pictures {
        [] if takes_out => draft.pictures([("", ""); 0]),
        [] => draft,
        pictures => draft.pictures(pictures.iter().map(|media| (media.as_str(), ""))),
    };
    let done = match &old {
        Some(old) => posts::edit(&old.id, draft),
        None => draft.publish(),
    };
    let post = done.map_err(|error| match error.kind() {
        ErrorKind::NotFound if !pictures.is_empty() => {
            Error::invalid(words.no_picture()).field("pictures", words.no_picture())
        }
        _ => beside_text(error),
    })?;
    tags::count(cx, &post, counts(&post))?;
    tags::note_wrote(week)?;
    Ok(written(words, &post, old.is_some()))
}

/// Shows a record to everybody, or to its author alone. That can be chosen of
/// every record at any time; only its words are fixed once the week is over.
pub fn show(
    cx: &ActionContext<Config>,
    words: Words,
    action: &Action,
    is_open: bool,
) -> Result<Outcome> {
    let old = own_record(cx, words, action)?;
    if old.private != is_open {
        return Ok(Outcome::info(words.shown_already(is_open)));
    }
    not_muted(cx, words)?;
    let post = posts::edit(&old.id, Draft::of(&old).visible(is_open))?;
    tags::count(cx, &post, counts(&post))?;
    Ok(match (is_open, post.status) {
        (false, _) => Outcome::success(words.hidden()),
        (true, PostStatus::Held) => Outcome::info(words.held()).event("post", &Posted::of(&post)),
        (true, _) => Outcome::success(words.published()).event("post", &Posted::of(&post)),
    })
}

/// Takes a record away.
pub fn remove(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let post = own_record(cx, words, action)?;
    posts::remove(&post.id)?;
    tags::count(cx, &post, false)?;
    Ok(Outcome::success(words.removed()))
}

/// The reader's record that a button names.
fn own_record(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Post> {
    let id: String = action.payload()?;
    posts::get(&id)
        .filter(|post| {
            post.kind == PostKind::Record
                && post.status != PostStatus::Removed
                && post.is_by(&cx.reader)
        })
        .ok_or_else(|| Error::invalid(words.not_there()))
}

/// Whether a record counts for its tag: all see it, or will once a moderator
/// has.
fn counts(post: &Post) -> bool {
    !post.private && matches!(post.status, PostStatus::Published | PostStatus::Held)
}

/// What the reader and the page hear. Of a private record the page hears that
/// there is one, and not which.
fn written(words: Words, post: &Post, is_edit: bool) -> Outcome {
    if post.private {
        return Outcome::success(words.saved(is_edit)).event("post", &NoData {});
    }
    let outcome = match post.status {
        PostStatus::Held => Outcome::info(words.held()),
        _ => Outcome::success(words.saved_open(is_edit)),
    };
    outcome.event("post", &Posted::of(post))
}
