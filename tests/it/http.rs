//! The host over HTTP, from outside: what scripts, readers without scripts,
//! caches, attackers and operators get for an answer. One host a test, on a
//! free port and its own data.
//!
//! Here is what the tests share: a poll, a reader's way of voting in it, and
//! ways to look at a view object.

mod act;
mod answers;
mod backup;
pub mod circle;
mod circles;
mod config;
mod counter;
mod documents;
mod floods;
mod form;
mod headers;
mod jobs;
mod limits;
mod live;
mod me;
mod media;
pub mod moderation;
mod oembed;
mod pages;
mod pictures;
mod process;
mod refusals;
mod scripts;
mod secrets;
mod session;
mod snippets;
mod valid;
mod view;

use quanka_tests::client::{Answer, Client, Request};
use quanka_tests::server::{Host, Setup};
use serde_json::{Value, json};

/// A poll with two options.
const POLL: &str = "config.question = '下个月读什么?'
     config.options = [{ id = 'a', text = '三体' }, { id = 'b', text = '边城' }]";

/// A host with the poll `vote`, and beside it the poll `other`.
fn polls() -> Setup {
    Setup::new()
        .plugin("poll")
        .card("vote", "quanka/poll", POLL)
        .card("other", "quanka/poll", POLL)
}

#[track_caller]
fn start() -> Host {
    Host::start(&polls())
}

/// A key for an action: the same for the same name.
fn key(name: &str) -> String {
    format!("{:-<22}", name.replace(' ', "-"))
}

/// The token of the offer of a view's first button of that label.
#[track_caller]
fn offer(view: &Value, label: &str) -> String {
    nodes(&view["root"])
        .into_iter()
        .find(|node| node["kind"] == "button" && node["label"] == label)
        .and_then(|button| button["offer"]["token"].as_str())
        .unwrap_or_else(|| panic!("no button {label} with an offer in {view}"))
        .to_owned()
}

/// The offer to vote that a poll makes to everyone.
#[track_caller]
fn vote_offer(client: &Client, card: &str) -> String {
    let view = client.get(&format!("/c/{card}/view")).send().expect(200);
    offer(&view.json(), "投票")
}

/// An action as a script sends it.
fn act<'a>(client: &'a Client, card: &str, body: &Value) -> Request<'a> {
    client.post(&format!("/c/{card}/act")).json(body)
}

/// A vote of a reader without a session, in the poll `vote`.
#[track_caller]
fn vote(client: &Client, choice: &str, name: &str) -> Answer {
    let offer = vote_offer(client, "vote");
    let body = json!({"offer": offer, "inputs": {"choice": choice}, "key": key(name)});
    act(client, "vote", &body).send().expect(200)
}

/// A poll as the reader of a session sees it.
#[track_caller]
fn own_view(client: &Client, card: &str, cookies: &str) -> Value {
    let path = format!("/c/{card}/view?me=1");
    let answer = client.get(&path).header("cookie", cookies).send();
    answer.expect(200).json()
}

/// A poll's results: `三体 2*, 边城 1`, the star for the reader's own.
fn results(view: &Value) -> String {
    let bars = nodes(&view["root"])
        .into_iter()
        .filter(|node| node["kind"] == "meter")
        .map(|meter| {
            let star = if meter["mine"] == true { "*" } else { "" };
            format!("{} {}{star}", text(&meter["label"]), meter["count"])
        });
    bars.collect::<Vec<_>>().join(", ")
}

/// Fails unless an answer is an error of the one shape; gives the error.
#[track_caller]
fn expect_error(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(
        answer.header("content-type"),
        "application/json",
        "{answer:?}"
    );
    let error = answer.json();
    assert_eq!(error["code"], code, "{error}");
    let names: Vec<&str> = error
        .as_object()
        .expect("an error is an object")
        .keys()
        .map(String::as_str)
        .filter(|name| *name != "fields")
        .collect();
    assert_eq!(names, ["code", "message", "id", "retry_after_ms"]);
    assert!(!text(&error["message"]).is_empty(), "{error}");
    assert_eq!(error["id"], answer.header("quanka-request"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    error
}

/// A node and all below it, in order.
fn nodes(node: &Value) -> Vec<&Value> {
    let below = node["children"].as_array().into_iter().flatten();
    std::iter::once(node).chain(below.flat_map(nodes)).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
