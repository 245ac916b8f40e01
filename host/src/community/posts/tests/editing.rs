//! What may be posted, and what an edit does.

use super::*;

#[tokio::test]
async fn drafts() {
    let item = |name: &str, url: &str, rating| Draft {
        item: Some(Item {
            name: name.to_owned(),
            url: Some(url.to_owned()),
            rating,
        }),
        ..draft("")
    };
    let record = |period: Option<&str>, tags: &[&str]| Draft {
        kind: PostKind::Record,
        period: period.map(str::to_owned),
        ..tagged("x", tags)
    };
    let pictured = |id: &str| Draft {
        pictures: vec![(id.to_owned(), "alt".to_owned())],
        ..draft("")
    };
    let long = "字".repeat(2_000);
    let table = [
        (draft("a few words"), "ok"),
        (draft(" \n "), "invalid"),
        (draft(&long), "ok"),
        (draft(&format!("{long}字")), "invalid"),
        (draft("p o i s o n"), "invalid"),
        (tagged("x", &["poison"]), "invalid"),
        (tagged("x", &["#跑步", " 跑步 "]), "ok"),
        (tagged("x", &["跑#步"]), "invalid"),
        (tagged("x", &[""]), "invalid"),
        (tagged("x", &["a\u{7}"]), "invalid"),
        (
            tagged("x", &["字字字字字字字字字字字字字字字字字字字字字字字字"]),
            "ok",
        ),
        (
            tagged("x", &["字字字字字字字字字字字字字字字字字字字字字字字字字"]),
            "invalid",
        ),
        (tagged("x", &["1", "2", "3", "4", "5"]), "ok"),
        (tagged("x", &["1", "2", "3", "4", "5", "6"]), "invalid"),
        (item("a cup", "https://shop.example/cup", Some(5)), "ok"),
        (item("a cup", "", None), "ok"),
        (item("", "", None), "invalid"),
        (item("a cup", "http://shop.example/", None), "invalid"),
        (item("a cup", "javascript:alert(1)", None), "invalid"),
        (item("a cup", "https://me@shop.example/", None), "invalid"),
        (item("a cup", "", Some(0)), "invalid"),
        (item("a cup", "", Some(6)), "invalid"),
        (record(Some("2027-W03"), &["跑步"]), "ok"),
        (record(Some("2027-W03"), &["跑步", "again"]), "conflict"),
        (record(Some("2027-W04"), &["跑步"]), "ok"),
        (record(Some("2027-W03"), &["读书"]), "ok"),
        (record(None, &["跑步"]), "invalid"),
        (record(Some("2027-W03"), &[]), "invalid"),
        (record(Some("2027/3"), &["跑步"]), "invalid"),
        (reply("p_none", "x"), "not-found"),
        (
            Draft {
                kind: PostKind::Reply,
                ..draft("x")
            },
            "invalid",
        ),
        (pictured("own"), "ok"),
        (pictured("media:own"), "ok"),
        (pictured("others"), "not-found"),
        (pictured("none"), "not-found"),
        (pictured(&"x".repeat(1_000)), "not-found"),
    ];
    let mut world = World::new().await;
    world.give_picture("member", "own").await;
    world.give_picture("other", "others").await;
    for (draft, expected) in table {
        let posted = world.publish(by("member"), &draft).await;
        assert_eq!(word(&posted), expected, "{draft:?}");
    }
    assert_eq!(world.uses("own").await, 2);
    assert_eq!(world.uses("others").await, 0);
}

#[tokio::test]
async fn text_is_kept_in_one_form() {
    let mut world = World::new().await;
    let asked = tagged(" a\r\nb\u{0}\u{202e}c ", &["#\u{ff52}un", "run"]);
    let post = world.publish(by("member"), &asked).await.unwrap();
    assert_eq!(post.record.text, "a\nbc");
    assert_eq!(post.record.tags, ["run"]);
}

#[tokio::test]
async fn a_member_posts_so_often_in_an_hour() {
    let mut world = World::new().await;
    world.rules.limits.posts_per_hour_per_member = 2;
    world.rules.limits.replies_per_hour_per_member = 1;
    let first = world.post("member", "1").await;
    let second = world.post("member", "2").await;
    // Taking it away makes no room.
    world.remove(by("member"), &second).await.unwrap();
    let hour = 3_600_000;
    let table = [
        ("member", 0, draft("3"), "quota"),
        ("member", 0, reply(&first, "1"), "ok"),
        ("member", 0, reply(&first, "2"), "quota"),
        ("other", 0, draft("3"), "ok"),
        ("member", hour - 1, draft("3"), "quota"),
        ("member", hour + 1, draft("3"), "ok"),
    ];
    for (who, later, draft, expected) in table {
        let posted = world.publish(at(who, NOW_MS + later), &draft).await;
        assert_eq!(word(&posted), expected, "{who} {later} {draft:?}");
    }
}

#[tokio::test]
async fn an_edit_replaces_and_keeps_what_was() {
    let mut world = World::new().await;
    for id in ["one", "two"] {
        world.give_picture("member", id).await;
    }
    let pictured = |text: &str, id: &str| Draft {
        pictures: vec![(id.to_owned(), String::new())],
        ..tagged(text, &[id])
    };
    let post = world
        .publish(by("member"), &pictured("0", "one"))
        .await
        .unwrap()
        .id;
    for n in 1..=5 {
        let edited = at("member", NOW_MS + n);
        world
            .edit(edited, &post, &pictured(&n.to_string(), "two"))
            .await
            .unwrap();
    }
    let record = world.seen(by("other"), &post).await;
    assert_eq!(
        (record.text.as_str(), record.edited_ms),
        ("5", Some(NOW_MS + 5))
    );
    assert_eq!([world.uses("one").await, world.uses("two").await], [0, 1]);
    // What an edit took out may come back with the next.
    assert_eq!(world.let_go().await, [""; 0]);
    let mut tx = world.begin().await;
    let earlier = history(&mut tx, &world.rules, by("member"), &post)
        .await
        .unwrap();
    let texts: Vec<_> = earlier
        .iter()
        .map(|one| (one.text.as_str(), one.until_ms))
        .collect();
    // The oldest are gone: `revisions_max` is 3.
    assert_eq!(
        texts,
        [("4", NOW_MS + 5), ("3", NOW_MS + 4), ("2", NOW_MS + 3)]
    );
    assert_eq!(tags(&mut tx, 10).await.unwrap(), [("two".to_owned(), 1)]);
    // An edit that changes no word keeps nothing.
    world
        .edit(by("member"), &post, &pictured("5", "two"))
        .await
        .unwrap();
    let mut tx = world.begin().await;
    assert_eq!(
        history(&mut tx, &world.rules, by("member"), &post)
            .await
            .unwrap()
            .len(),
        3
    );

    world.remove(by("member"), &post).await.unwrap();
    let tombstone = world.seen(by("other"), &post).await;
    assert_eq!(tombstone.text, "");
    assert!(tombstone.tags.is_empty() && tombstone.pictures.is_empty());
    assert_eq!(
        (tombstone.author.as_str(), tombstone.reason),
        ("member", None)
    );
    assert_eq!(world.uses("two").await, 0);
    assert_eq!(world.let_go().await, ["two"]);
    let mut tx = world.begin().await;
    assert_eq!(
        history(&mut tx, &world.rules, by("member"), &post).await,
        Ok(Vec::new())
    );
    assert_eq!(tags(&mut tx, 10).await.unwrap(), []);
}

/// One record for each first tag and period, through edits and removals.
#[tokio::test]
async fn a_record_is_the_only_one() {
    let mut world = World::new().await;
    let record = |tag: &str| Draft {
        kind: PostKind::Record,
        period: Some("2027-W03".to_owned()),
        ..tagged("x", &[tag])
    };
    let run = world
        .publish(by("member"), &record("run"))
        .await
        .unwrap()
        .id;
    let read = world
        .publish(by("member"), &record("read"))
        .await
        .unwrap()
        .id;
    assert_eq!(
        word(&world.edit(by("member"), &read, &record("run")).await),
        "conflict"
    );
    assert_eq!(
        word(&world.edit(by("member"), &read, &record("read")).await),
        "ok"
    );
    assert_eq!(
        word(&world.edit(by("member"), &read, &record("cook")).await),
        "ok"
    );
    assert_eq!(
        word(&world.publish(by("member"), &record("read")).await),
        "ok"
    );
    assert_eq!(
        word(&world.publish(by("other"), &record("run")).await),
        "ok"
    );
    world.remove(by("member"), &run).await.unwrap();
    assert_eq!(
        word(&world.publish(by("member"), &record("run")).await),
        "ok"
    );
}

#[tokio::test]
async fn one_action_posts_only_so_much() {
    let mut world = World::new().await;
    world.rules.limits.writes_max = 64;
    let mut tx = world.begin().await;
    let mut posted = 0;
    let refused = loop {
        match publish(&mut tx, &world.rules, false, by("member"), 1, &draft("x")).await {
            Ok(_) => posted += 1,
            Err(error) => break error,
        }
        assert!(posted < 64);
    };
    assert!(
        posted > 1 && matches!(refused, PostError::Quota(_)),
        "{posted} {refused}"
    );
    // Each of them has an id of its own.
    tx.commit().await.unwrap();
    assert_eq!(world.query(&EVERYTHING).await.len(), posted);
}

/// What was for its author alone stays so, though the post is not any more.
#[tokio::test]
async fn a_text_that_was_private_is_in_nobody_elses_history() {
    let mut world = World::new().await;
    let private = |text: &str| Draft {
        private: true,
        ..draft(text)
    };
    let post = world.publish(by("member"), &private("a secret")).await;
    let post = post.unwrap().id;
    let steps = [private("another"), draft("hello"), draft("hello all")];
    for (n, step) in steps.iter().enumerate() {
        let edited = at("member", NOW_MS + 1 + n as u64);
        world.edit(edited, &post, step).await.unwrap();
    }
    for (who, expected) in [
        ("member", &["hello", "another", "a secret"][..]),
        ("moderator", &["hello"]),
        ("owner", &["hello"]),
        ("publisher", &["hello"]),
        ("other", &[]),
    ] {
        let mut tx = world.begin().await;
        let found = history(&mut tx, &world.rules, by(who), &post).await;
        let found = found.unwrap();
        let texts: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, expected, "{who}");
    }
}

#[tokio::test]
async fn a_circle_keeps_so_many_posts() {
    let mut world = World::new().await;
    world.rules.limits.per_circle_max = 3;
    let first = world.post("member", "1").await;
    // Those who post at once stand in nobody's way, and may be one too many.
    let mut under_way = Vec::new();
    for author in ["other", "third", "fourth"] {
        let mut tx = world.begin().await;
        let asked = match author {
            "other" => reply(&first, "2"),
            _ => draft("spam"),
        };
        let posted = publish(&mut tx, &world.rules, false, by(author), 7, &asked).await;
        posted.unwrap();
        under_way.push(tx);
    }
    for tx in under_way {
        tx.commit().await.unwrap();
    }
    let full = "the circle is full of posts: it keeps 3 at most, with what is left of those \
                that were removed (the operator's posts.per_circle_max)";
    let full = Err(PostError::Quota(full.to_owned()));
    for (author, asked) in [("owner", draft("5")), ("member", reply(&first, "5"))] {
        assert_eq!(world.publish(by(author), &asked).await, full, "{author}");
    }
    // Taking one away leaves something, which is one; and an edit is none more.
    world.remove(by("member"), &first).await.unwrap();
    assert_eq!(world.publish(by("member"), &draft("5")).await, full);
    let own = world.mine("third").await;
    world.edit(by("third"), &own[0], &draft("5")).await.unwrap();
    world.rules.limits.per_circle_max = 5;
    world.publish(by("member"), &draft("5")).await.unwrap();
    let refused = world.publish(by("member"), &draft("6")).await.unwrap_err();
    assert!(refused.to_string().contains("keeps 5 at most"), "{refused}");
}
