use std::sync::Arc;

use super::*;
use crate::community::tally;
use crate::store::suite::{begin, circle, memory};
use crate::store::{Access, CommitError, QuotaReached, Store, Usage};

const LIMITS: StateLimits = StateLimits {
    key_bytes_max: 8,
    value_bytes_max: 10,
    commit_writes_max: 3,
    commit_bytes_max: 20,
    page_entries_max: 4,
    page_bytes_max: 1000,
    quotas: Quotas::NONE,
};

const POLL: Asker<'_> = Asker {
    plugin: "quanka/poll",
    card: "vote",
    viewer: Some("m_one"),
};

async fn stored(store: &Arc<dyn Store>, asker: Asker<'_>, scope: Scope, keys: &str) {
    for key in keys.split(' ') {
        let mut tx = begin(store).await;
        let put = put(&mut tx, &LIMITS, asker, scope, key, key.to_owned().into());
        put.await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Who finds what one asker wrote, scope by scope.
#[tokio::test]
async fn scopes_are_apart() {
    let store = memory();
    for scope in [Scope::Card, Scope::Circle, Scope::Viewer] {
        stored(&store, POLL, scope, "k").await;
        stored(&store, POLL, scope, &format!("{scope:?}")).await;
    }
    let another_card = Asker {
        card: "other",
        ..POLL
    };
    let another_viewer = Asker {
        viewer: Some("m_two"),
        ..POLL
    };
    let no_session = Asker {
        viewer: None,
        ..POLL
    };
    let another_plugin = Asker {
        plugin: "quanka/pol",
        ..POLL
    };
    let table = [
        // asker, and the keys it finds in card, circle and viewer scope
        (POLL, ["Card k", "Circle k", "Viewer k"]),
        (another_card, ["", "Circle k", "Viewer k"]),
        (another_viewer, ["Card k", "Circle k", ""]),
        (no_session, ["Card k", "Circle k", ""]),
        (another_plugin, ["", "", ""]),
    ];
    for (asker, expected) in table {
        let mut tx = begin(&store).await;
        for (scope, expected) in [Scope::Card, Scope::Circle, Scope::Viewer]
            .into_iter()
            .zip(expected)
        {
            let found = keys(&mut tx, asker, scope, "", None, Direction::Forward).await;
            assert_eq!(found, expected, "{asker:?} {scope:?}");
            let value = get(&mut tx, &LIMITS, asker, scope, "k").await.unwrap();
            assert_eq!(
                value.is_some(),
                expected.ends_with('k'),
                "{asker:?} {scope:?}"
            );
        }
    }
}

async fn keys(
    tx: &mut Transaction,
    asker: Asker<'_>,
    scope: Scope,
    prefix: &str,
    after: Option<&str>,
    direction: Direction,
) -> String {
    let wanted = Scan {
        prefix,
        after,
        limit: 3,
        direction,
    };
    let page = scan(tx, &LIMITS, asker, scope, wanted).await.unwrap();
    let keys = page.entries.into_iter().map(|(key, _)| key);
    let more = page.more.then(|| "…".to_owned());
    keys.chain(more).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn scans() {
    let store = memory();
    stored(&store, POLL, Scope::Card, "a a1 a2 b 读 读书 z").await;
    use Direction::{Backward, Forward};
    let table = [
        // prefix, after, direction, page of three
        ("", None, Forward, "a a1 a2 …"),
        ("", Some("a2"), Forward, "b z 读 …"),
        ("", Some("读"), Forward, "读书"),
        ("", Some("读书"), Forward, ""),
        ("", Some("a0"), Forward, "a1 a2 b …"),
        ("", None, Backward, "读书 读 z …"),
        ("", Some("z"), Backward, "b a2 a1 …"),
        ("", Some("a"), Backward, ""),
        ("a", None, Forward, "a a1 a2"),
        ("a", None, Backward, "a2 a1 a"),
        ("a", Some("a1"), Forward, "a2"),
        ("a", Some("a1"), Backward, "a"),
        // `after` need not lie in the prefix.
        ("b", Some("a"), Forward, "b"),
        ("b", Some("z"), Forward, ""),
        ("b", Some("z"), Backward, "b"),
        ("b", Some("a"), Backward, ""),
        ("读", None, Forward, "读 读书"),
        ("none", None, Forward, ""),
    ];
    let mut tx = begin(&store).await;
    for (prefix, after, direction, expected) in table {
        let found = keys(&mut tx, POLL, Scope::Card, prefix, after, direction).await;
        assert_eq!(found, expected, "{prefix} {after:?} {direction:?}");
    }
}

#[tokio::test]
async fn a_page_is_cut_at_its_bytes() {
    let store = memory();
    stored(&store, POLL, Scope::Card, "one two").await;
    let limits = StateLimits {
        page_bytes_max: 1,
        ..LIMITS
    };
    let mut tx = begin(&store).await;
    let wanted = Scan {
        prefix: "",
        after: None,
        limit: 4,
        direction: Direction::Forward,
    };
    let page = scan(&mut tx, &limits, POLL, Scope::Card, wanted)
        .await
        .unwrap();
    assert_eq!(page.entries, [("one".to_owned(), Bytes::from("one"))]);
    assert!(page.more);
}

/// `put key bytes`, `delete key` and `add item`, each on one line: what the
/// last one answers.
async fn check(script: &str, expected: Result<(), &str>) {
    let store = memory();
    let mut tx = begin(&store).await;
    let mut last = Ok(());
    for line in script.lines() {
        assert_eq!(last, Ok(()), "before {line}");
        let words: Vec<_> = line.split_whitespace().collect();
        last = match words[..] {
            ["put", key, bytes] => {
                let value = vec![0; bytes.parse().unwrap()].into();
                put(&mut tx, &LIMITS, POLL, Scope::Card, key, value).await
            }
            ["put-empty-key"] => put(&mut tx, &LIMITS, POLL, Scope::Card, "", Bytes::new()).await,
            ["delete", key] => delete(&mut tx, &LIMITS, POLL, Scope::Card, key).await,
            ["add", item] => {
                let board = tally::BoardName {
                    scope: tally::Scope::Card,
                    name: "options",
                };
                tally::add(&mut tx, &LIMITS, POLL, board, item, 1).await
            }
            _ => panic!("not a step: {line}"),
        };
    }
    let expected = expected.map_err(|text| RuleError::Quota(text.to_owned()));
    assert_eq!(last, expected, "{script}");
}

#[tokio::test]
async fn limits_of_writes() {
    let too_many = "one action writes up to 3 keys and counters: spread the work over several \
                    actions, or keep several things in one value";
    let too_much = "the values one action writes have up to 20 bytes together";
    let table = [
        ("put 12345678 10", Ok(())),
        (
            "put 123456789 1",
            Err("a key has 1 to 8 bytes; this one has 9"),
        ),
        (
            "put-empty-key",
            Err("a key has 1 to 8 bytes; this one has 0"),
        ),
        (
            "delete 123456789",
            Err("a key has 1 to 8 bytes; this one has 9"),
        ),
        (
            "put k 11",
            Err("a value has up to 10 bytes; that of `k` has 11"),
        ),
        ("put a 1\nput b 1\ndelete c", Ok(())),
        ("put a 1\nput b 1\nput c 1\nput d 1", Err(too_many)),
        ("put a 1\nput b 1\nadd x\nadd y", Err(too_many)),
        ("put a 1\nput b 1\nadd x\ndelete d", Err(too_many)),
        // The same again is no further write.
        ("put a 1\nadd x\nadd y\nput a 2\nadd x\ndelete a", Ok(())),
        ("put a 10\nput b 10", Ok(())),
        ("put a 10\nput b 10\nput c 1", Err(too_much)),
        ("put a 10\nput b 10\nput a 9\nput c 1", Ok(())),
        ("put a 10\nput b 10\ndelete a\nput c 10", Ok(())),
    ];
    for (script, expected) in table {
        check(script, expected).await;
    }
}

#[tokio::test]
async fn limits_of_reads() {
    let mut tx = begin(&memory()).await;
    let names = |count: usize| vec!["k".to_owned(); count];
    let found = get_many(&mut tx, &LIMITS, POLL, Scope::Card, &names(4)).await;
    assert_eq!(found, Ok(vec![None; 4]));
    let refused = get_many(&mut tx, &LIMITS, POLL, Scope::Card, &names(5)).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "get-many takes up to 4 keys; these are 5"
    );
    for limit in [0, 5] {
        let wanted = Scan {
            prefix: "",
            after: None,
            limit,
            direction: Direction::Forward,
        };
        let refused = scan(&mut tx, &LIMITS, POLL, Scope::Card, wanted).await;
        let text = format!("the limit of a scan is 1 to 4, not {limit}");
        assert_eq!(refused.unwrap_err().to_string(), text);
    }
    // No such key can have been written, so it is simply not there.
    let found = get(&mut tx, &LIMITS, POLL, Scope::Card, "123456789").await;
    assert_eq!(found, Ok(None));
}

#[tokio::test]
async fn who_may_not_write() {
    let store = memory();
    let mut tx = begin(&store).await;
    let no_session = Asker {
        viewer: None,
        ..POLL
    };
    let denied = "a reader without a session has no state of their own";
    let refused = put(
        &mut tx,
        &LIMITS,
        no_session,
        Scope::Viewer,
        "k",
        Bytes::new(),
    )
    .await;
    assert_eq!(refused, Err(RuleError::Denied(denied.into())));
    let refused = delete(&mut tx, &LIMITS, no_session, Scope::Viewer, "k").await;
    assert_eq!(refused, Err(RuleError::Denied(denied.into())));

    let mut render = Transaction::begin(store, &circle(), Access::Read)
        .await
        .unwrap();
    let refused = put(&mut render, &LIMITS, POLL, Scope::Card, "k", Bytes::new()).await;
    let denied = "`render` only reads: write in `handle`, and the card is rendered again";
    assert_eq!(refused, Err(RuleError::Denied(denied.into())));
}

fn keep(keys: u64, bytes: u64) -> Usage {
    Usage { keys, bytes }
}

/// What the author is told when a script like `put k 5; add a` meets quotas
/// for the card and for the plugin, each line an action of its own.
async fn check_quotas(card: Usage, plugin: Usage, script: &str, expected: Result<(), &str>) {
    let store = memory();
    let limits = StateLimits {
        quotas: Quotas { card, plugin },
        ..LIMITS
    };
    let mut last = Ok(());
    for line in script.split("; ") {
        assert_eq!(last, Ok(()), "before {line}");
        let mut tx = begin(&store).await;
        for step in line.split(", ") {
            assert_eq!(last, Ok(()), "before {step}");
            let words: Vec<_> = step.split(' ').collect();
            let (scope, words) = match words[..] {
                ["mine", ref rest @ ..] => (Scope::Viewer, rest),
                _ => (Scope::Card, &words[..]),
            };
            let board = tally::BoardName {
                scope: tally::Scope::Card,
                name: "options",
            };
            last = match *words {
                ["put", key, bytes] => {
                    let value = vec![0; bytes.parse().unwrap()].into();
                    put(&mut tx, &limits, POLL, scope, key, value).await
                }
                ["delete", key] => delete(&mut tx, &limits, POLL, scope, key).await,
                ["add", item] => tally::add(&mut tx, &limits, POLL, board, item, 1).await,
                ["take", item] => tally::add(&mut tx, &limits, POLL, board, item, -1).await,
                _ => panic!("{step}"),
            };
        }
        if last.is_ok() {
            tx.commit().await.unwrap();
        }
    }
    let said = last.map_err(|error| error.to_string());
    assert_eq!(said, expected.map_err(str::to_owned), "{script}");
}

#[tokio::test]
async fn quotas_bind_over_all_actions() {
    let much = keep(1_000, 1_000);
    let two_keys = "a card keeps up to 2 keys in a circle (the operator's state.card_keys_max), \
                    and that is reached: delete what is no longer needed";
    check_quotas(keep(2, 100), much, "put a 1; put b 1; put a 9", Ok(())).await;
    check_quotas(
        keep(2, 100),
        much,
        "put a 1; put b 1; put c 1",
        Err(two_keys),
    )
    .await;
    check_quotas(
        keep(2, 100),
        much,
        "put a 1, put b 1, put c 1",
        Err(two_keys),
    )
    .await;
    check_quotas(
        keep(2, 100),
        much,
        "put a 1; add b; add b; add c",
        Err(two_keys),
    )
    .await;
    check_quotas(
        keep(2, 100),
        much,
        "put a 1; put b 1; delete a; put c 1",
        Ok(()),
    )
    .await;
    check_quotas(
        keep(2, 100),
        much,
        "put a 1; put b 1; delete a, put c 1",
        Ok(()),
    )
    .await;
    check_quotas(keep(2, 100), much, "add a; add b; take a; add c", Ok(())).await;
    // A reader's own keys count for the plugin, not for the card.
    check_quotas(
        keep(1, 100),
        keep(3, 100),
        "mine put a 1; mine put b 1; put c 1",
        Ok(()),
    )
    .await;
    let three_keys = two_keys
        .replace("a card", "a plugin")
        .replace("to 2", "to 3");
    let three_keys = three_keys.replace("card_keys", "plugin_keys");
    let script = "mine put a 1; put b 1; put c 1; mine put d 1";
    check_quotas(much, keep(3, 100), script, Err(&three_keys)).await;
    // A key of one byte and five of value, and a counter of one and eight.
    let bytes = two_keys
        .replace("2 keys", "15 bytes")
        .replace("keys_max", "bytes_max");
    check_quotas(keep(9, 15), much, "put a 5; add b", Ok(())).await;
    check_quotas(keep(9, 15), much, "put a 5; add b; put a 6", Err(&bytes)).await;
    let plugin_bytes = bytes
        .replace("a card", "a plugin")
        .replace("card_", "plugin_");
    check_quotas(
        much,
        keep(9, 15),
        "put a 5; add b; put a 6",
        Err(&plugin_bytes),
    )
    .await;
    // What is over already may shrink.
    check_quotas(keep(9, 15), much, "put a 10; put a 9; delete a", Ok(())).await;
}

/// Two actions that each find room, but not both: the commit looks again.
#[tokio::test]
async fn quotas_hold_at_the_commit() {
    let store = memory();
    let limits = StateLimits {
        quotas: Quotas {
            card: keep(1, 100),
            ..Quotas::NONE
        },
        ..LIMITS
    };
    let mut first = begin(&store).await;
    let mut second = begin(&store).await;
    for (tx, key) in [(&mut first, "a"), (&mut second, "b")] {
        put(tx, &limits, POLL, Scope::Card, key, Bytes::new())
            .await
            .unwrap();
    }
    first.commit().await.unwrap();
    let reached = QuotaReached {
        of: UsageOf::Card,
        unit: "keys",
        max: 1,
    };
    assert_eq!(second.commit().await, Err(CommitError::Quota(reached)));
}
