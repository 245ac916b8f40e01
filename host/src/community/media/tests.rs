use std::sync::Arc;

use super::*;
use crate::store::suite::on_every_backend;
use crate::store::{Access, Partition, Store};

async fn begin(store: &Arc<dyn Store>) -> Transaction {
    let circle = Partition::circle("beike");
    Transaction::begin(Arc::clone(store), &circle, Access::Write)
        .await
        .unwrap()
}

fn given(member: &str, at_ms: u64) -> MediaRecord {
    MediaRecord {
        width: 3,
        height: 2,
        bytes: 100,
        member: member.to_owned(),
        at_ms,
        uses: 0,
    }
}

async fn unused_before(store: &Arc<dyn Store>, before_ms: u64) -> Vec<String> {
    unused(&mut begin(store).await, before_ms, 10)
        .await
        .unwrap()
}

async fn of(store: &Arc<dyn Store>, member: &str, after: Option<&str>) -> Vec<String> {
    let mut tx = begin(store).await;
    media_of(&mut tx, member, after, 10).await.unwrap()
}

on_every_backend!(
    a_picture_is_its_givers_and_is_used_or_not,
    pictures_have_room_and_become_nobodys,
);

async fn a_picture_is_its_givers_and_is_used_or_not(store: Arc<dyn Store>) {
    let mut tx = begin(&store).await;
    keep(&mut tx, "one", &given("m_1", 100)).unwrap();
    keep(&mut tx, "two", &given("m_1", 200)).unwrap();
    keep(&mut tx, "three", &given("m_2", 300)).unwrap();
    tx.commit().await.unwrap();
    assert_eq!(of(&store, "m_1", None).await, ["one", "two"]);
    assert_eq!(of(&store, "m_1", Some("one")).await, ["two"]);
    assert_eq!(unused_before(&store, 300).await, ["one", "two"]);

    let mut tx = begin(&store).await;
    assert!(take_up(&mut tx, "one", "m_1").await.unwrap());
    assert!(take_up(&mut tx, "one", "m_1").await.unwrap());
    assert!(!take_up(&mut tx, "two", "m_2").await.unwrap());
    assert!(!take_up(&mut tx, "four", "m_1").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(unused_before(&store, 300).await, ["two"]);

    // Only the last post that lets go of it makes it unused, as of then.
    let mut tx = begin(&store).await;
    release(&mut tx, "one", 400).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(unused_before(&store, 1_000).await, ["two", "three"]);
    let mut tx = begin(&store).await;
    release(&mut tx, "one", 500).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(unused_before(&store, 1_000).await, ["two", "three", "one"]);

    let mut tx = begin(&store).await;
    forget(&mut tx, "one").await.unwrap();
    forget(&mut tx, "four").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(unused_before(&store, 1_000).await, ["two", "three"]);
    assert_eq!(of(&store, "m_1", None).await, ["two"]);
    assert_eq!(media(&mut begin(&store).await, "one").await.unwrap(), None);
}

async fn pictures_have_room_and_become_nobodys(store: Arc<dyn Store>) {
    let bytes = async || bytes_kept(&mut begin(&store).await).await.unwrap();
    let mut tx = begin(&store).await;
    for (id, member, is_kept) in [
        ("one", "m_1", true),
        ("two", "m_2", true),
        ("three", "m_1", false),
        // Given again it takes no more room.
        ("two", "m_2", true),
    ] {
        let kept = give(&mut tx, id, given(member, 100), 250).await.unwrap();
        assert_eq!(kept, is_kept, "{id}");
    }
    // And it is kept as long as a new one.
    assert!(give(&mut tx, "two", given("m_2", 300), 250).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(bytes().await, 200);
    assert_eq!(unused_before(&store, 200).await, ["one"]);

    let mut tx = begin(&store).await;
    assert!(
        give(&mut tx, "three", given("m_1", 300), 300)
            .await
            .unwrap()
    );
    assert!(take_up(&mut tx, "one", "m_1").await.unwrap());
    assert!(!disown(&mut tx, "m_1", 1).await.unwrap());
    assert!(!disown(&mut tx, "m_1", 1).await.unwrap());
    assert!(disown(&mut tx, "m_1", 1).await.unwrap());
    assert!(!take_up(&mut tx, "one", "m_1").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(of(&store, "m_1", None).await, [""; 0]);
    assert_eq!(of(&store, "m_2", None).await, ["two"]);
    assert_eq!(unused_before(&store, 1).await, ["one", "three"]);

    let mut tx = begin(&store).await;
    for id in ["one", "two", "three", "one"] {
        forget(&mut tx, id).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(bytes().await, 0);
    assert_eq!(unused_before(&store, 1_000).await, [""; 0]);
}
