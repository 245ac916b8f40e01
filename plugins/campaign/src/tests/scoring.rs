use super::*;

#[test]
fn a_check_in_is_once_a_day_of_the_zone() {
    let mut host =
        card(&json!({ "points": { "enter": 0, "check_in": 2, "streak": 5, "streak_days": 3 } }));
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
    let mut host = card(&json!({}));
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
    let mut host = card(&json!({}));
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
    let mut host = card(&json!({}));
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
    host.elsewhere(&moderator(), || {
        posts::approve(&posts::Seen::new(&*held, None))
    })
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
    let mut host = early(&json!({}));
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
    let mut host = card(&json!({}));
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
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    for name in ["check-in", "claim", "post"] {
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
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    post(&mut host, &member(), "好");
    let seen = page(&mut host, &member(), "");
    host.set_now("2026-02-01T00:00:00+08:00");
    let text = [("text", "好")];
    for (name, inputs) in [("check-in", &[][..]), ("claim", &[]), ("post", &text)] {
        let done = tap_on(&mut host, &seen, &member(), (name, ""), inputs);
        assert_eq!(done, Err("活动已结束".to_owned()), "{name}");
    }
}

#[test]
fn what_earns_nothing_is_not_offered() {
    let points = json!({ "check_in": 0, "streak": 0, "post": 0, "invite": 0 });
    let mut host = card(&json!({ "points": points }));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    assert!(
        ["check-in", "claim", "post"]
            .iter()
            .all(|name| !seen.offers_action(name))
            && !seen.links_to("invite"),
        "{seen}"
    );
    let rules = page(&mut host, &member(), "rules");
    assert!(rules.contains("参加：10 分") && !rules.contains("签到"));
    assert!(page(&mut host, &member(), "invite").contains("不计邀请"));
}

#[test]
fn the_board_has_those_with_most_points_first() {
    let mut host = card(&json!({}));
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

/// The lines of the ranking: place, who and points.
fn ranking(host: &mut Host, reader: &Reader) -> Vec<(u32, String, String)> {
    let board = page(host, reader, "board").to_string();
    let lines: Vec<&str> = board.lines().map(str::trim).collect();
    let places = lines.windows(3).filter_map(|line| {
        let place = line[0].strip_prefix("text ")?.trim_matches('"');
        let name = line[1].strip_prefix("avatar ")?;
        let points = line[2].strip_prefix("text ")?.split('"').nth(1)?;
        let name = name.trim_end_matches(" (named)");
        Some((place.parse().ok()?, name.to_owned(), points.to_owned()))
    });
    places.collect()
}

#[test]
fn who_cannot_win_has_no_place() {
    let mut host = card(&json!({ "points": { "enter": 10, "post": 5 } }));
    host.moderator("moderator");
    for (name, posts) in [
        ("a", 2),
        ("left", 2),
        ("banned", 2),
        ("made", 2),
        ("out", 2),
        ("b", 1),
        ("c", 1),
        ("d", 0),
    ] {
        let reader = signed_in(name);
        enter(&mut host, &reader);
        for _ in 0..posts {
            post(&mut host, &reader, "跑");
        }
        let _ = claim(&mut host, &reader);
    }
    host.elsewhere(&signed_in("left"), circle::leave).unwrap();
    host.elsewhere(&owner(), || circle::ban("banned")).unwrap();
    host.elsewhere(&owner(), || circle::set_role("made", Role::Moderator))
        .unwrap();
    put_out(&mut host, "out").unwrap();
    let line = |place: u32, name: &str, points: &str| (place, name.to_owned(), points.to_owned());
    let expected = [
        line(1, "a", "20 分"),
        line(2, "b", "15 分"),
        line(2, "c", "15 分"),
        line(4, "d", "10 分"),
    ];
    assert_eq!(ranking(&mut host, &nobody()), expected);
    let home = page(&mut host, &nobody(), "").to_string();
    let first: Vec<&str> = ["a", "b", "c", "d", "left", "banned", "made", "out"]
        .into_iter()
        .filter(|name| home.contains(&format!("avatar {name} ")))
        .collect();
    assert_eq!(first, ["a", "b", "c"]);
    for (name, place) in [("a", 1), ("c", 2), ("d", 4)] {
        let mine = page(&mut host, &signed_in(name), "");
        let place = format!("stat \"名次\" \"{place}\"");
        assert!(mine.to_string().contains(&place), "{mine}");
    }
}

#[test]
fn who_is_far_behind_is_placed_behind_those_who_can_win() {
    let mut host = card(&json!({ "points": { "post": 0 } }));
    for number in 0..80 {
        enter(&mut host, &visitor(&format!("m{number}")));
    }
    for number in 0..60 {
        let name = format!("m{number}");
        host.elsewhere(&owner(), || crate::book::add_points(&name, 100 - number))
            .unwrap();
    }
    enter(&mut host, &member());
    let shown = |host: &mut Host| {
        let lines = ranking(host, &member());
        let last = lines.last().map(|(place, name, _)| (*place, name.clone()));
        (lines.len(), last.expect("there are some"))
    };
    // One of 21 with 10 points, and the last of them by name.
    assert_eq!(shown(&mut host), (51, (61, "member".to_owned())));
    for number in 0..5 {
        let name = format!("m{number}");
        host.elsewhere(&owner(), || circle::ban(&name)).unwrap();
    }
    assert_eq!(shown(&mut host), (51, (56, "member".to_owned())));
    for number in 60..80 {
        let name = format!("m{number}");
        host.elsewhere(&owner(), || crate::book::add_points(&name, 1))
            .unwrap();
    }
    assert_eq!(shown(&mut host), (51, (76, "member".to_owned())));
}

/// Posts by the card's own form.
fn write(host: &mut Host, reader: &Reader, text: &str) -> Result<String, String> {
    tap(host, reader, ("", "post", ""), &[("text", text)])
}

#[test]
fn a_post_by_the_form_counts_at_once() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    let done = host
        .act_on(&seen, &member(), "post", [("text", " 晨跑 ")])
        .unwrap();
    assert_eq!(done.outcome.toast_text(), Some("已发布，得 5 分"));
    let made = host.elsewhere(&nobody(), || {
        Ok(posts::query().author("member").page().posts)
    });
    let made = made.unwrap();
    assert_eq!((made.len(), made[0].text.as_str()), (1, "晨跑"));
    let event = format!("{{\"post\":\"{}\",\"held\":false}}", made[0].id);
    assert_eq!(done.outcome.page_event(), Some(("post", event.as_str())));
    // It has counted, and is not claimed once more.
    assert!(
        claim(&mut host, &member())
            .unwrap()
            .starts_with("没有新的动态")
    );
    host.pass_s(1);
    assert_eq!(
        write(&mut host, &member(), "二"),
        Ok("已发布，得 5 分".to_owned())
    );
    host.pass_s(1);
    let beyond = "已发布。每天最多计 2 条，今天的已计满。";
    assert_eq!(write(&mut host, &member(), "三"), Ok(beyond.to_owned()));
    assert_eq!(points(&mut host, "member"), 20);
}

#[test]
fn a_post_of_nothing_is_refused_beside_the_field() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    let error = host
        .act_on(&seen, &member(), "post", [("text", " \u{3000} ")])
        .unwrap_err();
    let expected = Error::invalid("先写点什么").field("text", "先写点什么");
    assert_eq!(error, Refusal::Invalid(expected));
    let long = "长".repeat(1_001);
    assert!(
        host.act_on(&seen, &member(), "post", [("text", long.as_str())])
            .is_err()
    );
    assert_eq!(points(&mut host, "member"), 10);
}

#[test]
fn a_post_that_is_held_counts_once_it_is_let_pass() {
    let mut host = card(&json!({}));
    host.moderator("moderator");
    enter(&mut host, &member());
    host.circle_mut().pre_approval = true;
    let done = write(&mut host, &member(), "等");
    let expected = "已提交，管理员看过后大家才能看到，到时来领积分";
    assert_eq!(done, Ok(expected.to_owned()));
    assert_eq!(points(&mut host, "member"), 10);
}

#[test]
fn who_is_muted_is_told_so() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    let until = host.now().plus_s(DAY_S);
    host.elsewhere(&owner(), || circle::mute("member", until))
        .unwrap();
    let done = tap_on(&mut host, &seen, &member(), ("post", ""), &[("text", "好")]);
    assert_eq!(done, Err("你被禁言了，暂时不能发动态".to_owned()));
    let seen = page(&mut host, &member(), "");
    assert!(
        seen.contains("你被禁言了") && !seen.offers_action("post"),
        "{seen}"
    );
}

#[test]
fn the_first_post_by_the_form_brings_the_inviter_points() {
    let mut host = card(&json!({ "points": { "post": 0 } }));
    enter(&mut host, &member());
    let at = format!("invite/{}", code(&mut host, "member"));
    tap(&mut host, &stranger(), (&at, "enter", ""), &[]).unwrap();
    assert_eq!(
        write(&mut host, &stranger(), "大家好"),
        Ok("已发布".to_owned())
    );
    assert_eq!(
        (points(&mut host, "member"), points(&mut host, "stranger")),
        (20, 10)
    );
}
