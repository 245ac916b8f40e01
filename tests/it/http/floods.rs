//! Clients that hold connections for nothing, or flood them: each is cut off
//! by its own limit, and the host serves everybody else meanwhile.

mod http2;

use super::{key, polls, vote, vote_offer};
use quanka_tests::events::Events;
use quanka_tests::eventually;
use quanka_tests::server::Host;
use quanka_tests::wire::Wire;
use serde_json::json;
use std::time::{Duration, Instant};

const REQUEST: &str = "GET /livez HTTP/1.1\r\nhost: h\r\n\r\n";

/// A moment, much shorter than the limits here.
const MOMENT: Duration = Duration::from_millis(30);

/// Polls, with options of `[server]`. What connections do is logged.
#[track_caller]
fn start(keys: &str) -> Host {
    let setup = polls()
        .section("server", keys)
        .section(
            "log",
            "filter = 'info,quanka::http::listener=debug,quanka::http::connection=debug'",
        )
        .section(
            "live",
            "streams_per_address_max = 1\nstreams_max = 1\npushes_per_second_max = 1000",
        );
    Host::start(&setup)
}

/// Whoever takes nothing is cut off after a while. The pace is such that what the
/// system takes for them, a few kilobytes after its buffers were full for the
/// first time, buys them no more than moments.
const DEAF: &str = "transfer_grace_ms = 400\ntransfer_bytes_per_second_min = 100000\n\
                    send_buffer_bytes = 4096";

#[track_caller]
fn expect_alive(host: &Host) {
    let _ = host.client().get("/livez").send().expect(200);
}

#[test]
fn a_head_that_does_not_end_is_cut_off() {
    let host = start("head_timeout_ms = 400");
    let check = |what: &str, send: &dyn Fn(&mut Wire)| {
        let began = Instant::now();
        let mut wire = Wire::connect(&host);
        send(&mut wire);
        wire.expect_end();
        assert_eq!(wire.text(), "", "{what}");
        let elapsed = began.elapsed();
        assert!(elapsed >= Duration::from_millis(350), "{what}: {elapsed:?}");
    };
    check("nothing", &|_| {});
    check("one byte", &|wire| assert!(wire.send("G")));
    check("half the word that begins HTTP/2", &|wire| {
        assert!(wire.send("PRI * HTT"));
    });
    check("no empty line", &|wire| {
        assert!(wire.send("GET /livez HTTP/1.1\r\nhost: h\r\n"));
    });
    // A byte now and then is no progress: slowloris.
    check("a header a moment", &|wire| {
        let mut open = wire.send("GET /livez HTTP/1.1\r\n");
        while open {
            open = wire.send("x: y\r\n") && wire.listen(MOMENT);
        }
    });
    host.expect_log("the head took longer than server.head_timeout_ms");
    expect_alive(&host);
}

#[test]
fn a_connection_is_kept_for_the_next_request_so_long() {
    // So long that a busy machine sends the next request before.
    let host = start("idle_timeout_ms = 2000\nhead_timeout_ms = 60000");
    let mut wire = Wire::connect(&host);
    for _ in 0..2 {
        assert!(wire.send(REQUEST));
        wire.expect_status(200);
        wire.heard.clear();
        assert!(wire.listen(MOMENT * 3));
    }
    let began = Instant::now();
    wire.expect_end();
    assert!(began.elapsed() > MOMENT * 5, "{:?}", began.elapsed());
    assert_eq!(wire.text(), "");

    // A request that has begun is a head, which has more time here.
    let mut wire = Wire::connect(&host);
    assert!(wire.send(REQUEST));
    wire.expect_status(200);
    assert!(wire.send("GET /livez HTTP/1.1\r\n"));
    assert!(wire.listen(Duration::from_millis(2500)), "cut off");
    wire.heard.clear();
    assert!(wire.send("host: h\r\n\r\n"));
    wire.expect_status(200);
}

#[test]
fn a_body_keeps_a_pace() {
    let host = start("transfer_grace_ms = 400\ntransfer_bytes_per_second_min = 100");
    let client = host.client();
    let body = json!({
        "offer": vote_offer(&client, "vote"), "inputs": {"choice": "a"}, "key": key("slow"),
    })
    .to_string();
    let head = |bytes: usize| {
        format!(
            "POST /c/vote/act HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n\
             content-length: {bytes}\r\n\r\n"
        )
    };
    // Slower than the grace, and never behind the pace: half of some 300 bytes
    // is good for more than a second, and the rest takes less.
    let mut wire = Wire::connect(&host);
    let (first, rest) = body.as_bytes().split_at(body.len() / 2);
    assert!(wire.send([head(body.len()).as_bytes(), first].concat()));
    for piece in rest.chunks(rest.len() / 20) {
        assert!(wire.send(piece));
        assert!(wire.listen(MOMENT));
    }
    wire.expect_status(200);

    let check = |what: &str, send: &dyn Fn(&mut Wire)| {
        let mut wire = Wire::connect(&host);
        assert!(wire.send(head(1000)), "{what}");
        send(&mut wire);
        wire.expect_end();
        let text = wire.text();
        assert!(text.starts_with("HTTP/1.1 408 "), "{what}: {text}");
        assert!(text.contains("\"code\":\"too_slow\""), "{what}: {text}");
    };
    check("nothing", &|_| {});
    check("a byte a moment", &|wire| {
        let mut open = true;
        while open {
            open = wire.send(" ") && wire.listen(MOMENT);
        }
    });
    // Whoever goes away in the middle is no fault of ours.
    let mut wire = Wire::connect(&host);
    assert!(wire.send(head(1000)) && wire.send("{"));
    wire.finish();
    wire.expect_end();
    assert!(!host.log().contains(" WARN quanka::http"), "{}", host.log());
    let view = client.get("/c/vote/view").send().expect(200).json();
    assert_eq!(view["summary"], "1 人参与");
}

/// RFC 9112, 9.6: however much comes behind it, the answer is there to be read.
/// Closed at once, the connection would be reset, and the answer lost.
#[test]
fn a_refused_body_is_heard_out_for_a_while() {
    const HEAD: &str = "POST /c/vote/act HTTP/1.1\r\nhost: h\r\ncontent-type: \
                        application/json\r\ncontent-length: 9000000\r\n\r\n";
    let host = start("body_bytes_max = 1024");
    let mut wire = Wire::connect(&host);
    assert!(wire.send(HEAD) && wire.send(vec![b' '; 9_000_000]));
    wire.finish();
    wire.expect_end();
    let text = wire.text();
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
    assert!(text.contains("\r\nconnection: close\r\n"), "{text}");
    // A body that was read keeps the connection, whatever is said of it.
    let mut wire = Wire::connect(&host);
    let chunked = HEAD.replace("content-length: 9000000", "transfer-encoding: chunked");
    for _ in 0..2 {
        assert!(wire.send(&chunked) && wire.send("2\r\n{}\r\n0\r\n\r\n"));
        wire.expect_status(400);
        assert!(
            !wire.text().contains("connection: close"),
            "{}",
            wire.text()
        );
        wire.heard.clear();
    }

    let host = start("body_bytes_max = 1024\ntransfer_grace_ms = 400");
    let mut wire = Wire::connect(&host);
    assert!(wire.send(HEAD));
    while wire.send([b' '; 1024]) {}
    host.expect_log("it sent a body that was refused for server.transfer_grace_ms");
}

#[test]
fn a_client_that_does_not_read_its_answers_is_cut_off() {
    let host = start(DEAF);
    let mut wire = Wire::connect(&host);
    // More than all buffers between the two hold.
    let request = "GET /embed/v1.js HTTP/1.1\r\nhost: h\r\n\r\n";
    let asking = std::thread::spawn(move || while wire.send(request.repeat(100)) {});
    host.expect_log("it takes less than server.transfer_bytes_per_second_min");
    asking.join().expect("the connection ends");
    expect_alive(&host);
}

#[test]
fn a_stream_that_nobody_reads_is_cut_off() {
    let host = start(&format!("{DEAF}\npeer_timeout_ms = 1000"));
    let client = host.client();
    let mut deaf = Wire::connect_narrow(&host);
    assert!(deaf.send("GET /c/vote/live HTTP/1.1\r\nhost: h\r\n\r\n"));
    deaf.expect_status(200);
    let full = Events::try_open(&host, "/c/other/live", &[]).err();
    let full = full.unwrap_or_default();
    assert!(full.starts_with("http/1.1 429 "), "{full}");
    // As long as there is news, and more of it than buffers take; who has none
    // is told nothing.
    let mut number = 0;
    eventually("room for another stream", || {
        for _ in 0..5 {
            number += 1;
            vote(&client, "a", &format!("vote {number}"));
        }
        Events::try_open(&host, "/c/other/live", &[]).ok()
    });
}

#[test]
fn one_address_may_open_so_many_connections() {
    let host = start("connections_per_address_max = 3");
    let mut wires: Vec<Wire> = (0..3).map(|_| Wire::connect(&host)).collect();
    for wire in &mut wires {
        assert!(wire.send(REQUEST));
        wire.expect_status(200);
    }
    let mut fourth = Wire::connect(&host);
    fourth.send(REQUEST);
    fourth.expect_end();
    assert_eq!(fourth.text(), "");
    host.expect_log("hung up: server.connections_per_address_max");
    // The others are as they were.
    wires[2].heard.clear();
    assert!(wires[2].send(REQUEST));
    wires[2].expect_status(200);
    // One that ends makes room.
    wires.pop();
    eventually("room for another connection", || {
        let mut wire = Wire::connect(&host);
        wire.send(REQUEST);
        wire.finish();
        while wire.listen(MOMENT) {}
        wire.text().starts_with("HTTP/1.1 200 ").then_some(())
    });
}

#[test]
fn our_own_proxies_open_as_many_as_they_need() {
    let host = start("connections_per_address_max = 2\ntrusted_proxy_hops = 1");
    let mut wires: Vec<Wire> = (0..5).map(|_| Wire::connect(&host)).collect();
    for wire in &mut wires {
        assert!(wire.send(REQUEST));
        wire.expect_status(200);
    }
}

#[test]
fn connections_beyond_all_wait_for_their_turn() {
    let host = start("connections_max = 2");
    let mut wires: Vec<Wire> = (0..2).map(|_| Wire::connect(&host)).collect();
    for wire in &mut wires {
        assert!(wire.send(REQUEST));
        wire.expect_status(200);
    }
    let mut third = Wire::connect(&host);
    assert!(third.send(REQUEST));
    assert!(third.listen(MOMENT * 10));
    assert_eq!(third.text(), "");
    wires.pop();
    third.expect_status(200);
}

#[test]
fn a_head_has_its_size() {
    let host = start("head_bytes_max = 8192\nheaders_max = 20\nuri_bytes_max = 1000");
    let client = host.client();
    let check = |path: &str, headers: &str, status: u16| {
        let head = format!("GET {path} HTTP/1.1\r\nhost: h\r\n{headers}\r\n");
        let mut wire = Wire::connect(&host);
        wire.send(head);
        wire.expect_status(status);
    };
    let long = |bytes: usize| format!("/livez?{}", "x".repeat(bytes - 7));
    check(&long(1000), "", 200);
    check(&long(1001), "", 414);
    let error = super::expect_error(&client.get(&long(1001)).send(), 414, "uri_too_long");
    assert!(
        error["message"]
            .as_str()
            .unwrap_or_default()
            .contains("1000")
    );
    check("/livez", &"a: b\r\n".repeat(19), 200);
    check("/livez", &"a: b\r\n".repeat(20), 431);
    check("/livez", &format!("a: {}\r\n", "x".repeat(8000)), 200);
    check("/livez", &format!("a: {}\r\n", "x".repeat(9000)), 431);
    // One that goes on and on is not read to its end.
    let mut wire = Wire::connect(&host);
    let mut sent = wire.send("GET /livez HTTP/1.1\r\na: ");
    let mut kilobytes = 0;
    while sent && kilobytes < 1 << 20 {
        sent = wire.send([b'x'; 1024]);
        kilobytes += 1;
    }
    assert!(kilobytes < 1 << 20, "all of it was taken");
    expect_alive(&host);
}
