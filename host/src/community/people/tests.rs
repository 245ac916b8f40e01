//! Signing on and out, on the store.

mod members;

use super::*;
use crate::identity::testing::one_key;
use crate::identity::{Keys, ReaderId};
use crate::store::suite::{memory, on_every_backend};

const FORMERS_MAX: usize = 2;

struct World {
    store: Arc<dyn Store>,
    keys: Keys,
}

impl World {
    fn new(store: Arc<dyn Store>) -> World {
        World {
            store,
            keys: one_key(),
        }
    }

    /// `publisher/subject` signs on under a name, having been an anonymous
    /// reader.
    async fn sign_on(
        &self,
        who: &str,
        name: &str,
        at_ms: u64,
        former: Option<&ReaderId>,
    ) -> ReaderId {
        let (publisher, subject) = who.split_once('/').unwrap();
        let who = Vouched {
            publisher: publisher.parse().unwrap(),
            subject: subject.to_owned(),
        };
        let profile = Profile {
            name: name.to_owned(),
            avatar: None,
        };
        let at = SignOn {
            issued_at_ms: at_ms,
            now_ms: at_ms,
            formers_max: FORMERS_MAX,
        };
        let work = sign_on(&self.store, &self.keys, &who, &profile, former, at);
        World::is_sent_between_threads(work).await.unwrap()
    }

    /// Servers move their work from thread to thread.
    fn is_sent_between_threads<T: Send>(work: T) -> T {
        work
    }

    async fn person(&self, reader: &ReaderId) -> Person {
        person(&self.store, reader).await.unwrap().unwrap()
    }

    async fn stands(&self, reader: &ReaderId, id: &str, issued_at_ms: u64) -> bool {
        session_stands(&self.store, mark(reader, id, issued_at_ms))
            .await
            .unwrap()
    }

    async fn sign_out(&self, reader: &ReaderId, id: &str, expires_at_ms: u64, now_ms: u64) {
        let work = sign_out(&self.store, mark(reader, id, 0), expires_at_ms, now_ms);
        World::is_sent_between_threads(work).await.unwrap();
    }

    async fn sweep(&self, partition: &Partition, now_ms: u64) -> usize {
        let work = sweep(&self.store, partition, now_ms, 10);
        World::is_sent_between_threads(work).await.unwrap()
    }
}

fn mark<'a>(reader: &'a ReaderId, id: &'a str, issued_at_ms: u64) -> SessionMark<'a> {
    SessionMark {
        reader,
        id,
        issued_at_ms,
    }
}

/// An anonymous reader.
fn anonymous(letter: char) -> ReaderId {
    ReaderId::parse(&format!("a_{}", letter.to_string().repeat(22))).unwrap()
}

#[tokio::test]
async fn a_person_is_a_publisher_and_a_subject() {
    let world = World::new(memory());
    let reader = world.sign_on("beike-daily/u-1", "阿南", 1_000, None).await;
    assert!(!reader.is_anonymous());
    assert_eq!(
        world.sign_on("beike-daily/u-1", "阿南", 1_000, None).await,
        reader
    );
    for other in ["beike-daily/u-2", "shudu/u-1"] {
        assert_ne!(
            world.sign_on(other, "阿南", 1_000, None).await,
            reader,
            "{other}"
        );
    }
    let person = world.person(&reader).await;
    assert_eq!(person.subject, "u-1");
    assert_eq!(person.since_ms, 1_000);
}

#[tokio::test]
async fn the_profile_that_was_said_last_counts() {
    let world = World::new(memory());
    let reader = world.sign_on("beike-daily/u-1", "first", 1_000, None).await;
    for (name, at_ms, expected) in [
        ("earlier", 999, "first"),
        ("at once", 1_000, "at once"),
        ("later", 1_001, "later"),
        ("late to arrive", 1_000, "later"),
    ] {
        world.sign_on("beike-daily/u-1", name, at_ms, None).await;
        assert_eq!(world.person(&reader).await.profile.name, expected);
    }
}

async fn who_signs_on_was_anonymous_before(store: Arc<dyn Store>) {
    let world = World::new(store);
    let [a, b, c] = ['A', 'B', 'C'].map(anonymous);
    let mut reader = None;
    for former in [&a, &b, &a, &c] {
        assert!(reader.is_none() || *former == a || world.stands(former, "s", 0).await);
        reader = Some(world.sign_on("beike-daily/u-1", "n", 1, Some(former)).await);
        assert!(!world.stands(former, "s", 0).await, "{former} is over");
    }
    let reader = reader.unwrap();
    // The newest first, and no more than there is room for.
    assert_eq!(world.person(&reader).await.formers, [c.clone(), a]);
    assert!(world.stands(&reader, "s", 0).await);

    // Nobody else becomes what they were.
    let other = world.sign_on("beike-daily/u-2", "n", 1, Some(&c)).await;
    assert_eq!(world.person(&other).await.formers, []);
    // Nor is anybody two persons.
    let person = world.sign_on("beike-daily/u-3", "n", 1, Some(&other)).await;
    assert_eq!(world.person(&person).await.formers, []);
    assert!(world.stands(&other, "s", 0).await);
}

async fn sessions_end(store: Arc<dyn Store>) {
    let world = World::new(store);
    let [reader, other] = ['A', 'B'].map(anonymous);
    world.sign_out(&reader, "one", 9_000, 1_000).await;
    world.sign_out(&reader, "one", 9_000, 1_000).await;
    let table = [
        (&reader, "one", 500, false),
        (&reader, "two", 500, true),
        (&other, "one", 500, true),
    ];
    for (reader, id, issued_at_ms, expected) in table {
        assert_eq!(
            world.stands(reader, id, issued_at_ms).await,
            expected,
            "{id}"
        );
    }
    sign_out_everywhere(&world.store, &reader, 2_000)
        .await
        .unwrap();
    let table = [
        (&reader, "one", 2_001, false),
        (&reader, "two", 1_999, false),
        (&reader, "two", 2_000, false),
        (&reader, "two", 2_001, true),
        (&other, "one", 500, true),
    ];
    for (reader, id, issued_at_ms, expected) in table {
        assert_eq!(
            world.stands(reader, id, issued_at_ms).await,
            expected,
            "{id}"
        );
    }
}

async fn ids_are_used_once(store: Arc<dyn Store>) {
    let world = World::new(store);
    let [reader, other] = ['A', 'B'].map(anonymous);
    let [daily, shudu] = ["beike-daily", "shudu"].map(|id| id.parse().unwrap());
    let used = async |by, id| {
        let work = use_once(&world.store, by, id, 5_000);
        World::is_sent_between_threads(work).await.unwrap()
    };
    for by in [
        UsedBy::Publisher(&daily),
        UsedBy::Publisher(&shudu),
        UsedBy::Reader(&reader),
        UsedBy::Reader(&other),
    ] {
        assert!(used(by, "x").await);
        assert!(!used(by, "x").await);
        assert!(used(by, "y").await);
    }
    // Of many at once, one is the first.
    let all = (0..8).map(|_| used(UsedBy::Publisher(&daily), "z"));
    let firsts = futures_util::future::join_all(all).await;
    assert_eq!(firsts.iter().filter(|&&first| first).count(), 1);
}

on_every_backend!(
    who_signs_on_was_anonymous_before,
    sessions_end,
    ids_are_used_once,
);

#[tokio::test]
async fn what_is_over_is_swept() {
    let world = World::new(memory());
    let reader = anonymous('A');
    let own = Partition::of_reader(reader.as_str());
    use_once(&world.store, UsedBy::Reader(&reader), "x", 5_000)
        .await
        .unwrap();
    world.sign_out(&reader, "early", 6_000, 1_000).await;
    world.sign_out(&reader, "late", 7_000, 1_000).await;

    assert_eq!(world.sweep(&own, 4_999).await, 0);
    assert_eq!(world.sweep(&own, 6_999).await, 2);
    assert!(
        use_once(&world.store, UsedBy::Reader(&reader), "x", 8_000)
            .await
            .unwrap()
    );
    assert!(!world.stands(&reader, "late", 0).await);
    assert_eq!(world.sweep(&own, 7_000).await, 1);
    // Nothing is left of either.
    let mut tx = begin(&world.store, &own).await.unwrap();
    let gate = crate::store::keys::gate(reader.as_str());
    assert_eq!(tx.get(&gate).await, Ok(None));
}

/// Signing out ends too much rather than too little.
#[tokio::test]
async fn there_is_room_for_many_sign_outs() {
    let world = World::new(memory());
    let reader = anonymous('A');
    for number in 0..64 {
        world
            .sign_out(&reader, &number.to_string(), 9_000, 1_000)
            .await;
    }
    assert!(!world.stands(&reader, "0", 500).await);
    assert!(world.stands(&reader, "64", 500).await);
    world.sign_out(&reader, "64", 9_000, 1_000).await;
    for (id, issued_at_ms, expected) in [
        ("0", 500, false),
        ("64", 500, false),
        ("65", 1_000, false),
        ("65", 1_001, true),
    ] {
        assert_eq!(
            world.stands(&reader, id, issued_at_ms).await,
            expected,
            "{id}"
        );
    }
}
