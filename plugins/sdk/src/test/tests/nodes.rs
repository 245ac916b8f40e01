//! Members, posts, uploads, pages and sharing in a view.

use super::*;

#[track_caller]
fn malformed(draw: fn(&CardContext<NoConfig>) -> Element, expected: &str) {
    let mut host = drawing(draw);
    let author = signed_in("甲");
    let said = host.elsewhere(&author, || {
        posts::draft(PostKind::Short).text("话").publish()
    });
    said.unwrap();
    host.join(&signed_in("乙"));
    let error = host.render().map(|seen| seen.to_string()).unwrap_err();
    assert_eq!(error.text(), format!("malformed view: {expected}"));
}

#[test]
fn what_is_nobodys_is_malformed() {
    malformed(
        |_| avatar("谁").into(),
        "node 0 (avatar): `谁` is no member of this circle",
    );
    malformed(
        |_| said("谁", "话").into(),
        "node 0 (said \"话\"): `谁` is no member of this circle",
    );
    malformed(
        |_| {
            let mut post = posts::get("post-1").unwrap();
            post.author = "乙".to_owned();
            said_post(&post).into()
        },
        "node 0 (said \"话\"): post `post-1` is not by `乙`",
    );
    malformed(
        |_| image("media:media-9", "图", 1, 1),
        "node 0 (image \"图\"): there is no picture `media-9`",
    );
    malformed(
        |_| share_post("分享", "post-9").into(),
        "node 0 (share \"分享\"): there is no post `post-9`",
    );
}

#[test]
fn options_have_values_and_labels() {
    let nothing = "node 1 (choice `c`): an option's value or label says nothing";
    malformed(
        |_| form((choice("c", "选").option("", "无"), button("送", offer("a")))),
        nothing,
    );
    malformed(
        |_| form((choice("c", "选").option("a", " "), button("送", offer("a")))),
        nothing,
    );
}

#[test]
fn the_new_nodes_are_held_to_their_limits() {
    malformed(
        |_| said("甲", "话").max_lines(13).into(),
        "node 0 (said \"话\"): lines 13; 1 to 12 is allowed",
    );
    malformed(
        |_| upload("p", "图").into(),
        "node 0 (upload `p`): an input stands outside a form",
    );
    malformed(
        |_| form((upload("p", "图").max(10), button("送", offer("a")))),
        "node 1 (upload `p`): pictures 10; 1 to 9 is allowed",
    );
    malformed(
        |_| share("分享").then(offer("A")).into(),
        "node 0 (share \"分享\"): `A` is no name: [a-z][a-z0-9-]*, at most 64 bytes",
    );
    malformed(
        |_| link_to("远", "长".repeat(86)),
        "node 0 (link \"远\"): its place is longer than 256 bytes, or unseen",
    );
    malformed(
        |_| link_to("换行", "a\nb"),
        "node 0 (link \"换行\"): its place is longer than 256 bytes, or unseen",
    );
    malformed(
        |_| share("分享").then(offer("a").confirm("吗？")).into(),
        "node 0 (share \"分享\"): its offer asks, but only after the reader has shared",
    );
    malformed(
        |_| link_to("", "a"),
        "node 0 (link \"\"): its label says nothing",
    );
    malformed(
        |_| badge("两\n行").into(),
        "node 0 (badge \"两\\n行\"): a label is one line, without control characters",
    );
}

#[test]
fn a_post_is_shown_with_its_author_words_and_pictures() {
    let mut host = drawing(|_| {
        let posts = posts::query().page().posts;
        column(each(&posts, |post| {
            (
                avatar(&post.author).named(),
                said_post(post).max_lines(3),
                each(&post.pictures, picture),
                share_post("分享", &post.id).then(offer("shared").payload(&post.id)),
                link_to("更多", format!("post/{}", post.id)),
            )
        }))
    });
    let author = signed_in("甲");
    let (one, two) = (host.upload(&author), host.upload(&author));
    let draft = posts::draft(PostKind::Short)
        .text("看")
        .pictures([(one, "一只猫"), (two, "")]);
    host.elsewhere(&author, || draft.publish()).unwrap();
    let seen = host.render().unwrap();
    assert!(seen.links_to("post/post-1"));
    insta::assert_snapshot!(seen.to_string(), @r##"
    # 画
    column
      avatar 甲 (named)
      said 甲 "看", post post-1, at most 3 lines
      image "一只猫" media:media-1 1200×900
      image "图片 · Picture" media:media-2 1200×900
      share "分享" (post post-1) → shared "post-1"
      link "更多" card:post/post-1
    "##);

    // Sharing takes its offer as a button does.
    let done = host.act_with(&author, "shared", "post-1", []).unwrap();
    assert_eq!(
        done.outcome.toast_text(),
        Some("shared \"post-1\" [] at \"\"")
    );
    let refused = host.act_with(&author, "shared", "post-2", []);
    assert_eq!(refused, Err(Refusal::NotOffered));
}

#[test]
fn what_is_left_of_an_erased_authors_post_is_drawn_as_any_other() {
    let mut host = drawing(|_| {
        let post = posts::get("post-1").unwrap();
        // As a card has it that noted the author when it was posted.
        let mut noted = post.clone();
        noted.author = "甲".to_owned();
        column((avatar(&post.author), said_post(&post), said_post(&noted)))
    });
    let (author, other) = (signed_in("甲"), signed_in("乙"));
    for by in [&author, &other] {
        let said = host.elsewhere(by, || posts::draft(PostKind::Short).text("话").publish());
        said.unwrap();
    }
    let liked = host.elsewhere(&author, || posts::react("post-2", "like"));
    liked.unwrap();
    host.render().unwrap();
    host.erase(&author);
    insta::assert_snapshot!(host.render().unwrap().to_string(), @r##"
    # 画
    column
      avatar m_gone (picture)
      said m_gone "", post post-1
      said 甲 "", post post-1
    "##);
    let left = host.elsewhere(&other, || Ok(posts::get("post-2").unwrap()));
    assert_eq!(left.unwrap().reactions("like"), 0);
    let mine = host.elsewhere(&author, || Ok(posts::mine().page().posts));
    assert!(mine.unwrap().is_empty());
}

#[test]
fn a_form_takes_the_readers_own_pictures() {
    let mut host = drawing(|_| {
        form((
            upload("pictures", "照片").max(2).required(),
            button("发", offer("post")),
        ))
    });
    let seen = host.render().unwrap().to_string();
    let expected = r#"upload `pictures` "照片", at most 2, required"#;
    assert!(seen.contains(expected), "{seen}");

    let author = signed_in("甲");
    let own: Vec<String> = (0..3).map(|_| host.upload(&author)).collect();
    let strange = host.upload(&signed_in("乙"));
    let mut check = |media: &[&String], expected: &str| {
        let inputs = media.iter().map(|media| ("pictures", media.as_str()));
        let done = host.act(&author, "post", inputs);
        let text = match &done {
            Ok(done) => done.outcome.toast_text().unwrap(),
            Err(Refusal::Invalid(error)) => error.text(),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(text, expected);
    };
    check(&[&own[0], &own[2]], r#"post  ["media-1", "media-3"] at """#);
    check(&[], "`pictures`: required");
    check(&[&own[0], &own[1], &own[2]], "`pictures`: at most 2");
    check(
        &[&strange],
        "`pictures`: `media-4` is no picture of the reader's",
    );
}

#[test]
fn a_page_is_what_a_link_names() {
    let mut host = drawing(|cx| match cx.place().as_slice() {
        [] => row((link_to("全部", ""), link_to("跑步", "tag/跑步"))),
        ["tag", tag] => row((text(*tag), button("关注", offer("follow")))),
        _ => text(Error::no_such_place(cx).text()).into(),
    });
    let first = host.render().unwrap();
    assert!(first.links_to("tag/跑步") && first.links_to(""));
    assert!(!first.links_to("tag/读书"));
    let page = host.render_at("tag/跑步").unwrap();
    assert!(page.contains("跑步"));
    assert!(host.render_at("x").unwrap().contains("no page `x`"));

    // An action knows the page that offered it, and only that page does.
    let reader = signed_in("甲");
    let refused = host.act(&reader, "follow", []);
    assert_eq!(refused, Err(Refusal::NotOffered));
    let done = host.act_on(&page, &reader, "follow", []).unwrap();
    let expected = Some("follow  [] at \"tag/跑步\"");
    assert_eq!(done.outcome.toast_text(), expected);
    host.set_at("tag/跑步");
    let done = host.act(&reader, "follow", []).unwrap();
    assert_eq!(done.outcome.toast_text(), expected);
}
