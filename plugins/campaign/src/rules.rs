//! What earns points, and what is no use trying. Nothing in here reads or
//! writes.
//!
//! Against those who would deal with themselves:
//!
//! - Only readers who signed in take part, once each. The owner and moderators,
//!   who decide on posts and on people, do not, and who has become one has no
//!   lot.
//! - Posts count when anybody can see them, if they are no replies, so many of
//!   a day, each once, and a post that was taken away has used its turn.
//! - Likes count nothing, one's own or another's.
//! - An invitation counts for a reader who was never in the circle before the
//!   campaign, when they have joined and posted; so many for one member, and
//!   not for oneself. Who takes part has at most one inviter, noted once when
//!   they enter, and a code to invite with only then. So whoever invited was
//!   there first, and there are no rings.

use std::collections::BTreeMap;

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

use crate::book::{Credit, Entry};
use crate::config::{Config, Points};

/// A row of days with a check-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// The last one.
    pub day: u64,
    pub days: u32,
}

/// The streak after a check-in, and what it earns; none if there was one that
/// day.
pub fn check_in(before: Option<Streak>, day: u64, points: &Points) -> Option<(Streak, u64)> {
    let days = match before {
        Some(before) if before.day >= day => return None,
        Some(before) if before.day + 1 == day => before.days + 1,
        _ => 1,
    };
    let mut earned = points.check_in;
    if days.is_multiple_of(points.streak_days.max(1)) {
        earned += points.streak;
    }
    Some((Streak { day, days }, earned.into()))
}

/// Posts that have counted, by day of posting.
pub type Counted = BTreeMap<u64, Vec<String>>;

/// Counts posts that have not, the first of a day first. Says how many, and
/// changes `counted`, in which are the days of all of them.
pub fn count_posts(config: &Config, end: Timestamp, posts: &[Post], counted: &mut Counted) -> u64 {
    let mut new = 0;
    let mut posts: Vec<&Post> = posts.iter().collect();
    posts.sort_by_key(|post| post.created);
    for post in posts.into_iter().filter(|post| counts(config, end, post)) {
        let of_day = counted.entry(config.zone.day(post.created)).or_default();
        if of_day.len() < config.points.posts_per_day && !of_day.contains(&post.id) {
            of_day.push(post.id.clone());
            new += 1;
        }
    }
    new
}

/// Whether a post is one that may count.
pub fn counts(config: &Config, end: Timestamp, post: &Post) -> bool {
    let is_in_time = config.starts_at <= post.created && post.created < end;
    is_in_time && post.is_published() && post.kind != PostKind::Reply
}

/// Why an invitation does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoInvitation {
    Own,
    /// They were in the circle before.
    NotNew,
    /// The inviter was put out of the campaign.
    InviterOut,
}

/// Whether an invitation by `inviter` counts for a reader who enters. `before`
/// is what they were in the circle until then.
pub fn invitation(
    config: &Config,
    before: &Membership,
    inviter: (&str, &Entry),
) -> Result<(), NoInvitation> {
    let (inviter, entry) = inviter;
    // Leaving makes nobody new, and neither does coming back or asking to.
    let was_there = match before.standing {
        Standing::None | Standing::Waiting => before.first_since.is_some(),
        Standing::Joined => before
            .first_since
            .is_none_or(|first| first < config.starts_at),
        Standing::Left | Standing::Banned => true,
    };
    if inviter == before.member {
        return Err(NoInvitation::Own);
    }
    if was_there {
        return Err(NoInvitation::NotNew);
    }
    match entry.out {
        Some(_) => Err(NoInvitation::InviterOut),
        None => Ok(()),
    }
}

/// What becomes of an invitation when a post of the invited reader has counted.
/// `posted_before` is whether they posted in the circle before the campaign.
pub fn credit(
    points: &Points,
    posted_before: bool,
    inviter: Option<&Entry>,
    inviter_standing: Standing,
    credits: u32,
) -> Credit {
    let is_in = inviter.is_some_and(|entry| entry.out.is_none());
    if posted_before || !is_in || credits >= points.invites_max {
        return Credit::Closed;
    }
    match inviter_standing {
        Standing::Joined => Credit::Given,
        // They may come back.
        _ => Credit::Waiting,
    }
}

/// Whether somebody has a say in the circle, and so no part in its campaign.
pub fn organises(role: Role) -> bool {
    role >= Role::Moderator
}

/// Whether somebody's points make lots.
pub fn may_win(entry: &Entry, own: &Membership) -> bool {
    entry.out.is_none() && own.standing == Standing::Joined && !organises(own.role)
}

#[cfg(test)]
mod tests {
    use quanka_card::posts::PostKind;
    use serde_json::json;

    use super::*;

    fn config() -> Config {
        serde_json::from_value(json!({
            "title": "t",
            "starts_at": "2026-01-01T00:00:00+08:00",
            "ends_at": "2026-02-01T00:00:00+08:00",
            "prizes": [{ "name": "p" }],
        }))
        .unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_streak_is_of_days_in_a_row() {
        let points = Points {
            check_in: 1,
            streak: 10,
            streak_days: 3,
            ..Points::default()
        };
        fn check(points: &Points, days: &[u64], expected: &[Option<(u32, u64)>]) {
            let mut streak = None;
            let mut seen = Vec::new();
            for &day in days {
                let done = check_in(streak, day, points);
                seen.push(done.map(|(streak, earned)| (streak.days, earned)));
                streak = done.map(|(streak, _)| streak).or(streak);
            }
            assert_eq!(seen, expected, "{days:?}");
        }
        check(&points, &[5, 5], &[Some((1, 1)), None]);
        check(&points, &[5, 4], &[Some((1, 1)), None]);
        check(
            &points,
            &[5, 6, 7],
            &[Some((1, 1)), Some((2, 1)), Some((3, 11))],
        );
        check(
            &points,
            &[5, 6, 8],
            &[Some((1, 1)), Some((2, 1)), Some((1, 1))],
        );
        let days: Vec<u64> = (1..=6).collect();
        let last = check_in(Some(Streak { day: 5, days: 5 }), 6, &points);
        assert_eq!(last, Some((Streak { day: 6, days: 6 }, 11)), "{days:?}");
    }

    fn post(id: &str, created: &str) -> Post {
        Post {
            id: id.to_owned(),
            kind: PostKind::Short,
            status: PostStatus::Published,
            reason: None,
            author: "a".to_owned(),
            text: "t".to_owned(),
            tags: Vec::new(),
            pictures: Vec::new(),
            item: None,
            period: None,
            parent: None,
            created: at(created),
            edited: None,
            featured: false,
            private: false,
            reaction_counts: Vec::new(),
            replies: 0,
        }
    }

    #[test]
    fn posts_count_in_time_once_and_so_many_a_day() {
        fn check(posts: &[Post], expected: u64) {
            let config = config();
            let mut counted = Counted::new();
            let new = count_posts(&config, config.ends_at, posts, &mut counted);
            let ids: Vec<&String> = posts.iter().map(|post| &post.id).collect();
            assert_eq!(new, expected, "{ids:?}");
            let again = count_posts(&config, config.ends_at, posts, &mut counted);
            assert_eq!(again, 0, "{ids:?}");
        }
        let day = |id: &str| post(id, "2026-01-05T12:00:00+08:00");
        check(&[], 0);
        check(&[day("a")], 1);
        check(&[day("a"), day("a")], 1);
        check(&[day("a"), day("b"), day("c")], 2);
        check(
            &[day("a"), day("b"), post("c", "2026-01-06T00:00:00+08:00")],
            3,
        );
        check(&[post("too early", "2025-12-31T23:59:59+08:00")], 0);
        check(&[post("first", "2026-01-01T00:00:00+08:00")], 1);
        check(&[post("last", "2026-01-31T23:59:59+08:00")], 1);
        check(&[post("too late", "2026-02-01T00:00:00+08:00")], 0);
        let (mut reply, mut removed, mut private) = (day("r"), day("x"), day("p"));
        reply.kind = PostKind::Reply;
        removed.status = PostStatus::Removed;
        private.private = true;
        check(&[reply, removed, private], 0);
    }

    fn entry(out: Option<&str>) -> Entry {
        Entry {
            code: "AAAA2222".to_owned(),
            entered: at("2026-01-02T00:00:00+08:00"),
            invited_by: None,
            credit: Credit::Closed,
            out: out.map(str::to_owned),
        }
    }

    /// Somebody who first joined at an instant, and has come back since.
    fn membership(member: &str, standing: Standing, first_since: Option<&str>) -> Membership {
        Membership {
            member: member.to_owned(),
            standing,
            role: Role::Visitor,
            since: Some(at("2026-01-20T00:00:00+08:00")),
            first_since: first_since.map(at),
            muted_until: None,
        }
    }

    #[test]
    fn an_invitation_counts_for_those_who_are_new() {
        fn check(before: &Membership, inviter: &Entry, expected: Result<(), NoInvitation>) {
            let done = invitation(&config(), before, ("inviter", inviter));
            assert_eq!(done, expected, "{before:?}");
        }
        let (good, out) = (entry(None), entry(Some("spam")));
        let (before, after) = (
            Some("2025-12-31T23:59:59+08:00"),
            Some("2026-01-01T00:00:00+08:00"),
        );
        let not_new = Err(NoInvitation::NotNew);
        check(&membership("b", Standing::None, None), &good, Ok(()));
        check(&membership("b", Standing::None, before), &good, not_new);
        check(&membership("b", Standing::Waiting, None), &good, Ok(()));
        check(&membership("b", Standing::Waiting, before), &good, not_new);
        check(&membership("b", Standing::Joined, after), &good, Ok(()));
        check(&membership("b", Standing::Joined, before), &good, not_new);
        check(&membership("b", Standing::Left, after), &good, not_new);
        check(&membership("b", Standing::Left, None), &good, not_new);
        check(&membership("b", Standing::Banned, None), &good, not_new);
        let own = membership("inviter", Standing::None, None);
        check(&own, &good, Err(NoInvitation::Own));
        let new = membership("b", Standing::None, None);
        check(&new, &out, Err(NoInvitation::InviterOut));
    }

    #[test]
    fn credit_is_given_to_members_who_have_not_had_it_all() {
        let points = Points::default();
        let check = |posted_before, out, standing, credits, expected| {
            let entry = entry(out);
            let done = credit(&points, posted_before, Some(&entry), standing, credits);
            assert_eq!(
                done, expected,
                "{posted_before} {out:?} {standing:?} {credits}"
            );
        };
        check(false, None, Standing::Joined, 0, Credit::Given);
        check(false, None, Standing::Joined, 9, Credit::Given);
        check(false, None, Standing::Joined, 10, Credit::Closed);
        check(true, None, Standing::Joined, 0, Credit::Closed);
        check(false, Some("spam"), Standing::Joined, 0, Credit::Closed);
        check(false, None, Standing::Left, 0, Credit::Waiting);
        let nobody = credit(&points, false, None, Standing::Joined, 0);
        assert_eq!(nobody, Credit::Closed);
    }

    #[test]
    fn members_win_who_were_not_put_out_and_do_not_organise() {
        fn check(out: Option<&str>, standing: Standing, role: Role, expected: bool) {
            let own = Membership {
                role,
                ..membership("a", standing, None)
            };
            assert_eq!(may_win(&entry(out), &own), expected, "{out:?} {own:?}");
        }
        check(None, Standing::Joined, Role::Member, true);
        check(None, Standing::Joined, Role::Featured, true);
        check(None, Standing::Joined, Role::Moderator, false);
        check(None, Standing::Joined, Role::Owner, false);
        check(None, Standing::Left, Role::Visitor, false);
        check(None, Standing::Banned, Role::Visitor, false);
        check(Some("spam"), Standing::Joined, Role::Member, false);
    }
}
