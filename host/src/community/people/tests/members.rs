//! Who is who in a circle, and how they are erased there.

use sha2::Digest as _;

use super::*;
use crate::community::circle::{self, Actor};
use crate::community::once::{self, TakenBy};
use crate::community::posts;
use crate::config::{CircleId, JoinPolicy, Members, PublisherId};
use crate::identity::{MemberId, member_id};
use crate::store::keys::StateOwner;
use crate::store::{Board, CommitError, Direction, KeyRange, Options, PageLimit, open};

const PLUGIN: &str = "quanka/poll";
const NOW_MS: u64 = 1_000;

const MEMBERS: Members = Members {
    joined_max: 100,
    waiting_max: 100,
    present_s: 600,
    transfer_age_s: 60,
};

/// An act under way: what it read and wrote, not committed.
struct Act {
    tx: Transaction,
    entry: Entry,
    circle: CircleId,
}

/// What became of an act.
#[derive(Debug, PartialEq)]
enum Done {
    Committed,
    Conflict,
    /// The reader was erased.
    Refused,
}

impl World {
    fn place(circle: &str) -> (CircleId, PublisherId) {
        let publisher = match circle {
            "evening" => "evening-post",
            _ => "beike-daily",
        };
        (circle.parse().unwrap(), publisher.parse().unwrap())
    }

    async fn known(&self, circle: &str, reader: &ReaderId) -> Option<Known> {
        let (circle, publisher) = World::place(circle);
        let mut tx = begin(&self.store, &Partition::circle(circle.as_str()))
            .await
            .unwrap();
        let place = Where {
            circle: &circle,
            publisher: &publisher,
        };
        recognise(&mut tx, &self.store, &self.keys, place, reader)
            .await
            .unwrap()
    }

    /// Begins an act as `service::act` does: it has its reader join, keeps
    /// something for them, counts, takes an offer and has its answer recorded.
    async fn begin_act(&self, circle: &str, reader: &ReaderId) -> Option<Act> {
        let (circle_id, publisher) = World::place(circle);
        let mut tx = begin(&self.store, &Partition::circle(circle_id.as_str()))
            .await
            .unwrap();
        let place = Where {
            circle: &circle_id,
            publisher: &publisher,
        };
        let entry = enter(&mut tx, &self.store, &self.keys, place, reader, NOW_MS)
            .await
            .unwrap()?;
        let member = entry.known.member.as_str().to_owned();
        let state = StateOwner::Viewer {
            plugin: PLUGIN,
            viewer: &member,
        };
        for key in ["one", "two", "three"] {
            tx.put(state.key(key), "kept".into()).unwrap();
        }
        tx.add(&Board::of_card(PLUGIN, "vote", "options"), "a", 1)
            .unwrap();
        let actor = Actor {
            is_owner: false,
            member: Some(&member),
            now_ms: NOW_MS,
        };
        circle::join(&mut tx, &MEMBERS, JoinPolicy::Open, actor)
            .await
            .unwrap();
        circle::note_present(&mut tx, MEMBERS.present_s, &member, NOW_MS)
            .await
            .unwrap();
        let digest = sha2::Sha256::digest(format!("{circle_id} {reader}")).into();
        let by = TakenBy::Viewer(&member);
        once::take(&mut tx, "vote", by, &digest, "taken".into()).unwrap();
        once::record(&mut tx, "vote", &digest, b"answer", 9_000)
            .await
            .unwrap();
        once::note_member(&mut tx, "vote", &digest, &member, 9_000).unwrap();
        entry.write(&mut tx).unwrap();
        Some(Act {
            tx,
            entry,
            circle: circle_id,
        })
    }

    async fn end_act(&self, act: Act) -> Done {
        let Act { tx, entry, circle } = act;
        if !entry.announce(&self.store, &circle).await.unwrap() {
            return Done::Refused;
        }
        match tx.commit().await {
            Ok(_) => Done::Committed,
            Err(CommitError::Conflict) => Done::Conflict,
            Err(error) => panic!("{error}"),
        }
    }

    async fn act(&self, circle: &str, reader: &ReaderId) -> Done {
        match self.begin_act(circle, reader).await {
            Some(act) => self.end_act(act).await,
            None => Done::Refused,
        }
    }

    async fn erase_in(&self, circle: &str, reader: &ReaderId, keys_max: usize) {
        let (circle, _) = World::place(circle);
        let work = erase_in_circle(&self.store, &self.keys, &circle, reader, keys_max);
        World::is_sent_between_threads(work).await.unwrap();
    }

    /// Does the errands there are, as the host does.
    async fn do_errands(&self) {
        for partition in Partition::all_people() {
            for (reader, errand) in errands_of(&self.store, &partition, 10).await.unwrap() {
                let noted = circles_noted(&self.store, &reader).await.unwrap();
                let person = person(&self.store, &reader).await.unwrap();
                match errand {
                    Errand::Rename => {
                        for circle in noted {
                            let person = person.as_ref().unwrap();
                            rename_in_circle(&self.store, &circle, &reader, person)
                                .await
                                .unwrap();
                        }
                        assert!(
                            renamed(&self.store, &reader, person.as_ref())
                                .await
                                .unwrap()
                        );
                    }
                    Errand::Erase => {
                        let mut circles: Vec<&str> = noted.iter().map(CircleId::as_str).collect();
                        if reader.is_anonymous() {
                            circles = vec!["beike", "evening"];
                        }
                        for circle in circles {
                            self.erase_in(circle, &reader, 2).await;
                        }
                        finish(&self.store, &reader, 2).await.unwrap();
                    }
                }
            }
        }
    }

    async fn record(&self, circle: &str, reader: &ReaderId) -> Option<MemberRecord> {
        let (circle, _) = World::place(circle);
        let found = member(&self.store, &self.keys, &circle, reader)
            .await
            .unwrap();
        found.map(|(_, record)| record)
    }

    /// Everything in a partition that says a text, in its key or its value.
    async fn mentions(&self, partition: &Partition, text: &str) -> Vec<String> {
        let mut tx = begin(&self.store, partition).await.unwrap();
        let all = KeyRange {
            start: vec![0].into(),
            end: vec![0xff].into(),
        };
        let limit = PageLimit {
            entries_max: 10_000,
            bytes_max: usize::MAX,
        };
        let page = tx.scan(all, Direction::Forward, limit).await.unwrap();
        let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|at| at == text.as_bytes());
        let entries = page.entries.iter();
        let entries = entries.filter(|(key, value)| holds(key) || holds(value));
        entries
            .map(|(key, value)| {
                format!(
                    "{} = {}",
                    key.escape_ascii(),
                    String::from_utf8_lossy(value)
                )
            })
            .collect()
    }
}

fn derived(world: &World, circle: &str, reader: &ReaderId) -> MemberId {
    member_id(&world.keys, &circle.parse().unwrap(), reader)
}

async fn whoever_signs_in_keeps_what_they_did(store: Arc<dyn Store>) {
    let world = World::new(store);
    let [a, b, c] = ['A', 'B', 'C'].map(anonymous);
    assert_eq!(world.act("beike", &a).await, Done::Committed);
    assert_eq!(world.act("evening", &b).await, Done::Committed);
    let mut person = None;
    for former in [&a, &b, &c] {
        person = Some(
            world
                .sign_on("beike-daily/u-1", "阿南", 1, Some(former))
                .await,
        );
    }
    let person = person.unwrap();
    // There is room for the last two that they were, and so not for the first.
    let table = [
        ("beike", derived(&world, "beike", &person), true),
        ("evening", derived(&world, "evening", &b), false),
        ("other", derived(&world, "other", &person), true),
    ];
    for (circle, member, signed_in) in table {
        let known = world.known(circle, &person).await.unwrap();
        assert_eq!(
            (&known.member, known.signed_in),
            (&member, signed_in),
            "{circle}"
        );
        // Their first act makes it so for good.
        assert_eq!(world.act(circle, &person).await, Done::Committed);
        assert_eq!(
            world.known(circle, &person).await.unwrap(),
            known,
            "{circle}"
        );
        let record = world.record(circle, &person).await.unwrap();
        assert_eq!(record.profile.unwrap().name, "阿南", "{circle}");
    }
    let circles = circles_noted(&world.store, &person).await.unwrap();
    assert_eq!(circles.len(), 3);
    // A circle knows who it is: nobody else becomes that member.
    let known = world.known("evening", &b).await.unwrap();
    assert_eq!(known.member, derived(&world, "evening", &b));
    assert_eq!(world.record("evening", &b).await, None);
}

async fn a_new_name_reaches_every_circle(store: Arc<dyn Store>) {
    let world = World::new(store);
    let person = world.sign_on("beike-daily/u-1", "before", 1, None).await;
    for circle in ["beike", "evening"] {
        world.act(circle, &person).await;
    }
    world.sign_on("beike-daily/u-1", "after", 2, None).await;
    world.do_errands().await;
    for circle in ["beike", "evening"] {
        let record = world.record(circle, &person).await.unwrap();
        assert_eq!(record.profile.unwrap().name, "after", "{circle}");
    }
    world.do_errands().await;
}

async fn erased_readers_leave_counts_and_nothing_else(store: Arc<dyn Store>) {
    let world = World::new(store);
    let [a, b] = ['A', 'B'].map(anonymous);
    world.act("beike", &a).await;
    let person = world.sign_on("beike-daily/u-1", "阿南", 1, Some(&a)).await;
    for reader in [&person, &b] {
        for circle in ["beike", "evening"] {
            assert_eq!(world.act(circle, reader).await, Done::Committed);
        }
    }
    let beike = Partition::circle("beike");
    let member = world.known("beike", &person).await.unwrap().member;
    let others = derived(&world, "beike", &b);
    say_something(&world, member.as_str(), others.as_str()).await;
    let before = world.mentions(&beike, others.as_str()).await;
    assert!(world.mentions(&beike, member.as_str()).await.len() > 5);

    for reader in formers_of(&world.store, &person)
        .await
        .unwrap()
        .iter()
        .chain([&person])
    {
        assert!(shut_out(&world.store, reader, 7_000).await.unwrap());
        assert!(!shut_out(&world.store, reader, 8_000).await.unwrap());
    }
    for reader in [&a, &person] {
        assert!(!world.stands(reader, "s", 9_999).await);
        let erasure = erasure(&world.store, reader).await.unwrap().unwrap();
        assert_eq!((erasure.at_ms, erasure.is_done), (7_000, false));
    }
    world.do_errands().await;

    let left = world.mentions(&beike, member.as_str()).await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(
        left[0].ends_with(r#"= {"since_ms":1000,"erased":true}"#),
        "{left:?}"
    );
    for name in ["阿南", "u-1", "secret", person.as_str(), a.as_str()] {
        assert_eq!(world.mentions(&beike, name).await, [""; 0]);
    }
    let own = Partition::of_reader(person.as_str());
    assert_eq!(world.mentions(&own, "u-1").await, [""; 0]);
    // The others have what they had, and the counts are what they were.
    assert_eq!(world.mentions(&beike, others.as_str()).await, before);
    let mut tx = begin(&world.store, &beike).await.unwrap();
    let board = Board::of_card(PLUGIN, "vote", "options");
    assert_eq!(tx.count(&board, "a").await, Ok(3));
    let erasure = erasure(&world.store, &person).await.unwrap().unwrap();
    assert_eq!((erasure.at_ms, erasure.is_done), (7_000, true));

    // They are nobody, and come back as somebody new.
    assert_eq!(world.known("beike", &person).await, None);
    assert_eq!(world.act("beike", &person).await, Done::Refused);
    assert_eq!(world.act("beike", &a).await, Done::Refused);
    let back = world.sign_on("beike-daily/u-1", "阿南", 9_000, None).await;
    assert_ne!(back, person);
    assert_ne!(world.known("beike", &back).await.unwrap().member, member);
}

/// An act that was under way when its reader was erased changes nothing.
async fn no_act_brings_anybody_back(store: Arc<dyn Store>) {
    let world = World::new(store);
    let newcomer = world.sign_on("beike-daily/new", "n", 1, None).await;
    let regular = world.sign_on("beike-daily/regular", "n", 1, None).await;
    let [first, reader] = ['A', 'B'].map(anonymous);
    world.act("beike", &regular).await;
    world.act("beike", &reader).await;
    world.act("beike", &first).await;
    let adopting = world
        .sign_on("beike-daily/adopting", "n", 1, Some(&first))
        .await;
    for (who, reader, expected) in [
        ("a person's first act", &newcomer, Done::Refused),
        ("a person's next act", &regular, Done::Conflict),
        ("an anonymous reader's next act", &reader, Done::Conflict),
        ("an act that takes over a member", &adopting, Done::Refused),
    ] {
        let act = world.begin_act("beike", reader).await.unwrap();
        let formers = formers_of(&world.store, reader).await.unwrap();
        for reader in formers.iter().chain([reader]) {
            shut_out(&world.store, reader, NOW_MS).await.unwrap();
        }
        world.do_errands().await;
        assert_eq!(world.end_act(act).await, expected, "{who}");
        assert_eq!(world.act("beike", reader).await, Done::Refused, "{who}");
        assert_eq!(world.record("beike", reader).await, None, "{who}");
    }
}

on_every_backend!(
    whoever_signs_in_keeps_what_they_did,
    a_new_name_reaches_every_circle,
    erased_readers_leave_counts_and_nothing_else,
    no_act_brings_anybody_back,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_goes_on_where_it_was_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let store = || open(dir.path(), &Options::default()).unwrap();
    let world = World::new(store());
    let person = world.sign_on("beike-daily/u-1", "阿南", 1, None).await;
    for circle in ["beike", "evening"] {
        world.act(circle, &person).await;
    }
    let member = world.known("evening", &person).await.unwrap().member;
    shut_out(&world.store, &person, 7_000).await.unwrap();
    world.erase_in("beike", &person, 100).await;
    drop(world);

    let world = World::new(store());
    let evening = Partition::circle("evening");
    assert!(world.mentions(&evening, member.as_str()).await.len() > 5);
    world.do_errands().await;
    assert_eq!(world.mentions(&evening, member.as_str()).await.len(), 1);
    let erasure = erasure(&world.store, &person).await.unwrap().unwrap();
    assert!(erasure.is_done);
}

/// Has a member post, react to it, and report what another has posted.
async fn say_something(world: &World, member: &str, other: &str) {
    let mut tx = begin(&world.store, &Partition::circle("beike"))
        .await
        .unwrap();
    let rules = posts::tests::rules();
    let (actor, draft) = (posts::tests::by(member), posts::tests::draft("secret"));
    let post = posts::publish(&mut tx, &rules, false, actor, 1, &draft)
        .await
        .unwrap();
    posts::react(&mut tx, &rules, actor, &post.id, "like")
        .await
        .unwrap();
    let theirs = posts::tests::draft("x");
    let theirs = posts::publish(&mut tx, &rules, false, posts::tests::by(other), 1, &theirs)
        .await
        .unwrap();
    posts::report(&mut tx, &rules, actor, &theirs.id, "secret")
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
