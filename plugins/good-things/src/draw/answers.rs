//! Who asks for recommendations, and what they are recommended.

use quanka_card::prelude::*;

use super::form::{self, REPLY_CHARS_MAX};
use super::list::{PAGE_POSTS, Shown, elements};
use super::post::{PAGE_REPLIES, reply_form, said_below};
use super::{join, link_to_place, note, paging};
use crate::look::Look;
use crate::place::Place;
use crate::points;

/// The page with everybody's questions.
pub fn asks(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    let page = posts::query().kind(PostKind::Asking).limit(PAGE_POSTS);
    let page = page.after(after).page();
    let next = page.next.as_deref().map(Place::Asks);
    column((
        heading(2, words.asks()),
        look.may_post()
            .then(|| link_to_place(words.ask(), Place::Ask)),
        page.posts.is_empty().then(|| note(words.no_asks())),
        elements(look, &page.posts),
        paging(look, Place::Asks(""), after.is_empty(), next),
        (!look.is_member()).then(|| join::area(look)),
    ))
}

/// What was answered to a question: what helped first, then one after the other.
pub fn answers(look: &Look<'_>, ask: &Post, after: &str) -> Result<Element> {
    let words = look.words;
    let helpful = points::helpful(&ask.id)?;
    let best = helpful.and_then(|helpful| posts::get(&helpful.answer));
    let best = best.filter(Post::is_published);
    let mut page = posts::replies(&ask.id)
        .after(after)
        .limit(PAGE_REPLIES)
        .page();
    let is_best = |post: &Post| best.as_ref().is_some_and(|best| best.id == post.id);
    page.posts.retain(|post| !is_best(post));
    let shown_best = best.as_slice();
    let shown = Shown::new(look, &[&page.posts, shown_best].concat());
    let next = page.next.as_deref();
    let next = next.map(|next| Place::Post(&ask.id, next));
    let none = match may_answer(look, ask) {
        true => words.first_answer(),
        false => words.no_answers(),
    };
    let is_empty = page.posts.is_empty() && best.is_none() && after.is_empty();
    Ok(column((
        heading(3, words.answers()),
        is_empty.then(|| note(none)),
        best.as_ref().map(|best| {
            let mark = badge(words.helpful_badge()).success().into();
            panel(said_below(look, best, &shown, Some(mark))).tone(Tone::Success)
        }),
        each(&page.posts, |answer| {
            said_below(look, answer, &shown, mark(look, ask, answer))
        }),
        paging(look, Place::Post(&ask.id, ""), after.is_empty(), next),
        answer_form(look, ask),
        match may_answer(look, ask) {
            true => details(words.reply(), reply_form(look, ask)),
            false => reply_form(look, ask),
        },
    )))
}

/// For who asked: that an answer helped.
fn mark(look: &Look<'_>, ask: &Post, answer: &Post) -> Option<Element> {
    let has_asked = ask.is_by(&look.reader) && look.is_member();
    let is_good = answer.item.is_some() && !answer.is_by(&look.reader);
    (has_asked && is_good).then(|| {
        let helpful = offer("helpful").payload(&answer.id);
        button(look.words.helpful(), helpful.audience(Audience::Member)).into()
    })
}

/// Those who asked have words for it, and things are for others to name.
fn may_answer(look: &Look<'_>, ask: &Post) -> bool {
    look.may_post() && !ask.is_by(&look.reader)
}

fn answer_form(look: &Look<'_>, ask: &Post) -> Option<Element> {
    let words = look.words;
    may_answer(look, ask).then(|| {
        let answer = offer("answer").payload(&ask.id).audience(Audience::Member);
        form((
            form::name(look, words.name()).placeholder(words.name_example()),
            rating("rating", words.rating()),
            input("text", words.why()).multiline().max(REPLY_CHARS_MAX),
            form::link(look),
            // The circle's own rules hold replies, too; the card's only these.
            form::held(look),
            button(words.answer(), answer).primary(),
        ))
    })
}
