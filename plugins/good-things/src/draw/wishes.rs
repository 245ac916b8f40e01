//! What the reader wants, and what others wish for.

use quanka_card::prelude::*;

use super::list::{PAGE_POSTS, Shown, element, elements, state};
use super::{form, join, link_to_place, note, paging};
use crate::acts::About;
use crate::look::Look;
use crate::place::Place;
use crate::wants::{self, Want};

/// Where the reader's own list goes on begins with this, and a number follows.
const OWN: &str = "own-";
/// Wants on one page.
const PAGE_WANTS: usize = 10;
/// Wishes of the reader's own that are shown.
const OWN_WISHES: u32 = 20;

/// Both lists; behind their beginning, the one that goes on.
pub fn page(look: &Look<'_>, after: &str) -> Result<Element> {
    let own_from = after.strip_prefix(OWN).and_then(|from| from.parse().ok());
    let (own, others) = match own_from {
        Some(from) => (own(look, from)?, None),
        None if after.is_empty() => (own(look, 0)?, Some(others(look, ""))),
        None => (None, Some(others(look, after))),
    };
    Ok(column((
        own,
        others,
        (!look.is_member()).then(|| join::area(look)),
    )))
}

fn own(look: &Look<'_>, from: usize) -> Result<Option<Element>> {
    let words = look.words;
    if !look.is_member() {
        return Ok(None);
    }
    let wants = wants::all()?;
    let shown = wants.iter().skip(from).take(PAGE_WANTS);
    let shown: Vec<(&Want, Option<Post>)> =
        shown.map(|want| (want, posts::get(&want.post))).collect();
    let is_first = from == 0;
    let wishes = is_first.then(|| posts::mine().kind(PostKind::Wish).limit(OWN_WISHES).page());
    let wishes = wishes.map(|page| page.posts).unwrap_or_default();
    let wishes: Vec<Post> = wishes
        .into_iter()
        .filter(|wish| wish.status != PostStatus::Removed)
        .collect();
    let found: Vec<Post> = shown.iter().filter_map(|(_, post)| post.clone()).collect();
    let reactions = Shown::new(look, &found);
    let next = from.saturating_add(PAGE_WANTS);
    let next = (next < wants.len()).then(|| format!("{OWN}{next}"));
    let is_empty = shown.is_empty() && wishes.is_empty();
    Ok(Some(column((
        heading(2, words.my_wishes()),
        is_empty.then(|| note(words.no_wants())),
        (look.may_post() && is_first).then(|| details(words.write_wish(), form::wish(look))),
        each(&wishes, |wish| own_wish(look, wish)),
        each(&shown, |(want, post)| match post {
            Some(post) if post.is_published() => element(look, post, &reactions),
            _ => gone(look, want),
        }),
        paging(
            look,
            Place::Wishes(""),
            is_first,
            next.as_deref().map(Place::Wishes),
        ),
    ))))
}

/// A wish of the reader's own, with the way to take it back.
fn own_wish(look: &Look<'_>, wish: &Post) -> Element {
    let words = look.words;
    column((
        state(look, wish),
        element(look, wish, &Shown::new(look, std::slice::from_ref(wish))),
        button(words.unwant(), super::post::removal(look, wish)).quiet(),
    ))
}

/// What the reader wanted and nobody sees any more.
fn gone(look: &Look<'_>, want: &Want) -> Element {
    let words = look.words;
    let about = About {
        post: want.post.clone(),
        by: String::new(),
        thing: false,
    };
    let unwant = offer("unwant").payload(&about).audience(Audience::Member);
    row((
        note(words.wants_gone()),
        button(words.unwant(), unwant).quiet(),
    ))
}

fn others(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    let page = posts::query().kind(PostKind::Wish).limit(PAGE_POSTS);
    let mut page = page.after(after).page();
    let next = page.next.as_deref().map(Place::Wishes);
    // Members have their own above.
    page.posts
        .retain(|wish| !(look.is_member() && wish.is_by(&look.reader)));
    column((
        heading(2, words.their_wishes()),
        page.posts.is_empty().then(|| {
            column((
                note(words.no_wishes()),
                link_to_place(words.hot(), Place::Hot("")),
            ))
        }),
        elements(look, &page.posts),
        paging(look, Place::Wishes(""), after.is_empty(), next),
    ))
}
