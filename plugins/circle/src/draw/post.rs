//! A post's own page: all of it, and what was answered.

use quanka_card::prelude::*;

use super::form::{REPLY_CHARS_MAX, muted};
use super::talk::{Shown, like, pictures, state, thing};
use super::{cut, link_to_place, note, paging};
use crate::look::Look;
use crate::place::Place;

/// Replies on one page.
const PAGE_REPLIES: u32 = 20;
/// Pictures of a post; the contract's figure.
const PICTURES_MAX: usize = 9;
/// Characters of a post that a title begins with.
const TITLE_CHARS: usize = 30;
/// Characters of a reason; the contract's figure.
pub const REASON_CHARS_MAX: usize = 200;

/// The title and the body of the page.
pub fn page(look: &Look<'_>, post: &Post, after: &str) -> (String, Element) {
    let words = look.words;
    if post.status == PostStatus::Removed {
        let gone = column((text(words.gone()), state(look, post)));
        return (words.state_removed().to_owned(), gone);
    }
    let body = column((
        whole(look, post),
        post.is_published().then(|| replies(look, post, after)),
    ));
    (title(look, post), body)
}

/// The post's first words, where it has some that anybody may read.
fn title(look: &Look<'_>, post: &Post) -> String {
    let first = post.text.lines().next().unwrap_or_default().trim();
    match post.is_published() && !first.is_empty() {
        true => cut(first, TITLE_CHARS),
        false => look.words.open_post().to_owned(),
    }
}

fn whole(look: &Look<'_>, post: &Post) -> Element {
    let words = look.words;
    let shown = Shown::new(look, std::slice::from_ref(post));
    let parent = post.parent.as_deref();
    column((
        state(look, post),
        parent.map(|parent| link_to_place(words.replied_to(), Place::Post(parent, ""))),
        said_post(post),
        thing(look, post),
        pictures(look, post, PICTURES_MAX),
        (!post.tags.is_empty()).then(|| row(each(&post.tags, |tag| badge(format!("#{tag}"))))),
        row((
            time(post.created).relative(),
            post.featured.then(|| badge(words.best()).accent()),
            post.is_published().then(|| like(look, post, &shown)),
            post.is_published()
                .then(|| share_post(words.share(), &post.id)),
        )),
        own_or_order(look, post),
    ))
}

/// What its author and those who keep order can do with a post.
fn own_or_order(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    if post.is_by(&look.reader) {
        let remove = offer("remove").payload(&post.id).audience(Audience::Member);
        let remove = remove.confirm(words.remove_sure());
        return Some(column((
            button(words.remove(), remove).quiet(),
            look.keeps_order().then(|| feature(look, post)),
        )));
    }
    look.keeps_order().then(|| {
        let take_away = offer("take-away").payload(&post.id);
        details(
            words.manage(),
            (
                feature(look, post),
                form((
                    input("reason", words.take_away_reason()).max(REASON_CHARS_MAX),
                    button(
                        words.take_away(),
                        take_away
                            .audience(Audience::Moderator)
                            .confirm(words.remove_sure()),
                    )
                    .danger(),
                )),
            ),
        )
    })
}

fn feature(look: &Look<'_>, post: &Post) -> Option<Button> {
    let (label, name) = match post.featured {
        true => (look.words.unfeature(), "unfeature"),
        false => (look.words.feature(), "feature"),
    };
    let offer = offer(name).payload(&post.id).audience(Audience::Moderator);
    let is_first = post.is_published() && post.parent.is_none();
    is_first.then(|| button(label, offer))
}

fn replies(look: &Look<'_>, post: &Post, after: &str) -> Element {
    let words = look.words;
    let page = posts::replies(&post.id)
        .after(after)
        .limit(PAGE_REPLIES)
        .page();
    let shown = Shown::new(look, &page.posts);
    let next = page.next.as_deref();
    let next = next.map(|next| Place::Post(&post.id, next));
    let none = match look.may_reply() {
        true => words.first_reply(),
        false => words.no_replies(),
    };
    column((
        heading(3, words.replies()),
        (page.posts.is_empty() && after.is_empty()).then(|| note(none)),
        each(&page.posts, |reply| answer(look, reply, &shown)),
        paging(look, Place::Post(&post.id, ""), after.is_empty(), next),
        reply_form(look, post),
    ))
}

fn answer(look: &Look<'_>, reply: &Post, shown: &Shown) -> Element {
    let words = look.words;
    let is_theirs = reply.is_by(&look.reader) || look.keeps_order();
    let remove = offer("remove").payload(&reply.id);
    let remove = remove
        .audience(Audience::Member)
        .confirm(words.remove_sure());
    column((
        said_post(reply),
        pictures(look, reply, PICTURES_MAX),
        thing(look, reply),
        row((
            time(reply.created).relative(),
            like(look, reply, shown),
            is_theirs.then(|| button(words.remove(), remove).quiet()),
        )),
    ))
}

fn reply_form(look: &Look<'_>, post: &Post) -> Element {
    let words = look.words;
    if look.may_reply() {
        let reply = offer("reply").payload(&post.id).audience(Audience::Member);
        return form((
            input("text", words.reply())
                .multiline()
                .placeholder(words.reply_example())
                .required()
                .max(REPLY_CHARS_MAX),
            button(words.reply(), reply).primary(),
        ));
    }
    if look.is_member() {
        return muted(look);
    }
    column((note(words.reply_by_members()), super::join::area(look)))
}
