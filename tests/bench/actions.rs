//! Durable actions a second: whole actions of the real poll beside the bare
//! journal and index taking the very same writes.
//!
//! An action is all that the host does for one: the offer and its signature,
//! the reader, a fresh sandbox that handles it, the commit with its sync, and
//! the reader's new view from another fresh sandbox. Each is another reader's
//! first vote. The peer takes what the journal of that host has recorded, so
//! both write the same keys and values in the same commits, from as many
//! writers at once, with real syncs to the same directory. The clock stops
//! when all is in the index too and the index is on the disk, or a peer that is
//! done in a moment would leave half of its work for later.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use quanka::app::App;
use quanka::identity::IdempotencyKey;
use quanka::service::act::{ActRequest, act};
use quanka::service::view::Wanted;
use quanka::store::bare::{Bare, Recorded, recorded};
use quanka::store::keys::StateOwner;
use quanka::store::{
    Access, Batch, Board, Commit, Options, Partition, Quotas, ReadSet, Store, Transaction, keys,
    open,
};
use quanka_tests::server::CIRCLE;

use crate::stats::{Samples, Target};
use crate::workplace::{POLL, POLL_CARD, Workplace};
use crate::{Effort, inside};

/// Readers at once, and votes of one turn: enough for some seconds.
const READERS: [(usize, usize); 3] = [(1, 1_500), (16, 10_000), (64, 20_000)];

/// Votes of a rush, and how many are under way at once.
const RUSH: (usize, usize) = (10_000, 256);

/// Measures and prints both tables.
pub fn measure(place: &Workplace, effort: Effort) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        rates(place, effort).await?;
        rush(place, effort).await
    })
}

async fn rates(place: &Workplace, effort: Effort) -> Result<()> {
    println!("\nDurable actions a second on one circle: votes, each of another reader");
    println!(
        "(in process; bare: the journal and the index alone, taking the same commits from as \
         many\n writers; store: the same writes through Store::commit; until the index has them; {})",
        place.disk()
    );
    println!(
        "  {:<12}{:>12}{:>12}{:>12}{:>20}{:>22}  target",
        "readers", "acts/s", "store/s", "bare/s", "store ÷ bare", "acts ÷ bare"
    );
    for (readers, votes) in READERS {
        let votes = votes / effort.shrink;
        let mut sides = [(); 3].map(|()| Samples::default());
        for turn in 0..=effort.rounds {
            let dir = place.disk_dir(&format!("acts-{readers}-{turn}"))?;
            let rates = [
                acts(place, &dir, readers, votes).await?,
                through_store(&dir, readers, votes).await?,
                bare(&dir, readers).await?,
            ];
            same_writes(&dir)?;
            std::fs::remove_dir_all(&dir)?;
            // The first warms up.
            if turn > 0 {
                for (side, rate) in sides.iter_mut().zip(rates) {
                    side.add(rate);
                }
            }
        }
        let [acts, store, bare] = &sides;
        let target = match readers {
            64 => Target::AtLeast(0.6),
            _ => Target::None,
        };
        println!(
            "  {readers:<12}{:>12.0}{:>12.0}{:>12.0}{:>20}{:>22}  {}",
            acts.median(),
            store.median(),
            bare.median(),
            store.over(bare).with_range(2),
            acts.over(bare).with_range(2),
            target.verdict(acts.over(bare).median())
        );
    }
    Ok(())
}

/// Ten thousand readers on one poll at once.
async fn rush(place: &Workplace, effort: Effort) -> Result<()> {
    let (votes, at_once) = (RUSH.0, RUSH.1);
    let mut rates = Samples::default();
    let mut reruns = 0;
    for turn in 0..effort.rounds {
        let dir = place.disk_dir(&format!("rush-{turn}"))?;
        let app = inside::host(place, &dir, &place.poll_setup()).await?;
        let took = vote(&app, at_once, votes).await?;
        reruns += app.counters.action_reruns.load(Ordering::Relaxed);
        ensure!(
            voters(&app).await? == i64::try_from(votes)?,
            "the poll has not counted every vote once"
        );
        inside::end(app).await?;
        std::fs::remove_dir_all(&dir)?;
        rates.add(votes as f64 / took.as_secs_f64());
    }
    println!("\n{votes} votes on one poll, {at_once} at once");
    println!("  acts/s              {}", rates.with_range(0));
    let verdict = Target::AtMost(0.0).verdict(reruns as f64);
    println!("  conflict re-runs    {reruns}  {verdict}");
    Ok(())
}

/// Whole actions a second.
async fn acts(place: &Workplace, dir: &Path, readers: usize, votes: usize) -> Result<f64> {
    let app = inside::host(place, dir, &place.poll_setup()).await?;
    let acting = vote(&app, readers, votes).await?;
    ensure!(
        voters(&app).await? == i64::try_from(votes)?,
        "votes are missing"
    );
    let store = Arc::clone(&app.store);
    inside::end(app).await?;
    Ok(votes as f64 / (acting + close(store).await?).as_secs_f64())
}

/// How long it takes until all is in the index and on the disk.
async fn close(store: Arc<dyn Store>) -> Result<Duration> {
    let began = Instant::now();
    tokio::task::spawn_blocking(move || drop(store)).await?;
    Ok(began.elapsed())
}

/// How long so many votes take.
async fn vote(app: &Arc<App>, readers: usize, votes: usize) -> Result<Duration> {
    let shown = inside::seen(app, inside::card(app, POLL_CARD)?).await?;
    let offers = shown.drawn.tokens.as_ref();
    let offer = offers.and_then(|tokens| tokens.first().cloned());
    let offer: Arc<str> = offer.context("the poll offers a vote")?.into();
    let app = Arc::clone(app);
    time(readers, votes, move |voter| {
        let (app, offer) = (Arc::clone(&app), Arc::clone(&offer));
        async move {
            let request = ActRequest {
                wanted: Wanted::default(),
                key: IdempotencyKey::parse(&format!("bench-{voter:032}"))?,
                offer: offer.to_string().into(),
                inputs: BTreeMap::from([("choice".to_owned(), vec!["a".to_owned()])]),
            };
            let card = inside::card(&app, POLL_CARD)?;
            let acted = act(&app, card, request, &|| Ok(())).await;
            let acted = acted.map_err(|error| anyhow!("{error}"))?;
            ensure!(!acted.repeated, "somebody has voted twice");
            ensure!(acted.shown.is_some(), "the poll is not drawn after a vote");
            Ok(())
        }
    })
    .await
}

async fn voters(app: &App) -> Result<i64> {
    let circle = Partition::circle(CIRCLE);
    let store = Arc::clone(&app.store);
    let mut transaction = Transaction::begin(store, &circle, Access::Read).await?;
    let board = Board::of_card(POLL, POLL_CARD, "voters");
    Ok(transaction.total(&board).await?)
}

/// The writes of the votes, handed to the store without the rest.
async fn through_store(dir: &Path, writers: usize, votes: usize) -> Result<f64> {
    let dir = dir.join("store");
    let store = open(&dir, &Options::default())?;
    let writer = Arc::clone(&store);
    let writing = time(writers, votes, move |voter| {
        let store = Arc::clone(&writer);
        async move {
            let snapshot = store.snapshot(&Partition::circle(CIRCLE)).await?;
            let commit = Commit {
                snapshot,
                batch: vote_batch(voter),
                reads: ReadSet::default(),
            };
            store.commit(commit).await?;
            Ok(())
        }
    })
    .await?;
    Ok(votes as f64 / (writing + close(store).await?).as_secs_f64())
}

/// What a vote writes; [`same_writes`] holds it beside a real one.
fn vote_batch(voter: usize) -> Batch {
    let mut batch = Batch::default();
    let viewer = format!("m_{voter:022}");
    let own = StateOwner::Viewer {
        plugin: POLL,
        viewer: &viewer,
    };
    batch.put(own.key(&format!("vote/{POLL_CARD}")), b"[\"a\"]"[..].into());
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&voter.to_be_bytes());
    let answer = keys::answer(POLL_CARD, &digest);
    let entry = keys::answer_expiry(1_800_000_000_000, POLL_CARD, &digest);
    batch.put(entry, answer.to_vec().into());
    batch.put(answer, vec![b'r'; ANSWER_BYTES].into());
    batch.add(&Board::of_card(POLL, POLL_CARD, "votes"), "a", 1);
    batch.add(&Board::of_card(POLL, POLL_CARD, "voters"), "all", 1);
    batch.bound(Quotas::NONE);
    batch
}

/// The recorded answer to a vote, as it is stored.
const ANSWER_BYTES: usize = 276;

/// Whether both have written the same, give or take the length of a number.
fn same_writes(dir: &Path) -> Result<()> {
    let last = |dir: &Path| -> Result<(usize, usize)> {
        let commits = recorded(dir)?;
        Ok(commits.last().context("it has votes")?.size())
    };
    let (keys, bytes) = last(&inside::store_dir(dir))?;
    let (store_keys, store_bytes) = last(&dir.join("store"))?;
    ensure!(
        keys == store_keys && bytes.abs_diff(store_bytes) * 20 < bytes,
        "a vote writes {keys} keys and {bytes} bytes, its stand-in {store_keys} and {store_bytes}"
    );
    Ok(())
}

/// The commits that the host's journal has recorded, into a bare one.
async fn bare(dir: &Path, writers: usize) -> Result<f64> {
    let commits: Arc<Vec<Recorded>> = Arc::new(recorded(&inside::store_dir(dir))?);
    let bare = Arc::new(Bare::create(&dir.join("bare"), &Options::default())?);
    let (count, writer) = (commits.len(), Arc::clone(&bare));
    let began = Instant::now();
    time(writers, count, move |at| {
        let (bare, commit) = (Arc::clone(&writer), commits[at].clone());
        async move { Ok(bare.commit(commit).await?) }
    })
    .await?;
    let bare = Arc::into_inner(bare).context("every writer is done")?;
    tokio::task::spawn_blocking(move || bare.finish()).await??;
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

/// Has so many hands do all the work there is, and says how long it took.
async fn time<F, W>(hands: usize, count: usize, work: W) -> Result<Duration>
where
    W: Fn(usize) -> F + Clone + Send + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let hands: Vec<_> = (0..hands)
        .map(|_| {
            let (next, work) = (Arc::clone(&next), work.clone());
            tokio::spawn(async move {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        return Ok::<_, anyhow::Error>(());
                    }
                    work(at).await?;
                }
            })
        })
        .collect();
    for hand in hands {
        hand.await??;
    }
    Ok(began.elapsed())
}
