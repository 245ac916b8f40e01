//! Views that are none: every malformation, everything too large. Each is found
//! by the check, answered as a fault and reported with the node.

use quanka_test_guests::guest;
use quanka_tests::server::{Host, Setup};

use super::{
    assert_error, assert_notice, card, fault_of, neighbour_answers_during, says, setup, view,
};

/// Every way of `malformed`, and what its author reads in the log.
const MALFORMED: &[(&str, &str)] = &[
    ("no-nodes", "it has no nodes"),
    ("empty-title", "the view: title is empty"),
    (
        "too-few-children",
        "node 0 (column): the tree ends where 2 more",
    ),
    (
        "two-roots",
        "node 1 (text): it stands behind the end of the tree",
    ),
    (
        "children-overflow",
        "node 1 (column): the tree ends where 4294967295",
    ),
    (
        "leaf-with-children",
        "node 0 (divider): its kind has no children",
    ),
    (
        "input-outside-form",
        "node 0 (input \"line\"): it stands outside a form",
    ),
    (
        "nested-form",
        "node 2 (form): it stands inside another form",
    ),
    (
        "form-without-button",
        "node 0 (form): a form holds at least one button",
    ),
    (
        "name-twice",
        "node 2 (input \"line\"): another input of the form",
    ),
    (
        "bad-input-name",
        "name \"Line!\" must be a lower-case letter",
    ),
    (
        "bad-offer-name",
        "the offer's name \"Go!\" must be a lower-case letter",
    ),
    ("share-nan", "node 0 (meter): share is NaN"),
    ("share-infinite", "node 0 (meter): share is inf"),
    ("share-above-one", "node 0 (meter): share is 1.5"),
    ("share-negative", "node 0 (meter): share is -0.5"),
    (
        "heading-level",
        "node 0 (heading): level is 7; it must be 1 to 4",
    ),
    (
        "grid-columns",
        "the number of columns is 0; it must be 1 to 6",
    ),
    (
        "javascript-url",
        "url \"javascript:alert(1)\" must begin with https:",
    ),
    (
        "http-url",
        "url \"http://example.com/\" must begin with https:",
    ),
    (
        "image-data-url",
        "source \"data:image/png;base64,AAAA\" must begin",
    ),
    ("empty-alt", "node 0 (image): alt is empty"),
    (
        "no-options",
        "the number of options is 0; it must be 1 to 256",
    ),
    ("option-twice", "options[1].value repeats options[0].value"),
    ("impossible-choice", "node 1 (choice \"choice\"): min is 2"),
    (
        "control-character",
        "label has the control character U+0000",
    ),
];

/// Every way of `oversized`, and the option that it passes if there is one.
const OVERSIZED: &[(&str, &str)] = &[
    ("nodes", "view.nodes_max"),
    ("text", "view.text_bytes_max"),
    ("texts", "node 256 (text): "),
    ("title", "view.text_bytes_max"),
    ("deep", "view.depth_max"),
    (
        "options",
        "the number of options is 1000; it must be 1 to 256",
    ),
    ("payload", "view.text_bytes_max"),
];

#[test]
fn a_plugin_that_draws_malformed_trees() {
    check("malformed", MALFORMED, "fine");
}

#[test]
fn a_plugin_that_draws_too_much() {
    check("oversized", OVERSIZED, "fits");
}

/// Every way of a guest; `good` is the one that is well-formed.
#[track_caller]
fn check(name: &str, table: &[(&str, &str)], good: &str) {
    let mut tested: Vec<&str> = table.iter().map(|(how, _)| *how).collect();
    tested.push(good);
    assert_eq!(tested, guest(name).ways, "every way needs its line here");

    let base: Setup = setup().guest(name);
    let all = tested
        .iter()
        .fold(base, |all, how| card(all, how, name, how, ""));
    let mut host = Host::start(&all);
    let client = host.client();
    for (how, message) in table {
        let answer = view(&client, how);
        assert_error(&answer, 500, "plugin_fault");
        let fault = fault_of(&host, &answer);
        assert!(says(&fault, "message", message), "{message:?} in {fault:#}");
        assert_eq!(fault["plugin"], format!("test/{name}@0.1.0"), "{fault:#}");
        let embedded = client.get(&format!("/c/{how}/embed")).send();
        assert_notice(&embedded, 500, "plugin_fault");
    }
    view(&client, good).expect(200);
    neighbour_answers_during(&mut host, |client| {
        for (how, _) in &table[..2] {
            assert_error(&view(client, how), 500, "plugin_fault");
        }
    });
}
