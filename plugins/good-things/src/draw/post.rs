//! A post's own page: all of it, and what was answered.

use quanka_card::prelude::*;

use super::form::{self, REPLY_CHARS_MAX};
use super::list::{Shown, pictures, reactions, state, thing};
use super::{answers, cut, join, link_to_place, note, paging, sharing};
use crate::acts::About;
use crate::look::Look;
use crate::place::Place;
use crate::topics;

/// Replies on one page.
pub const PAGE_REPLIES: u32 = 20;
/// Characters of a post that a title begins with.
const TITLE_CHARS: usize = 30;
/// Characters of a reason; the contract's figure.
pub const REASON_CHARS_MAX: usize = 200;

/// The title and the body of the page.
pub fn page(look: &Look<'_>, post: &Post, after: &str) -> Result<(String, Element)> {
    let words = look.words;
    if post.status == PostStatus::Removed {
        let gone = column((text(words.gone()), state(look, post)));
        return Ok((words.state_removed().to_owned(), gone));
    }
    let below = match (post.is_published(), post.kind) {
        (false, _) => None,
        (true, PostKind::Asking) => Some(answers::answers(look, post, after)?),
        (true, _) => Some(replies(look, post, after)),
    };
    Ok((title(look, post), column((whole(look, post)?, below))))
}

/// The thing, or the post's first words, where anybody may read them.
fn title(look: &Look<'_>, post: &Post) -> String {
    let thing = post.item.as_ref().map(|item| item.name.as_str());
    let first = thing.unwrap_or_else(|| post.text.lines().next().unwrap_or_default());
    match post.is_published() && !first.trim().is_empty() {
        true => cut(first.trim(), TITLE_CHARS),
        false => look.words.open_post().to_owned(),
    }
}

fn whole(look: &Look<'_>, post: &Post) -> Result<Element> {
    let words = look.words;
    let shown = Shown::new(look, std::slice::from_ref(post));
    let parent = post.parent.as_deref();
    Ok(column((
        state(look, post),
        parent.map(|parent| link_to_place(words.replied_to(), Place::Post(parent, ""))),
        thing(look, post, false),
        said_post(post),
        pictures(look, post, form::PICTURES_MAX.into()),
        tags(post)?,
        row((
            time(post.created).relative(),
            post.featured.then(|| badge(words.best()).accent()),
            reactions(look, post, &shown),
            post.is_published()
                .then(|| sharing(look, share_post(words.share(), &post.id))),
            link_to_place(words.their_things(), Place::Member(&post.author, "")),
        )),
        own_or_order(look, post),
    )))
}

/// The post's tags; those that are topics lead there.
fn tags(post: &Post) -> Result<Option<Element>> {
    if post.tags.is_empty() {
        return Ok(None);
    }
    let topics = topics::all()?;
    Ok(Some(row(each(&post.tags, |tag| -> Element {
        let label = format!("#{tag}");
        match topics.iter().find(|topic| topic.tag() == *tag) {
            Some(topic) => link_to_place(label, Place::Topic(&topic.id, "")),
            None => badge(label).into(),
        }
    }))))
}

/// What its author and those who keep order can do with a post.
fn own_or_order(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    if post.is_by(&look.reader) && look.is_member() {
        return Some(column((
            (!look.reader.muted).then(|| form::edit(look, post)),
            button(words.remove(), removal(look, post)).quiet(),
            look.keeps_order().then(|| feature(look, post)),
        )));
    }
    look.keeps_order().then(|| {
        details(
            words.manage(),
            (
                feature(look, post),
                form((
                    input("reason", words.remove_reason()).max(REASON_CHARS_MAX),
                    button(words.remove(), removal(look, post)).danger(),
                )),
            ),
        )
    })
}

/// Taking a post away, which cannot be undone.
pub fn removal(look: &Look<'_>, post: &Post) -> Offer {
    offer("remove")
        .payload(&post.id)
        .audience(Audience::Member)
        .confirm(look.words.remove_sure())
}

fn feature(look: &Look<'_>, post: &Post) -> Option<Button> {
    let (label, name) = match post.featured {
        true => (look.words.unfeature(), "unfeature"),
        false => (look.words.feature(), "feature"),
    };
    let offer = offer(name).payload(&About::of(post));
    let is_good = post.is_published() && post.kind == PostKind::Recommendation;
    is_good.then(|| button(label, offer.audience(Audience::Moderator)))
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
    column((
        heading(3, words.replies()),
        (page.posts.is_empty() && after.is_empty()).then(|| note(words.no_replies())),
        each(&page.posts, |reply| said_below(look, reply, &shown, None)),
        paging(look, Place::Post(&post.id, ""), after.is_empty(), next),
        reply_form(look, post),
    ))
}

/// A reply or an answer, with what a reader can do with it.
pub fn said_below(
    look: &Look<'_>,
    reply: &Post,
    shown: &Shown,
    helpful: Option<Element>,
) -> Element {
    let words = look.words;
    let is_theirs = (reply.is_by(&look.reader) && look.is_member()) || look.keeps_order();
    column((
        thing(look, reply, false),
        said_post(reply),
        pictures(look, reply, form::PICTURES_MAX.into()),
        row((
            time(reply.created).relative(),
            reactions(look, reply, shown),
            helpful,
            is_theirs.then(|| button(words.remove(), removal(look, reply)).quiet()),
        )),
    ))
}

/// The form for a reply, or the way in.
pub fn reply_form(look: &Look<'_>, post: &Post) -> Element {
    let words = look.words;
    if look.may_post() {
        let reply = offer("reply").payload(&post.id).audience(Audience::Member);
        return form((
            input("text", words.reply())
                .multiline()
                .placeholder(words.reply_example())
                .required()
                .max(REPLY_CHARS_MAX),
            button(words.reply(), reply),
        ));
    }
    if look.is_member() {
        return form::muted(look);
    }
    column((note(words.reply_by_members()), join::area(look)))
}
