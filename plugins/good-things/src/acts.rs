//! What readers do. Offers are visible and may be old, so everything is checked
//! again here or by the host's own rules, and what these refuse is said in the
//! reader's words.

mod asking;
mod joining;
mod order;
mod reacting;
mod recommending;
mod topics;

use quanka_card::posts::Item;
use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::words::Words;

/// Does what a reader did.
pub fn act(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
    let words = Words::of(cx);
    let done = match action.name() {
        "join" => joining::join(cx, words),
        "leave" => joining::leave(cx, words),
        "recommend" => recommending::recommend(cx, words, action),
        "wish" => recommending::wish(cx, words, action),
        "edit" => recommending::edit(cx, words, action),
        "remove" => recommending::remove(cx, words, action),
        "ask" => asking::ask(cx, words, action),
        "answer" => asking::answer(cx, words, action),
        "reply" => asking::reply(cx, words, action),
        "helpful" => asking::helpful(cx, words, action),
        "like" => reacting::like(cx, words, action),
        "unlike" => reacting::unlike(words, action),
        "want" => reacting::want(cx, words, action),
        "unwant" => reacting::unwant(words, action),
        "shared" => reacting::shared(cx, words),
        "feature" => order::feature(cx, words, action),
        "unfeature" => order::unfeature(words, action),
        "approve" => order::approve(words, action),
        "reject" => order::reject(words, action),
        "topic" => topics::create(cx, words, action),
        "describe-topic" => topics::describe(cx, words, action),
        "close-topic" => topics::set_closed(cx, words, action, true),
        "open-topic" => topics::set_closed(cx, words, action, false),
        _ => Err(Error::unknown_action(action)),
    };
    done.map_err(|error| in_words(words, error))
}

/// What the host's rules refuse, as a reader should hear it.
fn in_words(words: Words, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Denied => Error::invalid(words.not_allowed()),
        ErrorKind::NotFound => Error::invalid(words.not_there()),
        ErrorKind::Conflict => Error::invalid(words.changed()),
        ErrorKind::Quota => Error::invalid(words.too_much()),
        _ => error,
    }
}

/// The post that an offer is about. All of it stands in the offer, so that no
/// act has to read a post that others react to at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub post: String,
    pub by: String,
    /// Whether it is a recommendation, which earns points by being published.
    pub thing: bool,
}

impl About {
    pub fn of(post: &Post) -> Self {
        Self {
            post: post.id.clone(),
            by: post.author.clone(),
            thing: post.kind == PostKind::Recommendation,
        }
    }
}

/// What the page hears of a post.
#[derive(Serialize)]
struct Posted<'a> {
    post: &'a str,
    /// Whether a moderator looks at it before others do.
    held: bool,
}

impl<'a> Posted<'a> {
    fn of(post: &'a Post) -> Self {
        Self {
            post: &post.id,
            held: post.status == PostStatus::Held,
        }
    }
}

/// An event that says nothing but its name.
#[derive(Serialize)]
struct NoData {}

/// The reader's id, if they are in the circle.
fn member(cx: &ActionContext<Config>, words: Words) -> Result<&str> {
    match &cx.reader.member {
        Some(member) if cx.reader.role >= Role::Member => Ok(member),
        _ => Err(Error::invalid(words.join_first())),
    }
}

/// The reader's id, if they may say something.
fn speaker(cx: &ActionContext<Config>, words: Words) -> Result<&str> {
    let member = member(cx, words)?;
    match cx.reader.muted {
        true => Err(Error::invalid(words.muted_now())),
        false => Ok(member),
    }
}

/// A draft as the card's configuration wants it: before everybody, or before a
/// moderator first.
fn submitted(cx: &ActionContext<Config>, draft: Draft) -> Draft {
    match cx.config.holds(cx.reader.role) {
        true => draft.review(),
        false => draft,
    }
}

/// The thing in a form; it has a name.
fn thing(words: Words, action: &Action) -> Result<Item> {
    let wrong = |input: &str, say: &str| Err(Error::invalid(say).field(input, say));
    let name = action.value("name").unwrap_or_default().trim();
    if name.is_empty() {
        return wrong("name", words.name_first());
    }
    let mut item = posts::item(name);
    let link = action.value("link").unwrap_or_default().trim();
    if !link.is_empty() {
        if !link.starts_with("https://") || link.contains(char::is_whitespace) {
            return wrong("link", words.link_bad());
        }
        item = item.url(link);
    }
    if let Some(stars) = action.parse::<u8>("rating")?.filter(|stars| *stars > 0) {
        item = item.rating(stars);
    }
    Ok(item)
}

fn text(action: &Action) -> &str {
    action.value("text").unwrap_or_default().trim()
}

fn with_pictures(action: &Action, draft: Draft) -> Draft {
    let pictures = action.values("picture").iter();
    draft.pictures(pictures.map(|media| (media.as_str(), "")))
}

/// What the host does not like about a post stands beside what it is about.
fn beside(words: Words, error: Error) -> Error {
    let say = error.text().to_owned();
    match error.kind() {
        ErrorKind::Invalid if error.fields().is_empty() => error.field("text", say),
        ErrorKind::NotFound => {
            Error::invalid(words.no_picture()).field("picture", words.no_picture())
        }
        _ => error,
    }
}

fn said(words: Words, published: impl Into<String>, post: &Post) -> Outcome {
    match post.status {
        PostStatus::Held => Outcome::info(words.held()),
        _ => Outcome::success(published),
    }
}
