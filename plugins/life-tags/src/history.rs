//! The reader's own records, as far as the card looks back.

use std::collections::BTreeSet;

use quanka_card::prelude::*;

use crate::streak::Streak;
use crate::week::Week;

const PAGE_POSTS: u32 = 50;
/// With [`PAGE_POSTS`], the last 200 records: almost four years of one tag.
const PAGES_MAX: usize = 4;

/// One record, without its words.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    tag: String,
    week: Week,
}

/// Which weeks of which tags the reader has a record of.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    entries: Vec<Entry>,
    /// Whether there are earlier records than these.
    pub goes_on: bool,
}

impl History {
    /// Looks back at all of the reader's tags, or at one. Makes a view private.
    pub fn read(tag: Option<&str>) -> Self {
        let mut entries = Vec::new();
        let mut after = String::new();
        for _ in 0..PAGES_MAX {
            let records = posts::mine().kind(PostKind::Record).limit(PAGE_POSTS);
            let records = match tag {
                Some(tag) => records.tag(tag),
                None => records,
            };
            let page = records.after(after).page();
            entries.extend(page.posts.iter().filter_map(entry));
            match page.next {
                Some(next) => after = next,
                None => {
                    return Self {
                        entries,
                        goes_on: false,
                    };
                }
            }
        }
        Self {
            entries,
            goes_on: true,
        }
    }

    /// Whether there is a record of a tag in a week.
    pub fn has(&self, tag: &str, week: Week) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| entry.tag == tag && entry.week == week)
    }

    /// How many records there are in a week.
    pub fn count(&self, week: Week) -> usize {
        let entries = self.entries.iter();
        entries.filter(|entry| entry.week == week).count()
    }

    pub fn total(&self) -> usize {
        self.entries.len()
    }

    /// How steadily a tag is kept.
    pub fn streak(&self, tag: &str, current: Week) -> Streak {
        Streak::of(&self.weeks(|entry| entry.tag == tag), current)
    }

    /// How steadily any tag is kept.
    pub fn streak_of_all(&self, current: Week) -> Streak {
        Streak::of(&self.weeks(|_| true), current)
    }

    fn weeks(&self, is_meant: impl Fn(&Entry) -> bool) -> BTreeSet<Week> {
        let entries = self.entries.iter().filter(|entry| is_meant(entry));
        entries.map(|entry| entry.week).collect()
    }
}

/// What was taken away has neither tag nor week any more.
fn entry(post: &Post) -> Option<Entry> {
    Some(Entry {
        tag: post.tags.first()?.clone(),
        week: week_of(post)?,
    })
}

/// The week that a record is of.
pub fn week_of(post: &Post) -> Option<Week> {
    post.period.as_deref().and_then(Week::parse)
}

/// The reader's record of a tag in a week, if there is one.
pub fn record(tag: &str, week: Week) -> Option<Post> {
    let records = posts::mine().kind(PostKind::Record).tag(tag);
    let mut newest = records.limit(PAGE_POSTS).page().posts.into_iter();
    newest.find(|post| {
        week_of(post) == Some(week) && post.tags.first().is_some_and(|first| first == tag)
    })
}
