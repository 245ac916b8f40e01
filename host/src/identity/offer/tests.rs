use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::identity::testing::{at, keys, mutations, one_key};
use crate::view::inputs::Rule;

const NOW: &str = "2026-01-02T03:04:05Z";

fn card(slug: &str) -> CardSlug {
    slug.parse().unwrap()
}

fn reader(last: char) -> ReaderId {
    ReaderId::parse(&format!("a_AAAAAAAAAAAAAAAAAAAAA{last}")).unwrap()
}

fn vote() -> Offer {
    let choice = InputDeclaration {
        name: "choice".into(),
        rule: Rule::Choice {
            options: vec!["a".into(), "b".into()],
            min: 1,
            max: 1,
        },
    };
    let offer = ActionOffer {
        name: "vote".into(),
        payload: r#"{"round":3}"#.into(),
        audience: Audience::SignedIn,
        once: Once::PerViewer,
        confirm: Some("确定吗?".into()),
    };
    Offer::new(&card("vote"), &At::default(), &offer, &[choice], None)
}

fn to(reader: ReaderId) -> Offer {
    Offer {
        reader: Some(reader),
        ..vote()
    }
}

fn body_of(token: &str) -> String {
    let body = token.split('.').nth(2).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
}

/// Offers in readers' hands must be good after an upgrade: this token may gain
/// fields, but an old one must always be read.
#[test]
fn a_token_is_what_it_always_was() {
    let token = sign(&one_key(), &vote());
    insta::assert_snapshot!(token, @"v1.k1.eyJjIjoidm90ZSIsIm4iOiJ2b3RlIiwicCI6IntcInJvdW5kXCI6M30iLCJhIjoic2lnbmVkLWluIiwibyI6InBlci12aWV3ZXIiLCJpIjpbeyJuIjoiY2hvaWNlIiwiciI6eyJjIjp7Im8iOlsiYSIsImIiXSwiYSI6MSwieiI6MX19fV19.ErmYhWGUiA5A5J2wnqjpUA");
    insta::assert_snapshot!(body_of(&token), @r#"{"c":"vote","n":"vote","p":"{\"round\":3}","a":"signed-in","o":"per-viewer","i":[{"n":"choice","r":{"c":{"o":["a","b"],"a":1,"z":1}}}]}"#);
    insta::assert_snapshot!(body_of(&sign(&one_key(), &to(reader('A')))), @r#"{"c":"vote","n":"vote","p":"{\"round\":3}","a":"signed-in","o":"per-viewer","i":[{"n":"choice","r":{"c":{"o":["a","b"],"a":1,"z":1}}}],"r":"a_AAAAAAAAAAAAAAAAAAAAAA"}"#);
    let plain = Offer {
        payload: String::new(),
        inputs: Vec::new(),
        audience: Audience::Anyone,
        once: Once::PerTap,
        ..vote()
    };
    let elsewhere = Offer {
        at: At::parse("tag/跑步").unwrap(),
        ..plain.clone()
    };
    insta::assert_snapshot!(body_of(&sign(&one_key(), &elsewhere)), @r#"{"c":"vote","n":"vote","a":"anyone","o":"per-tap","t":"tag/跑步"}"#);
    insta::assert_snapshot!(body_of(&sign(&one_key(), &plain)), @r#"{"c":"vote","n":"vote","a":"anyone","o":"per-tap"}"#);
}

#[test]
fn an_offer_comes_back_to_its_card_and_reader() {
    fn check(offer: &Offer, to: &str, from: Option<&ReaderId>, expected: Result<(), OfferError>) {
        let keys = one_key();
        let token = sign(&keys, offer);
        let found = verify(&keys, &token, &card(to), from, at(NOW));
        let expected = expected.map(|()| offer.clone());
        assert_eq!(found, expected, "to {to} from {from:?}");
    }
    let [a, b] = [reader('A'), reader('B')];
    check(&vote(), "vote", None, Ok(()));
    check(&vote(), "vote", Some(&a), Ok(()));
    check(&vote(), "poll", None, Err(OfferError::OtherCard));
    check(&vote(), "vote2", None, Err(OfferError::OtherCard));
    let mine = to(a.clone());
    check(&mine, "vote", Some(&a), Ok(()));
    check(&mine, "vote", Some(&b), Err(OfferError::NotYours));
    check(&mine, "vote", None, Err(OfferError::NotYours));
    check(&mine, "poll", Some(&a), Err(OfferError::OtherCard));
}

#[test]
fn a_changed_token_is_refused() {
    let keys = one_key();
    let token = sign(&keys, &vote());
    let mut tried = 0;
    for mutation in mutations(&token) {
        let found = verify(&keys, &mutation, &card("vote"), None, at(NOW));
        assert!(found.is_err(), "for {mutation:?}");
        tried += 1;
    }
    assert!(tried > 1000, "only {tried} changes tried");
}

#[test]
fn says_what_is_wrong_with_a_token() {
    let token = sign(&one_key(), &vote());
    let parts: Vec<&str> = token.split('.').collect();
    let [_, _, body, tag] = parts[..] else {
        panic!("{token}")
    };
    let check = |token: &str, expected: OfferError| {
        let found = verify(&one_key(), token, &card("vote"), None, at(NOW));
        assert_eq!(found, Err(expected), "for {token:?}");
    };
    for malformed in [
        "",
        "...",
        "v1.k1",
        body,
        &format!("v2.k1.{body}.{tag}"),
        &format!("V1.k1.{body}.{tag}"),
        &format!("v1.k1.{body}"),
        &format!("v1.k1.{body}.{body}.{tag}"),
        &format!("v1.k1.{body}.{tag}="),
        // A MAC of one byte would match one time in 256.
        &format!("v1.k1.{body}."),
        &format!("v1.k1.{body}.AA"),
        &format!("v1.k1.{body}.{tag}{tag}"),
    ] {
        check(malformed, OfferError::Malformed);
    }
    for unknown in [
        &format!("v1.k2.{body}.{tag}"),
        &format!("v1..{body}.{tag}"),
        &format!("v1.K1.{body}.{tag}"),
    ] {
        check(unknown, OfferError::UnknownKey);
    }
    for forged in [
        &format!("v1.k1.{body}.AAAAAAAAAAAAAAAAAAAAAA"),
        &format!("v1.k1..{tag}"),
        &format!("v1.k1.{body}A.{tag}"),
        &sign(&keys(&[("k1", 2, "")]), &vote()),
    ] {
        check(forged, OfferError::Forged);
    }
}

#[test]
fn nothing_else_this_host_signs_is_an_offer() {
    let keys = one_key();
    let body = serde_json::to_vec(&vote()).unwrap();
    let check = |token: String, expected: Result<(), OfferError>| {
        let found = verify(&keys, &token, &card("vote"), None, at(NOW));
        assert_eq!(found.map(drop), expected, "for {token}");
    };
    check(token::seal(&keys, Purpose::Offer, &body), Ok(()));
    check(
        token::seal(&keys, Purpose::Session, &body),
        Err(OfferError::Forged),
    );
    for broken in [&body[1..], b"", b"{}", b"\xff", br#"{"c":"No Slug"}"#] {
        check(
            token::seal(&keys, Purpose::Offer, broken),
            Err(OfferError::Malformed),
        );
    }
}

#[test]
fn offers_are_good_for_a_day_after_their_key() {
    let token = sign(&one_key(), &vote());
    let retired = at("2026-01-02T00:00:00Z");
    let rotated = keys(&[("k1", 1, "retired 2026-01-02T00:00:00Z"), ("k2", 2, "")]);
    let check = |keys: &Keys, now: Timestamp, expected: Result<(), OfferError>| {
        let found = verify(keys, &token, &card("vote"), None, now);
        assert_eq!(found.map(drop), expected, "at {now}");
    };
    let gone = Err(OfferError::UnknownKey);
    check(&rotated, retired - 1.second(), Ok(()));
    check(&rotated, retired, Ok(()));
    check(&rotated, retired + 24.hours(), Ok(()));
    check(&rotated, retired + 24.hours() + 1.nanosecond(), gone);
    check(&rotated, retired + 9_000.hours(), gone);
    // A key that is not retired has no age, and one taken out is gone at once.
    check(&one_key(), retired + 90_000.hours(), Ok(()));
    check(&keys(&[("k2", 2, "")]), retired, gone);
    // The new key signs, the old one's offers are still read.
    assert!(sign(&rotated, &vote()).starts_with("v1.k2."));
}

proptest! {
    #[test]
    fn any_offer_survives_the_way_out_and_back(
        name in "[a-z][a-z0-9-]{0,40}",
        payload in any::<String>(),
        slug in "[a-z0-9]{1,20}",
    ) {
        let offer = Offer { card: card(&slug), name, payload, ..vote() };
        let keys = one_key();
        let token = sign(&keys, &offer);
        prop_assert_eq!(verify(&keys, &token, &offer.card, None, at(NOW)), Ok(offer));
    }

    #[test]
    fn no_text_is_an_offer_by_chance(text in any::<String>(), body in "[A-Za-z0-9_-]*") {
        let keys = one_key();
        for token in [text, format!("v1.k1.{body}.AAAAAAAAAAAAAAAAAAAAAA")] {
            prop_assert!(verify(&keys, &token, &card("vote"), None, at(NOW)).is_err());
        }
    }
}
