use super::*;
use crate::points::BOARD_MEMBERS;
use quanka_card::posts;

/// A card with one recommendation by the member, and its page.
fn recommended() -> (Host, String) {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    let at = last(&mut host);
    (host, at)
}

fn give(host: &mut Host, reader: &Reader, at: &str, name: &str) {
    tap(host, reader, (at, name, ""), &[]).unwrap();
}

#[test]
fn points_follow_what_was_done() {
    type Step = (fn() -> Reader, &'static str);
    fn check(steps: &[Step], expected: i64) {
        let (mut host, at) = recommended();
        for (reader, name) in steps {
            give(&mut host, &reader(), &at, name);
        }
        assert_eq!(points(&mut host, "member"), expected);
        let score = format!("圈子积分 {expected}");
        assert!(page(&mut host, &nobody(), "").contains(&score), "{score}");
    }
    check(&[], 5);
    check(&[(friend, "like")], 6);
    check(&[(friend, "like"), (star, "like"), (owner, "like")], 8);
    check(&[(friend, "like"), (friend, "unlike")], 5);
    check(&[(friend, "like"), (friend, "unlike"), (friend, "like")], 6);
    // A wish is no like.
    check(&[(friend, "want")], 5);
    check(&[(moderator, "feature")], 15);
    check(&[(moderator, "feature"), (owner, "unfeature")], 5);
    check(
        &[(owner, "feature"), (owner, "unfeature"), (owner, "feature")],
        15,
    );
    // Whoever takes it away takes its points.
    check(
        &[(friend, "like"), (owner, "feature"), (member, "remove")],
        0,
    );
    check(&[(friend, "like"), (owner, "remove")], 0);
}

#[test]
fn one_like_by_two_old_pages_counts_once() {
    let (mut host, at) = recommended();
    let seen = page(&mut host, &friend(), &at);
    for _ in 0..2 {
        tap_on(&mut host, &seen, &friend(), ("like", ""), &[]).unwrap();
    }
    assert_eq!(points(&mut host, "member"), 6);
    let liked = page(&mut host, &friend(), &at);
    for _ in 0..2 {
        tap_on(&mut host, &liked, &friend(), ("unlike", ""), &[]).unwrap();
    }
    assert_eq!(points(&mut host, "member"), 5);
}

/// The circle's other cards know no points.
#[test]
fn a_like_of_another_card_neither_earns_nor_costs() {
    let (mut host, at) = recommended();
    let id = at.strip_prefix("post/").unwrap().to_owned();
    let before = page(&mut host, &friend(), &at);
    host.elsewhere(&friend(), || posts::react(&id, "like"))
        .unwrap();
    assert_eq!(points(&mut host, "member"), 5);
    assert!(page(&mut host, &friend(), &at).contains("已看好 1"));
    // Nor does it by a page that was drawn before.
    tap_on(&mut host, &before, &friend(), ("like", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "member"), 5);
    give(&mut host, &friend(), &at, "unlike");
    assert_eq!(points(&mut host, "member"), 5);
    // Taken back elsewhere and given again here, it is one like still.
    give(&mut host, &friend(), &at, "like");
    host.elsewhere(&friend(), || posts::unreact(&id, "like"))
        .unwrap();
    give(&mut host, &friend(), &at, "like");
    assert_eq!(points(&mut host, "member"), 6);
}

#[test]
fn a_like_taken_back_after_its_post_is_gone_costs_nothing_more() {
    let (mut host, at) = recommended();
    give(&mut host, &friend(), &at, "like");
    let liked = page(&mut host, &friend(), &at);
    recommend(&mut host, &member(), "椅子").unwrap();
    give(&mut host, &member(), &at, "remove");
    tap_on(&mut host, &liked, &friend(), ("unlike", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "member"), 5);
}

/// What was liked and then changed waits again; refused, it gives back all.
#[test]
fn what_a_post_is_worth_comes_back_with_it() {
    let mut host = card(json!({ "approval": true }));
    recommend(&mut host, &member(), "台灯").unwrap();
    let approve = ("queue", "approve", "");
    tap(&mut host, &moderator(), approve, &[]).unwrap();
    give(&mut host, &friend(), "post/post-1", "like");
    give(&mut host, &star(), "post/post-1", "like");
    give(&mut host, &owner(), "post/post-1", "feature");
    assert_eq!(points(&mut host, "member"), 17);
    let liked = page(&mut host, &friend(), "post/post-1");
    let edit = |host: &mut Host| {
        host.pass_s(1);
        let inputs = [("name", "吊灯"), ("rating", "5")];
        tap(host, &member(), ("post/post-1", "edit", ""), &inputs).unwrap();
    };
    edit(&mut host);
    let why = [("reason", "说清楚些")];
    tap(&mut host, &moderator(), ("queue", "reject", ""), &why).unwrap();
    assert_eq!(points(&mut host, "member"), 0);
    // Refused again, it has nothing left to give back; a like of it still can
    // be taken back, and is then no part of what it is worth.
    edit(&mut host);
    tap(&mut host, &moderator(), ("queue", "reject", ""), &why).unwrap();
    tap_on(&mut host, &liked, &friend(), ("unlike", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "member"), 0);
    edit(&mut host);
    tap(&mut host, &moderator(), approve, &[]).unwrap();
    assert_eq!(points(&mut host, "member"), 16);
}

#[test]
fn nobody_likes_their_own() {
    let (mut host, at) = recommended();
    for (who, reader) in everybody() {
        for place in ["", "new", at.as_str(), "member/member"] {
            let seen = page(&mut host, &reader, place);
            let may = !matches!(who, "nobody" | "stranger" | "member");
            assert_eq!(seen.offers_action("like"), may, "{who} {place}");
        }
    }
}

#[test]
fn what_a_moderator_puts_first_of_their_own_earns_nothing() {
    let mut host = card(json!({}));
    recommend(&mut host, &moderator(), "台灯").unwrap();
    let at = last(&mut host);
    give(&mut host, &moderator(), &at, "feature");
    assert_eq!(points(&mut host, "moderator"), 5);
    give(&mut host, &moderator(), &at, "unfeature");
    assert_eq!(points(&mut host, "moderator"), 5);
    give(&mut host, &owner(), &at, "feature");
    assert_eq!(points(&mut host, "moderator"), 15);
}

#[test]
fn sharing_earns_a_point_a_day_and_only_members_are_offered_it() {
    let (mut host, at) = recommended();
    for place in ["", at.as_str()] {
        for (who, reader) in everybody() {
            let seen = page(&mut host, &reader, place);
            let is_member = reader.role >= Role::Member;
            assert_eq!(seen.offers_action("shared"), is_member, "{who} {place}");
            assert!(seen.to_string().contains("share \"分享\""), "{who} {place}");
        }
    }
    let share = |host: &mut Host| tap(host, &friend(), ("", "shared", ""), &[]);
    assert_eq!(share(&mut host), owned(Ok("谢谢分享，积分 +1")));
    assert_eq!(share(&mut host), owned(Ok("谢谢分享")));
    // A day begins at midnight in China.
    host.set_now("2026-01-02T15:59:59Z");
    assert_eq!(share(&mut host), owned(Ok("谢谢分享，积分 +1")));
    host.set_now("2026-01-02T16:00:00Z");
    assert_eq!(share(&mut host), owned(Ok("谢谢分享，积分 +1")));
    assert_eq!(points(&mut host, "friend"), 3);
}

#[test]
fn the_board_has_those_who_are_here_by_their_points() {
    let (mut host, at) = recommended();
    recommend(&mut host, &star(), "椅子").unwrap();
    recommend(&mut host, &friend(), "杯子").unwrap();
    give(&mut host, &friend(), &at, "like");
    tap(&mut host, &star(), ("mine", "leave", ""), &[]).unwrap();
    let board = page(&mut host, &nobody(), "members").to_string();
    let at_of = |member: &str| board.find(&format!("avatar {member} (named)"));
    assert!(at_of("member") < at_of("friend"), "{board}");
    assert!(
        at_of("star").is_none() && at_of("owner").is_none(),
        "{board}"
    );
    // Points outlive leaving, and are there when they come back.
    assert!(board.contains("\"16\""), "{board}");
    tap(&mut host, &star(), ("", "join", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "star"), 5);
}

#[test]
fn those_with_as_many_points_have_the_same_place() {
    let (mut host, at) = recommended();
    for reader in [friend(), star(), owner()] {
        recommend(&mut host, &reader, "杯子").unwrap();
    }
    give(&mut host, &friend(), &at, "like");
    give(&mut host, &friend(), "post/post-2", "remove");
    let places = |host: &mut Host| {
        let board = page(host, &nobody(), "members").to_string();
        let lines: Vec<&str> = board.lines().map(str::trim).collect();
        let pairs = lines.windows(2).filter_map(|pair| {
            let member = pair[1].strip_prefix("avatar ")?.strip_suffix(" (named)")?;
            Some(format!("{} {member}", pair[0]))
        });
        pairs.collect::<Vec<_>>()
    };
    let expected = ["text \"1\" member", "text \"2\" owner", "text \"2\" star"];
    assert_eq!(places(&mut host), expected);
    assert!(page(&mut host, &nobody(), "member/star").contains("第 2 名"));
    assert!(!page(&mut host, &nobody(), "member/friend").contains("名\""));
    // Who leaves makes room, on the board and on everybody's page.
    tap(&mut host, &member(), ("mine", "leave", ""), &[]).unwrap();
    assert_eq!(places(&mut host), ["text \"1\" owner", "text \"1\" star"]);
    assert!(page(&mut host, &nobody(), "member/star").contains("第 1 名"));
    assert!(!page(&mut host, &nobody(), "member/member").contains("第 1 名"));
}

#[test]
fn a_long_board_ends() {
    let mut host = card(json!({}));
    for number in 0..35 {
        let reader = host.join(&signed_in(&format!("m{number:02}")));
        tap(&mut host, &reader, ("", "shared", ""), &[]).unwrap();
    }
    let board = page(&mut host, &nobody(), "members").to_string();
    assert_eq!(board.matches("avatar m").count(), BOARD_MEMBERS);
    assert!(page(&mut host, &nobody(), "").contains("圈子积分 35"));
}

#[test]
fn stars_stand_with_the_member() {
    let (mut host, at) = recommended();
    assert!(page(&mut host, &member(), "mine").contains("再得 5 分升一星"));
    give(&mut host, &owner(), &at, "feature");
    for at in ["members", "member/member"] {
        assert!(page(&mut host, &nobody(), at).contains("★☆☆☆☆"), "{at}");
    }
    assert!(page(&mut host, &member(), "").contains("★☆☆☆☆ 15 分"));
    assert!(page(&mut host, &member(), "mine").contains("再得 35 分升一星"));
    let theirs = page(&mut host, &friend(), "member/member");
    assert!(
        theirs.contains("第 1 名") && !theirs.contains("再得"),
        "{theirs}"
    );
}
