//! Limits by address, and which address that is.

use super::{POLL, act, expect_error, key, polls, vote_offer};
use quanka_tests::client::{Answer, Client};
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use serde_json::json;

/// A vote, from behind what a proxy says of it.
#[track_caller]
fn voted(client: &Client, name: &str, forwarded_for: &str, cookies: &str) -> Answer {
    let offer = vote_offer(client, "vote");
    let body = json!({"offer": offer, "inputs": {"choice": "a"}, "key": key(name)});
    act(client, "vote", &body)
        .header("x-forwarded-for", forwarded_for)
        .header("cookie", cookies)
        .send()
}

#[track_caller]
fn expect_limited(answer: &Answer, at_most_s: u64) {
    let error = expect_error(answer, 429, "rate_limited");
    let ms = error["retry_after_ms"].as_u64().unwrap_or_default();
    assert!(0 < ms && ms <= at_most_s * 1000, "{error}");
    let seconds = answer.header("retry-after").parse::<u64>();
    assert_eq!(seconds.ok(), Some(ms.div_ceil(1000)), "{answer:?}");
    assert_eq!(answer.cookies(), "");
}

fn limited(keys: &str, hops: usize) -> Host {
    let setup: Setup = polls()
        .section("limits", keys)
        .section("server", &format!("trusted_proxy_hops = {hops}"));
    Host::start(&setup)
}

#[test]
fn one_address_may_act_so_often_a_minute() {
    let host = limited("acts_per_minute_per_address = 3", 0);
    let client = host.client();
    for name in ["one", "two", "three"] {
        let _ = voted(&client, name, "", "").expect(200);
    }
    // 20 seconds apart, evenly.
    expect_limited(&voted(&client, "four", "", ""), 20);
    // What a client says of its own address is nothing.
    expect_limited(&voted(&client, "four", "203.0.113.9", ""), 20);
    // A repeat is an action sent, too; reading is free.
    expect_limited(&voted(&client, "one", "", ""), 20);
    let _ = client.get("/c/vote/view").send().expect(200);

    // A form gets a document, and the same header.
    let form = client
        .post("/c/vote/act")
        .form(&[("choice", "a")])
        .send()
        .expect(429);
    assert_eq!(form.header("content-type"), "text/html; charset=utf-8");
    assert!(
        form.header("retry-after")
            .parse::<u64>()
            .is_ok_and(|s| s <= 20),
        "{form:?}"
    );
}

#[test]
fn behind_a_trusted_proxy_every_client_has_its_own_allowance() {
    let host = limited("acts_per_minute_per_address = 2", 1);
    let client = host.client();
    let (ada, bo) = ("203.0.113.1", "203.0.113.2");
    let _ = voted(&client, "one", ada, "").expect(200);
    let _ = voted(&client, "two", ada, "").expect(200);
    expect_limited(&voted(&client, "three", ada, ""), 30);
    let _ = voted(&client, "four", bo, "").expect(200);
    // The proxy appends; what stands before that, the client made up.
    expect_limited(&voted(&client, "five", &format!("{bo}, {ada}"), ""), 30);
}

#[test]
fn one_address_brings_so_many_new_readers_an_hour() {
    let host = limited("anonymous_viewers_per_hour_per_address = 2", 0);
    let client = host.client();
    let first = voted(&client, "one", "", "").expect(200);
    let _ = voted(&client, "two", "", "").expect(200);
    expect_limited(&voted(&client, "three", "", ""), 1800);
    expect_limited(&voted(&client, "three", "203.0.113.9", ""), 1800);
    // Who is known goes on, and so does a lost answer's retry.
    let _ = voted(&client, "four", "", &first.cookies()).expect(200);
    assert_eq!(
        voted(&client, "two", "", "").expect(200).json()["repeated"],
        true
    );
    let view = client.get("/c/vote/view").send().expect(200).json();
    assert_eq!(view["summary"], "2 人参与");
}

#[test]
fn a_refused_action_brings_no_new_reader() {
    let host = limited("anonymous_viewers_per_hour_per_address = 1", 0);
    let client = host.client();
    let offer = vote_offer(&client, "vote");
    for name in ["one", "two", "three"] {
        let body = json!({"offer": offer, "inputs": {"choice": "x"}, "key": key(name)});
        expect_error(&act(&client, "vote", &body).send(), 422, "input_invalid");
    }
    let _ = voted(&client, "four", "", "").expect(200);
}

#[test]
fn one_reader_may_act_so_often_wherever_they_are() {
    let host = limited("acts_per_minute_per_reader = 3", 1);
    let client = host.client();
    let first = voted(&client, "one", "203.0.113.1", "").expect(200);
    let cookies = first.cookies();
    for (name, address) in [("two", "203.0.113.2"), ("three", "203.0.113.3")] {
        let _ = voted(&client, name, address, &cookies).expect(200);
    }
    // The first brought no session: it is not counted for its reader.
    let _ = voted(&client, "four", "203.0.113.4", &cookies).expect(200);
    expect_limited(&voted(&client, "five", "203.0.113.5", &cookies), 20);
    // Others at the same address go on, and so does reading.
    let _ = voted(&client, "six", "203.0.113.5", "").expect(200);
    let own = client.get("/c/vote/view?me=1").header("cookie", &cookies);
    let _ = own.send().expect(200);
}

#[test]
fn one_publishers_rush_leaves_room_for_the_others() {
    let setup = polls()
        .section("limits", "acts_per_second_per_publisher = 1")
        .entry("publisher", "id = 'news'\nname = '新闻'")
        .entry("circle", "id = 'news'\npublisher = 'news'\nname = '新闻圈'")
        .card(
            "elsewhere",
            "quanka/poll",
            &format!("circle = 'news'\n{POLL}"),
        );
    let host = Host::start(&setup);
    let client = host.client();
    // However slow the machine, one of many at once is too many.
    let rush: Vec<Answer> = std::thread::scope(|scope| {
        let voting: Vec<_> = (0..8)
            .map(|number| {
                let client = &client;
                scope.spawn(move || voted(client, &format!("vote {number}"), "", ""))
            })
            .collect();
        voting
            .into_iter()
            .map(|vote| vote.join().expect("it is answered"))
            .collect()
    });
    let limited = rush.iter().find(|answer| answer.status != 200);
    expect_limited(limited.expect("one is too many"), 1);
    assert!(rush.iter().any(|answer| answer.status == 200));
    let offer = vote_offer(&client, "elsewhere");
    let body = json!({"offer": offer, "inputs": {"choice": "a"}, "key": key("elsewhere")});
    let _ = act(&client, "elsewhere", &body).send().expect(200);
}

#[test]
fn one_address_may_read_so_often_where_it_is_limited() {
    let host = limited("reads_per_minute_per_address = 3", 1);
    let client = host.client();
    let get =
        |path: &str, address: &str| client.get(path).header("x-forwarded-for", address).send();
    let ada = "2001:db8:1:2::1";
    for path in ["/c/vote", "/c/vote/embed", "/c/vote/view"] {
        let _ = get(path, ada).expect(200);
    }
    // All of a /64 is one address.
    expect_limited(&get("/c/vote/view", "[2001:db8:1:2:ffff::9]:1234"), 20);
    expect_limited(&get("/live?cards=vote", ada), 20);
    let page = client.get("/c/vote").header("x-forwarded-for", ada);
    let page = page.header("accept", "text/html").send().expect(429);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("retry-after"), "20");
    let _ = get("/c/vote/view", "2001:db8:1:3::1").expect(200);
    // Scripts and health are free.
    for path in ["/embed/v1.js", "/embed/card.css", "/livez", "/readyz"] {
        let _ = get(path, ada).expect(200);
    }
}

#[test]
fn one_address_signs_so_many_readers_in_a_minute() {
    let daily = Publisher::new(PUBLISHER);
    let setup = polls()
        .publisher(&daily)
        .section("limits", "sign_ons_per_minute_per_address = 3")
        .section("server", "trusted_proxy_hops = 1");
    let host = Host::start(&setup);
    let client = host.client();
    let (ada, bo) = ("203.0.113.1", "203.0.113.2");
    let sign_on = |jwt: &str, address: &str| {
        let body = json!({"jwt": jwt, "card": "vote"});
        let request = client.post("/session").json(&body);
        request.header("x-forwarded-for", address).send()
    };
    let erasure = |address: &str| {
        let request = client.post("/api/v1/publishers/beike-daily/erasures");
        let request = request.header("x-forwarded-for", address);
        request
            .header("authorization", "Bearer x")
            .body("{}")
            .send()
    };
    let token = || daily.token(&host.origin(), "reader-1", "安安");
    // Good or bad, there is a signature to check; so there is for an erasure.
    let _ = sign_on(&token(), ada).expect(200);
    expect_error(&sign_on("x", ada), 401, "token_invalid");
    expect_error(&erasure(ada), 401, "token_invalid");
    let waiting = token();
    expect_limited(&sign_on(&waiting, ada), 20);
    expect_limited(&erasure(ada), 20);
    // What was only too early is not used up.
    let _ = sign_on(&waiting, bo).expect(200);
}

#[test]
fn one_readers_session_is_handed_on_so_often_a_minute() {
    let host = limited("tickets_per_minute_per_reader = 2", 1);
    let client = host.client();
    let [one, other] = ["one", "other"].map(|name| voted(&client, name, "", "").cookies());
    let ticket = |cookies: &str, address: &str| {
        let body = json!({"action": "account"});
        let request = client.post("/session/ticket").json(&body);
        let request = request.header("x-forwarded-for", address);
        request.header("cookie", cookies).send()
    };
    for address in ["203.0.113.1", "203.0.113.2"] {
        let _ = ticket(&one, address).expect(200);
    }
    expect_limited(&ticket(&one, "203.0.113.3"), 30);
    let _ = ticket(&other, "203.0.113.1").expect(200);
}

#[test]
fn one_reader_takes_their_data_along_so_often_an_hour() {
    let host = limited("exports_per_hour_per_reader = 2", 1);
    let client = host.client();
    let [one, other] = ["one", "other"].map(|name| voted(&client, name, "", "").cookies());
    let get = |path: &str, cookies: &str, address: &str| {
        let request = client.get(path).header("x-forwarded-for", address);
        request.header("cookie", cookies).send()
    };
    for address in ["203.0.113.1", "203.0.113.2"] {
        let _ = get("/me/export", &one, address).expect(200);
    }
    let refused = get("/me/export", &one, "203.0.113.3");
    expect_limited(&refused, 1800);
    // It is not kept as the file that was asked for.
    assert_eq!(refused.header("content-disposition"), "");
    // Their page is still there, and so is everybody else.
    let _ = get("/me", &one, "203.0.113.1").expect(200);
    let _ = get("/me/export", &other, "203.0.113.1").expect(200);
}
