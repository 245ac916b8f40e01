//! Every document that the host writes obeys the HTML standard.

use super::form::Form;
use super::moderation::{QUEUE, Scene};
use super::{POLL, polls, vote};
use quanka_tests::client::Answer;
use quanka_tests::mistakes;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER};
use serde_json::json;

const NASTY: &str = "config.text = '''\"><i a='b'>&amp; &#0;]]> 一 --> </title>'''";

#[track_caller]
fn start() -> Host {
    let setup = polls()
        .guest("echo")
        .guest("counter")
        .guest("parrot")
        .guest("trap")
        .card("echo", "test/echo", "")
        .card("counter", "test/counter", "")
        .card("parrot", "test/parrot", NASTY)
        .card("faulty", "test/trap", "config.mode = 'render'")
        .card(
            "closed",
            "quanka/poll",
            &format!("state = 'closed'\n{POLL}"),
        )
        .card("gone", "quanka/poll", "state = 'gone'");
    Host::start(&setup)
}

#[test]
fn every_document_is_valid_html() {
    let host = start();
    let client = host.client();
    let cookies = vote(&client, "a", "one").cookies();
    let mut documents: Vec<(String, String)> = Vec::new();
    let mut keep = |name: String, answer: &Answer| {
        let media_type = "text/html; charset=utf-8";
        assert_eq!(
            answer.header("content-type"),
            media_type,
            "{name}: {answer:?}"
        );
        documents.push((name, answer.text().to_owned()));
    };
    for card in [
        "vote", "echo", "counter", "parrot", "faulty", "closed", "gone", "unknown",
    ] {
        for (path, referer) in [("", ""), ("/embed", ""), ("/embed", "/")] {
            for query in ["?lang=zh-CN&theme=dark", "?lang=en&size=compact"] {
                let path = format!("/c/{card}{path}{query}");
                let referer = format!("{}{referer}", host.origin());
                let request = client.get(&path).header("referer", &referer);
                let answer = request.header("cookie", &cookies).send();
                let status = match card {
                    "unknown" => 404,
                    "gone" => 410,
                    "faulty" => 500,
                    _ => 200,
                };
                keep(format!("{path} from {referer}"), &answer.expect(status));
            }
        }
    }
    // Wrong inputs, and a form that is refused.
    for (card, inputs) in [
        ("vote", &[][..]),
        (
            "counter",
            &[
                ("line", "much too long for it"),
                ("number", "x"),
                ("one", "z"),
            ],
        ),
        (
            "parrot",
            &[("line", "\"><b>"), ("list", "\"><b>"), ("stars", "77")],
        ),
    ] {
        for place in ["", "/embed"] {
            let form = Form::load(&host, &format!("/c/{card}{place}"), &cookies);
            let refused = form.send(&client, inputs, &cookies).expect(422);
            keep(format!("422 of /c/{card}{place}"), &refused);
            let forged = Form {
                offer: "x".to_owned(),
                ..form
            };
            let refused = forged.send(&client, inputs, &cookies).expect(403);
            keep(format!("403 of /c/{card}{place}"), &refused);
        }
    }
    // What an action led to.
    let form = Form::load(&host, "/c/vote", "");
    let done = form.send(&client, &[("choice", "b")], "").expect(303);
    let toast = client
        .get(done.header("location"))
        .header("cookie", &done.cookies());
    keep("a toast".to_owned(), &toast.send());
    let named = documents
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let mistakes = mistakes(named);
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

/// What a reader sees of themselves, what asks them to sign in, and what a
/// publisher pastes.
#[test]
fn every_document_about_a_reader_is_valid_html() {
    let daily = Publisher::new(PUBLISHER);
    let members = format!("config.who = 'signed-in'\n{POLL}");
    let setup = polls()
        .publisher(&daily)
        .guest("parrot")
        .circle("owner = 'owner'\ntopics = ['\"><i>', '读书']\nintro = '<b>'")
        .card("members", "quanka/poll", &members)
        .card("parrot", "test/parrot", NASTY);
    let host = Host::start(&setup);
    let client = host.client();
    let jwt = daily.token_with(&host.origin(), |claims| {
        claims.insert("name".into(), "\"><i a='b'>&amp; --> </title>".into());
        let avatar = "https://daily.example/\"><i a='b'>&amp;";
        claims.insert("avatar".into(), avatar.into());
    });
    let anonymous = vote(&client, "a", "one").cookies();
    let signed_in = client
        .post("/session")
        .json(&json!({"jwt": jwt, "card": "vote"}))
        .header("cookie", &vote(&client, "b", "two").cookies());
    let person = signed_in.send().expect(200).cookies();
    let jwt = daily.token(&host.origin(), "owner", "x");
    let signed_in = client.post("/session");
    let signed_in = signed_in.json(&json!({"jwt": jwt, "card": "vote"}));
    let owner = signed_in.send().expect(200).cookies();
    let mut documents: Vec<(String, String)> = Vec::new();
    let mut keep = |name: &str, lang: &str, answer: &Answer| {
        let media_type = "text/html; charset=utf-8";
        let kind = answer.header("content-type");
        assert_eq!(kind, media_type, "{name}: {answer:?}");
        documents.push((format!("{name} {lang}"), answer.text().to_owned()));
    };
    for lang in ["zh-CN", "en"] {
        let get = |path: &str, cookies: &str| {
            let request = client.get(path).header("accept-language", lang);
            request.header("cookie", cookies).send()
        };
        let post = |path: &str, fields: &[(&str, &str)], cookies: &str| {
            let request = client.post(path).header("accept-language", lang);
            request.form(fields).header("cookie", cookies).send()
        };
        for (who, cookies) in [
            ("nobody", ""),
            ("anonymous", &anonymous),
            ("person", &person),
        ] {
            for path in ["/me", "/me/delete"] {
                keep(
                    &format!("{path} of {who}"),
                    lang,
                    &get(path, cookies).expect(200),
                );
            }
        }
        for path in [
            "/circles",
            "/circles?q=x",
            "/circles/beike",
            "/circles/unknown",
        ] {
            keep(path, lang, &get(path, &person));
        }
        let path = "/circles/beike/transfer";
        keep(path, lang, &get(path, &owner).expect(200));
        keep(path, lang, &get(path, &person).expect(403));
        for card in ["vote", "parrot"] {
            let path = format!("/c/{card}/snippets");
            keep(&path, lang, &get(&path, "").expect(200));
        }
        keep(
            "no snippets",
            lang,
            &get("/c/unknown/snippets", "").expect(404),
        );
        for path in ["/me/delete", "/session/open"] {
            keep(
                &format!("400 of {path}"),
                lang,
                &post(path, &[], &person).expect(400),
            );
        }
        keep(
            "401 of /me/delete",
            lang,
            &post("/me/delete", &[], "").expect(401),
        );
        let ticket = post("/session/open", &[("ticket", "x")], "").expect(403);
        keep("a ticket", lang, &ticket);
        for place in ["", "/embed"] {
            let form = Form::load(&host, &format!("/c/members{place}"), "");
            let fields = [("_offer", form.offer.as_str()), ("choice", "a")];
            let asked = post(&form.action, &fields, "").expect(401);
            keep(&format!("401 of /c/members{place}"), lang, &asked);
        }
    }
    for (lang, cookies) in [("zh-CN", &anonymous), ("en", &person)] {
        let page = client.get("/me/delete").header("cookie", cookies).send();
        let (_, rest) = page.text().split_once("name=\"confirm\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap_or_default();
        let erased = client.post("/me/delete").form(&[("confirm", token)]);
        let erased = erased.header("accept-language", lang);
        let receipt = erased.header("cookie", cookies).send().expect(200);
        keep("a receipt", lang, &receipt);
    }
    let named = documents
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let mistakes = mistakes(named);
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn every_page_of_posts_is_valid_html() {
    let scene = Scene::start();
    let client = scene.host.client();
    let nasty = "\"><i a='b'>&amp; --> https://x.example/?a=\"b&c \u{202e}广告";
    let public = scene.post("post", "好 <b>");
    let reply = scene.post(&format!("reply {public}"), "答 & \"");
    let held = scene.post("post", nasty);
    scene.report(&public, nasty, &scene.member).expect(200);
    let rejected = scene.rejected();
    let removed = scene.post("tag", "要移除");
    let fields = [
        ("post", &*removed),
        ("verdict", "remove"),
        ("reason", "<i>"),
    ];
    scene.decide(&fields, &scene.keeper).expect(303);
    scene.post("item", "<i>\"鞋");
    let mut documents = Vec::new();
    let mut keep = |name: String, answer: &Answer| documents.push((name, answer.text().to_owned()));
    for lang in ["zh-CN", "en"] {
        for (who, cookies) in scene.everybody() {
            for post in [&public, &reply, &held, &rejected, &removed, "p_x"] {
                let page = scene.page(&format!("{post}?lang={lang}"), cookies);
                keep(format!("{post} for {who} in {lang}"), &page);
            }
            let queue = client.get(&format!("{QUEUE}?lang={lang}"));
            let queue = queue.header("cookie", cookies).send();
            keep(format!("the queue for {who} in {lang}"), &queue);
        }
    }
    let fields = [("post", &*held), ("verdict", "reject"), ("reason", "")];
    let refused = scene.decide(&fields, &scene.keeper).expect(422);
    keep("a decision refused".to_owned(), &refused);
    let named = documents.iter();
    let mistakes = mistakes(named.map(|(name, text)| (name.as_str(), text.as_str())));
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

/// Bare sections, as scripts and shared caches get them, put into a document.
#[test]
fn every_section_is_valid_html() {
    let host = start();
    let client = host.client();
    let sections: Vec<(&str, String)> = ["vote", "echo", "counter", "parrot", "closed"]
        .into_iter()
        .map(|card| {
            let path = format!("/c/{card}/view?as=html");
            let section = client.get(&path).send().expect(200);
            let text = section.text();
            let document = format!(
                "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head><body>{text}</body></html>"
            );
            (card, document)
        })
        .collect();
    let mistakes = mistakes(sections.iter().map(|(card, text)| (*card, text.as_str())));
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn the_validator_sees_what_is_wrong() {
    let document = |body: &str| {
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head><body>{body}</body></html>"
        )
    };
    let check = |body: &str, rule: &str| {
        let found = mistakes([("page", document(body).as_str())]);
        match rule {
            "" => assert!(found.is_empty(), "{body}: {found:?}"),
            _ => assert!(
                found.iter().any(|line| line.contains(rule)),
                "{body}: {found:?}"
            ),
        }
    };
    check("<p>fine</p>", "");
    check("<p><div>block in a paragraph</div></p>", "close-order");
    check("<b id=\"a\">a</b><b id=\"a\">a</b>", "no-dup-id");
    check("<label for=\"nowhere\">a</label>", "no-missing-references");
    check(
        "<a href=\"/\"><button type=\"button\">a</button></a>",
        "element-permitted-content",
    );
    check("<font>a</font>", "deprecated");
    check("<p style=\"color: red\">a</p>", "no-inline-style");
    check("<input type=\"tex\">", "attribute-allowed-values");
}
