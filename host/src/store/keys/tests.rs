//! That names cannot reach into each other's keys, and that the layout, which
//! is on disk, stays what it is.

use proptest::prelude::*;

use super::*;
use crate::store::KEY_BYTES_MAX;

/// Owners of state with names of their own.
#[derive(Clone, Debug, PartialEq)]
enum Owner {
    Card(String, String),
    Circle(String),
    Viewer(String, String),
}

impl Owner {
    fn borrowed(&self) -> StateOwner<'_> {
        match self {
            Owner::Card(plugin, card) => StateOwner::Card { plugin, card },
            Owner::Circle(plugin) => StateOwner::Circle { plugin },
            Owner::Viewer(plugin, viewer) => StateOwner::Viewer { plugin, viewer },
        }
    }
}

/// Names made to collide: control bytes that look like lengths and tags, and
/// lengths around the one from which a digest stands for the name.
fn name() -> impl Strategy<Value = String> {
    let letters = prop::sample::select(&["", "a", "b", "\u{1}", "\u{2}a", "\0", "cc", "贝"][..]);
    let short = prop::collection::vec(letters, 0..4).prop_map(|letters| letters.concat());
    let long = (30..36usize, short.clone()).prop_map(|(length, end)| "a".repeat(length) + &end);
    prop_oneof![4 => short, 1 => long]
}

fn owner() -> impl Strategy<Value = Owner> {
    prop_oneof![
        (name(), name()).prop_map(|(plugin, card)| Owner::Card(plugin, card)),
        name().prop_map(Owner::Circle),
        (name(), name()).prop_map(|(plugin, viewer)| Owner::Viewer(plugin, viewer)),
    ]
}

fn board() -> impl Strategy<Value = (Option<String>, String, String)> {
    (prop::option::of(name()), name(), name())
}

fn as_board((card, plugin, name): &(Option<String>, String, String)) -> Board {
    match card {
        Some(card) => Board::of_card(plugin, card, name),
        None => Board::of_circle(plugin, name),
    }
}

fn quiet(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(quiet(4_000))]

    #[test]
    fn no_owner_reaches_into_another(one in owner(), two in owner(), key in name()) {
        let within = one.borrowed().range("").contains(&two.borrowed().key(&key));
        prop_assert_eq!(within, one == two);
    }

    #[test]
    fn keys_keep_their_order(owner in owner(), one in name(), two in name()) {
        let owner = owner.borrowed();
        prop_assert_eq!(owner.key(&one).cmp(&owner.key(&two)), one.cmp(&two));
        prop_assert_eq!(owner.range(&one).contains(&owner.key(&two)), two.starts_with(&one));
    }

    #[test]
    fn no_board_reaches_into_another(one in board(), two in board(), item in name(), n in any::<i64>()) {
        let (first, second) = (as_board(&one), as_board(&two));
        let same = one == two;
        prop_assert_eq!(first.ranking().contains(&second.place(n, &item)), same);
        prop_assert_eq!(first.count(&item) == second.count(&item), same);
        prop_assert_eq!(first.total() == second.total(), same);
    }

    #[test]
    fn places_sort_by_count_then_item(one in (any::<i64>(), name()), two in (any::<i64>(), name())) {
        let board = Board::of_circle("quanka/poll", "options");
        let place = |(count, item): &(i64, String)| board.place(*count, item);
        let expected = two.0.cmp(&one.0).then_with(|| one.1.cmp(&two.1));
        prop_assert_eq!(place(&one).cmp(&place(&two)), expected);
        prop_assert_eq!(place(&one).len(), board.place_len(&one.1));
        prop_assert_eq!(board.standing_at(&place(&one)), Some((one.1, one.0)));
    }

    #[test]
    fn no_partition_reaches_into_another(one in "[a-z0-9-]{1,40}", two in "[a-z0-9-]{1,40}") {
        let encoded = |id: &str| {
            let mut to = Vec::new();
            Partition::circle(id).encode(&mut to);
            to
        };
        prop_assert_eq!(encoded(&one).starts_with(&encoded(&two)), one == two);
    }
}

/// Expiry entries are due from their instant on, whatever card they are of.
#[test]
fn expiry_is_a_point_in_time() {
    for (expires_at_ms, due) in [(0, true), (999, true), (1000, true), (1001, false)] {
        let key = answer_expiry(expires_at_ms, "vote", &[0xff; 32]);
        assert_eq!(answers_expired(1000).contains(&key), due, "{expires_at_ms}");
    }
}

#[test]
fn the_longest_names_still_fit() {
    let (name, item) = ("n".repeat(1000), "i".repeat(64));
    let state = StateOwner::Viewer {
        plugin: &name,
        viewer: &name,
    };
    let board = Board::of_card(&name, &name, &name);
    let keys = [
        state.key(&"k".repeat(128)),
        board.place(1, &item),
        board.count(&item),
        board.total(),
        answer(&name, &[0; 32]),
        answer_expiry(0, &name, &[0; 32]),
        taken(&name, TakenBy::Viewer(&name), &[0; 32]),
    ];
    let longest = keys.iter().map(|key| key.len()).max();
    assert!(longest <= Some(KEY_BYTES_MAX), "{longest:?}");

    let mut engine_key = Vec::new();
    Partition::circle(&name).encode(&mut engine_key);
    let kind_and_piece_number = 1 + 2;
    assert!(engine_key.len() + kind_and_piece_number + KEY_BYTES_MAX <= 256);
}

/// A change here is a change of the format on disk.
#[test]
fn the_layout() {
    let board = Board::of_card("quanka/poll", "vote", "options");
    let of_circle = Board::of_circle("quanka/poll", "options");
    let digest = [0x42; 32];
    let long = "beike-daily/a-plugin-with-quite-a-long-name";
    let keys = [
        StateOwner::Card {
            plugin: "quanka/poll",
            card: "vote",
        }
        .key("key"),
        StateOwner::Circle {
            plugin: "quanka/poll",
        }
        .key("key"),
        StateOwner::Viewer {
            plugin: "quanka/poll",
            viewer: "m_7Q",
        }
        .key("键"),
        StateOwner::Circle { plugin: long }.key("key"),
        board.count("a"),
        board.total(),
        board.place(3, "a"),
        board.place(-3, "a"),
        of_circle.count("a"),
        answer("vote", &digest),
        answer_expiry(1_700_000_000_000, "vote", &digest),
        taken("vote", TakenBy::Anyone, &digest),
        taken("vote", TakenBy::Viewer("m_7Q"), &digest),
    ];
    let lines = keys.map(|key| format!("{key:?}")).join("\n");
    let mut partition = Vec::new();
    Partition::circle("beike").encode(&mut partition);
    let layout = format!("{}\n{lines}", partition.escape_ascii());
    insta::assert_snapshot!(layout, @r"
    \x06cbeike
    Key(Sc\x0bquanka/poll\x04votekey)
    Key(So\x0bquanka/pollkey)
    Key(Sv\x0bquanka/poll\x04m_7Q\xe9\x94\xae)
    Key(So\xff\xbfF\x80\xdby\x0bt`\x16=\xbf\xc0\xca\xdfyR>R\xcd\x13\xc5\xa6\xd5n\xaa\xb2l\x02\x06\x8d\x1b\xcakey)
    Key(Cc\x0bquanka/poll\x04vote\x07optionsa)
    Key(Tc\x0bquanka/poll\x04vote\x07options)
    Key(Pc\x0bquanka/poll\x04vote\x07options\x7f\xff\xff\xff\xff\xff\xff\xfca)
    Key(Pc\x0bquanka/poll\x04vote\x07options\x80\x00\x00\x00\x00\x00\x00\x02a)
    Key(Co\x0bquanka/poll\x07optionsa)
    Key(A\x04voteBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB)
    Key(E\x00\x00\x01\x8b\xcf\xe5h\x00\x04voteBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB)
    Key(O\x04votecBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB)
    Key(O\x04votev\x04m_7QBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB)
    ");
}
