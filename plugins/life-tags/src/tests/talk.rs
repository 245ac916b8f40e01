//! What readers say of each other's records.

use super::*;

/// A record of ann's that all see, and its page.
fn told() -> (Host, String) {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", true);
    let id = id_of(&mut host, &nobody(), "tag/跑步", "五公里");
    (host, format!("post/{id}"))
}

fn reply(host: &mut Host, reader: &Reader, at: &str, text: &str) -> Result<String, String> {
    tap(host, reader, (at, "reply", ""), &[("text", text)])
}

#[test]
fn a_record_is_liked_once_and_no_longer() {
    let (mut host, at) = told();
    let seen = page(&mut host, &bo(), &at);
    for _ in 0..2 {
        let done = tap_on(&mut host, &seen, &bo(), ("like", ""), &[]);
        assert_eq!(done, owned(Ok("已赞")));
        assert!(page(&mut host, &nobody(), &at).contains("1 赞"));
    }
    let done = tap(&mut host, &bo(), (&at, "unlike", ""), &[]);
    assert_eq!(done, owned(Ok("已取消赞")));
    assert!(page(&mut host, &bo(), &at).offers_action("like"));
}

#[test]
fn a_record_is_answered() {
    let (mut host, at) = told();
    assert_eq!(reply(&mut host, &bo(), &at, "厉害"), owned(Ok("已回复")));
    assert!(page(&mut host, &nobody(), &at).contains("厉害"));
    assert!(page(&mut host, &nobody(), "tag/跑步").contains("回复 1"));
    let empty = reply(&mut host, &bo(), &at, "  ");
    assert_eq!(empty, owned(Err("写点什么再回复")));
}

#[test]
fn a_reply_is_taken_away_by_its_author_or_who_keeps_order() {
    #[track_caller]
    fn check(reader: &Reader, expected: Result<&str, &str>) {
        let (mut host, at) = told();
        host.moderator("moderator");
        reply(&mut host, &bo(), &at, "厉害").unwrap();
        let done = tap(&mut host, reader, (&at, "remove-reply", ""), &[]);
        assert_eq!(done, owned(expected));
        let is_there = has(&mut host, &nobody(), &at, "厉害");
        assert_eq!(is_there, expected.is_err());
    }
    check(&nobody(), Err("not offered"));
    check(&stranger(), Err("not offered"));
    check(&ann(), Err("not offered"));
    check(&bo(), Ok("已删除"));
    check(&moderator(), Ok("已删除"));
    check(&owner(), Ok("已删除"));
}

#[test]
fn only_members_like_and_reply() {
    let (mut host, at) = told();
    for reader in [nobody(), stranger()] {
        let seen = page(&mut host, &reader, &at);
        assert!(!seen.offers_action("like") && !seen.offers_action("reply"));
        assert!(seen.offers_action("join") && seen.contains("加入圈子后可以回复和点赞"));
    }
    let seen = page(&mut host, &bo(), &at);
    let until = host.now().plus_s(3_600);
    host.elsewhere(&owner(), || circle::mute("bo", until))
        .unwrap();
    let done = tap_on(&mut host, &seen, &bo(), ("reply", ""), &[("text", "说")]);
    assert_eq!(done, owned(Err("你暂时不能发言")));
    assert!(!page(&mut host, &bo(), &at).offers_action("reply"));
}

#[test]
fn what_is_hidden_meanwhile_is_not_answered() {
    let (mut host, at) = told();
    let seen = page(&mut host, &bo(), &at);
    tap(&mut host, &ann(), ("mine/跑步", "hide", ""), &[]).unwrap();
    let gone = owned(Err("要操作的内容已经不在了，刷新看看"));
    let text = [("text", "说")];
    assert_eq!(tap_on(&mut host, &seen, &bo(), ("reply", ""), &text), gone);
    assert_eq!(tap_on(&mut host, &seen, &bo(), ("like", ""), &[]), gone);
    assert!(host.render_at_as(&at, &bo()).is_err());
}

#[test]
fn a_record_that_was_taken_away_says_so() {
    let (mut host, at) = told();
    let id = at.strip_prefix("post/").unwrap().to_owned();
    host.elsewhere(&owner(), || posts::remove_because(&id, "不合适"))
        .unwrap();
    let seen = page(&mut host, &nobody(), &at);
    assert!(seen.contains("这条记录已被移除。") && !seen.contains("不合适"));
    assert!(page(&mut host, &ann(), &at).contains("原因：不合适"));
}

#[test]
fn the_page_hears_of_likes_and_replies() {
    let (mut host, at) = told();
    let seen = page(&mut host, &bo(), &at);
    let done = act(&mut host, &seen, &bo(), ("like", ""), &[]).unwrap();
    assert_eq!(done.page_event(), Some(("like", "{}")));
    let text = [("text", "厉害")];
    let done = act(&mut host, &seen, &bo(), ("reply", ""), &text).unwrap();
    let said = r#"{"post":"post-2","held":false}"#;
    assert_eq!(done.page_event(), Some(("reply", said)));
}

#[test]
fn many_replies_go_on() {
    let (mut host, at) = told();
    for number in 0..22 {
        host.pass_s(1);
        reply(&mut host, &bo(), &at, &format!("第{number}句")).unwrap();
    }
    let first = page(&mut host, &nobody(), &at).to_string();
    assert!(first.contains("\"第19句\"") && !first.contains("\"第20句\""));
    let start = format!("{at}/");
    let next = first.split("card:").find(|rest| rest.starts_with(&start));
    let next = next
        .and_then(|rest| rest.lines().next())
        .expect("it goes on");
    let second = page(&mut host, &nobody(), next).to_string();
    assert!(second.contains("\"第21句\"") && second.contains("回到开头"));
}
