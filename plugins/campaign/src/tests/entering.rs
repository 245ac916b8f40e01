use super::*;

#[test]
fn taking_part_joins_the_circle_as_its_policy_has_it() {
    fn check(policy: JoinPolicy, expected: Result<&str, &str>, standing: Standing) {
        let mut host = card(&json!({}));
        host.circle_mut().policy = policy;
        let done = home_tap(&mut host, &stranger(), "enter");
        assert_eq!(done, owned(expected), "{policy:?}");
        let own = host.elsewhere(&owner(), || Ok(circle::membership("stranger")));
        assert_eq!(own.unwrap().standing, standing, "{policy:?}");
    }
    check(JoinPolicy::Open, Ok("已参加，得 10 分"), Standing::Joined);
    check(
        JoinPolicy::Approval,
        Ok("已申请加入圈子，通过后回来点“参加活动”"),
        Standing::Waiting,
    );
    check(JoinPolicy::Closed, Err("not offered"), Standing::None);
}

#[test]
fn the_page_hears_of_joining_and_entering() {
    let mut host = card(&json!({}));
    let done = host.act(&stranger(), "enter", []).unwrap();
    let joined = Some(("join", "{\"entered\":true}"));
    assert_eq!(done.outcome.page_event(), joined);
    let done = host.act(&member(), "enter", []).unwrap();
    assert_eq!(done.outcome.page_event(), Some(("enter", "{}")));
    host.circle_mut().policy = JoinPolicy::Approval;
    let done = host.act(&visitor("asking"), "enter", []).unwrap();
    assert_eq!(done.outcome.page_event(), Some(("ask-to-join", "{}")));
}

#[test]
fn who_may_take_part() {
    for (who, reader) in everybody() {
        let mut host = card(&json!({}));
        let expected = match who {
            "nobody" => Err("sign in"),
            "moderator" | "owner" => Err("not offered"),
            _ => Ok("已参加，得 10 分"),
        };
        let done = home_tap(&mut host, &reader, "enter");
        assert_eq!(done, owned(expected), "{who}");
    }
}

#[test]
fn who_organises_does_not_enter_by_an_old_button() {
    let mut host = card(&json!({}));
    let seen = page(&mut host, &nobody(), "");
    for reader in [moderator(), owner()] {
        let done = tap_on(&mut host, &seen, &reader, ("enter", ""), &[]);
        assert_eq!(done, Err("圈主和管理员不参加活动".to_owned()), "{reader:?}");
    }
}

#[test]
fn who_is_made_a_moderator_earns_no_more() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    host.elsewhere(&owner(), || circle::set_role("member", Role::Moderator))
        .unwrap();
    let promoted = with_role("member", Role::Moderator);
    for name in ["check-in", "claim"] {
        let done = tap_on(&mut host, &seen, &promoted, (name, ""), &[]);
        assert_eq!(done, Err("圈主和管理员不参加活动".to_owned()), "{name}");
        assert!(!page(&mut host, &promoted, "").offers_action(name));
    }
    assert!(page(&mut host, &promoted, "").contains("圈主和管理员不参加活动"));
}

#[test]
fn one_takes_part_once() {
    let mut host = card(&json!({}));
    let seen = page(&mut host, &member(), "");
    enter(&mut host, &member());
    let again = tap_on(&mut host, &seen, &member(), ("enter", ""), &[]);
    assert_eq!(again, Ok("你已经参加了".to_owned()));
    assert_eq!(points(&mut host, "member"), 10);
    assert!(page(&mut host, &nobody(), "").contains("1 人参加"));
}

#[test]
fn nobody_enters_before_the_start_or_after_the_end() {
    let mut host = early(&json!({}));
    let seen = page(&mut host, &member(), "");
    assert!(!seen.offers_action("enter") && seen.contains("未开始"));
    pass(&mut host, 8 * HOUR_S - 1);
    assert!(!page(&mut host, &member(), "").offers_action("enter"));
    pass(&mut host, 1);
    let seen = page(&mut host, &member(), "");
    assert!(seen.offers_action("enter") && seen.contains("进行中"));
    assert_eq!(
        seen.expires_at(),
        Some("2026-02-01T00:00:00+08:00".parse().unwrap())
    );
    // The end has come, and the job that draws has not.
    host.set_now("2026-02-01T00:00:00+08:00");
    let done = tap_on(&mut host, &seen, &member(), ("enter", ""), &[]);
    assert_eq!(done, Err("活动已结束".to_owned()));
    let late = page(&mut host, &member(), "");
    assert!(!late.offers_action("enter") && late.contains("正在开奖"));
    pass(&mut host, 1);
    let done = tap_on(&mut host, &seen, &member(), ("enter", ""), &[]);
    assert_eq!(done, Err("活动已结束".to_owned()));
}

#[test]
fn whoever_leaves_and_comes_back_keeps_their_points() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let seen = page(&mut host, &member(), "");
    host.elsewhere(&member(), circle::leave).unwrap();
    let done = tap_on(&mut host, &seen, &member(), ("check-in", ""), &[]);
    assert_eq!(done, Err("denied".to_owned()));
    assert!(page(&mut host, &member(), "").contains("重新加入圈子"));
    let done = home_tap(&mut host, &member(), "enter");
    assert_eq!(done, Ok("欢迎回来，积分都还在".to_owned()));
    assert_eq!(points(&mut host, "member"), 10);
}

#[test]
fn who_was_put_out_of_the_circle_stays_out() {
    let mut host = card(&json!({}));
    let seen = page(&mut host, &stranger(), "");
    host.join(&stranger());
    host.elsewhere(&owner(), || circle::ban("stranger"))
        .unwrap();
    let now = page(&mut host, &stranger(), "");
    assert!(now.contains("你已被移出这个圈子") && !now.offers_action("enter"));
    let done = tap_on(&mut host, &seen, &stranger(), ("enter", ""), &[]);
    assert_eq!(done, Err("你已被移出这个圈子，不能参加".to_owned()));
}

#[test]
fn an_old_button_meets_a_closed_circle() {
    let mut host = card(&json!({}));
    let seen = page(&mut host, &stranger(), "");
    host.circle_mut().policy = JoinPolicy::Closed;
    let done = tap_on(&mut host, &seen, &stranger(), ("enter", ""), &[]);
    let expected = "这个圈子由圈主邀请加入，成员才能参加";
    assert_eq!(done, Err(expected.to_owned()));
}

#[test]
fn codes_are_each_ones_own() {
    let mut host = card(&json!({}));
    let mut codes = std::collections::BTreeSet::new();
    for number in 0..20 {
        let name = format!("m{number}");
        enter(&mut host, &signed_in(&name));
        let code = code(&mut host, &name);
        assert_eq!(code.len(), 8, "{code}");
        assert!(codes.insert(code));
    }
}
