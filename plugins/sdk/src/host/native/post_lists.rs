//! Lists of posts.

use std::collections::BTreeMap;

use super::PostRecord;
use super::{Call, Cursor, current, end_unless, limit_is_good, page_of, wit};
use crate::posts::tag;
use wit::posts::{Order, PostKind, PostPage, PostQuery, TagCount};
use wit::types::Role;

const PAGE_MAX: u32 = 50;
const TAGS_MAX: u32 = 100;
const MS_PER_DAY: f64 = 86_400_000.0;

/// What orders a list; what is equal in it is ordered by when it came, likewise.
#[derive(Clone, Copy)]
enum By {
    /// The least first.
    Rising(fn(&PostRecord) -> i64),
    /// The greatest first.
    Falling(fn(&PostRecord) -> i64),
}

impl Call {
    /// A page of the posts that are in a list.
    fn list(
        &self,
        is_in: impl Fn(&PostRecord) -> bool,
        by: By,
        after: Option<&str>,
        limit: u32,
    ) -> PostPage {
        end_unless(limit_is_good(limit, PAGE_MAX));
        let numbered = (0_u64..).zip(&self.data.posts);
        let mut posts: Vec<_> = numbered.filter(|(_, post)| is_in(post)).collect();
        let place = |(number, post): &(u64, &PostRecord)| match by {
            By::Rising(by) => Cursor {
                by: by(post),
                then: *number,
            },
            By::Falling(by) => Cursor {
                by: -by(post),
                then: u64::MAX - number,
            },
        };
        posts.sort_by_key(place);
        let (page, next) = page_of(posts, after, limit, place);
        PostPage {
            posts: page.into_iter().map(|(_, post)| self.shown(post)).collect(),
            next,
        }
    }
}

fn created(post: &PostRecord) -> i64 {
    signed(post.created_ms)
}

fn waiting_since(post: &PostRecord) -> i64 {
    signed(post.held_ms)
}

fn liked(post: &PostRecord) -> i64 {
    signed(post.reaction_count())
}

/// What is liked now: a day makes up for ten times as many reactions.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "billionths of a day fit into either type until long after the year 9999"
)]
fn hot(post: &PostRecord) -> i64 {
    let liked = (post.reaction_count().max(1) as f64).log10();
    let days = post.created_ms as f64 / MS_PER_DAY;
    ((liked + days) * 1e9).round() as i64
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn posts_query(query: &PostQuery) -> PostPage {
    current(|call| {
        let wanted_tag = query.tag.as_deref().map(tag);
        // An author's replies are ranked among replies alone.
        let replies_too = query.kind == Some(PostKind::Reply)
            || (query.author.is_some() && query.order == Order::Newest);
        let is_in = |post: &PostRecord| {
            post.is_public()
                && (replies_too || post.kind != PostKind::Reply)
                && query.kind.is_none_or(|kind| post.kind == kind)
                && query
                    .author
                    .as_ref()
                    .is_none_or(|author| post.author == *author)
                && wanted_tag
                    .as_ref()
                    .is_none_or(|tag| tag.as_ref().is_some_and(|tag| post.tags.contains(tag)))
                && (!query.featured || post.featured)
        };
        let by: By = match query.order {
            Order::Newest => By::Falling(created),
            Order::Hot => By::Falling(hot),
            Order::Top => By::Falling(liked),
        };
        call.list(is_in, by, query.after.as_deref(), query.limit)
    })
}

pub(crate) fn posts_mine(
    kind: Option<PostKind>,
    wanted_tag: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> PostPage {
    current(|call| {
        call.asked_for_viewer = true;
        let wanted_tag = wanted_tag.map(tag);
        let is_in = |post: &PostRecord| {
            call.reader.member.as_deref() == Some(&post.author)
                && !post.taken_back
                && kind.is_none_or(|kind| post.kind == kind)
                && wanted_tag
                    .as_ref()
                    .is_none_or(|tag| tag.as_ref().is_some_and(|tag| post.tags.contains(tag)))
        };
        call.list(is_in, By::Falling(created), after, limit)
    })
}

pub(crate) fn posts_held(after: Option<&str>, limit: u32) -> PostPage {
    current(|call| {
        call.asked_for_viewer = true;
        end_unless(match call.role() {
            Role::Moderator | Role::Owner => Ok(()),
            _ => Err("posts that wait are for moderators and the owner".to_owned()),
        });
        call.list(PostRecord::waits, By::Rising(waiting_since), after, limit)
    })
}

pub(crate) fn posts_replies(id: &str, after: Option<&str>, limit: u32) -> PostPage {
    current(|call| {
        let is_in = |post: &PostRecord| post.is_public() && post.parent.as_deref() == Some(id);
        call.list(is_in, By::Rising(created), after, limit)
    })
}

pub(crate) fn posts_tags(limit: u32) -> Vec<TagCount> {
    end_unless(limit_is_good(limit, TAGS_MAX));
    current(|call| {
        let mut counts: BTreeMap<&String, u64> = BTreeMap::new();
        let posts = call.data.posts.iter();
        let public = posts.filter(|post| post.is_public() && post.kind != PostKind::Reply);
        for tag in public.flat_map(|post| &post.tags) {
            *counts.entry(tag).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        counts.truncate(limit as usize);
        let counted = counts.into_iter();
        counted
            .map(|(tag, posts)| TagCount {
                tag: tag.clone(),
                posts,
            })
            .collect()
    })
}
