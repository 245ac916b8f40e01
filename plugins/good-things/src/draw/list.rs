//! Posts in lists, and the lists that are pages.

use quanka_card::prelude::*;

use super::home::empty;
use super::{link_to_place, note, paging};
use crate::acts::About;
use crate::look::Look;
use crate::place::Place;
use crate::words::Words;

/// Posts on one page of a list.
pub const PAGE_POSTS: u32 = 10;
/// Pictures of a post in a list.
const PICTURES_SHOWN: usize = 3;

/// 看好.
pub const LIKE: &str = "like";
/// 想买.
pub const WANT: &str = "want";

/// What the reader has to do with the posts that are shown.
pub struct Shown {
    given: Vec<(String, Vec<String>)>,
}

impl Shown {
    pub fn new(look: &Look<'_>, posts: &[Post]) -> Self {
        let mut given = Vec::new();
        if look.is_member() && !posts.is_empty() {
            let mine = posts::my_reactions(posts.iter().map(|post| &post.id));
            given.extend(posts.iter().map(|post| post.id.clone()).zip(mine));
        }
        Self { given }
    }

    fn has(&self, post: &Post, reaction: &str) -> bool {
        let given = self.given.iter().find(|(id, _)| *id == post.id);
        given.is_some_and(|(_, given)| given.iter().any(|one| one == reaction))
    }
}

/// A page of a list of recommendations: what a moderator put first, what is
/// liked now, or the last.
pub fn page(look: &Look<'_>, place: Place<'_>) -> (String, Element) {
    let words = look.words;
    let query = posts::query().kind(PostKind::Recommendation);
    let (query, after) = match place {
        Place::Best(after) => (query.featured(), after),
        Place::Hot(after) => (query.hot(), after),
        Place::New(after) => (query, after),
        _ => (query, ""),
    };
    let page = query.limit(PAGE_POSTS).after(after).page();
    let next = page.next.as_deref().map(|next| on(place, next));
    let nothing: Option<Element> = match (page.posts.is_empty(), after, place) {
        (false, ..) => None,
        (true, "", Place::Best(_)) => Some(note(words.no_best()).into()),
        (true, "", _) => Some(empty(look)),
        (true, ..) => Some(note(words.empty_list()).into()),
    };
    let body = column((
        lists(look, place),
        nothing,
        elements(look, &page.posts),
        paging(look, on(place, ""), after.is_empty(), next),
    ));
    (name(words, place).to_owned(), body)
}

/// The ways to the other lists.
fn lists(look: &Look<'_>, place: Place<'_>) -> Element {
    let all = [Place::Best(""), Place::Hot(""), Place::New("")];
    row(each(all, |other| -> Element {
        let label = name(look.words, other);
        match other == on(place, "") {
            true => badge(label).accent().into(),
            false => link_to_place(label, other),
        }
    }))
}

fn name(words: Words, list: Place<'_>) -> &'static str {
    match list {
        Place::Best(_) => words.best(),
        Place::Hot(_) => words.hot(),
        _ => words.latest(),
    }
}

/// Another page of a list.
fn on<'a>(list: Place<'_>, after: &'a str) -> Place<'a> {
    match list {
        Place::Best(_) => Place::Best(after),
        Place::Hot(_) => Place::Hot(after),
        _ => Place::New(after),
    }
}

/// Posts below each other.
pub fn elements(look: &Look<'_>, posts: &[Post]) -> Element {
    let shown = Shown::new(look, posts);
    column(each(posts, |post| element(look, post, &shown)))
}

/// A post as a list shows it: the thing, the beginning of the words, a few
/// pictures, and what a reader can do with it.
pub fn element(look: &Look<'_>, post: &Post, shown: &Shown) -> Element {
    let words = look.words;
    let lines = if look.is_roomy() { 4 } else { 2 };
    column((
        thing(look, post, true),
        said_post(post).max_lines(lines),
        pictures(look, post, PICTURES_SHOWN),
        row((
            time(post.created).relative(),
            post.featured.then(|| badge(words.best()).accent()),
            reactions(look, post, shown),
            way_on(look, post),
        )),
        divider(),
    ))
}

/// A way to the post's own page; for a reply, to what it answers.
fn way_on(look: &Look<'_>, post: &Post) -> Option<Element> {
    let words = look.words;
    let own = Place::Post(&post.id, "");
    let (label, place) = match (&post.parent, post.status) {
        (_, PostStatus::Removed) => return None,
        (Some(parent), _) => (words.replied_to().to_owned(), Place::Post(parent, "")),
        (None, PostStatus::Published) if !post.private => {
            let label = match post.kind {
                PostKind::Asking => words.answers(),
                _ => words.reply(),
            };
            (words.counted(label, post.replies.into()), own)
        }
        (None, _) => (words.open_post().to_owned(), own),
    };
    Some(link_to_place(label, place))
}

/// The thing a post is about, with its stars and where it is.
pub fn thing(look: &Look<'_>, post: &Post, leads_on: bool) -> Option<Element> {
    let item = post.item.as_ref()?;
    let stars = item.rating.map(|stars| look.words.stars(stars.into()));
    let url = item.url.as_deref();
    let url = url.filter(|url| url.starts_with("https://"));
    let name: Element = match leads_on {
        true => link_to_place(&item.name, Place::Post(&post.id, "")),
        false => rich([bold(&item.name)]),
    };
    Some(row((
        name,
        stars.map(|stars| text(stars).caption()),
        url.map(|url| link(look.words.buy(), url)),
    )))
}

/// At most so many pictures of a post, small enough that three fit beside each
/// other.
pub fn pictures(look: &Look<'_>, post: &Post, max: usize) -> Option<Element> {
    let shown = post.pictures.iter().take(max);
    let shown = shown.map(|shown| picture(shown).otherwise(look.words.picture()));
    (!post.pictures.is_empty()).then(|| grid(3, shown.collect::<Vec<_>>()))
}

/// 看好 and, for recommendations, 想买: buttons for members, numbers for
/// everybody else and for authors.
pub fn reactions(look: &Look<'_>, post: &Post, shown: &Shown) -> Option<Element> {
    if !post.is_published() {
        return None;
    }
    let may_want = post.kind == PostKind::Recommendation;
    let like = reaction(look, post, shown, &LIKING);
    let want = may_want.then(|| reaction(look, post, shown, &WANTING));
    let want = want.flatten();
    (like.is_some() || want.is_some()).then(|| row((like, want)))
}

/// How a reaction is offered.
struct Reaction {
    name: &'static str,
    give: &'static str,
    take_back: &'static str,
    label: fn(Words) -> &'static str,
    given: fn(Words) -> &'static str,
}

const LIKING: Reaction = Reaction {
    name: LIKE,
    give: "like",
    take_back: "unlike",
    label: Words::like,
    given: Words::likes,
};

const WANTING: Reaction = Reaction {
    name: WANT,
    give: "want",
    take_back: "unwant",
    label: Words::want,
    given: Words::wants,
};

fn reaction(look: &Look<'_>, post: &Post, shown: &Shown, kind: &Reaction) -> Option<Element> {
    let words = look.words;
    let count = post.reactions(kind.name);
    if !look.is_member() || post.is_by(&look.reader) {
        let label = words.counted((kind.label)(words), count);
        return (count > 0).then(|| note(label).into());
    }
    let is_given = shown.has(post, kind.name);
    let (label, name) = match is_given {
        true => ((kind.given)(words), kind.take_back),
        false => ((kind.label)(words), kind.give),
    };
    let offer = offer(name).payload(&About::of(post));
    let button = button(
        words.counted(label, count),
        offer.audience(Audience::Member),
    );
    Some(if is_given { button } else { button.quiet() }.into())
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
