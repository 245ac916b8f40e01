use super::*;

#[test]
fn joining_follows_the_policy() {
    fn check(policy: JoinPolicy, expected: Result<&str, &str>, event: Option<&str>) {
        let mut host = card(json!({}));
        host.circle_mut().policy = policy;
        let seen = page(&mut host, &stranger(), "");
        let done = take(&mut host, &seen, &stranger(), ("join", ""), &[]);
        let heard = done.as_ref().ok();
        let heard = heard.and_then(|done| Some(done.outcome.page_event()?.0));
        assert_eq!(heard, event, "{policy:?}");
        let said = done.map(|done| done.outcome.toast_text().map(str::to_owned));
        let said = said.map(Option::unwrap_or_default);
        assert_eq!(
            said.map_err(|_| "no".to_owned()),
            owned(expected),
            "{policy:?}"
        );
    }
    check(JoinPolicy::Open, Ok("欢迎加入测试圈"), Some("join"));
    check(
        JoinPolicy::Approval,
        Ok("已申请，等待通过"),
        Some("ask-to-join"),
    );
    check(JoinPolicy::Closed, Err("no"), None);
    let mut host = card(json!({}));
    let done = tap(&mut host, &nobody(), ("", "join", ""), &[]);
    assert_eq!(done, owned(Err("sign in")));
}

#[test]
fn first_time_readers_are_guided_as_the_policy_has_it() {
    fn check(policy: JoinPolicy, button: Option<&str>, says: &str) {
        let mut host = card(json!({}));
        host.circle_mut().policy = policy;
        for reader in [nobody(), stranger()] {
            let seen = page(&mut host, &reader, "");
            assert_eq!(seen.offers_action("join"), button.is_some(), "{policy:?}");
            assert!(seen.contains(says), "{policy:?}\n{seen}");
            let label = button.map(|label| format!("button \"{label}\" (primary)"));
            assert!(label.is_none_or(|label| seen.to_string().contains(&label)));
            let is_guided = seen.to_string().contains("details \"第一次来？\"");
            assert_eq!(is_guided, button.is_some(), "{policy:?}");
        }
        let seen = page(&mut host, &member(), "");
        assert!(!seen.offers_action("join") && !seen.to_string().contains("第一次来？"));
    }
    check(JoinPolicy::Open, Some("加入圈子"), "1. 点“加入圈子”");
    check(JoinPolicy::Approval, Some("申请加入"), "1. 点“申请加入”");
    check(JoinPolicy::Closed, None, "这个圈子不公开招人，由圈主邀请。");
}

#[test]
fn who_asked_to_join_waits_and_can_take_it_back() {
    let mut host = card(json!({}));
    host.circle_mut().policy = JoinPolicy::Approval;
    tap(&mut host, &stranger(), ("", "join", ""), &[]).unwrap();
    let seen = page(&mut host, &stranger(), "");
    assert!(seen.contains("已申请，等待通过") && !seen.offers_action("join"));
    let done = tap(&mut host, &stranger(), ("", "leave", ""), &[]);
    assert_eq!(done, owned(Ok("已撤回申请")));
    assert!(page(&mut host, &stranger(), "").offers_action("join"));
    // Who waits and finds the circle opened walks in.
    tap(&mut host, &stranger(), ("", "join", ""), &[]).unwrap();
    host.circle_mut().policy = JoinPolicy::Open;
    tap(&mut host, &stranger(), ("", "join", ""), &[]).unwrap();
    assert!(page(&mut host, &stranger(), "").links_to("add"));
}

#[test]
fn members_leave_and_the_owner_stays() {
    for (who, reader) in everybody() {
        let mut host = card(json!({}));
        let seen = page(host.set_size(Size::Feed), &reader, "");
        let offered = seen.offers_action("leave");
        assert_eq!(
            offered,
            !matches!(who, "nobody" | "stranger" | "owner"),
            "{who}"
        );
        if offered {
            let done = take(&mut host, &seen, &reader, ("leave", ""), &[]).unwrap();
            assert_eq!(done.outcome.page_event().unwrap().0, "leave", "{who}");
            let again = page(&mut host, &visitor(who), "");
            assert!(again.offers_action("join"), "{who}");
        }
    }
}

#[test]
fn who_was_removed_from_the_circle_reads_and_no_more() {
    let mut host = card(json!({}));
    recommend(&mut host, &friend(), "台灯").unwrap();
    let before = page(&mut host, &stranger(), "");
    host.join(&stranger());
    host.elsewhere(&owner(), || circle::ban("stranger"))
        .unwrap();
    let seen = page(&mut host, &stranger(), "");
    assert!(seen.contains("你已被移出这个圈子") && seen.contains("台灯"));
    assert!(!seen.offers_action("join"));
    let done = tap_on(&mut host, &before, &stranger(), ("join", ""), &[]);
    assert!(done.is_err_and(|say| say.starts_with("你已被移出")));
}

#[test]
fn a_circle_that_closed_meanwhile_says_so() {
    let mut host = card(json!({}));
    let before = page(&mut host, &stranger(), "");
    host.circle_mut().policy = JoinPolicy::Closed;
    let done = tap_on(&mut host, &before, &stranger(), ("join", ""), &[]);
    assert_eq!(done, owned(Err("这个圈子不公开招人，请联系圈主")));
    host.circle_mut().policy = JoinPolicy::Open;
    host.join(&stranger());
    let done = tap_on(&mut host, &before, &stranger(), ("join", ""), &[]);
    assert_eq!(done, owned(Ok("你已经在圈子里了")));
}
