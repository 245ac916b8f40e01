use super::*;

#[test]
fn who_may_post_is_configured() {
    fn check(posting: &str, allowed: &[&str]) {
        for (who, reader) in everybody() {
            let mut host = card(json!({ "posting": posting }));
            let seen = page(&mut host, &reader, "post");
            assert_eq!(
                seen.offers_action("post"),
                allowed.contains(&who),
                "{who}, {posting}:\n{seen}"
            );
        }
    }
    check("members", &["member", "star", "moderator", "owner"]);
    check("featured", &["star", "moderator", "owner"]);
    check("nobody", &[]);
}

#[test]
fn an_old_form_is_held_to_the_new_configuration() {
    fn check(posting: &str, reader: &Reader, expected: Result<&str, &str>) {
        let mut host = card(json!({}));
        let seen = page(&mut host, reader, "post");
        host.set_config(json!({ "posting": posting }));
        let done = tap_on(&mut host, &seen, reader, ("post", ""), &[("text", "早")]);
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(done, expected, "{posting}");
    }
    check("members", &member(), Ok("已发布"));
    check(
        "featured",
        &member(),
        Err("这里由大咖和管理员发言，你可以回复和点赞。"),
    );
    check("featured", &star(), Ok("已发布"));
    check(
        "nobody",
        &owner(),
        Err("这张卡片上不发新动态，你可以回复和点赞。"),
    );
}

#[test]
fn a_post_has_words_or_pictures() {
    fn check(inputs: &[(&str, &str)], expected: Result<&str, &str>) {
        let mut host = card(json!({}));
        host.join(&member());
        host.upload(&member());
        let done = tap(&mut host, &member(), ("post", "post", ""), inputs);
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(done, expected, "{inputs:?}");
    }
    check(&[("text", "早")], Ok("已发布"));
    check(&[("text", "早"), ("pictures", "media-1")], Ok("已发布"));
    check(&[("pictures", "media-1")], Ok("已发布"));
    check(&[], Err("写点文字或选张图片再发"));
    check(&[("text", "  \n ")], Err("写点文字或选张图片再发"));
    check(
        &[("pictures", "no")],
        Err("`pictures`: `no` is no picture of the reader's"),
    );
    let long = "长".repeat(1_001);
    check(&[("text", &long)], Err("`text`: at most 1000 characters"));
}

#[test]
fn what_was_posted_is_seen_by_all_and_the_page_hears_of_it() {
    let mut host = card(json!({}));
    host.join(&member());
    host.upload(&member());
    host.set_at("post");
    let inputs = [("text", "看这张"), ("pictures", "media-1")];
    let done = host.act(&member(), "post", inputs).unwrap();
    let id = id_of(&mut host, "看这张");
    let event = format!("{{\"post\":\"{id}\",\"held\":false}}");
    assert_eq!(done.outcome.page_event(), Some(("post", event.as_str())));
    for (who, reader) in everybody() {
        let seen = page(&mut host, &reader, "").to_string();
        assert!(
            seen.contains("看这张") && seen.contains("media:media-1"),
            "{who}"
        );
    }
}

#[test]
fn where_posts_are_looked_at_first_the_author_is_told_and_told_why() {
    let mut host = card(json!({}));
    host.circle_mut().pre_approval = true;
    let held = "已提交，管理员看过后就会出现";
    assert_eq!(say(&mut host, &member(), "甲的话"), Ok(held.to_owned()));
    assert_eq!(say(&mut host, &member(), "乙的话"), Ok(held.to_owned()));
    assert!(!page(&mut host, &nobody(), "").contains("甲的话"));
    assert!(page(&mut host, &member(), "mine").contains("等待管理员查看"));

    let queue = page(&mut host, &moderator(), "manage/posts");
    assert!(queue.contains("待审 2"), "{queue}");
    let first = queue.payloads("approve").next().expect("a post waits");
    let first = first.to_owned();
    tap_on(&mut host, &queue, &moderator(), ("approve", &first), &[]).unwrap();
    let again = tap_on(&mut host, &queue, &moderator(), ("approve", &first), &[]);
    let gone_by = Err("已经有人处理过了，刷新看看".to_owned());
    assert_eq!(again, gone_by);
    assert!(page(&mut host, &nobody(), "").contains("甲的话"));

    // What its author changes after the list was drawn does not slip through.
    let queue = page(&mut host, &moderator(), "manage/posts");
    let id = "post-2";
    host.elsewhere(&member(), || {
        posts::edit(id, posts::draft(PostKind::Short).text("丙的话"))
    })
    .unwrap();
    let unread = tap_on(&mut host, &queue, &moderator(), ("approve", id), &[]);
    assert_eq!(unread, gone_by);
    assert!(!page(&mut host, &nobody(), "").contains("丙的话"));

    let at = ("manage/posts", "reject", "");
    let none = tap(&mut host, &moderator(), at, &[("reason", " ")]);
    assert_eq!(none, Err("请写明原因".to_owned()));
    tap(&mut host, &moderator(), at, &[("reason", "和话题无关")]).unwrap();
    let mine = page(&mut host, &member(), "mine");
    assert!(
        mine.contains("未通过") && mine.contains("原因：和话题无关"),
        "{mine}"
    );
    assert!(page(&mut host, &moderator(), "manage/posts").contains("没有待审的动态"));
}

#[test]
fn likes_count_once_and_are_taken_back() {
    let mut host = card(json!({}));
    say(&mut host, &owner(), "早").unwrap();
    let seen = page(&mut host, &member(), "");
    assert_eq!(
        tap_on(&mut host, &seen, &member(), ("like", ""), &[]),
        Ok("已赞".to_owned())
    );
    tap_on(&mut host, &seen, &member(), ("like", ""), &[]).unwrap();
    tap(&mut host, &star(), ("", "like", ""), &[]).unwrap();
    assert!(page(&mut host, &member(), "").contains("已赞 2"));
    assert!(page(&mut host, &owner(), "").contains("赞 2"));
    assert!(page(&mut host, &nobody(), "").contains("2 赞"));
    tap(&mut host, &member(), ("", "unlike", ""), &[]).unwrap();
    assert!(page(&mut host, &nobody(), "").contains("1 赞"));
    for reader in [nobody(), stranger()] {
        assert!(!page(&mut host, &reader, "").offers_action("like"));
    }
}

#[test]
fn members_reply_on_a_posts_page() {
    let mut host = card(json!({ "posting": "featured" }));
    say(&mut host, &star(), "问我").unwrap();
    let at = format!("post/{}", id_of(&mut host, "问我"));
    let reply = (at.as_str(), "reply", "");
    let done = tap(&mut host, &member(), reply, &[("text", "好吗")]);
    assert_eq!(done, Ok("已回复".to_owned()));
    let blank = tap(&mut host, &member(), reply, &[("text", " ")]);
    assert_eq!(blank, Err("写点什么再回复".to_owned()));
    let seen = page(&mut host, &nobody(), &at);
    assert!(seen.contains("好吗") && seen.contains("加入圈子后可以回复和点赞"));
    assert!(seen.offers_action("join") && !seen.offers_action("reply"));
    assert!(page(&mut host, &nobody(), "").contains("回复 1"));
    // A reply is no post of the lists.
    assert!(!page(&mut host, &nobody(), "posts/latest").contains("好吗"));
}

#[test]
fn authors_take_back_their_own_and_moderators_everybodys() {
    let mut host = card(json!({}));
    for (who, reader) in everybody() {
        let text = format!("给{who}");
        say(&mut host, &member(), &text).unwrap();
        let at = format!("post/{}", id_of(&mut host, &text));
        let (name, expected) = match who {
            "member" => ("remove", Ok("已删除".to_owned())),
            "moderator" | "owner" => ("take-away", Ok("已删除".to_owned())),
            _ => ("remove", Err("not offered".to_owned())),
        };
        assert_eq!(
            tap(&mut host, &reader, (&at, name, ""), &[]),
            expected,
            "{who}"
        );
        let gone = page(&mut host, &nobody(), &at).contains("这条动态已被移除");
        assert_eq!(gone, expected.is_ok(), "{who}");
    }
}

#[test]
fn a_muted_member_reads_and_is_told_until_when() {
    let mut host = card(json!({}));
    say(&mut host, &owner(), "早").unwrap();
    let form = page(&mut host, &member(), "post");
    let mute = ("manage/members", "mute", "\"member\",7");
    tap(&mut host, &moderator(), mute, &[]).unwrap();
    let seen = page(&mut host, &member(), "post");
    assert!(seen.contains("你暂时不能发言，到") && !seen.offers_action("post"));
    let done = tap_on(&mut host, &form, &member(), ("post", ""), &[("text", "早")]);
    assert_eq!(done, Err("你暂时不能发言".to_owned()));
    host.pass_s(7 * 24 * 60 * 60);
    assert_eq!(say(&mut host, &member(), "早"), Ok("已发布".to_owned()));
}
