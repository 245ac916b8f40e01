//! A host's life as its operator sees it: started, stopped, killed, started
//! again, on the same data and the same port.

use quanka_tests::server::{Host, Setup};

#[test]
fn starts_stops_and_starts_again() {
    let mut host = Host::start(&Setup::new());
    let origin = host.origin();
    let client = host.client();
    client.get("/livez").send().expect(200);

    let status = host.terminate();
    assert_eq!(status.code(), Some(0), "{}", host.log());
    assert!(!host.is_running());
    assert!(client.get("/livez").try_send().is_err());

    host.restart();
    assert_eq!(host.origin(), origin);
    client.get("/livez").send().expect(200);

    host.kill();
    host.restart();
    client.get("/livez").send().expect(200);
}

#[test]
#[should_panic(expected = "render_deadline_s")]
fn a_host_that_does_not_start_says_why() {
    let _ = Host::start(&Setup::new().section("sandbox", "render_deadline_s = 1"));
}
