use super::*;

/// A campaign with some who take part.
fn peopled() -> Host {
    let mut host = card(&json!({}));
    for name in ["a", "b", "c"] {
        enter(&mut host, &visitor(name));
    }
    host
}

#[test]
fn only_the_owner_manages() {
    let mut host = peopled();
    for (who, reader) in everybody() {
        for at in ["manage", "manage/all"] {
            let seen = page(&mut host, &reader, at);
            let is_owner = who == "owner";
            assert_eq!(seen.offers_action("disqualify"), is_owner, "{who} {at}");
            assert_eq!(seen.contains("这一页给圈主用。"), !is_owner, "{who} {at}");
        }
        let home = page(&mut host, &reader, "");
        assert_eq!(home.links_to("manage"), who == "owner", "{who}");
    }
}

#[test]
fn what_the_owner_saw_is_no_use_to_others() {
    let mut host = peopled();
    let manage = page(&mut host, &owner(), "manage");
    for (who, reader) in everybody() {
        for (name, part) in [("end", ""), ("disqualify", "\"a\"")] {
            if who != "owner" {
                let done = tap_on(
                    &mut host,
                    &manage,
                    &reader,
                    (name, part),
                    &[("reason", "x")],
                );
                assert!(done.is_err(), "{who} {name}: {done:?}");
            }
        }
    }
    assert_eq!(points(&mut host, "a"), 10);
    assert!(page(&mut host, &nobody(), "").contains("进行中"));
}

#[test]
fn the_owner_ends_early_and_the_draw_follows() {
    let mut host = peopled();
    let manage = page(&mut host, &owner(), "manage");
    assert!(
        manage.contains("现在就结束活动并开奖？不能撤回。"),
        "{manage}"
    );
    let old = page(&mut host, &signed_in("a"), "");
    let done = tap_on(&mut host, &manage, &owner(), ("end", ""), &[]);
    assert_eq!(done, Ok("活动已结束，马上开奖".to_owned()));
    let done = tap_on(&mut host, &old, &signed_in("a"), ("check-in", ""), &[]);
    assert_eq!(done, Err("活动已结束".to_owned()));
    assert!(page(&mut host, &nobody(), "").contains("开奖中"));
    pass(&mut host, 0);
    let seen = page(&mut host, &nobody(), "");
    assert!(seen.contains("已开奖"), "{seen}");
    let again = tap_on(&mut host, &manage, &owner(), ("end", ""), &[]);
    assert_eq!(again, Err("活动已结束".to_owned()));
    let proof = page(&mut host, &nobody(), "proof").to_string();
    // The end that was configured comes, and nothing is drawn again.
    over(&mut host);
    assert_eq!(page(&mut host, &nobody(), "proof").to_string(), proof);
    assert!(!page(&mut host, &owner(), "manage").offers_action("end"));
}

#[test]
fn the_end_is_not_offered_before_the_start() {
    let mut host = early(&json!({}));
    let seen = page(&mut host, &owner(), "manage");
    assert!(
        !seen.offers_action("end") && seen.contains("还没有人参加。"),
        "{seen}"
    );
}

#[test]
fn putting_somebody_out_takes_a_reason() {
    let mut host = peopled();
    for reason in ["", "   "] {
        let at = ("manage/all", "disqualify", "\"a\"");
        let done = tap(&mut host, &owner(), at, &[("reason", reason)]);
        assert!(done.is_err(), "{reason:?}: {done:?}");
    }
    assert_eq!(points(&mut host, "a"), 10);
    let payload = "a".to_owned();
    let seen = page(&mut host, &owner(), "manage");
    let error = host
        .act_on_with(
            &seen,
            &owner(),
            "disqualify",
            &payload,
            [("reason", " \u{3000} ")],
        )
        .unwrap_err();
    let expected = Error::invalid("请写明原因").field("reason", "请写明原因");
    assert_eq!(error, Refusal::Invalid(expected));
}

#[test]
fn who_was_put_out_is_told_why_and_stays_out() {
    let mut host = peopled();
    let old = page(&mut host, &signed_in("a"), "");
    let manage = page(&mut host, &owner(), "manage/all");
    assert_eq!(put_out(&mut host, "a"), Ok("已取消资格".to_owned()));
    assert_eq!(points(&mut host, "a"), 0);
    let told = "你已被取消资格。原因：刷分";
    for at in ["", "board", "rules", "prizes", "invite"] {
        let seen = page(&mut host, &signed_in("a"), at);
        assert!(seen.contains(told), "{at}: {seen}");
        assert!(
            !page(&mut host, &signed_in("b"), at).contains("刷分"),
            "{at}"
        );
    }
    for name in ["check-in", "claim"] {
        let done = tap_on(&mut host, &old, &signed_in("a"), (name, ""), &[]);
        assert_eq!(done, Err(told.to_owned()), "{name}");
    }
    let shared = page(&mut host, &nobody(), "");
    let done = tap_on(&mut host, &shared, &signed_in("a"), ("enter", ""), &[]);
    assert_eq!(done, Err(told.to_owned()));
    let reason = &[("reason", "再来")];
    let twice = tap_on(
        &mut host,
        &manage,
        &owner(),
        ("disqualify", "\"a\""),
        reason,
    );
    assert_eq!(twice, Err("已经取消过了".to_owned()));
    let seen = page(&mut host, &owner(), "manage/all");
    assert!(
        seen.contains("刷分") && seen.contains("已取消资格"),
        "{seen}"
    );
    over(&mut host);
    assert!(page(&mut host, &signed_in("a"), "").contains(told));
}

#[test]
fn who_is_put_out_after_the_draw_loses_even_an_accepted_prize() {
    let mut host = card(&json!({ "prizes": [{ "name": "好书" }] }));
    for name in ["a", "b"] {
        enter(&mut host, &visitor(name));
    }
    over(&mut host);
    let draw = host
        .elsewhere(&owner(), crate::book::draw)
        .unwrap()
        .unwrap();
    let (first, second) = (&draw.order[0].member, &draw.order[1].member);
    home_tap(&mut host, &signed_in(first), "accept").unwrap();
    assert_eq!(put_out(&mut host, first), Ok("已取消资格".to_owned()));
    assert!(page(&mut host, &nobody(), "winners").contains("已顺延 1 次"));
    let accepted = home_tap(&mut host, &signed_in(second), "accept");
    assert_eq!(accepted, Ok("已领取：好书".to_owned()));
    // The draw itself is as it was.
    let after = host
        .elsewhere(&owner(), crate::book::draw)
        .unwrap()
        .unwrap();
    assert_eq!(after, draw);
    assert_eq!(put_out(&mut host, second), Ok("已取消资格".to_owned()));
    assert!(page(&mut host, &nobody(), "winners").contains("没有候补了，奖品空缺"));
}

#[test]
fn everybody_is_found_on_the_pages_of_the_owner() {
    let mut host = card(&json!({}));
    for number in 0..45 {
        enter(&mut host, &visitor(&format!("m{number}")));
    }
    let mut found = std::collections::BTreeSet::new();
    let mut at = "manage/all".to_owned();
    for expected in [20, 20, 5] {
        let seen = page(&mut host, &owner(), &at);
        let members: Vec<String> = seen.payloads("disqualify").map(str::to_owned).collect();
        assert_eq!(members.len(), expected, "{at}");
        found.extend(members);
        let tree = seen.to_string();
        let next = tree.split("card:manage/all/").nth(1);
        at = next.map_or(at, |rest| {
            format!("manage/all/{}", rest.lines().next().unwrap())
        });
    }
    assert_eq!(found.len(), 45);
    // Made-up addresses are the beginning.
    for at in ["manage/all/x", "manage/all/AAAA2222", "manage/all/é"] {
        let seen = page(&mut host, &owner(), at);
        assert_eq!(seen.payloads("disqualify").count(), 20, "{at}");
    }
}
