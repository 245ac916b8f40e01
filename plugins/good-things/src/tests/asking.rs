use super::*;

/// A question of the member's, and its page.
fn asked() -> (Host, String) {
    let mut host = card(json!({}));
    ask(&mut host, &member(), "想找一盏台灯").unwrap();
    let at = last(&mut host);
    (host, at)
}

fn answer(host: &mut Host, reader: &Reader, at: &str, name: &str) -> Result<String, String> {
    host.pass_s(1);
    tap(host, reader, (at, "answer", ""), &[("name", name)])
}

#[test]
fn questions_are_asked_and_answered_with_things() {
    let (mut host, at) = asked();
    assert!(page(&mut host, &nobody(), "asks").contains("想找一盏台灯"));
    assert!(!page(&mut host, &nobody(), "new").contains("想找一盏台灯"));
    for (who, reader) in everybody() {
        let done = answer(&mut host, &reader, &at, &format!("{who}的灯"));
        let expected = match who {
            "nobody" | "stranger" | "member" => Err("not offered"),
            _ => Ok("已推荐给 TA"),
        };
        assert_eq!(done, owned(expected), "{who}");
        let seen = page(&mut host, &nobody(), &at);
        assert_eq!(seen.contains(&format!("{who}的灯")), expected.is_ok());
    }
    assert_eq!(
        answer(&mut host, &friend(), &at, " "),
        owned(Err("写上好物的名称"))
    );
    assert!(page(&mut host, &nobody(), "asks").contains("圈友的推荐 3"));
    // Answers earn by helping alone.
    assert_eq!(points(&mut host, "star"), 0);
}

#[test]
fn a_question_has_words() {
    let mut host = card(json!({}));
    assert_eq!(ask(&mut host, &member(), " "), owned(Err("先写点什么")));
    host.set_at("ask");
    let done = host.act(&member(), "ask", [("text", "找灯")]).unwrap();
    let event = r#"{"post":"post-1","held":false}"#;
    assert_eq!(done.outcome.page_event(), Some(("post", event)));
}

#[test]
fn who_asked_says_what_helped() {
    let (mut host, at) = asked();
    answer(&mut host, &friend(), &at, "夹灯").unwrap();
    let ask = at.strip_prefix("post/").unwrap();
    let own = || posts::draft(PostKind::Reply).item(posts::item("自己的灯"));
    host.elsewhere(&member(), || own().reply_to(ask).publish())
        .unwrap();
    tap(
        &mut host,
        &star(),
        (&at, "reply", ""),
        &[("text", "我也想知道")],
    )
    .unwrap();
    for (who, reader) in everybody() {
        let seen = page(&mut host, &reader, &at);
        // Neither their own nor mere words.
        let offered = seen.payloads("helpful").count();
        assert_eq!(offered, usize::from(who == "member"), "{who}");
    }
    let before = page(&mut host, &member(), &at);
    tap_on(&mut host, &before, &member(), ("helpful", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "friend"), 3);
    // Again by an old page.
    tap_on(&mut host, &before, &member(), ("helpful", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "friend"), 3);
    assert!(page(&mut host, &nobody(), &at).contains("最有帮助"));
}

#[test]
fn another_answer_helps_in_place_of_the_first() {
    let (mut host, at) = asked();
    answer(&mut host, &friend(), &at, "夹灯").unwrap();
    answer(&mut host, &star(), &at, "吊灯").unwrap();
    tap(&mut host, &member(), (&at, "helpful", "post-2"), &[]).unwrap();
    tap(&mut host, &member(), (&at, "helpful", "post-3"), &[]).unwrap();
    assert_eq!(points(&mut host, "friend"), 0);
    assert_eq!(points(&mut host, "star"), 3);
    let seen = page(&mut host, &nobody(), &at).to_string();
    assert!(seen.find("吊灯") < seen.find("夹灯"), "{seen}");
    assert_eq!(seen.matches("吊灯").count(), 1, "{seen}");
}

#[test]
fn an_answer_that_is_gone_helped_nobody() {
    let (mut host, at) = asked();
    answer(&mut host, &friend(), &at, "夹灯").unwrap();
    tap(&mut host, &member(), (&at, "helpful", ""), &[]).unwrap();
    recommend(&mut host, &friend(), "杯子").unwrap();
    assert_eq!(points(&mut host, "friend"), 8);
    tap(&mut host, &friend(), (&at, "remove", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "friend"), 5);
    answer(&mut host, &star(), &at, "吊灯").unwrap();
    tap(&mut host, &member(), (&at, "helpful", ""), &[]).unwrap();
    assert_eq!(points(&mut host, "friend"), 5);
    assert_eq!(points(&mut host, "star"), 3);
}

#[test]
fn an_answer_that_went_meanwhile_cannot_help() {
    let (mut host, at) = asked();
    answer(&mut host, &friend(), &at, "夹灯").unwrap();
    let seen = page(&mut host, &member(), &at);
    tap(&mut host, &friend(), (&at, "remove", ""), &[]).unwrap();
    let done = tap_on(&mut host, &seen, &member(), ("helpful", ""), &[]);
    assert_eq!(done, owned(Err("要操作的内容已经不在了，刷新看看")));
}
