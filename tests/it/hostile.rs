//! Plugins that do what they should not, by mistake or on purpose: each answer
//! is the documented one, nothing half done is kept, the log says who did what,
//! and a neighbour in the same host never notices.

mod artifacts;
mod bytes;
mod calls;
mod inventory;
mod limits;
mod pauses;
mod room;
mod trees;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use quanka_tests::client::{Answer, Client};
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use serde_json::{Value, json};

/// How many attack at once: more than the machine has cores.
const ATTACKERS: usize = 4;

/// How often the neighbour must have answered rightly meanwhile.
const TURNS: usize = 12;

/// The neighbour's card.
const NEIGHBOUR: &str = "neighbour";

/// A host with a neighbour, a poll. Nothing is cached, so that every answer
/// needs a call; running time is measured generously, because other tests use
/// the same cores; and no plugin rests or saves time, unless a test says so.
fn setup() -> Setup {
    Setup::new()
        .section("log", "format = 'json'")
        .section("cache", "views_bytes_max = 0")
        .section(
            "sandbox",
            "render_deadline_ms = 400
             handle_deadline_ms = 400
             cpu_ms_per_second_per_plugin = 0
             cpu_ms_per_second_per_publisher = 0
             faults_before_pause = 1000000",
        )
        .plugin("poll")
        .card(
            NEIGHBOUR,
            "quanka/poll",
            "config.question = '下个月读什么?'
             config.options = [{ id = 'a', text = '三体' }, { id = 'b', text = '边城' }]",
        )
}

/// A card of a guest, which is told what to do.
fn card(setup: Setup, slug: &str, guest: &str, how: &str, mode: &str) -> Setup {
    let plugin = format!("test/{}", guest.replace('_', "-"));
    let config = format!("config.how = '{how}'\nconfig.mode = '{mode}'");
    setup.card(slug, &plugin, &config)
}

/// The neighbour shows itself and counts one reader's vote.
#[track_caller]
fn neighbour_answers(client: &Client) {
    let view = view(client, NEIGHBOUR).expect(200).json();
    assert_eq!(view["stale"], false, "{view}");
    let token = offer(&view, "投票");
    let voted = act(client, NEIGHBOUR, &token, &json!({"choice": ["a"]})).expect(200);
    assert_eq!(voted.json()["view"]["stale"], false, "{voted:?}");
}

/// The neighbour answers, again and again, while `attack` goes on in several
/// threads; and every part of the host is alive in the end.
#[track_caller]
fn neighbour_answers_during(host: &mut Host, attack: impl Fn(&Client) + Sync) {
    let client = host.client();
    let attacks = AtomicUsize::new(0);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        // However this closure ends, the attackers end with it.
        let _ends = SetOnDrop(&over);
        for _ in 0..ATTACKERS {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    attack(&client);
                    attacks.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut turns = 0;
        while turns < TURNS || attacks.load(Ordering::Relaxed) < 2 * ATTACKERS {
            neighbour_answers(&client);
            turns += 1;
        }
    });
    assert!(host.is_running(), "the host has ended");
    client.get("/livez").send().expect(200);
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// `GET /c/{slug}/view`.
fn view(client: &Client, slug: &str) -> Answer {
    client.get(&format!("/c/{slug}/view")).send()
}

/// The token of the button with this label, in a view as JSON.
#[track_caller]
fn offer(view: &Value, label: &str) -> String {
    fn find<'a>(node: &'a Value, label: &str) -> Option<&'a str> {
        if node["label"] == label {
            return node["offer"]["token"].as_str();
        }
        let mut children = node["children"].as_array()?.iter();
        children.find_map(|child| find(child, label))
    }
    find(&view["root"], label)
        .unwrap_or_else(|| panic!("no button {label:?} in {view}"))
        .to_owned()
}

/// An action as JSON, under a key of its own.
fn act(client: &Client, slug: &str, token: &str, inputs: &Value) -> Answer {
    static KEYS: AtomicUsize = AtomicUsize::new(0);
    let key = format!("{:022}", KEYS.fetch_add(1, Ordering::Relaxed));
    act_with_key(client, slug, token, inputs, &key)
}

/// An action as JSON.
fn act_with_key(client: &Client, slug: &str, token: &str, inputs: &Value, key: &str) -> Answer {
    client
        .post(&format!("/c/{slug}/act"))
        .json(&json!({"offer": token, "inputs": inputs, "key": key}))
        .send()
}

/// The JSON error of shapes.md, with a code and a status, and nothing else that
/// the outside should not hear.
#[track_caller]
fn assert_error(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["code"], code, "{answer:?}");
    assert!(
        body["message"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
    assert_eq!(body["id"], answer.header("quanka-request"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    for secret in ["wasm", "test/", "sandbox", "backtrace"] {
        assert!(!answer.text().contains(secret), "{secret} in {answer:?}");
    }
}

/// 503 with when to come back, in the header and in the body.
#[track_caller]
fn assert_overloaded(answer: &Answer) {
    assert_error(answer, 503, "overloaded");
    let seconds: u64 = answer.header("retry-after").parse().unwrap_or(0);
    assert!(seconds >= 1, "{answer:?}");
    let ms = answer.json()["retry_after_ms"].as_u64().unwrap_or(0);
    assert!(ms >= 1 && ms.div_ceil(1000) == seconds, "{answer:?}");
}

/// A document that says why there is no card.
#[track_caller]
fn assert_notice(answer: &Answer, status: u16, reason: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let html = answer.text();
    let told = format!("data-qk-notice=\"{reason}\"");
    assert!(html.contains(&told), "no {told} in {answer:?}");
    let id = answer.header("quanka-request");
    assert!(html.contains(id), "no request id in {answer:?}");
    assert!(!html.contains("_offer"), "{answer:?}");
}

/// The lines of a host's log, as objects.
fn log_lines(host: &Host) -> Vec<Value> {
    host.log()
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// Waits for a line of the log that `fits`; lines arrive a moment after the
/// answer that they belong to.
#[track_caller]
fn log_line(host: &Host, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    eventually(&format!("{what} in the host's log"), || {
        log_lines(host).into_iter().find(&fits)
    })
}

/// The report of a fault that happened during one request.
#[track_caller]
fn fault_of(host: &Host, answer: &Answer) -> Value {
    let id = answer.header("quanka-request").to_owned();
    log_line(host, &format!("the fault of {id}"), |line| {
        line["target"] == "quanka::fault" && line["spans"][0]["id"] == id
    })
}

/// Whether one field of a line of the log holds a text.
fn says(line: &Value, field: &str, text: &str) -> bool {
    line[field].as_str().is_some_and(|said| said.contains(text))
}
