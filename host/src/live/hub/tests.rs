//! The hub over a model: a list of commits, a card a key, and a clock that
//! stands until somebody waits for it.

use super::*;
use crate::live::basis::{Basis, History};
use crate::live::cache::{Keep, ViewKeyRef};
use crate::live::drawn::Freshness;
use crate::store::{Change, Changes, Key, ReadSet, Seq};
use crate::view::{At, Size};
use bytes::Bytes;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// Cards are called by the one key that they read. One called `clock` expires
/// every ten seconds.
struct Model {
    commits: Mutex<Vec<Change>>,
    newest: watch::Sender<Seq>,
    began: Instant,
    draws: AtomicUsize,
    broken: AtomicBool,
    removed: AtomicBool,
    /// How long a draw takes.
    draw_ms: AtomicUsize,
}

#[derive(Debug)]
struct View {
    key: ViewKey,
    basis: Basis,
    version: String,
}

impl Keep for View {
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
        0
    }
}

impl Watched for View {
    fn version(&self) -> &str {
        &self.version
    }
}

impl History for Model {
    fn changes(&self, _: &Partition, since: Seq) -> Result<Option<Changes>, StoreError> {
        let commits = lock(&self.commits);
        Ok(Some(Changes {
            upto: Seq(commits.len() as u64),
            commits: commits
                .iter()
                .filter(|change| change.seq > since)
                .cloned()
                .collect(),
        }))
    }
}

impl Source for Model {
    type View = View;

    async fn draw(&self, topic: &Topic) -> Result<Picture<View>, NoPicture> {
        self.draws.fetch_add(1, Ordering::SeqCst);
        let commits = lock(&self.commits).clone();
        let card = topic.key.card.as_bytes();
        let granule = (topic.key.card.as_ref() == "clock").then(|| self.now_ms() / 10_000);
        sleep(Duration::from_millis(
            self.draw_ms.load(Ordering::SeqCst) as u64
        ))
        .await;
        if self.broken.load(Ordering::SeqCst) {
            return Err(NoPicture::Failed);
        }
        if self.removed.load(Ordering::SeqCst) {
            return Err(NoPicture::Gone);
        }
        let touches = |change: &&Change| change.keys.iter().any(|key| &key[..] == card);
        let mut reads = ReadSet::default();
        reads.point(card.to_vec().into());
        Ok(Picture {
            view: Arc::new(View {
                key: topic.key.clone(),
                basis: Basis::of_reads(
                    topic.partition.clone(),
                    Seq(commits.len() as u64),
                    reads,
                    granule.map(|granule| (granule + 1) * 10_000),
                ),
                version: format!(
                    "{}{}",
                    commits.iter().filter(touches).count(),
                    granule
                        .map(|granule| format!(" at {granule}"))
                        .unwrap_or_default()
                ),
            }),
            freshness: Freshness::Fresh,
        })
    }

    fn newest(&self, _: &Partition) -> Result<Seq, StoreError> {
        Ok(*self.newest.borrow())
    }

    fn commits(&self, _: &Partition) -> Result<watch::Receiver<Seq>, StoreError> {
        Ok(self.newest.subscribe())
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap()
    }
}

struct Bench {
    hub: Arc<Hub<View>>,
    model: Arc<Model>,
}

const INTERVAL_MS: u64 = 250;

impl Bench {
    fn new() -> Bench {
        Bench::with(HubLimits {
            streams_max: 1000,
            streams_per_card_max: 1000,
            pushes_per_second_max: 4,
            renders_at_once_max: 2,
        })
    }

    fn with(limits: HubLimits) -> Bench {
        Bench {
            hub: Hub::new(limits),
            model: Arc::new(Model {
                commits: Mutex::default(),
                newest: watch::Sender::new(Seq(0)),
                began: Instant::now(),
                draws: AtomicUsize::new(0),
                broken: AtomicBool::new(false),
                removed: AtomicBool::new(false),
                draw_ms: AtomicUsize::new(0),
            }),
        }
    }

    fn commit(&self, key: &str) {
        let mut commits = lock(&self.model.commits);
        let seq = Seq(commits.len() as u64 + 1);
        let key: Key = key.as_bytes().to_vec().into();
        commits.push(Change {
            seq,
            keys: [key].into(),
        });
        drop(commits);
        self.model.newest.send_replace(seq);
    }

    fn stream(&self, cards: &[&str]) -> Stream<View> {
        let mut stream = Stream::new(self.hub.admit(cards.iter().copied()).unwrap());
        for card in cards {
            stream.watch(&self.model, &topic(card), None).unwrap();
        }
        stream
    }

    fn draws(&self) -> usize {
        self.model.draws.swap(0, Ordering::SeqCst)
    }

    fn elapsed_ms(&self) -> u64 {
        self.model.now_ms()
    }
}

fn topic(card: &str) -> Topic {
    Topic {
        partition: Partition::circle("beike"),
        key: ViewKeyRef {
            card,
            locale: "zh-CN",
            size: Size::Standard,
            at: &At::default(),
            member: None,
        }
        .to_key(),
        reader: None,
    }
}

/// What the next news says.
async fn news(stream: &mut Stream<View>) -> (usize, String) {
    loop {
        // By the clock that stands: at once, should nothing else happen.
        let seat = tokio::time::timeout(Duration::from_secs(7200), stream.next()).await;
        let seat = seat.expect("there is news");
        // The first news may be that there is nothing yet.
        if let Some(latest) = stream.latest(seat) {
            return (seat, latest.picture.view.version.clone());
        }
    }
}

/// Fails if there is news now.
async fn expect_none(stream: &mut Stream<View>) {
    let mut next = std::pin::pin!(stream.next());
    let polled = std::future::poll_fn(|cx| Poll::Ready(next.as_mut().poll(cx).is_ready()));
    assert!(!polled.await, "there is news");
}

#[tokio::test(start_paused = true)]
async fn of_a_burst_the_first_change_comes_at_once_and_the_last_for_sure() {
    let bench = Bench::new();
    let mut stream = bench.stream(&["a"]);
    assert_eq!(news(&mut stream).await, (0, "0".to_owned()));
    sleep(Duration::from_secs(1)).await;
    bench.draws();
    let began = bench.elapsed_ms();
    // A hundred commits in a second.
    let bench = Arc::new(bench);
    let burst = tokio::spawn({
        let bench = Arc::clone(&bench);
        async move {
            for _ in 0..100 {
                bench.commit("a");
                sleep(Duration::from_millis(10)).await;
            }
        }
    });
    assert_eq!(news(&mut stream).await, (0, "1".to_owned()));
    assert!(bench.elapsed_ms() - began <= 10, "at once");
    let mut said = 1;
    loop {
        let (_, version) = news(&mut stream).await;
        said += 1;
        if version == "100" {
            break;
        }
    }
    burst.await.unwrap();
    assert!((4..=6).contains(&said), "{said} events");
    assert_eq!(bench.draws(), said);
    assert!(bench.elapsed_ms() - began < 1000 + 2 * INTERVAL_MS);
    sleep(Duration::from_secs(600)).await;
    expect_none(&mut stream).await;
    assert_eq!(bench.draws(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_commit_did_not_touch_is_not_drawn() {
    let bench = Bench::new();
    let mut stream = bench.stream(&["a", "b"]);
    let mut first = [news(&mut stream).await, news(&mut stream).await];
    first.sort();
    assert_eq!(first.map(|(seat, _)| seat), [0, 1]);
    assert_eq!(bench.draws(), 2);
    for version in ["1", "2", "3"] {
        bench.commit("b");
        bench.commit("other");
        assert_eq!(news(&mut stream).await, (1, version.to_owned()));
        sleep(Duration::from_secs(1)).await;
    }
    expect_none(&mut stream).await;
    assert_eq!(bench.draws(), 3);
}

#[tokio::test(start_paused = true)]
async fn all_streams_of_a_view_share_one_draw_and_one_writing() {
    let bench = Bench::new();
    let mut streams: Vec<_> = (0..100).map(|_| bench.stream(&["a"])).collect();
    let written = AtomicUsize::new(0);
    let mut read = async |expected: &str| {
        let mut bytes = Vec::new();
        for stream in &mut streams {
            let (seat, version) = news(stream).await;
            assert_eq!(version, expected);
            let latest = stream.latest(seat).unwrap();
            bytes.push(latest.event(Form::Json, |picture| {
                written.fetch_add(1, Ordering::SeqCst);
                Bytes::from(picture.view.version.clone())
            }));
        }
        let same = |event: &Bytes| event.as_ptr() == bytes[0].as_ptr();
        assert!(bytes.iter().all(same), "the bytes are shared");
    };
    read("0").await;
    bench.commit("a");
    read("1").await;
    assert_eq!(written.load(Ordering::SeqCst), 2);
    assert_eq!(bench.draws(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_skips_to_the_newest() {
    let bench = Bench::new();
    let mut slow = bench.stream(&["a"]);
    let mut quick = bench.stream(&["a"]);
    for round in 1..=20 {
        bench.commit("a");
        sleep(Duration::from_secs(1)).await;
        assert_eq!(news(&mut quick).await.1, round.to_string());
    }
    assert_eq!(news(&mut slow).await.1, "20");
    expect_none(&mut slow).await;
}

#[tokio::test(start_paused = true)]
async fn a_view_is_drawn_when_its_instant_comes() {
    let bench = Bench::new();
    let mut stream = bench.stream(&["clock"]);
    assert_eq!(news(&mut stream).await.1, "0 at 0");
    for granule in 1..5 {
        assert_eq!(news(&mut stream).await.1, format!("0 at {granule}"));
        let late_ms = bench.elapsed_ms() - granule * 10_000;
        assert!(late_ms <= 2, "{late_ms} ms late");
    }
    assert_eq!(bench.draws(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_commit_in_the_middle_of_a_draw_counts() {
    let bench = Bench::new();
    let mut stream = bench.stream(&["a"]);
    news(&mut stream).await;
    sleep(Duration::from_secs(1)).await;
    bench.model.draw_ms.store(100, Ordering::SeqCst);
    bench.commit("a");
    sleep(Duration::from_millis(50)).await;
    bench.commit("a");
    assert_eq!(news(&mut stream).await.1, "1");
    assert_eq!(news(&mut stream).await.1, "2");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_drawn_stays_and_is_tried_again_more_and_more_rarely() {
    let bench = Bench::new();
    let mut stream = bench.stream(&["a"]);
    news(&mut stream).await;
    sleep(Duration::from_secs(1)).await;
    bench.draws();
    bench.model.broken.store(true, Ordering::SeqCst);
    bench.commit("a");
    sleep(Duration::from_secs(10)).await;
    // At 0, 0.5, 1.5, 3.5 and 7.5 seconds.
    assert_eq!(bench.draws(), 5);
    assert_eq!(stream.latest(0).unwrap().picture.view.version, "0");
    expect_none(&mut stream).await;
    sleep(Duration::from_secs(3600)).await;
    let draws = bench.draws();
    assert!((50..=65).contains(&draws), "{draws} an hour");
    // The next change is a reason to try.
    bench.model.broken.store(false, Ordering::SeqCst);
    let began = bench.elapsed_ms();
    bench.commit("a");
    assert_eq!(news(&mut stream).await.1, "2");
    assert!(bench.elapsed_ms() - began <= INTERVAL_MS);
}

#[tokio::test(start_paused = true)]
async fn drawing_for_streams_leaves_half_of_the_time_to_others() {
    let bench = Bench::new();
    bench.model.draw_ms.store(10, Ordering::SeqCst);
    let cards: Vec<String> = (0..50).map(|card| format!("card {card}")).collect();
    let cards: Vec<&str> = cards.iter().map(String::as_str).collect();
    let mut stream = bench.stream(&cards);
    for _ in &cards {
        news(&mut stream).await;
    }
    // Two at once.
    let elapsed_ms = bench.elapsed_ms();
    assert!((450..600).contains(&elapsed_ms), "{elapsed_ms} ms");
}

#[tokio::test(start_paused = true)]
async fn of_what_is_gone_there_is_news_once_and_of_its_return() {
    let bench = Bench::new();
    let mut stream = bench.stream(&["a"]);
    assert_eq!(news(&mut stream).await.1, "0");
    sleep(Duration::from_secs(1)).await;
    bench.model.removed.store(true, Ordering::SeqCst);
    bench.commit("a");
    let seat = tokio::time::timeout(Duration::from_secs(60), stream.next()).await;
    assert_eq!(seat.ok(), Some(0));
    assert!(stream.is_gone(0) && stream.latest(0).is_none());
    bench.commit("a");
    sleep(Duration::from_secs(600)).await;
    expect_none(&mut stream).await;
    bench.model.removed.store(false, Ordering::SeqCst);
    bench.commit("a");
    assert_eq!(news(&mut stream).await.1, "3");
    assert!(!stream.is_gone(0));
}

#[tokio::test(start_paused = true)]
async fn feeds_and_circles_end_with_their_last_stream() {
    let bench = Bench::new();
    let mut one = bench.stream(&["a", "b"]);
    let mut other = bench.stream(&["b"]);
    news(&mut one).await;
    news(&mut other).await;
    let feeds = || {
        let circles = lock(&bench.hub.circles);
        circles
            .values()
            .map(|circle| circle.feeds().len())
            .sum::<usize>()
    };
    assert_eq!(feeds(), 2);
    drop(one);
    assert_eq!(feeds(), 1);
    drop(other);
    assert!(lock(&bench.hub.circles).is_empty());
    sleep(Duration::from_secs(120)).await;
    // The tasks held the source.
    assert_eq!(Arc::strong_count(&bench.model), 1);
    // Somebody comes back.
    let mut again = bench.stream(&["a"]);
    bench.commit("a");
    assert_eq!(news(&mut again).await.1, "1");
}

#[tokio::test(start_paused = true)]
async fn a_stream_can_go_from_one_view_to_another() {
    let bench = Bench::new();
    let mut stream = bench.stream(&["a"]);
    news(&mut stream).await;
    stream.switch(&bench.model, 0, &topic("b"), None).unwrap();
    assert_eq!(news(&mut stream).await, (0, "0".to_owned()));
    bench.commit("a");
    bench.commit("b");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(news(&mut stream).await, (0, "1".to_owned()));
    expect_none(&mut stream).await;
    drop(stream);
    assert!(lock(&bench.hub.circles).is_empty());
}

#[tokio::test(start_paused = true)]
async fn there_are_so_many_streams_in_all_and_of_a_card() {
    let bench = Bench::with(HubLimits {
        streams_max: 3,
        streams_per_card_max: 2,
        pushes_per_second_max: 4,
        renders_at_once_max: 1,
    });
    let admit = |cards: &[&'static str]| {
        bench
            .hub
            .admit(cards.iter().copied())
            .map_err(|full| full.0)
    };
    let one = admit(&["a", "a"]).unwrap_or_else(|full| panic!("{full}"));
    let _two = admit(&["a", "b"]).unwrap_or_else(|full| panic!("{full}"));
    assert_eq!(admit(&["c", "a"]).err(), Some("live.streams_per_card_max"));
    let _three = admit(&["b"]).unwrap_or_else(|full| panic!("{full}"));
    assert_eq!(admit(&["c"]).err(), Some("live.streams_max"));
    drop(one);
    assert!(admit(&["a"]).is_ok());
}
