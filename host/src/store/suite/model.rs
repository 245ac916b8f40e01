//! Random histories, compared step by step with a naive model: a map per
//! snapshot.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What happens next in a history.
#[derive(Clone, Debug)]
enum Step {
    /// Commit these changes.
    Commit(Vec<Change>),
    /// Open a transaction, write these changes into it, and keep it.
    Open(Vec<Change>),
    /// Drop the kept transaction of this number, if there is one.
    Close(usize),
    /// Read a page in every kept transaction.
    Scan(Scan),
}

#[derive(Clone, Debug)]
pub(super) enum Change {
    Put(String, Vec<u8>),
    Delete(String),
    Add(&'static str, i64),
}

#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub start: String,
    pub end: String,
    pub direction: Direction,
    pub limit: PageLimit,
}

/// What one point in a history should look like.
#[derive(Clone, Default)]
pub(super) struct Model {
    pub entries: BTreeMap<Key, Bytes>,
    pub counts: BTreeMap<&'static str, i64>,
}

impl Model {
    pub fn change(&mut self, change: &Change) {
        match change {
            Change::Put(name, value) => {
                self.entries.insert(key(name), value.clone().into());
            }
            Change::Delete(name) => drop(self.entries.remove(&key(name))),
            Change::Add(item, delta) => *self.counts.entry(item).or_default() += delta,
        }
    }

    pub fn page(&self, scan: &Scan) -> Page {
        let mut inside: Vec<_> = self
            .entries
            .iter()
            .filter(|(at, _)| key(&scan.start) <= **at && **at < key(&scan.end))
            .collect();
        if scan.direction == Direction::Backward {
            inside.reverse();
        }
        let mut page = Page::default();
        let mut bytes = 0;
        for (at, value) in inside {
            bytes += at.len() + value.len();
            let entries = page.entries.len();
            if entries == scan.limit.entries_max || (bytes > scan.limit.bytes_max && entries > 0) {
                page.next = Some(at.clone());
                break;
            }
            page.entries.push((at.clone(), value.clone()));
        }
        page
    }

    pub fn ranking(&self) -> Vec<(String, i64)> {
        let counts = self.counts.iter().filter(|(_, count)| **count != 0);
        let mut ranking: Vec<_> = counts
            .map(|(item, count)| ((*item).to_owned(), *count))
            .collect();
        ranking.sort_by_key(|(item, count)| (-count, item.clone()));
        ranking
    }
}

pub(super) fn change_tx(tx: &mut Transaction, change: &Change) {
    match change {
        Change::Put(name, value) => tx.put(key(name), value.clone().into()).unwrap(),
        Change::Delete(name) => tx.delete(key(name)).unwrap(),
        Change::Add(item, delta) => tx.add(&board(), item, *delta).unwrap(),
    }
}

async fn run(store: Arc<dyn Store>, steps: Vec<Step>) {
    let mut now = Model::default();
    let mut kept: Vec<(Transaction, Model)> = Vec::new();
    for step in steps {
        match step {
            Step::Commit(changes) => {
                let mut tx = begin(&store).await;
                for change in &changes {
                    change_tx(&mut tx, change);
                    now.change(change);
                }
                tx.commit().await.unwrap();
            }
            Step::Open(changes) => {
                let mut tx = begin(&store).await;
                let mut model = now.clone();
                for change in &changes {
                    change_tx(&mut tx, change);
                    model.change(change);
                }
                kept.push((tx, model));
            }
            Step::Close(number) => {
                if number < kept.len() {
                    kept.swap_remove(number);
                }
            }
            Step::Scan(scan) => {
                for (tx, model) in &mut kept {
                    let range = between(&scan.start, &scan.end);
                    let page = tx.scan(range, scan.direction, scan.limit).await.unwrap();
                    assert_eq!(page, model.page(&scan));
                }
            }
        }
        for (tx, model) in &mut kept {
            compare(tx, model).await;
        }
    }
}

async fn compare(tx: &mut Transaction, model: &Model) {
    for name in NAMES {
        let found = tx.get(&key(name)).await.unwrap();
        assert_eq!(found.as_ref(), model.entries.get(&key(name)));
    }
    let ranking = model.ranking();
    assert_eq!(tx.top(&board(), 1000).await.unwrap(), ranking);
    let first_two = &ranking[..ranking.len().min(2)];
    assert_eq!(tx.top(&board(), 2).await.unwrap(), first_two);
    let sum: i64 = model.counts.values().sum();
    assert_eq!(tx.total(&board()).await, Ok(sum));
    for item in ITEMS {
        let rank = ranking.iter().position(|(ranked, _)| ranked == item);
        let found = tx.rank(&board(), item, 1000).await;
        assert_eq!(found, Ok(rank.map(|at| at + 1)));
    }
}

const NAMES: [&str; 6] = ["a", "ab", "b", "c", "ca", "d"];
const ITEMS: [&str; 4] = ["x", "y", "z", "zz"];

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let name = || prop::sample::select(&NAMES[..]).prop_map(str::to_owned);
    // Lengths on both sides of one cell and of several.
    let length = prop_oneof![6 => 0..20usize, 1 => 3_490..3_510usize, 1 => 6_990..7_010usize];
    let value = (length, any::<u8>()).prop_map(|(length, byte)| vec![byte; length]);
    let item = prop::sample::select(&ITEMS[..]);
    let change = prop_oneof![
        4 => (name(), value).prop_map(|(name, value)| Change::Put(name, value)),
        2 => name().prop_map(Change::Delete),
        3 => (item, -2..4i64).prop_map(|(item, delta)| Change::Add(item, delta)),
    ];
    vec(change, 1..5)
}

fn scan() -> impl Strategy<Value = Scan> {
    let bound = || prop::sample::select(&["a", "aa", "b", "c", "cb", "z"][..]);
    let direction = prop_oneof![Just(Direction::Forward), Just(Direction::Backward)];
    let bytes_max = prop_oneof![Just(usize::MAX), 1..40usize];
    (bound(), bound(), direction, 1..6usize, bytes_max).prop_map(
        |(start, end, direction, entries_max, bytes_max)| Scan {
            start: start.to_owned(),
            end: end.to_owned(),
            direction,
            limit: PageLimit {
                entries_max,
                bytes_max,
            },
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => changes().prop_map(Step::Commit),
        2 => prop_oneof![Just(Vec::new()), changes()].prop_map(Step::Open),
        1 => (0..4usize).prop_map(Step::Close),
        3 => scan().prop_map(Step::Scan),
    ];
    vec(step, 1..30)
}

fn histories(cases: u32, store: impl Fn() -> (Option<TempDir>, Arc<dyn Store>)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let config = ProptestConfig {
        // A failure is printed with its history; nothing is kept in files.
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    };
    proptest!(config, |(steps in steps())| {
        let (_dir, store) = store();
        runtime.block_on(run(store, steps));
    });
}

#[test]
fn histories_in_memory() {
    histories(400, || (None, memory()));
}

#[test]
fn histories_on_sled() {
    histories(40, || {
        let (dir, store) = sled();
        (Some(dir), store)
    });
}
