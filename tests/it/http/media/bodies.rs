//! Forms with files are large, so they are read only when nothing in their head
//! stands against it, and where there is room for them.

use super::*;
use quanka_tests::eventually;
use quanka_tests::wire::Wire;
use std::time::Duration;

/// The head of a form with files, as a browser sends it from the card.
fn head(path: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: h\r\nsec-fetch-site: same-origin\r\n\
         idempotency-key: {}\r\ncontent-type: multipart/form-data; boundary={BOUNDARY}\r\n\
         {more}\r\n",
        key("wire"),
    )
}

/// Of a length that nobody has sent yet.
const LONG: &str = "content-length: 30000000\r\n";

#[test]
fn what_a_head_gives_away_is_refused_before_its_body_comes() {
    let setup = setup().section("limits", "uploads_per_hour_per_reader = 1");
    let host = Host::start(&setup);
    let client = host.client();
    let action = plain_form(&client).action;
    let upload = "/c/album/media";
    let other_site = |head: String| head.replace("same-origin", "cross-site");
    let nameless = |head: String| head.replace("idempotency-key", "x");
    let octets = |head: String| head.replace("multipart/form-data", "application/octet-stream");
    let cases = [
        (other_site(head(upload, LONG)), 403, "cross_site"),
        (head("/c/nothing/media", LONG), 404, "card_unknown"),
        (octets(head(upload, LONG)), 415, "unsupported_media_type"),
        (nameless(head(upload, LONG)), 400, "bad_request"),
        // The one before was this hour's.
        (head(upload, LONG), 429, "rate_limited"),
        (other_site(head(&action, LONG)), 403, "</html>"),
        (
            head(&action.replace("album", "nothing"), LONG),
            404,
            "</html>",
        ),
        (head("/c/album/act?v=x", LONG), 403, "</html>"),
    ];
    for (head, status, code) in cases {
        let mut wire = Wire::connect(&host);
        assert!(wire.send(&head), "{head}");
        wire.expect_status(status);
        wire.expect("why", |heard| {
            let heard = String::from_utf8_lossy(heard);
            heard.contains(code).then_some(())
        });
        // What would come next is the rest of a body that nobody reads.
        assert!(wire.text().contains("\r\nconnection: close\r\n"), "{head}");
    }
}

/// As other requests have it: what is read to its end ends no connection.
#[test]
fn a_short_form_that_is_refused_keeps_its_connection() {
    let host = Host::start(&setup());
    let body = String::from_utf8(multipart(&[("word", "x")], &[])).expect("it is text");
    let length = format!("content-length: {}\r\n", body.len());
    let mut wire = Wire::connect(&host);
    for _ in 0..2 {
        for path in ["/c/album/media", "/c/album/act"] {
            let head = head(path, &length).replace("same-origin", "cross-site");
            assert!(wire.send(head + &body));
            wire.expect_status(403);
            assert!(!wire.text().contains("connection: close"), "{path}");
            wire.heard.clear();
        }
    }
}

#[test]
fn all_forms_together_have_so_much_room() {
    let setup = setup()
        .section(
            "media",
            "form_bytes_max = 65536\nbytes_max = 65536\nbodies_bytes_max = 65536",
        )
        .section("limits", "uploads_per_hour_per_reader = 100000");
    let host = Host::start(&setup);
    let client = host.client();
    let form = plain_form(&client);
    let file = png(40, 30, 1);
    let give_it = || upload(&client, &form.offer, &file, "");
    // One that says how long it is takes as much, and one that does not as much as
    // it might have.
    for (name, length) in [
        ("sized", "content-length: 65000\r\n"),
        ("chunked", "transfer-encoding: chunked\r\n"),
    ] {
        let mut holder = Wire::connect(&host);
        // Told to go on once its body is wanted, it has its room.
        let expecting = format!("{length}expect: 100-continue\r\n");
        assert!(holder.send(head("/c/album/media", &expecting)));
        holder.expect_status(100);
        let refused = give_it();
        expect_error(&refused, 503, "overloaded");
        assert_eq!(refused.header("retry-after"), "1");
        host.expect_log("media.bodies_bytes_max is reached");
        // A form without a script is told so in a document.
        let fields = [("word", "你好"), ("_offer", form.offer.as_str())];
        let files = [("shots", &file[..])];
        let document = send(&client, &form.action, &fields, &files, "").expect(503);
        assert_eq!(document.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(document.header("retry-after"), "1");
        // Nothing else waits for that room.
        let body = json!({"offer": form.offer, "inputs": {}, "key": key(name)});
        expect_error(&act(&client, "album", &body).send(), 422, "input_invalid");
        drop(holder);
        eventually("there is room again", || {
            (give_it().status == 201).then_some(())
        });
    }
}

/// Time for uploads is for routes that take files, whatever others are sent.
#[test]
fn only_where_files_are_taken_is_there_time_for_them() {
    let setup = setup().section("server", "request_timeout_ms = 1000");
    let host = Host::start(&setup);
    for path in ["/session", "/nowhere"] {
        let mut wire = Wire::connect(&host);
        assert!(wire.send(head(path, "content-length: 1000\r\n")));
        wire.expect_status(503);
    }
    let form = plain_form(&host.client());
    let fields = [("word", "你好"), ("_offer", form.offer.as_str())];
    for (path, status) in [("/c/album/media", 201), (&*form.action, 303)] {
        let body = multipart(&fields, &[("shots", &png(40, 30, 1))]);
        let mut wire = Wire::connect(&host);
        let length = format!("content-length: {}\r\n", body.len());
        assert!(wire.send(head(path, &length)));
        assert!(wire.listen(Duration::from_millis(1500)), "{path}");
        assert_eq!(wire.text(), "", "{path}");
        assert!(wire.send(&body));
        wire.expect_status(status);
    }
}
