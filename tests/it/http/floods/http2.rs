//! Floods in HTTP/2, frame by frame: what RFC 9113 allows a peer to send is
//! bounded, and what it does not allow ends the connection.

use super::{DEAF, MOMENT, expect_alive, start};
use quanka_tests::server::Host;
use quanka_tests::wire::Wire;
use std::time::Duration;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// RFC 9113, 7: the peer is doing something that looks like an attack.
const ENHANCE_YOUR_CALM: u32 = 0xb;
const REFUSED_STREAM: u32 = 0x7;

/// One frame.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame is short");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// The head of `GET path`, in HPACK: names from the static table, values as
/// they are.
fn head(path: &str) -> Vec<u8> {
    let literal = |index: u8, value: &str| {
        let length = u8::try_from(value.len()).expect("a value is short");
        let mut bytes = vec![index, length];
        bytes.extend(value.bytes());
        bytes
    };
    // :method GET, :scheme http, :path, :authority
    [vec![0x82, 0x86], literal(4, path), literal(1, "h")].concat()
}

/// A request without a body, as stream number `stream`.
fn request(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, stream, &head(path))
}

/// A frame as it came: kind, flags, stream, payload.
type Frame<'a> = (u8, u8, u32, &'a [u8]);

fn frames(mut bytes: &[u8]) -> Vec<Frame<'_>> {
    let mut frames = Vec::new();
    while bytes.len() >= 9 {
        let length = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]) as usize;
        let Some(payload) = bytes.get(9..9 + length) else {
            break;
        };
        let stream = u32::from_be_bytes([bytes[5], bytes[6], bytes[7], bytes[8]]);
        frames.push((bytes[3], bytes[4], stream, payload));
        bytes = &bytes[9 + length..];
    }
    frames
}

/// The last four bytes, or the second four of a GOAWAY: its code.
fn goaway_code(heard: &[u8]) -> Option<u32> {
    let (.., payload) = frames(heard)
        .into_iter()
        .find(|(kind, ..)| *kind == GOAWAY)?;
    payload[4..8].try_into().ok().map(u32::from_be_bytes)
}

#[track_caller]
fn open(host: &Host) -> Wire {
    let mut wire = Wire::connect(host);
    assert!(wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    assert!(wire.send(frame(SETTINGS, 0, 0, &[])));
    wire.expect("settings", |heard| {
        frames(heard)
            .iter()
            .any(|frame| frame.0 == SETTINGS)
            .then_some(())
    });
    wire
}

/// Waits for the head of an answer on a stream.
#[track_caller]
fn expect_answer(wire: &mut Wire, stream: u32) {
    wire.expect("an answer", |heard| {
        let mut frames = frames(heard).into_iter();
        frames
            .find(|(kind, _, of, _)| (*kind, *of) == (HEADERS, stream))
            .map(drop)
    });
}

#[test]
fn the_limits_are_said_at_the_beginning() {
    let host = start("requests_per_connection_max = 7\nhead_bytes_max = 9000");
    let wire = open(&host);
    let said = frames(&wire.heard);
    let (.., payload) = said
        .iter()
        .find(|frame| frame.0 == SETTINGS)
        .expect("it came");
    let settings: Vec<(u16, u32)> = payload
        .chunks(6)
        .map(|chunk| {
            let number = u16::from_be_bytes([chunk[0], chunk[1]]);
            (
                number,
                u32::from_be_bytes([chunk[2], chunk[3], chunk[4], chunk[5]]),
            )
        })
        .collect();
    // MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE
    for expected in [(3, 7), (4, 65_536), (6, 9000)] {
        assert!(settings.contains(&expected), "{expected:?} in {settings:?}");
    }
}

#[test]
fn a_request_is_answered_and_the_connection_kept_so_long() {
    let host = start("idle_timeout_ms = 2000\nhead_timeout_ms = 2000");
    let mut wire = open(&host);
    assert!(wire.send(request(1, "/livez")));
    expect_answer(&mut wire, 1);
    // Frames that are no request are none.
    assert!(wire.send(frame(PING, 0, 0, &[0; 8])));
    assert!(wire.listen(MOMENT * 3));
    assert!(wire.send(request(3, "/livez")));
    expect_answer(&mut wire, 3);
    // And then it is told to go.
    wire.expect_end();
    assert_eq!(goaway_code(&wire.heard), Some(0));
}

#[test]
fn requests_at_once_are_bounded() {
    let host = start("requests_per_connection_max = 2");
    let mut wire = open(&host);
    for stream in [1, 3, 5] {
        // Without its body, which never comes.
        let post = [vec![0x83, 0x86], head("/c/vote/act")[2..].to_vec()].concat();
        assert!(wire.send(frame(HEADERS, END_HEADERS, stream, &post)));
    }
    let code = wire.expect("a refused stream", |heard| {
        let mut frames = frames(heard).into_iter();
        let refused = frames.find(|(kind, _, stream, _)| (*kind, *stream) == (RST_STREAM, 5));
        refused.and_then(|(.., code)| code.try_into().ok().map(u32::from_be_bytes))
    });
    assert_eq!(code, REFUSED_STREAM);
}

#[test]
fn streams_that_are_opened_and_reset_at_once_end_the_connection() {
    let host = start("");
    let mut wire = open(&host);
    let mut stream = 1;
    let mut sent = true;
    while sent && stream < 200_000 {
        // A hundred a piece, so that they come faster than they are taken.
        let mut flood = Vec::new();
        for _ in 0..100 {
            flood.extend(request(stream, "/c/vote/view"));
            flood.extend(frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]));
            stream += 2;
        }
        sent = wire.send(flood) && wire.listen(Duration::from_millis(1));
    }
    assert!(stream < 200_000, "all of it was taken");
    assert_eq!(goaway_code(&wire.heard), Some(ENHANCE_YOUR_CALM));
    expect_alive(&host);
}

#[test]
fn a_head_in_endless_pieces_ends_the_connection() {
    let host = start("head_bytes_max = 9000");
    let mut wire = open(&host);
    let mut sent = wire.send(frame(HEADERS, END_STREAM, 1, &head("/livez")));
    let mut pieces = 0;
    while sent && pieces < 100_000 {
        // A header `x: xx…`.
        let header = [vec![0, 1, b'x', 100], vec![b'x'; 100]].concat();
        sent = wire.send(frame(CONTINUATION, 0, 1, &header)) && wire.listen(MOMENT / 30);
        pieces += 1;
    }
    assert!(pieces < 1000, "{pieces} pieces were taken");
    expect_alive(&host);
}

#[test]
fn pings_whose_answers_nobody_reads_end_the_connection() {
    let host = start(DEAF);
    let mut wire = open(&host);
    assert!(wire.send(request(1, "/c/vote/live")));
    let flood = frame(PING, 0, 0, &[7; 8]).repeat(1000);
    let flooding = std::thread::spawn(move || while wire.send(&flood) {});
    host.expect_log("cut off");
    flooding.join().expect("the connection ends");
    expect_alive(&host);
}
