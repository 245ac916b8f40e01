//! Room to run in: a plugin that takes all of its own is told to wait, and its
//! neighbour has the rest.

use std::sync::Barrier;
use std::thread;

use quanka_tests::client::{Answer, Client};
use quanka_tests::eventually;
use quanka_tests::server::Host;

use super::{
    assert_error, assert_notice, assert_overloaded, card, log_line, neighbour_answers,
    neighbour_answers_during, says, setup, view,
};

const CARD: &str = "loop";
const LOOPS: [&str; 4] = [CARD, "loop-2", "loop-3", "loop-4"];

/// One call of the plugin holds its only place; those that come meanwhile wait
/// a little and are sent away.
#[test]
fn a_plugin_has_so_many_places_and_no_more() {
    let places = "instances_per_plugin_max = 1\npermit_wait_ms = 20\nrender_deadline_ms = 1000";
    let mut host = Host::start(&looping(places));
    let answers = at_once(&host.client(), LOOPS, || neighbour_answers(&host.client()));
    let (ran, sent_away): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == 500);
    assert_eq!(ran.len(), 1, "{answers:#?}");
    assert_error(ran[0], 500, "plugin_fault");
    sent_away.into_iter().for_each(assert_overloaded);
    log_line(&host, "why they were sent away", |line| {
        line["plugin"] == "test/endless-loop@0.1.0"
            && says(line, "message", "sandbox.instances_per_plugin_max")
    });
    assert!(host.is_running());
}

/// All plugins together have so many: then it is everybody's turn to wait.
#[test]
fn the_host_has_so_many_places_and_no_more() {
    let places = "instances_max = 1\npermit_wait_ms = 20\nrender_deadline_ms = 1000";
    let host = Host::start(&looping(places));
    let answers = at_once(&host.client(), LOOPS, || {});
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 500).count(),
        1
    );
    for answer in answers.iter().filter(|answer| answer.status != 500) {
        assert_overloaded(answer);
    }
    log_line(&host, "why they were sent away", |line| {
        says(line, "message", "sandbox.instances_max")
    });
    neighbour_answers(&host.client());
}

/// Who asks for the very same view needs no place of their own, and gets its
/// error too.
#[test]
fn those_who_ask_for_one_view_share_one_place() {
    let places = "instances_per_plugin_max = 1\npermit_wait_ms = 20\nrender_deadline_ms = 1000";
    let host = Host::start(&looping(places));
    let answers = at_once(&host.client(), [CARD; 4], || {});
    for answer in &answers {
        assert_error(answer, 500, "plugin_fault");
    }
    let faults = host.log().matches("sandbox.render_deadline_ms").count();
    assert!(faults < answers.len(), "{faults} renders: {}", host.log());
}

#[test]
fn a_plugin_that_used_up_its_running_time_waits() {
    let budget = "cpu_ms_per_second_per_plugin = 1\ncpu_burst_ms = 100\nrender_deadline_ms = 200";
    let mut host = Host::start(&looping(budget));
    let client = host.client();
    assert_error(&view(&client, CARD), 500, "plugin_fault");
    // 100 ms below zero, at 1 ms a second.
    let answer = view(&client, CARD);
    assert_overloaded(&answer);
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((50..=2_000).contains(&seconds), "{answer:?}");
    let embedded = client.get(&format!("/c/{CARD}/embed")).send();
    assert_notice(&embedded, 503, "overloaded");
    assert_ne!(embedded.header("retry-after"), "");
    log_line(&host, "which time is used up", |line| {
        line["plugin"] == "test/endless-loop@0.1.0"
            && says(line, "message", "sandbox.cpu_ms_per_second_per_plugin")
    });
    neighbour_answers_during(&mut host, |client| {
        assert_overloaded(&view(client, CARD));
    });
}

/// The time is the publisher's: its other cards wait too, those of another
/// publisher do not.
#[test]
fn a_publisher_that_used_up_its_running_time_waits() {
    let budget =
        "cpu_ms_per_second_per_publisher = 1\ncpu_burst_ms = 500\nrender_deadline_ms = 700";
    let all = setup()
        .section("sandbox", budget)
        .guest("endless_loop")
        .entry("publisher", "id = 'other'\nname = '别家'\norigins = []")
        .entry(
            "circle",
            "id = 'other'\npublisher = 'other'\nname = '别家的圈子'",
        );
    let all = card(all, "patient", "endless_loop", "", "never");
    let host = Host::start(
        &all.card(
            CARD,
            "test/endless-loop",
            "circle = 'other'\nconfig.mode = 'render'",
        )
        .card("beside", "test/endless-loop", "circle = 'other'"),
    );
    let client = host.client();
    view(&client, "beside").expect(200);
    assert_error(&view(&client, CARD), 500, "plugin_fault");
    assert_overloaded(&view(&client, CARD));
    assert_overloaded(&view(&client, "beside"));
    log_line(&host, "which time is used up", |line| {
        says(line, "message", "sandbox.cpu_ms_per_second_per_publisher")
    });
    view(&client, "patient").expect(200);
    neighbour_answers(&client);
}

#[test]
fn a_request_takes_so_long_and_no_longer() {
    let slow = "render_deadline_ms = 20000\nhandle_deadline_ms = 20000";
    let mut host = Host::start(&looping(slow).section("server", "request_timeout_ms = 300"));
    assert_overloaded(&view(&host.client(), CARD));
    log_line(&host, "why it ended", |line| {
        line["level"] == "WARN" && says(line, "message", "server.request_timeout_ms")
    });
    // Its guest has ended with it: two cores for four attackers would not do.
    neighbour_answers_during(&mut host, |client| {
        assert_overloaded(&view(client, CARD));
    });
}

/// What a guest used counts although nobody waited for the end of it.
#[test]
fn an_abandoned_call_is_charged_all_the_same() {
    let budget = "cpu_ms_per_second_per_plugin = 1\ncpu_burst_ms = 100\nrender_deadline_ms = 20000";
    let host = Host::start(&looping(budget).section("server", "request_timeout_ms = 300"));
    let client = host.client();
    // How much it gets done in its time depends on what else the machine does.
    eventually("its running time to be used up", || {
        assert_overloaded(&view(&client, CARD));
        host.log()
            .contains("sandbox.cpu_ms_per_second_per_plugin")
            .then_some(())
    });
    neighbour_answers(&client);
}

fn looping(sandbox: &str) -> quanka_tests::server::Setup {
    let all = setup().guest("endless_loop").section("sandbox", sandbox);
    LOOPS.into_iter().fold(all, |all, slug| {
        card(all, slug, "endless_loop", "", "render")
    })
}

/// Asks for the cards from a thread each in the same moment, and does
/// something `meanwhile`.
fn at_once(client: &Client, cards: [&str; 4], meanwhile: impl FnOnce()) -> Vec<Answer> {
    let start = Barrier::new(cards.len() + 1);
    thread::scope(|scope| {
        let asked: Vec<_> = cards
            .map(|card| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    view(client, card)
                })
            })
            .into_iter()
            .collect();
        start.wait();
        meanwhile();
        let answers = asked
            .into_iter()
            .map(|asker| asker.join().expect("asking does not fail"));
        answers.collect()
    })
}
