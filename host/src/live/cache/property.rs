//! After every commit of a random history, what the cache gives for a view
//! equals what drawing it now gives. And this finds the bugs it is there for.

use super::*;
use crate::live::basis::History;
use crate::store::suite;
use crate::store::{
    Access, Board, Changes, Direction, Key, KeyRange, PageLimit, Partition, ReadSet, Seq, Store,
    Transaction,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestError, TestRng, TestRunner};
use std::cell::Cell;

/// What is wrong with the cache, for a test of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    None,
    /// Ranges are not part of the read set.
    NoRanges,
    /// Of several commits, the oldest is forgotten.
    LostChange,
    /// Absent keys are not part of the read set.
    NoAbsences,
    /// The instant is not looked at.
    NoInstant,
}

/// One step of a history.
#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Write>),
    /// Time passes.
    Wait(u64),
    /// Somebody looks at a card.
    Look(usize),
}

#[derive(Clone, Debug)]
enum Write {
    Put(u8, u8),
    Delete(u8),
    Count(u8, i64),
}

fn name(key: u8) -> Key {
    suite::key(&format!("k{key}"))
}

fn board() -> Board {
    Board::of_card("test/model", "model", "votes")
}

/// A card whose reads depend on what it reads: key `k0` says which keys it
/// looks at next, whether it lists them, and whether it asks for the time.
async fn render(card: usize, tx: &mut Transaction, now_ms: u64) -> (String, Option<u64>) {
    let read = |bytes: Option<bytes::Bytes>| bytes.map_or(0, |bytes| bytes[0]);
    let way = read(tx.get(&name(u8::try_from(card).unwrap())).await.unwrap());
    let mut said = format!("{way}");
    let mut expires = None;
    if way.is_multiple_of(2) {
        let range = KeyRange {
            start: name(way % 8),
            end: name(9),
        };
        let limit = PageLimit {
            entries_max: 2,
            bytes_max: 1000,
        };
        let direction = match way.is_multiple_of(4) {
            true => Direction::Forward,
            false => Direction::Backward,
        };
        let page = tx.scan(range, direction, limit).await.unwrap();
        said += &suite::shown(&page);
    } else {
        let value = tx.get(&name(way % 8)).await.unwrap();
        said += &format!("{value:?}");
    }
    if way % 3 == 1 {
        said += &format!("{:?}", tx.top(&board(), 2).await.unwrap());
    }
    if way % 3 == 2 {
        let granule = now_ms / 10;
        said += &format!("at {granule}");
        expires = Some((granule + 1) * 10);
    }
    (said, expires)
}

struct Seeded<'a> {
    store: &'a Arc<dyn Store>,
    bug: Bug,
}

impl History for Seeded<'_> {
    fn changes(&self, partition: &Partition, since: Seq) -> Result<Option<Changes>, StoreError> {
        let mut changes = History::changes(self.store, partition, since)?;
        if let (Bug::LostChange, Some(changes)) = (self.bug, &mut changes) {
            changes.commits.drain(..1.min(changes.commits.len()));
        }
        Ok(changes)
    }
}

struct Drawn {
    key: ViewKey,
    basis: Basis,
    said: String,
}

impl Keep for Drawn {
    fn key(&self) -> &ViewKey {
        &self.key
    }
    fn basis(&self) -> &Basis {
        &self.basis
    }
    fn is_private(&self) -> bool {
        false
    }
    fn bytes(&self) -> usize {
        100
    }
}

/// What the bug leaves of a basis.
async fn basis(mut tx: Transaction, expires: Option<u64>, bug: Bug) -> Basis {
    let all = tx.reads().clone();
    let mut reads = ReadSet::default();
    for point in all.points() {
        if bug != Bug::NoAbsences || tx.get(point).await.unwrap().is_some() {
            reads.point(point.clone());
        }
    }
    for range in all.ranges().iter().filter(|_| bug != Bug::NoRanges) {
        reads.range(range.clone());
    }
    let expires = expires.filter(|_| bug != Bug::NoInstant);
    Basis::of_reads(tx.partition().clone(), tx.seq(), reads, expires)
}

/// Runs a history; the number of looks that the cache answered.
async fn run(steps: &[Step], bug: Bug) -> Result<usize, String> {
    let store = suite::memory();
    let cache: ViewCache<Drawn> = ViewCache::new(1 << 20);
    let (mut now_ms, mut hits) = (0, 0);
    for step in steps {
        match step {
            Step::Wait(ms) => now_ms += ms,
            Step::Commit(writes) => commit(&store, writes).await,
            Step::Look(card) => {
                let mut tx = Transaction::begin(Arc::clone(&store), &suite::circle(), Access::Read)
                    .await
                    .unwrap();
                let (said, expires) = render(*card, &mut tx, now_ms).await;
                // Two by two they are pages of one.
                let slug = format!("card{}", card / 2);
                let place = ["", "tag/跑步"][card % 2];
                let key = ViewKeyRef {
                    card: &slug,
                    locale: "zh-CN",
                    size: Size::Standard,
                    at: &At::parse(place).unwrap(),
                    member: None,
                };
                let moment = Moment {
                    history: &Seeded { store: &store, bug },
                    newest: store.seq(&suite::circle()).unwrap(),
                    now_ms,
                };
                if let Some(Found::Fresh(kept)) = cache.find(key, moment).unwrap() {
                    hits += 1;
                    if kept.said != said {
                        return Err(format!("kept {:?}, is {said:?}", kept.said));
                    }
                } else {
                    cache.keep(&Arc::new(Drawn {
                        key: key.to_key(),
                        basis: basis(tx, expires, bug).await,
                        said,
                    }));
                }
            }
        }
    }
    Ok(hits)
}

async fn commit(store: &Arc<dyn Store>, writes: &[Write]) {
    let mut tx = suite::begin(store).await;
    for write in writes {
        match *write {
            Write::Put(key, value) => tx.put(name(key), vec![value].into()).unwrap(),
            Write::Delete(key) => tx.delete(name(key)).unwrap(),
            Write::Count(item, delta) => tx.add(&board(), &format!("i{item}"), delta).unwrap(),
        }
    }
    tx.commit().await.unwrap();
}

fn history() -> impl Strategy<Value = Vec<Step>> {
    let write = prop_oneof![
        4 => (0..9u8, 0..24u8).prop_map(|(key, value)| Write::Put(key, value)),
        2 => (0..9u8).prop_map(Write::Delete),
        2 => (0..4u8, 1..5i64).prop_map(|(item, delta)| Write::Count(item, delta)),
    ];
    let step = prop_oneof![
        3 => vec(write, 1..3).prop_map(Step::Commit),
        1 => (1..20u64).prop_map(Step::Wait),
        6 => (0..3usize).prop_map(Step::Look),
    ];
    vec(step, 20..80)
}

/// Runs many histories with a bug; the first that shows it.
fn search(bug: Bug) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let (looks, hits) = (Cell::new(0), Cell::new(0));
    let result = runner.run(&history(), |steps| {
        let found = runtime.block_on(run(&steps, bug));
        hits.set(hits.get() + found.map_err(TestCaseError::fail)?);
        let look = |step: &&Step| matches!(step, Step::Look(_));
        looks.set(looks.get() + steps.iter().filter(look).count());
        Ok(())
    });
    let (looks, hits) = (looks.get(), hits.get());
    match result {
        Ok(()) => {
            // A cache that never answers would pass.
            assert!(hits * 4 > looks, "{hits} of {looks} looks were answered");
            assert!(
                hits * 10 < looks * 9,
                "{hits} of {looks} looks were answered"
            );
            Ok(())
        }
        Err(TestError::Fail(reason, _)) => Err(reason.to_string()),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn what_the_cache_gives_equals_a_fresh_render() {
    assert_eq!(search(Bug::None), Ok(()));
}

#[test]
fn each_seeded_bug_is_found() {
    for bug in [
        Bug::NoRanges,
        Bug::LostChange,
        Bug::NoAbsences,
        Bug::NoInstant,
    ] {
        let found = search(bug).expect_err("it shows");
        assert!(found.contains("kept"), "{bug:?}: {found}");
    }
}
