use super::*;

const HELD: &str = "已提交，管理员看过后就会出现";

#[test]
fn where_approval_is_wanted_members_wait_and_moderators_do_not() {
    for (who, reader) in everybody().into_iter().skip(2) {
        let mut host = card(json!({ "approval": true }));
        let done = recommend(&mut host, &reader, "台灯");
        let expected = match who {
            "moderator" | "owner" => Ok("已推荐，积分 +5"),
            _ => Ok(HELD),
        };
        assert_eq!(done, owned(expected), "{who}");
        let is_seen = page(&mut host, &nobody(), "new").contains("台灯");
        assert_eq!(is_seen, expected != Ok(HELD), "{who}");
    }
}

#[test]
fn everything_submitted_waits_but_replies_in_words() {
    let mut host = card(json!({ "approval": true }));
    ask(&mut host, &owner(), "找灯").unwrap();
    let at = last(&mut host);
    assert_eq!(ask(&mut host, &member(), "找椅子"), owned(Ok(HELD)));
    let named = [("name", "夹灯")];
    assert_eq!(
        tap(&mut host, &member(), ("wishes", "wish", ""), &named),
        owned(Ok(HELD))
    );
    assert_eq!(
        tap(&mut host, &member(), (&at, "answer", ""), &named),
        owned(Ok(HELD))
    );
    let words = [("text", "我也找")];
    assert_eq!(
        tap(&mut host, &member(), (&at, "reply", ""), &words),
        owned(Ok("已回复"))
    );
    // What only its author sees waits for nobody.
    let hidden = [("name", "礼物"), ("private", "true")];
    assert_eq!(
        tap(&mut host, &member(), ("wishes", "wish", ""), &hidden),
        owned(Ok("已记下"))
    );
}

#[test]
fn the_circles_own_rule_holds_posts_too() {
    let mut host = card(json!({}));
    host.circle_mut().pre_approval = true;
    for (who, reader) in everybody().into_iter().skip(2) {
        let is_told = page(&mut host, &reader, "add").contains("这里先审后发");
        let waits = !matches!(who, "moderator" | "owner");
        assert_eq!(is_told, waits, "{who}");
        let done = recommend(&mut host, &reader, "台灯");
        assert_eq!(done == owned(Ok(HELD)), waits, "{who}");
    }
}

#[test]
fn moderators_decide_and_authors_are_told_why() {
    let mut host = card(json!({ "approval": true }));
    recommend(&mut host, &member(), "台灯").unwrap();
    recommend(&mut host, &member(), "广告").unwrap();
    let mine = page(&mut host, &member(), "mine");
    assert!(
        mine.contains("台灯") && mine.contains("等待管理员查看"),
        "{mine}"
    );
    assert_eq!(points(&mut host, "member"), 0);
    // Previews of its page say nothing of what waits.
    let own = page(&mut host, &member(), "post/post-1");
    assert!(own.contains("台灯") && own.title() == "测试圈 · 好物 · 查看");
    assert!(host.render_at_as("post/post-1", &friend()).is_err());
    for (who, reader) in everybody() {
        let queue = page(&mut host, &reader, "queue");
        let expected = matches!(who, "moderator" | "owner");
        assert_eq!(queue.contains("台灯"), expected, "{who}");
        assert_eq!(queue.offers_action("approve"), expected, "{who}");
        assert_eq!(
            queue.contains("这一页只有圈主和管理员能看。"),
            !expected,
            "{who}"
        );
    }
    assert!(page(&mut host, &moderator(), "").contains("管理 2"));

    let queue = page(&mut host, &moderator(), "queue");
    tap_on(&mut host, &queue, &moderator(), ("approve", "post-1"), &[]).unwrap();
    assert_eq!(points(&mut host, "member"), 5);
    assert!(page(&mut host, &nobody(), "new").contains("台灯"));
    let again = tap_on(&mut host, &queue, &owner(), ("approve", "post-1"), &[]);
    assert_eq!(again, owned(Err("not offered")), "the queue was another's");
    let again = tap_on(&mut host, &queue, &moderator(), ("approve", "post-1"), &[]);
    assert_eq!(again, owned(Err("已经有人处理过了，刷新看看")));

    let reject = ("queue", "reject", "post-2");
    let blank = tap(&mut host, &moderator(), reject, &[("reason", " ")]);
    assert_eq!(blank, owned(Err("请写明原因")));
    tap(&mut host, &moderator(), reject, &[("reason", "不收广告")]).unwrap();
    let mine = page(&mut host, &member(), "mine");
    assert!(
        mine.contains("未通过") && mine.contains("原因：不收广告"),
        "{mine}"
    );
    assert!(page(&mut host, &moderator(), "queue").contains("没有待审的内容。"));
    assert_eq!(points(&mut host, "member"), 5);
}

#[test]
fn an_edit_waits_again_and_earns_nothing_twice() {
    let mut host = card(json!({ "approval": true }));
    recommend(&mut host, &member(), "台灯").unwrap();
    tap(&mut host, &moderator(), ("queue", "approve", ""), &[]).unwrap();
    let edit = [("name", "加微信"), ("rating", "5")];
    let done = tap(&mut host, &member(), ("post/post-1", "edit", ""), &edit);
    assert_eq!(done, owned(Ok(HELD)));
    assert!(!page(&mut host, &nobody(), "new").contains("加微信"));
    // It may change again after the list was drawn: then nobody has read it.
    let queue = page(&mut host, &moderator(), "queue");
    host.advance_s(1);
    tap(&mut host, &member(), ("post/post-1", "edit", ""), &edit).unwrap();
    let unread = tap_on(&mut host, &queue, &moderator(), ("approve", ""), &[]);
    assert_eq!(unread, owned(Err("已经有人处理过了，刷新看看")));
    tap(&mut host, &moderator(), ("queue", "approve", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "member"), 5);
    tap(&mut host, &member(), ("post/post-1", "edit", ""), &edit).unwrap();
    let why = [("reason", "不收广告")];
    tap(&mut host, &moderator(), ("queue", "reject", ""), &why).unwrap();
    assert_eq!(points(&mut host, "member"), 0);
}

#[test]
fn what_was_let_through_elsewhere_earns_with_its_first_like() {
    let mut host = card(json!({ "approval": true }));
    recommend(&mut host, &member(), "台灯").unwrap();
    host.elsewhere(&moderator(), || {
        posts::approve(&posts::Seen::new("post-1", None))
    })
    .unwrap();
    assert_eq!(points(&mut host, "member"), 0);
    tap(&mut host, &friend(), ("new", "like", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "member"), 6);
    tap(&mut host, &star(), ("new", "like", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "member"), 7);
}

#[test]
fn moderators_put_first_what_is_best() {
    for (who, reader) in everybody() {
        let mut host = card(json!({}));
        for name in ["甲灯", "乙灯", "丙灯"] {
            recommend(&mut host, &friend(), name).unwrap();
        }
        let done = tap(&mut host, &reader, ("post/post-1", "feature", ""), &[]);
        let may = matches!(who, "moderator" | "owner");
        assert_eq!(done.is_ok(), may, "{who}");
        let best = page(&mut host, &nobody(), "best");
        assert_eq!(best.contains("甲灯"), may, "{who}\n{best}");
        assert!(!best.contains("乙灯"), "{who}\n{best}");
        let home = page(&mut host, &nobody(), "").to_string();
        let first = home.find("甲灯");
        assert_eq!(
            first.is_some() && first < home.find("丙灯"),
            may,
            "{who}\n{home}"
        );
        assert!(home.matches("甲灯").count() <= 1, "it is there once");
    }
}

#[test]
fn who_was_a_moderator_does_nothing_by_an_old_page() {
    let mut host = card(json!({ "approval": true }));
    recommend(&mut host, &member(), "台灯").unwrap();
    let queue = page(&mut host, &moderator(), "queue");
    host.elsewhere(&owner(), || circle::set_role("moderator", Role::Member))
        .unwrap();
    let done = tap_on(&mut host, &queue, &moderator(), ("approve", ""), &[]);
    assert_eq!(done, owned(Err("denied")));
}
