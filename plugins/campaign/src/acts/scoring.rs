//! Earning points: a check-in a day, and posts in the circle.

use std::collections::BTreeSet;

use quanka_card::prelude::*;

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

/// Counts the reader's posts that have not counted. With the first one whoever
/// invited them gets their points.
pub fn claim(cx: &ActionContext<Config>, words: Words) -> Result<Outcome> {
    let (end, member, entry) = earner(cx, words)?;
    let (posts, posted_before) = posts_of(&cx.config, &member);
    let days: BTreeSet<u64> = posts
        .iter()
        .filter(|post| rules::counts(&cx.config, end, post))
        .map(|post| cx.config.zone.day(post.created))
        .collect();
    let own = Own::new(cx);
    let before = own.counted(&days)?;
    let mut counted = before.clone();
    let new = rules::count_posts(&cx.config, end, &posts, &mut counted);
    if new == 0 {
        let max = cx.config.points.posts_per_day;
        return Ok(Outcome::info(words.nothing_to_claim(max)));
    }
    for (day, posts) in &counted {
        if before.get(day) != Some(posts) {
            own.put_counted(*day, posts)?;
        }
    }
    let earned = new * u64::from(cx.config.points.post);
    book::add_points(&member, earned)?;
    credit_inviter(&cx.config, &member, entry, posted_before)?;
    Ok(Outcome::success(words.claimed(new, earned)))
}

/// The reader's posts since the start, and whether there are earlier ones.
fn posts_of(config: &Config, member: &str) -> (Vec<Post>, bool) {
    let mut posts = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let query = posts::query().author(member).limit(PAGE_POSTS);
        let page = query.after(&after).page();
        for post in page.posts {
            if post.created < config.starts_at {
                return (posts, true);
            }
            posts.push(post);
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    (posts, false)
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
