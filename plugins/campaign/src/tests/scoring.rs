use super::*;

#[test]
fn a_check_in_is_once_a_day_of_the_zone() {
    let mut host =
        card(json!({ "points": { "enter": 0, "check_in": 2, "streak": 5, "streak_days": 3 } }));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    // Noon of the second of January, in China.
    let mut check = |seconds: u64, expected: &str, points_after: u64| {
        host.pass_s(seconds);
        let done = tap_on(&mut host, &seen, &member(), ("check-in", ""), &[]);
        assert_eq!(done, Ok(expected.to_owned()));
        assert_eq!(points(&mut host, "member"), points_after, "{expected}");
    };
    let again = "今天已签到，明天再来";
    check(0, "签到成功，连续 1 天，得 2 分", 2);
    check(12 * HOUR_S - 1, again, 2);
    check(1, "签到成功，连续 2 天，得 2 分", 4);
    check(DAY_S - 1, again, 4);
    check(1, "签到成功，连续 3 天，得 7 分", 11);
    check(2 * DAY_S, "签到成功，连续 1 天，得 2 分", 13);
}

#[test]
fn the_button_comes_back_with_the_next_day() {
    let mut host = card(json!({}));
    enter(&mut host, &member());
    assert!(page(&mut host, &member(), "").offers_action("check-in"));
    home_tap(&mut host, &member(), "check-in").unwrap();
    let seen = page(&mut host, &member(), "");
    assert!(!seen.offers_action("check-in") && seen.contains("今天已签到，连续 1 天"));
    let midnight = "2026-01-03T00:00:00+08:00".parse().unwrap();
    assert_eq!(seen.expires_at(), Some(midnight));
    host.set_now("2026-01-03T00:00:00+08:00");
    assert!(page(&mut host, &member(), "").offers_action("check-in"));
}

#[test]
fn posts_are_claimed_once_each_and_so_many_a_day() {
    let mut host = card(json!({}));
    post(&mut host, &member(), "之前");
    enter(&mut host, &member());
    let nothing = Ok("没有新的动态可以计分。每天最多计 2 条，回复不计。".to_owned());
    // What was posted before entering counts, since the campaign ran.
    assert_eq!(
        claim(&mut host, &member()),
        Ok("1 条动态计分，得 5 分".to_owned())
    );
    assert_eq!(claim(&mut host, &member()), nothing);
    let second = post(&mut host, &member(), "二");
    post(&mut host, &member(), "三");
    assert!(page(&mut host, &member(), "").contains("领取发帖积分 +1"));
    assert_eq!(
        claim(&mut host, &member()),
        Ok("1 条动态计分，得 5 分".to_owned())
    );
    // A post that is taken away has had its turn.
    host.elsewhere(&member(), || posts::remove(&second))
        .unwrap();
    assert_eq!(claim(&mut host, &member()), nothing);
    host.pass_s(DAY_S);
    post(&mut host, &member(), "明天的");
    assert_eq!(
        claim(&mut host, &member()),
        Ok("1 条动态计分，得 5 分".to_owned())
    );
    assert_eq!(points(&mut host, "member"), 25);
}

#[test]
fn what_nobody_else_sees_or_likes_counts_nothing() {
    let mut host = card(json!({}));
    enter(&mut host, &member());
    let of_other = post(&mut host, &moderator(), "话题");
    let reply = || {
        posts::draft(PostKind::Reply)
            .text("回")
            .reply_to(&of_other)
            .publish()
    };
    host.elsewhere(&member(), reply).unwrap();
    host.elsewhere(&member(), || {
        posts::draft(PostKind::Short).text("密").private().publish()
    })
    .unwrap();
    host.circle_mut().pre_approval = true;
    let held = post(&mut host, &member(), "等");
    host.elsewhere(&member(), || posts::react(&of_other, "like"))
        .unwrap();
    assert!(
        claim(&mut host, &member())
            .unwrap()
            .starts_with("没有新的动态")
    );
    assert_eq!(points(&mut host, "member"), 10);
    // Once a moderator has let it pass all see it.
    host.elsewhere(&moderator(), || posts::approve(&held))
        .unwrap();
    assert_eq!(
        claim(&mut host, &member()),
        Ok("1 条动态计分，得 5 分".to_owned())
    );
    // Likes by oneself and by others change nothing.
    for reader in [member(), moderator()] {
        host.elsewhere(&reader, || posts::react(&held, "like"))
            .unwrap();
    }
    assert!(
        claim(&mut host, &member())
            .unwrap()
            .starts_with("没有新的动态")
    );
    assert_eq!(points(&mut host, "member"), 15);
}

#[test]
fn posts_from_before_the_start_count_nothing() {
    let mut host = early(json!({}));
    post(&mut host, &member(), "早");
    pass(&mut host, DAY_S);
    enter(&mut host, &member());
    assert!(!page(&mut host, &member(), "").contains("领取发帖积分 +1"));
    assert!(
        claim(&mut host, &member())
            .unwrap()
            .starts_with("没有新的动态")
    );
}

#[test]
fn many_posts_are_claimed_over_days() {
    let mut host = card(json!({}));
    enter(&mut host, &member());
    for _ in 0..20 {
        for _ in 0..5 {
            post(&mut host, &member(), "跑");
        }
        host.pass_s(DAY_S);
    }
    let done = claim(&mut host, &member());
    assert_eq!(done, Ok("40 条动态计分，得 200 分".to_owned()));
}

#[test]
fn who_does_not_take_part_earns_nothing() {
    let mut host = card(json!({}));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    for name in ["check-in", "claim"] {
        // Somebody else's view is nobody else's.
        let done = tap_on(&mut host, &seen, &moderator(), (name, ""), &[]);
        assert_eq!(done, Err("not offered".to_owned()), "{name}");
        for (who, reader) in everybody() {
            let is_offered = page(&mut host, &reader, "").offers_action(name);
            assert_eq!(is_offered, who == "member", "{who} {name}");
        }
    }
}

#[test]
fn nothing_is_earned_after_the_end() {
    let mut host = card(json!({}));
    enter(&mut host, &member());
    post(&mut host, &member(), "好");
    let seen = page(&mut host, &member(), "");
    host.set_now("2026-02-01T00:00:00+08:00");
    for name in ["check-in", "claim"] {
        let done = tap_on(&mut host, &seen, &member(), (name, ""), &[]);
        assert_eq!(done, Err("活动已结束".to_owned()), "{name}");
    }
}

#[test]
fn what_earns_nothing_is_not_offered() {
    let points = json!({ "check_in": 0, "streak": 0, "post": 0, "invite": 0 });
    let mut host = card(json!({ "points": points }));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    assert!(
        !seen.offers_action("check-in") && !seen.links_to("invite"),
        "{seen}"
    );
    let rules = page(&mut host, &member(), "rules");
    assert!(rules.contains("参加：10 分") && !rules.contains("签到"));
    assert!(page(&mut host, &member(), "invite").contains("不计邀请"));
}

#[test]
fn the_board_has_those_with_most_points_first() {
    let mut host = card(json!({}));
    for (name, posts) in [("a", 0), ("b", 2), ("c", 1)] {
        let reader = signed_in(name);
        enter(&mut host, &reader);
        for _ in 0..posts {
            post(&mut host, &reader, "跑");
        }
        let _ = claim(&mut host, &reader);
    }
    let board = page(&mut host, &nobody(), "board").to_string();
    let at = |name: &str| board.find(&format!("avatar {name}"));
    assert!(at("b") < at("c") && at("c") < at("a"), "{board}");
    let mine = page(&mut host, &signed_in("c"), "");
    assert!(mine.to_string().contains("stat \"名次\" \"2\""), "{mine}");
}
