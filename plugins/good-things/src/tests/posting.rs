use super::*;

const DONE: &str = "已推荐，积分 +5";

#[test]
fn members_recommend_and_all_others_are_told_how_to() {
    for (who, reader) in everybody() {
        let mut host = card(json!({}));
        let done = recommend(&mut host, &reader, "台灯");
        let expected = match who {
            "nobody" | "stranger" => Err("not offered"),
            _ => Ok(DONE),
        };
        assert_eq!(done, owned(expected), "{who}");
        let seen = page(&mut host, &reader, "add");
        assert_eq!(seen.offers_action("join"), expected.is_err(), "{who}");
    }
}

#[test]
fn what_is_recommended_has_a_name_and_stars() {
    fn check(inputs: &[(&str, &str)], expected: Result<&str, &str>) {
        let mut host = card(json!({}));
        host.upload(&member());
        let done = tap(&mut host, &member(), ("add", "recommend", ""), inputs);
        assert_eq!(done, owned(expected), "{inputs:?}");
    }
    let named = ("name", "台灯");
    let rated = ("rating", "4");
    let long = "字".repeat(80);
    let too_long = "字".repeat(81);
    check(&[named, rated], Ok(DONE));
    check(&[("name", &long), rated], Ok(DONE));
    check(
        &[("name", &too_long), rated],
        Err("`name`: at most 80 characters"),
    );
    check(&[("name", " \u{3000}"), rated], Err("写上好物的名称"));
    check(&[rated], Err("`name`: required"));
    check(&[named], Err("`rating`: required"));
    check(
        &[named, rated, ("link", "https://example.com/lamp")],
        Ok(DONE),
    );
    let bad = Err("链接要以 https:// 开头，中间没有空格");
    check(&[named, rated, ("link", "http://example.com")], bad);
    check(&[named, rated, ("link", "https://a b")], bad);
    check(&[named, rated, ("picture", "media-1")], Ok(DONE));
    let text = "字".repeat(1_001);
    check(
        &[named, rated, ("text", &text)],
        Err("`text`: at most 1000 characters"),
    );
}

#[test]
fn a_picture_of_somebody_else_is_none() {
    let mut host = card(json!({}));
    let theirs = host.upload(&friend());
    let inputs = [("name", "台灯"), ("rating", "4"), ("picture", &theirs)];
    assert!(tap(&mut host, &member(), ("add", "recommend", ""), &inputs).is_err());
}

#[test]
fn what_is_recommended_is_seen_by_all_and_the_page_hears_of_it() {
    let mut host = card(json!({}));
    let picture = host.upload(&member());
    let inputs = [
        ("name", "台灯"),
        ("rating", "4"),
        ("text", "用了一年，不伤眼"),
        ("link", "https://example.com/lamp"),
        ("picture", &picture),
    ];
    host.set_at("add");
    let done = host.act(&member(), "recommend", inputs).unwrap();
    let event = r#"{"post":"post-1","held":false}"#;
    assert_eq!(done.outcome.page_event(), Some(("recommend", event)));
    for (who, reader) in everybody() {
        for at in ["", "new", "hot", "post/post-1", "member/member"] {
            let seen = page(&mut host, &reader, at).to_string();
            for part in [
                "台灯",
                "★★★★☆",
                "不伤眼",
                "https://example.com/lamp",
                "media:media-1",
            ] {
                assert!(seen.contains(part), "{who} {at} {part}:\n{seen}");
            }
        }
    }
}

#[test]
fn authors_change_what_they_said_and_pictures_stay() {
    let mut host = card(json!({}));
    let picture = host.upload(&member());
    let other = host.upload(&member());
    let inputs = [("name", "台灯"), ("rating", "4"), ("picture", &picture)];
    tap(&mut host, &member(), ("add", "recommend", ""), &inputs).unwrap();
    let at = last(&mut host);
    for (who, reader) in everybody() {
        let offered = page(&mut host, &reader, &at).offers_action("edit");
        assert_eq!(offered, who == "member", "{who}");
    }
    let changed = [("name", "落地灯"), ("rating", "2"), ("text", "后来坏了")];
    let done = tap(&mut host, &member(), (&at, "edit", ""), &changed);
    assert_eq!(done, owned(Ok("已修改")));
    let seen = page(&mut host, &nobody(), &at).to_string();
    for part in ["落地灯", "★★☆☆☆", "后来坏了", "media:media-1"] {
        assert!(seen.contains(part), "{part}\n{seen}");
    }
    let changed = [("name", "落地灯"), ("rating", "2"), ("picture", &other)];
    tap(&mut host, &member(), (&at, "edit", ""), &changed).unwrap();
    let seen = page(&mut host, &nobody(), &at).to_string();
    assert!(seen.contains("media:media-2") && !seen.contains("media:media-1"));
    // No points are earned twice.
    assert_eq!(points(&mut host, "member"), 5);
}

#[test]
fn authors_take_back_their_own_and_moderators_everybodys() {
    for (who, reader) in everybody() {
        let mut host = card(json!({}));
        recommend(&mut host, &member(), "台灯").unwrap();
        let at = last(&mut host);
        let done = tap(&mut host, &reader, (&at, "remove", ""), &[]);
        let expected = match who {
            "member" | "moderator" | "owner" => Ok("已删除"),
            _ => Err("not offered"),
        };
        assert_eq!(done, owned(expected), "{who}");
        let gone = page(&mut host, &nobody(), &at).contains("这条内容已被移除。");
        assert_eq!(gone, expected.is_ok(), "{who}");
    }
}

#[test]
fn who_had_something_taken_away_is_told_why() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    let at = last(&mut host);
    let why = [("reason", "是广告")];
    tap(&mut host, &moderator(), (&at, "remove", ""), &why).unwrap();
    let mine = page(&mut host, &member(), "mine");
    assert!(
        mine.contains("已移除") && mine.contains("原因：是广告"),
        "{mine}"
    );
    assert!(!page(&mut host, &nobody(), &at).contains("是广告"));
}

#[test]
fn members_reply_in_words() {
    let mut host = card(json!({}));
    recommend(&mut host, &member(), "台灯").unwrap();
    let at = last(&mut host);
    let reply = (at.as_str(), "reply", "");
    let done = tap(&mut host, &friend(), reply, &[("text", "多少钱")]);
    assert_eq!(done, owned(Ok("已回复")));
    let blank = tap(&mut host, &friend(), reply, &[("text", " ")]);
    assert_eq!(blank, owned(Err("先写点什么")));
    let seen = page(&mut host, &nobody(), &at);
    assert!(seen.contains("多少钱") && !seen.offers_action("reply") && seen.offers_action("join"));
    assert!(page(&mut host, &nobody(), "new").contains("回复 1"));
}

#[test]
fn a_muted_member_looks_and_likes_and_is_told_until_when() {
    let mut host = card(json!({}));
    recommend(&mut host, &friend(), "台灯").unwrap();
    let at = last(&mut host);
    ask(&mut host, &friend(), "想找椅子").unwrap();
    let asked = last(&mut host);
    recommend(&mut host, &member(), "杯子").unwrap();
    let own = last(&mut host);
    let form = page(&mut host, &member(), "add");
    let until = host.now().plus_s(3_600);
    host.elsewhere(&owner(), || circle::mute("member", until))
        .unwrap();
    for (at, name) in [
        ("add", "recommend"),
        ("ask", "ask"),
        ("wishes", "wish"),
        (&at, "reply"),
        (&asked, "answer"),
        (&own, "edit"),
    ] {
        assert!(
            !page(&mut host, &member(), at).offers_action(name),
            "{name}"
        );
    }
    assert!(page(&mut host, &member(), "add").contains("你暂时不能发言，到"));
    let inputs = [("name", "椅子"), ("rating", "5")];
    let done = tap_on(&mut host, &form, &member(), ("recommend", ""), &inputs);
    assert_eq!(done, owned(Err("你暂时不能发言")));
    tap(&mut host, &member(), (&at, "like", ""), &[]).unwrap();
    host.pass_s(3_601);
    assert_eq!(recommend(&mut host, &member(), "椅子"), owned(Ok(DONE)));
}

#[test]
fn who_left_does_nothing_by_an_old_page() {
    let mut host = card(json!({}));
    recommend(&mut host, &friend(), "台灯").unwrap();
    let form = page(&mut host, &member(), "add");
    let list = page(&mut host, &member(), "new");
    tap(&mut host, &member(), ("mine", "leave", ""), &[]).unwrap();
    let inputs = [("name", "椅子"), ("rating", "5")];
    let denied = owned(Err("denied"));
    assert_eq!(
        tap_on(&mut host, &form, &member(), ("recommend", ""), &inputs),
        denied
    );
    for name in ["like", "want"] {
        assert_eq!(
            tap_on(&mut host, &list, &member(), (name, ""), &[]),
            denied,
            "{name}"
        );
    }
}

#[test]
fn a_form_says_what_it_changes() {
    fn check(at: &str, label: &str) {
        let mut host = card(json!({}));
        recommend(&mut host, &member(), "台灯").unwrap();
        ask(&mut host, &member(), "想找椅子").unwrap();
        let wish = [("name", "耳机")];
        tap(&mut host, &member(), ("wishes", "wish", ""), &wish).unwrap();
        let seen = page(&mut host, &member(), at).to_string();
        let (_, form) = seen.split_once("details \"修改\"").unwrap();
        assert!(
            form.contains(&format!("input `text` \"{label}\"")),
            "{form}"
        );
    }
    check("post/post-1", "为什么推荐");
    check("post/post-2", "想找什么");
    check("post/post-3", "有什么要求");
}

#[test]
fn questions_and_wishes_are_changed_by_who_said_them() {
    let mut host = card(json!({}));
    ask(&mut host, &member(), "想找椅子").unwrap();
    let edit = ("post/post-1", "edit", "");
    let blank = tap(&mut host, &member(), edit, &[("text", " ")]);
    assert_eq!(blank, owned(Err("先写点什么")));
    tap(&mut host, &member(), edit, &[("text", "想找书桌")]).unwrap();
    let seen = page(&mut host, &nobody(), "asks");
    assert!(seen.contains("想找书桌") && !seen.contains("想找椅子"));
    let form = page(&mut host, &member(), "post/post-1");
    tap(&mut host, &member(), ("post/post-1", "remove", ""), &[]).unwrap();
    let late = tap_on(&mut host, &form, &member(), ("edit", ""), &[("text", "书")]);
    assert!(late.is_err(), "it is gone: {late:?}");

    let wish = ("wishes", "wish", "");
    tap(&mut host, &member(), wish, &[("name", "耳机")]).unwrap();
    let at = last(&mut host);
    let named = [("name", "音箱"), ("link", "ftp://example.com")];
    let bad = tap(&mut host, &member(), (&at, "edit", ""), &named);
    assert_eq!(bad, owned(Err("链接要以 https:// 开头，中间没有空格")));
    tap(&mut host, &member(), (&at, "edit", ""), &named[..1]).unwrap();
    assert!(page(&mut host, &nobody(), "wishes").contains("音箱"));
}

/// What is wrong stands beside the input that it is about.
#[test]
fn refusals_stand_beside_their_fields() {
    fn check(at: &str, name: &str, inputs: &[(&str, &str)], field: &str) {
        let mut host = card(json!({}));
        let theirs = host.upload(&friend());
        let theirs = [("picture", theirs.as_str())];
        ask(&mut host, &friend(), "想找椅子").unwrap();
        let all = inputs.iter().map(|(name, value)| match *value {
            "theirs" => theirs[0],
            value => (*name, value),
        });
        let all: Vec<_> = all.collect();
        let seen = page(&mut host, &member(), at);
        let refusal = take(&mut host, &seen, &member(), (name, ""), &all).unwrap_err();
        let Refusal::Invalid(error) = refusal else {
            panic!("{name}: {refusal:?}")
        };
        let fields: Vec<&str> = error.fields().into_iter().map(|(name, _)| name).collect();
        assert_eq!(fields, [field], "{name} {inputs:?}");
    }
    let rated = ("rating", "5");
    check("add", "recommend", &[("name", " "), rated], "name");
    check(
        "add",
        "recommend",
        &[("name", "灯"), rated, ("link", "x")],
        "link",
    );
    check(
        "add",
        "recommend",
        &[("name", "灯"), rated, ("picture", "theirs")],
        "picture",
    );
    check("ask", "ask", &[("text", " ")], "text");
    check("wishes", "wish", &[("name", " ")], "name");
    check("post/post-1", "answer", &[("name", "　")], "name");
    check("post/post-1", "reply", &[("text", " ")], "text");
}
