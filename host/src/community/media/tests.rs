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
    one_member_cannot_fill_the_circles_room,
    those_who_give_at_once_share_the_room,
    what_was_removed_does_not_wait,
);

const ROOM: Room = Room {
    member_bytes_max: 250,
    circle_bytes_max: 350,
};

/// What the pictures of the circle have, and of these members.
async fn bytes_of(store: &Arc<dyn Store>, members: [&str; 2]) -> (i64, [i64; 2]) {
    let mut tx = begin(store).await;
    let [one, other] = members.map(str::to_owned);
    let of = [
        tx.count(&media_bytes(), &one).await.unwrap(),
        tx.count(&media_bytes(), &other).await.unwrap(),
    ];
    (tx.total(&media_bytes()).await.unwrap(), of)
}

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
    let (kept, full) = (Ok(Given::Kept), Ok(Given::CircleFull));
    let room = |circle_bytes_max| Room {
        circle_bytes_max,
        ..ROOM
    };
    let mut tx = begin(&store).await;
    for (id, member, expected) in [
        ("one", "m_1", kept.clone()),
        ("two", "m_2", kept.clone()),
        ("three", "m_1", full),
        // Given again it takes no more room.
        ("two", "m_2", kept.clone()),
    ] {
        let came = give(&mut tx, id, given(member, 100), room(250)).await;
        assert_eq!(came, expected, "{id}");
    }
    // And it is kept as long as a new one.
    let again = give(&mut tx, "two", given("m_2", 300), room(250)).await;
    assert_eq!(again, kept);
    tx.commit().await.unwrap();
    assert_eq!(bytes_of(&store, ["m_1", "m_2"]).await, (200, [100, 100]));
    assert_eq!(unused_before(&store, 200).await, ["one"]);

    let mut tx = begin(&store).await;
    let third = give(&mut tx, "three", given("m_1", 300), room(300)).await;
    assert_eq!(third, kept);
    assert!(take_up(&mut tx, "one", "m_1").await.unwrap());
    assert!(!disown(&mut tx, "m_1", 1).await.unwrap());
    assert!(!disown(&mut tx, "m_1", 1).await.unwrap());
    assert!(disown(&mut tx, "m_1", 1).await.unwrap());
    assert!(!take_up(&mut tx, "one", "m_1").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(of(&store, "m_1", None).await, [""; 0]);
    assert_eq!(of(&store, "m_2", None).await, ["two"]);
    assert_eq!(unused_before(&store, 1).await, ["one", "three"]);
    // Nobody's, they take room until they are gone.
    assert_eq!(bytes_of(&store, ["m_1", NOBODY]).await, (300, [0, 200]));

    let mut tx = begin(&store).await;
    for id in ["one", "two", "three", "one"] {
        forget(&mut tx, id).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(bytes_of(&store, ["m_2", NOBODY]).await, (0, [0, 0]));
    assert_eq!(unused_before(&store, 1_000).await, [""; 0]);
}

async fn one_member_cannot_fill_the_circles_room(store: Arc<dyn Store>) {
    let giving = async |id: &str, member: &str| {
        let mut tx = begin(&store).await;
        let came = give(&mut tx, id, given(member, 100), ROOM).await.unwrap();
        tx.commit().await.unwrap();
        came
    };
    for (id, member, came) in [
        ("one", "m_1", Given::Kept),
        ("two", "m_1", Given::Kept),
        ("three", "m_1", Given::MemberFull),
        // There is room for others, and for what is there already.
        ("four", "m_2", Given::Kept),
        ("two", "m_1", Given::Kept),
        ("five", "m_2", Given::CircleFull),
    ] {
        assert_eq!(giving(id, member).await, came, "{id} of {member}");
    }
    assert_eq!(bytes_of(&store, ["m_1", "m_2"]).await, (300, [200, 100]));

    // Neither standing in posts nor being removed from them changes the bytes;
    // being swept does.
    let mut tx = begin(&store).await;
    take_up(&mut tx, "one", "m_1").await.unwrap();
    release(&mut tx, "one", 0).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bytes_of(&store, ["m_1", "m_2"]).await, (300, [200, 100]));
    let mut tx = begin(&store).await;
    forget(&mut tx, "one").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(giving("three", "m_1").await, Given::Kept);
    assert_eq!(bytes_of(&store, ["m_1", "m_2"]).await, (300, [200, 100]));
}

async fn those_who_give_at_once_share_the_room(store: Arc<dyn Store>) {
    let giving = async |id: &str, member: &str| {
        let mut tx = begin(&store).await;
        let came = give(&mut tx, id, given(member, 100), ROOM).await;
        assert_eq!(came, Ok(Given::Kept), "{id}");
        tx
    };
    // All look before any commits, and nobody has to try again.
    let (one, two, three) = (
        giving("one", "m_1").await,
        giving("two", "m_2").await,
        giving("three", "m_1").await,
    );
    for tx in [one, two, three] {
        tx.commit().await.unwrap();
    }
    assert_eq!(bytes_of(&store, ["m_1", "m_2"]).await, (300, [200, 100]));

    // The last of the room goes to one of them: the other's commit finds none,
    // and whoever asks again is told whose.
    for id in ["one", "two", "three"] {
        let mut tx = begin(&store).await;
        forget(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
    }
    giving("one", "m_1").await.commit().await.unwrap();
    let (two, three) = (giving("two", "m_1").await, giving("three", "m_1").await);
    two.commit().await.unwrap();
    let full = three.commit().await.unwrap_err();
    assert_eq!(
        full.to_string(),
        "a member keeps up to 250 bytes of pictures"
    );
    let (four, five) = (giving("four", "m_2").await, giving("five", "m_3").await);
    four.commit().await.unwrap();
    let full = five.commit().await.unwrap_err();
    assert_eq!(
        full.to_string(),
        "a circle keeps up to 350 bytes of pictures"
    );
    assert_eq!(bytes_of(&store, ["m_1", "m_2"]).await, (300, [200, 100]));
    for (member, came) in [("m_1", Given::MemberFull), ("m_3", Given::CircleFull)] {
        let mut tx = begin(&store).await;
        let again = give(&mut tx, "six", given(member, 100), ROOM).await;
        assert_eq!(again, Ok(came), "{member}");
    }
}

async fn what_was_removed_does_not_wait(store: Arc<dyn Store>) {
    let mut tx = begin(&store).await;
    for id in ["one", "two"] {
        give(&mut tx, id, given("m_1", 100), ROOM).await.unwrap();
        for _ in 0..2 {
            take_up(&mut tx, id, "m_1").await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let mut tx = begin(&store).await;
    release(&mut tx, "one", 0).await.unwrap();
    release(&mut tx, "two", 400).await.unwrap();
    release(&mut tx, "two", 400).await.unwrap();
    assert!(!releases(&tx), "one stands in a post, and two waits");
    tx.commit().await.unwrap();
    let mut tx = begin(&store).await;
    release(&mut tx, "one", 0).await.unwrap();
    assert!(releases(&tx));
    tx.commit().await.unwrap();
    assert_eq!(unused_before(&store, 1).await, ["one"]);
    // Put into another post before it is swept, it stays.
    let mut tx = begin(&store).await;
    assert!(take_up(&mut tx, "one", "m_1").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(unused_before(&store, 1).await, [""; 0]);
}
