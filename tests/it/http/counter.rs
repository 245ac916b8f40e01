//! What the poll does not use: offers that hold once, every kind of input,
//! actions that collide or change their mind. By the guest `counter`.

use super::{act, expect_error, key, nodes, offer, text};
use quanka_tests::client::{Answer, Client};
use quanka_tests::server::{Host, Setup};
use serde_json::{Value, json};
use std::thread;

#[track_caller]
fn start() -> Host {
    Host::start(
        &Setup::new()
            .guest("counter")
            .card("count", "test/counter", ""),
    )
}

#[track_caller]
fn view(client: &Client) -> Value {
    client.get("/c/count/view").send().expect(200).json()
}

/// One number of the card: `状态`, `计票` or `我的`.
fn stat<'a>(view: &'a Value, label: &str) -> &'a str {
    let found = nodes(&view["root"])
        .into_iter()
        .find(|node| node["kind"] == "stat" && node["label"] == label);
    found.map_or("", |stat| text(&stat["value"]))
}

/// Taps the button of the shared view, with inputs.
fn tap(client: &Client, label: &str, inputs: &Value, name: &str, cookies: &str) -> Answer {
    let body = json!({"offer": offer(&view(client), label), "inputs": inputs, "key": key(name)});
    act(client, "count", &body).header("cookie", cookies).send()
}

#[test]
fn once_for_each_reader_answers_the_same_to_every_further_tap() {
    let host = start();
    let client = host.client();
    let once = |name: &str, cookies: &str| tap(&client, "每人一次", &json!({}), name, cookies);
    let first = once("first", "").expect(200);
    let cookies = first.cookies();
    let first = first.json();
    assert_eq!(first["outcome"]["toast"]["text"], "第 1 次");
    let again = once("again", &cookies).expect(200).json();
    assert_eq!(again["repeated"], true);
    assert_eq!(again["id"], first["id"]);
    assert_eq!(again["outcome"], first["outcome"]);
    assert_eq!(stat(&again["view"], "我的"), "1");
    // Another reader has their own first time.
    let theirs = once("another reader", "").expect(200).json();
    assert_eq!(theirs["repeated"], false);
    assert_eq!(stat(&theirs["view"], "我的"), "1");
}

#[test]
fn once_for_all_is_a_conflict_for_whoever_comes_later() {
    let mut host = start();
    let client = host.client();
    let once = |name: &str, cookies: &str| tap(&client, "只有一次", &json!({}), name, cookies);
    let first = once("first", "").expect(200);
    expect_error(&once("another reader", ""), 409, "conflict");
    expect_error(&once("again", &first.cookies()), 409, "conflict");
    // A lost answer is not a second time.
    assert_eq!(once("first", "").expect(200).json()["repeated"], true);
    host.restart();
    expect_error(&once("later", ""), 409, "conflict");
    assert_eq!(stat(&view(&client), "状态"), "1");
}

#[test]
fn actions_that_collide_are_all_counted() {
    const AT_ONCE: usize = 8;
    const EACH: usize = 5;
    let host = start();
    let offer = offer(&view(&host.client()), "加一");
    thread::scope(|scope| {
        for reader in 0..AT_ONCE {
            let (client, offer) = (host.client(), &offer);
            scope.spawn(move || {
                for at in 0..EACH {
                    let name = format!("reader-{reader}-{at}");
                    let body = json!({"offer": offer, "key": key(&name)});
                    let _ = act(&client, "count", &body).send().expect(200);
                }
            });
        }
    });
    // Read, then written: an increment that saw an old value would be lost.
    let view = view(&host.client());
    assert_eq!(stat(&view, "状态"), (AT_ONCE * EACH).to_string());
    assert_eq!(stat(&view, "计票"), (AT_ONCE * EACH).to_string());
}

#[test]
fn an_action_that_fails_has_written_nothing() {
    let host = start();
    let client = host.client();
    let wrong = |name: &str| tap(&client, "出错", &json!({"one": "a"}), name, "");
    let error = expect_error(&wrong("one"), 422, "input_invalid");
    assert_eq!(error["message"], "这里不对");
    assert_eq!(
        error["fields"],
        json!([{"name": "line", "message": "请换一个词"}])
    );
    assert_eq!(wrong("one").cookies(), "");
    let view = view(&client);
    assert_eq!((stat(&view, "状态"), stat(&view, "计票")), ("0", "0"));
    // The key is free for another try.
    let right = tap(&client, "加一", &json!({}), "one", "")
        .expect(200)
        .json();
    assert_eq!(right["repeated"], false);
}

#[test]
fn an_offer_says_whom_it_is_for_and_what_it_asks_first() {
    let host = start();
    let client = host.client();
    let view = view(&client);
    let offers: Vec<String> = nodes(&view["root"])
        .into_iter()
        .filter(|node| node["kind"] == "button")
        .map(|button| {
            let offer = &button["offer"];
            format!(
                "{}: {} {} {}",
                text(&button["label"]),
                text(&offer["audience"]),
                text(&offer["once"]),
                offer["confirm"]
            )
        })
        .collect();
    insta::assert_snapshot!(offers.join("\n"), @r#"
    加一: anyone per-tap null
    只加计票: anyone per-tap null
    每人一次: anyone per-viewer null
    只有一次: anyone per-card null
    登录可用: signed-in per-tap null
    先问一句: anyone per-tap "确定要加一吗?"
    发送: anyone per-tap null
    出错: anyone per-tap null
    "#);
    expect_error(
        &tap(&client, "登录可用", &json!({}), "one", ""),
        401,
        "sign_in_required",
    );
    let sure = tap(&client, "先问一句", &json!({}), "two", "")
        .expect(200)
        .json();
    assert_eq!(sure["outcome"]["toast"]["text"], "数到 1");
}

#[test]
fn every_kind_of_input_arrives_as_the_card_declared_it() {
    let host = start();
    let client = host.client();
    let mut sent = 0;
    let mut check = |inputs: Value, expected: &[(&str, &[&str])]| {
        sent += 1;
        let mut inputs = inputs;
        if inputs.get("one").is_none() {
            inputs["one"] = "a".into();
        }
        let answer = tap(&client, "发送", &inputs, &format!("sent-{sent}"), "");
        let given = &answer.expect(200).json()["outcome"]["event"]["data"];
        for (name, values) in expected {
            let found = given
                .as_array()
                .into_iter()
                .flatten()
                .find(|pair| pair[0] == *name);
            assert_eq!(
                found.map(|pair| &pair[1]),
                Some(&json!(values)),
                "{inputs}: {given}"
            );
        }
    };
    check(
        json!({}),
        &[
            ("one", &["a"]),
            ("some", &[]),
            ("agree", &["false"]),
            ("line", &[]),
        ],
    );
    check(
        json!({"line": "十个字以内的一句话呀"}),
        &[("line", &["十个字以内的一句话呀"])],
    );
    check(json!({"line": "👩‍👩‍👧‍👦x"}), &[("line", &["👩‍👩‍👧‍👦x"])]);
    check(
        json!({"lines": "一\r\n二\n三"}),
        &[("lines", &["一\n二\n三"])],
    );
    check(json!({"number": "-1"}), &[("number", &["-1"])]);
    check(json!({"number": "1.50"}), &[("number", &["1.50"])]);
    check(json!({"day": "2026-02-28"}), &[("day", &["2026-02-28"])]);
    check(json!({"some": ["c", "a"]}), &[("some", &["a", "c"])]);
    check(json!({"agree": "true"}), &[("agree", &["true"])]);
    check(json!({"agree": "false"}), &[("agree", &["false"])]);
    check(json!({"stars": "5"}), &[("stars", &["5"])]);
}

#[test]
fn no_input_goes_beyond_what_the_card_declared() {
    let host = start();
    let client = host.client();
    let offer = offer(&view(&client), "发送");
    let check = |field: &str, value: Value| {
        let mut inputs = json!({"one": "a"});
        inputs[field] = value;
        let body = json!({"offer": offer, "inputs": inputs, "key": key("same")});
        let answer = act(&client, "count", &body).send();
        assert_eq!(answer.status, 422, "{inputs}: {answer:?}");
        let error = expect_error(&answer, 422, "input_invalid");
        assert_eq!(error["fields"].as_array().map(Vec::len), Some(1), "{error}");
        assert_eq!(error["fields"][0]["name"], field, "{error}");
        let message = text(&error["fields"][0]["message"]);
        assert!(
            !message.is_empty() && message == error["message"],
            "{error}"
        );
    };
    check("line", json!("十一个字就太长了对不对"));
    check("line", json!("一行\n两行"));
    check("line", json!("a\u{0}b"));
    check("line", json!(["a", "b"]));
    check("lines", json!("字".repeat(201)));
    for number in ["-1.01", "100.5", "1e3", "NaN", "０", "1,5", "1 2"] {
        check("number", json!(number));
    }
    for day in [
        "2025-12-31",
        "2027-01-01",
        "2026-02-29",
        "2026-2-1",
        "tomorrow",
    ] {
        check("day", json!(day));
    }
    check("one", json!([]));
    check("one", json!("c"));
    check("one", json!(["a", "b"]));
    check("some", json!(["a", "b", "c"]));
    check("some", json!(["a", "x"]));
    check("agree", json!("yes"));
    check("agree", json!(["true", "true"]));
    for stars in ["6", "-1", "2.5", "five"] {
        check("stars", json!(stars));
    }
    check("nobody-asked", json!("x"));
    assert_eq!(stat(&view(&client), "计票"), "0");
}

#[test]
fn what_a_refused_form_held_stands_in_it_again() {
    let host = start();
    let client = host.client();
    let frame = client
        .get("/c/count/embed")
        .header("referer", &host.url("/"));
    let html = frame.send().expect(200).text().to_owned();
    let (_, form) = html
        .split_once("<textarea")
        .expect("the form of every input");
    let button = form.split("name=\"_offer\" value=\"").nth(1).unwrap();
    let offer = button.split('"').next().unwrap();
    let action = super::form::Form::in_document(&html.replace("qk-form qk-lone", "qk-form")).action;
    let fields = [
        ("line", "<b>&\"'"),
        ("lines", "\n二\n三"),
        ("number", "1000"),
        ("day", "2026-05-01"),
        ("one", "b"),
        ("some", "a"),
        ("some", "c"),
        ("agree", "true"),
        ("stars", "4"),
        ("_offer", offer),
    ];
    let refused = client.post(&action).form(&fields).send().expect(422);
    let html = refused.text();
    for kept in [
        "value=\"&lt;b&gt;&amp;&quot;&#39;\"",
        ">\n\n二\n三</textarea>",
        "value=\"1000\"",
        "value=\"2026-05-01\"",
        "value=\"b\" checked",
        "value=\"a\" checked",
        "value=\"c\" checked",
        "value=\"true\" checked",
        "value=\"4\" checked",
        "aria-invalid=\"true\"",
    ] {
        assert!(html.contains(kept), "{kept} in {html}");
    }
    assert_eq!(html.matches("aria-invalid").count(), 1, "{html}");
}
