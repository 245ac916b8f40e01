//! Earning points: a check-in a day, and posts in the circle, made here or in
//! another card of it.

use std::collections::BTreeSet;

use quanka_card::prelude::*;
use serde::Serialize;

use super::earner;
use crate::book::{self, Credit, Entry, Own};
use crate::config::Config;
use crate::rules;
use crate::words::Words;

/// Pages of posts that one claim looks through, and posts of a page. What is
/// behind them had its time.
const PAGES_MAX: usize = 6;
const PAGE_POSTS: u32 = 50;

/// Checks in for today.
pub fn check_in(cx: &ActionContext<Config>, words: Words) -> Result<Outcome> {
    let (_, member, _) = earner(cx, words)?;
    let own = Own::new(cx);
    let today = cx.config.zone.day(cx.now);
    let Some((streak, earned)) = rules::check_in(own.streak()?, today, &cx.config.points) else {
        return Ok(Outcome::info(words.checked_in_before()));
    };
    own.put_streak(streak)?;
    book::add_points(&member, earned)?;
    Ok(Outcome::success(words.checked_in(streak.days, earned)))
}

/// What the page hears of a post.
#[derive(Serialize)]
struct Posted<'a> {
    post: &'a str,
    /// Whether a moderator looks at it before others do.
    held: bool,
}

/// Posts in the circle what is in the form, and counts it at once.
pub fn post(cx: &ActionContext<Config>, words: Words, action: &Action) -> Result<Outcome> {
    let (end, member, entry) = earner(cx, words)?;
    if cx.reader.muted {
        return Err(Error::invalid(words.muted()));
    }
    let text = action.value("text").unwrap_or_default().trim();
    if text.is_empty() {
        let say = words.write_first();
        return Err(Error::invalid(say).field("text", say));
    }
    let mut before = posts_of(&cx.config, &member);
    let draft = posts::draft(PostKind::Short).text(text);
    let post = draft.publish().map_err(beside_text)?;
    before.posts.push(post.clone());
    let counted = count(cx, end, (&member, entry), &before)?;
    let is_held = post.status == PostStatus::Held;
    let outcome = match counted {
        _ if is_held => Outcome::info(words.held()),
        Some((_, earned)) => Outcome::success(words.posted(earned)),
        None => Outcome::success(words.posted_beyond(cx.config.points.posts_per_day)),
    };
    let posted = Posted {
        post: &post.id,
        held: is_held,
    };
    Ok(outcome.event("post", &posted))
}

/// What the host does not like about words stands beside them.
fn beside_text(error: Error) -> Error {
    let say = error.text().to_owned();
    match error.kind() {
        ErrorKind::Invalid if error.fields().is_empty() => error.field("text", say),
        _ => error,
    }
}

/// Counts posts that the reader has made anywhere in the circle.
pub fn claim(cx: &ActionContext<Config>, words: Words) -> Result<Outcome> {
    let (end, member, entry) = earner(cx, words)?;
    let posts = posts_of(&cx.config, &member);
    Ok(match count(cx, end, (&member, entry), &posts)? {
        Some((new, earned)) => Outcome::success(words.claimed(new, earned)),
        None => Outcome::info(words.nothing_to_claim(cx.config.points.posts_per_day)),
    })
}

/// Counts the reader's posts that have not counted. With the first one whoever
/// invited them gets their points. Says how many and what they earned.
fn count(
    cx: &ActionContext<Config>,
    end: Timestamp,
    (member, entry): (&str, Entry),
    made: &Made,
) -> Result<Option<(u64, u64)>> {
    let days: BTreeSet<u64> = made
        .posts
        .iter()
        .filter(|post| rules::counts(&cx.config, end, post))
        .map(|post| cx.config.zone.day(post.created))
        .collect();
    let own = Own::new(cx);
    let before = own.counted(&days)?;
    let mut counted = before.clone();
    let new = rules::count_posts(&cx.config, end, &made.posts, &mut counted);
    if new == 0 {
        return Ok(None);
    }
    for (day, posts) in &counted {
        if before.get(day) != Some(posts) {
            own.put_counted(*day, posts)?;
        }
    }
    let earned = new * u64::from(cx.config.points.post);
    book::add_points(member, earned)?;
    credit_inviter(&cx.config, member, entry, made.before_the_start)?;
    Ok(Some((new, earned)))
}

/// What a reader has posted.
struct Made {
    /// Since the start.
    posts: Vec<Post>,
    /// Whether there are earlier ones.
    before_the_start: bool,
}

fn posts_of(config: &Config, member: &str) -> Made {
    let mut made = Made {
        posts: Vec::new(),
        before_the_start: false,
    };
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let query = posts::query().author(member).limit(PAGE_POSTS);
        let page = query.after(&after).page();
        for post in page.posts {
            if post.created < config.starts_at {
                made.before_the_start = true;
                return made;
            }
            made.posts.push(post);
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    made
}

fn credit_inviter(
    config: &Config,
    member: &str,
    mut entry: Entry,
    posted_before: bool,
) -> Result<()> {
    let (Some(inviter), Credit::Waiting) = (entry.invited_by.clone(), entry.credit) else {
        return Ok(());
    };
    let credits = book::credits(&inviter)?;
    let of_inviter = book::entry(&inviter)?;
    let standing = circle::membership(&inviter).standing;
    entry.credit = rules::credit(
        &config.points,
        posted_before,
        of_inviter.as_ref(),
        standing,
        credits,
    );
    if entry.credit == Credit::Given {
        book::put_credits(&inviter, credits + 1)?;
        book::add_points(&inviter, config.points.invite.into())?;
    }
    book::put_entry(member, &entry)
}
