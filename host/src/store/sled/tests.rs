//! How values lie in sled, and when an index is trusted.

use super::*;
use crate::store::batch::Writes;
use crate::store::index::Nothing;
use crate::store::suite::{between, circle, shown};
use crate::store::{KEY_BYTES_MAX, opening};

fn fresh(dir: &Path) -> SledIndex {
    open(&dir.join("index-1"), 1 << 20).unwrap()
}

fn filled(writes: impl IntoIterator<Item = (Key, Option<Bytes>)>) -> [Filled; 1] {
    [Filled {
        partition: circle(),
        seq: Seq(1),
        writes: Writes::from_iter(writes),
    }]
}

const EVERYTHING: PageLimit = PageLimit {
    entries_max: 1_000,
    bytes_max: usize::MAX,
};

/// A value whose pieces are gone is an error, and its neighbours can still be
/// read.
#[test]
fn a_missing_piece_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let index = fresh(dir.path());
    let long = Key::from(b"long".to_vec());
    let writes = filled([
        (long.clone(), Some(vec![7; 9_000].into())),
        (b"near".to_vec().into(), Some("1".into())),
    ]);
    index.fill(&writes, GroupNumber(1)).unwrap();
    index.db.remove(piece_key(&circle(), &long, 1)).unwrap();

    let why = damaged("the pieces of a value do not go together");
    assert_eq!(index.get(&circle(), &long), Err(why.clone()));
    let range = between("a", "z");
    let scanned = index.scan(&circle(), &range, Direction::Forward, EVERYTHING);
    let scanned = scanned.unwrap();
    assert_eq!(shown(&scanned.page), "near=1");
    assert_eq!(scanned.torn, [(long, why.clone())].into());
    assert_eq!(index.walk(&mut |_, _| Ok(())), Err(why));
}

/// Overwritten and deleted values leave no pieces behind.
#[test]
fn no_piece_outlives_its_value() {
    let dir = tempfile::tempdir().unwrap();
    let index = fresh(dir.path());
    let empty = index.db.len();
    let key = Key::from(b"k".to_vec());
    // Head, number, position and digest, then the pieces.
    for (bytes, cells) in [(3_499, 4), (3_500, 5), (10_501, 8), (7_000, 6), (10, 4)] {
        let writes = filled([(key.clone(), Some(vec![1; bytes].into()))]);
        index.fill(&writes, GroupNumber(1)).unwrap();
        assert_eq!(index.db.len() - empty, cells, "{bytes} bytes");
    }
    index.fill(&filled([(key, None)]), GroupNumber(2)).unwrap();
    assert_eq!(index.db.len() - empty, 3);
}

#[test]
fn what_is_walked_can_be_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let index = fresh(dir.path());
    let names = [vec![0], b"k".to_vec(), vec![0xff; KEY_BYTES_MAX]];
    let lengths = [0, 1, 3_499, 3_500, 64 << 10];
    let values = names.iter().flat_map(|name| {
        lengths.map(|length| {
            let mut name = name.clone();
            name.truncate(KEY_BYTES_MAX - 8);
            name.extend_from_slice(length.to_string().as_bytes());
            (Key::from(name), Some(Bytes::from(vec![7; length])))
        })
    });
    let mut writes = filled(values);
    writes[0].partition = Partition::circle(&"long".repeat(100));
    index.fill(&writes, GroupNumber(9)).unwrap();

    let copy = open(&dir.path().join("index-2"), 1 << 20).unwrap();
    copy.load(&index, &mut |_| {}).unwrap();
    assert_eq!(copy.position(), Ok(None), "that is for who loads it to say");
    let entries = |index: &SledIndex| {
        let mut entries = Vec::new();
        let each = &mut |key: &[u8], value: &Bytes| {
            entries.push((key.to_vec(), value.clone()));
            Ok(())
        };
        index.walk(each).unwrap();
        entries
    };
    assert_eq!(entries(&index).len(), 16);
    assert_eq!(entries(&copy), entries(&index));
    assert_eq!(copy.seq(&writes[0].partition), Ok(Seq(1)));
}

fn engine(dir: &Path) -> SledEngine {
    SledEngine::new(dir, 1 << 20, opening::lock(dir).unwrap())
}

#[test]
fn an_index_is_trusted_only_if_nothing_can_have_happened_to_it() {
    /// Whether an index at group 5 is trusted after this.
    fn check(expected: bool, dumped: u64, change: impl Fn(&Path)) {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let made = engine(dir);
        let index = made.fresh().unwrap();
        index.load(&Nothing, &mut |_| {}).unwrap();
        index.fill(&[], GroupNumber(5)).unwrap();
        drop(index);
        made.seal().unwrap();
        drop(made);
        change(dir);
        let again = engine(dir);
        assert_eq!(again.kept(GroupNumber(dumped)).is_some(), expected);
    }
    let meta = |dir: &Path| dir.join("index.meta");
    let another_boot = |dir: &Path| {
        std::fs::write(
            meta(dir),
            "index-1\nboot 00000000-0000-0000-0000-000000000000\n",
        )
        .unwrap();
    };
    check(true, 5, |_| {});
    check(false, 6, |_| {});
    check(false, 5, another_boot);
    check(false, 5, |dir| std::fs::remove_file(meta(dir)).unwrap());
    check(false, 5, |dir| {
        std::fs::write(meta(dir), "index-2\nsealed\n").unwrap()
    });
    check(false, 5, |dir| {
        std::fs::write(meta(dir), "../index-1\nsealed\n").unwrap()
    });
    check(false, 5, |dir| {
        std::fs::write(dir.join("index-1/conf"), "segment_size: none").unwrap();
    });
    check(false, 5, |dir| {
        let index = open(&dir.join("index-1"), 1 << 20).unwrap();
        index.db.remove(POSITION).unwrap();
    });
    // What a kill while opening leaves behind bricks sled.
    check(true, 5, |dir| {
        let left = dir.join("index-1/snap.0000000000000123.generating");
        std::fs::write(left, "half a snapshot").unwrap();
    });
    // Once it is open again it changes, and only this boot vouches for it.
    check(true, 5, |dir| {
        drop(engine(dir).kept(GroupNumber(5)).unwrap());
        let text = std::fs::read_to_string(meta(dir)).unwrap();
        assert!(text.starts_with("index-1\nboot "), "{text}");
    });
    check(false, 5, |dir| {
        drop(engine(dir).kept(GroupNumber(5)).unwrap());
        another_boot(dir);
    });
}

#[test]
fn a_new_index_takes_the_place_of_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let engine = engine(dir.path());
    let first = engine.fresh().unwrap();
    let second = engine.fresh().unwrap();
    first
        .fill(&filled([(b"k".to_vec().into(), None)]), GroupNumber(1))
        .unwrap();
    assert_eq!(second.position(), Ok(None));
    assert!(!dir.path().join("index-1").exists());
    assert!(dir.path().join("index-2").exists());
}

/// sled hands out what it finds; that something is not there, or not the
/// newest, only the digest tells.
#[test]
fn an_index_that_lost_something_is_known() {
    fn check(expected: bool, change: impl Fn(&::sled::Db)) {
        let dir = tempfile::tempdir().unwrap();
        let index = open(dir.path(), 1 << 20).unwrap();
        let long = || Some(Bytes::from(vec![7; 10_000]));
        let values = [
            ("long", long()),
            ("short", Some(Bytes::from("old"))),
            ("gone", long()),
        ];
        let next = [
            ("long", long()),
            ("short", Some(Bytes::from("new"))),
            ("gone", None),
        ];
        for (values, position) in [(values, 1), (next, 2)] {
            let writes = values.map(|(key, value)| (key.as_bytes().to_vec().into(), value));
            index.fill(&filled(writes), GroupNumber(position)).unwrap();
        }
        index.check().unwrap();
        change(&index.db);
        drop(index);
        let again = open(dir.path(), 1 << 20).unwrap();
        assert_eq!(again.check().is_ok(), expected);
    }
    let partition = &filled([])[0].partition;
    let key = |name: &str| Key::from(name.as_bytes().to_vec());
    let cell = |name: &str| value_key(partition, &key(name));
    check(true, |_| {});
    check(false, |db| drop(db.remove(cell("long")).unwrap().unwrap()));
    check(false, |db| {
        let piece = piece_key(partition, &key("long"), 2);
        drop(db.remove(piece).unwrap().unwrap());
    });
    check(false, |db| {
        let old = Head::of(b"old").encode();
        drop(db.insert(cell("short"), old).unwrap().unwrap());
    });
    check(false, |db| {
        let old = Head::of(b"back").encode();
        assert!(db.insert(cell("gone"), old).unwrap().is_none());
    });
    check(false, |db| {
        drop(db.remove(seq_key(partition)).unwrap().unwrap())
    });
    check(false, |db| drop(db.remove(DIGEST).unwrap().unwrap()));
}
