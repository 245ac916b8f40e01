//! A record in a list.

use quanka_card::prelude::*;

use super::{link_to_place, note};
use crate::history;
use crate::look::Look;
use crate::place::Place;

/// The reaction that the card gives.
pub const LIKE: &str = "like";

/// What the reader has to do with the records that are shown.
pub struct Shown {
    liked: Vec<String>,
}

impl Shown {
    pub fn new(look: &Look<'_>, posts: &[Post]) -> Self {
        let mut liked = Vec::new();
        if look.is_member() {
            let mine = posts::my_reactions(posts.iter().map(|post| &post.id));
            let both = posts.iter().zip(mine);
            liked.extend(both.filter_map(|(post, mine)| {
                let is_liked = mine.iter().any(|reaction| reaction == LIKE);
                is_liked.then(|| post.id.clone())
            }));
        }
        Self { liked }
    }
}

/// A record of anybody's: its beginning, and what a reader can do with it.
pub fn of_anybody(look: &Look<'_>, post: &Post, shown: &Shown) -> Element {
    let lines = if look.is_roomy() { 6 } else { 3 };
    column((
        said_post(post).max_lines(lines),
        pictures(look, post),
        row((
            week(look, post),
            like(look, post, shown),
            link_to_place(
                look.words.replies_link(post.replies),
                Place::Post(&post.id, ""),
            ),
        )),
        divider(),
    ))
}

/// A record of the reader's own: what became of it, and who sees it.
pub fn own(look: &Look<'_>, post: &Post, shown: &Shown) -> Element {
    let lines = if look.is_roomy() { 6 } else { 3 };
    column((
        state(look, post),
        said_post(post).max_lines(lines),
        pictures(look, post),
        row((
            week(look, post),
            post.is_published().then(|| like(look, post, shown)),
            link_to_place(look.words.open_record(), Place::Post(&post.id, "")),
            choices(look, post),
        )),
        divider(),
    ))
}

/// What its author can do with a record.
pub fn choices(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    if post.status == PostStatus::Removed || !look.is_member() {
        return None;
    }
    let for_author = |name: &str| offer(name).payload(&post.id).audience(Audience::Member);
    let seen_by = match post.private {
        true => look.may_write().then(|| {
            let publish = for_author("publish").confirm(words.publish_sure());
            button(words.publish(), publish)
        }),
        false => look
            .may_write()
            .then(|| button(words.hide(), for_author("hide")).quiet()),
    };
    let is_of_this_week = history::week_of(post) == Some(look.week);
    let tag = post.tags.first().filter(|_| is_of_this_week);
    Some(row((
        tag.filter(|_| look.may_write())
            .map(|tag| link_to_place(words.improve(), Place::Write(tag))),
        seen_by,
        button(
            words.remove(),
            for_author("remove").confirm(words.remove_sure()),
        )
        .quiet(),
    )))
}

/// Which week it is of.
pub fn week(look: &Look<'_>, post: &Post) -> Option<Badge> {
    let week = history::week_of(post)?;
    Some(match week == look.week {
        true => badge(look.words.this_week()).accent(),
        false => badge(week.to_string()),
    })
}

/// What a record's author is told of it; nothing if everybody sees it.
pub fn state(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    let state = match post.status {
        PostStatus::Published | PostStatus::Held if post.private => {
            return Some(row(badge(words.only_you())));
        }
        PostStatus::Published => return None,
        PostStatus::Held => words.state_held(),
        PostStatus::Rejected => words.state_rejected(),
        PostStatus::Removed => words.state_removed(),
    };
    let reason = post.reason.as_deref().filter(|reason| !reason.is_empty());
    Some(row((
        badge(state).tone(Tone::Warning),
        reason.map(|reason| note(words.reason_is(reason))),
    )))
}

/// Its pictures, small enough that three fit beside each other.
pub fn pictures(look: &Look<'_>, post: &Post) -> Option<Element> {
    let shown = post.pictures.iter();
    let shown = shown.map(|shown| picture(shown).otherwise(look.words.picture()));
    (!post.pictures.is_empty()).then(|| grid(3, shown.collect::<Vec<_>>()))
}

/// A button for members, and a number for all others.
pub fn like(look: &Look<'_>, post: &Post, shown: &Shown) -> Option<Element> {
    let words = look.words;
    let likes = post.reactions(LIKE);
    if !look.is_member() {
        return (likes > 0).then(|| note(words.likes(likes)).into());
    }
    let is_liked = shown.liked.contains(&post.id);
    let name = if is_liked { "unlike" } else { "like" };
    let offer = offer(name).payload(&post.id).audience(Audience::Member);
    let like = button(words.like_button(likes, is_liked), offer);
    Some(if is_liked { like } else { like.quiet() }.into())
}
