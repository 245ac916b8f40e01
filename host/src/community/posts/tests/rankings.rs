//! What is liked, and that likes stand in nobody's way.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[tokio::test]
async fn likes_conflict_with_nobody() {
    let mut world = World::new().await;
    let post = world
        .publish(by("member"), &tagged("x", &["a"]))
        .await
        .unwrap()
        .id;
    let (mut one, mut two) = (world.begin().await, world.begin().await);
    react(&mut one, &world.rules, by("member"), &post, "like")
        .await
        .unwrap();
    react(&mut two, &world.rules, by("other"), &post, "like")
        .await
        .unwrap();
    both(one, two).await.unwrap();
    // A twin of the same tap is another matter: it counts once.
    let (mut one, mut two) = (world.begin().await, world.begin().await);
    react(&mut one, &world.rules, by("third"), &post, "like")
        .await
        .unwrap();
    react(&mut two, &world.rules, by("third"), &post, "like")
        .await
        .unwrap();
    assert_eq!(both(one, two).await, Err(CommitError::Conflict));
    let found = world.get(by("nobody"), &post).await.post.unwrap();
    assert_eq!(found.reactions, [("like".to_owned(), 3)]);

    // A like and a removal are not both blind to each other.
    for like_first in [true, false] {
        let post = world.post("member", "y").await;
        let (mut like, mut removal) = (world.begin().await, world.begin().await);
        react(&mut like, &world.rules, by("other"), &post, "like")
            .await
            .unwrap();
        remove(&mut removal, &world.rules, by("owner"), &post, None)
            .await
            .unwrap();
        let raced = match like_first {
            true => both(like, removal).await,
            false => both(removal, like).await,
        };
        assert_eq!(raced, Err(CommitError::Conflict), "{like_first}");
    }
}

#[tokio::test]
async fn reactions_have_names_and_a_limit() {
    let mut world = World::new().await;
    let post = world.post("member", "x").await;
    let table = [
        ("like", Ok(true)),
        ("like", Ok(false)),
        ("", Err("invalid")),
        ("Like", Err("invalid")),
        ("-like", Err("invalid")),
        ("l\u{e4}ke", Err("invalid")),
        ("a2-b", Ok(true)),
        ("abcdefghijklmnopqrstuvwxyzabcdef", Ok(true)),
        ("abcdefghijklmnopqrstuvwxyzabcdefg", Err("invalid")),
        // `reactions_per_post_max` is 3.
        ("fourth", Err("quota")),
    ];
    let mut tx = world.begin().await;
    for (name, expected) in table {
        let found = react(&mut tx, &world.rules, by("other"), &post, name).await;
        assert_eq!(
            found.as_ref().map_err(|_| word(&found)),
            expected.as_ref().map_err(|word| *word),
            "{name}"
        );
    }
    tx.commit().await.unwrap();
    let mut tx = world.begin().await;
    let ids = [post.clone(), "p_none".to_owned()];
    let given = my_reactions(&mut tx, &world.rules, Who::Member("other"), &ids)
        .await
        .unwrap();
    assert_eq!(
        given,
        [
            vec!["a2-b", "abcdefghijklmnopqrstuvwxyzabcdef", "like"],
            vec![]
        ]
    );
    let too_many = vec![post; 51];
    assert_eq!(
        word(&my_reactions(&mut tx, &world.rules, Who::Nobody, &too_many).await),
        "ends"
    );
}

#[derive(Clone, Debug)]
enum Step {
    Publish {
        hours: u64,
        tag: bool,
        kind: bool,
        review: bool,
    },
    Like {
        post: usize,
        who: usize,
    },
    Unlike {
        post: usize,
        who: usize,
    },
    Remove {
        post: usize,
    },
    Hold {
        post: usize,
    },
    Approve {
        post: usize,
    },
    Retag {
        post: usize,
        tag: bool,
    },
}

const WHO: [&str; 6] = ["member", "other", "third", "featured", "moderator", "owner"];

fn step() -> impl Strategy<Value = Step> {
    let (post, who) = (0usize..100, 0..WHO.len());
    prop_oneof![
        2 => (0u64..30, any::<bool>(), any::<bool>(), proptest::bool::weighted(0.1))
            .prop_map(|(hours, tag, kind, review)| Step::Publish { hours, tag, kind, review }),
        6 => (post.clone(), who.clone()).prop_map(|(post, who)| Step::Like { post, who }),
        2 => (post.clone(), who).prop_map(|(post, who)| Step::Unlike { post, who }),
        1 => post.clone().prop_map(|post| Step::Remove { post }),
        1 => post.clone().prop_map(|post| Step::Hold { post }),
        1 => post.clone().prop_map(|post| Step::Approve { post }),
        1 => (post, any::<bool>()).prop_map(|(post, tag)| Step::Retag { post, tag }),
    ]
}

/// A post, as a naive mind keeps it.
#[derive(Clone, Debug, Default)]
struct Naive {
    created_ms: u64,
    tag: bool,
    wish: bool,
    is_public: bool,
    is_held: bool,
    is_removed: bool,
    liked_by: BTreeSet<usize>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rankings_are_what_a_naive_mind_would_sort(steps in proptest::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(compare(steps));
    }
}

async fn compare(steps: Vec<Step>) {
    let mut world = World::new().await;
    let mut naive: BTreeMap<String, Naive> = BTreeMap::new();
    let mut order = Vec::new();
    let mut now_ms = NOW_MS;
    for step in steps {
        apply(&mut world, &mut naive, &mut order, &mut now_ms, step).await;
    }
    for by_heat in [true, false] {
        for (tag, kind) in [
            (None, None),
            (Some("a"), None),
            (None, Some(PostKind::Wish)),
            (Some("a"), Some(PostKind::Wish)),
        ] {
            let fits = |post: &Naive| {
                post.is_public && (tag.is_none() || post.tag) && (kind.is_none() || post.wish)
            };
            let mut expected: Vec<_> = naive.iter().filter(|(_, post)| fits(post)).collect();
            expected.sort_by(|(one_id, one), (two_id, two)| {
                let heat = |post: &Naive| {
                    let likes = post.liked_by.len().max(1) as f64;
                    likes.log10() + post.created_ms as f64 / 86_400_000.0
                };
                let hot = match by_heat {
                    true => heat(two).total_cmp(&heat(one)),
                    false => std::cmp::Ordering::Equal,
                };
                hot.then(two.liked_by.len().cmp(&one.liked_by.len()))
                    .then(two.created_ms.cmp(&one.created_ms))
                    .then(one_id.cmp(two_id))
            });
            let asked = PostQuery {
                order: if by_heat {
                    PostOrder::Hot
                } else {
                    PostOrder::Top
                },
                tag,
                kind,
                limit: 7,
                ..EVERYTHING
            };
            let expected: Vec<_> = expected.into_iter().map(|(id, _)| id.clone()).collect();
            assert_eq!(world.query(&asked).await, expected, "{asked:?}");
        }
    }
    let held = naive.values().filter(|post| post.is_held).count();
    let public = naive.values().filter(|post| post.is_public).count();
    assert_eq!(
        world.counts().await,
        [public, held].map(|n| i64::try_from(n).unwrap())
    );
}

async fn apply(
    world: &mut World,
    naive: &mut BTreeMap<String, Naive>,
    order: &mut Vec<String>,
    now_ms: &mut u64,
    step: Step,
) {
    if let Step::Publish {
        hours,
        tag,
        kind,
        review,
    } = step
    {
        // Odd milliseconds, so that no two heats are equal by chance.
        *now_ms += hours * 3_600_000 + 7;
        let asked = Draft {
            kind: if kind {
                PostKind::Wish
            } else {
                PostKind::Short
            },
            review,
            ..tagged("x", if tag { &["a"] } else { &[] })
        };
        let post = world.publish(at("member", *now_ms), &asked).await.unwrap();
        let kept = Naive {
            created_ms: *now_ms,
            tag,
            wish: kind,
            is_public: !review,
            is_held: review,
            ..Naive::default()
        };
        naive.insert(post.id.clone(), kept);
        order.push(post.id);
        return;
    }
    let (Step::Like { post, .. }
    | Step::Unlike { post, .. }
    | Step::Remove { post }
    | Step::Hold { post }
    | Step::Approve { post }
    | Step::Retag { post, .. }) = step
    else {
        return;
    };
    let Some(id) = (!order.is_empty()).then(|| order[post % order.len()].clone()) else {
        return;
    };
    let kept = naive.get_mut(&id).unwrap();
    match step {
        Step::Publish { .. } => {}
        Step::Like { who, .. } => {
            let liked = world.react(by(WHO[who]), &id).await;
            let expected = kept.is_public.then(|| kept.liked_by.insert(who));
            assert_eq!(liked.ok(), expected);
        }
        Step::Unlike { who, .. } => {
            let taken = world.unreact(by(WHO[who]), &id).await;
            assert_eq!(taken, Ok(kept.liked_by.remove(&who)));
        }
        Step::Remove { .. } => {
            let removed = world.remove(by("owner"), &id).await;
            assert_eq!(removed.is_ok(), !kept.is_removed);
            (kept.is_removed, kept.is_public, kept.is_held) = (true, false, false);
        }
        Step::Hold { .. } => {
            let asked = tagged("spam", if kept.tag { &["a"] } else { &[] });
            let edited = world.edit(by("member"), &id, &asked).await;
            assert_eq!(edited.is_ok(), !kept.is_removed);
            (kept.is_public, kept.is_held) = (false, !kept.is_removed);
        }
        Step::Approve { .. } => {
            let post = world.get(by("owner"), &id).await.post;
            let seen = post.and_then(|post| post.record.edited_ms);
            let approved = world.review(by("owner"), &id, Verdict::Approve(seen)).await;
            assert_eq!(approved.is_ok(), kept.is_held);
            if kept.is_held {
                (kept.is_public, kept.is_held) = (true, false);
            }
        }
        Step::Retag { tag, .. } => {
            let asked = tagged("y", if tag { &["a"] } else { &[] });
            if world.edit(by("member"), &id, &asked).await.is_ok() {
                kept.tag = tag;
            }
        }
    }
}
