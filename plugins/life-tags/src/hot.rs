//! Which tags are written under, week by week, and who waits to write.
//!
//! Only records that their authors show count, each member once for a tag and
//! week. What a moderator takes away later has been counted; but a tag is only
//! shown while it has a record that everybody can read.

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

use crate::week::Week;

/// Tags that are looked at before those are found that can be shown.
const LOOKED_AT_MAX: u32 = 50;
/// Tags that are kept of a week when it closes.
const CLOSED_TAGS_MAX: u32 = 20;
/// Everybody who wants to be reminded.
const ALL: &str = "all";

/// A tag, and how many members wrote under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hot {
    pub tag: String,
    pub count: u64,
    /// The week before.
    pub before: u64,
}

/// Where a tag goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    Up,
    Steady,
    Down,
}

/// What a week came to, once it has closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub week: String,
    pub tags: Vec<Hot>,
}

/// Who was reminded, and had not written by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    pub week: String,
    pub asked: u64,
    pub waiting: u64,
}

impl Hot {
    /// Where it went in a week that is over.
    pub fn trend(&self) -> Trend {
        match self.count.cmp(&self.before) {
            std::cmp::Ordering::Greater => Trend::Up,
            std::cmp::Ordering::Equal => Trend::Steady,
            std::cmp::Ordering::Less => Trend::Down,
        }
    }

    /// Where it goes in a week that is not over: what is less than the week
    /// before may still grow.
    pub fn trend_so_far(&self) -> Option<Trend> {
        Some(self.trend()).filter(|trend| *trend != Trend::Down)
    }
}

/// How many members wrote under each tag in a week.
pub fn board(week: Week) -> tally::Tally {
    tally::circle(format!("week/{week}"))
}

/// How many keep each tag at this time, whoever sees what they write. It is told
/// while somebody shows a record under the tag, and not before: whoever keeps a
/// tag of the same name finds a page of their own.
fn keepers() -> tally::Tally {
    tally::circle("kept")
}

/// Notes that somebody keeps a tag, or no longer.
pub fn keep(tag: &str, is_kept: bool) -> Result<()> {
    keepers().add(tag, if is_kept { 1 } else { -1 })
}

/// How many keep a tag.
pub fn kept_by(tag: &str) -> u64 {
    positive(keepers().get(tag))
}

/// Members who want to be reminded: all of them, and by week those who wrote.
fn reminders() -> tally::Tally {
    tally::circle("remind")
}

/// The tags of this week and of the last, those written under most first, at
/// most so many; only those with a record that everybody can read.
pub fn tags(week: Week, max: usize) -> Vec<Hot> {
    let mut all = counted(week, LOOKED_AT_MAX);
    for last in board(week.back(1)).top(LOOKED_AT_MAX) {
        if all.iter().all(|hot| hot.tag != last.item) {
            all.push(Hot {
                tag: last.item,
                count: 0,
                before: positive(last.count),
            });
        }
    }
    all.sort_by(|a, b| (b.count, b.before, &a.tag).cmp(&(a.count, a.before, &b.tag)));
    let shown = all.into_iter().take(LOOKED_AT_MAX as usize);
    shown.filter(|hot| is_shown(&hot.tag)).take(max).collect()
}

/// The tags of one week, with their counts of the week before.
fn counted(week: Week, max: u32) -> Vec<Hot> {
    let top = board(week).top(max);
    let before = board(week.back(1)).get_many(top.iter().map(|standing| &standing.item));
    let both = top.into_iter().zip(before);
    both.filter(|(standing, _)| standing.count > 0)
        .map(|(standing, before)| Hot {
            tag: standing.item,
            count: positive(standing.count),
            before: positive(before),
        })
        .collect()
}

/// How much a tag was written under in a week, and in the one before.
pub fn of_tag(tag: &str, week: Week) -> Hot {
    Hot {
        tag: tag.to_owned(),
        count: positive(board(week).get(tag)),
        before: positive(board(week.back(1)).get(tag)),
    }
}

/// Whether a tag has a record that everybody can read.
pub fn is_shown(tag: &str) -> bool {
    let records = posts::query().kind(PostKind::Record).tag(tag);
    !records.limit(1).page().posts.is_empty()
}

/// What the last week that closed came to.
pub fn closed() -> Result<Option<Closed>> {
    state::card().get("closed")
}

/// Keeps what a week came to.
pub fn close(week: Week) -> Result<()> {
    let closed = Closed {
        week: week.to_string(),
        tags: counted(week, CLOSED_TAGS_MAX),
    };
    state::card().put("closed", &closed)
}

/// Notes that somebody wants to be reminded, or no longer.
pub fn want_reminder(is_wanted: bool, has_written: Option<Week>) -> Result<()> {
    let delta = if is_wanted { 1 } else { -1 };
    reminders().add(ALL, delta)?;
    match has_written {
        Some(week) => reminders().add(&week.to_string(), delta),
        None => Ok(()),
    }
}

/// Notes that somebody who wants to be reminded wrote, for the first time in a
/// week.
pub fn need_no_reminder(week: Week) -> Result<()> {
    reminders().add(&week.to_string(), 1)
}

/// How many are reminded now, and have not written.
pub fn remind(week: Week) -> Result<()> {
    let counts = reminders().get_many([ALL.to_owned(), week.to_string()]);
    let [asked, wrote] = [counts[0], counts[1]].map(positive);
    let reminded = Reminded {
        week: week.to_string(),
        asked,
        waiting: asked.saturating_sub(wrote),
    };
    state::card().put("reminded", &reminded)
}

/// Who was reminded last.
pub fn reminded() -> Result<Option<Reminded>> {
    state::card().get("reminded")
}

fn positive(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_is_this_week_against_the_last() {
        #[track_caller]
        fn check(count: u64, before: u64, over: Trend, so_far: Option<Trend>) {
            let hot = Hot {
                tag: "跑步".to_owned(),
                count,
                before,
            };
            assert_eq!((hot.trend(), hot.trend_so_far()), (over, so_far));
        }
        check(1, 0, Trend::Up, Some(Trend::Up));
        check(3, 2, Trend::Up, Some(Trend::Up));
        check(2, 2, Trend::Steady, Some(Trend::Steady));
        check(1, 2, Trend::Down, None);
        check(0, 2, Trend::Down, None);
    }
}
