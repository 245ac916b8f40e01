//! Transactions at once, and whether it was as if they had come one after
//! another.
//!
//! Every transaction notes what it read. Afterwards they are replayed on a
//! naive model in the order of their commits: a commit's reads must hold where
//! it stands in that order, everybody's at the snapshot they were made at.

use std::fmt::Debug;

use super::model::{Change, Model, Scan, change_tx};
use super::*;
use crate::store::disk::recorder::Chance;
use crate::store::seeded::{Seeded, SeededBug};

on_every_backend!(commits_are_as_if_one_after_another);

/// Each with its own partition.
const CASES: u64 = 12;
const WRITERS: u64 = 6;
const TRANSACTIONS: u64 = 14;

/// So few keys that everybody is in everybody's way.
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
const ITEMS: [&str; 3] = ["x", "y", "z"];

async fn commits_are_as_if_one_after_another(store: Arc<dyn Store>) {
    for case in 0..CASES {
        check_case(&store, case).await.unwrap();
    }
}

#[derive(Debug)]
enum Step {
    Read(Read, Answer),
    Write(Change),
}

#[derive(Clone, Debug)]
enum Read {
    Get(&'static str),
    Scan(Scan),
    Count(&'static str),
    Total,
    Top,
}

#[derive(Debug, PartialEq)]
enum Answer {
    Value(Option<Bytes>),
    Page(Page),
    Number(i64),
    Ranking(Vec<(String, i64)>),
}

/// A transaction that is over.
struct Done {
    snapshot: Seq,
    /// If it wrote and was not refused.
    committed: Option<Seq>,
    steps: Vec<Step>,
}

async fn check_case(store: &Arc<dyn Store>, case: u64) -> Result<(), String> {
    let partition = Partition::circle(&format!("case-{case}"));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, partition) = (Arc::clone(store), partition.clone());
            let mut chance = Chance(case * WRITERS + writer);
            let chance = Chance(chance.below(u64::MAX));
            tokio::spawn(write(store, partition, chance))
        })
        .collect();
    let mut done = Vec::new();
    for writer in writers {
        done.extend(writer.await.unwrap());
    }
    replay(&done).map_err(|error| format!("case {case}: {error}"))
}

async fn write(store: Arc<dyn Store>, partition: Partition, mut chance: Chance) -> Vec<Done> {
    let mut done = Vec::new();
    for _ in 0..TRANSACTIONS {
        let tx = Transaction::begin(Arc::clone(&store), &partition, Access::Write).await;
        done.push(one(tx.unwrap(), &mut chance).await);
    }
    done
}

async fn one(mut tx: Transaction, chance: &mut Chance) -> Done {
    let snapshot = tx.seq();
    let mut steps = Vec::new();
    for _ in 0..=chance.below(4) {
        if chance.coin() {
            let read = Read::by(chance);
            let answer = read.perform(&mut tx).await;
            steps.push(Step::Read(read, answer));
        } else {
            let change = change_by(chance);
            change_tx(&mut tx, &change);
            steps.push(Step::Write(change));
        }
        for _ in 0..chance.below(3) {
            tokio::task::yield_now().await;
        }
    }
    let writes = !tx.batch().is_empty();
    let committed = match tx.commit().await {
        Ok(seq) => writes.then_some(seq),
        Err(CommitError::Conflict) => None,
        Err(error) => panic!("{error}"),
    };
    Done {
        snapshot,
        committed,
        steps,
    }
}

/// The error says whose reads do not hold, and where.
fn replay(done: &[Done]) -> Result<(), String> {
    let mut committed: Vec<_> = done
        .iter()
        .filter(|done| done.committed.is_some())
        .collect();
    committed.sort_by_key(|done| done.committed);
    let mut states = vec![Model::default()];
    for (done, seq) in committed.iter().zip(1..) {
        if done.committed != Some(Seq(seq)) {
            return Err(format!("{:?} in place of {seq}", done.committed));
        }
        let before = states.last().expect("there is the first").clone();
        let after = holds(done, before).map_err(|error| format!("commit {seq}: {error}"))?;
        states.push(after);
    }
    for done in done {
        let at = usize::try_from(done.snapshot.0).expect("so few");
        let state = states.get(at).ok_or("a snapshot of the future")?;
        holds(done, state.clone())
            .map_err(|error| format!("at the snapshot {}: {error}", done.snapshot))?;
    }
    Ok(())
}

/// Does what a transaction did. The model must answer as the store did.
fn holds(done: &Done, mut state: Model) -> Result<Model, String> {
    for step in &done.steps {
        match step {
            Step::Write(change) => state.change(change),
            Step::Read(read, answer) => {
                let right = read.answer(&state);
                if right != *answer {
                    return Err(format!("{read:?} is {right:?}, but was {answer:?}"));
                }
            }
        }
    }
    Ok(state)
}

impl Read {
    fn by(chance: &mut Chance) -> Read {
        match chance.below(8) {
            0..3 => Read::Get(one_of(&NAMES, chance)),
            3..6 => Read::Scan(Scan {
                start: one_of(&NAMES, chance).to_owned(),
                end: one_of(&["b", "c", "d", "e", "z"], chance).to_owned(),
                direction: match chance.coin() {
                    true => Direction::Forward,
                    false => Direction::Backward,
                },
                limit: PageLimit {
                    entries_max: 1 + usize::try_from(chance.below(4)).expect("so few"),
                    bytes_max: usize::MAX,
                },
            }),
            6 => Read::Count(one_of(&ITEMS, chance)),
            _ => match chance.coin() {
                true => Read::Total,
                false => Read::Top,
            },
        }
    }

    async fn perform(&self, tx: &mut Transaction) -> Answer {
        match self {
            Read::Get(name) => Answer::Value(tx.get(&key(name)).await.unwrap()),
            Read::Scan(scan) => {
                let range = between(&scan.start, &scan.end);
                Answer::Page(tx.scan(range, scan.direction, scan.limit).await.unwrap())
            }
            Read::Count(item) => Answer::Number(tx.count(&board(), item).await.unwrap()),
            Read::Total => Answer::Number(tx.total(&board()).await.unwrap()),
            Read::Top => Answer::Ranking(tx.top(&board(), 2).await.unwrap()),
        }
    }

    fn answer(&self, state: &Model) -> Answer {
        match self {
            Read::Get(name) => Answer::Value(state.entries.get(&key(name)).cloned()),
            Read::Scan(scan) => Answer::Page(state.page(scan)),
            Read::Count(item) => Answer::Number(state.counts.get(item).copied().unwrap_or(0)),
            Read::Total => Answer::Number(state.counts.values().sum()),
            Read::Top => Answer::Ranking(state.ranking().into_iter().take(2).collect()),
        }
    }
}

fn change_by(chance: &mut Chance) -> Change {
    match chance.below(6) {
        0..3 => {
            // No two values are the same, so that none passes for another.
            let value = chance.below(u64::MAX).to_be_bytes().to_vec();
            Change::Put(one_of(&NAMES, chance).to_owned(), value)
        }
        3..5 => Change::Delete(one_of(&NAMES, chance).to_owned()),
        _ => Change::Add(one_of(&ITEMS, chance), 1 + chance.below(3).cast_signed()),
    }
}

fn one_of(names: &[&'static str], chance: &mut Chance) -> &'static str {
    let count = names.len() as u64;
    names[usize::try_from(chance.below(count)).expect("so few")]
}

/// The check finds what it is there for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn planted_bugs_are_found() {
    for bug in [
        SeededBug::SkipRangeCheck,
        SeededBug::SkipGroupCheck,
        SeededBug::ForgetVersionsEarly,
    ] {
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            seeded: Seeded::with(bug),
            ..Options::default()
        };
        let store = open(dir.path(), &options).unwrap();
        let mut found = None;
        for case in 0..CASES {
            found = check_case(&store, case).await.err();
            if let Some(error) = &found {
                eprintln!("{bug:?}: {error}");
                break;
            }
        }
        assert!(found.is_some(), "{bug:?} goes unnoticed");
    }
}
