use super::*;

/// Every act of order by everybody: who is offered it, on the page for order.
#[test]
fn order_is_for_moderators_and_the_owner() {
    fn check(at: &str, name: &str, payload: &str, allowed: &[&str]) {
        for (who, reader) in everybody() {
            let mut host = card(json!({}));
            host.circle_mut().pre_approval = true;
            say(&mut host, &member(), "等").unwrap();
            host.circle_mut().policy = JoinPolicy::Approval;
            tap(&mut host, &visitor("asking"), ("", "join", ""), &[]).unwrap();
            let inputs: &[_] = match name {
                "reject" => &[("reason", "不合适")],
                _ => &[],
            };
            host.moderator("moderator");
            host.featured("star");
            let done = tap(&mut host, &reader, (at, name, payload), inputs);
            assert_eq!(
                done.is_ok(),
                allowed.contains(&who),
                "{who} {name}: {done:?}"
            );
        }
    }
    let both = ["moderator", "owner"];
    check("manage", "admit", "asking", &both);
    check("manage", "refuse", "asking", &both);
    check("manage/posts", "approve", "", &both);
    check("manage/posts", "reject", "", &both);
    check("manage/members", "role", "\"member\",\"featured\"", &both);
    check("manage/members", "role", "\"star\",\"member\"", &both);
    check(
        "manage/members",
        "role",
        "\"member\",\"moderator\"",
        &["owner"],
    );
    check(
        "manage/members",
        "role",
        "\"moderator\",\"member\"",
        &["owner"],
    );
    check("manage/members", "mute", "\"member\",1", &both);
    check("manage/members", "mute", "\"moderator\",1", &["owner"]);
    check("manage/members", "ban", "\"member\"", &both);
    check("manage/members", "ban", "\"moderator\"", &["owner"]);
    check("manage/members", "ban", "\"owner\"", &[]);
}

#[test]
fn who_was_a_moderator_does_nothing_by_an_old_page() {
    let mut host = card(json!({}));
    host.join(&member());
    let seen = page(&mut host, &moderator(), "manage/members");
    let demote = ("manage/members", "role", "\"moderator\",\"member\"");
    tap(&mut host, &owner(), demote, &[]).unwrap();
    for (name, payload) in [("ban", "\"member\""), ("mute", "\"member\",1")] {
        let done = tap_on(&mut host, &seen, &moderator(), (name, payload), &[]);
        assert_eq!(done, Err("denied".to_owned()), "{name}");
    }
}

#[test]
fn what_somebody_else_did_first_is_said() {
    let mut host = card(json!({}));
    host.circle_mut().policy = JoinPolicy::Approval;
    tap(&mut host, &stranger(), ("", "join", ""), &[]).unwrap();
    let seen = page(&mut host, &moderator(), "manage");
    tap(&mut host, &owner(), ("manage", "refuse", "stranger"), &[]).unwrap();
    let done = tap_on(&mut host, &seen, &moderator(), ("admit", "stranger"), &[]);
    assert_eq!(done, Err("要操作的内容已经不在了，刷新看看".to_owned()));
    let seen = page(&mut host, &moderator(), "manage/members");
    host.join(&member());
    tap(
        &mut host,
        &owner(),
        ("manage/members", "role", "\"member\",\"moderator\""),
        &[],
    )
    .unwrap();
    assert!(!seen.contains("member"));
}

#[test]
fn waiting_readers_are_let_in_and_counted() {
    let mut host = card(json!({}));
    host.circle_mut().policy = JoinPolicy::Approval;
    tap(&mut host, &stranger(), ("", "join", ""), &[]).unwrap();
    assert!(page(&mut host, &owner(), "").contains("管理 1"));
    assert!(!page(&mut host, &member(), "").contains("管理 1"));
    assert!(page(&mut host, &owner(), "manage").contains("待通过 1"));
    tap(&mut host, &owner(), ("manage", "admit", "stranger"), &[]).unwrap();
    assert!(page(&mut host, &owner(), "manage").contains("没有人在等"));
    assert!(page(&mut host, &stranger(), "").contains("退出圈子"));
}

#[test]
fn who_was_put_out_can_be_let_back() {
    let mut host = card(json!({}));
    host.join(&member());
    tap(
        &mut host,
        &owner(),
        ("manage/members", "ban", "\"member\""),
        &[],
    )
    .unwrap();
    assert!(
        !page(&mut host, &owner(), "manage/members")
            .to_string()
            .contains("avatar member")
    );
    tap(
        &mut host,
        &owner(),
        ("manage/banned", "unban", "member"),
        &[],
    )
    .unwrap();
    assert!(page(&mut host, &owner(), "manage/banned").contains("没有人被移出"));
    let back = visitor("member");
    tap(&mut host, &back, ("", "join", ""), &[]).unwrap();
}

#[test]
fn a_mute_can_be_lifted() {
    let mut host = card(json!({}));
    host.join(&member());
    tap(
        &mut host,
        &owner(),
        ("manage/members", "mute", "\"member\",1"),
        &[],
    )
    .unwrap();
    assert!(page(&mut host, &owner(), "manage/members").contains("禁言中"));
    tap(
        &mut host,
        &owner(),
        ("manage/members", "unmute", "member"),
        &[],
    )
    .unwrap();
    assert_eq!(say(&mut host, &member(), "早"), Ok("已发布".to_owned()));
}

#[test]
fn featured_posts_come_first() {
    let mut host = card(json!({}));
    for text in ["一", "二", "三", "四"] {
        say(&mut host, &member(), text).unwrap();
    }
    let at = format!("post/{}", id_of(&mut host, "一"));
    tap(&mut host, &moderator(), (&at, "feature", ""), &[]).unwrap();
    let home = page(&mut host, &nobody(), "").to_string();
    let at_of = |text: &str| home.find(&format!("{text:?}"));
    assert!(at_of("一") < at_of("四"), "{home}");
    assert_eq!(home.matches("\"一\"").count(), 1, "it is there once");
    assert!(page(&mut host, &nobody(), "posts/featured").contains("一"));
    tap(&mut host, &moderator(), (&at, "unfeature", ""), &[]).unwrap();
    assert!(!page(&mut host, &nobody(), "posts/featured").contains("一"));
}
