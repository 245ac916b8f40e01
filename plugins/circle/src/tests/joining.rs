use super::*;

#[test]
fn joining_follows_the_policy() {
    fn check(policy: JoinPolicy, expected: Result<&str, &str>, shown: &str) {
        let mut host = card(json!({}));
        host.circle_mut().policy = policy;
        let done = tap(&mut host, &stranger(), ("", "join", ""), &[]);
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(done, expected, "{policy:?}");
        assert!(
            page(&mut host, &stranger(), "").contains(shown),
            "{policy:?}"
        );
    }
    check(JoinPolicy::Open, Ok("欢迎加入测试圈"), "退出圈子");
    check(JoinPolicy::Approval, Ok("已申请，等待通过"), "撤回申请");
    check(JoinPolicy::Closed, Err("not offered"), "由圈主邀请");
}

#[test]
fn a_reader_without_a_session_signs_in_first() {
    let mut host = card(json!({}));
    let done = tap(&mut host, &nobody(), ("", "join", ""), &[]);
    assert_eq!(done, Err("sign in".to_owned()));
}

#[test]
fn the_page_hears_of_joining_and_leaving() {
    let mut host = card(json!({}));
    let done = host.act(&stranger(), "join", []).unwrap();
    assert_eq!(done.outcome.page_event(), Some(("join", "{}")));
    let done = host.act(&stranger(), "leave", []).unwrap();
    assert_eq!(done.outcome.page_event(), Some(("leave", "{}")));
    // Asking is not joining.
    host.circle_mut().policy = JoinPolicy::Approval;
    let done = host.act(&stranger(), "join", []).unwrap();
    assert_eq!(done.outcome.page_event(), Some(("ask-to-join", "{}")));
    let done = host.act(&stranger(), "leave", []).unwrap();
    assert_eq!(done.outcome.page_event(), None);
}

#[test]
fn an_old_button_meets_the_policy_of_today() {
    let mut host = card(json!({}));
    let seen = page(&mut host, &stranger(), "");
    host.circle_mut().policy = JoinPolicy::Closed;
    let done = tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]);
    assert_eq!(done, Err("这个圈子不公开招人，请联系圈主".to_owned()));
    host.circle_mut().policy = JoinPolicy::Open;
    tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]).unwrap();
    let again = tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]);
    assert_eq!(again, Ok("你已经在圈子里了".to_owned()));
}

#[test]
fn who_waits_walks_in_once_the_circle_is_open() {
    let mut host = card(json!({}));
    host.circle_mut().policy = JoinPolicy::Approval;
    tap(&mut host, &stranger(), ("", "join", ""), &[]).unwrap();
    assert!(!page(&mut host, &stranger(), "").offers_action("join"));
    host.circle_mut().policy = JoinPolicy::Open;
    let done = tap(&mut host, &stranger(), ("", "join", ""), &[]);
    assert_eq!(done, Ok("欢迎加入测试圈".to_owned()));
}

#[test]
fn an_asking_can_be_taken_back() {
    let mut host = card(json!({}));
    host.circle_mut().policy = JoinPolicy::Approval;
    tap(&mut host, &stranger(), ("", "join", ""), &[]).unwrap();
    let seen = page(&mut host, &stranger(), "");
    let done = tap_on(&mut host, &seen, &stranger(), ("leave", ""), &[]);
    assert_eq!(done, Ok("已撤回申请".to_owned()));
    let again = tap_on(&mut host, &seen, &stranger(), ("leave", ""), &[]);
    assert_eq!(again, Err("你不在这个圈子里".to_owned()));
    assert!(page(&mut host, &stranger(), "").contains("申请加入"));
}

#[test]
fn all_but_the_owner_can_leave() {
    for (who, reader) in everybody() {
        let mut host = card(json!({}));
        let done = tap(&mut host, &reader, ("", "leave", ""), &[]);
        let expected = match who {
            "member" | "star" | "moderator" => Ok("已退出圈子"),
            _ => Err("not offered"),
        };
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(done, expected, "{who}");
    }
}

#[test]
fn who_was_put_out_is_told_and_cannot_come_back_by_an_old_button() {
    let mut host = card(json!({}));
    let seen = page(&mut host, &stranger(), "");
    tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]).unwrap();
    tap(
        &mut host,
        &owner(),
        ("manage/members", "ban", "stranger"),
        &[],
    )
    .unwrap();
    let now = page(&mut host, &stranger(), "");
    assert!(now.contains("你已被移出这个圈子") && !now.offers_action("join"));
    let done = tap_on(&mut host, &seen, &stranger(), ("join", ""), &[]);
    assert_eq!(
        done,
        Err("你已被移出这个圈子。如有疑问，请联系圈主。".to_owned())
    );
}
