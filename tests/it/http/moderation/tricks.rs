//! The ways around those who keep order, all closed.

use super::super::{act, key, offer};
use super::{PUBLISHER, QUEUE, Scene, TOKEN, act_as, expect_error, path, sign_in, text, token};
use super::{get, setup};
use serde_json::json;

/// Whether everybody sees what was posted.
#[track_caller]
fn is_public(scene: &Scene, post: &str) -> bool {
    let page = scene.page(post, "");
    assert!([200, 404].contains(&page.status), "{page:?}");
    page.status == 200
}

#[test]
fn however_a_word_is_written_it_is_found() {
    let scene = Scene::of(&setup().section(
        "moderation",
        "words_hold = ['广告', '發票', 'spam', '微信号']",
    ));
    let table = [
        ("天气真好", true),
        // What only looks like it.
        ("推广 方案告一段落", true),
        ("出发。票在我这里", true),
        ("spamalot 很好看", true),
        // As it is, and the other way to write its characters.
        ("广告", false),
        ("廣告", false),
        ("代开发票", false),
        ("代開發票", false),
        ("加薇，不，加微信號", false),
        // Width.
        ("ｓｐａｍ", false),
        ("SpAm", false),
        ("𝓼𝓹𝓪𝓶", false),
        ("⒮⒫⒜⒨ ⓢⓟⓐⓜ", false),
        // Spaces and signs.
        ("广 告", false),
        ("广\u{3000}告", false),
        ("广\u{a0}\u{2003}告", false),
        ("广.告 广-告 广★告", false),
        ("广\n告", true),
        ("微\n信\n号", false),
        ("s p a m", false),
        ("s.p.a.m s-p-a-m", false),
        ("广广告告", false),
        // What is not seen.
        ("广\u{200b}告", false),
        ("广\u{200d}\u{2060}告", false),
        ("广\u{feff}告", false),
        ("广\u{ad}告", false),
        ("广\u{202e}告", false),
        ("sp\u{200c}am", false),
        ("s\u{301}pam", false),
        ("广\u{fe0f}告", false),
        ("广\u{e0041}告", false),
    ];
    for (words, expected) in table {
        let post = scene.post("post", words);
        assert_eq!(is_public(&scene, &post), expected, "{words:?}");
    }
}

#[test]
fn wherever_a_word_stands_it_is_found() {
    let scene = Scene::start();
    let good = scene.post("post", "今晚在哪跑?");
    let reply = format!("reply {good}");
    for (what, words, expected) in [
        ("tag", "跑步", true),
        ("tag", "广告", false),
        ("tag", "#廣 告", false),
        ("item", "跑鞋", true),
        ("item", "广 告 牌", false),
        ("link", "https://shop.example/shoes", true),
        ("link", "https://shop.example/%E8%B7%91", true),
        ("link", "https://shop.example/广告", false),
        ("link", "https://shop.example/%E5%B9%BF%E5%91%8A", false),
        ("link", "https://shop.example/?q=%e5%bb%a3%E5%91%8A", false),
        ("link", "https://广告.example/", false),
        (&reply, "公园", true),
        (&reply, "广告", false),
    ] {
        let post = scene.post(what, words);
        assert_eq!(is_public(&scene, &post), expected, "{what} {words}");
        // Where others would read it among others, it is not either.
        let circle = get(&scene.client(), "/circles/club", "").expect(200);
        let page = scene.page(&good, "").expect(200);
        for page in [circle.text(), page.text()] {
            assert!(
                expected || !page.contains(words),
                "{what} {words} in {page}"
            );
        }
    }
    // Where nothing unseen is wanted, it does not get that far.
    for words in ["#廣\u{200b}告", "广\u{202e}告"] {
        let refused = act_as(&scene.client(), "tag", words, &scene.author);
        assert_eq!(refused["outcome"], "Invalid", "{words:?}");
    }
    // A reply to what is held is none.
    let held = scene.post("post", "广告");
    let client = scene.client();
    let answer = act_as(&client, &format!("reply {held}"), "好", &scene.author);
    assert_eq!(answer["outcome"], "NotFound");
}

#[test]
fn an_edit_is_looked_at_as_a_post_is() {
    let scene = Scene::start();
    let edit = |post: &str, words: &str| scene.post(&format!("edit {post}"), words);
    let approve =
        |post: &str| scene.decide(&[("post", post), ("verdict", "approve")], &scene.keeper);
    // After it was let through, and after it was never held.
    let approved = scene.post("post", "广告 一则");
    approve(&approved).expect(303);
    assert!(is_public(&scene, &approved));
    for post in [
        approved,
        scene.post("post", "一句话"),
        scene.post("post-private", "广告"),
    ] {
        edit(&post, "廣 告 二则");
        assert!(!is_public(&scene, &post));
        // Without the word, it still waits for whoever was called.
        edit(&post, "没有什么");
        assert!(!is_public(&scene, &post));
        approve(&post).expect(303);
        assert!(is_public(&scene, &post));
    }
    let rejected = scene.rejected();
    edit(&rejected, "改好了");
    assert!(!is_public(&scene, &rejected));
    // Nobody edits what is another's, not even to make it better.
    for cookies in [&scene.member, &scene.visitor, &scene.keeper] {
        let done = act_as(&scene.client(), &format!("edit {rejected}"), "x", cookies);
        assert!(
            ["Denied", "NotFound"].contains(&text(&done["outcome"])),
            "{done}"
        );
    }
}

#[test]
fn what_was_looked_at_is_what_is_let_through() {
    let scene = Scene::start();
    let client = scene.client();
    let post = scene.post("post", "广告 温和的");
    let page = scene.queue(&scene.keeper).expect(200);
    let seen = super::version(page.text(), &[("post", &post)]);
    // Meanwhile its author writes something else.
    scene.post(&format!("edit {post}"), "广告 难看的");
    let confirm = token(page.text());
    let send = |version: &str| {
        let fields = [
            ("post", &*post),
            ("verdict", "approve"),
            ("version", version),
            ("confirm", &confirm),
        ];
        client
            .post(QUEUE)
            .form(&fields)
            .header("cookie", &scene.keeper)
            .send()
    };
    let refused = send(&seen).expect(409);
    for expected in ["这条内容刚刚变了", "广告 难看的"] {
        assert!(
            refused.text().contains(expected),
            "{expected} in {refused:?}"
        );
    }
    assert_eq!(send("").status, 400);
    // Nor by a card's button, which carries what was seen there.
    let by_card = act_as(&client, "approve", &post, &scene.keeper);
    assert_eq!(by_card["outcome"], "Conflict");
    let by_token = |version: u64| {
        let request = client.post(&format!("/api/v1{}/review", path(&post)));
        let request = request.json(&json!({"verdict": "approve", "version": version}));
        request
            .header("authorization", &format!("Bearer {TOKEN}"))
            .send()
    };
    expect_error(&by_token(seen.parse().unwrap()), 409, "conflict");
    assert!(!is_public(&scene, &post));
    let queue = format!("/api/v1{QUEUE}");
    let queue = client
        .get(&queue)
        .header("authorization", &format!("Bearer {TOKEN}"));
    let queue = queue.send().expect(200).json();
    let version = queue["posts"][0]["version"].as_u64().unwrap();
    by_token(version).expect(200);
    assert!(is_public(&scene, &post));
}

#[test]
fn nobody_lets_their_own_words_through() {
    let scene = Scene::start();
    let client = scene.client();
    let held = scene.post("post", "广告 一则");
    // By the card, by the page with a token of their own, by a replayed form.
    for cookies in [&scene.author, &scene.member, &scene.visitor] {
        for what in ["approve", "put-first"] {
            assert_eq!(act_as(&client, what, &held, cookies)["outcome"], "Denied");
        }
    }
    let other = scene.post("post", "一句话");
    let confirm = token(scene.page(&other, &scene.keeper).text());
    let fields = [
        ("post", &*held),
        ("verdict", "approve"),
        ("version", "0"),
        ("confirm", &confirm),
    ];
    let by = |circle: &str, cookies: &str| {
        let request = client
            .post(&format!("/circles/{circle}/moderation"))
            .form(&fields);
        request.header("cookie", cookies).send().status
    };
    assert_eq!(by("club", &scene.author), 400, "a keeper's form");
    // Who keeps order elsewhere does not here.
    let theirs = sign_in(&scene.host, PUBLISHER, "chief");
    for cookies in [&theirs, &scene.member] {
        let confirm = token(scene.page(&other, cookies).text());
        let fields = [
            ("post", &*held),
            ("verdict", "approve"),
            ("version", "0"),
            ("confirm", &confirm),
        ];
        let request = client.post(QUEUE).form(&fields).header("cookie", cookies);
        assert_eq!(request.send().status, 403);
        assert_eq!(get(&client, QUEUE, cookies).status, 403);
    }
    assert!(!is_public(&scene, &held));
    assert_eq!(scene.page(&held, &theirs).status, 404);
}

#[test]
fn who_may_not_speak_does_not_by_what_they_could_before() {
    let scene = Scene::start();
    let client = scene.client();
    let post = scene.post("post", "一句话");
    let member = act_as(&client, "tell", "", &scene.author);
    let member = text(&member["member"]).to_owned();
    // An offer that was taken before is taken again: it is the same post.
    let view = client.get("/c/club/view").send().expect(200).json();
    let inputs = json!({"what": "post", "whom": "只发一次"});
    let body = json!({"offer": offer(&view, "做"), "inputs": inputs, "key": key("once")});
    let send = || {
        act(&client, "club", &body)
            .header("cookie", &scene.author)
            .send()
    };
    let first = send().expect(200).json();
    for (what, outcomes) in [
        ("mute", ["Denied", "Denied"]),
        ("ban", ["Denied", "Denied"]),
    ] {
        act_as(&client, what, &member, &scene.keeper);
        // What was answered is answered again, and posts nothing.
        assert_eq!(
            send().expect(200).json()["outcome"]["event"],
            first["outcome"]["event"]
        );
        for (act, expected) in [format!("edit {post}"), "post".to_owned()]
            .iter()
            .zip(outcomes)
        {
            let done = act_as(&client, act, "又来", &scene.author);
            assert_eq!(done["outcome"], expected, "{act} after {what}");
        }
        let circle = get(&client, "/circles/club", "").expect(200);
        assert_eq!(circle.text().matches("只发一次").count(), 1, "{circle:?}");
        assert!(!circle.text().contains("又来"), "{circle:?}");
    }
    // A report is everybody's, but its limits are too.
    let other = act_as(&client, "post", "别人的", &scene.member);
    let other = text(&other["outcome"]).to_owned();
    for repeated in [false, true] {
        let answer = scene.report(&other, "x", &scene.author).expect(200).json();
        assert_eq!(answer["repeated"], repeated);
    }
    assert!(is_public(&scene, &other));
}
