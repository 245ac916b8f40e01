//! Coming in, and the tags that a reader keeps.

use super::*;
use crate::own::{ALL_MAX, KEPT_MAX};

#[test]
fn the_first_tag_is_the_way_into_the_circle() {
    #[track_caller]
    fn check(policy: JoinPolicy, expected: Result<&str, &str>, is_kept: bool) {
        let mut host = card(json!({}));
        host.circle_mut().policy = policy;
        let done = tap(&mut host, &stranger(), ("", "add-tag", "跑步"), &[]);
        assert_eq!(done, owned(expected), "{policy:?}");
        let seen = page(&mut host, &stranger(), "");
        assert_eq!(seen.links_to("write/跑步"), is_kept, "{seen}");
    }
    let added = "#跑步 已开始，写下本周的第一条吧";
    check(JoinPolicy::Open, Ok(added), true);
    let asked = "#跑步 已记下。已申请加入，通过后就能写";
    check(JoinPolicy::Approval, Ok(asked), false);
    check(JoinPolicy::Closed, Err("not offered"), false);
}

#[test]
fn who_asked_keeps_the_tag_until_they_are_let_in() {
    let mut host = card(json!({}));
    host.circle_mut().policy = JoinPolicy::Approval;
    let first = page(&mut host, &stranger(), "");
    let at = ("add-tag", "");
    tap_on(&mut host, &first, &stranger(), at, &[("name", "读书")]).unwrap();
    let seen = page(&mut host, &stranger(), "");
    assert!(seen.contains("已申请，等管理员通过就能写"), "{seen}");
    assert!(!seen.offers_action("add-tag"), "{seen}");
    let again = tap_on(&mut host, &first, &stranger(), at, &[("name", "读书")]);
    assert_eq!(again, owned(Ok("#读书 已记下。已申请加入，通过后就能写")));
    host.elsewhere(&owner(), || circle::admit("stranger"))
        .unwrap();
    assert!(page(&mut host, &stranger(), "").links_to("write/读书"));
}

#[test]
fn a_reader_without_a_session_signs_in_first() {
    let mut host = card(json!({}));
    for at in ["", "mine"] {
        let done = tap(&mut host, &nobody(), (at, "add-tag", "跑步"), &[]);
        assert_eq!(done, owned(Err("sign in")), "{at}");
    }
    let done = tap(&mut host, &nobody(), ("tags", "join", ""), &[]);
    assert_eq!(done, owned(Err("sign in")));
}

#[test]
fn the_circle_can_be_joined_alone() {
    #[track_caller]
    fn check(policy: JoinPolicy, label: &str, expected: Result<&str, &str>) {
        let mut host = card(json!({}));
        host.circle_mut().policy = policy;
        let seen = page(&mut host, &stranger(), "tags");
        assert!(seen.contains(label), "{seen}");
        let done = tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]);
        assert_eq!(done, owned(expected), "{policy:?}");
    }
    check(JoinPolicy::Open, "加入圈子", Ok("欢迎加入测试圈"));
    check(JoinPolicy::Approval, "申请加入", Ok("已申请，等待通过"));
    let closed = "这个圈子不公开招人，由圈主邀请";
    check(JoinPolicy::Closed, closed, Err("not offered"));
}

#[test]
fn an_old_button_does_not_open_what_has_closed() {
    let mut host = card(json!({}));
    let seen = page(&mut host, &stranger(), "tags");
    host.circle_mut().policy = JoinPolicy::Closed;
    let done = tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]);
    assert_eq!(done, owned(Err("这个圈子不公开招人，请联系圈主")));
    host.circle_mut().policy = JoinPolicy::Open;
    let joined = tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]);
    assert_eq!(joined, owned(Ok("欢迎加入测试圈")));
    let again = tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]);
    assert_eq!(again, owned(Ok("你已经在圈子里了")));
    host.elsewhere(&owner(), || circle::ban("stranger"))
        .unwrap();
    let banned = tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]);
    let out = "你已被移出这个圈子。如有疑问，请联系圈主。";
    assert_eq!(banned, owned(Err(out)));
    assert!(page(&mut host, &stranger(), "").contains(out));
}

/// Whom the owner invited is a member like all others.
#[test]
fn a_member_of_a_closed_circle_keeps_tags() {
    let mut host = peopled();
    kept(&mut host, &bo(), "跑步", "五公里", true);
    host.circle_mut().policy = JoinPolicy::Closed;
    let done = tap(&mut host, &ann(), ("tag/跑步", "add-tag", "跑步"), &[]);
    assert_eq!(done, owned(Ok("#跑步 已开始，写下本周的第一条吧")));
}

#[test]
fn names_are_read_with_care() {
    #[track_caller]
    fn check(name: &str, expected: Result<&str, &str>) {
        assert_eq!(take(&mut peopled(), &ann(), name), owned(expected));
    }
    check(" #跑步 ", Ok("#跑步 已开始，写下本周的第一条吧"));
    check("slow  food", Ok("#slow food 已开始，写下本周的第一条吧"));
    check("##", Err("给标签起个名字"));
    check("a/b", Err("标签里不能有 # 和 /"));
    check("a#b", Err("标签里不能有 # 和 /"));
}

#[test]
fn a_wrong_name_is_said_beside_it() {
    let mut host = peopled();
    host.set_locale("en");
    let seen = page(&mut host, &ann(), "mine");
    let done = act(&mut host, &seen, &ann(), ("add-tag", ""), &[("name", "#")]);
    let Err(Refusal::Invalid(error)) = done else {
        panic!("it is wrong: {done:?}");
    };
    assert_eq!(error.text(), "Give the tag a name");
    assert_eq!(error.fields(), [("name", error.text())]);
}

#[test]
fn a_reader_keeps_so_many_tags_at_a_time_and_so_many_in_all() {
    let mut host = peopled();
    for number in 0..KEPT_MAX {
        take(&mut host, &ann(), &format!("t{number}")).unwrap();
    }
    let full = owned(Err("最多同时有 12 个标签，先收起一个吧"));
    assert_eq!(take(&mut host, &ann(), "one more"), full);
    assert_eq!(take(&mut host, &ann(), "t0"), owned(Ok("你已经有 #t0 了")));
    // One with a record is put away and not gone, and so there is an end.
    write(&mut host, &ann(), "t0", "写", false).unwrap();
    tap(&mut host, &ann(), ("mine/t0", "archive", ""), &[]).unwrap();
    for number in KEPT_MAX..ALL_MAX {
        let tag = format!("t{number}");
        kept(&mut host, &ann(), &tag, "写", false);
        let at = format!("mine/{tag}");
        tap(&mut host, &ann(), (&at, "archive", ""), &[]).unwrap();
    }
    let all = owned(Err("连收起的一共最多 60 个标签，恢复一个旧的吧"));
    assert_eq!(take(&mut host, &ann(), "one more"), all);
}

#[test]
fn a_tag_is_put_away_and_taken_up_again() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", false);
    let seen = page(&mut host, &ann(), "mine/跑步");
    for _ in 0..2 {
        // The second tap changes nothing more.
        let done = tap_on(&mut host, &seen, &ann(), ("archive", ""), &[]);
        assert_eq!(done, owned(Ok("#跑步 已收起，记录都还在")));
    }
    assert!(!page(&mut host, &ann(), "").links_to("write/跑步"));
    let mine = page(&mut host, &ann(), "mine");
    assert!(mine.contains("收起的标签") && mine.links_to("mine/跑步"));
    assert!(has(&mut host, &ann(), "mine/跑步", "五公里"));
    tap_on(&mut host, &mine, &ann(), ("add-tag", "跑步"), &[]).unwrap();
    assert!(page(&mut host, &ann(), "").links_to("write/跑步"));
}

#[test]
fn a_tag_without_records_is_gone() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    let done = tap(&mut host, &ann(), ("mine/跑步", "archive", ""), &[]);
    assert_eq!(done, owned(Ok("#跑步 已去掉")));
    let error = host.render_at_as("mine/跑步", &ann()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_tag_says_how_many_keep_it() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", true);
    let count = |host: &mut Host, count: u64| {
        let seen = page(host, &nobody(), "tag/跑步");
        assert!(seen.contains(&format!("{count} 人在记")), "{seen}");
    };
    count(&mut host, 1);
    let join = ("tag/跑步", "add-tag", "跑步");
    tap(&mut host, &stranger(), join, &[]).unwrap();
    count(&mut host, 2);
    // Again from another page that was open.
    take(&mut host, &stranger(), "跑步").unwrap();
    count(&mut host, 2);
    let seen = page(&mut host, &stranger(), "mine/跑步");
    tap_on(&mut host, &seen, &stranger(), ("archive", ""), &[]).unwrap();
    let gone = tap_on(&mut host, &seen, &stranger(), ("archive", ""), &[]);
    assert_eq!(gone, owned(Err("要操作的内容已经不在了，刷新看看")));
    count(&mut host, 1);
    let seen = page(&mut host, &ann(), "mine/跑步");
    tap_on(&mut host, &seen, &ann(), ("archive", ""), &[]).unwrap();
    tap_on(&mut host, &seen, &ann(), ("archive", ""), &[]).unwrap();
    assert!(!page(&mut host, &nobody(), "tag/跑步").contains("人在记"));
    take(&mut host, &ann(), "跑步").unwrap();
    count(&mut host, 1);
}

#[test]
fn who_sees_the_next_records_is_chosen_for_each_tag() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    let inputs = [("name", "读书"), ("open", "true")];
    tap(&mut host, &ann(), ("mine", "add-tag", ""), &inputs).unwrap();
    let is_open = |host: &mut Host, tag: &str| {
        let seen = page(host, &ann(), &format!("write/{tag}"));
        let tree = seen.to_string();
        let toggle = tree.lines().find(|line| line.contains("toggle `open`"));
        toggle.expect("it asks").ends_with(": on")
    };
    assert!(!is_open(&mut host, "跑步") && is_open(&mut host, "读书"));
    let done = tap(&mut host, &ann(), ("mine/跑步", "default", ""), &[]);
    assert_eq!(done, owned(Ok("新记录默认公开")));
    let done = tap(&mut host, &ann(), ("mine/读书", "default", ""), &[]);
    assert_eq!(done, owned(Ok("新记录默认仅自己可见")));
    assert!(is_open(&mut host, "跑步") && !is_open(&mut host, "读书"));
}

#[test]
fn the_publisher_names_tags_to_begin_with() {
    #[track_caller]
    fn check(config: Value, locale: &str, expected: &[&str]) {
        let mut host = card(config);
        let expected: Vec<String> = expected.iter().map(|tag| format!("{tag:?}")).collect();
        // A card in an article has room for three.
        for (size, max) in [(Size::Feed, 8), (Size::Standard, 3)] {
            let seen = page(host.set_locale(locale).set_size(size), &nobody(), "");
            let offered: Vec<&str> = seen.payloads("add-tag").skip(1).collect();
            assert_eq!(offered, expected[..expected.len().min(max)]);
        }
    }
    check(json!({}), "zh-CN", &["跑步", "读书", "早起", "做饭"]);
    check(json!({}), "en", &["Running", "Reading", "Early", "Cooking"]);
    check(json!({ "tags": ["写字", "画画"] }), "en", &["写字", "画画"]);
    check(json!({ "tags": [] }), "zh-CN", &[]);
}

#[test]
fn the_page_hears_of_joining_and_not_of_the_tag() {
    #[track_caller]
    fn check(host: &mut Host, (at, name, part): (&str, &str, &str), expected: &str) {
        let seen = page(host, &stranger(), at);
        let done = act(host, &seen, &stranger(), (name, part), &[]).unwrap();
        let expected = Some((expected, "{}"));
        assert_eq!(done.page_event(), expected, "{name} {part}");
    }
    let mut host = card(json!({}));
    check(&mut host, ("", "add-tag", "跑步"), "join");
    check(&mut host, ("mine", "add-tag", "读书"), "keep-tag");
    let mut host = card(json!({}));
    host.circle_mut().policy = JoinPolicy::Approval;
    check(&mut host, ("tags", "join", ""), "ask-to-join");
    let mut host = card(json!({}));
    host.circle_mut().policy = JoinPolicy::Approval;
    check(&mut host, ("", "add-tag", "跑步"), "ask-to-join");
}

#[test]
fn what_is_kept_is_not_offered_again() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    let seen = page(&mut host, &ann(), "mine");
    let offered: Vec<&str> = seen.payloads("add-tag").collect();
    assert_eq!(offered, ["", "\"读书\"", "\"早起\"", "\"做饭\""]);
}
