//! One change to 10,000 open streams: how long until the last of them has the
//! whole event, and what a stream costs in memory.
//!
//! The host is a process of its own; this one holds the other ends, on the same
//! machine, so its own work is in the time too. All streams show the poll to
//! readers without a session: one view, drawn once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use quanka_tests::client::Client;
use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};

use crate::Effort;
use crate::programs::Server;
use crate::stats::{Samples, Target};
use crate::workplace::{POLL_CARD, Workplace};

const STREAMS: usize = 10_000;

/// Streams that are being opened at once; more would wait in the system's
/// queue of connections.
const OPENING: usize = 128;

/// A change that has not arrived by then is lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two changes: a view is pushed a few times a second at most.
const PAUSE: Duration = Duration::from_millis(1_500);

/// A stream has the view of this version, whole, since then.
struct Arrived {
    version: String,
    at: Instant,
}

/// Measures and prints.
pub fn measure(place: &Workplace, effort: Effort) -> Result<()> {
    let streams = STREAMS / effort.shrink;
    raise_file_limit(streams)?;
    let setup = place
        .poll_setup()
        .section(
            "live",
            "streams_max = 50000\nstreams_per_card_max = 50000\nstreams_per_address_max = 50000",
        )
        .section("server", "connections_per_address_max = 60000");
    let server = Server::quanka(place, "streams", &setup)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (times, bytes_each) = runtime.block_on(async {
        // What the first streams and votes need once is not the streams'.
        let mut first = open(&server, 100).await?;
        change(&server, &mut first, 100, 0).await?;
        let memory = server.memory_bytes()?;
        let mut arrivals = open(&server, streams).await?;
        let bytes_each = server.memory_bytes()?.saturating_sub(memory) / streams as u64;
        let mut times = Samples::default();
        for turn in 0..=effort.rounds {
            let time = change(&server, &mut arrivals, streams, 1 + turn).await?;
            // The first grows buffers.
            if turn > 0 {
                times.add(time.as_secs_f64());
            }
        }
        Ok::<_, anyhow::Error>((times, bytes_each))
    })?;
    println!("\nOne change to {streams} open streams, client on the same machine");
    println!(
        "  until the last has it, s    {}  {}",
        times.with_range(3),
        Target::AtMost(1.0).verdict(times.median())
    );
    let kib = bytes_each as f64 / 1024.0;
    println!(
        "  memory a stream, KiB        {kib:.1}  {}",
        Target::AtMost(20.0).verdict(kib)
    );
    Ok(())
}

/// One vote; how long until every stream has the view after it.
async fn change(
    server: &Server,
    arrivals: &mut mpsc::UnboundedReceiver<Result<Arrived>>,
    streams: usize,
    voter: usize,
) -> Result<Duration> {
    tokio::time::sleep(PAUSE).await;
    let client = Client::new(server.addr());
    let path = format!("/c/{POLL_CARD}");
    let view: Value = client
        .get(&format!("{path}/view"))
        .send()
        .expect(200)
        .json();
    let offer = offer_in(&view).context("the poll offers a vote")?;
    let action = json!({
        "offer": offer,
        "key": format!("bench-{voter:032}"),
        "inputs": { "choice": ["a"] },
    });
    let began = Instant::now();
    let act = format!("{path}/act");
    let voting = tokio::task::spawn_blocking(move || {
        client.post(&act).json(&action).send().expect(200);
        client
    });
    let mut last = began;
    let mut versions = std::collections::BTreeSet::new();
    for _ in 0..streams {
        let arrived = tokio::time::timeout(PATIENCE, arrivals.recv()).await;
        let arrived = arrived
            .context("some streams were not told")?
            .context("every stream has ended")??;
        last = last.max(arrived.at);
        versions.insert(arrived.version);
    }
    let client = voting.await?;
    let view: Value = client
        .get(&format!("{path}/view"))
        .send()
        .expect(200)
        .json();
    ensure!(
        versions
            .iter()
            .eq([view["version"].as_str().unwrap_or_default()]),
        "the streams show {versions:?}"
    );
    Ok(last - began)
}

/// Opens streams and waits until each has its first view. What arrives after
/// that is told through the channel, until it is dropped.
async fn open(server: &Server, streams: usize) -> Result<mpsc::UnboundedReceiver<Result<Arrived>>> {
    let (told, mut arrivals) = mpsc::unbounded_channel();
    let opening = Arc::new(Semaphore::new(OPENING));
    let addr = server.addr();
    for _ in 0..streams {
        let (told, opening) = (told.clone(), Arc::clone(&opening));
        tokio::spawn(async move {
            tokio::select! {
                ended = follow(addr, &opening, &told) => {
                    let _ = told.send(Err(ended));
                }
                () = told.closed() => {}
            }
        });
    }
    for _ in 0..streams {
        arrivals.recv().await.context("every stream has ended")??;
    }
    Ok(arrivals)
}

/// Follows a stream for as long as it lasts.
async fn follow(
    addr: std::net::SocketAddr,
    opening: &Semaphore,
    told: &mpsc::UnboundedSender<Result<Arrived>>,
) -> anyhow::Error {
    let mut place = opening.acquire().await.ok();
    let mut work = async || -> Result<()> {
        let mut connection = TcpStream::connect(addr).await?;
        let request = format!("GET /c/{POLL_CARD}/live HTTP/1.1\r\nhost: {addr}\r\n\r\n");
        connection.write_all(request.as_bytes()).await?;
        let mut event = Vec::new();
        loop {
            if connection.read_buf(&mut event).await? == 0 {
                bail!("a stream ended");
            }
            // An event is one chunk, and its data hold no line break.
            if event.ends_with(b"\n\n\r\n") {
                if let Some(version) = version_in(&event) {
                    drop(place.take());
                    let at = Instant::now();
                    let _ = told.send(Ok(Arrived { version, at }));
                }
                event.clear();
            }
        }
    };
    match work().await {
        Ok(()) => anyhow!("a stream ended"),
        Err(error) => error,
    }
}

/// The version of the view in an event; none in a heartbeat.
fn version_in(event: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(event);
    let data = text.split("event: view\ndata: ").nth(1)?;
    let data: Value = serde_json::from_str(data.lines().next()?).ok()?;
    Some(data["version"].as_str()?.to_owned())
}

/// The first offer's token, wherever it stands in the tree.
fn offer_in(view: &Value) -> Option<&str> {
    match view {
        Value::Object(fields) => fields
            .get("token")
            .and_then(Value::as_str)
            .or_else(|| fields.values().find_map(offer_in)),
        Value::Array(items) => items.iter().find_map(offer_in),
        _ => None,
    }
}

/// As many files as the system lets us have; the host inherits it.
fn raise_file_limit(streams: usize) -> Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    let enough = limit
        .maximum
        .is_none_or(|maximum| maximum > streams as u64 + 1_000);
    ensure!(
        enough,
        "{streams} streams need as many open files: raise the hard limit (ulimit -Hn)"
    );
    limit.current = limit.maximum;
    Ok(setrlimit(Resource::Nofile, limit)?)
}
