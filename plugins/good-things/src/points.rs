//! The points of members (积分), the stars they come to, and the circle's score,
//! which is the sum of them all.
//!
//! Points are a tally, so that a thousand likes at once wait for nobody. What
//! each post is worth to its author is another one. What is given once has a key
//! of its own: `paid/P` for a post that was published, `best/P` for one that was
//! featured, `helpful/A` for the answer that helped whoever asked A; and with
//! the reader, `like/P` for a like that counted and `shared` for the day they
//! last shared.
//!
//! `out/P` says that others do not see a post any more, and that its author has
//! given back what it is worth: all of it, once. What becomes of its likes then
//! changes what it is worth, and nobody's points; shown again, it is worth that.
//! Of a post that is gone, no other key of these is left. What becomes of a post where
//! this card hears nothing of it is seen by a timer (`jobs.rs`).
//!
//! A like that was given or taken back in another card of the circle is counted
//! by the circle, and earns or costs nothing here.

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

use crate::watch;

/// For a recommendation, once it is published.
pub const PUBLISHED: i64 = 5;
/// For a like from somebody else.
pub const LIKED: i64 = 1;
/// For an answer that helped.
pub const HELPFUL: i64 = 3;
/// For a recommendation that a moderator put first.
pub const FEATURED: i64 = 10;
/// For sharing, once a day.
pub const SHARED: i64 = 1;

/// How many points each star takes.
const STARS_AT: [i64; 5] = [10, 50, 150, 400, 1_000];

/// Members on the board.
pub const BOARD_MEMBERS: usize = 30;
/// How many are asked for, since some may have left.
const BOARD_ASKED: u32 = 40;

/// Milliseconds from the day of UTC to the day of China.
const CHINA_AHEAD_MS: u64 = 8 * 60 * 60 * 1_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The answer that helped whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helpful {
    pub answer: String,
    pub author: String,
}

/// How many stars so many points come to: 0 to 5.
pub fn stars(points: i64) -> usize {
    STARS_AT.iter().filter(|at| points >= **at).count()
}

/// How many points are missing to the next star; none above the last.
pub fn to_next_star(points: i64) -> Option<i64> {
    let next = STARS_AT.iter().find(|at| points < **at)?;
    Some(next - points)
}

/// A member's points.
pub fn of(member: &str) -> i64 {
    points().get(member).max(0)
}

/// The points of all members together.
pub fn score() -> i64 {
    points().total().max(0)
}

/// A member on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// From 1; those with as many points have the same.
    pub place: u32,
    pub member: String,
    pub points: i64,
}

/// The members with the most points. Points outlive a membership, and who has
/// left has no place.
pub fn board() -> Vec<Placed> {
    let best = points().top(BOARD_ASKED).into_iter();
    let is_here = |member: &str| circle::membership(member).standing == Standing::Joined;
    let here = best.filter(|one| one.count > 0 && is_here(&one.item));
    let mut board: Vec<Placed> = Vec::new();
    for (place, one) in (1..).zip(here.take(BOARD_MEMBERS)) {
        let tied = board.last().filter(|before| before.points == one.count);
        board.push(Placed {
            place: tied.map_or(place, |before| before.place),
            member: one.item,
            points: one.count,
        });
    }
    board
}

/// A recommendation is published; whether that is new.
pub fn published(post: &str, author: &str) -> Result<bool> {
    shown(post, author)?;
    let is_new = set_once(&paid_key(post))?;
    if is_new {
        give(post, author, PUBLISHED)?;
    }
    Ok(is_new)
}

/// Others see a post, perhaps again: its author has what it is worth.
pub fn shown(post: &str, author: &str) -> Result<()> {
    match take(&out_key(post))? {
        true => points().add(author, earned().get(post)),
        false => Ok(()),
    }
}

/// A post that others saw waits or was refused: what it is worth is taken back.
pub fn unpublished(post: &str, author: &str) -> Result<()> {
    if state::circle().get::<bool>(&out_key(post))?.is_some() {
        return Ok(());
    }
    match earned().get(post) {
        // Then no like of it counts that could be taken back, either.
        0 => Ok(()),
        all => {
            state::circle().put(&out_key(post), &true)?;
            points().add(author, -all)
        }
    }
}

/// The reader likes another's post, and did not before.
pub fn liked(post: &str, author: &str) -> Result<()> {
    shown(post, author)?;
    let key = like_key(post);
    if state::viewer().get::<bool>(&key)?.is_some() {
        return Ok(());
    }
    state::viewer().put(&key, &true)?;
    give(post, author, LIKED)
}

/// The reader likes a post no longer.
pub fn unliked(post: &str, author: &str) -> Result<()> {
    let key = like_key(post);
    if state::viewer().get::<bool>(&key)?.is_none() {
        return Ok(());
    }
    state::viewer().delete(&key)?;
    give(post, author, -LIKED)
}

pub fn featured(post: &str, author: &str) -> Result<()> {
    match set_once(&best_key(post))? {
        true => give(post, author, FEATURED),
        false => Ok(()),
    }
}

pub fn unfeatured(post: &str, author: &str) -> Result<()> {
    match take(&best_key(post))? {
        true => give(post, author, -FEATURED),
        false => Ok(()),
    }
}

/// Which answer helped.
pub fn helpful(ask: &str) -> Result<Option<Helpful>> {
    state::circle().get(&helpful_key(ask))
}

/// An answer helped, and no other does any more. One that is gone gave that back
/// with the rest.
pub fn set_helpful(ask: &str, answer: &Helpful) -> Result<()> {
    if let Some(before) = helpful(ask)? {
        give(&before.answer, &before.author, -HELPFUL)?;
    }
    state::circle().put(&helpful_key(ask), answer)?;
    give(&answer.answer, &answer.author, HELPFUL)
}

/// The reader shared; whether it is the first time that day (in China).
pub fn shared(reader: &str, now: Timestamp) -> Result<bool> {
    let today = (now.as_ms() + CHINA_AHEAD_MS) / DAY_MS;
    let last: Option<u64> = state::viewer().get("shared")?;
    if last == Some(today) {
        return Ok(false);
    }
    state::viewer().put("shared", &today)?;
    points().add(reader, SHARED)?;
    Ok(true)
}

/// A post is gone, and what it earned with it.
pub fn gone(post: &str, author: &str) -> Result<()> {
    unpublished(post, author)?;
    take(&paid_key(post))?;
    take(&best_key(post))?;
    watch::end(post)
}

/// A post is worth more, or less; so are its author's points, if others see it.
fn give(post: &str, author: &str, more: i64) -> Result<()> {
    if state::circle().get::<bool>(&out_key(post))?.is_none() {
        points().add(author, more)?;
    }
    if more > 0 {
        watch::begin(post, author)?;
    }
    earned().add(post, more)
}

/// Sets a key of the circle; whether it was not there.
fn set_once(key: &str) -> Result<bool> {
    let is_new = state::circle().get::<bool>(key)?.is_none();
    if is_new {
        state::circle().put(key, &true)?;
    }
    Ok(is_new)
}

/// Takes a key of the circle away; whether it was there.
fn take(key: &str) -> Result<bool> {
    let was_there = state::circle().get::<bool>(key)?.is_some();
    if was_there {
        state::circle().delete(key)?;
    }
    Ok(was_there)
}

fn points() -> tally::Tally {
    tally::circle("points")
}

fn earned() -> tally::Tally {
    tally::circle("earned")
}

fn paid_key(post: &str) -> String {
    format!("paid/{post}")
}

fn out_key(post: &str) -> String {
    format!("out/{post}")
}

fn best_key(post: &str) -> String {
    format!("best/{post}")
}

fn helpful_key(ask: &str) -> String {
    format!("helpful/{ask}")
}

fn like_key(post: &str) -> String {
    format!("like/{post}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_come_to_stars() {
        fn check(points: i64, expected: usize, missing: Option<i64>) {
            assert_eq!(stars(points), expected, "{points}");
            assert_eq!(to_next_star(points), missing, "{points}");
        }
        check(0, 0, Some(10));
        check(9, 0, Some(1));
        check(10, 1, Some(40));
        check(49, 1, Some(1));
        check(50, 2, Some(100));
        check(150, 3, Some(250));
        check(399, 3, Some(1));
        check(400, 4, Some(600));
        check(1_000, 5, None);
        check(1_000_000, 5, None);
    }
}
