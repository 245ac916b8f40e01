use std::sync::Arc;

use super::*;
use crate::community::Asker;
use crate::community::timers::{Schedule, TimerLimits, cancel, next, schedule};
use crate::store::suite::{begin, memory};
use crate::store::{Access, CommitError, Store, StoreError};

const LIMITS: TimerLimits = TimerLimits {
    per_card_max: 3,
    name_bytes_max: 8,
    payload_bytes_max: 4,
};

const JOBS: JobLimits = JobLimits {
    attempts_max: 3,
    dead_letters_max: 2,
};

const CARD: Asker<'_> = Asker {
    plugin: "test/wakes",
    card: "wakes",
    viewer: None,
};

/// A minute, in milliseconds.
const MIN: u64 = 60_000;

async fn set(store: &Arc<dyn Store>, name: &str, when: Schedule, now_ms: u64) -> Option<String> {
    let mut tx = begin(store).await;
    let set = schedule(&mut tx, &LIMITS, CARD, name, when, "p".to_owned(), now_ms).await;
    tx.commit().await.unwrap();
    set.err().map(|error| error.to_string())
}

/// What is due by an instant, as `name@due#attempt`.
async fn due_by(store: &Arc<dyn Store>, now_ms: u64) -> Vec<(Due, Delivery)> {
    let mut tx = begin(store).await;
    let mut found = Vec::new();
    for due in due(&mut tx, None, 10).await.unwrap() {
        if due.at_ms <= now_ms {
            let delivery = look(&mut tx, &due).await.unwrap().unwrap();
            found.push((due, delivery));
        }
    }
    found
}

async fn names(store: &Arc<dyn Store>, now_ms: u64) -> Vec<String> {
    let found = due_by(store, now_ms).await.into_iter();
    let name = |(_, delivery): (Due, Delivery)| match delivery.work {
        Work::Call(Job::Timer { name, due_ms, .. }) => {
            format!("{name}@{due_ms}#{}", delivery.attempt)
        }
        other => format!("{other:?}"),
    };
    found.map(name).collect()
}

async fn finish(store: &Arc<dyn Store>, due: &Due, now_ms: u64) -> Result<(), CommitError> {
    let mut tx = begin(store).await;
    done(&mut tx, due, now_ms).await?;
    tx.commit().await.map(|_| ())
}

async fn fail(store: &Arc<dyn Store>, due: &Due, now_ms: u64) -> Fate {
    let mut tx = begin(store).await;
    let fate = failed(&mut tx, due, &JOBS, "no", now_ms).await.unwrap();
    tx.commit().await.unwrap();
    fate
}

#[tokio::test]
async fn timers_are_bounded_and_checked() {
    let store = memory();
    let cron = |expression: &str, zone: &str| Schedule::Cron {
        expression: expression.to_owned(),
        zone: zone.to_owned(),
    };
    let table = [
        ("", Schedule::At(1), "needs a name"),
        ("123456789", Schedule::At(1), "timers.name_bytes_max"),
        ("a", Schedule::Every(59), "too often"),
        ("a", cron("* * *", "UTC"), "3 fields"),
        ("a", cron("0 9 * * *", "Mars"), "not a time zone"),
        ("a", cron("0 0 30 2 *", "UTC"), "never comes"),
        ("a", Schedule::At(1), ""),
        ("b", Schedule::Every(60), ""),
        ("c", cron("0 9 * * *", "UTC"), ""),
        ("d", Schedule::At(1), "timers.per_card_max"),
        // In place of one that is there.
        ("c", Schedule::At(5), ""),
    ];
    for (name, when, expected) in table {
        let said = set(&store, name, when, 0).await.unwrap_or_default();
        assert_eq!(said.is_empty(), expected.is_empty(), "{name}: {said}");
        assert!(said.contains(expected), "{name}: {said}");
    }
    let mut tx = begin(&store).await;
    let long = "12345".to_owned();
    let set = schedule(&mut tx, &LIMITS, CARD, "a", Schedule::At(1), long, 0).await;
    let said = set.unwrap_err().to_string();
    assert!(said.contains("timers.payload_bytes_max"), "{said}");
    assert_eq!(names(&store, MIN).await, ["a@1#1", "c@5#1", "b@60000#1"]);
}

#[tokio::test]
async fn a_timer_is_found_and_taken_back() {
    let store = memory();
    set(&store, "a", Schedule::At(7), 0).await;
    let mut tx = begin(&store).await;
    let another = Asker {
        card: "other",
        ..CARD
    };
    assert_eq!(next(&mut tx, CARD, "a").await, Ok(Some(7)));
    assert_eq!(next(&mut tx, another, "a").await, Ok(None));
    assert_eq!(cancel(&mut tx, another, "a").await, Ok(false));
    assert_eq!(cancel(&mut tx, CARD, "a").await, Ok(true));
    assert_eq!(cancel(&mut tx, CARD, "a").await, Ok(false));
    tx.commit().await.unwrap();
    assert!(due_by(&store, u64::MAX).await.is_empty());

    // A render writes nothing.
    let partition = begin(&store).await.partition().clone();
    let tx = Transaction::begin(Arc::clone(&store), &partition, Access::Read).await;
    let mut tx = tx.unwrap();
    let set = schedule(
        &mut tx,
        &LIMITS,
        CARD,
        "a",
        Schedule::At(1),
        String::new(),
        0,
    )
    .await;
    let refused = EffectError::from(StoreError::ReadOnly);
    assert_eq!(set, Err(refused));
}

#[tokio::test]
async fn what_was_missed_comes_once_and_then_in_step() {
    let store = memory();
    let daily = Schedule::Cron {
        expression: "0 0 * * *".to_owned(),
        zone: "UTC".to_owned(),
    };
    set(&store, "once", Schedule::At(MIN), 0).await;
    set(&store, "every", Schedule::Every(60), 0).await;
    set(&store, "daily", daily, 0).await;
    // Three and a half days later.
    let day = 1440 * MIN;
    let now_ms = 3 * day + day / 2 + 1;
    let missed = due_by(&store, now_ms).await;
    assert_eq!(missed.len(), 3);
    for (due, _) in &missed {
        finish(&store, due, now_ms).await.unwrap();
    }
    let every = 3 * day + day / 2 + MIN;
    assert_eq!(
        names(&store, 10 * day).await,
        [format!("every@{every}#1"), format!("daily@{}#1", 4 * day)]
    );
}

/// Whoever delivers what has been delivered finds nothing, and two at once
/// cannot both be committed.
#[tokio::test]
async fn a_delivery_has_one_effect() {
    let store = memory();
    set(&store, "a", Schedule::Every(60), 0).await;
    let (due, first) = due_by(&store, MIN).await.remove(0);
    let mut twins = [begin(&store).await, begin(&store).await];
    for tx in &mut twins {
        assert_eq!(look(tx, &due).await.unwrap().as_ref(), Some(&first));
        done(tx, &due, MIN).await.unwrap();
    }
    let [one, other] = twins;
    one.commit().await.unwrap();
    assert_eq!(other.commit().await, Err(CommitError::Conflict));
    let mut tx = begin(&store).await;
    assert_eq!(look(&mut tx, &due).await, Ok(None));
    // The next one is another delivery; tried again, it is the same.
    let (due, second) = due_by(&store, 2 * MIN).await.remove(0);
    assert_ne!(first.id, second.id);
    assert_eq!(
        fail(&store, &due, 2 * MIN).await,
        Fate::Again(2 * MIN + 1000)
    );
    let (_, again) = due_by(&store, 3 * MIN).await.remove(0);
    assert_eq!((again.id, again.attempt), (second.id, 2));
    // A timer of the same name, set anew for the same instant, is another.
    set(&store, "a", Schedule::At(MIN), 0).await;
    let (_, anew) = due_by(&store, 3 * MIN).await.remove(0);
    assert_ne!(anew.id, first.id);
}

#[test]
fn waits_double_up_to_ten_minutes() {
    let waits = [1, 2, 3, 4, 10, 11, 12, 100].map(back_off_ms);
    assert_eq!(
        waits,
        [
            1_000, 2_000, 4_000, 8_000, 512_000, 600_000, 600_000, 600_000
        ]
    );
}

#[tokio::test]
async fn what_fails_too_often_lies_aside_until_it_is_tried_again() {
    let store = memory();
    set(&store, "a", Schedule::Every(60), 0).await;
    let mut now_ms = MIN;
    let mut id = String::new();
    for expected in [
        Fate::Again(MIN + 1_000),
        Fate::Again(MIN + 3_000),
        Fate::PutAside,
    ] {
        let (due, delivery) = due_by(&store, now_ms).await.remove(0);
        id = delivery.id;
        assert_eq!(fail(&store, &due, now_ms).await, expected);
        if let Fate::Again(at_ms) = expected {
            assert!(due_by(&store, at_ms - 1).await.is_empty());
            now_ms = at_ms;
        }
    }
    // The timer goes on.
    assert_eq!(names(&store, 2 * MIN).await, ["a@120000#1"]);

    let mut tx = begin(&store).await;
    let letters = dead_letters(&mut tx, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(
        (&letter.delivery, letter.attempts, letter.reason.as_str()),
        (&id, 3, "no")
    );
    assert!(!retry(&mut tx, "dlv_other", &JOBS, now_ms).await.unwrap());
    assert!(retry(&mut tx, &id, &JOBS, now_ms).await.unwrap());
    tx.commit().await.unwrap();
    let (due, again) = due_by(&store, now_ms).await.remove(0);
    assert_eq!((again.id, again.attempt), (id, 1));
    finish(&store, &due, now_ms).await.unwrap();
    let mut tx = begin(&store).await;
    assert_eq!(dead_letters(&mut tx, 10).await, Ok(vec![]));
}

#[tokio::test]
async fn the_oldest_of_too_many_aside_gives_way() {
    let store = memory();
    let mut ids = Vec::new();
    for now_ms in 1..=3 {
        set(&store, "a", Schedule::At(now_ms), 0).await;
        let fate = loop {
            let (due, delivery) = due_by(&store, u64::MAX).await.remove(0);
            let fate = fail(&store, &due, now_ms).await;
            if fate == Fate::PutAside {
                ids.insert(0, delivery.id);
                break fate;
            }
        };
        assert_eq!(fate, Fate::PutAside);
    }
    let mut tx = begin(&store).await;
    let kept = dead_letters(&mut tx, 10).await.unwrap().into_iter();
    let kept: Vec<String> = kept.map(|letter| letter.delivery).collect();
    assert_eq!(kept, ids[..2]);
}

/// A request becomes its answer under the same id, with a body of any size, and
/// a claim that somebody else's overtook changes nothing.
#[tokio::test]
async fn a_request_becomes_its_answer() {
    let store = memory();
    let mut tx = begin(&store).await;
    let request = Pending {
        plugin: CARD.plugin.to_owned(),
        card: CARD.card.to_owned(),
        delivery: "dlv_1".to_owned(),
        next_ms: 1,
        failures: 0,
        what: What::Request(Request {
            method: "GET".to_owned(),
            url: "https://api.example/".to_owned(),
            headers: vec![],
            body: Some(vec![7; 70_000]),
            payload: "p".to_owned(),
        }),
        body_bytes: None,
    };
    put(&mut tx, &request).unwrap();
    tx.commit().await.unwrap();

    let (due, _) = due_by(&store, 1).await.remove(0);
    let mut tx = begin(&store).await;
    let claimed = claim(&mut tx, &due, 50).await.unwrap();
    tx.commit().await.unwrap();
    assert!(due_by(&store, 49).await.is_empty());

    let response = Response {
        status: 200,
        headers: vec![("x".to_owned(), "y".to_owned())],
        body: vec![8; 200_000],
    };
    let mut tx = begin(&store).await;
    // The entry from before the claim is nobody's any more.
    answered(&mut tx, &due, Err(Failure::Unreachable), 60)
        .await
        .unwrap();
    assert!(tx.batch().is_empty());
    answered(&mut tx, &claimed, Ok(response.clone()), 60)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let found = due_by(&store, 60).await;
    assert_eq!(found.len(), 1);
    let expected = Delivery {
        plugin: CARD.plugin.to_owned(),
        card: CARD.card.to_owned(),
        id: "dlv_1".to_owned(),
        attempt: 1,
        work: Work::Call(Job::Answer {
            payload: "p".to_owned(),
            result: Ok(response),
        }),
    };
    assert_eq!(found[0].1, expected);

    // Put aside and tried again it still has its body.
    let mut fate = Fate::Over;
    while fate != Fate::PutAside {
        let (due, _) = due_by(&store, u64::MAX).await.remove(0);
        fate = fail(&store, &due, 60).await;
    }
    let mut tx = begin(&store).await;
    assert!(retry(&mut tx, "dlv_1", &JOBS, 70).await.unwrap());
    tx.commit().await.unwrap();
    let (due, delivery) = due_by(&store, 70).await.remove(0);
    assert_eq!(delivery, expected);

    // Done, nothing of it is left.
    finish(&store, &due, 70).await.unwrap();
    let mut tx = begin(&store).await;
    for index in 0..5 {
        let piece = tx.get(&keys::piece("dlv_1", index)).await.unwrap();
        assert_eq!(piece, None, "piece {index}");
    }
}
