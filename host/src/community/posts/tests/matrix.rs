//! Everybody against everything.

use super::*;

const WHO: [&str; 10] = [
    "nobody",
    "visitor",
    "banned",
    "muted",
    "member",
    "featured",
    "moderator",
    "owner",
    "author",
    "publisher",
];

/// What comes of each act when each of [`WHO`] does it. The author is a member;
/// the post is published, and for the last acts held, or private.
const TABLE: [(&str, [&str; 10]); 15] = [
    //                nobody    visitor   banned    muted     member    featured  moderator owner     author    publisher
    (
        "publish",
        [
            "denied", "denied", "denied", "denied", "ok", "ok", "ok", "ok", "ok", "denied",
        ],
    ),
    (
        "reply",
        [
            "denied", "denied", "denied", "denied", "ok", "ok", "ok", "ok", "ok", "denied",
        ],
    ),
    (
        "edit",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "denied", "ok",
            "denied",
        ],
    ),
    (
        "remove",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "ok", "ok",
        ],
    ),
    (
        "react",
        [
            "denied", "denied", "denied", "ok", "ok", "ok", "ok", "ok", "ok", "denied",
        ],
    ),
    (
        "feature",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied", "ok",
        ],
    ),
    (
        "held",
        [
            "ends", "ends", "ends", "ends", "ends", "ends", "ok", "ok", "ends", "ok",
        ],
    ),
    (
        "history",
        [
            "none", "none", "none", "none", "none", "none", "some", "some", "some", "some",
        ],
    ),
    (
        "report",
        [
            "denied", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "denied", "denied",
        ],
    ),
    (
        "get held",
        [
            "none", "none", "none", "none", "none", "none", "some", "some", "some", "some",
        ],
    ),
    (
        "review held",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied", "ok",
        ],
    ),
    (
        "remove held",
        [
            "not-found",
            "not-found",
            "not-found",
            "not-found",
            "not-found",
            "not-found",
            "ok",
            "ok",
            "ok",
            "ok",
        ],
    ),
    (
        "get private",
        [
            "none", "none", "none", "none", "none", "none", "none", "none", "some", "none",
        ],
    ),
    (
        "edit private",
        [
            "denied",
            "denied",
            "denied",
            "denied",
            "not-found",
            "not-found",
            "not-found",
            "not-found",
            "ok",
            "denied",
        ],
    ),
    (
        "react private",
        [
            "denied",
            "denied",
            "denied",
            "not-found",
            "not-found",
            "not-found",
            "not-found",
            "not-found",
            "not-found",
            "denied",
        ],
    ),
];

#[tokio::test]
async fn everybody_against_everything() {
    for (act, expected) in TABLE {
        for (who, expected) in WHO.into_iter().zip(expected) {
            let found = outcome(act, who).await;
            assert_eq!(found, expected, "{who}: {act}");
        }
    }
}

async fn outcome(act: &str, who: &str) -> &'static str {
    let mut world = World::new().await;
    let author = "third";
    let who = by(if who == "author" { author } else { who });
    let asked = match act.split(' ').nth(1) {
        Some("held") => Draft {
            review: true,
            ..draft("one")
        },
        Some("private") => Draft {
            private: true,
            ..draft("one")
        },
        _ => draft("one"),
    };
    let post = world.publish(by(author), &asked).await.unwrap().id;
    if act == "history" {
        world.edit(by(author), &post, &draft("two")).await.unwrap();
    }
    let is_there = |there: bool| if there { "some" } else { "none" };
    match act.split(' ').next().unwrap() {
        "publish" => word(&world.publish(who, &draft("mine")).await),
        "reply" => word(&world.publish(who, &reply(&post, "mine")).await),
        "edit" => word(&world.edit(who, &post, &draft("two")).await),
        "remove" => word(&world.remove(who, &post).await),
        "react" => word(&world.react(who, &post).await),
        "feature" => word(&world.feature(who, &post).await),
        "held" => {
            let mut tx = world.begin().await;
            word(&held(&mut tx, &world.rules, who, None, 10).await)
        }
        "history" => {
            let mut tx = world.begin().await;
            let earlier = history(&mut tx, &world.rules, who, &post).await.unwrap();
            is_there(!earlier.is_empty())
        }
        "report" => word(&world.report(who, &post).await),
        "get" => {
            let found = world.get(who, &post).await;
            assert!(found.is_personal);
            is_there(found.post.is_some())
        }
        "review" => word(&world.review(who, &post, Verdict::Approve(None)).await),
        other => panic!("{other}"),
    }
}

/// An author may take their words away whatever became of them.
#[tokio::test]
async fn authors_remove_their_own_for_ever() {
    let mut world = World::new().await;
    let post = world.post("member", "mine").await;
    let mut tx = world.begin().await;
    let banned = Membership {
        standing: Standing::Banned,
        ..Membership::default()
    };
    record::put(&mut tx, membership_key("member"), &banned).unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        word(&world.edit(by("member"), &post, &draft("x")).await),
        "denied"
    );
    assert_eq!(word(&world.remove(by("member"), &post).await), "ok");
}
