//! The demo's site signs its sample readers in.

use super::{expect_refused, redeem};
use crate::http::text;
use quanka_tests::client::Client;
use quanka_tests::demo::Demo;

#[test]
fn the_example_site_signs_its_readers_in() {
    let mut demo = Demo::start();
    let ask = |demo: &Demo, reader: &str| {
        let site = Client::new(demo.site());
        site.get(&format!("/token?reader={reader}")).send()
    };
    for (reader, name) in [("anan", "阿南"), ("xiaobei", "小贝"), ("laoxu", "老徐")] {
        let token = ask(&demo, reader).expect(200);
        assert_eq!(token.header("content-type"), "application/jwt");
        assert_eq!(token.header("cache-control"), "no-store");
        let answer = redeem(&demo.client(), "vote", token.text(), "").expect(200);
        assert_eq!(text(&answer.json()["reader"]["name"]), name);
    }
    let unknown = ask(&demo, "nobody").expect(404);
    assert!(
        unknown
            .text()
            .contains("anan, xiaobei, qinghe, shitou, laoxu")
    );

    // Each run has a key of its own.
    let token = ask(&demo, "anan").expect(200);
    demo.restart();
    expect_refused(
        &redeem(&demo.client(), "vote", token.text(), ""),
        "signature",
    );
}
