use super::*;

/// Enters by the invitation of somebody who takes part.
fn enter_by(host: &mut Host, reader: &Reader, inviter: &str) -> Result<String, String> {
    let at = format!("invite/{}", code(host, inviter));
    tap(host, reader, (&at, "enter", ""), &[])
}

/// Enters, posts and claims, as readers do who were invited.
fn come_by(host: &mut Host, name: &str, inviter: &str) {
    enter_by(host, &visitor(name), inviter).unwrap();
    post(host, &visitor(name), "大家好");
    claim(host, &visitor(name)).unwrap();
}

#[test]
fn an_invitation_earns_points_with_the_first_post_and_once() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let done = enter_by(&mut host, &stranger(), "member");
    assert_eq!(done, Ok("已参加，得 10 分".to_owned()));
    assert_eq!(
        points(&mut host, "member"),
        10,
        "joining alone earns nothing"
    );
    let _ = claim(&mut host, &stranger());
    assert_eq!(points(&mut host, "member"), 10, "there is no post to claim");
    post(&mut host, &stranger(), "大家好");
    claim(&mut host, &stranger()).unwrap();
    assert_eq!(points(&mut host, "member"), 20);
    post(&mut host, &stranger(), "又来");
    claim(&mut host, &stranger()).unwrap();
    assert_eq!(points(&mut host, "member"), 20);
    let own = format!("invite/{}", code(&mut host, "member"));
    assert!(page(&mut host, &member(), &own).contains("已计 1 位，最多 10 位"));
}

#[test]
fn the_invitation_is_for_whoever_opens_it() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let at = format!("invite/{}", code(&mut host, "member"));
    assert!(page(&mut host, &member(), "invite").links_to(&at));
    let own = page(&mut host, &member(), &at);
    assert!(
        own.to_string().contains("share") && !own.offers_action("enter"),
        "{own}"
    );
    let seen = page(&mut host, &nobody(), &at);
    assert!(
        seen.to_string().contains("avatar member") && !seen.is_private(),
        "{seen}"
    );
    assert!(seen.offers_action("enter"));
}

/// Every way to deal with oneself that the card knows.
#[test]
fn self_dealing_earns_nothing() {
    // Oneself: the own page offers nothing, and an old one says it.
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    let done = enter_by(&mut host, &member(), "member");
    assert_eq!(done, Err("not offered".to_owned()));

    // Who was a member before the campaign.
    let mut host = early(&json!({}));
    host.join(&signed_in("old"));
    pass(&mut host, DAY_S);
    enter(&mut host, &member());
    let done = enter_by(&mut host, &signed_in("old"), "member");
    let not_new = "已参加，得 10 分。你之前就在圈子里，这次邀请不计分";
    assert_eq!(done, Ok(not_new.to_owned()));
    post(&mut host, &signed_in("old"), "好");
    claim(&mut host, &signed_in("old")).unwrap();
    assert_eq!(points(&mut host, "member"), 10);

    // Who was one, and left to come back.
    let mut host = early(&json!({}));
    host.join(&signed_in("old"));
    host.elsewhere(&signed_in("old"), circle::leave).unwrap();
    pass(&mut host, DAY_S);
    enter(&mut host, &member());
    let done = enter_by(&mut host, &visitor("old"), "member");
    assert_eq!(done, Ok(not_new.to_owned()));

    // And who came back behind the card's back, with the campaign under way.
    let mut host = early(&json!({}));
    host.join(&signed_in("old"));
    host.elsewhere(&signed_in("old"), circle::leave).unwrap();
    pass(&mut host, DAY_S);
    host.join(&visitor("old"));
    enter(&mut host, &member());
    let done = enter_by(&mut host, &signed_in("old"), "member");
    assert_eq!(done, Ok(not_new.to_owned()));
    post(&mut host, &signed_in("old"), "好");
    claim(&mut host, &signed_in("old")).unwrap();
    assert_eq!(points(&mut host, "member"), 10);

    // Or asks once more to be let in.
    let mut host = early(&json!({}));
    host.join(&signed_in("old"));
    host.elsewhere(&signed_in("old"), circle::leave).unwrap();
    host.circle_mut().policy = JoinPolicy::Approval;
    pass(&mut host, DAY_S);
    host.elsewhere(&visitor("old"), circle::join).unwrap();
    host.circle_mut().policy = JoinPolicy::Open;
    enter(&mut host, &member());
    let done = enter_by(&mut host, &visitor("old"), "member");
    assert_eq!(done, Ok(not_new.to_owned()));
}

#[test]
fn there_are_no_rings_and_no_second_inviter() {
    let mut host = card(&json!({}));
    enter(&mut host, &visitor("a"));
    enter(&mut host, &visitor("c"));
    come_by(&mut host, "b", "a");
    assert_eq!(points(&mut host, "a"), 20);
    // The one who invited cannot be invited back, nor the invited once more.
    for (who, inviter) in [("a", "b"), ("b", "c"), ("b", "a")] {
        let at = format!("invite/{}", code(&mut host, inviter));
        let seen = page(&mut host, &nobody(), &at);
        let done = tap_on(&mut host, &seen, &visitor(who), ("enter", ""), &[]);
        assert_eq!(done, Ok("你已经参加了".to_owned()), "{who} by {inviter}");
        post(&mut host, &visitor(who), "再发");
        let _ = claim(&mut host, &visitor(who));
    }
    // Entering and posts, and for `a` the one invitation.
    assert_eq!(points(&mut host, "a"), 10 + 5 + 10);
    assert_eq!(points(&mut host, "b"), 10 + 2 * 5);
    assert_eq!(points(&mut host, "c"), 10);
}

#[test]
fn an_own_code_on_an_old_page_is_refused() {
    let mut host = card(&json!({}));
    enter(&mut host, &stranger());
    let at = format!("invite/{}", code(&mut host, "stranger"));
    let seen = page(&mut host, &nobody(), &at);
    let done = tap_on(&mut host, &seen, &stranger(), ("enter", ""), &[]);
    assert_eq!(done, Ok("你已经参加了".to_owned()));
    assert_eq!(points(&mut host, "stranger"), 10);
}

#[test]
fn points_from_invitations_are_capped() {
    let mut host = card(&json!({ "points": { "invites_max": 2 } }));
    enter(&mut host, &member());
    for (name, expected) in [("a", 20), ("b", 30), ("c", 30)] {
        come_by(&mut host, name, "member");
        assert_eq!(points(&mut host, "member"), expected, "{name}");
    }
}

#[test]
fn an_invitation_is_kept_while_one_waits_to_be_let_in() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    host.circle_mut().policy = JoinPolicy::Approval;
    enter_by(&mut host, &stranger(), "member").unwrap();
    let waits = page(&mut host, &stranger(), "");
    assert!(waits.contains("等管理员通过") && !waits.offers_action("enter"));
    host.elsewhere(&owner(), || circle::admit("stranger"))
        .unwrap();
    enter(&mut host, &signed_in("stranger"));
    post(&mut host, &stranger(), "大家好");
    claim(&mut host, &stranger()).unwrap();
    assert_eq!(points(&mut host, "member"), 20);
}

#[test]
fn who_left_the_circle_gets_points_when_they_are_back() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    enter_by(&mut host, &stranger(), "member").unwrap();
    host.elsewhere(&member(), circle::leave).unwrap();
    post(&mut host, &stranger(), "一");
    claim(&mut host, &stranger()).unwrap();
    assert_eq!(points(&mut host, "member"), 10);
    enter(&mut host, &member());
    post(&mut host, &stranger(), "二");
    claim(&mut host, &stranger()).unwrap();
    assert_eq!(points(&mut host, "member"), 20);
}

#[test]
fn who_was_put_out_invites_nobody_and_takes_points_along() {
    let mut host = card(&json!({}));
    enter(&mut host, &member());
    come_by(&mut host, "a", "member");
    assert_eq!(points(&mut host, "member"), 20);
    put_out(&mut host, "a").unwrap();
    assert_eq!(points(&mut host, "member"), 10);
    assert_eq!(points(&mut host, "a"), 0);
    let own = format!("invite/{}", code(&mut host, "member"));
    assert!(page(&mut host, &member(), &own).contains("已计 0 位"));

    let seen = page(&mut host, &nobody(), &own);
    put_out(&mut host, "member").unwrap();
    let done = tap_on(&mut host, &seen, &visitor("b"), ("enter", ""), &[]);
    let expected = "已参加，得 10 分。邀请者已被取消资格，这次邀请不计分";
    assert_eq!(done, Ok(expected.to_owned()));
    let seen = page(&mut host, &nobody(), &own);
    assert!(!seen.to_string().contains("avatar member") && seen.offers_action("enter"));
}

#[test]
fn a_code_that_is_none_is_no_page() {
    let mut host = card(&json!({}));
    for code in ["AAAA2222", "x", "aaaa2222", "AAAA222O"] {
        let error = host.render_at(&format!("invite/{code}")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{code}");
    }
}
