use super::*;

/// Every policy of the circle and of a group: what a reader who is in neither
/// hears.
#[test]
fn joining_follows_both_policies() {
    fn check(circle: JoinPolicy, group: &str, expected: Result<&str, &str>, people: &str) {
        let mut host = grouped();
        host.circle_mut().policy = circle;
        let done = join(&mut host, &stranger(), group);
        assert_eq!(done, owned(expected), "{circle:?} {group}");
        assert_eq!(size(&mut host, group), people, "{circle:?} {group}");
    }
    use JoinPolicy::{Approval, Closed, Open};
    check(Open, "hike", Ok("欢迎来到周末徒步"), "1 人");
    check(Open, "film", Ok("已申请，等待通过"), "0 人");
    check(Open, "inner", Err("not offered"), "0 人");
    check(
        Approval,
        "hike",
        Ok("已申请加入圈子，通过后再来进群"),
        "0 人",
    );
    check(Approval, "inner", Err("not offered"), "0 人");
    check(Closed, "hike", Err("not offered"), "0 人");
}

#[test]
fn a_reader_without_a_session_signs_in_first() {
    let done = join(&mut grouped(), &nobody(), "hike");
    assert_eq!(done, owned(Err("sign in")));
}

#[test]
fn joining_and_leaving_count_once() {
    let mut host = grouped();
    let seen = page(&mut host, &member(), "group/hike");
    for expected in ["欢迎来到周末徒步", "你已经在群里了"] {
        let done = tap_on(&mut host, &seen, &member(), ("join", ""), &[]);
        assert_eq!(done, owned(Ok(expected)));
        assert_eq!(size(&mut host, "hike"), "1 人");
    }
    join(&mut host, &star(), "hike").unwrap();
    assert_eq!(size(&mut host, "hike"), "2 人");
    let seen = page(&mut host, &member(), "group/hike");
    for expected in [Ok("已退出"), Err("你不在这个群里")] {
        let done = tap_on(&mut host, &seen, &member(), ("leave", ""), &[]);
        assert_eq!(done, owned(expected));
        assert_eq!(size(&mut host, "hike"), "1 人");
    }
    join(&mut host, &member(), "hike").unwrap();
    assert_eq!(size(&mut host, "hike"), "2 人");
}

#[test]
fn the_page_hears_of_joining() {
    let mut host = grouped();
    host.set_at("group/hike");
    let done = host.act(&member(), "join", []).unwrap();
    let event = done.outcome.page_event();
    assert_eq!(event, Some(("join", r#"{"group":"hike"}"#)));
    host.set_at("group/film");
    let done = host.act(&member(), "join", []).unwrap();
    let event = done.outcome.page_event();
    assert_eq!(event, Some(("ask-to-join", r#"{"group":"film"}"#)));
}

#[test]
fn an_asking_can_be_taken_back_or_answered() {
    let mut host = grouped();
    join(&mut host, &member(), "film").unwrap();
    assert!(page(&mut host, &member(), "group/film").contains("已申请，等待通过"));
    assert!(page(&mut host, &owner(), "group/film").contains("群成员 1"));
    let leave = ("group/film", "leave", "");
    assert_eq!(
        tap(&mut host, &member(), leave, &[]),
        owned(Ok("已撤回申请"))
    );

    join(&mut host, &member(), "film").unwrap();
    let seen = page(&mut host, &owner(), "group/film/members");
    let done = tap_on(&mut host, &seen, &owner(), ("admit", "member"), &[]);
    assert_eq!(done, owned(Ok("已通过")));
    assert_eq!(size(&mut host, "film"), "1 人");
    // It has been answered.
    for name in ["admit", "refuse"] {
        let done = tap_on(&mut host, &seen, &owner(), (name, "member"), &[]);
        assert_eq!(
            done,
            owned(Err("要操作的内容已经不在了，刷新看看")),
            "{name}"
        );
    }
    assert_eq!(size(&mut host, "film"), "1 人");
}

#[test]
fn those_who_keep_order_walk_in_anywhere() {
    for group in ["hike", "film", "inner"] {
        let mut host = grouped();
        join(&mut host, &moderator(), group).unwrap();
        assert_eq!(size(&mut host, group), "1 人", "{group}");
    }
}

#[test]
fn an_old_button_meets_the_group_of_today() {
    let mut host = grouped();
    let seen = page(&mut host, &member(), "group/hike");
    tap(&mut host, &owner(), ("group/hike", "close", ""), &[]).unwrap();
    let done = tap_on(&mut host, &seen, &member(), ("join", ""), &[]);
    assert_eq!(done, owned(Err("这个群已经关闭，只能看不能发。")));
    host.set_config(json!({}));
    let done = tap_on(&mut host, &seen, &member(), ("join", ""), &[]);
    assert_eq!(done, owned(Err("要操作的内容已经不在了，刷新看看")));
    host.set_config(json!({ "groups": [{ "id": "hike", "name": "周末徒步", "join": "closed" }] }));
    tap(&mut host, &owner(), ("group/hike", "reopen", ""), &[]).unwrap();
    let done = tap_on(&mut host, &seen, &member(), ("join", ""), &[]);
    assert_eq!(done, owned(Err("这个群只接受群主邀请")));
}

#[test]
fn who_left_the_circle_is_in_no_group_until_they_are_back() {
    let mut host = grouped();
    join(&mut host, &stranger(), "hike").unwrap();
    say(&mut host, &stranger(), "hike", "走起").unwrap();
    host.elsewhere(&owner(), || circle::ban("stranger"))
        .unwrap();
    assert!(page(&mut host, &stranger(), "group/hike").contains("你已被移出这个圈子"));
    let members = page(&mut host, &owner(), "group/hike/members").to_string();
    assert!(!members.contains("avatar stranger"), "{members}");
    // What they said stays.
    assert!(page(&mut host, &nobody(), "group/hike").contains("走起"));

    host.elsewhere(&owner(), || circle::unban("stranger"))
        .unwrap();
    assert!(!page(&mut host, &stranger(), "new/hike").offers_action("post"));
    join(&mut host, &stranger(), "hike").unwrap();
    assert_eq!(size(&mut host, "hike"), "1 人");
    assert_eq!(
        say(&mut host, &stranger(), "hike", "又来"),
        owned(Ok("已发布"))
    );
}
