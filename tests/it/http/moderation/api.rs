//! `/api/v1`: a publisher's server keeps order in its circles, and in no other's.

use super::{Scene, TOKEN, expect_error, path, setup, text};
use quanka_tests::client::{Answer, Client};
use serde_json::{Value, json};

const QUEUE: &str = "/api/v1/circles/club/moderation";

fn get(client: &Client, path: &str, token: &str) -> Answer {
    let request = client.get(path);
    request
        .header("authorization", &format!("Bearer {token}"))
        .send()
}

fn post(client: &Client, path: &str, token: &str, body: &Value) -> Answer {
    let request = client.post(path).json(body);
    request
        .header("authorization", &format!("Bearer {token}"))
        .send()
}

fn of(post: &str, what: &str) -> String {
    format!("/api/v1/circles/club/posts/{post}/{what}")
}

#[test]
fn a_publisher_sees_the_queue_and_decides() {
    let scene = Scene::start();
    let client = scene.client();
    let held = scene.post("post", "广告 一则");
    let reported = scene.post("post", "被举报的");
    scene.report(&reported, "骂人", &scene.member).expect(200);
    let queue = get(&client, QUEUE, TOKEN).expect(200);
    assert_eq!(queue.header("cache-control"), "no-store");
    let queue = queue.json();
    assert_eq!(
        (&queue["circle"], &queue["next"]),
        (&json!("club"), &Value::Null)
    );
    let (first, second) = (&queue["posts"][0], &queue["posts"][1]);
    assert_eq!(
        (&first["id"], &first["status"]),
        (&json!(held), &json!("held"))
    );
    assert_eq!(first["author"]["name"], "author");
    assert_eq!(first["url"], scene.host.url(&path(&held)));
    assert_eq!(
        (&second["id"], &second["status"]),
        (&json!(reported), &json!("published"))
    );
    assert_eq!(second["reports"][0]["reason"], "骂人");
    // Who reported is nobody's to know.
    assert_eq!(second["reports"][0].as_object().unwrap().len(), 2);

    let page = get(&client, &format!("{QUEUE}?limit=1"), TOKEN)
        .expect(200)
        .json();
    let next = format!("{QUEUE}?limit=1&after={}", text(&page["next"]));
    let page = get(&client, &next, TOKEN).expect(200).json();
    assert_eq!(page["posts"][0]["id"], reported);
    for wrong in ["limit=0", "limit=51", "limit=x", "after=x"] {
        let answer = get(&client, &format!("{QUEUE}?{wrong}"), TOKEN);
        expect_error(&answer, 400, "bad_request");
    }

    let approved = post(
        &client,
        &of(&held, "review"),
        TOKEN,
        &json!({"verdict": "approve", "version": 0}),
    );
    assert_eq!(
        approved.expect(200).json(),
        json!({"circle": "club", "post": held, "status": "published", "featured": false})
    );
    assert_eq!(scene.page(&held, "").status, 200);
    let again = post(
        &client,
        &of(&held, "review"),
        TOKEN,
        &json!({"verdict": "approve", "version": 0}),
    );
    expect_error(&again, 409, "conflict");
    let reject = json!({"verdict": "reject", "reason": "不在这里骂人"});
    let rejected = post(&client, &of(&reported, "review"), TOKEN, &reject).expect(200);
    assert_eq!(rejected.json()["status"], "rejected");
    let own = scene.page(&reported, &scene.author).expect(200);
    assert!(own.text().contains("不在这里骂人"), "{own:?}");
    let bare = client
        .post(&of(&held, "feature"))
        .header("authorization", &format!("Bearer {TOKEN}"));
    assert_eq!(bare.send().expect(200).json()["featured"], true);
    let off = post(
        &client,
        &of(&held, "feature"),
        TOKEN,
        &json!({"featured": false}),
    );
    assert_eq!(off.expect(200).json()["featured"], false);
    let removed = post(
        &client,
        &of(&held, "remove"),
        TOKEN,
        &json!({"reason": "旧了"}),
    );
    assert_eq!(removed.expect(200).json()["status"], "removed");
    assert_eq!(scene.page(&held, "").status, 410);
    let queue = get(&client, QUEUE, TOKEN).expect(200).json();
    assert_eq!(queue["posts"], json!([]));
}

#[test]
fn a_foreign_token_a_session_and_a_forged_id_open_nothing() {
    let scene = Scene::start();
    let client = scene.client();
    let held = scene.post("post", "广告 一则");
    let private = scene.post("post-private", "秘密");
    let approve = json!({"verdict": "approve", "version": 0});
    let bodies = [
        ("review", &approve),
        ("remove", &json!({})),
        ("feature", &json!({})),
    ];
    for token in ["", "x", "daily-toke", &super::digest(TOKEN)] {
        expect_error(&get(&client, QUEUE, token), 401, "token_invalid");
        for (what, body) in bodies {
            let answer = post(&client, &of(&held, what), token, body);
            expect_error(&answer, 401, "token_invalid");
        }
    }
    // A session is no token, not even the owner's.
    let request = client.get(QUEUE).header("cookie", &scene.owner);
    expect_error(&request.send(), 401, "token_invalid");
    // Another publisher's: the circle is not there; nor is its post in their own.
    let foreign = "evening-token";
    expect_error(&get(&client, QUEUE, foreign), 404, "circle_unknown");
    for (what, body) in bodies {
        let answer = post(&client, &of(&held, what), foreign, body);
        expect_error(&answer, 404, "circle_unknown");
        let in_theirs = format!("/api/v1/circles/elsewhere/posts/{held}/{what}");
        let answer = post(&client, &in_theirs, foreign, body);
        expect_error(&answer, 404, "post_unknown");
        for id in [&*private, "p_x", &"x".repeat(600)] {
            let answer = post(&client, &of(id, what), TOKEN, body);
            expect_error(&answer, 404, "post_unknown");
        }
        let answer = post(
            &client,
            &format!("/api/v1/circles/no/posts/{held}/{what}"),
            TOKEN,
            body,
        );
        expect_error(&answer, 404, "circle_unknown");
    }
    for body in [
        json!({}),
        json!({"verdict": "maybe"}),
        json!({"verdict": "reject"}),
        json!({"verdict": "approve"}),
        json!({"verdict": "approve", "version": 0, "reason": "x"}),
        json!({"verdict": "approve", "version": 0, "more": 1}),
        json!([]),
    ] {
        let answer = post(&client, &of(&held, "review"), TOKEN, &body);
        expect_error(&answer, 400, "bad_request");
    }
    let long = json!({"verdict": "reject", "reason": "长".repeat(201)});
    expect_error(
        &post(&client, &of(&held, "review"), TOKEN, &long),
        422,
        "input_invalid",
    );
    // What is held is not put first.
    expect_error(
        &post(&client, &of(&held, "feature"), TOKEN, &json!({})),
        404,
        "post_unknown",
    );
    let queue = get(&client, QUEUE, TOKEN).expect(200).json();
    assert_eq!(queue["posts"][0]["id"], held, "it still waits");
}

#[test]
fn a_token_decides_no_more_once_its_circle_is_anothers() {
    let scene = Scene::of(&setup());
    let client = scene.client();
    let held = scene.post("post", "广告 一则");
    let offer = client
        .post("/api/v1/circles/club/transfer")
        .json(&json!({"to": "evening"}));
    offer.header("cookie", &scene.owner).send().expect(202);
    let path = "/api/v1/circles/club/transfer/accept";
    post(&client, path, "evening-token", &json!({"owner": "chief"})).expect(200);
    expect_error(&get(&client, QUEUE, TOKEN), 404, "circle_unknown");
    let approve = json!({"verdict": "approve", "version": 0});
    let answer = post(&client, &of(&held, "review"), TOKEN, &approve);
    expect_error(&answer, 404, "circle_unknown");
    post(&client, &of(&held, "review"), "evening-token", &approve).expect(200);
}
