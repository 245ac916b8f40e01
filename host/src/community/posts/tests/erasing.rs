//! What is left of a member who was erased.

use super::*;

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
            assert_eq!(record.author, write::ERASED_AUTHOR);
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

/// How many posts, reactions and reports are kept of a member, walked in steps
/// of one.
async fn walked(world: &World, member: &str) -> [usize; 3] {
    let mut counts = [0; 3];
    let mut after = None;
    loop {
        let mut tx = world.begin().await;
        let (found, next) = kept(&mut tx, member, after, 1).await.unwrap();
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
