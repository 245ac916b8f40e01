use super::*;
use crate::live::basis::History;
use crate::store::suite::{self, between, key as store_key};
use crate::store::{Changes, Partition, ReadSet, Seq, Store};

struct Drawn {
    key: ViewKey,
    basis: Basis,
    private: bool,
    bytes: std::sync::atomic::AtomicUsize,
}

impl Keep for Drawn {
    fn key(&self) -> &ViewKey {
        &self.key
    }
    fn basis(&self) -> &Basis {
        &self.basis
    }
    fn is_private(&self) -> bool {
        self.private
    }
    fn bytes(&self) -> usize {
        self.bytes.load(std::sync::atomic::Ordering::SeqCst)
    }
}

fn first() -> &'static At {
    static FIRST: std::sync::OnceLock<At> = std::sync::OnceLock::new();
    FIRST.get_or_init(At::default)
}

fn key(member: Option<&str>) -> ViewKeyRef<'_> {
    ViewKeyRef {
        card: "vote",
        locale: "zh-CN",
        size: Size::Standard,
        at: first(),
        member,
    }
}

/// Reads the key `a` and everything from `m` up to `p`.
fn reads() -> ReadSet {
    let mut reads = ReadSet::default();
    reads.point(store_key("a"));
    reads.range(between("m", "p"));
    reads
}

fn drawn(key: ViewKeyRef<'_>, at: u64, private: bool) -> Arc<Drawn> {
    Arc::new(Drawn {
        key: key.to_key(),
        basis: Basis::of_reads(suite::circle(), Seq(at), reads(), Some(1000)),
        private,
        bytes: 100.into(),
    })
}

/// A cache, and the circle it keeps views of.
struct Bench {
    store: Arc<dyn Store>,
    cache: ViewCache<Drawn>,
}

impl Bench {
    fn new(bytes_max: u64) -> Bench {
        Bench {
            store: suite::memory(),
            cache: ViewCache::new(bytes_max),
        }
    }

    fn look(&self, member: Option<&str>, now_ms: u64) -> &'static str {
        self.look_with(&self.store, member, now_ms)
    }

    fn look_with(&self, history: &dyn History, member: Option<&str>, now_ms: u64) -> &'static str {
        let moment = Moment {
            history,
            newest: self.store.seq(&suite::circle()).unwrap(),
            now_ms,
        };
        match self.cache.find(key(member), moment).unwrap() {
            None => "nothing",
            Some(Found::Fresh(_)) => "fresh",
            Some(Found::Stale(_)) => "stale",
        }
    }
}

#[tokio::test]
async fn an_entry_is_right_until_what_it_read_changes_or_its_instant_comes() {
    let bench = Bench::new(1 << 20);
    assert_eq!(bench.look(None, 0), "nothing");
    let mut at = suite::commit(&bench.store, "a=1 m1=1").await;
    let mut check = async |changes: &str, now_ms: u64, expected: &str| {
        bench.cache.keep(&drawn(key(None), at.0, false));
        assert_eq!(bench.look(None, 999), "fresh", "before {changes}");
        if !changes.is_empty() {
            at = suite::commit(&bench.store, changes).await;
        }
        assert_eq!(bench.look(None, now_ms), expected, "{changes} at {now_ms}");
        // As it was found, it stays.
        assert_eq!(bench.look(None, now_ms), expected, "{changes} at {now_ms}");
    };
    check("", 999, "fresh").await;
    check("", 1000, "stale").await;
    check("b=1", 999, "fresh").await;
    check("b=2 c=1 l=1 p=1", 999, "fresh").await;
    check("b=1", 1000, "stale").await;
    // A key that was read: changed, removed, put where it was missing.
    check("a=2", 999, "stale").await;
    check("-a", 999, "stale").await;
    check("a=3", 999, "stale").await;
    // A range: changed inside, removed, put where nothing was.
    check("m1=2", 999, "stale").await;
    check("-m1", 999, "stale").await;
    check("m=1", 999, "stale").await;
    check("o9=1", 999, "stale").await;
    // Written with the same value: a write is a change.
    check("a=3", 999, "stale").await;
    check("b=1 n=1 c=1", 999, "stale").await;
}

#[tokio::test]
async fn a_view_stays_right_over_any_number_of_commits_that_are_asked_about_in_time() {
    let bench = Bench::new(1 << 20);
    let at = suite::commit(&bench.store, "a=1").await;
    let shown = drawn(key(None), at.0, false);
    bench.cache.keep(&shown);
    for _ in 0..5 {
        for _ in 0..300 {
            suite::commit(&bench.store, "b=1").await;
        }
        assert_eq!(bench.look(None, 0), "fresh");
    }
    suite::commit(&bench.store, "a=2").await;
    assert_eq!(bench.look(None, 0), "stale");
}

/// Remembers nothing.
struct Forgetful;

impl History for Forgetful {
    fn changes(&self, _: &Partition, _: Seq) -> Result<Option<Changes>, StoreError> {
        Ok(None)
    }
}

#[tokio::test]
async fn what_nobody_remembers_may_have_changed() {
    let bench = Bench::new(1 << 20);
    let at = suite::commit(&bench.store, "a=1").await;
    bench.cache.keep(&drawn(key(None), at.0, false));
    assert_eq!(
        bench.look_with(&Forgetful, None, 0),
        "fresh",
        "nothing to remember"
    );
    suite::commit(&bench.store, "b=1").await;
    assert_eq!(bench.look_with(&Forgetful, None, 0), "stale");
    assert_eq!(bench.look(None, 0), "fresh");
}

#[tokio::test]
async fn a_private_view_serves_its_reader_only() {
    let bench = Bench::new(1 << 20);
    bench.cache.keep(&drawn(key(Some("m_a")), 1, true));
    assert_eq!(bench.look(Some("m_a"), 0), "fresh");
    assert_eq!(bench.look(Some("m_b"), 0), "nothing");
    assert_eq!(bench.look(None, 0), "nothing");
    // The view of *none* depends on there being no reader.
    bench.cache.keep(&drawn(key(None), 1, true));
    assert_eq!(bench.look(None, 0), "fresh");
    assert_eq!(bench.look(Some("m_b"), 0), "nothing");
}

#[tokio::test]
async fn a_view_that_asks_nothing_of_its_reader_serves_all() {
    let bench = Bench::new(1 << 20);
    bench.cache.keep(&drawn(key(Some("m_a")), 0, false));
    assert_eq!(bench.look(Some("m_b"), 0), "fresh");
    assert_eq!(bench.look(None, 0), "fresh");
    // Also one whose own is not right any more.
    bench.cache.keep(&drawn(key(Some("m_c")), 0, true));
    let newest = suite::commit(&bench.store, "a=1").await;
    assert_eq!(bench.look(Some("m_c"), 0), "stale");
    bench.cache.keep(&drawn(key(None), newest.0, false));
    assert_eq!(bench.look(Some("m_c"), 0), "fresh");
}

#[tokio::test]
async fn a_slower_render_does_not_replace_a_later_one() {
    let bench = Bench::new(1 << 20);
    suite::commit(&bench.store, "a=1").await;
    let newest = suite::commit(&bench.store, "a=2").await;
    bench.cache.keep(&drawn(key(None), newest.0, false));
    bench.cache.keep(&drawn(key(None), newest.0 - 1, false));
    assert_eq!(bench.look(None, 0), "fresh");
}

#[test]
fn the_bound_binds_also_what_is_written_later_and_zero_keeps_nothing() {
    let kept = |cache: &ViewCache<Drawn>| cache.entries.as_ref().map_or(0, Cache::weight);
    let cache = ViewCache::new(10_000);
    let mut views = Vec::new();
    for card in 0..100 {
        let card = format!("card-{card}");
        let key = ViewKeyRef {
            card: &card,
            ..key(None)
        };
        let view = drawn(key, 1, false);
        cache.keep(&view);
        views.push(view);
    }
    let before = kept(&cache);
    assert!((5_000..=10_000).contains(&before), "{before}");
    // One that grows takes the place of others.
    let there = |view: &Arc<Drawn>| {
        let entries = cache.entries.as_ref().unwrap();
        entries.peek(&view.key.borrowed()).is_some()
    };
    let entries = || views.iter().filter(|view| there(view)).count();
    let (one, entries_before) = (views.iter().find(|view| there(view)).unwrap(), entries());
    one.bytes.store(3_000, std::sync::atomic::Ordering::SeqCst);
    cache.weigh_again(one);
    let after = kept(&cache);
    assert!((5_000..=10_000).contains(&after), "{after}");
    assert!(
        entries() < entries_before,
        "{} of {entries_before}",
        entries()
    );
    // One that is not kept any more does not come back by growing.
    let gone = views.iter().find(|view| !there(view)).unwrap();
    cache.weigh_again(gone);
    assert!(!there(gone));

    let off = Bench::new(0);
    off.cache.keep(&drawn(key(None), 1, false));
    assert_eq!(off.look(None, 0), "nothing");
}

#[test]
fn each_page_of_a_card_is_a_view_of_its_own() {
    use std::hash::{BuildHasher, RandomState};
    let hasher = RandomState::new();
    let places = ["", "tag/跑步", "tag/读书"].map(|place| At::parse(place).unwrap());
    let of = |at| ViewKeyRef { at, ..key(None) };
    for one in &places {
        for other in &places {
            let same = one == other;
            assert_eq!(of(one).to_key() == of(other).to_key(), same);
            assert_eq!(of(one).equivalent(&of(other).to_key()), same);
        }
        let (borrowed, owned) = (of(one), of(one).to_key());
        assert_eq!(hasher.hash_one(borrowed), hasher.hash_one(&owned));
        assert_eq!(owned.borrowed(), borrowed);
    }
}

#[tokio::test]
async fn what_is_forgotten_is_no_last_good_view() {
    let check = |kept: &[(Option<&str>, bool)], forgotten: Option<&str>, expected: [&str; 3]| {
        let bench = Bench::new(1 << 20);
        for &(member, private) in kept {
            bench.cache.keep(&drawn(key(member), 0, private));
        }
        bench.cache.forget(key(forgotten));
        let found = [None, Some("m1"), Some("m2")].map(|member| bench.look(member, 1000));
        assert_eq!(found, expected, "{kept:?} {forgotten:?}");
    };
    let nothing = ["nothing"; 3];
    check(&[(None, false)], None, nothing);
    check(&[(None, false)], Some("m1"), nothing);
    check(&[(Some("m1"), true)], Some("m1"), nothing);
    let all = [(None, true), (Some("m1"), true), (Some("m2"), true)];
    check(&all, Some("m1"), ["stale", "nothing", "stale"]);
    check(&all, None, ["nothing", "stale", "stale"]);
}
