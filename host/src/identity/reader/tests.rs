use super::*;
use crate::identity::testing::{keys, one_key};

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

/// Ids are stored: these may never change. Computed apart from this code.
#[test]
fn ids_are_what_they_always_were() {
    let keys = one_key();
    let reader = derive_anonymous(
        &keys,
        &"vote".parse().unwrap(),
        &key("q8Zt0m5cR1uXw2Yb7NfA3g"),
    );
    insta::assert_snapshot!(reader, @"a_poVSolbTwdgGt2--NC89dQ");
    insta::assert_snapshot!(member_id(&keys, &"beike".parse().unwrap(), &reader), @"m_TJ9Ln6E0us2uGohxI_gsgQ");
    let person = |generation| {
        let publisher = "beike-daily".parse().unwrap();
        derive_person(&keys, &publisher, "u-1001", generation)
    };
    insta::assert_snapshot!(person(0), @"p_rs5L7hbBySh7GC6C604fJA");
    insta::assert_snapshot!(person(1), @"p_wzHFzcjebkDfDd8li-NBRQ");
    assert!(!person(0).is_anonymous());
}

#[test]
fn an_anonymous_reader_is_a_function_of_card_and_key() {
    let keys_here = one_key();
    let derive = |keys: &Keys, card: &str, text: &str| {
        derive_anonymous(keys, &card.parse().unwrap(), &key(text))
    };
    let [a, b] = ["q8Zt0m5cR1uXw2Yb7NfA3g", "q8Zt0m5cR1uXw2Yb7NfA3h"];
    let reader = derive(&keys_here, "vote", a);
    assert_eq!(derive(&keys_here, "vote", a), reader);
    assert_ne!(derive(&keys_here, "vote", b), reader);
    assert_ne!(derive(&keys_here, "poll", a), reader);
    assert!(reader.is_anonymous());
    // Readers stay the same when the signing key does not.
    let rotated = keys(&[("k1", 1, "retired 2026-01-01T00:00:00Z"), ("k2", 2, "")]);
    assert_eq!(derive(&rotated, "vote", a), reader);
}

#[test]
fn circles_know_a_reader_by_unrelated_names() {
    let keys = one_key();
    let member = |circle: &str, reader: &str| {
        let reader = ReaderId::parse(reader).unwrap();
        member_id(&keys, &circle.parse().unwrap(), &reader)
    };
    let [one, other] = ["a_AAAAAAAAAAAAAAAAAAAAAA", "a_AAAAAAAAAAAAAAAAAAAAAB"];
    let here = member("beike", one);
    assert_eq!(member("beike", one), here);
    assert_ne!(member("shudu", one), here);
    assert_ne!(member("beike", other), here);
    assert!(here.as_str().starts_with("m_"), "{here}");
    assert_eq!(here.as_str().len(), 24);
}

#[test]
fn reads_ids_of_one_shape_only() {
    fn check(text: &str, expected: Result<&str, NotAReader>) {
        let read = ReaderId::parse(text);
        assert_eq!(
            read.as_ref().map(ReaderId::as_str).map_err(|e| *e),
            expected,
            "for {text:?}"
        );
        let json = serde_json::from_value::<ReaderId>(text.into());
        assert_eq!(json.is_ok(), expected.is_ok(), "as JSON: {text:?}");
    }
    for good in ["a_AAAAAAAAAAAAAAAAAAAAAA", "p_09azAZ-_09azAZ-_09azAZ"] {
        check(good, Ok(good));
    }
    for bad in [
        "",
        "a_",
        "a",
        "_AAAAAAAAAAAAAAAAAAAAAA",
        "A_AAAAAAAAAAAAAAAAAAAAAA",
        "ab_AAAAAAAAAAAAAAAAAAAAAA",
        "a_AAAAAAAAAAAAAAAAAAAAA",
        "a_AAAAAAAAAAAAAAAAAAAAAAA",
        "a_AAAAAAAAAAAAAAAAAAAAA=",
        "a_AAAAAAAAAAAAAAAAAAAAA.",
        "a_AAAAAAAAAAAAAAAAAAAA\u{e9}",
        " a_AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        check(bad, Err(NotAReader));
    }
}
