use std::collections::BTreeSet;

use super::*;
use crate::identity::testing::one_key;

const GOOD: &str = "q8Zt0m5cR1uXw2Yb7NfA3g";

fn inputs(pairs: &[(&str, &[&str])]) -> Inputs {
    pairs
        .iter()
        .map(|(name, values)| {
            let values = values.iter().map(ToString::to_string).collect();
            (name.to_string(), values)
        })
        .collect()
}

#[test]
fn a_key_comes_in_the_body_or_the_header() {
    fn check(body: Option<&str>, header: Option<&str>, expected: Result<&str, KeyRefused>) {
        let found = IdempotencyKey::of_request(body, header);
        let found = found.as_ref().map(IdempotencyKey::as_str).map_err(|e| *e);
        assert_eq!(found, expected, "for body {body:?}, header {header:?}");
    }
    let other = "q8Zt0m5cR1uXw2Yb7NfA3h";
    let quoted = format!("\"{GOOD}\"");
    check(Some(GOOD), None, Ok(GOOD));
    check(None, Some(GOOD), Ok(GOOD));
    check(None, Some(&quoted), Ok(GOOD));
    check(Some(GOOD), Some(GOOD), Ok(GOOD));
    check(Some(GOOD), Some(&quoted), Ok(GOOD));
    check(None, None, Err(KeyRefused::Missing));
    check(Some(GOOD), Some(other), Err(KeyRefused::Differ));
    check(Some(""), Some(GOOD), Err(KeyRefused::Differ));
    check(Some("short"), None, Err(KeyRefused::Shape));
    check(None, Some("\""), Err(KeyRefused::Shape));
    check(Some(&quoted), None, Err(KeyRefused::Shape));
}

#[test]
fn a_key_has_room_for_128_bits() {
    fn check(text: &str, expected: bool) {
        assert_eq!(IdempotencyKey::parse(text).is_ok(), expected, "{text:?}");
    }
    check(GOOD, true);
    check("0123456789abcdef0123456789abcdef", true);
    check("8e03978e-40d5-43e8-bc93-6894a57f9324", true);
    check(&"x".repeat(22), true);
    check(&"x".repeat(64), true);
    check("", false);
    check(&"x".repeat(21), false);
    check(&"x".repeat(65), false);
    check(&format!("{GOOD}="), false);
    check(&format!("{GOOD} "), false);
    check(&format!("{GOOD}/"), false);
    check(&format!("{GOOD}é"), false);
    check(&format!("{GOOD}\0"), false);
}

#[test]
fn reads_only_stamps_it_could_have_written() {
    let stamp = FormStamp::new("9f2c41d07ab3e655", [7; 16]);
    insta::assert_snapshot!(stamp, @"9f2c41d07ab3e655.BwcHBwcHBwcHBwcHBwcHBw");
    assert_eq!(FormStamp::parse(&stamp.to_string()), Ok(stamp.clone()));
    assert_eq!(stamp.version(), "9f2c41d07ab3e655");
    let long = "9".repeat(65);
    for bad in [
        "",
        ".",
        "9f2c41d07ab3e655",
        "9f2c41d07ab3e655.",
        ".BwcHBwcHBwcHBwcHBwcHBw",
        "9f2c41d07ab3e655.BwcHBwcHBwcHBwcHBwcHBw==",
        "9f2c41d07ab3e655.BwcHBwcHBwcHBwcHBwcHB",
        "9f2c41d07ab3e655.BwcHBwcHBwcHBwcHBwcHBwcH",
        "9f2c41d07ab3e655.BwcHBwcHBwcHBwcHBwcHBx",
        "9f2c41d07ab3e655.BwcHBwcHBwcHBwcHBwcH w",
        &format!("{long}.BwcHBwcHBwcHBwcHBwcHBw"),
    ] {
        assert_eq!(FormStamp::parse(bad), Err(StampRefused), "for {bad:?}");
    }
}

/// Everything that must tell two forms apart does, and nothing else.
#[test]
fn a_form_is_a_repeat_only_from_the_same_document_with_the_same_inputs() {
    let keys = one_key();
    let [reader, other] = ["a_AAAAAAAAAAAAAAAAAAAAAA", "a_AAAAAAAAAAAAAAAAAAAAAB"]
        .map(|id| ReaderId::parse(id).unwrap());
    let key = |reader: Option<&ReaderId>, offer: &str, choice: &str, v: (&str, u8)| {
        let stamp = FormStamp::new(v.0, [v.1; 16]);
        form_key(
            &keys,
            reader,
            offer,
            &inputs(&[("choice", &[choice])]),
            &stamp,
        )
    };
    let first = key(None, "offer", "a", ("version", 1));
    assert_eq!(
        first,
        key(None, "offer", "a", ("version", 1)),
        "a second tap"
    );
    assert_eq!(
        IdempotencyKey::parse(first.as_str()),
        Ok(first.clone()),
        "a form's key is a key"
    );
    for (what, differs) in [
        (
            "another reader without a session",
            key(None, "offer", "a", ("version", 2)),
        ),
        ("a changed mind", key(None, "offer", "b", ("version", 1))),
        ("another button", key(None, "offer2", "a", ("version", 1))),
        ("a newer view", key(None, "offer", "a", ("version2", 1))),
        (
            "a reader with a session",
            key(Some(&reader), "offer", "a", ("version", 1)),
        ),
    ] {
        assert_ne!(differs, first, "{what}");
    }
    assert_ne!(
        key(Some(&reader), "offer", "a", ("version", 1)),
        key(Some(&other), "offer", "a", ("version", 1)),
        "two readers given one document by a careless cache"
    );
}

/// A, B, A, B: the version comes round, the documents do not.
#[test]
fn changing_ones_mind_for_the_second_time_is_no_repeat() {
    let keys = one_key();
    let reader = ReaderId::parse("a_AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let taps = [
        ("b", "none"),
        ("a", "b-leads"),
        ("b", "a-leads"),
        ("a", "b-leads"),
    ];
    let made: BTreeSet<IdempotencyKey> = taps
        .iter()
        .zip(1..)
        .map(|((choice, version), document)| {
            let stamp = FormStamp::new(version, [document; 16]);
            let inputs = inputs(&[("choice", &[choice])]);
            form_key(&keys, Some(&reader), "offer", &inputs, &stamp)
        })
        .collect();
    assert_eq!(made.len(), taps.len());
}

#[test]
fn a_digest_tells_every_two_bodies_apart() {
    let bodies = [
        ("o", inputs(&[])),
        ("p", inputs(&[])),
        ("o", inputs(&[("a", &[])])),
        ("o", inputs(&[("a", &[""])])),
        ("o", inputs(&[("a", &["b"])])),
        ("o", inputs(&[("a", &["b", "c"])])),
        ("o", inputs(&[("a", &["c", "b"])])),
        ("o", inputs(&[("a", &["bc"])])),
        ("o", inputs(&[("a", &["bc", ""])])),
        ("o", inputs(&[("ab", &["c"])])),
        ("o", inputs(&[("a", &["b"]), ("c", &[])])),
        ("o", inputs(&[("a", &[]), ("b", &["c"])])),
        ("oa", inputs(&[("", &["b"])])),
    ];
    let digests: BTreeSet<[u8; 32]> = bodies
        .iter()
        .map(|(offer, inputs)| body_digest(offer, inputs))
        .collect();
    assert_eq!(digests.len(), bodies.len());
    assert_eq!(
        body_digest("o", &inputs(&[("a", &["b"]), ("c", &["d"])])),
        body_digest("o", &inputs(&[("c", &["d"]), ("a", &["b"])])),
        "order of names"
    );
}
