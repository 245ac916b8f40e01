use super::*;
use crate::config::OutboundHost;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server on this machine that answers each request with the next of what it
/// was given, and keeps what it was asked.
struct Server {
    host: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: &[&str]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        let answers: Vec<String> = answers
            .iter()
            .map(|answer| answer.replace("HERE", &host))
            .collect();
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                kept.lock().unwrap().push(head);
                if answer.is_empty() {
                    // Slow: until the client has had enough.
                    let _ = stream.read(&mut [0; 65_536]).await;
                    let _ = stream.read(&mut [0; 65_536]).await;
                    continue;
                }
                let answer = answer.replacen("\r\n", "\r\nconnection: close\r\n", 1);
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Server { host, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn hosts(&self) -> Vec<OutboundHost> {
        vec![self.host.parse().unwrap()]
    }
}

fn options() -> config::Outbound {
    config::Outbound {
        hosts: vec![],
        timeout_ms: 2_000,
        response_bytes_max: 1_000,
        requests_per_minute_per_plugin: 60.try_into().unwrap(),
        pending_per_card_max: 1,
        requests_at_once_max: 2,
        allow_loopback_http_for_tests: true,
    }
}

fn request(url: &str) -> Request {
    Request {
        method: "POST".to_owned(),
        url: url.to_owned(),
        headers: vec![("authorization".to_owned(), "secret".to_owned())],
        body: Some(b"hello".to_vec()),
        payload: String::new(),
    }
}

async fn send(options: &config::Outbound, hosts: &[OutboundHost], request: &Request) -> Tried {
    let reach = Reach {
        asked: hosts,
        allowed: hosts,
        loopback_http: options.allow_loopback_http_for_tests,
    };
    let sender = Sender::new(options).unwrap();
    sender.send(reach, "dlv_1", request).await
}

async fn asked_of(server: &Server, path: &str) -> Tried {
    let request = request(&format!("http://{}{path}", server.host));
    send(&options(), &server.hosts(), &request).await
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX-A: b\r\nset-cookie: a=b\r\n\r\nhi";

#[tokio::test]
async fn an_answer_is_delivered_without_what_is_about_the_connection() {
    let server = Server::start(&[OK]).await;
    let Tried::Answered(answer) = asked_of(&server, "/a?b").await else {
        panic!("no answer");
    };
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"hi"[..]));
    let names: Vec<&str> = answer
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["content-length", "x-a"]);
    let asked = server.asked().remove(0);
    assert!(asked.starts_with("POST /a?b HTTP/1.1\r\n"), "{asked}");
    for header in [
        "idempotency-key: dlv_1",
        "user-agent: quanka/",
        "authorization: secret",
    ] {
        assert!(asked.contains(header), "{asked}");
    }
}

#[tokio::test]
async fn a_redirect_is_followed_three_times_and_no_more() {
    let to = |path: &str| format!("HTTP/1.1 307 x\r\nlocation: {path}\r\n\r\n");
    let [one, two, three, four] = ["/1", "http://HERE/2", "/3", "/4"].map(to);
    let server = Server::start(&[&one, &two, &three, OK]).await;
    assert!(matches!(asked_of(&server, "/").await, Tried::Answered(_)));
    let lines: Vec<String> = server
        .asked()
        .iter()
        .map(|head| head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(lines[3], "POST /3 HTTP/1.1");

    let server = Server::start(&[&one, &two, &three, &four, OK]).await;
    assert_eq!(
        asked_of(&server, "/").await,
        Tried::Failed(Failure::Refused)
    );
    assert_eq!(server.asked().len(), 4);

    let see_other = "HTTP/1.1 303 x\r\nlocation: /g\r\n\r\n";
    let server = Server::start(&[see_other, OK]).await;
    assert!(matches!(asked_of(&server, "/").await, Tried::Answered(_)));
    let second = server.asked().remove(1);
    assert!(second.starts_with("GET /g "), "{second}");
    assert!(second.contains("idempotency-key: dlv_1"), "{second}");
}

/// Where a redirect leads is looked at like the first address, whoever allows
/// the name.
#[tokio::test]
async fn a_redirect_to_what_is_private_or_not_named_is_refused() {
    for to in [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/",
        "http://[::ffff:10.0.0.1]/",
        "http://192.168.1.1/",
        "http://0.0.0.0/",
        "http://other.example/",
        "//other.example/",
        "ftp://HERE/",
        "file:///etc/passwd",
        "http://user@HERE/",
        "http://",
    ] {
        let answer = format!("HTTP/1.1 302 x\r\nlocation: {to}\r\n\r\n");
        let server = Server::start(&[&answer, OK]).await;
        let mut hosts = server.hosts();
        for named in [
            "10.0.0.1:80",
            "169.254.169.254:80",
            "169.254.169.254",
            "192.168.1.1:80",
        ] {
            hosts.push(named.parse().unwrap());
        }
        let request = request(&format!("http://{}/", server.host));
        let tried = send(&options(), &hosts, &request).await;
        assert_eq!(tried, Tried::Failed(Failure::Refused), "{to}");
        assert_eq!(server.asked().len(), 1, "{to}");
    }
}

/// Every spelling of an address that is not public, named by manifest and
/// operator alike.
#[tokio::test]
async fn no_spelling_of_a_private_address_is_asked() {
    let options = config::Outbound {
        allow_loopback_http_for_tests: false,
        ..options()
    };
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.0.0.1./",
        "https://１２７.０.０.１/",
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
        "https://%31%32%37.0.0.1/",
        "https://0/",
        "https://10.1/",
        "https://0xa9fea9fe/",
        "https://2852039166/",
        "https://[::1]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::127.0.0.1]/",
        "https://[64:ff9b:1::10.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:1::1]/",
        "https://[fc00::1]/",
        "https://[fe80::1]/",
        "https://[fec0::1]/",
        // A name that leads there.
        "https://localhost/",
        "https://LOCALHOST/",
    ] {
        let Ok(parsed) = Url::parse(url) else {
            panic!("{url} is no URL");
        };
        let named = parsed.host_str().unwrap();
        let hosts: Vec<OutboundHost> = vec![named.parse().unwrap()];
        let tried = send(&options, &hosts, &request(url)).await;
        assert_eq!(tried, Tried::Failed(Failure::Refused), "{url} is {named}");
    }
}

#[tokio::test]
async fn what_is_too_long_or_too_slow_is_cut() {
    let long = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n{}",
        "x".repeat(1001)
    );
    let fits = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{}",
        "x".repeat(1000)
    );
    let server = Server::start(&[&long]).await;
    assert_eq!(
        asked_of(&server, "/").await,
        Tried::Failed(Failure::Unusable)
    );
    let server = Server::start(&[&fits]).await;
    assert!(matches!(asked_of(&server, "/").await, Tried::Answered(_)));

    let server = Server::start(&[""]).await;
    let options = config::Outbound {
        timeout_ms: 100,
        ..options()
    };
    let request = request(&format!("http://{}/", server.host));
    let tried = send(&options, &server.hosts(), &request).await;
    assert!(
        matches!(&tried, Tried::Again(why) if why.contains("outbound.timeout_ms")),
        "{tried:?}"
    );
}

#[tokio::test]
async fn what_may_be_better_the_next_time_is_tried_again() {
    for (status, again) in [
        (500, true),
        (503, true),
        (429, true),
        (404, false),
        (403, false),
    ] {
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n");
        let server = Server::start(&[&answer]).await;
        let tried = asked_of(&server, "/").await;
        assert_eq!(
            matches!(tried, Tried::Again(_)),
            again,
            "{status}: {tried:?}"
        );
    }
    // Nobody listens there any more.
    let server = Server::start(&[]).await;
    tokio::task::yield_now().await;
    let tried = asked_of(&server, "/").await;
    assert!(matches!(tried, Tried::Again(_)), "{tried:?}");
}

#[test]
fn room_is_bounded_at_once_and_by_the_minute() {
    let plugin: Arc<str> = "test/asks".into();
    let sender = Sender::new(&options()).unwrap();
    let (one, two) = (sender.turn(&plugin), sender.turn(&plugin));
    assert!(one.is_some() && two.is_some() && sender.turn(&plugin).is_none());
    drop((one, two));
    assert!(sender.turn(&plugin).is_some());

    let few = config::Outbound {
        requests_per_minute_per_plugin: 1.try_into().unwrap(),
        ..options()
    };
    let sender = Sender::new(&few).unwrap();
    assert!(sender.turn(&plugin).is_some());
    assert!(sender.turn(&plugin).is_none());
    assert!(sender.turn(&"test/other".into()).is_some());
}
