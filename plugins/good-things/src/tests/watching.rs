//! Points of posts that change where the card hears nothing of it.

use super::*;
use crate::jobs::LOOK_POSTS;
use quanka_card::posts;

const LOOK_S: u64 = 10 * 60;
const DAY_S: u64 = 24 * 60 * 60;

/// The timer comes, at once if it was missed.
fn look(host: &mut Host) {
    let done = host.advance_s(LOOK_S);
    assert!(!done.is_empty());
    assert!(done.iter().all(|done| done.result.is_ok()), "{done:?}");
}

fn give(host: &mut Host, reader: &Reader, at: &str, name: &str) {
    tap(host, reader, (at, name, ""), &[]).unwrap();
}

/// Lets a post through, on the circle's page or wherever that is.
fn approve_elsewhere(host: &mut Host, id: &str) {
    host.elsewhere(&moderator(), || {
        let post = posts::get(id).expect("it waits");
        posts::approve(&post.seen())
    })
    .unwrap();
}

#[test]
fn what_was_taken_away_elsewhere_takes_its_points_along_once() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    recommend(&mut host, &member(), "椅子").unwrap();
    give(&mut host, &friend(), "post/post-1", "like");
    give(&mut host, &star(), "post/post-1", "like");
    give(&mut host, &owner(), "post/post-1", "feature");
    assert_eq!(points(&mut host, "member"), 22);
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 22);
    let liked = [friend(), star()].map(|by| (page(&mut host, &by, "post/post-1"), by));
    let unlike = |host: &mut Host, (seen, by): &(Seen, Reader)| {
        tap_on(host, seen, by, ("unlike", ""), &[]).unwrap();
    };
    host.elsewhere(&moderator(), || posts::remove("post-1"))
        .unwrap();
    // Before the timer has seen it, and after.
    unlike(&mut host, &liked[0]);
    assert_eq!(points(&mut host, "member"), 21);
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 5);
    unlike(&mut host, &liked[1]);
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 5);
}

#[test]
fn what_was_let_through_elsewhere_earns_by_itself_and_once() {
    let mut host = card(json!({ "approval": true }));
    recommend(&mut host, &member(), "台灯").unwrap();
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 0);
    approve_elsewhere(&mut host, "post-1");
    for _ in 0..2 {
        look(&mut host);
        assert_eq!(points(&mut host, "member"), 5);
    }
    give(&mut host, &friend(), "new", "like");
    assert_eq!(points(&mut host, "member"), 6);
}

#[test]
fn what_waits_again_has_no_points_until_it_is_let_through() {
    let mut host = card(json!({ "approval": true }));
    recommend(&mut host, &member(), "台灯").unwrap();
    approve_elsewhere(&mut host, "post-1");
    give(&mut host, &friend(), "new", "like");
    let edit = [("name", "吊灯"), ("rating", "5")];
    tap(&mut host, &member(), ("post/post-1", "edit", ""), &edit).unwrap();
    for _ in 0..2 {
        look(&mut host);
        assert_eq!(points(&mut host, "member"), 0);
    }
    approve_elsewhere(&mut host, "post-1");
    for _ in 0..2 {
        look(&mut host);
        assert_eq!(points(&mut host, "member"), 6);
    }
}

#[test]
fn an_answer_taken_away_elsewhere_helped_nobody() {
    let mut host = card(json!({}));
    ask(&mut host, &member(), "找灯").unwrap();
    for by in [friend(), star()] {
        let answer = ("post/post-1", "answer", "");
        tap(&mut host, &by, answer, &[("name", "夹灯")]).unwrap();
    }
    let mark = |host: &mut Host, id: &str| {
        tap(host, &member(), ("post/post-1", "helpful", id), &[]).unwrap();
    };
    mark(&mut host, "post-2");
    assert_eq!(points(&mut host, "friend"), 3);
    host.elsewhere(&moderator(), || posts::remove("post-2"))
        .unwrap();
    look(&mut host);
    assert_eq!(points(&mut host, "friend"), 0);
    mark(&mut host, "post-3");
    assert_eq!(points(&mut host, "friend"), 0);
    assert_eq!(points(&mut host, "star"), 3);
}

/// Questions earn likes, and nothing by being there.
#[test]
fn a_question_that_waited_again_has_its_likes_back() {
    let mut host = card(json!({ "approval": true }));
    ask(&mut host, &member(), "找灯").unwrap();
    approve_elsewhere(&mut host, "post-1");
    give(&mut host, &friend(), "asks", "like");
    let edit = ("post/post-1", "edit", "");
    tap(&mut host, &member(), edit, &[("text", "找吊灯")]).unwrap();
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 0);
    approve_elsewhere(&mut host, "post-1");
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 1);
}

#[test]
fn many_posts_are_looked_at_in_turn() {
    let mut host = card(json!({}));
    let number = i64::from(LOOK_POSTS) + 8;
    for nth in 1..=number {
        recommend(&mut host, &member(), &format!("第{nth}件")).unwrap();
    }
    for nth in 1..=number {
        host.elsewhere(&member(), || posts::remove(&format!("post-{nth}")))
            .unwrap();
    }
    for left in [8, 0] {
        look(&mut host);
        assert_eq!(points(&mut host, "member"), 5 * left);
    }
    // What is gone takes up no look, and by its key this would come after many.
    recommend(&mut host, &member(), "又一件").unwrap();
    let another = format!("post-{}", number + 1);
    host.elsewhere(&member(), || posts::remove(&another))
        .unwrap();
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 0);
}

#[test]
fn after_the_last_post_comes_the_first_again() {
    let mut host = card(json!({}));
    let number = i64::from(LOOK_POSTS) + 8;
    for nth in 1..=number {
        recommend(&mut host, &member(), &format!("第{nth}件")).unwrap();
    }
    look(&mut host);
    // In the order of their keys, these are the last and the first.
    for (id, left) in [("post-9", number - 1), ("post-1", number - 2)] {
        host.elsewhere(&member(), || posts::remove(id)).unwrap();
        look(&mut host);
        assert_eq!(points(&mut host, "member"), 5 * left, "{id}");
    }
}

#[test]
fn a_post_is_watched_for_sixty_days() {
    fn check(days: u64, expected: i64) {
        let mut host = card(json!({}));
        recommend(&mut host, &member(), "台灯").unwrap();
        look(&mut host);
        // As while the host is down: what was missed comes once.
        host.pass_s(days * DAY_S - LOOK_S);
        look(&mut host);
        host.elsewhere(&member(), || posts::remove("post-1"))
            .unwrap();
        look(&mut host);
        assert_eq!(points(&mut host, "member"), expected, "{days}");
    }
    check(1, 0);
    check(59, 0);
    check(60, 5);
}

#[test]
fn a_post_that_earns_again_is_watched_again() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    look(&mut host);
    host.pass_s(61 * DAY_S);
    look(&mut host);
    give(&mut host, &friend(), "new", "like");
    host.elsewhere(&member(), || posts::remove("post-1"))
        .unwrap();
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 0);
}

#[test]
fn cards_from_before_get_their_timer() {
    let mut host = card(json!({}));
    assert_eq!(host.next_due("look"), None);
    host.migrate("0.1.0").unwrap();
    assert!(host.next_due("look").is_some());
}

#[test]
fn what_is_no_longer_first_elsewhere_gives_that_back() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    give(&mut host, &owner(), "post/post-1", "feature");
    look(&mut host);
    assert_eq!(points(&mut host, "member"), 15);
    for (first, expected) in [(false, 5), (true, 5)] {
        host.elsewhere(&owner(), || match first {
            true => posts::feature("post-1"),
            false => posts::unfeature("post-1"),
        })
        .unwrap();
        for _ in 0..2 {
            look(&mut host);
            assert_eq!(points(&mut host, "member"), expected, "{first}");
        }
    }
}
