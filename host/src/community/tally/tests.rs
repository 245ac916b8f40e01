use super::*;
use crate::store::suite::{begin, circle, memory};
use crate::store::{Access, Quotas, Transaction};

const LIMITS: StateLimits = StateLimits {
    key_bytes_max: 128,
    value_bytes_max: 65_536,
    commit_writes_max: 4_000,
    commit_bytes_max: 1 << 20,
    page_entries_max: 4,
    page_bytes_max: 1 << 20,
    quotas: Quotas::NONE,
};

const POLL: Asker<'_> = Asker {
    plugin: "quanka/poll",
    card: "vote",
    viewer: None,
};

const OPTIONS: BoardName<'_> = BoardName {
    scope: Scope::Card,
    name: "options",
};

#[tokio::test]
async fn boards_are_apart() {
    let store = memory();
    let whole_circle = BoardName {
        scope: Scope::Circle,
        ..OPTIONS
    };
    let mut tx = begin(&store).await;
    add(&mut tx, &LIMITS, POLL, OPTIONS, "a", 1).await.unwrap();
    add(&mut tx, &LIMITS, POLL, whole_circle, "a", 10)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let another_card = Asker {
        card: "other",
        ..POLL
    };
    let another_plugin = Asker {
        plugin: "quanka/other",
        ..POLL
    };
    let another_name = BoardName {
        name: "option",
        ..OPTIONS
    };
    let table = [
        (POLL, OPTIONS, 1),
        (POLL, whole_circle, 10),
        (POLL, another_name, 0),
        (another_card, OPTIONS, 0),
        (another_card, whole_circle, 10),
        (another_plugin, OPTIONS, 0),
        (another_plugin, whole_circle, 0),
    ];
    let mut tx = begin(&store).await;
    for (asker, board, expected) in table {
        let tx = &mut tx;
        assert_eq!(get(tx, asker, board, "a").await, Ok(expected));
        assert_eq!(total(tx, asker, board).await, Ok(expected));
        let standings = top(tx, asker, board, 10).await.unwrap();
        let counts: Vec<_> = standings.iter().map(|standing| standing.count).collect();
        let expected_counts = [expected];
        assert_eq!(counts, expected_counts[usize::from(expected == 0)..]);
        let place = (expected != 0).then_some(1);
        assert_eq!(rank(tx, asker, board, "a").await, Ok(place));
    }
    let items = ["a", "never", "a"].map(str::to_owned);
    let counts = get_many(&mut tx, &LIMITS, POLL, OPTIONS, &items).await;
    assert_eq!(counts, Ok(vec![1, 0, 1]));
}

/// The contract promises exact ranks within the first 1,000, and none beyond.
#[tokio::test]
async fn ranks_end_after_a_thousand() {
    let store = memory();
    let item = |place: i64| format!("item-{place:04}");
    let mut tx = begin(&store).await;
    for place in 1..=1_200 {
        add(&mut tx, &LIMITS, POLL, OPTIONS, &item(place), 2_000 - place)
            .await
            .unwrap();
    }
    // Own adds rank like committed ones.
    for _ in ["before the commit", "after it"] {
        for (place, expected) in [
            (1, Some(1)),
            (2, Some(2)),
            (1_000, Some(1_000)),
            (1_001, None),
        ] {
            let found = rank(&mut tx, POLL, OPTIONS, &item(place)).await;
            assert_eq!(found, Ok(expected), "{place}");
        }
        let first = top(&mut tx, POLL, OPTIONS, 1_000).await.unwrap();
        assert_eq!(first.len(), 1_000);
        assert_eq!(first[999].item, item(1_000));
        let committed = std::mem::replace(&mut tx, begin(&store).await);
        committed.commit().await.unwrap();
        tx = begin(&store).await;
    }
}

#[tokio::test]
async fn limits_of_names_and_numbers() {
    let store = memory();
    let mut tx = begin(&store).await;
    let (fits, too_long) = ("n".repeat(64), "n".repeat(65));
    let named = |name| BoardName { name, ..OPTIONS };
    let of_board =
        |bytes| format!("the name of a tally's board has 1 to 64 bytes; this one has {bytes}");
    let of_item =
        |bytes| format!("the name of a tally's item has 1 to 64 bytes; this one has {bytes}");
    let table = [
        (named(&fits), fits.as_str(), Ok(())),
        (named(&too_long), "a", Err(of_board(65))),
        (named(""), "a", Err(of_board(0))),
        (OPTIONS, &too_long, Err(of_item(65))),
        (OPTIONS, "", Err(of_item(0))),
    ];
    for (board, item, expected) in table {
        let added = add(&mut tx, &LIMITS, POLL, board, item, 1).await;
        let count = i64::from(expected.is_ok());
        assert_eq!(added, expected.map_err(RuleError::Quota));
        assert_eq!(get(&mut tx, POLL, board, item).await, Ok(count));
        let ranked = rank(&mut tx, POLL, board, item).await.unwrap();
        assert_eq!(ranked.is_some(), count == 1);
    }
    assert_eq!(top(&mut tx, POLL, named(""), 1).await, Ok(Vec::new()));
    assert_eq!(total(&mut tx, POLL, named("")).await, Ok(0));

    for limit in [0, 1_001] {
        let refused = top(&mut tx, POLL, OPTIONS, limit).await;
        let text = format!("the limit of top is 1 to 1000, not {limit}");
        assert_eq!(refused, Err(RuleError::Quota(text)));
    }
    let items = vec!["a".to_owned(); 5];
    let refused = get_many(&mut tx, &LIMITS, POLL, OPTIONS, &items).await;
    let text = "get-many takes up to 4 items; these are 5";
    assert_eq!(refused, Err(RuleError::Quota(text.into())));
}

#[tokio::test]
async fn render_may_not_add() {
    let mut tx = Transaction::begin(memory(), &circle(), Access::Read)
        .await
        .unwrap();
    let refused = add(&mut tx, &LIMITS, POLL, OPTIONS, "a", 1).await;
    assert!(matches!(refused, Err(RuleError::Denied(_))));
}
