use super::*;
use crate::store::suite::{begin, circle, memory, on_every_backend};

const KEY: Sha256Digest = [1; 32];
const OFFER: Sha256Digest = [2; 32];

/// A store with a recorded answer for each `(key, expires_at_ms)`.
async fn recorded_at(records: &[(Sha256Digest, u64)]) -> Arc<dyn Store> {
    let store = memory();
    for (key, expires_at_ms) in records {
        let mut tx = begin(&store).await;
        record(&mut tx, "vote", key, b"answer", *expires_at_ms)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    store
}

async fn is_recorded(store: &Arc<dyn Store>, card: &str, key: &Sha256Digest, now_ms: u64) -> bool {
    let mut tx = begin(store).await;
    let found = recorded(&mut tx, card, key, now_ms).await.unwrap();
    assert!(found.is_none() || found.as_deref() == Some(b"answer"));
    found.is_some()
}

#[tokio::test]
async fn an_answer_is_found_by_card_and_key_until_it_expires() {
    let store = recorded_at(&[(KEY, 1_000)]).await;
    let table = [
        ("vote", KEY, 999, true),
        ("vote", KEY, 1_000, false),
        ("other", KEY, 999, false),
        ("vote", [9; 32], 999, false),
    ];
    for (card, key, now_ms, expected) in table {
        assert_eq!(is_recorded(&store, card, &key, now_ms).await, expected);
    }
}

/// Two deliveries of one action at once: one commits, the other conflicts and
/// then finds the record.
#[tokio::test]
async fn of_two_at_once_one_commits() {
    let store = memory();
    let mut transactions = Vec::new();
    for _ in 0..2 {
        let mut tx = begin(&store).await;
        assert_eq!(recorded(&mut tx, "vote", &KEY, 0).await, Ok(None));
        record(&mut tx, "vote", &KEY, b"answer", 1_000)
            .await
            .unwrap();
        transactions.push(tx);
    }
    let mut results = Vec::new();
    for tx in transactions {
        results.push(tx.commit().await.is_ok());
    }
    assert_eq!(results, [true, false]);
    assert!(is_recorded(&store, "vote", &KEY, 0).await);
}

#[tokio::test]
async fn a_sweep_removes_what_has_expired_a_few_at_a_time() {
    let records: Vec<_> = (0..10).map(|n| ([n; 32], 100 * u64::from(n))).collect();
    let store = recorded_at(&records).await;
    let before = store.seq(&circle()).unwrap();
    for removed in [4, 2, 0] {
        assert_eq!(sweep(&store, &circle(), 500, 4).await, Ok(removed));
    }
    assert_eq!(
        store.seq(&circle()).unwrap().0 - before.0,
        2,
        "nothing to do is no commit"
    );
    for (key, expires_at_ms) in records {
        let left = is_recorded(&store, "vote", &key, 0).await;
        assert_eq!(left, expires_at_ms > 500, "{expires_at_ms}");
    }
}

/// A key used again after its record expired is a new record: the sweep of the
/// old one leaves it alone.
#[tokio::test]
async fn a_sweep_leaves_a_newer_record_alone() {
    let store = recorded_at(&[(KEY, 100), (KEY, 1_000)]).await;
    assert_eq!(sweep(&store, &circle(), 500, 10).await, Ok(0));
    assert!(is_recorded(&store, "vote", &KEY, 500).await);
    assert_eq!(sweep(&store, &circle(), 1_000, 10).await, Ok(1));
    assert!(!is_recorded(&store, "vote", &KEY, 500).await);
}

#[tokio::test]
async fn an_offer_is_taken_once() {
    let store = memory();
    let (one, two) = (TakenBy::Viewer("m_one"), TakenBy::Viewer("m_two"));
    let mut tx = begin(&store).await;
    take(&mut tx, "vote", one, &OFFER, Bytes::from_static(b"act_1")).unwrap();
    tx.commit().await.unwrap();
    let table = [
        ("vote", one, OFFER, Some("act_1")),
        ("vote", two, OFFER, None),
        ("vote", TakenBy::Anyone, OFFER, None),
        ("other", one, OFFER, None),
        ("vote", one, KEY, None),
    ];
    let mut tx = begin(&store).await;
    for (card, by, offer, expected) in table {
        let found = taken_note(&mut tx, card, by, &offer).await;
        assert_eq!(found, Ok(expected.map(Bytes::from)));
    }
}

on_every_backend!(an_action_sent_by_many_has_one_effect);

/// Every delivery gets the same answer, and one of them has the effect.
async fn an_action_sent_by_many_has_one_effect(store: Arc<dyn Store>) {
    let board = crate::store::Board::of_card("quanka/poll", "vote", "options");
    let deliver = |store: Arc<dyn Store>, board: crate::store::Board, who: u8| async move {
        loop {
            let mut tx = begin(&store).await;
            if let Some(answer) = recorded(&mut tx, "vote", &KEY, 0).await.unwrap() {
                return answer;
            }
            tx.add(&board, "one", 1).unwrap();
            record(&mut tx, "vote", &KEY, &[who], 1_000).await.unwrap();
            match tx.commit().await {
                Ok(_) => return Bytes::copy_from_slice(&[who]),
                Err(CommitError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    let deliveries: Vec<_> = (0..30)
        .map(|who| tokio::spawn(deliver(Arc::clone(&store), board.clone(), who)))
        .collect();
    let mut answers = Vec::new();
    for delivery in deliveries {
        answers.push(delivery.await.unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let mut tx = begin(&store).await;
    assert_eq!(tx.count(&board, "one").await, Ok(1));
    assert_eq!(store.seq(&circle()), Ok(crate::store::Seq(1)));
}

#[tokio::test]
async fn a_members_answers_are_found_and_forgotten() {
    let store = memory();
    let mut tx = begin(&store).await;
    for (key, member) in [([1; 32], "m_one"), ([2; 32], "m_one"), ([3; 32], "m_two")] {
        record(&mut tx, "vote", &key, b"answer", 1_000)
            .await
            .unwrap();
        note_member(&mut tx, "vote", &key, member, 1_000).unwrap();
    }
    tx.commit().await.unwrap();

    let mut tx = begin(&store).await;
    let found = entries_for(&mut tx, "m_one", 10).await.unwrap();
    assert_eq!(found.len(), 2);
    for entry in found {
        let answer = recorded_under(&mut tx, &entry).await;
        assert_eq!(answer, Ok(Some(Bytes::from("answer"))));
        forget_recorded(&mut tx, entry).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (key, expected) in [([1; 32], false), ([2; 32], false), ([3; 32], true)] {
        assert_eq!(is_recorded(&store, "vote", &key, 0).await, expected);
    }
    // The sweep finds the other, and then nothing is left at all.
    assert_eq!(sweep(&store, &circle(), 1_000, 10).await, Ok(1));
    let mut tx = begin(&store).await;
    let all = crate::store::KeyRange {
        start: vec![0].into(),
        end: vec![0xff].into(),
    };
    let limit = PageLimit {
        entries_max: 10,
        bytes_max: usize::MAX,
    };
    let left = tx.scan(all, Direction::Forward, limit).await.unwrap();
    assert_eq!(left.entries, []);
}
