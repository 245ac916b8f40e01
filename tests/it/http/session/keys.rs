//! Publishers' key sets at an address: fetched when needed, again when a key is
//! new, and not more often than allowed.

use super::{expect_refused, redeem};
use crate::http::{expect_error, polls};
use quanka_tests::eventually;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use quanka_tests::site::Site;
use serde_json::{Value, json};

/// The polls, their publisher's key set at the site.
fn setup(site: &Site, options: &str) -> Setup {
    let url = site.url("/jwks.json");
    polls()
        .section("identity", options)
        .entry(
            "publisher",
            &format!("id = 'evening'\nname = '晚报'\njwks_url = '{url}'"),
        )
        .entry(
            "circle",
            "id = 'evening'\npublisher = 'evening'\nname = '晚报圈'",
        )
        .card(
            "elsewhere",
            "quanka/poll",
            &format!("circle = 'evening'\n{}", crate::http::POLL),
        )
        .publisher(&Publisher::new(PUBLISHER))
}

fn publish(site: &Site, keys: &[Value]) {
    let set = json!({ "keys": keys }).to_string();
    site.file("/jwks.json", "application/json", set);
}

#[test]
fn keys_are_rotated_without_telling_the_host() {
    let site = Site::start();
    let host = Host::start(&setup(&site, "jwks_retry_s = 1"));
    let client = host.client();
    let (old, new) = (
        Publisher::with_key("evening", "2026-10"),
        Publisher::with_key("evening", "2026-11"),
    );
    let sign_in = |publisher: &Publisher| {
        let token = publisher.token(&host.origin(), "reader-1", "安安");
        redeem(&client, "elsewhere", &token, "")
    };
    // The address does not answer yet; other publishers do not mind.
    expect_error(&sign_in(&old), 503, "keys_unavailable");
    host.expect_log("it answers 404 Not Found");
    let daily = Publisher::new(PUBLISHER).token(&host.origin(), "r", "小北");
    redeem(&client, "vote", &daily, "").expect(200);

    publish(&site, &[old.jwk()]);
    eventually("the first set", || {
        (sign_in(&old).status == 200).then_some(())
    });
    expect_refused(&sign_in(&new), "`kid` is that of no key");
    publish(&site, &[old.jwk(), new.jwk()]);
    eventually("the new key", || {
        (sign_in(&new).status == 200).then_some(())
    });
    sign_in(&old).expect(200);
    // The old key is taken back; it goes with the next fetch, which a token of
    // a third key brings about.
    publish(&site, &[new.jwk()]);
    let third = Publisher::with_key("evening", "2026-12");
    eventually("the old key's end", || {
        sign_in(&third).expect(401);
        (sign_in(&old).status == 401).then_some(())
    });
    sign_in(&new).expect(200);
}

#[test]
fn the_last_good_set_counts_while_its_address_fails() {
    let site = Site::start();
    let publisher = Publisher::with_key("evening", "k1");
    publish(&site, &[publisher.jwk()]);
    let options = "jwks_refresh_s = 1\njwks_retry_s = 1\njwks_age_max_s = 4";
    let host = Host::start(&setup(&site, options));
    let client = host.client();
    let sign_in = || {
        let token = publisher.token(&host.origin(), "reader-1", "安安");
        redeem(&client, "elsewhere", &token, "")
    };
    sign_in().expect(200);
    site.file("/jwks.json", "text/html", "<h1>Sorry</h1>");
    eventually("a fetch that fails", || {
        sign_in().expect(200);
        let said = "what it answers is not a JSON Web Key Set";
        host.log().contains(said).then_some(())
    });
    eventually("the end of the last good set", || {
        (sign_in().status == 503).then_some(())
    });
    publish(&site, &[publisher.jwk()]);
    eventually("a good set again", || {
        (sign_in().status == 200).then_some(())
    });
}
