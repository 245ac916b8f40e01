//! What proves who somebody is stays out of logs, error messages and what
//! `config show` prints, however much is logged.

use super::form::Form;
use super::{POLL, act, key, polls, vote_offer};
use quanka_tests::client::Answer;
use quanka_tests::events::Events;
use quanka_tests::paths;
use quanka_tests::server::Host;
use serde_json::json;

/// Marks what no part of the host knows, so that only an echo can bring it.
const MARK: &str = "S3cr3t-M4rk";

#[test]
fn nothing_that_proves_anything_is_logged_or_echoed() {
    let setup = polls()
        .section("log", "filter = 'trace'")
        .guest("counter")
        .card("counter", "test/counter", "")
        .card(
            "shy",
            "quanka/poll",
            &format!("{POLL}\nconfig.who = 'signed-in'"),
        );
    let mut host = Host::start(&setup);
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    let idempotency_key = key("the key of an act");
    let header_key = key("the key in a header");
    let body = json!({"offer": offer, "inputs": {"choice": "a"}, "key": idempotency_key});
    let voted = act(&client, "vote", &body).send().expect(200);
    let cookies = voted.cookies();
    let (_, session) = cookies.split_once('=').expect("a cookie has a value");

    let mut answers: Vec<Answer> = Vec::new();
    let bearer = format!("Bearer eyJhbGciOiJFZERTQSJ9.{MARK}.sig");
    let forged = format!("__Host-quanka=v1.k1.{MARK}.mac; quanka={MARK}; other={MARK}");
    let ticket = format!("ticket=t_{MARK}");
    // Every route, with every secret in every place that has room for one.
    for path in [
        "/c/vote",
        "/c/vote/embed",
        "/c/vote/view?me=1",
        "/c/unknown",
        "/c/counter/embed",
        "/c/vote/view?as=nothing",
        "/live",
        "/live?cards=unknown",
        "/embed/v1.js",
        "/embed/card.js",
        "/embed/card.css",
        "/livez",
        "/readyz",
        "/nothing",
        "/session",
        "/me",
        "/me/export",
        "/oembed",
    ] {
        let with_ticket = match path.contains('?') {
            true => format!("{path}&{ticket}"),
            false => format!("{path}?{ticket}"),
        };
        for cookie in [cookies.as_str(), &forged] {
            for method in ["GET", "POST", "DELETE"] {
                // Where nobody reads a body, not even an empty one that comes
                // late, the connection ends with the answer.
                let request = client
                    .request(method, &with_ticket)
                    .header("connection", "close");
                let request = request
                    .header("cookie", cookie)
                    .header("authorization", &bearer);
                let request = request.header("idempotency-key", &header_key);
                let referer = format!("{}?{ticket}", host.url("/c/vote"));
                answers.push(request.header("referer", &referer).send());
            }
        }
    }
    for path in [
        "/c/vote/act",
        "/c/shy/act",
        "/session",
        "/session/ticket",
        "/session/open",
        "/me/delete",
    ] {
        for body in [
            json!({"offer": offer, "inputs": {"choice": "x"}, "key": idempotency_key}),
            json!({"offer": format!("v1.k1.{MARK}.mac"), "inputs": {}, "key": idempotency_key}),
            json!({"offer": MARK, "inputs": {}, "key": MARK}),
            json!({"offer": {"token": MARK}}),
            json!({"jwt": MARK, "card": "vote", "ticket": MARK}),
            json!(MARK),
        ] {
            let request = client.post(path).json(&body).header("connection", "close");
            let request = request.header("cookie", &cookies);
            answers.push(request.header("authorization", &bearer).send());
        }
        let form = [
            ("_offer", MARK),
            ("ticket", MARK),
            ("jwt", MARK),
            ("choice", "a"),
        ];
        answers.push(
            client
                .post(path)
                .form(&form)
                .header("connection", "close")
                .header("cookie", &forged)
                .send(),
        );
    }
    let form = Form::load(&host, "/c/vote", &cookies);
    answers.push(form.send(&client, &[("choice", "b")], &cookies));
    let live = Events::open(&host, "/c/vote/live", &[("cookie", &cookies)]);
    let _ = live.view_of("vote");
    drop(live);

    // Errors tell what was wrong, and not what was sent.
    for answer in answers.iter().filter(|answer| answer.status >= 400) {
        let text = answer.text();
        for secret in [MARK, session, &idempotency_key, &header_key] {
            assert!(!text.contains(secret), "{secret} in {answer:?}");
        }
    }
    host.terminate();
    let log = host.log();
    // It was really all logged, and the requests are in it.
    assert!(
        log.contains("TRACE") && log.contains("path=/c/vote/act"),
        "{} bytes",
        log.len()
    );
    let key_file =
        std::fs::read_to_string(host.data_dir().join("secret.key")).expect("the key file is text");
    let keys: Vec<&str> = key_file
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(' ').find(|word| word.len() > 20))
        .collect();
    assert!(keys.len() >= 2, "root and a signing key");
    // The end of a token is its signature; without it, it proves nothing.
    let mac = |token: &str| token.rsplit('.').next().unwrap_or_default().to_owned();
    let macs = [mac(session), mac(&offer), mac(&form.offer)];
    let secrets = [MARK, &idempotency_key, &header_key]
        .into_iter()
        .chain(keys)
        .chain(macs.iter().map(String::as_str));
    for secret in secrets {
        assert!(secret.len() > 8, "{secret} marks nothing");
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} was logged");
    }
}

#[test]
fn the_configuration_is_shown_without_secrets() {
    let mut setup = polls().guest("counter");
    for name in ["api_token", "client_secret", "password"] {
        setup = setup.card(
            &name.replace('_', "-"),
            "test/counter",
            &format!("[config]\n{name} = '{MARK}'\nnested = {{ {name} = ['{MARK}'] }}"),
        );
    }
    let host = Host::start(&setup);
    for arguments in [&["config", "show"][..], &["config", "show", "--json"]] {
        let output = paths::quanka()
            .args(arguments)
            .arg("--config")
            .arg(host.config_file())
            .output()
            .expect("it starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("client_secret"), "{said}");
        assert!(!said.contains(MARK), "{said}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains(MARK));
    }
    assert!(!host.log().contains(MARK));
}
