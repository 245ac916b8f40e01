use super::*;

#[test]
fn only_those_in_the_group_post_comment_and_like() {
    let mut host = grouped();
    join(&mut host, &owner(), "hike").unwrap();
    say(&mut host, &owner(), "hike", "集合点变了").unwrap();
    let post = format!("post/{}", id_of(&mut host, "group/hike", "集合点变了"));
    for (who, reader) in everybody() {
        for (at, name) in [("new/hike", "post"), (&post, "comment"), (&post, "like")] {
            let is_offered = page(&mut host, &reader, at).offers_action(name);
            assert_eq!(is_offered, who == "owner", "{who} {name}");
        }
    }
    join(&mut host, &member(), "hike").unwrap();
    assert_eq!(
        say(&mut host, &member(), "hike", "收到"),
        owned(Ok("已发布"))
    );
    let comment = (post.as_str(), "comment", "");
    let done = tap(&mut host, &member(), comment, &[("text", "好")]);
    assert_eq!(done, owned(Ok("已评论")));
    let done = tap(&mut host, &member(), (&post, "like", ""), &[]);
    assert_eq!(done, owned(Ok("已赞")));
    let seen = page(&mut host, &nobody(), "group/hike");
    assert!(seen.contains("评论 1") && seen.contains("1 赞"), "{seen}");
    tap(&mut host, &member(), (&post, "unlike", ""), &[]).unwrap();
    assert!(!page(&mut host, &nobody(), "group/hike").contains("1 赞"));
}

/// Tags are kept in one form, and names as they were written.
#[test]
fn a_name_with_full_width_signs_has_all_that_a_group_has() {
    let groups = json!([{ "id": "books", "name": "读书（北京）" }]);
    let mut host = card(json!({ "groups": groups }));
    host.join(&member());
    join(&mut host, &member(), "books").unwrap();
    say(&mut host, &member(), "books", "在读").unwrap();
    let seen = page(&mut host, &nobody(), "group/books");
    assert!(seen.contains("在读") && seen.contains("读书（北京）"));
    let at = format!("post/{}", id_of(&mut host, "group/books", "在读"));
    let comment = (at.as_str(), "comment", "");
    let done = tap(&mut host, &member(), comment, &[("text", "好看吗")]);
    assert_eq!(done, owned(Ok("已评论")));
    let done = tap(&mut host, &member(), (&at, "like", ""), &[]);
    assert_eq!(done, owned(Ok("已赞")));
}

/// Reading a post is reading what others give to it: that would make those who
/// like it at the same time wait for each other.
#[test]
fn that_a_post_is_of_the_group_is_the_offers_to_say() {
    let mut host = grouped();
    join(&mut host, &member(), "hike").unwrap();
    say(&mut host, &member(), "hike", "走起").unwrap();
    let at = format!("post/{}", id_of(&mut host, "group/hike", "走起"));
    let seen = page(&mut host, &member(), &at);
    // Who looked at the post would find it under another tag now.
    host.set_config(json!({ "groups": [{ "id": "hike", "name": "周日徒步" }] }));
    let done = tap_on(&mut host, &seen, &member(), ("like", ""), &[]);
    assert_eq!(done, owned(Ok("已赞")));
    let text = [("text", "好")];
    let done = tap_on(&mut host, &seen, &member(), ("comment", ""), &text);
    assert_eq!(done, owned(Ok("已评论")));
}

#[test]
fn who_left_cannot_talk_by_an_old_page() {
    let mut host = grouped();
    join(&mut host, &member(), "hike").unwrap();
    say(&mut host, &member(), "hike", "走起").unwrap();
    let form = page(&mut host, &member(), "new/hike");
    let post = format!("post/{}", id_of(&mut host, "group/hike", "走起"));
    let post = page(&mut host, &member(), &post);
    tap(&mut host, &member(), ("group/hike", "leave", ""), &[]).unwrap();
    for (seen, name) in [(&form, "post"), (&post, "comment"), (&post, "like")] {
        let inputs: &[_] = match name {
            "like" => &[],
            _ => &[("text", "早")],
        };
        let done = tap_on(&mut host, seen, &member(), (name, ""), inputs);
        assert_eq!(done, owned(Err("先加入一个群再发言")), "{name}");
    }
}

#[test]
fn a_post_has_words_or_pictures() {
    fn check(inputs: &[(&str, &str)], expected: Result<&str, &str>) {
        let mut host = grouped();
        host.join(&member());
        host.upload(&member());
        join(&mut host, &member(), "hike").unwrap();
        let done = tap(&mut host, &member(), ("new/hike", "post", ""), inputs);
        assert_eq!(done, owned(expected), "{inputs:?}");
    }
    check(&[("text", "早")], Ok("已发布"));
    check(&[("pictures", "media-1")], Ok("已发布"));
    check(&[], Err("写点文字或选张图片再发"));
    check(&[("text", " \n")], Err("写点文字或选张图片再发"));
    check(
        &[("pictures", "no")],
        Err("`pictures`: `no` is no picture of the reader's"),
    );
    let long = "长".repeat(501);
    check(&[("text", &long)], Err("`text`: at most 500 characters"));
}

#[test]
fn the_form_offers_the_readers_own_groups() {
    let mut host = grouped();
    let seen = page(&mut host, &member(), "new");
    assert!(seen.contains("先加入一个群再发言") && !seen.offers_action("post-in"));
    join(&mut host, &member(), "hike").unwrap();
    let seen = page(&mut host, &member(), "new");
    assert!(seen.contains("周末徒步") && !seen.contains("老电影"));
    let inputs = [("group", "hike"), ("text", "早")];
    let done = tap_on(&mut host, &seen, &member(), ("post-in", ""), &inputs);
    assert_eq!(done, owned(Ok("已发布")));
    assert!(page(&mut host, &nobody(), "group/hike").contains("早"));
}

#[test]
fn the_featured_speak_first_and_once() {
    let mut host = grouped();
    for reader in [star(), member()] {
        join(&mut host, &reader, "hike").unwrap();
    }
    say(&mut host, &star(), "hike", "大咖一句").unwrap();
    for number in 0..4 {
        say(&mut host, &member(), "hike", &format!("粉丝{number}")).unwrap();
    }
    let tree = page(&mut host, &nobody(), "group/hike").to_string();
    let at_of = |text: &str| tree.find(text).unwrap_or_else(|| panic!("{text}\n{tree}"));
    assert!(at_of("大咖说") < at_of("大咖一句") && at_of("大咖一句") < at_of("最新"));
    assert!(at_of("最新") < at_of("粉丝3") && at_of("粉丝3") < at_of("粉丝0"));
    assert_eq!(tree.matches("\"大咖一句\"").count(), 1);
    // In another group they have said nothing.
    assert!(!page(&mut host, &nobody(), "group/film").contains("大咖说"));
}

/// The tag is anybody's to write, from another card of the circle.
#[test]
fn posts_of_those_who_never_joined_are_not_the_groups() {
    let mut host = grouped();
    join(&mut host, &member(), "hike").unwrap();
    say(&mut host, &member(), "hike", "走起").unwrap();
    let draft = posts::draft(PostKind::Short)
        .text("混进来的")
        .tag("和群·周末徒步");
    host.elsewhere(&star(), || draft.publish()).unwrap();
    let seen = page(&mut host, &nobody(), "group/hike");
    assert!(
        seen.contains("走起") && !seen.contains("混进来的"),
        "{seen}"
    );
    // Whoever leaves leaves their words.
    tap(&mut host, &member(), ("group/hike", "leave", ""), &[]).unwrap();
    assert!(page(&mut host, &nobody(), "group/hike").contains("走起"));
}

#[test]
fn held_posts_are_shown_to_their_author() {
    let mut host = grouped();
    host.circle_mut().pre_approval = true;
    join(&mut host, &member(), "hike").unwrap();
    let done = say(&mut host, &member(), "hike", "走起");
    assert_eq!(done, owned(Ok("已提交，管理员看过后就会出现")));
    let own = page(&mut host, &member(), "group/hike");
    assert!(own.contains("走起") && own.contains("等待管理员查看"));
    assert!(!page(&mut host, &nobody(), "group/hike").contains("走起"));
}

#[test]
fn authors_and_those_who_keep_order_take_posts_away() {
    for (who, reader) in everybody() {
        let mut host = grouped();
        join(&mut host, &member(), "hike").unwrap();
        say(&mut host, &member(), "hike", "走起").unwrap();
        let at = format!("post/{}", id_of(&mut host, "group/hike", "走起"));
        let done = tap(&mut host, &reader, (&at, "remove", ""), &[]);
        let may = ["member", "moderator", "owner"].contains(&who);
        assert_eq!(done.is_ok(), may, "{who}: {done:?}");
        let gone = page(&mut host, &nobody(), &at).contains("这条内容已被移除");
        assert_eq!(gone, may, "{who}");
    }
}

#[test]
fn a_muted_member_reads_only() {
    let mut host = grouped();
    join(&mut host, &member(), "hike").unwrap();
    let form = page(&mut host, &member(), "new/hike");
    let until = host.now().plus_s(60);
    host.elsewhere(&owner(), || circle::mute("member", until))
        .unwrap();
    assert!(!page(&mut host, &member(), "new/hike").offers_action("post"));
    let done = tap_on(&mut host, &form, &member(), ("post", ""), &[("text", "早")]);
    assert_eq!(done, owned(Err("你暂时不能发言")));
}
