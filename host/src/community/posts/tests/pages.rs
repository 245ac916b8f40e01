//! Pages: the right posts, in the right order, once each, while others post.

use proptest::prelude::*;

use super::*;

/// Every combination of conditions, against looking at all there is.
#[tokio::test]
async fn every_combination_of_conditions() {
    let mut world = World::new().await;
    let mut all: Vec<(String, PostRecord)> = Vec::new();
    let kinds = [PostKind::Short, PostKind::Wish, PostKind::Reply];
    for n in 0..60u64 {
        let kind = kinds[usize::try_from(n % 3).unwrap()];
        let asked = Draft {
            kind,
            parent: (kind == PostKind::Reply).then(|| all[0].0.clone()),
            private: n % 11 == 5,
            review: n % 13 == 7,
            ..tagged("x", if n % 4 < 2 { &["a", "b"] } else { &["b"] })
        };
        let author = ["member", "other"][usize::from(n % 5 == 0)];
        let post = world.publish(at(author, NOW_MS + n), &asked).await.unwrap();
        if n % 7 == 0 && post.record.is_public() {
            world.feature(by("owner"), &post.id).await.unwrap();
        }
        if n % 17 == 3 {
            world.remove(by("owner"), &post.id).await.unwrap();
        }
        let record = world.seen(by(author), &post.id).await;
        all.push((post.id, record));
    }
    all.reverse();
    world.rules.limits.looked_at_max = 4;
    for order in [PostOrder::Newest, PostOrder::Hot, PostOrder::Top] {
        for kind in [
            None,
            Some(PostKind::Short),
            Some(PostKind::Reply),
            Some(PostKind::Asking),
        ] {
            for tag in [None, Some("a"), Some("b"), Some("c"), Some("###")] {
                for author in [None, Some("member"), Some("nobody-else")] {
                    for featured in [false, true] {
                        let asked = PostQuery {
                            order,
                            kind,
                            tag,
                            author,
                            featured,
                            after: None,
                            limit: 3,
                        };
                        // Rankings hold replies apart from the others.
                        let replies = kind == Some(PostKind::Reply)
                            || (author.is_some() && order == PostOrder::Newest);
                        let fits = |record: &PostRecord| {
                            record.is_public()
                                && kind.is_none_or(|kind| record.kind == kind)
                                && tag.is_none_or(|tag| record.tags.iter().any(|own| own == tag))
                                && author.is_none_or(|author| record.author == author)
                                && (!featured || record.featured)
                                && (replies || record.kind != PostKind::Reply)
                        };
                        let expected = all.iter().filter(|(_, record)| fits(record));
                        let expected: Vec<_> = expected.map(|(id, _)| id.clone()).collect();
                        assert_eq!(world.query(&asked).await, expected, "{asked:?}");
                    }
                }
            }
        }
    }
    world.rules.limits.looked_at_max = 500;
    let mut tx = world.begin().await;
    let parent = all.last().unwrap().0.clone();
    let page = replies(&mut tx, &world.rules, &parent, None, 50)
        .await
        .unwrap();
    let mut expected: Vec<_> = all
        .iter()
        .filter(|(_, record)| record.is_public() && record.parent.is_some())
        .map(|(id, _)| id.clone())
        .collect();
    expected.reverse();
    let found: Vec<_> = page.posts.into_iter().map(|post| post.id).collect();
    assert_eq!(found, expected);
    let count = get(&mut tx, by("nobody"), &parent)
        .await
        .unwrap()
        .post
        .unwrap()
        .replies;
    assert_eq!(usize::try_from(count).unwrap(), expected.len());
}

#[tokio::test]
async fn cursors_serve_their_own_question_only() {
    let mut world = World::new().await;
    for n in 0..3 {
        let asked = tagged("x", &["a", "b"]);
        world
            .publish(at("member", NOW_MS + n), &asked)
            .await
            .unwrap();
    }
    let one = PostQuery {
        limit: 1,
        ..EVERYTHING
    };
    let mut tx = world.begin().await;
    let next = query(&mut tx, &world.rules, &one)
        .await
        .unwrap()
        .next
        .unwrap();
    let of_a = PostQuery {
        tag: Some("a"),
        ..one
    };
    let next_of_a = query(&mut tx, &world.rules, &of_a).await.unwrap().next;
    let next_of_a = next_of_a.unwrap();
    let with = |after: &str, change: fn(&mut PostQuery<'_>)| {
        let mut asked = PostQuery {
            limit: 1,
            ..EVERYTHING
        };
        change(&mut asked);
        (
            after.to_owned(),
            asked.order,
            asked.kind,
            asked.tag.map(str::to_owned),
            asked.limit,
        )
    };
    let mut flipped = next.clone();
    flipped.replace_range(0..1, if next.starts_with('A') { "B" } else { "A" });
    let table = [
        (with(&next, |_| {}), "ok"),
        (with(&next, |asked| asked.limit = 2), "ok"),
        (with(&next, |asked| asked.limit = 0), "ends"),
        (with(&next, |asked| asked.limit = 51), "ends"),
        (
            with(&next, |asked| asked.order = PostOrder::Hot),
            "not-found",
        ),
        (
            with(&next, |asked| asked.kind = Some(PostKind::Short)),
            "not-found",
        ),
        (with(&next, |asked| asked.tag = Some("a")), "not-found"),
        (with(&next_of_a, |asked| asked.tag = Some("a")), "ok"),
        (with(&next_of_a, |asked| asked.tag = Some("b")), "not-found"),
        (with("", |_| {}), "not-found"),
        (with("~", |_| {}), "not-found"),
        (with(&flipped, |_| {}), "not-found"),
        (with(&next[..8], |_| {}), "not-found"),
        (with(&"A".repeat(10_000), |_| {}), "not-found"),
    ];
    for ((after, order, kind, tag, limit), expected) in table {
        let asked = PostQuery {
            after: Some(&after),
            order,
            kind,
            tag: tag.as_deref(),
            limit,
            ..EVERYTHING
        };
        let page = query(&mut tx, &world.rules, &asked).await;
        assert_eq!(word(&page), expected, "{asked:?}");
    }
}

/// One step beside a walk through the pages.
#[derive(Clone, Debug)]
enum Beside {
    Publish(u64),
    Remove(usize),
    Like(usize),
}

fn beside() -> impl Strategy<Value = Beside> {
    prop_oneof![
        // At the same instant as others, too.
        (0u64..3).prop_map(Beside::Publish),
        (0usize..100).prop_map(Beside::Remove),
        (0usize..100).prop_map(Beside::Like),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever walks sees each post that was there and stays there, once, last
    /// first, whatever others do between the pages.
    #[test]
    fn a_walk_misses_nothing_and_repeats_nothing(
        steps in proptest::collection::vec(proptest::collection::vec(beside(), 0..4), 1..12),
        limit in 1u32..4,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(walk(steps, limit));
    }
}

async fn walk(steps: Vec<Vec<Beside>>, limit: u32) {
    let mut world = World::new().await;
    let mut there = Vec::new();
    let mut now_ms = NOW_MS;
    for n in 0..12 {
        now_ms += n % 2;
        let post = world
            .publish(at("member", now_ms), &draft("x"))
            .await
            .unwrap();
        there.push(post.id);
    }
    let expected = world.query(&EVERYTHING).await;
    let mut removed = Vec::new();
    let (mut found, mut after) = (Vec::new(), None::<String>);
    let mut steps = steps.into_iter();
    loop {
        let mut tx = world.begin().await;
        let asked = PostQuery {
            after: after.as_deref(),
            limit,
            ..EVERYTHING
        };
        let page = query(&mut tx, &world.rules, &asked).await.unwrap();
        drop(tx);
        found.extend(page.posts.into_iter().map(|post| post.id));
        after = page.next;
        if after.is_none() {
            break;
        }
        for step in steps.next().unwrap_or_default() {
            match step {
                Beside::Publish(later) => {
                    now_ms += later;
                    world
                        .publish(at("other", now_ms), &draft("new"))
                        .await
                        .unwrap();
                }
                Beside::Remove(index) => {
                    let id = there[index % there.len()].clone();
                    if world.remove(by("owner"), &id).await.is_ok() {
                        removed.push(id);
                    }
                }
                Beside::Like(index) => {
                    let _ = world.react(by("third"), &there[index % there.len()]).await;
                }
            }
        }
    }
    let mut once = found.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), found.len(), "nothing twice");
    let stays = |id: &&String| !removed.contains(id);
    let of_before: Vec<_> = found
        .iter()
        .filter(|id| expected.contains(id))
        .filter(stays)
        .collect();
    assert_eq!(of_before, expected.iter().filter(stays).collect::<Vec<_>>());
}
