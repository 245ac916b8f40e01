//! What is left of a member who was erased.

use super::*;
use crate::store::PageLimit;

#[tokio::test]
async fn an_erased_member_leaves_tombstones_and_right_counts() {
    for keys_max in [1, 60, 10_000] {
        let mut world = World::new().await;
        world.give_picture("member", "own").await;
        let others = world.post("other", "others'").await;
        let asked = Draft {
            pictures: vec![("own".to_owned(), String::new())],
            ..tagged("secret", &["a"])
        };
        let mut posts = Vec::new();
        for draft in [
            asked,
            reply(&others, "secret"),
            draft("spam secret"),
            Draft {
                private: true,
                ..draft("secret")
            },
        ] {
            posts.push(world.publish(by("member"), &draft).await.unwrap().id);
        }
        world
            .edit(by("member"), &posts[0], &draft("secret too"))
            .await
            .unwrap();
        for who in ["member", "third"] {
            world.react(by(who), &others).await.unwrap();
        }
        world.react(by("third"), &posts[0]).await.unwrap();
        world.report(by("member"), &others).await.unwrap();
        assert_eq!(walked(&world, "member").await, [4, 1, 1]);

        let mut commits = 0;
        loop {
            let mut tx = world.begin().await;
            let is_all = erase_member(&mut tx, "member", keys_max).await.unwrap();
            tx.commit().await.unwrap();
            commits += 1;
            assert!(commits < 50);
            if is_all {
                break;
            }
        }
        assert!(keys_max > 1 || commits > 4, "bounded: {commits}");
        assert_eq!(walked(&world, "member").await, [0, 0, 0]);
        for id in &posts {
            let mut tx = world.begin().await;
            let record = record::read(&mut tx, id).await.unwrap().unwrap();
            assert_eq!(
                (record.status, record.text.as_str()),
                (PostStatus::Removed, "")
            );
            assert_eq!(record.author, ERASED_AUTHOR);
            let earlier = history(&mut tx, &world.rules, by("owner"), id)
                .await
                .unwrap();
            assert_eq!(earlier, []);
        }
        let post = world.get(by("nobody"), &others).await.post.unwrap();
        assert_eq!(
            (post.reactions, post.replies),
            (vec![("like".to_owned(), 1)], 0)
        );
        assert_eq!(world.query(&EVERYTHING).await, [others]);
        assert_eq!(world.counts().await, [1, 0]);
        assert_eq!(world.uses("own").await, 0);
        let mut tx = world.begin().await;
        assert_eq!(tags(&mut tx, 10).await.unwrap(), []);
    }
}

fn limit(entries_max: usize, bytes_max: usize) -> PageLimit {
    PageLimit {
        entries_max,
        bytes_max,
    }
}

#[tokio::test]
async fn what_is_given_at_once_of_a_member_is_bounded_by_its_bytes() {
    let mut world = World::new().await;
    let long = |n: usize| format!("{n}{}", "长".repeat(1_000));
    let mut expected = Vec::new();
    for n in 0..8 {
        let post = world.publish(at("member", NOW_MS - n), &draft("0")).await;
        expected.push(post.unwrap().id);
    }
    // Three earlier texts are kept of each, which are as long as itself.
    for id in &expected {
        for n in 0..4 {
            world
                .edit(by("member"), id, &draft(&long(n)))
                .await
                .unwrap();
        }
    }
    for (bytes_max, most) in [(1, 1), (20_000, 2), (1 << 20, 8)] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let mut tx = world.begin().await;
            let page = kept(&mut tx, "member", after, limit(256, bytes_max)).await;
            let (some, next) = page.unwrap();
            assert!(some.len() <= most, "{} of {bytes_max}", some.len());
            found.extend(some.into_iter().map(|one| match one {
                Kept::Post(id, _, earlier) => (id, earlier.len()),
                other => panic!("{other:?}"),
            }));
            after = next;
            if after.is_none() {
                break;
            }
        }
        let ids: Vec<&String> = found.iter().map(|(id, _)| id).collect();
        assert_eq!(ids, expected.iter().collect::<Vec<_>>(), "{bytes_max}");
        assert!(found.iter().all(|(_, earlier)| *earlier == 3));
    }
}

/// How many posts, reactions and reports are kept of a member, walked in steps
/// of one.
async fn walked(world: &World, member: &str) -> [usize; 3] {
    let mut counts = [0; 3];
    let mut after = None;
    loop {
        let mut tx = world.begin().await;
        let (found, next) = kept(&mut tx, member, after, limit(1, usize::MAX))
            .await
            .unwrap();
        for one in found {
            match one {
                Kept::Post(..) => counts[0] += 1,
                Kept::Reaction(..) => counts[1] += 1,
                Kept::Report(_, reason) => {
                    assert_eq!(reason, "rude");
                    counts[2] += 1;
                }
            }
        }
        match next {
            Some(next) => after = Some(next),
            None => return counts,
        }
    }
}
