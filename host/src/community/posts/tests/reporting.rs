//! What readers report, who counts, and what a decision makes of it.

use super::super::reporting::SWEPT_MAX;
use super::*;
use crate::store::keys::posts::{all_reported_by, reports_before, reports_of};
use crate::store::{Direction, KeyRange, PageLimit};

impl World {
    /// Keys in a range.
    async fn keys(&self, range: KeyRange) -> usize {
        let all = PageLimit {
            entries_max: usize::MAX,
            bytes_max: usize::MAX,
        };
        let mut tx = self.begin().await;
        let page = tx.scan(range, Direction::Forward, all).await.unwrap();
        page.entries.len()
    }

    /// What moderators are shown of reports against the first post that waits.
    async fn reported(&self) -> usize {
        let mut tx = self.begin().await;
        let page = queue(&mut tx, by("owner"), None, 10).await.unwrap();
        page.posts.first().map_or(0, |queued| queued.reports.len())
    }

    /// Whether others see a post.
    async fn is_shown(&self, id: &str) -> bool {
        self.get(by("nobody"), id).await.post.is_some()
    }

    async fn approve(&self, id: &str, now_ms: u64) {
        let seen = self.seen(by("moderator"), id).await.edited_ms;
        let verdict = Verdict::Approve(seen);
        let done = self.review(at("moderator", now_ms), id, verdict).await;
        done.unwrap();
    }

    async fn join(&self, member: &str, since_ms: u64) {
        let mut tx = self.begin().await;
        let record = Membership {
            standing: Standing::Joined,
            role: Role::Member,
            since_ms,
            ..Membership::default()
        };
        record::put(&mut tx, membership_key(member), &record).unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn enough_reports_hold_a_post_once() {
    let mut world = World::new().await;
    let post = world.post("member", "rude").await;
    for (reporter, is_new) in [("other", true), ("other", false), ("third", true)] {
        assert_eq!(world.report(by(reporter), &post).await, Ok(is_new));
    }
    assert_eq!(
        world.seen(by("other"), &post).await.status,
        PostStatus::Published
    );
    let mut tx = world.begin().await;
    let queued = queue(&mut tx, by("owner"), None, 10).await.unwrap();
    assert_eq!((queued.posts.len(), queued.posts[0].reports.len()), (1, 2));

    world.report(by("fourth"), &post).await.unwrap();
    assert_eq!(world.get(by("other"), &post).await.post, None);
    let mut tx = world.begin().await;
    let queued = queue(&mut tx, by("owner"), None, 10).await.unwrap();
    assert_eq!((queued.posts.len(), queued.posts[0].reports.len()), (1, 3));
    assert_eq!(word(&world.report(by("fifth"), &post).await), "not-found");

    // Once a moderator has looked, the old reports are done with.
    world
        .review(at("moderator", NOW_MS + 1), &post, Verdict::Approve(None))
        .await
        .unwrap();
    world.report(at("fifth", NOW_MS + 2), &post).await.unwrap();
    let record = world.seen(by("other"), &post).await;
    assert_eq!(record.status, PostStatus::Published);
    assert_eq!(record.reported_ms, Some(NOW_MS + 2));
    world.remove(by("moderator"), &post).await.unwrap();
    let mut tx = world.begin().await;
    assert_eq!(
        queue(&mut tx, by("owner"), None, 10).await.unwrap().posts,
        []
    );
    // Its author is told why, and nobody else.
    let told = |record: PostRecord| record.reason;
    assert_eq!(
        told(world.seen(by("member"), &post).await).as_deref(),
        Some("why")
    );
    assert_eq!(told(world.seen(by("other"), &post).await), None);
    assert_eq!(world.mine("member").await, [post]);
}

/// Anybody can be any number of readers.
#[tokio::test]
async fn only_those_who_were_in_the_circle_hold_a_post() {
    let mut world = World::new().await;
    world.rules.limits.reports_hold = 2;
    world.join("early", NOW_MS - 1).await;
    let post = world.post("member", "rude").await;
    world.join("late", NOW_MS + 1).await;
    let crowd: Vec<String> = (0..20).map(|n| format!("anonymous-{n}")).collect();
    let others = ["late", "muted", "banned", "early"].into_iter();
    for reporter in crowd.iter().map(String::as_str).chain(others) {
        assert_eq!(
            world.report(at(reporter, NOW_MS + 2), &post).await,
            Ok(true)
        );
        assert!(world.is_shown(&post).await, "{reporter}");
    }
    // They are shown, some of them, and one of them counts.
    assert_eq!(world.reported().await, 20);
    world.report(at("other", NOW_MS + 2), &post).await.unwrap();
    assert!(!world.is_shown(&post).await);
}

#[tokio::test]
async fn whoever_keeps_order_is_held_by_nobody() {
    let mut world = World::new().await;
    world.rules.limits.reports_hold = 1;
    for (author, is_shown) in [("owner", true), ("moderator", true), ("featured", false)] {
        let post = world.post(author, "an order").await;
        for reporter in ["member", "other"] {
            let _ = world.report(by(reporter), &post).await;
        }
        assert_eq!(world.is_shown(&post).await, is_shown, "{author}");
        assert!(world.reported().await > 0, "{author}");
        world.remove(by(author), &post).await.unwrap();
    }
}

#[tokio::test]
async fn a_decision_or_another_text_lets_a_reader_report_again() {
    let mut world = World::new().await;
    world.rules.limits.reports_hold = 2;
    let post = world.post("member", "rude").await;
    let mine = async |world: &World| {
        let mut tx = world.begin().await;
        let who = Who::Member("other");
        has_reported(&mut tx, who, &post).await.unwrap()
    };
    assert_eq!(world.report(by("other"), &post).await, Ok(true));
    assert_eq!(world.report(by("other"), &post).await, Ok(false));
    // In the same moment, and it is another text; yet nobody counts twice.
    world
        .edit(by("member"), &post, &draft("ruder"))
        .await
        .unwrap();
    assert!(!mine(&world).await);
    assert_eq!(world.report(by("other"), &post).await, Ok(true));
    assert_eq!(world.report(by("other"), &post).await, Ok(false));
    assert!(mine(&world).await && world.is_shown(&post).await);
    assert_eq!(world.reported().await, 1);
    // Nor does an edit make the others' reports undone.
    world.report(by("third"), &post).await.unwrap();
    assert!(!world.is_shown(&post).await);
    world
        .edit(by("member"), &post, &draft("kind"))
        .await
        .unwrap();
    assert!(mine(&world).await, "it is held for what they said");

    world.approve(&post, NOW_MS).await;
    assert!(!mine(&world).await && world.is_shown(&post).await);
    for (reporter, is_shown) in [("other", true), ("third", false)] {
        assert_eq!(world.report(by(reporter), &post).await, Ok(true));
        assert_eq!(world.is_shown(&post).await, is_shown, "{reporter}");
    }
    // Once muted, they may say it again, and it counts no more.
    world.approve(&post, NOW_MS).await;
    world.report(by("other"), &post).await.unwrap();
    let mut tx = world.begin().await;
    let muted = Membership {
        standing: Standing::Joined,
        role: Role::Member,
        muted_until_ms: u64::MAX,
        ..Membership::default()
    };
    record::put(&mut tx, membership_key("other"), &muted).unwrap();
    tx.commit().await.unwrap();
    world
        .edit(by("member"), &post, &draft("kinder"))
        .await
        .unwrap();
    world.report(by("other"), &post).await.unwrap();
    world.report(by("third"), &post).await.unwrap();
    assert!(world.is_shown(&post).await);
}

#[tokio::test]
async fn what_is_decided_is_deleted_some_at_a_time() {
    let mut world = World::new().await;
    let post = world.post("member", "rude").await;
    let readers = SWEPT_MAX * 2 + 10;
    let mut tx = world.begin().await;
    for n in 0..readers {
        let reporter = format!("reader-{n:04}");
        let reported = report(&mut tx, &world.rules, by(&reporter), &post, "rude").await;
        assert_eq!(reported, Ok(true));
    }
    tx.commit().await.unwrap();
    for reporter in ["other", "third"] {
        world.report(by(reporter), &post).await.unwrap();
    }
    let all = readers + 2;
    assert_eq!(world.keys(reports_of(&post, 0)).await, all);

    let mut tx = world.begin().await;
    let seen = Verdict::Approve(None);
    review(&mut tx, &world.rules, by("owner"), &post, &seen)
        .await
        .unwrap();
    assert!(
        tx.batch().len() < SWEPT_MAX * 2 + 16,
        "{}",
        tx.batch().len()
    );
    tx.commit().await.unwrap();
    let left = |decisions| world.keys(reports_before(&post, decisions));
    assert_eq!(left(1).await, all - SWEPT_MAX);
    assert_eq!(world.reported().await, 0);
    // What is left is nobody's report any more, counts for nothing, is replaced
    // by its reader's next one, and goes with the next things that happen.
    let last = format!("reader-{:04}", readers - 1);
    assert_eq!(world.report(by(&last), &post).await, Ok(true));
    assert_eq!(world.reported().await, 1);
    assert_eq!(left(1).await, all - 2 * SWEPT_MAX - 1);
    world.report(by("other"), &post).await.unwrap();
    world.report(by("third"), &post).await.unwrap();
    assert!(world.is_shown(&post).await, "two of three");
    assert_eq!(left(1).await, 0);
    // Of those that are gone nothing is kept with who made them, either.
    for (reporter, kept) in [("reader-0000", 0), (last.as_str(), 1), ("third", 1)] {
        assert_eq!(
            world.keys(all_reported_by(reporter)).await,
            kept,
            "{reporter}"
        );
    }
    world.remove(by("member"), &post).await.unwrap();
    assert_eq!(left(u32::MAX).await, 0);
    assert_eq!(world.keys(all_reported_by("third")).await, 0);
}

#[tokio::test]
async fn an_erased_reporter_counts_no_more() {
    let mut world = World::new().await;
    world.rules.limits.reports_hold = 2;
    let post = world.post("member", "rude").await;
    let erase = async |world: &World, member: &str| {
        let mut tx = world.begin().await;
        assert!(erase_member(&mut tx, member, 100).await.unwrap());
        tx.commit().await.unwrap();
    };
    world.report(by("other"), &post).await.unwrap();
    erase(&world, "other").await;
    assert_eq!(world.keys(reports_of(&post, 0)).await, 0);
    world.report(by("third"), &post).await.unwrap();
    assert!(world.is_shown(&post).await);
    // One whose report is decided, and not deleted yet, takes back nothing that
    // counts.
    let last = "whose-report-comes-last";
    world.join(last, 0).await;
    for n in 0..SWEPT_MAX {
        let reporter = format!("reader-{n}");
        world.report(by(&reporter), &post).await.unwrap();
    }
    world.report(by(last), &post).await.unwrap();
    world.approve(&post, NOW_MS).await;
    assert_eq!(world.keys(all_reported_by(last)).await, 1);
    erase(&world, last).await;
    assert_eq!(world.keys(all_reported_by(last)).await, 0);
    world.report(by("third"), &post).await.unwrap();
    world.report(by("fifth"), &post).await.unwrap();
    assert!(!world.is_shown(&post).await);
}

/// Those who report at once are all counted.
#[tokio::test]
async fn two_reports_at_once_are_two() {
    let mut world = World::new().await;
    world.rules.limits.reports_hold = 2;
    let post = world.post("member", "rude").await;
    // That it was reported is known.
    world.report(by("anonymous"), &post).await.unwrap();
    let (mut one, mut two) = (world.begin().await, world.begin().await);
    for (tx, reporter) in [(&mut one, "other"), (&mut two, "third")] {
        let reported = report(tx, &world.rules, by(reporter), &post, "rude").await;
        assert_eq!(reported, Ok(true));
    }
    assert_eq!(both(one, two).await, Err(CommitError::Conflict));
    world.report(by("third"), &post).await.unwrap();
    assert!(!world.is_shown(&post).await);
}
