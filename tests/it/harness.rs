//! What the tests stand on: that it says what it is told to say, hides nothing
//! of the answer, and does not pass over what is missing.

use quanka_tests::server::Setup;
use quanka_tests::site::Site;
use quanka_tests::{client::Client, paths};

#[test]
fn the_client_shows_what_the_server_said() {
    let site = Site::start();
    let headers = [
        ("location", "/elsewhere"),
        ("set-cookie", "a=1; Path=/; HttpOnly"),
        ("set-cookie", "b=2"),
        ("content-encoding", "gzip"),
    ];
    site.page_with_headers("/", &headers, "not gzip at all");
    let port = site.origin().rsplit(':').next().unwrap().parse().unwrap();
    let client = Client::new(([127, 0, 0, 1], port).into());

    let answer = client.get("/?q").header("x-test", "1").send().expect(200);
    assert_eq!(answer.text(), "not gzip at all");
    assert_eq!(answer.header("location"), "/elsewhere");
    assert_eq!(answer.header("absent"), "");
    assert_eq!(answer.cookies(), "a=1; b=2");
    let missing = client.post("/missing").form(&[("名 &", "a=b")]).send();
    assert_eq!(missing.status, 404);
    assert!(
        client
            .raw(b"GET / HTTP/1.1\r\n\r\n")
            .starts_with(b"HTTP/1.1 200 OK\r\n")
    );
}

#[test]
#[should_panic(expected = "no-such-browser is not installed: `cargo xtask test`")]
fn a_missing_tool_fails_the_test() {
    let _ = paths::tool(&["no-such-browser"]);
}

#[test]
#[should_panic(expected = "no-such-plugin.wasm is not there: run `cargo xtask test`")]
fn a_missing_plugin_fails_the_test() {
    let _ = Setup::new().plugin("no-such-plugin");
}

#[test]
fn a_setup_is_a_file_that_a_person_could_have_written() {
    let site = Site::start();
    let setup = Setup::new()
        .section("sandbox", "render_deadline_ms = 20")
        .site(&site)
        .plugin_file("/srv/poll.wasm".as_ref())
        .card(
            "vote",
            "quanka/poll",
            "state = 'closed'\nconfig.question = '读什么?'",
        )
        .card("old", "quanka/poll", "")
        .without_card("old");
    let expected = format!(
        "[limits]
         acts_per_minute_per_address = 100000
         acts_per_minute_per_reader = 100000
         sign_ons_per_minute_per_address = 100000
         tickets_per_minute_per_reader = 100000
         anonymous_viewers_per_hour_per_address = 100000

         [[publisher]]
         id = 'beike-daily'
         name = '贝壳日报'
         origins = ['{}']

         [[circle]]
         id = 'beike'
         publisher = 'beike-daily'
         name = '贝壳读书圈'

         [sandbox]
         render_deadline_ms = 20

         [[plugin]]
         file = '/srv/poll.wasm'

         [[card]]
         slug = 'vote'
         circle = 'beike'
         plugin = 'quanka/poll'
         state = 'closed'
         config = {{ question = '读什么?' }}",
        site.origin()
    );
    let parsed = |text: &str| text.parse::<toml::Table>().unwrap();
    assert_eq!(parsed(&setup.text()), parsed(&expected));
}
