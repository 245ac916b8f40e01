//! Who is here, as time goes by.

use super::*;
use crate::store::suite::circle;

const STEP_MS: u64 = 120_000;

async fn come_by(store: &Arc<dyn Store>, member: &str, now_ms: u64) -> bool {
    let mut tx = begin(store).await;
    note_present(&mut tx, 600, member, now_ms).await.unwrap();
    let writes = !tx.batch().is_empty();
    tx.commit().await.unwrap();
    writes
}

async fn here(store: &Arc<dyn Store>, now_ms: u64) -> (u64, Option<u64>, Vec<String>) {
    let mut tx = begin(store).await;
    let count = counts(&mut tx, 600, now_ms).await.unwrap().present;
    let page = members(
        &mut tx,
        at("a", now_ms),
        600,
        MemberFilter::Present,
        None,
        100,
    )
    .await
    .unwrap();
    assert_eq!(count.until_ms, page.until_ms);
    let names = page.members.into_iter().map(|(member, _)| member);
    (count.count, count.until_ms, names.collect())
}

#[tokio::test]
async fn a_member_is_present_for_ten_minutes_or_so() {
    // The beginning of a step.
    let begin_ms = NOW_MS - NOW_MS % STEP_MS;
    let store = memory();
    for member in ["a", "b"] {
        join_at(&store, member, begin_ms).await;
    }
    assert_eq!(here(&store, begin_ms).await, (0, None, vec![]));
    assert!(come_by(&store, "a", begin_ms).await);
    assert!(
        !come_by(&store, "a", begin_ms + STEP_MS - 1).await,
        "it is noted once a step"
    );
    assert!(come_by(&store, "b", begin_ms + STEP_MS).await);
    let both = ["b".to_owned(), "a".to_owned()];
    for (later_ms, expected) in [
        (STEP_MS, &both[..]),
        (5 * STEP_MS + STEP_MS - 1, &both[..]),
        (6 * STEP_MS, &both[..1]),
        (7 * STEP_MS, &[]),
    ] {
        let now_ms = begin_ms + later_ms;
        let (count, until_ms, names) = here(&store, now_ms).await;
        assert_eq!(names, expected, "{later_ms}");
        assert_eq!(count, expected.len() as u64, "{later_ms}");
        let ends_ms = now_ms - now_ms % STEP_MS + STEP_MS;
        assert_eq!(until_ms, (count > 0).then_some(ends_ms), "{later_ms}");
    }
    // Whoever comes back is counted once.
    assert!(come_by(&store, "a", begin_ms + 2 * STEP_MS).await);
    let (count, _, names) = here(&store, begin_ms + 2 * STEP_MS).await;
    assert_eq!((count, names), (2, vec!["a".to_owned(), "b".to_owned()]));
    let mut tx = begin(&store).await;
    leave(&mut tx, by("a")).await.unwrap();
    tx.commit().await.unwrap();
    let (count, _, names) = here(&store, begin_ms + 2 * STEP_MS).await;
    assert_eq!((count, names), (1, vec!["b".to_owned()]));
}

#[tokio::test]
async fn steps_that_are_over_are_swept_and_those_who_come_back_later_are_counted() {
    let store = memory();
    for member in ["a", "b"] {
        join_at(&store, member, NOW_MS).await;
        come_by(&store, member, NOW_MS).await;
    }
    let partition = circle();
    let sweep = async |now_ms| {
        sweep_present(&store, &partition, 600, now_ms, 10)
            .await
            .unwrap()
    };
    assert_eq!(sweep(NOW_MS + 600_000).await, 0);
    let later = NOW_MS + 3_600_000;
    assert_eq!(sweep(later).await, 1);
    assert_eq!(sweep(later).await, 0);
    come_by(&store, "a", later).await;
    assert_eq!(here(&store, later).await.0, 1);
    // The step that they left was swept before: it owes one now.
    assert_eq!(sweep(later).await, 1);
    assert_eq!(here(&store, later).await.0, 1);
    // Another length of the step is another counter.
    let partition = circle();
    let swept = sweep_present(&store, &partition, 60, later, 10).await;
    assert_eq!(swept, Ok(1));
}
