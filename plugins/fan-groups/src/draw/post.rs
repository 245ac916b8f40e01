//! A post's own page: all of it, and the comments.

use quanka_card::prelude::*;

use super::talk::{Shown, like, pictures};
use super::{cut, frame, join, link_to_place, note, paging};
use crate::groups::{Group, Seat, all};
use crate::look::Look;
use crate::place::Place;

/// Comments on one page.
const PAGE_COMMENTS: u32 = 20;
/// Characters of a comment.
const COMMENT_CHARS_MAX: usize = 300;
/// Pictures of a post; the contract's figure.
const PICTURES_MAX: usize = 9;
/// Characters of a post that a title begins with.
const TITLE_CHARS: usize = 30;

/// A post of one of the groups; one that is none is no page of this card.
pub fn page(look: &Look<'_>, post: &Post, after: &str) -> Result<View> {
    let words = look.words;
    if post.status == PostStatus::Removed {
        let view = frame(look, words.title(), "", Place::Discover);
        return Ok(view.body(text(words.gone())));
    }
    let groups = all(look.config)?;
    let group = groups.iter().find(|group| post.tags.contains(&group.tag()));
    let Some(group) = group else {
        return Err(Error::not_found("the post is in no group"));
    };
    let seat = look.seat(group)?;
    let first = post.text.lines().next().unwrap_or_default().trim();
    let title = match post.is_published() && !first.is_empty() {
        true => cut(first, TITLE_CHARS),
        false => group.name.clone(),
    };
    let view = frame(look, &title, &group.name, Place::Group(&group.id, ""));
    Ok(view.body((
        note(&group.name),
        whole(look, group, seat, post),
        post.is_published()
            .then(|| comments(look, group, seat, post, after)),
    )))
}

fn whole(look: &Look<'_>, group: &Group, seat: Seat, post: &Post) -> Element {
    let words = look.words;
    let shown = Shown::new(group, seat, std::slice::from_ref(post));
    column((
        said_post(post),
        pictures(look, post, PICTURES_MAX),
        row((
            time(post.created).relative(),
            post.is_published().then(|| like(look, post, &shown)),
            post.is_published()
                .then(|| share_post(words.share(), &post.id)),
            remove(look, post),
        )),
    ))
}

/// For its author, and those who keep order in the circle.
fn remove(look: &Look<'_>, post: &Post) -> Option<Button> {
    let words = look.words;
    let may = post.is_by(&look.reader) || look.keeps_order();
    let remove = offer("remove").payload(&post.id).audience(Audience::Member);
    may.then(|| button(words.remove(), remove.confirm(words.remove_sure())).quiet())
}

fn comments(look: &Look<'_>, group: &Group, seat: Seat, post: &Post, after: &str) -> Element {
    let words = look.words;
    let page = posts::replies(&post.id).after(after).limit(PAGE_COMMENTS);
    let page = page.page();
    let next = page.next.as_deref();
    let next = next.map(|next| Place::Post(&post.id, next));
    let none = match seat {
        Seat::In => words.first_comment(),
        _ => words.no_comments(),
    };
    column((
        heading(3, words.comments()),
        (page.posts.is_empty() && after.is_empty()).then(|| note(none)),
        each(&page.posts, |comment| {
            column((
                said_post(comment),
                pictures(look, comment, PICTURES_MAX),
                row((time(comment.created).relative(), remove(look, comment))),
            ))
        }),
        paging(look, Place::Post(&post.id, ""), after.is_empty(), next),
        comment_form(look, group, seat, post),
    ))
}

fn comment_form(look: &Look<'_>, group: &Group, seat: Seat, post: &Post) -> Element {
    let words = look.words;
    if seat != Seat::In || group.desk.closed {
        return column((
            (!group.desk.closed).then(|| note(words.join_to_talk())),
            join::area(look, group, seat),
            link_to_place(words.enter(), Place::Group(&group.id, "")),
        ));
    }
    if look.reader.muted {
        return note(words.muted()).into();
    }
    let comment = offer("comment").payload(&(&group.id, &post.id));
    form((
        input("text", words.comment())
            .multiline()
            .placeholder(words.comment_example())
            .required()
            .max(COMMENT_CHARS_MAX),
        button(words.comment(), comment.audience(Audience::Member)).primary(),
    ))
}
