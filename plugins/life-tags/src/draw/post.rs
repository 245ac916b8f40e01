//! A record's own page: all of it, and what was answered.

use quanka_card::prelude::*;

use super::record::{self, Shown};
use super::{join, link_to_place, note, paging, sign};
use crate::look::Look;
use crate::name;
use crate::place::{List, Place};

/// Replies on one page.
const PAGE_REPLIES: u32 = 20;
/// Characters of a reply.
const REPLY_CHARS_MAX: usize = 500;

/// The title and the body of the page.
pub fn page(look: &Look<'_>, post: &Post, after: &str) -> (String, Element) {
    let words = look.words;
    if post.status == PostStatus::Removed {
        let gone = column((text(words.gone()), record::state(look, post)));
        return (words.state_removed().to_owned(), gone);
    }
    let title = match post.tags.first().filter(|_| post.is_published()) {
        Some(tag) => sign(tag),
        None => words.records().to_owned(),
    };
    let body = column((
        whole(look, post),
        post.is_published().then(|| replies(look, post, after)),
    ));
    (title, body)
}

fn whole(look: &Look<'_>, post: &Post) -> Element {
    let words = look.words;
    let shown = Shown::new(look, std::slice::from_ref(post));
    let tag = post.tags.first();
    column((
        record::state(look, post),
        row((
            tag.filter(|tag| name::is_name(tag))
                .map(|tag| link_to_place(sign(tag), Place::Tag(tag, List::Newest, ""))),
            record::week(look, post),
            time(post.edited.unwrap_or(post.created)).relative(),
        )),
        said_post(post),
        record::pictures(look, post),
        post.is_published().then(|| {
            row((
                record::like(look, post, &shown),
                share_post(words.share(), &post.id),
            ))
        }),
        post.is_by(&look.reader)
            .then(|| record::choices(look, post))
            .flatten(),
    ))
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
    let none = match look.may_write() {
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
    let is_theirs = look.is_member() && (reply.is_by(&look.reader) || look.keeps_order());
    let remove = offer("remove-reply").payload(&reply.id);
    let remove = remove
        .audience(Audience::Member)
        .confirm(words.remove_sure());
    column((
        said_post(reply),
        row((
            time(reply.created).relative(),
            record::like(look, reply, shown),
            is_theirs.then(|| button(words.remove(), remove).quiet()),
        )),
    ))
}

fn reply_form(look: &Look<'_>, post: &Post) -> Element {
    let words = look.words;
    if look.may_write() {
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
        return join::muted(look);
    }
    column((note(words.reply_by_members()), join::circle(look)))
}
