//! What waits, what is decided, and what readers report.

use super::*;

#[tokio::test]
async fn what_waits_is_seen_once_it_is_approved() {
    let mut world = World::new().await;
    let before = world.post("member", "before").await;
    let word_held = world.post("member", "buy S P A M").await;
    let asked = Draft {
        review: true,
        ..draft("please look")
    };
    let asked = world.publish(by("owner"), &asked).await.unwrap().id;
    // Whom the circle trusts is not held by a word.
    let trusted = world.post("moderator", "no spam please").await;
    assert_eq!(world.counts().await, [2, 2]);
    let mut public = world.query(&EVERYTHING).await;
    public.sort();
    let mut expected = vec![before.clone(), trusted.clone()];
    expected.sort();
    assert_eq!(public, expected);
    let record = world.seen(by("member"), &word_held).await;
    assert_eq!(record.status, PostStatus::Held);
    assert!(record.reason.unwrap().contains("moderator"));
    assert_eq!(world.mine("member").await.len(), 2);

    world
        .review(by("moderator"), &word_held, Verdict::Approve(None))
        .await
        .unwrap();
    let record = world.seen(by("other"), &word_held).await;
    assert_eq!(
        (record.status, record.reason),
        (PostStatus::Published, None)
    );
    world
        .review(by("owner"), &asked, Verdict::Reject("off topic".to_owned()))
        .await
        .unwrap();
    assert_eq!(world.get(by("other"), &asked).await.post, None);
    let record = world.seen(by("owner"), &asked).await;
    assert_eq!(record.reason.as_deref(), Some("off topic"));
    assert_eq!(world.counts().await, [3, 0]);
    for id in [&word_held, &asked] {
        let again = world.review(by("owner"), id, Verdict::Approve(None)).await;
        assert_eq!(word(&again), "conflict");
    }
    // What was refused comes back to the queue, not to the readers.
    world
        .edit(by("owner"), &asked, &draft("better"))
        .await
        .unwrap();
    assert_eq!(world.counts().await, [3, 1]);
    assert_eq!(world.get(by("other"), &asked).await.post, None);
}

#[tokio::test]
async fn what_is_approved_is_what_was_looked_at() {
    let mut world = World::new().await;
    let post = world.post("member", "spam, but kind").await;
    let approve = |seen| world.review(by("moderator"), &post, Verdict::Approve(seen));
    // Twice in the same moment, and each text is another.
    for (n, words) in ["spam, and rude", "spam, and worse"].iter().enumerate() {
        let seen = world.seen(by("moderator"), &post).await.edited_ms;
        let edited = world.edit(by("member"), &post, &draft(words)).await;
        assert_eq!(edited.unwrap().record.edited_ms, Some(NOW_MS + n as u64));
        assert_eq!(word(&approve(seen).await), "conflict", "{words}");
        assert_eq!(world.get(by("other"), &post).await.post, None);
    }
    assert_eq!(word(&approve(None).await), "conflict");
    let seen = world.seen(by("moderator"), &post).await.edited_ms;
    assert_eq!(approve(seen).await, Ok(()));
    assert_eq!(world.seen(by("other"), &post).await.text, "spam, and worse");
}

/// The ways around a moderator, all closed.
#[tokio::test]
async fn no_edit_goes_around_a_moderator() {
    let mut world = World::new().await;
    let good = world.post("member", "good").await;
    world
        .edit(by("member"), &good, &draft("spam"))
        .await
        .unwrap();
    assert_eq!(world.get(by("other"), &good).await.post, None);
    world
        .edit(by("member"), &good, &draft("good again"))
        .await
        .unwrap();
    assert_eq!(world.get(by("other"), &good).await.post, None);
    let private = Draft {
        private: true,
        ..draft("spam")
    };
    world.edit(by("member"), &good, &private).await.unwrap();
    assert_eq!(world.counts().await, [0, 0]);
    world
        .edit(by("member"), &good, &draft("good"))
        .await
        .unwrap();
    assert_eq!(world.get(by("other"), &good).await.post, None);
    assert_eq!(world.counts().await, [0, 1]);

    let hidden = world.publish(by("member"), &private).await.unwrap();
    assert_eq!(hidden.record.status, PostStatus::Published);
    let shown = world
        .edit(by("member"), &hidden.id, &draft("spam"))
        .await
        .unwrap();
    assert_eq!(shown.record.status, PostStatus::Held);

    let mut tx = world.begin().await;
    for (author, expected) in [
        ("member", PostStatus::Held),
        ("owner", PostStatus::Published),
    ] {
        let posted = publish(&mut tx, &world.rules, true, by(author), 99, &draft("x")).await;
        assert_eq!(posted.unwrap().record.status, expected, "{author}");
    }
    let kept = world.post("other", "kept").await;
    let mut tx = world.begin().await;
    let edited = edit(&mut tx, &world.rules, true, by("other"), &kept, &draft("y")).await;
    assert_eq!(edited.unwrap().record.status, PostStatus::Held);
}

#[tokio::test]
async fn the_queue_goes_on_where_it_ended() {
    let mut world = World::new().await;
    let mut expected = Vec::new();
    for n in 0..4 {
        let asked = Draft {
            review: true,
            ..draft("x")
        };
        expected.push(
            world
                .publish(at("member", NOW_MS + n), &asked)
                .await
                .unwrap()
                .id,
        );
    }
    for n in 0..4 {
        let post = world.post("member", "x").await;
        world.report(at("other", NOW_MS + n), &post).await.unwrap();
        expected.push(post);
    }
    for limit in 1..=9 {
        let (mut found, mut after) = (Vec::new(), None::<String>);
        loop {
            let mut tx = world.begin().await;
            let page = queue(&mut tx, by("owner"), after.as_deref(), limit)
                .await
                .unwrap();
            found.extend(page.posts.into_iter().map(|queued| queued.post.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "{limit}");
    }
    let mut tx = world.begin().await;
    let foreign = queue(&mut tx, by("owner"), Some("bm9uZQ"), 1).await;
    assert_eq!(word(&foreign), "not-found");
}

/// A picture goes with the last post that shows it, whoever took that away.
#[tokio::test]
async fn a_removed_posts_pictures_go_unless_another_shows_them() {
    let mut world = World::new().await;
    for id in ["own", "shared"] {
        world.give_picture("member", id).await;
    }
    let pictured = |text: &str, ids: &[&str]| Draft {
        pictures: ids
            .iter()
            .map(|&id| (id.to_owned(), String::new()))
            .collect(),
        ..draft(text)
    };
    let both = pictured("both", &["own", "shared"]);
    let both = world.publish(by("member"), &both).await.unwrap().id;
    let other = pictured("other", &["shared"]);
    let other = world.publish(by("member"), &other).await.unwrap().id;
    world.remove(by("moderator"), &both).await.unwrap();
    assert_eq!(world.let_go().await, ["own"]);
    world.remove(by("publisher"), &other).await.unwrap();
    assert_eq!(world.let_go().await, ["own", "shared"]);
}
