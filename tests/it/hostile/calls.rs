//! Calls that do not end well: one test a guest, every way of it, when drawn
//! and when acted on.

use quanka_tests::client::{Answer, Client};
use quanka_tests::server::Host;
use serde_json::json;

use super::{
    act_with_key, assert_error, assert_notice, card, fault_of, neighbour_answers_during, offer,
    says, setup, view,
};

/// One way not to behave, and what the host's log says of it.
struct Way {
    how: &'static str,
    /// In the fault's message.
    message: &'static str,
    /// In what the guest said last.
    said: &'static str,
    /// A function's name, in the guest's backtrace.
    frame: &'static str,
}

const fn way(how: &'static str, message: &'static str, frame: &'static str) -> Way {
    Way {
        how,
        message,
        said: "",
        frame,
    }
}

#[test]
fn a_plugin_that_traps() {
    check(
        "trap",
        "",
        &[
            Way {
                how: "panic",
                message: "unreachable",
                said: "the card is out of tea",
                frame: "pour_tea",
            },
            way("unreachable", "unreachable", "unreachable_instruction"),
            way("exit", "it called exit", "exit"),
        ],
    );
}

#[test]
fn a_plugin_that_never_returns() {
    // The keys of both deadlines; the frame is whatever the loop was put in.
    check(
        "endless_loop",
        "render_deadline_ms = 100\nhandle_deadline_ms = 100",
        &[way("", "it ran longer than 100 ms (sandbox.", "quanka")],
    );
}

#[test]
fn a_plugin_that_eats_memory() {
    check(
        "eat_memory",
        "memory_bytes_max = 4194304",
        &[
            Way {
                how: "touch",
                message: "sandbox.memory_bytes_max",
                said: "memory allocation of 1048576 bytes failed",
                frame: "misbehave",
            },
            // Refused for ever, it asks for ever.
            way("grow", "it ran longer than 400 ms (sandbox.", "eat_memory"),
        ],
    );
}

#[test]
fn a_plugin_that_calls_itself() {
    check(
        "recurse",
        "",
        &[
            way("calls", "sandbox.stack_bytes_max", "recurse::calls"),
            way("frames", "out of bounds memory access", "recurse::frames"),
        ],
    );
}

#[test]
fn a_plugin_that_floods_the_host_with_calls() {
    let calls = "it called the host more than 60 times (sandbox.hostcalls_max)";
    // `put` is a write, which is refused when a card is drawn: the guest is told
    // so and gives up; see `limits`.
    check(
        "flood",
        "hostcalls_max = 60",
        &[
            way("get", calls, "flood::Flood"),
            way("get-many", calls, "flood::Flood"),
            way("scan", calls, "flood::Flood"),
            way("tally", calls, "flood::Flood"),
            way("clock", calls, "flood::Flood"),
            way("log", calls, "flood::Flood"),
        ],
    );
}

#[test]
fn a_plugin_that_logs_for_ever() {
    check(
        "log_forever",
        "hostcalls_max = 1000",
        &[
            way("log", "sandbox.hostcalls_max", "misbehave"),
            Way {
                how: "err",
                message: "sandbox.hostcalls_max",
                said: "and another thing, and another thing",
                frame: "misbehave",
            },
            way("out", "sandbox.hostcalls_max", "misbehave"),
            way("long", "sandbox.hostcall_bytes_max", "misbehave"),
        ],
    );
}

/// Every way of a guest, drawn and acted on.
#[track_caller]
fn check(guest: &str, sandbox: &str, ways: &[Way]) {
    let mut all = setup().section("sandbox", sandbox).guest(guest);
    for Way { how, .. } in ways {
        all = card(all, &slug(how, "render"), guest, how, "render");
        all = card(all, &slug(how, "handle"), guest, how, "handle");
    }
    let mut host = Host::start(&all);
    for way in ways {
        drawn(&host, guest, way);
        acted(&host, guest, way);
    }
    let (first, client) = (ways[0].how, host.client());
    let healthy = view(&client, &slug(first, "handle")).expect(200).json();
    let token = offer(&healthy, "开始");
    neighbour_answers_during(&mut host, |client| {
        assert_error(&view(client, &slug(first, "render")), 500, "plugin_fault");
        let acted = press(client, &slug(first, "handle"), &token);
        assert_error(&acted, 500, "plugin_fault");
    });
}

fn drawn(host: &Host, guest: &str, way: &Way) {
    let client = host.client();
    let slug = slug(way.how, "render");
    let answer = view(&client, &slug);
    assert_error(&answer, 500, "plugin_fault");
    assert_fault(host, &answer, guest, "render", way);
    let get = |path: String| client.get(&path).send();
    assert_notice(&get(format!("/c/{slug}/embed")), 500, "plugin_fault");
    assert_notice(&get(format!("/c/{slug}")), 500, "plugin_fault");
}

fn acted(host: &Host, guest: &str, way: &Way) {
    let client = host.client();
    let slug = slug(way.how, "handle");
    let token = offer(&view(&client, &slug).expect(200).json(), "开始");

    let answer = press(&client, &slug, &token);
    assert_error(&answer, 500, "plugin_fault");
    assert_eq!(answer.cookies(), "", "{answer:?}");
    assert_fault(host, &answer, guest, "handle `go`", way);
    // The key is not used up: the same action is tried again.
    assert_error(&press(&client, &slug, &token), 500, "plugin_fault");

    // As a form, by a reader without scripts.
    let page = client.get(&format!("/c/{slug}")).send().expect(200);
    let form = client.post(&form_action(&page)).form(&[("_offer", &token)]);
    assert_notice(&form.send(), 500, "plugin_fault");

    // It wrote before it failed; nothing of that is there.
    let after = view(&client, &slug).expect(200);
    assert!(after.text().contains("做完 0 次"), "{after:?}");
}

#[track_caller]
fn assert_fault(host: &Host, answer: &Answer, guest: &str, during: &str, way: &Way) {
    let fault = fault_of(host, answer);
    let plugin = format!("test/{}@0.1.0", guest.replace('_', "-"));
    assert_eq!(fault["level"], "ERROR", "{fault:#}");
    assert_eq!(fault["plugin"], plugin, "{fault:#}");
    assert_eq!(fault["during"], during, "{fault:#}");
    let call = fault["call"].as_str().unwrap_or_default();
    assert!(call.starts_with("call_") && call.len() > 20, "{fault:#}");
    for (field, text) in [
        ("message", way.message),
        ("said", way.said),
        ("backtrace", way.frame),
    ] {
        assert!(
            says(&fault, field, text),
            "{text:?} in {field} of {fault:#}"
        );
    }
}

/// The same action every time: only the first can be the one that counts.
fn press(client: &Client, slug: &str, token: &str) -> Answer {
    act_with_key(client, slug, token, &json!({}), "the-key-of-one-action-")
}

/// Where the first form of a document leads.
#[track_caller]
fn form_action(page: &Answer) -> String {
    let html = page.text();
    let action = html
        .split("action=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_else(|| panic!("no form in {page:?}"));
    action.replace("&amp;", "&")
}

fn slug(how: &str, mode: &str) -> String {
    match how {
        "" => mode.to_owned(),
        _ => format!("{how}-{mode}"),
    }
}
