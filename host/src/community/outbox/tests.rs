use super::*;
use crate::community::jobs::{self, Work};
use crate::store::suite::{begin, memory};

const CARD: Asker<'_> = Asker {
    plugin: "test/asks",
    card: "asks",
    viewer: None,
};

fn request(url: &str) -> Request {
    Request {
        method: "POST".to_owned(),
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        payload: "p".to_owned(),
    }
}

fn limits() -> OutboxLimits {
    OutboxLimits {
        hosts: vec![
            "api.example".parse().unwrap(),
            "ours.example".parse().unwrap(),
        ],
        loopback_http: false,
        pending_per_card_max: 3,
    }
}

async fn sent(tx: &mut Transaction, delivery: &str, request: Request) -> Result<(), String> {
    let limits = limits();
    let asked = [
        "api.example".parse().unwrap(),
        "theirs.example".parse().unwrap(),
    ];
    let reach = Reach {
        asked: &asked,
        allowed: &limits.hosts,
        loopback_http: limits.loopback_http,
    };
    send(tx, &limits, reach, CARD, delivery, request, 7)
        .await
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn only_what_both_allow_is_asked() {
    let store = memory();
    let mut tx = begin(&store).await;
    let long = format!("https://api.example/{}", "a".repeat(2048));
    let table = [
        ("https://ours.example/", "the manifest does not name"),
        ("https://theirs.example/", "the operator does not allow"),
        ("https://api.example:8443/", "the manifest does not name"),
        ("https://api.example.:443/", "the manifest does not name"),
        ("http://api.example/", "is not https"),
        ("http://127.0.0.1/", "is not https"),
        ("ftp://api.example/", "is not https"),
        ("file:///etc/passwd", "is not https"),
        ("//api.example/", "is not a URL"),
        ("", "is not a URL"),
        ("https://user@api.example/", "holds a name"),
        ("https://api.example:pw@ours.example/", "holds a name"),
        ("https://api.example@ours.example/", "holds a name"),
        ("https://api.example\\@ours.example/", ""),
        (long.as_str(), "more than 2048 bytes"),
    ];
    for (url, expected) in table {
        let said = sent(&mut tx, "dlv_1", request(url)).await;
        match said {
            Ok(()) => assert_eq!(expected, "", "{url}"),
            Err(said) => assert!(
                !expected.is_empty() && said.contains(expected),
                "{url}: {said}"
            ),
        }
    }
}

#[tokio::test]
async fn headers_are_about_what_is_asked() {
    let store = memory();
    let mut tx = begin(&store).await;
    let table = [
        ("Authorization", "Bearer x", ""),
        ("content-type", "application/json", ""),
        ("x-y", "", ""),
        ("Host", "other.example", "is the host's to set"),
        ("content-length", "1", "is the host's to set"),
        ("Transfer-Encoding", "chunked", "is the host's to set"),
        ("connection", "close", "is the host's to set"),
        ("upgrade", "h2c", "is the host's to set"),
        ("user-agent", "me", "is the host's to set"),
        ("Idempotency-Key", "1", "is the host's to set"),
        ("proxy-authorization", "x", "is the host's to set"),
        ("X-Forwarded-For", "1.2.3.4", "is the host's to set"),
        ("", "x", "is not a header's name"),
        ("a b", "x", "is not a header's name"),
        ("a:b", "x", "is not a header's name"),
        ("a\r\nhost", "x", "is not a header's name"),
        ("x", "a\r\nhost: b", "visible ASCII"),
        ("x", "a\0", "visible ASCII"),
        ("x", "é", "visible ASCII"),
        ("x", " a", "visible ASCII"),
    ];
    for (name, value, expected) in table {
        let mut asked = request("https://api.example/");
        asked.headers = vec![(name.to_owned(), value.to_owned())];
        let said = sent(&mut tx, "dlv_1", asked)
            .await
            .err()
            .unwrap_or_default();
        assert_eq!(said.is_empty(), expected.is_empty(), "{name}: {said}");
        assert!(said.contains(expected), "{name}: {said}");
    }
}

#[tokio::test]
async fn sizes_and_numbers_are_bounded() {
    let store = memory();
    let mut tx = begin(&store).await;
    let header = |bytes: usize| ("x".to_owned(), "v".repeat(bytes));
    let table: [(&str, Request, bool); 8] = [
        (
            "body",
            Request {
                body: Some(vec![0; 65_536]),
                ..request("https://api.example/")
            },
            true,
        ),
        (
            "body",
            Request {
                body: Some(vec![0; 65_537]),
                ..request("https://api.example/")
            },
            false,
        ),
        (
            "payload",
            Request {
                payload: "p".repeat(2048),
                ..request("https://api.example/")
            },
            true,
        ),
        (
            "payload",
            Request {
                payload: "p".repeat(2049),
                ..request("https://api.example/")
            },
            false,
        ),
        (
            "headers",
            Request {
                headers: vec![header(1); 16],
                ..request("https://api.example/")
            },
            true,
        ),
        (
            "headers",
            Request {
                headers: vec![header(1); 17],
                ..request("https://api.example/")
            },
            false,
        ),
        (
            "headers",
            Request {
                headers: vec![header(8191)],
                ..request("https://api.example/")
            },
            true,
        ),
        (
            "headers",
            Request {
                headers: vec![header(8192)],
                ..request("https://api.example/")
            },
            false,
        ),
    ];
    for (what, asked, fits) in table {
        // One id, so that the fourth limit is not met by accident.
        let said = sent(&mut tx, "dlv_1", asked).await;
        assert_eq!(said.is_ok(), fits, "{what}: {said:?}");
    }
    for (delivery, fits) in [("dlv_2", true), ("dlv_3", true), ("dlv_4", false)] {
        let said = sent(&mut tx, delivery, request("https://api.example/")).await;
        assert_eq!(said.is_ok(), fits, "{delivery}: {said:?}");
    }
}

/// A body longer than one value of the store comes back whole.
#[tokio::test]
async fn what_was_asked_is_found_again() {
    let store = memory();
    let body: Vec<u8> = (0..65_536_u32).map(|byte| byte.to_le_bytes()[0]).collect();
    let mut asked = request("https://API.example:443/a#part");
    asked.body = Some(body.clone());
    asked.headers = vec![("X-One".to_owned(), "1".to_owned())];
    let mut tx = begin(&store).await;
    sent(&mut tx, "dlv_1", asked).await.unwrap();
    assert_eq!(jobs::earliest_written(&tx), Some(7));
    tx.commit().await.unwrap();

    let mut tx = begin(&store).await;
    let due = jobs::due(&mut tx, None, 10).await.unwrap();
    let delivery = jobs::look(&mut tx, &due[0]).await.unwrap().unwrap();
    assert_eq!(
        (due.len(), delivery.id.as_str(), delivery.attempt),
        (1, "dlv_1", 1)
    );
    let Work::Send(found) = delivery.work else {
        panic!("{delivery:?}");
    };
    assert_eq!(found.url, "https://api.example/a");
    assert_eq!(found.headers, [("x-one".to_owned(), "1".to_owned())]);
    assert_eq!(found.body, Some(body));
}
