//! Against a server of the test's own, which counts what it is asked and
//! answers when the test lets it.

use super::*;
use crate::config::{Identity, Publisher};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

const KEY: &str = include_str!("../../config/public_key/ed.jwk");

/// An address with a key set.
struct Server {
    url: String,
    asked: Arc<AtomicUsize>,
    /// What is answered, head and body.
    answer: Arc<Mutex<String>>,
    /// Answers that may be given.
    may_answer: Arc<Semaphore>,
}

impl Server {
    async fn start(answer: String) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            url: format!("http://{}/jwks.json", listener.local_addr().unwrap()),
            asked: Arc::default(),
            answer: Arc::new(Mutex::new(answer)),
            may_answer: Arc::new(Semaphore::new(1000)),
        };
        let (asked, answer, may_answer) = (
            Arc::clone(&server.asked),
            Arc::clone(&server.answer),
            Arc::clone(&server.may_answer),
        );
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
                let may_answer = Arc::clone(&may_answer);
                tokio::spawn(async move {
                    let mut head = [0; 4096];
                    let _ = stream.read(&mut head).await;
                    asked.fetch_add(1, Ordering::SeqCst);
                    may_answer.acquire().await.unwrap().forget();
                    let answer = answer.lock().unwrap().clone();
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        server
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn answers(&self, answer: String) {
        *self.answer.lock().unwrap() = answer;
    }

    /// What the host makes of it.
    fn source(&self, change: impl FnOnce(&mut Identity)) -> KeySource {
        let mut options = Identity {
            session_age_s: 1,
            jwt_age_max_s: 1,
            clock_skew_s: 1,
            jwt_bytes_max: 1,
            jwks_refresh_s: 3600,
            jwks_retry_s: 3600,
            jwks_age_max_s: 86_400,
            jwks_bytes_max: 1024,
            jwks_keys_max: 2,
            jwks_timeout_ms: 30_000,
            formers_max: 1,
            ticket_age_s: 1,
        };
        change(&mut options);
        let publisher = Publisher {
            id: "beike-daily".parse().unwrap(),
            name: "贝壳日报".to_owned(),
            origins: Vec::new(),
            issuer: None,
            jwks_url: Some(self.url.parse().unwrap()),
            key: Vec::new(),
            api_token_sha256: Vec::new(),
        };
        let fetcher = Fetcher::new(&options).unwrap();
        KeySource::new(&publisher, &options, Some(&fetcher))
    }
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn set(kids: &[&str]) -> String {
    let key = |kid: &&str| {
        let mut key: serde_json::Value = serde_json::from_str(KEY).unwrap();
        key["kid"] = (*kid).into();
        key
    };
    json!({ "keys": kids.iter().map(key).collect::<Vec<_>>() }).to_string()
}

/// Why an answer gives no keys.
async fn refusal(answer: String, change: impl FnOnce(&mut Identity)) -> String {
    let server = Server::start(answer).await;
    let source = server.source(change);
    let Kind::Fetched(fetched) = &source.0 else {
        unreachable!("the source has an address")
    };
    let error = fetched.fetcher.fetch(&fetched.url).await.unwrap_err();
    assert_eq!(
        source.keys().await,
        Err(TokenRefused::KeysUnavailable),
        "{error}"
    );
    error.to_string()
}

#[tokio::test]
async fn what_is_no_key_set_says_so() {
    let check = async |answer: String, expected: &str| {
        let found = refusal(answer, |_| ()).await;
        assert!(found.contains(expected), "{found}");
    };
    check(ok("<html>"), "is not a JSON Web Key Set").await;
    check(ok(&set(&["a", "b", "c"])), "has 3 keys").await;
    check(ok(&set(&["a", "a"])), "two keys of the same `kid`").await;
    check(ok(&" ".repeat(1025)), "more than 1024 bytes").await;
    // Without a length, and without an end.
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", " ".repeat(100_000));
    check(endless, "more than 1024 bytes").await;
    check(
        "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n".into(),
        "it answers 500",
    )
    .await;
    check("HTTP/1.1 204 No\r\n\r\n".into(), "it answers 204").await;
    let moved =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/evil\r\ncontent-length: 0\r\n\r\n";
    check(moved.into(), "redirects are not followed").await;
    check("garbage\r\n\r\n".into(), "error sending request").await;
}

#[tokio::test]
async fn a_slow_address_is_given_up() {
    let server = Server::start(ok(&set(&["a"]))).await;
    server.may_answer.forget_permits(1000);
    let source = server.source(|options| options.jwks_timeout_ms = 1);
    assert_eq!(source.keys().await, Err(TokenRefused::KeysUnavailable));
    server.may_answer.add_permits(1000);
    // It is not asked again so soon.
    assert_eq!(source.keys().await, Err(TokenRefused::KeysUnavailable));
    assert!(server.asked() <= 1);
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_fetch() {
    let server = Server::start(ok(&set(&["a"]))).await;
    server.may_answer.forget_permits(1000);
    let source = Arc::new(server.source(|_| ()));
    let asking: Vec<_> = (0..100)
        .map(|_| {
            let source = Arc::clone(&source);
            tokio::spawn(async move { source.keys().await })
        })
        .collect();
    while server.asked() == 0 {
        tokio::task::yield_now().await;
    }
    // Whoever gives up does not end the fetch.
    asking[0].abort();
    asking[1].abort();
    server.may_answer.add_permits(1000);
    for one in asking.into_iter().skip(2) {
        assert_eq!(one.await.unwrap().unwrap().len(), 1);
    }
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn unknown_keys_have_a_set_fetched_again_and_not_too_often() {
    let server = Server::start(ok(&set(&["a"]))).await;
    let source = server.source(|options| options.jwks_retry_s = 3600);
    let keys = source.keys().await.unwrap();
    server.answers(ok(&set(&["a", "b"])));
    for _ in 0..10 {
        assert!(source.newer_than(&keys).await.is_none());
    }
    assert_eq!(server.asked(), 1, "it is too soon");

    let Kind::Fetched(fetched) = &source.0 else {
        unreachable!("the source has an address")
    };
    let pass = |age: Duration| {
        let mut state = lock(&fetched.state);
        state.asked_at = state.asked_at.map(|at| at - age);
        if let Some((_, at)) = &mut state.good {
            *at -= age;
        }
    };
    pass(Duration::from_secs(3600));
    let newer = source.newer_than(&keys).await.unwrap();
    assert_eq!((newer.len(), server.asked()), (2, 2));
    // Who still has the old ones is given the newer ones without a fetch.
    assert!(source.newer_than(&keys).await.is_some());
    assert!(source.newer_than(&newer).await.is_none());
    assert_eq!(server.asked(), 2);

    // A set that has not changed is not newer.
    pass(Duration::from_secs(3600));
    assert!(source.newer_than(&newer).await.is_none());
    assert_eq!(server.asked(), 3);

    // While the address fails the last good set counts, for a day.
    server.answers("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n".to_owned());
    pass(Duration::from_secs(3601));
    assert_eq!(source.keys().await.unwrap().len(), 2);
    assert_eq!(server.asked(), 4);
    pass(Duration::from_secs(86_400));
    assert_eq!(source.keys().await, Err(TokenRefused::KeysUnavailable));
}

#[tokio::test]
async fn one_publishers_address_holds_up_no_other() {
    let slow = Server::start(ok(&set(&["a"]))).await;
    slow.may_answer.forget_permits(1000);
    let quick = Server::start(ok(&set(&["b"]))).await;
    let (slow_source, quick_source) = (slow.source(|_| ()), quick.source(|_| ()));
    let waiting = tokio::spawn(async move { slow_source.keys().await });
    while slow.asked() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(quick_source.keys().await.is_ok());
    assert!(!waiting.is_finished());
    slow.may_answer.add_permits(1);
    assert!(waiting.await.unwrap().is_ok());
}
