//! The list of circles, a circle's own page, and a circle that changes hands.

mod transfer;

use super::circle::{act_as, club, sign_in};
use super::{expect_error, text};
use quanka_tests::client::Client;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use serde_json::Value;

fn circles() -> Setup {
    let entry = |id: &str, rest: &str| format!("id = '{id}'\npublisher = '{PUBLISHER}'\n{rest}");
    club("open")
        .section("directory", "page_circles_max = 2\nrefresh_s = 0")
        .entry(
            "circle",
            &entry("film", "name = '午夜電影院'\ntopics = ['电影']"),
        )
        .entry(
            "circle",
            &entry(
                "cook",
                "name = 'Home Cooks'\nintro = '一起做饭，也聊电影。'",
            ),
        )
}

#[track_caller]
fn found(client: &Client, query: &str) -> (Vec<String>, Value) {
    let path = format!("/circles?as=json&{query}");
    let answer = client.get(&path).send().expect(200).json();
    let circles = answer["circles"].as_array().into_iter().flatten();
    let ids = circles.map(|one| text(&one["id"]));
    (ids.map(str::to_owned).collect(), answer)
}

#[test]
fn circles_are_found_by_words_topics_and_in_pages() {
    let host = Host::start(&circles());
    let client = host.client();
    #[track_caller]
    fn check(client: &Client, query: &str, expected: &[&str]) {
        assert_eq!(found(client, query).0, expected, "{query}");
    }
    // 电影, 電影, homw, 夜跑, 钓鱼
    check(&client, "q=%E7%94%B5%E5%BD%B1", &["film", "cook"]);
    check(&client, "q=%E9%9B%BB%E5%BD%B1", &["film", "cook"]);
    check(&client, "q=cokos", &["cook"]);
    check(&client, "q=%E5%A4%9C%E8%B7%91", &["club"]);
    check(&client, "q=%E9%92%93%E9%B1%BC", &[]);
    check(&client, "topic=%E7%94%B5%E5%BD%B1", &["film"]);

    let reader = sign_in(&host, PUBLISHER, "reader");
    act_as(&client, "join", "", &reader);
    let (first, answer) = found(&client, "sort=activity");
    assert_eq!(first[0], "club");
    assert_eq!(answer["total"], 4);
    let circle = &answer["circles"][0];
    assert_eq!(
        (&circle["members"], &circle["present"]),
        (&1.into(), &1.into())
    );
    let next = answer["next"].as_str().unwrap().to_owned();
    let path = next.strip_prefix(&host.origin()).unwrap();
    let second = client.get(path).send().expect(200).json();
    assert_eq!(second["circles"].as_array().unwrap().len(), 2);
    assert_eq!(second["next"], Value::Null);
    let ids = |answer: &Value| {
        let circles = answer["circles"].as_array().unwrap().iter();
        circles.map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    assert!(ids(&answer).iter().all(|id| !ids(&second).contains(id)));

    for wrong in ["sort=name", "page=0", "page=x"] {
        let answer = client.get(&format!("/circles?as=json&{wrong}")).send();
        expect_error(&answer, 400, "bad_request");
    }
    let accept = client.get("/circles").header("accept", "application/json");
    assert_eq!(accept.send().expect(200).json()["page"], 1);
}

#[test]
fn the_pages_need_no_script_and_speak_two_languages() {
    let host = Host::start(&circles());
    let client = host.client();
    let nasty = "%22%3E%3Ci%3E";
    for (path, expected) in [
        (
            "/circles",
            &["找圈子", "夜跑团", "href=\"/circles/club\""][..],
        ),
        ("/circles?lang=en", &["Find a circle", "Next"]),
        (&format!("/circles?q={nasty}"), &["没有找到"]),
        (
            "/circles/club",
            &["夜跑团", "href=\"/c/club\"", "谁都可以加入"],
        ),
        ("/circles/club?lang=en", &["Everybody can join", "Cards"]),
    ] {
        let page = client.get(path).send().expect(200);
        for expected in expected {
            assert!(page.text().contains(expected), "{expected} in {page:?}");
        }
        assert!(!page.text().contains("<script"), "{page:?}");
        assert!(!page.text().contains("<i>"), "{page:?}");
        assert!(!page.text().contains("/transfer"), "{page:?}");
    }
    let unknown = client.get("/circles/nobody").send().expect(404);
    assert!(unknown.text().contains("没有这个圈子"), "{unknown:?}");
}
