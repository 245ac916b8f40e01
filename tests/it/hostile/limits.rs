//! Every limit of a call is reached once, and the log names the option that
//! sets it. Limits that have a guest of their own stand in `calls` and `trees`.

use quanka_test_guests::{bytes, guest, manifest};
use quanka_tests::guests::{component, with_manifest, write};
use quanka_tests::server::Host;
use serde_json::json;
use tempfile::TempDir;

use super::{
    act, assert_error, card, fault_of, log_line, log_lines, neighbour_answers, offer, says, setup,
    view,
};

/// A section and its lower limit, the guest that passes it, and what the log
/// says of the fault.
const FAULTS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "sandbox",
        "hostcall_bytes_max = 100000",
        "log_forever",
        "long",
        "sandbox.hostcall_bytes_max",
    ),
    (
        "sandbox",
        "hostcall_bytes_max = 100000",
        "oversized",
        "text",
        "sandbox.hostcall_bytes_max",
    ),
    (
        "sandbox",
        "hostcall_bytes_max = 65536",
        "flood",
        "get-many",
        "sandbox.hostcall_bytes_max",
    ),
    ("view", "nodes_max = 20", "echo", "", "view.nodes_max"),
    ("view", "depth_max = 2", "echo", "", "view.depth_max"),
    (
        "view",
        "text_bytes_max = 1024",
        "oversized",
        "fits",
        "view.text_bytes_max",
    ),
    (
        "state",
        "page_entries_max = 100",
        "flood",
        "get-many",
        "get-many takes up to 100 keys",
    ),
    (
        "state",
        "page_entries_max = 100",
        "flood",
        "scan",
        "the limit of a scan is 1 to 100",
    ),
];

#[test]
fn a_call_that_passes_a_limit_is_a_fault() {
    for (section, limit, guest, how, message) in FAULTS {
        let all = setup().section(section, limit).guest(guest);
        let host = Host::start(&card(all, "greedy", guest, how, "render"));
        let answer = view(&host.client(), "greedy");
        assert_error(&answer, 500, "plugin_fault");
        let fault = fault_of(&host, &answer);
        assert!(
            says(&fault, "message", message),
            "{limit}, {guest} {how}: {fault:#}"
        );
    }
}

/// No compiler makes such a program; see [`bytes::greedy_tables`].
#[test]
fn a_table_that_passes_its_limit_is_a_fault() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("greedy.wasm");
    let greedy = bytes::greedy_tables(&component(&guest("echo")));
    write(&file, &with_manifest(&greedy, &manifest("test/greedy")));
    let all = setup().plugin_file(&file);
    let host = Host::start(&all.card("greedy", "test/greedy", ""));
    let answer = view(&host.client(), "greedy");
    assert_error(&answer, 500, "plugin_fault");
    let fault = fault_of(&host, &answer);
    assert!(
        says(&fault, "message", "sandbox.table_elements_max"),
        "{fault:#}"
    );
    neighbour_answers(&host.client());
}

/// What a plugin keeps: the guest is told, nothing is kept, and the reader
/// hears that the card is full.
const QUOTAS: &[(&str, &str)] = &[
    ("key", "a key has 1 to 128 bytes; this one has 129"),
    (
        "value",
        "a value has up to 65536 bytes; that of `key` has 65538",
    ),
    ("writes", "one action writes up to 256 keys and counters"),
    (
        "bytes",
        "the values one action writes have up to 1048576 bytes together",
    ),
    ("counters", "one action writes up to 256 keys and counters"),
];

#[test]
fn a_plugin_keeps_no_more_than_it_may() {
    let all = QUOTAS
        .iter()
        .fold(setup().guest("hoarder"), |all, (how, _)| {
            card(all, how, "hoarder", how, "handle")
        });
    let host = Host::start(&all);
    let client = host.client();
    for (how, reason) in QUOTAS {
        let token = offer(&view(&client, how).expect(200).json(), "开始");
        let answer = act(&client, how, &token, &json!({}));
        assert_error(&answer, 409, "conflict");
        let id = answer.header("quanka-request").to_owned();
        log_line(&host, &format!("{reason:?}"), |line| {
            line["level"] == "WARN" && line["spans"][0]["id"] == id && says(line, "error", reason)
        });
        let after = view(&client, how).expect(200);
        assert!(after.text().contains("做完 0 次"), "{how}: {after:?}");
    }
    neighbour_answers(&client);
}

/// The same limits, set lower by the operator.
#[test]
fn an_operator_sets_how_much_a_plugin_keeps() {
    let lower = "key_bytes_max = 20
                 value_bytes_max = 2000
                 commit_writes_max = 10
                 commit_bytes_max = 3000
                 page_bytes_max = 3000";
    let all = setup().section("state", lower).guest("hoarder");
    let all = ["key", "value", "writes"]
        .iter()
        .fold(all, |all, how| card(all, how, "hoarder", how, "handle"));
    let host = Host::start(&all);
    let client = host.client();
    for (how, reason) in [
        ("key", "a key has 1 to 20 bytes"),
        ("value", "a value has up to 2000 bytes"),
        ("writes", "one action writes up to 10 keys and counters"),
    ] {
        let token = offer(&view(&client, how).expect(200).json(), "开始");
        assert_error(&act(&client, how, &token, &json!({})), 409, "conflict");
        log_line(&host, reason, |line| says(line, "error", reason));
    }
}

/// Reads have no way to say no: too large a one ends the call.
#[test]
fn a_plugin_reads_no_more_at_once_than_it_may() {
    let all = ["page", "scan"]
        .iter()
        .fold(setup().guest("hoarder"), |all, how| {
            card(all, how, "hoarder", how, "render")
        });
    let host = Host::start(&all);
    for (how, reason) in [
        ("page", "get-many takes up to 256 keys; these are 257"),
        ("scan", "the limit of a scan is 1 to 256, not 257"),
    ] {
        let answer = view(&host.client(), how);
        assert_error(&answer, 500, "plugin_fault");
        let fault = fault_of(&host, &answer);
        assert!(says(&fault, "message", reason), "{fault:#}");
    }
}

#[test]
fn a_log_is_cut_and_the_rest_counted() {
    let short = "hostcalls_max = 500\nlog_lines_max = 7\nlog_bytes_max = 2000";
    for how in ["log", "err", "out", "long"] {
        let all = setup().section("sandbox", short).guest("log_forever");
        let host = Host::start(&card(all, "chatty", "log_forever", how, "render"));
        let answer = view(&host.client(), "chatty");
        assert_error(&answer, 500, "plugin_fault");
        fault_of(&host, &answer);
        let lines = log_lines(&host);
        let said: Vec<&str> = lines
            .iter()
            .filter(|line| line["target"] == "quanka::guest")
            .filter_map(|line| line["message"].as_str())
            .filter(|text| text.contains("another"))
            .collect();
        let of_call = lines
            .iter()
            .filter(|line| line["target"] == "quanka::guest")
            .all(|line| {
                says(&line["span"], "id", "call_")
                    && says(&line["span"], "plugin", "test/log-forever")
            });
        assert!(of_call, "{how}: whose words are these? {lines:#?}");
        let length: usize = said.iter().map(|text| text.len()).sum();
        assert!(said.len() <= 7 && length <= 2000, "{how}: {said:#?}");
        assert_eq!(said.is_empty(), how == "long", "{how}: {said:#?}");
        let rest = lines
            .iter()
            .find(|line| {
                says(
                    line,
                    "message",
                    "sandbox.log_lines_max, sandbox.log_bytes_max",
                )
            })
            .unwrap_or_else(|| panic!("{how}: nothing says that the rest was dropped"));
        assert!(rest["dropped"].as_u64() > Some(1), "{rest}");
    }
}

/// A card that talks too much and then panics is still heard.
#[test]
fn the_last_words_are_kept() {
    let all = setup()
        .section("sandbox", "log_bytes_max = 1024")
        .guest("log_forever");
    let host = Host::start(&card(all, "chatty", "log_forever", "panic", "render"));
    let fault = fault_of(&host, &view(&host.client(), "chatty"));
    assert!(says(&fault, "said", "there is no more to say"), "{fault:#}");
}

/// What the operator refuses: a write is answered with the reason, a read ends
/// the call with it.
#[test]
fn a_capability_that_the_operator_refuses() {
    let files = [("counter", "read"), ("trap", "write")];
    let mut all = setup();
    for (guest, slug) in files {
        let file = quanka_tests::guests::plugin_file(guest);
        let keys = format!("file = '{}'\ndeny = ['state']", file.display());
        all = card(all.entry("plugin", &keys), slug, guest, "", "never");
    }
    let host = Host::start(&all);
    let client = host.client();
    log_line(&host, "what is refused", |line| {
        line["plugin"] == "test/counter@0.1.0" && says(line, "denied", "State")
    });

    let answer = view(&client, "read");
    assert_error(&answer, 500, "plugin_fault");
    let fault = fault_of(&host, &answer);
    let reason = "it used `state`, which the operator refuses this plugin";
    assert!(says(&fault, "message", reason), "{fault:#}");

    let token = offer(&view(&client, "write").expect(200).json(), "开始");
    assert_error(&act(&client, "write", &token, &json!({})), 403, "denied");
    let reason = "the operator refuses this plugin `state`; ask them to allow it";
    log_line(&host, reason, |line| says(line, "error", reason));
    assert!(view(&client, "write").text().contains("做完 0 次"));
    neighbour_answers(&client);
}

/// Drawing is reading: every write is refused, and the guest is told.
#[test]
fn a_plugin_that_writes_while_it_draws() {
    let all = setup().guest("flood");
    let host = Host::start(&card(all, "writer", "flood", "put", "render"));
    assert_error(&view(&host.client(), "writer"), 403, "denied");
    let reason = "render cannot write; do it in handle";
    log_line(&host, reason, |line| says(line, "error", reason));
}

/// What the pool cannot hold is said when the plugin is loaded, once.
#[test]
fn a_plugin_that_does_not_fit_the_pool() {
    for (limit, reason) in [
        (
            "core_instances_per_component_max = 1",
            "core module instances",
        ),
        ("memory_bytes_max = 65536", "memory"),
        ("table_elements_max = 1", "table"),
    ] {
        let host = Host::start(&setup().section("sandbox", limit));
        assert_error(&view(&host.client(), super::NEIGHBOUR), 500, "plugin_fault");
        log_line(&host, reason, |line| {
            line["level"] == "ERROR"
                && says(line, "message", "plugin not loaded, its cards answer 500")
                && says(line, "message", reason)
                && says(line, "message", "[sandbox]")
        });
        let compiled = log_lines(&host)
            .iter()
            .filter(|line| says(line, "message", "compiling again"))
            .count();
        assert_eq!(compiled, 0, "{limit}: {}", host.log());
    }
}
