//! What survives `kill -9`: everything acknowledged, and nothing by halves.
//!
//! The test runs itself again as a child that commits as fast as it can and
//! reports each acknowledged commit, kills it at some count of them, opens the
//! same directory and looks.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::suite::{begin, between, key};
use super::*;

const CYCLES: u64 = 30;
const DIR: &str = "QUANKA_CRASH_TEST_DIR";
const FIRST: &str = "QUANKA_CRASH_TEST_FIRST";
/// Commits that are under way in the child at any time.
const WRITERS: u64 = 8;

#[test]
fn a_killed_process_loses_nothing() {
    if let Ok(dir) = std::env::var(DIR) {
        let first = std::env::var(FIRST).unwrap().parse().unwrap();
        return child(Path::new(&dir), first);
    }
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut first = 1;
    for cycle in 0..CYCLES {
        // Some die while opening, most amid commits.
        let acknowledgements = cycle * 37 % 150;
        let mut child = spawn(dir.path(), first);
        let reported = kill_after(&mut child, acknowledgements);
        assert!(reported.len() as u64 >= acknowledgements);
        acknowledged.extend(reported);
        let found = verify(dir.path(), &acknowledged);
        // The next child takes numbers that this one cannot have used.
        first = found.last().map_or(first, |last| last + 1).max(first) + WRITERS;
        // What was not acknowledged may be there, and then for good.
        acknowledged = found;
    }
}

fn spawn(dir: &Path, first: u64) -> Child {
    let (_, module) = module_path!().split_once("::").unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg(format!("{module}::a_killed_process_loses_nothing"))
        .env(DIR, dir)
        .env(FIRST, first.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The numbers reported until the child was dead, at least so many.
fn kill_after(child: &mut Child, acknowledgements: u64) -> BTreeSet<u64> {
    let reports = BufReader::new(child.stderr.take().unwrap());
    let mut reported = BTreeSet::new();
    let mut killed = false;
    // After the kill, what is left in the pipe was acknowledged before it.
    for line in reports.lines() {
        let line = line.unwrap();
        match line.strip_prefix("acknowledged ") {
            Some(number) => drop(reported.insert(number.parse().unwrap())),
            None => assert_eq!(line, "opening", "the child says"),
        }
        if !killed && reported.len() as u64 >= acknowledgements {
            child.kill().unwrap();
            killed = true;
        }
    }
    child.wait().unwrap();
    reported
}

fn child(dir: &Path, first: u64) {
    report(format_args!("opening"));
    let store = open(dir, &Options::default()).unwrap();
    let next = Arc::new(AtomicU64::new(first));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(write(Arc::clone(&store), Arc::clone(&next))))
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

async fn write(store: Arc<dyn Store>, next: Arc<AtomicU64>) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let mut tx = begin(&store).await;
        for part in 0..PARTS {
            tx.put(part_key(part, number), part_value(part, number))
                .unwrap();
        }
        tx.add(&board(), &format!("item-{}", number % 7), 1)
            .unwrap();
        tx.commit().await.unwrap();
        report(format_args!("acknowledged {number}"));
    }
}

/// One line in one write, so that it is there as a whole or not at all.
fn report(line: fmt::Arguments<'_>) {
    let line = format!("{line}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

const PARTS: u64 = 3;

fn part_key(part: u64, number: u64) -> Key {
    key(&format!("part-{part}-{number:08}"))
}

/// From some bytes to several cells.
fn part_value(part: u64, number: u64) -> Bytes {
    let words = 1 + usize::try_from(number * 131 % 1500 * part).unwrap();
    number.to_be_bytes().repeat(words).into()
}

fn board() -> Board {
    Board::of_card("quanka/poll", "vote", "options")
}

/// Opens the store and checks that every commit is there as a whole or not at
/// all, and every acknowledged one is. Returns those that are.
fn verify(dir: &Path, acknowledged: &BTreeSet<u64>) -> BTreeSet<u64> {
    let store = open(dir, &Options::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut tx = begin(&store).await;
        let found = numbers(&mut tx, 0).await;
        let lost: Vec<_> = acknowledged.difference(&found).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        for part in 1..PARTS {
            assert_eq!(numbers(&mut tx, part).await, found, "torn: part {part}");
        }
        let count = found.len() as u64;
        assert_eq!(tx.seq(), Seq(count), "one commit, one number");
        assert_eq!(tx.total(&board()).await, Ok(count.cast_signed()));
        let mut counts = std::collections::BTreeMap::new();
        for number in &found {
            *counts.entry(format!("item-{}", number % 7)).or_insert(0) += 1;
        }
        let mut expected: Vec<(String, i64)> = counts.into_iter().collect();
        expected.sort_by_key(|(item, count)| (-count, item.clone()));
        assert_eq!(tx.top(&board(), 10).await.unwrap(), expected);
        found
    })
}

async fn numbers(tx: &mut Transaction, part: u64) -> BTreeSet<u64> {
    let range = between(&format!("part-{part}-"), &format!("part-{part}."));
    let everything = PageLimit {
        entries_max: usize::MAX,
        bytes_max: usize::MAX,
    };
    let page = tx
        .scan(range, Direction::Forward, everything)
        .await
        .unwrap();
    let entries = page.entries.into_iter().map(|(at, value)| {
        let digits = std::str::from_utf8(&at["part-0-".len()..]).unwrap();
        let number = digits.parse().unwrap();
        assert_eq!(value, part_value(part, number), "torn: the value of {at:?}");
        number
    });
    entries.collect()
}
