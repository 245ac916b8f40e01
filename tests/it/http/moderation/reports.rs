//! What readers report: once, each of them, with what comes of it.

use super::super::circle::{act_as, sign_in, tap};
use super::{Scene, expect_error, path, setup, token};
use quanka_tests::server::PUBLISHER;
use serde_json::json;

#[test]
fn reports_count_once_a_reader_and_enough_of_them_hold_a_post() {
    let scene = Scene::start();
    let post = scene.post("post", "有人不喜欢");
    expect_error(&scene.report(&post, "x", ""), 401, "sign_in_required");
    let long = "长".repeat(201);
    let error = expect_error(
        &scene.report(&post, &long, &scene.member),
        422,
        "input_invalid",
    );
    assert_eq!(error["fields"][0]["name"], "reason");

    let first = scene
        .report(&post, "骂人", &scene.member)
        .expect(200)
        .json();
    assert_eq!(first, json!({"post": post, "repeated": false}));
    let again = scene
        .report(&post, "还是骂人", &scene.member)
        .expect(200)
        .json();
    assert_eq!(again["repeated"], true);
    // One reader, however often, is one report.
    assert_eq!(scene.page(&post, "").status, 200);
    let thanks = scene.page(&post, &scene.member).expect(200);
    assert!(
        thanks.text().contains("你已经举报了这条内容，管理员会来看"),
        "{thanks:?}"
    );
    assert!(!thanks.text().contains("<form"), "{thanks:?}");

    // By the form of the page; as one who was not in the circle when it was
    // written, however many of those there are.
    let page = scene.page(&post, &scene.visitor).expect(200);
    let confirm = token(page.text());
    let client = scene.client();
    let send = |confirm: &str, reason: &str| {
        let request = client.post(&format!("{}/report", path(&post)));
        let request = request.form(&[("confirm", confirm), ("reason", reason)]);
        request.header("cookie", &scene.visitor).send()
    };
    let others = token(scene.page(&post, &scene.keeper).text());
    for wrong in ["", "x", &others] {
        assert_eq!(send(wrong, "广告").status, 400, "{wrong}");
    }
    let refused = send(&confirm, &long).expect(422);
    assert!(
        refused.text().contains("原因要有 1 到 200 个字"),
        "{refused:?}"
    );
    assert!(refused.text().contains(&long), "what was typed is kept");
    let done = send(&confirm, "卖东西").expect(303);
    assert_eq!(done.header("location"), format!("{}#report", path(&post)));

    let told = scene.page(&post, &scene.visitor).expect(200);
    assert!(told.text().contains("有人不喜欢"), "{told:?}");
    let late = sign_in(&scene.host, PUBLISHER, "late");
    act_as(&client, "join", "", &late);
    let anonymous = tap(&client, "做", &json!({"what": "look", "whom": ""}), "");
    for cookies in [&late, &anonymous.expect(200).cookies()] {
        scene.report(&post, "迟来的", cookies).expect(200);
        assert_eq!(scene.page(&post, "").status, 200);
    }
    // Those who keep order see them all.
    let queue = scene.queue(&scene.keeper).expect(200);
    assert_eq!(queue.text().matches("迟来的").count(), 2, "{queue:?}");

    // With a second member's it is held: gone for others, and who reported it is told.
    scene.report(&post, "也觉得", &scene.keeper).expect(200);
    for (who, cookies) in scene.everybody() {
        let page = scene.page(&post, cookies);
        let status = if who == "nobody" { 404 } else { 200 };
        assert_eq!(page.status, status, "{who}: {page:?}");
        let sees = ["author", "keeper", "owner"].contains(&who);
        assert_eq!(page.text().contains("有人不喜欢"), sees, "{who}");
    }
    let told = scene.page(&post, &scene.visitor).expect(200);
    assert!(told.text().contains("它现在不再显示"), "{told:?}");
    let own = scene.page(&post, &scene.author).expect(200);
    assert!(own.text().contains("有读者举报"), "{own:?}");
    // Reasons are for those who keep order, and nobody's names.
    let queue = scene.queue(&scene.keeper).expect(200);
    for expected in ["骂人", "卖东西", "也觉得", "有人不喜欢"] {
        assert!(queue.text().contains(expected), "{expected} in {queue:?}");
        assert_eq!(own.text().contains(expected), expected == "有人不喜欢");
    }
    // Looked at, it takes new reports, of the same readers too, and old ones
    // count no more.
    scene
        .decide(&[("post", &post), ("verdict", "approve")], &scene.keeper)
        .expect(303);
    assert_eq!(scene.page(&post, "").status, 200);
    let page = scene.page(&post, &scene.member).expect(200);
    assert!(page.text().contains("<form"), "{page:?}");
    scene.report(&post, "", &scene.keeper).expect(200);
    assert_eq!(scene.page(&post, "").status, 200);
    let again = scene.report(&post, "又来", &scene.member).expect(200);
    assert_eq!(again.json()["repeated"], false);
    assert_eq!(scene.page(&post, "").status, 404);

    // Whoever wrote it can take it away without that.
    let own = scene.post("post", "自己的");
    let refused = scene.report(&own, "不该发", &scene.author);
    expect_error(&refused, 403, "denied");
    let page = scene.page(&own, &scene.author).expect(200);
    assert!(!page.text().contains("<form"), "{page:?}");

    // What is not there for the reader cannot be reported.
    let held = scene.post("post", "广告 二则");
    let private = scene.post("post-private", "秘密");
    for post in [&held, &private, "p_x", "%FF", ""] {
        let answer = scene.report(post, "x", &scene.member);
        assert_eq!(answer.status, 404, "{post}: {answer:?}");
    }
}

#[test]
fn one_reader_reports_so_often_an_hour_and_nobody_from_elsewhere() {
    let setup = setup().section("limits", "reports_per_hour_per_reader = 2");
    let scene = Scene::of(&setup);
    let post = scene.post("post", "一句话");
    for status in [200, 200, 429] {
        let answer = scene.report(&post, "x", &scene.member);
        assert_eq!(answer.status, status, "{answer:?}");
    }
    expect_error(
        &scene.report(&post, "x", &scene.member),
        429,
        "rate_limited",
    );
    // The limit is that reader's.
    let other = scene.post("post", "另一句");
    scene.report(&other, "x", &scene.keeper).expect(200);
    // Cross-site, and of a type that a form of another site can send.
    let client = scene.client();
    let report = |headers: &[(&str, &str)]| {
        let request = client.post(&format!("{}/report", path(&post)));
        let request = request.body("{}").header("cookie", &scene.owner);
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        request.send().status
    };
    let json = ("content-type", "application/json");
    assert_eq!(report(&[json, ("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(report(&[json, ("origin", "https://evil.example")]), 403);
    assert_eq!(report(&[("content-type", "text/plain")]), 415);
    // By two reports it would be held.
    assert_eq!(scene.page(&post, "").status, 200);
}
