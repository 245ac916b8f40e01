//! Many transactions at once: what a reader sees always adds up, and nothing
//! that was committed is lost.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

on_every_backend!(
    readers_never_see_half_a_commit,
    concurrent_increments_all_count,
    concurrent_adds_never_conflict,
);

const ACCOUNTS: usize = 40;
const SUM: u64 = 4_000;

fn account(number: usize) -> Key {
    key(&format!("account-{number:02}"))
}

/// A balance in a value long enough to lie in several cells, so that half a
/// value would show too.
fn balance(amount: u64) -> Bytes {
    amount.to_be_bytes().repeat(600).into()
}

fn amount(value: &Bytes) -> u64 {
    let amounts: Vec<_> = value.chunks(8).collect();
    let whole = amounts.iter().all(|amount| amount == &amounts[0]);
    assert!(whole, "half a value");
    u64::from_be_bytes(amounts[0].try_into().unwrap())
}

/// Moves amounts between accounts, deletes empty ones and makes them anew; the
/// sum never changes, whichever way it is read.
async fn readers_never_see_half_a_commit(store: Arc<dyn Store>) {
    let mut tx = begin(&store).await;
    tx.put(account(0), balance(SUM)).unwrap();
    tx.commit().await.unwrap();

    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2usize)
        .map(|reader| tokio::spawn(read_sums(Arc::clone(&store), Arc::clone(&done), reader)))
        .collect();
    for round in 0..600usize {
        let (from, to) = (round * 7 % ACCOUNTS, round * 11 % ACCOUNTS);
        let mut tx = begin(&store).await;
        let held = tx.get(&account(from)).await.unwrap();
        let Some(held) = held.as_ref().map(amount).filter(|_| from != to) else {
            continue;
        };
        let target = tx.get(&account(to)).await.unwrap();
        let moved = if round % 2 == 0 { held } else { held / 2 };
        let target = target.as_ref().map_or(0, amount) + moved;
        tx.put(account(to), balance(target)).unwrap();
        match held - moved {
            0 => tx.delete(account(from)).unwrap(),
            left => tx.put(account(from), balance(left)).unwrap(),
        }
        tx.commit().await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
}

async fn read_sums(store: Arc<dyn Store>, done: Arc<AtomicBool>, reader: usize) {
    // One round after the last commit at least.
    for round in reader.. {
        let last = done.load(Ordering::Relaxed);
        let mut tx = begin(&store).await;
        let mut sum = 0;
        if round % 2 == 0 {
            for number in 0..ACCOUNTS {
                let held = tx.get(&account(number)).await.unwrap();
                sum += held.as_ref().map_or(0, amount);
                tokio::task::yield_now().await;
            }
        } else {
            let page = tx.scan(between("a", "b"), Direction::Forward, ALL).await;
            for (_, held) in page.unwrap().entries {
                sum += amount(&held);
            }
        }
        assert_eq!(sum, SUM, "at {}", tx.seq());
        if last {
            return;
        }
    }
}

/// Read, add one, commit, again on conflict: each success counts exactly once.
async fn concurrent_increments_all_count(store: Arc<dyn Store>) {
    let increment = |store: Arc<dyn Store>| async move {
        for _ in 0..25 {
            while !increment_once(&store).await {
                tokio::task::yield_now().await;
            }
        }
    };
    let tasks: Vec<_> = (0..8)
        .map(|_| tokio::spawn(increment(Arc::clone(&store))))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut tx = begin(&store).await;
    assert_eq!(value(&mut tx, "count").await.as_deref(), Some("200"));
    assert_eq!(store.seq(&circle()), Ok(Seq(200)));
}

async fn increment_once(store: &Arc<dyn Store>) -> bool {
    let mut tx = begin(store).await;
    let count = value(&mut tx, "count").await;
    let next = count.map_or(1, |count| count.parse::<u32>().unwrap() + 1);
    change(&mut tx, &format!("count={next}"));
    match tx.commit().await {
        Ok(_) => true,
        Err(CommitError::Conflict) => false,
        Err(error) => panic!("{error}"),
    }
}

/// A thousand readers vote at once, each for the first time: no conflict.
async fn concurrent_adds_never_conflict(store: Arc<dyn Store>) {
    let vote = |store: Arc<dyn Store>, voter: usize| async move {
        let own = key(&format!("voter-{voter}"));
        let mut tx = begin(&store).await;
        assert_eq!(tx.get(&own).await, Ok(None));
        tx.put(own, Bytes::from_static(b"voted")).unwrap();
        tx.add(&board(), ["a", "b", "c"][voter % 3], 1).unwrap();
        tx.commit().await.unwrap();
    };
    let votes: Vec<_> = (0..1_000)
        .map(|voter| tokio::spawn(vote(Arc::clone(&store), voter)))
        .collect();
    for vote in votes {
        vote.await.unwrap();
    }
    let mut tx = begin(&store).await;
    let expected = [("a", 334), ("b", 333), ("c", 333)];
    let expected = expected.map(|(item, count)| (item.to_owned(), count));
    assert_eq!(tx.top(&board(), 10).await.unwrap(), expected);
    assert_eq!(tx.total(&board()).await, Ok(1_000));
}
