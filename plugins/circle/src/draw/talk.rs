//! Posts in lists, and the lists that are pages.

use quanka_card::prelude::*;

use super::home::empty;
use super::{link_to_place, note, paging};
use crate::look::Look;
use crate::place::{List, Place};
use crate::words::Words;

/// Posts on one page of a list.
const PAGE_POSTS: u32 = 10;
/// Pictures of a post in a list.
const PICTURES_SHOWN: usize = 3;

/// The reaction that the card gives.
pub const LIKE: &str = "like";

/// What the reader has to do with the posts that are shown.
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

    pub fn likes(&self, post: &Post) -> bool {
        self.liked.contains(&post.id)
    }
}

/// A page of a list that anybody sees.
pub fn page(look: &Look<'_>, list: List, after: &str) -> (String, Element) {
    let words = look.words;
    let query = posts::query().limit(PAGE_POSTS).after(after);
    let query = match list {
        List::Latest => query,
        List::Hot => query.hot(),
        List::Featured => query.featured(),
    };
    let page = query.page();
    let shown = Shown::new(look, &page.posts);
    let next = page.next.as_deref();
    let next = next.map(|next| Place::Posts(list, next));
    let body = column((
        row(each(List::ALL, |other| -> Element {
            match other == list {
                true => badge(title(words, other)).accent().into(),
                false => link_to_place(title(words, other), Place::Posts(other, "")),
            }
        })),
        page.posts.is_empty().then(|| nothing(look, list, after)),
        each(&page.posts, |post| element(look, post, &shown)),
        paging(look, Place::Posts(list, ""), after.is_empty(), next),
    ));
    (title(words, list).to_owned(), body)
}

fn title(words: Words, list: List) -> &'static str {
    match list {
        List::Latest => words.latest(),
        List::Hot => words.hot(),
        List::Featured => words.best(),
    }
}

fn nothing(look: &Look<'_>, list: List, after: &str) -> Element {
    match (list, after) {
        (List::Latest | List::Hot, "") => empty(look),
        _ => note(look.words.empty_list()).into(),
    }
}

/// The reader's own posts, with what became of them.
pub fn mine(look: &Look<'_>, after: &str) -> Element {
    let words = look.words;
    if look.reader.member.is_none() {
        return column((text(words.sign_in_for_own()), super::join::area(look)));
    }
    let page = posts::mine().limit(PAGE_POSTS).after(after).page();
    let shown = Shown::new(look, &page.posts);
    let next = page.next.as_deref().map(Place::Mine);
    column((
        heading(2, words.mine()),
        page.posts.is_empty().then(|| {
            column((
                text(words.nothing_own()),
                look.may_post()
                    .then(|| link_to_place(words.write(), Place::Write)),
            ))
        }),
        each(&page.posts, |post| {
            column((state(look, post), element(look, post, &shown)))
        }),
        paging(look, Place::Mine(""), after.is_empty(), next),
    ))
}

/// What a post's author is told of it; nothing if all is well.
pub fn state(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    let state = match post.status {
        PostStatus::Held => words.state_held(),
        PostStatus::Rejected => words.state_rejected(),
        PostStatus::Removed => words.state_removed(),
        PostStatus::Published if post.private => words.only_you(),
        PostStatus::Published => return None,
    };
    let reason = post.reason.as_deref().filter(|reason| !reason.is_empty());
    Some(row((
        badge(state).tone(Tone::Warning),
        reason.map(|reason| note(words.reason_is(reason))),
    )))
}

/// A post as a list shows it: its beginning, a few pictures, and what a reader
/// can do with it.
pub fn element(look: &Look<'_>, post: &Post, shown: &Shown) -> Element {
    let words = look.words;
    let lines = if look.is_roomy() { 6 } else { 2 };
    column((
        said_post(post).max_lines(lines),
        thing(look, post),
        pictures(look, post, PICTURES_SHOWN),
        row((
            time(post.created).relative(),
            post.featured.then(|| badge(words.best()).accent()),
            post.is_published().then(|| like(look, post, shown)),
            answers(look, post),
        )),
        divider(),
    ))
}

/// A way to the post's own page; for a reply, to what it answers.
fn answers(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    match &post.parent {
        Some(parent) => Some(link_to_place(words.replied_to(), Place::Post(parent, ""))),
        None if post.is_published() => Some(link_to_place(
            words.replies_link(post.replies),
            Place::Post(&post.id, ""),
        )),
        None if post.status == PostStatus::Removed => None,
        None => Some(link_to_place(words.open_post(), Place::Post(&post.id, ""))),
    }
}

/// The thing a post is about, with its stars and where it is.
pub fn thing(look: &Look<'_>, post: &Post) -> Option<Element> {
    let item = post.item.as_ref()?;
    let stars = item.rating.map(|stars| "★".repeat(usize::from(stars)));
    let url = item
        .url
        .as_deref()
        .filter(|url| url.starts_with("https://"));
    Some(row((
        badge(&item.name),
        stars.map(|stars| text(stars).caption()),
        url.map(|url| link(look.words.buy_link(), url)),
    )))
}

/// At most so many pictures of a post, small enough that three fit beside each
/// other.
pub fn pictures(look: &Look<'_>, post: &Post, max: usize) -> Option<Element> {
    let shown = post.pictures.iter().take(max);
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
    let is_liked = shown.likes(post);
    let name = if is_liked { "unlike" } else { "like" };
    let offer = offer(name).payload(&post.id).audience(Audience::Member);
    let like = button(words.like_button(likes, is_liked), offer);
    Some(if is_liked { like } else { like.quiet() }.into())
}
