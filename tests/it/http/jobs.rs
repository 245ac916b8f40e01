//! What cards do without a reader, from outside: how they begin, their timers
//! across crashes, what fails, and what they ask of others.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use quanka_test_guests::guest;
use quanka_tests::client::Client;
use quanka_tests::server::{Host, Setup};
use quanka_tests::{eventually, guests};
use serde_json::json;
use tempfile::TempDir;

use super::{act, key, offer};

const CARD: &str = "waker";
const PLUGIN: &str = "test/waker";

fn waker(config: &str) -> Setup {
    Setup::new().guest("waker").card(CARD, PLUGIN, config)
}

/// The card's lines of text.
fn shown(client: &Client) -> String {
    let answer = client.get(&format!("/c/{CARD}/view?as=text")).send();
    answer.expect(200).text().to_owned()
}

#[track_caller]
fn comes_to(client: &Client, expected: &str) {
    eventually(expected, || shown(client).contains(expected).then_some(()));
}

#[track_caller]
fn press(client: &Client, label: &str, name: &str, status: u16) {
    let view = client.get(&format!("/c/{CARD}/view")).send().expect(200);
    let offer = offer(&view.json(), label);
    let body = json!({"offer": offer, "inputs": {}, "key": key(name)});
    act(client, CARD, &body).send().expect(status);
}

#[test]
fn a_card_begins_once_and_takes_its_data_to_another_version() {
    let dir = TempDir::new().unwrap();
    let at = |version: &str| {
        let file = plugin(&dir, version, "");
        Setup::new().plugin_file(&file).card(CARD, PLUGIN, "")
    };
    let mut host = Host::start(&at("0.1.0"));
    // Nobody has done anything, and what it set at its beginning is due.
    comes_to(&host.client(), "首个 1 次");
    assert!(shown(&host.client()).contains("开始 1 次"));
    host.kill();
    host.restart();
    press(&host.client(), "算了", "one", 200);
    assert!(shown(&host.client()).contains("开始 1 次"));
    assert!(shown(&host.client()).contains("升级 0 次"));

    host.terminate();
    host.configure(&at("0.2.0"));
    for name in ["two", "three"] {
        host.restart();
        press(&host.client(), "算了", name, 200);
        let shown = shown(&host.client());
        assert!(shown.contains("升级 1 次,来自 0.1.0"), "{shown}");
        assert!(shown.contains("开始 1 次"), "{shown}");
        assert!(shown.contains("首个 1 次"), "{shown}");
    }
}

#[test]
fn a_timer_outlives_a_crash_and_comes_once() {
    let mut host = Host::start(&waker("config.after_ms = 1500"));
    press(&host.client(), "叫醒", "one", 200);
    host.kill();
    // It is due while the host is down, or soon after.
    host.restart();
    comes_to(&host.client(), "叫醒 1 次,第 1 试");
    host.kill();
    host.restart();
    // What is looked at once is not delivered again: another timer comes, and
    // the first has not.
    press(&host.client(), "叫醒", "two", 200);
    comes_to(&host.client(), "叫醒 2 次");

    press(&host.client(), "叫醒", "three", 200);
    press(&host.client(), "算了", "four", 200);
    press(&host.client(), "叫醒", "five", 200);
    comes_to(&host.client(), "叫醒 3 次");
}

#[test]
fn what_fails_is_tried_again_and_has_one_effect() {
    let host = Host::start(&waker("config.fail = 2"));
    press(&host.client(), "叫醒", "one", 200);
    comes_to(&host.client(), "叫醒 1 次,第 3 试");
}

#[test]
fn what_fails_too_often_is_put_aside_and_holds_nothing_up() {
    let setup = waker("").section("timers", "attempts_max = 2");
    let host = Host::start(&setup);
    press(&host.client(), "叫不醒", "one", 200);
    eventually("that it is put aside", || {
        host.log().contains("a job was put aside").then_some(())
    });
    press(&host.client(), "叫醒", "two", 200);
    comes_to(&host.client(), "叫醒 1 次");
}

#[test]
fn nothing_is_delivered_to_a_closed_card_until_it_is_open_again() {
    let mut host = Host::start(&waker("config.after_ms = 1000"));
    comes_to(&host.client(), "首个 1 次");
    press(&host.client(), "叫醒", "one", 200);
    host.terminate();
    // A neighbour shows that its circle's jobs are done meanwhile.
    let closed = waker("state = 'closed'").card("open", PLUGIN, "");
    host.configure(&closed);
    host.restart();
    eventually("that the neighbour began", || {
        let answer = host.client().get("/c/open/view?as=text").send();
        answer.text().contains("首个 1 次").then_some(())
    });
    thread::sleep(Duration::from_millis(1500));
    assert!(shown(&host.client()).contains("叫醒 0 次"));
    host.terminate();
    host.configure(&waker(""));
    host.restart();
    comes_to(&host.client(), "叫醒 1 次,第 1 试");
}

#[test]
fn a_request_is_sent_again_under_one_key_and_its_answer_is_a_job() {
    let (place, asked) = serve(&["503 Service Unavailable", "200 OK"]);
    let host = asker(&place, "allow_loopback_http_for_tests = true");
    press(&host.client(), "去问", "one", 200);
    comes_to(&host.client(), "回答 1 次:200 答 p");
    let asked: Vec<String> = asked.iter().collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    let keys: Vec<&str> = asked
        .iter()
        .filter_map(|head| {
            head.lines()
                .find(|line| line.starts_with("idempotency-key: dlv_"))
        })
        .collect();
    assert_eq!(keys.len(), 2, "{asked:?}");
    assert_eq!(keys[0], keys[1]);
    assert!(asked[0].starts_with("POST /in HTTP/1.1"), "{asked:?}");
    assert!(asked[0].contains("x-asked-by: waker"), "{asked:?}");
}

#[test]
fn a_host_that_the_operator_does_not_allow_is_not_asked() {
    let (place, asked) = serve(&["200 OK"]);
    let other = "hosts = ['api.example']\nallow_loopback_http_for_tests = true";
    press(&asker(&place, other).client(), "去问", "one", 403);
    // Allowed by name, but this machine, and plain http, are not.
    press(&asker(&place, "").client(), "去问", "one", 422);
    assert!(asked.try_recv().is_err());
}

/// A host with a card that asks a place.
fn asker(place: &str, options: &str) -> Host {
    let dir = TempDir::new().expect("the temporary directory is writable");
    let file = plugin(&dir, "0.1.0", &format!("outbound = ['{place}']"));
    let setup = Setup::new()
        .section("outbound", &format!("hosts = ['{place}']"))
        .section("outbound", options)
        .plugin_file(&file)
        .card(CARD, PLUGIN, &format!("config.url = 'http://{place}/in'"));
    // The file is read at start.
    Host::start(&setup)
}

/// The guest's file with another version and more in its manifest.
fn plugin(dir: &TempDir, version: &str, keys: &str) -> PathBuf {
    let guest = guest("waker");
    let manifest = guest.manifest();
    let manifest = manifest.replace(
        "version = \"0.1.0\"",
        &format!("version = \"{version}\"\n{keys}"),
    );
    let file = dir.path().join(format!("waker-{version}.wasm"));
    guests::write(
        &file,
        &guests::with_manifest(&guests::component(&guest), &manifest),
    );
    file
}

/// A server on this machine that gives each request the next answer; and what
/// it was asked.
fn serve(answers: &'static [&'static str]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let place = listener.local_addr().expect("it is bound").to_string();
    let (tell, asked) = channel();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("the host connects");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("the host asks");
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).expect("a head is text");
            // Nobody may want to know.
            let _ = tell.send(head);
            let body = "答";
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {answer}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
        }
    });
    (place, asked)
}
