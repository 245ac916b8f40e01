//! What size costs: a view, a start, a rebuild and a checkpoint of a host that
//! keeps 1,000,000 keys.
//!
//! Both hosts have 1,000 circles with one poll each in their configuration.
//! One has nothing else; in the store of the other, each circle has 500 more
//! cards with a key of state each, which makes two keys a card with what the
//! host counts: 1,000,000 in all. (A configuration of as many cards is not
//! what this is about.)

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use quanka::app::App;
use quanka::store::keys::StateOwner;
use quanka::store::{Batch, Board, Commit, Options, Partition, ReadSet, Store, open};
use quanka_tests::client::Client;
use quanka_tests::server::{PUBLISHER, Setup};
use tokio::task::JoinSet;

use crate::programs::Server;
use crate::stats::{Samples, Target};
use crate::workplace::{POLL, POLL_CONFIG, UNBOUND, Workplace};
use crate::{Effort, inside};

const CIRCLES: usize = 1_000;

/// Cards of a circle besides its poll: two keys each.
const CARDS: usize = 500;

/// Bytes of a card's state.
const STATE_BYTES: usize = 100;

/// Circles that are filled at once.
const FILLING: usize = 16;

/// Measures and prints.
pub fn measure(place: &Workplace, effort: Effort) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let (small, large) = (place.disk_dir("small")?, place.disk_dir("large")?);
    let cards = CARDS / effort.shrink;
    println!(
        "\nWith {} keys in the store, in {CIRCLES} circles ({})",
        2 * CIRCLES * cards,
        place.disk()
    );
    runtime.block_on(async {
        fill(&small, 0).await?;
        let filled = fill(&large, cards).await?;
        line("filling, s", filled.as_secs_f64(), Target::None);
        checkpoint(&large, 2 * CIRCLES * cards, effort).await?;
        views(place, [&small, &large], effort).await
    })?;
    drop(runtime);
    starts(place, &large, effort)
}

fn line(what: &str, figure: f64, target: Target) {
    println!("  {what:<58}{figure:>10.3}  {}", target.verdict(figure));
}

fn range_line(what: &str, samples: &Samples, target: Target) {
    let verdict = target.verdict(samples.median());
    println!("  {what:<58}{:>24}  {verdict}", samples.with_range(3));
}

/// A poll a circle, with a vote for each of its options, and cards beside it.
async fn fill(dir: &Path, cards: usize) -> Result<Duration> {
    let store = open(&inside::store_dir(dir), &Options::default())?;
    let began = Instant::now();
    let mut filling = JoinSet::new();
    for circle in 0..CIRCLES {
        if filling.len() == FILLING
            && let Some(filled) = filling.join_next().await
        {
            filled??;
        }
        filling.spawn(fill_circle(Arc::clone(&store), circle, cards));
    }
    while let Some(filled) = filling.join_next().await {
        filled??;
    }
    let took = began.elapsed();
    tokio::task::spawn_blocking(move || drop(store)).await?;
    Ok(took)
}

async fn fill_circle(store: Arc<dyn Store>, circle: usize, cards: usize) -> Result<()> {
    /// Keys of one commit, as many as an action may write.
    const KEYS: usize = 256;
    let partition = Partition::circle(&circle_id(circle));
    let mut batch = Batch::default();
    let slug = poll_slug(circle);
    for (board, item) in [("votes", "a"), ("votes", "b"), ("voters", "all")] {
        batch.add(&Board::of_card(POLL, &slug, board), item, 1);
    }
    for card in 0..cards {
        let card = format!("card-{circle}-{card}");
        let owner = StateOwner::Card {
            plugin: POLL,
            card: &card,
        };
        batch.put(owner.key("state"), vec![b's'; STATE_BYTES].into());
        if batch.len() == KEYS {
            commit(&store, &partition, std::mem::take(&mut batch)).await?;
        }
    }
    commit(&store, &partition, batch).await
}

async fn commit(store: &Arc<dyn Store>, partition: &Partition, batch: Batch) -> Result<()> {
    let commit = Commit {
        snapshot: store.snapshot(partition).await?,
        batch,
        reads: ReadSet::default(),
    };
    store.commit(commit).await?;
    Ok(())
}

async fn checkpoint(dir: &Path, keys: usize, effort: Effort) -> Result<()> {
    let store = open(&inside::store_dir(dir), &Options::default())?;
    let mut seconds = Samples::default();
    for _ in 0..effort.rounds.min(3) {
        let began = Instant::now();
        store.checkpoint().await?;
        seconds.add(began.elapsed().as_secs_f64() * 1e6 / keys as f64);
    }
    range_line("a checkpoint, s per million keys", &seconds, Target::None);
    tokio::task::spawn_blocking(move || drop(store)).await?;
    Ok(())
}

/// A view drawn afresh, of one poll after another, in both hosts by turns.
async fn views(place: &Workplace, dirs: [&Path; 2], effort: Effort) -> Result<()> {
    let mut hosts = Vec::new();
    for dir in dirs {
        hosts.push(inside::host(place, dir, &setup(place)).await?);
    }
    let mut sides = [Samples::default(), Samples::default()];
    for turn in 0..=effort.rounds {
        for (side, host) in sides.iter_mut().zip(&hosts) {
            let us = draw(host, effort.calls).await?;
            if turn > 0 {
                side.add(us);
            }
        }
    }
    for host in hosts {
        inside::end(host).await?;
    }
    let [small, large] = sides;
    range_line(
        "a view with nothing else in the store, µs",
        &small,
        Target::None,
    );
    range_line("a view with all of them, µs", &large, Target::None);
    let ratio = large.over(&small);
    range_line("  times as long", &ratio, Target::AtMost(1.3));
    Ok(())
}

async fn draw(app: &App, calls: u32) -> Result<f64> {
    let began = Instant::now();
    for call in 0..calls {
        // A prime stride, so that neighbours in the store are not neighbours
        // in time.
        let circle = (call as usize * 389) % CIRCLES;
        let card = inside::card(app, &poll_slug(circle))?;
        inside::seen(app, card).await?;
    }
    Ok(began.elapsed().as_secs_f64() * 1e6 / f64::from(calls))
}

/// From the command to the address, with the index that is there and without.
fn starts(place: &Workplace, dir: &Path, effort: Effort) -> Result<()> {
    let setup = setup(place);
    let (mut trusted, mut rebuilt) = (Samples::default(), Samples::default());
    let (mut complete, mut reads) = (Samples::default(), Vec::new());
    for _ in 0..effort.rounds.min(5) {
        let began = Instant::now();
        let server = Server::quanka_in(place, dir, &setup)?;
        trusted.add(began.elapsed().as_secs_f64());
        drop(server);
        remove_index(&inside::store_dir(dir))?;
        let began = Instant::now();
        let server = Server::quanka_in(place, dir, &setup)?;
        rebuilt.add(began.elapsed().as_secs_f64());
        reads.extend(read_until_indexed(&server, dir)?);
        complete.add(began.elapsed().as_secs_f64());
        drop(server);
    }
    let target = Target::AtMost(2.0);
    range_line("start with the index, s", &trusted, target);
    range_line("start without: until it serves, s", &rebuilt, target);
    range_line(
        "  until the index has what the dump had, s",
        &complete,
        Target::None,
    );
    reads.sort();
    ensure!(!reads.is_empty(), "the index was there at once");
    let at = |percent: usize| reads[(reads.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!(
        "  views over HTTP meanwhile, drawn afresh: {} of them, median {:.2} ms, p99 {:.2} ms, \
         slowest {:.2} ms",
        reads.len(),
        at(50),
        at(99),
        at(100)
    );
    Ok(())
}

/// How long each view takes while the index is being built.
fn read_until_indexed(server: &Server, dir: &Path) -> Result<Vec<Duration>> {
    let client = Client::new(server.addr());
    let mut reads = Vec::new();
    for circle in (0..CIRCLES).map(|call| (call * 389) % CIRCLES).cycle() {
        if fs::read_to_string(dir.join("log"))?.contains("the index has what the last dump had") {
            break;
        }
        let began = Instant::now();
        let path = format!("/c/{}/view", poll_slug(circle));
        client.get(&path).send().expect(200);
        reads.push(began.elapsed());
    }
    Ok(reads)
}

fn remove_index(store: &Path) -> Result<()> {
    fs::remove_file(store.join("index.meta"))?;
    for entry in fs::read_dir(store)? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("index-") {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// The circles and their polls, and no cache.
fn setup(place: &Workplace) -> Setup {
    let mut setup = Setup::new()
        .section("sandbox", UNBOUND)
        .section("cache", "views_bytes_max = 0")
        .plugin_file(place.poll());
    for circle in 0..CIRCLES {
        let id = circle_id(circle);
        setup = setup
            .entry(
                "circle",
                &format!("id = '{id}'\npublisher = '{PUBLISHER}'\nname = '读书圈'"),
            )
            .card(
                &poll_slug(circle),
                POLL,
                &format!("circle = '{id}'\n{POLL_CONFIG}"),
            );
    }
    setup
}

fn circle_id(circle: usize) -> String {
    format!("circle-{circle}")
}

fn poll_slug(circle: usize) -> String {
    format!("poll-{circle}")
}
