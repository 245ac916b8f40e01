//! What the window holds, for whom, and for how long.

use super::*;

fn key(name: &str) -> Key {
    name.as_bytes().to_vec().into()
}

fn put(name: &str, value: &'static str) -> Writes {
    Writes::from([(key(name), Some(Bytes::from_static(value.as_bytes())))])
}

fn commit(window: &mut Window, writes: &Writes) -> Seq {
    let seq = window.enter(writes);
    window.publish(seq);
    seq
}

fn shown(window: &Window, name: &str, at: Seq) -> Option<Option<Bytes>> {
    window.get(&key(name), at)
}

#[test]
fn a_version_stays_until_the_index_has_it_and_nobody_is_older() {
    let mut window = Window::new(Seq(7), 10);
    let old = window.open();
    let first = commit(&mut window, &put("a", "1"));
    let newer = window.open();
    let second = commit(&mut window, &put("a", "2"));
    assert_eq!(
        (old, first, newer, second),
        (Seq(7), Seq(8), Seq(8), Seq(9))
    );
    assert_eq!(shown(&window, "a", old), None, "the base knows");
    assert_eq!(shown(&window, "a", newer), Some(Some("1".into())));
    assert_eq!(shown(&window, "a", second), Some(Some("2".into())));

    // Now the base is about to be overwritten, and someone still looks.
    assert_eq!(window.shown_by_base([key("a")].iter()), [key("a")]);
    window.hold(Writes::from([(key("a"), Some("0".into()))]));
    window.filled(second);
    assert_eq!(shown(&window, "a", old), Some(Some("0".into())));
    assert_eq!(shown(&window, "a", newer), Some(Some("1".into())));
    assert_eq!(window.len(), 3);

    window.close(old);
    assert_eq!(window.len(), 2, "only what the newer one asks for");
    assert_eq!(shown(&window, "a", newer), Some(Some("1".into())));
    window.close(newer);
    assert_eq!(window.len(), 0);
    assert!(window.is_idle());
}

#[test]
fn nothing_goes_before_the_index_has_it() {
    let mut window = Window::new(Seq(0), 10);
    for value in ["1", "2", "3"] {
        commit(&mut window, &put("a", value));
    }
    assert_eq!(window.len(), 3);
    window.filled(Seq(2));
    assert_eq!(shown(&window, "a", Seq(3)), Some(Some("3".into())));
    assert!(!window.is_idle());
    window.filled(Seq(3));
    assert_eq!(window.len(), 0);
}

#[test]
fn a_value_is_held_only_if_the_window_does_not_know_it() {
    let mut window = Window::new(Seq(0), 10);
    commit(&mut window, &put("a", "1"));
    window.open();
    commit(&mut window, &put("a", "2"));
    commit(&mut window, &put("b", "1"));
    let keys = [key("a"), key("b")];
    assert_eq!(window.shown_by_base(keys.iter()), [key("b")]);
}

#[test]
fn a_commit_under_way_is_not_seen_but_conflicts() {
    let mut window = Window::new(Seq(0), 10);
    let under_way = window.enter(&put("a", "1"));
    let snapshot = window.open();
    assert_eq!((under_way, snapshot), (Seq(1), Seq(0)));
    assert_eq!(shown(&window, "a", snapshot), None);
    assert_eq!(window.newest(&key("a")), Some(Some("1".into())));

    let mut reads = ReadSet::default();
    reads.point(key("a"));
    assert!(window.has_changed(&reads, snapshot));
    assert!(!window.has_changed(&reads, under_way));
    assert_eq!(window.changes(Seq(0)).unwrap().commits, []);
}

#[test]
fn changes_are_remembered_as_far_as_they_may() {
    let mut window = Window::new(Seq(5), 2);
    assert_eq!(window.changes(Seq(5)).unwrap().commits, []);
    assert_eq!(window.changes(Seq(4)), None, "from before it was at hand");
    for name in ["a", "b", "c", "d"] {
        let seq = commit(&mut window, &put(name, "1"));
        window.filled(seq);
    }
    let since = |seq| {
        let changes = window.changes(Seq(seq))?;
        assert_eq!(changes.upto, Seq(9));
        let keys = changes.commits.iter().flat_map(|change| change.keys.iter());
        let keys = keys.map(|key| key.escape_ascii().to_string());
        Some(keys.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(since(9).as_deref(), Some(""));
    assert_eq!(since(8).as_deref(), Some("d"));
    assert_eq!(since(7).as_deref(), Some("c d"));
    assert_eq!(since(6), None, "forgotten");
}

#[test]
fn what_versions_need_is_remembered_beyond_the_limit() {
    let mut window = Window::new(Seq(0), 1);
    for name in ["a", "b", "c"] {
        commit(&mut window, &put(name, "1"));
    }
    window.filled(Seq(1));
    assert_eq!(window.changes(Seq(1)).unwrap().commits.len(), 2);
    window.filled(Seq(3));
    assert_eq!(window.changes(Seq(1)), None);
    assert_eq!(window.changes(Seq(2)).unwrap().commits.len(), 1);
    assert_eq!(window.len(), 0);
}

#[test]
fn a_restart_takes_in_the_journal_again() {
    let mut window = Window::new(Seq(0), 10);
    let old = window.open();
    commit(&mut window, &put("a", "1"));
    let now = window.open();
    window.filled(Seq(1));
    window.restart();
    assert!(window.recover(Seq(1), &put("a", "1")));
    assert!(!window.is_readable(old), "the dump may be newer than that");
    assert!(window.is_readable(now));
    assert_eq!(shown(&window, "a", now), Some(Some("1".into())));
    assert_eq!(commit(&mut window, &put("a", "2")), Seq(2));
    window.close(old);
    window.close(now);
    window.filled(Seq(2));
    assert!(window.is_idle());
}

#[test]
fn a_gap_in_the_journal_is_noticed() {
    // What the base has, what the journal brings, whether that is right.
    let table: &[(u64, &[u64], bool)] = &[
        (0, &[1, 2, 3], true),
        (5, &[6, 7], true),
        (5, &[4, 5, 6], true),
        (5, &[7], false),
        (5, &[4, 6], false),
        (5, &[6, 6], false),
        (5, &[6, 5], false),
    ];
    for (newest, seqs, expected) in table {
        let mut window = Window::new(Seq(*newest), 10);
        let recovered = seqs
            .iter()
            .all(|seq| window.recover(Seq(*seq), &put("a", "1")));
        assert_eq!(recovered, *expected, "{newest}, then {seqs:?}");
    }
}
