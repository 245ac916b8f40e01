//! The circles of this host: all of them, those that somebody looks for, and
//! one with its cards and posts.

use super::ServiceError;
use super::people::{self, who_by};
use crate::app::{App, Card, Circle, Listed, instant};
use crate::community::circle::Query;
use crate::community::people::member_record;
use crate::community::posts::{Post, PostOrder, PostQuery, query};
use crate::config::CardState;
use crate::store::{Access, Transaction};
use crate::view::{Person, Who};
use std::cmp::Reverse;
use std::sync::Arc;

/// Which circles, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// What somebody looks for; may be empty.
    pub text: String,
    /// What they shall be about.
    pub topic: Option<String>,
    /// The order.
    pub sort: Sort,
    /// Which page, from 1.
    pub page: usize,
}

/// The order of circles. Where two are alike, the livelier one comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// What fits best first; with nothing to fit, by activity.
    #[default]
    Relevance,
    /// Where most is going on.
    Activity,
    /// Where most members are.
    Members,
}

impl Sort {
    /// The order that a word names.
    pub fn parse(word: &str) -> Option<Sort> {
        match word {
            "relevance" => Some(Sort::Relevance),
            "activity" => Some(Sort::Activity),
            "members" => Some(Sort::Members),
            _ => None,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Relevance => "relevance",
            Sort::Activity => "activity",
            Sort::Members => "members",
        }
    }
}

/// One page of what was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// In their order.
    pub circles: Vec<Listed>,
    /// How many there are on all pages.
    pub total: usize,
    /// Whether there is a page behind this one.
    pub more: bool,
}

/// Looks for circles.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn find(app: &App, wish: &Wish) -> Result<Found, ServiceError> {
    let limits = &app.config.directory;
    let query = Query::parse(&wish.text, limits.query_chars_max);
    let all = app.census.take(app).await?;
    let mut found: Vec<(u32, Listed)> = all
        .into_iter()
        .filter(|listed| {
            let topic = wish.topic.as_deref();
            topic.is_none_or(|topic| listed.subject.is_about(topic))
        })
        .filter_map(|listed| Some((listed.subject.relevance(&query)?, listed)))
        .collect();
    found.sort_by_cached_key(|(relevance, listed)| {
        let counts = &listed.counts;
        let activity = (counts.present.count, counts.posts, counts.members);
        let first = match wish.sort {
            Sort::Relevance => u64::from(*relevance),
            Sort::Activity => 0,
            Sort::Members => counts.members,
        };
        (Reverse((first, activity)), listed.circle.id.clone())
    });
    let total = found.len();
    let begin = wish
        .page
        .saturating_sub(1)
        .saturating_mul(limits.page_circles_max);
    let page = found.into_iter().skip(begin).take(limits.page_circles_max);
    let circles: Vec<Listed> = page.map(|(_, listed)| listed).collect();
    Ok(Found {
        more: begin.saturating_add(circles.len()) < total,
        circles,
        total,
    })
}

/// A circle by its id.
///
/// # Errors
///
/// `CircleUnknown`.
pub fn circle<'a>(app: &'a App, id: &str) -> Result<&'a Arc<Circle>, ServiceError> {
    let mut circles = app.circles.iter();
    circles
        .find(|circle| circle.id.as_str() == id)
        .ok_or(ServiceError::CircleUnknown)
}

/// The cards of a circle that are served, in the order of the file.
pub fn cards<'a>(app: &'a App, circle: &Circle) -> Vec<&'a Card> {
    let configured = app.config.cards.iter();
    let its = configured.filter(|card| card.circle == circle.id);
    its.filter_map(|card| app.cards.get(&card.slug))
        .filter(|card| card.state != CardState::Gone)
        .collect()
}

/// A post as the page of a circle shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPost {
    /// Its id.
    pub id: String,
    /// What its author is called.
    pub author: String,
    /// Its words.
    pub text: String,
    /// Whether a moderator put it first.
    pub featured: bool,
    /// When, as an RFC 3339 instant.
    pub at: String,
}

/// Featured posts on a circle's page, and newest ones below them.
const FEATURED: u32 = 3;
const NEWEST: u32 = 10;

/// The featured posts of a circle and then the newest, for its page.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn posts(
    app: &App,
    circle: &Circle,
    locale: &str,
) -> Result<Vec<ShownPost>, ServiceError> {
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, &circle.partition, Access::Read).await?;
    let mut found: Vec<Post> = Vec::new();
    for (featured, limit) in [(true, FEATURED), (false, NEWEST)] {
        let wanted = PostQuery {
            order: PostOrder::Newest,
            kind: None,
            tag: None,
            author: None,
            featured,
            after: None,
            limit,
        };
        let page = query(&mut tx, &circle.posts, &wanted).await;
        let page = page.map_err(people::failed)?;
        for post in page.posts {
            if found.iter().all(|shown| shown.id != post.id) {
                found.push(post);
            }
        }
    }
    let mut shown = Vec::with_capacity(found.len());
    for Post { id, record, .. } in found {
        let member = member_record(&mut tx, &record.author).await?;
        let who = member.map_or(Who::Anonymous, who_by);
        let item = record.item.map(|item| item.name);
        let words = [item, Some(record.text)].into_iter().flatten();
        shown.push(ShownPost {
            id,
            author: Person::of(&record.author, who, locale).name,
            text: words.collect::<Vec<_>>().join(" "),
            featured: record.featured,
            at: instant(record.created_ms).to_string(),
        });
    }
    Ok(shown)
}
