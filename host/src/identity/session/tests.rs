use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::ToSpan;

use super::*;
use crate::identity::testing::{at, keys, mutations, one_key};

const ISSUED: &str = "2026-01-02T03:04:05Z";
const OTHER_KEY: &[(&str, u8, &str)] = &[("k1", 2, "")];

const AGES: SessionAges = SessionAges {
    vouched_s: 1000,
    anonymous_s: ANONYMOUS_AGE_MAX.as_secs(),
};

fn session() -> Session {
    let reader = ReaderId::parse("a_AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let id = SessionId::of([5; 16]);
    Session::anonymous(reader, id, at("2026-01-02T03:04:05.9Z"))
}

fn vouched() -> Session {
    let reader = ReaderId::parse("p_AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let publisher = "beike-daily".parse().unwrap();
    Session::vouched(reader, publisher, SessionId::of([6; 16]), at(ISSUED))
}

/// The cookie as a browser sends it back.
fn cookie(keys: &Keys, kind: CookieKind) -> String {
    let set = set_cookie(keys, kind, &session(), AGES, at(ISSUED));
    set.split(';').next().unwrap().to_owned()
}

#[test]
fn writes_what_browsers_keep() {
    let keys = one_key();
    let session = session();
    insta::assert_snapshot!(set_cookie(&keys, CookieKind::Secure, &session, AGES, at(ISSUED)), @"__Host-quanka=v1.k1.eyJyIjoiYV9BQUFBQUFBQUFBQUFBQUFBQUFBQUFBIiwidCI6MTc2NzMyMzA0NSwibSI6OTAwLCJpIjoic19CUVVGQlFVRkJRVUZCUVVGQlFVRkJRIn0.QRQ9jwYBv5f6FG9lEHAxKQ; Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age=34560000");
    insta::assert_snapshot!(set_cookie(&keys, CookieKind::Insecure, &session, AGES, at(ISSUED)), @"quanka=v1.k1.eyJyIjoiYV9BQUFBQUFBQUFBQUFBQUFBQUFBQUFBIiwidCI6MTc2NzMyMzA0NSwibSI6OTAwLCJpIjoic19CUVVGQlFVRkJRVUZCUVVGQlFVRkJRIn0.QRQ9jwYBv5f6FG9lEHAxKQ; HttpOnly; SameSite=Lax; Path=/; Max-Age=34560000");
    let cookie = cookie(&keys, CookieKind::Secure);
    let body = cookie.split('.').nth(2).unwrap();
    insta::assert_snapshot!(
        String::from_utf8(URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap(),
        @r#"{"r":"a_AAAAAAAAAAAAAAAAAAAAAA","t":1767323045,"m":900,"i":"s_BQUFBQUFBQUFBQUFBQUFBQ"}"#
    );
}

#[test]
fn the_address_decides_which_cookie() {
    fn check(public_url: &str, expected: CookieKind) {
        let kind = CookieKind::of_host(&public_url.parse().unwrap());
        assert_eq!(kind, expected, "for {public_url}");
    }
    check("https://cards.example", CookieKind::Secure);
    check("http://127.0.0.1:7878", CookieKind::Secure);
    check("http://localhost:7878", CookieKind::Secure);
    check("http://cards.example", CookieKind::Insecure);
    check("http://192.168.1.9:7878", CookieKind::Insecure);
}

#[test]
fn finds_the_session_among_cookies() {
    let keys = one_key();
    let good = cookie(&keys, CookieKind::Secure);
    let check = |headers: &[&str], expected: Option<Session>| {
        let values = headers.iter().copied();
        let found = parse_cookie(&keys, CookieKind::Secure, values, AGES, at(ISSUED));
        assert_eq!(found, expected, "for {headers:?}");
    };
    let insecure_name = good.replace("__Host-", "");
    let forged = cookie(
        &crate::identity::testing::keys(OTHER_KEY),
        CookieKind::Secure,
    );
    check(&[&good], Some(session()));
    check(&[&format!("a=b; {good}; c=d")], Some(session()));
    check(&[&format!("a=b;{good}")], Some(session()));
    check(&["a=b", &good], Some(session()));
    check(&[&format!("{forged}; {good}")], Some(session()));
    check(&[&format!("__Host-quanka=; {good}")], Some(session()));
    check(&[], None);
    check(&[""], None);
    check(&["a=b; c; =; ;;"], None);
    check(&[&insecure_name], None);
    check(&[&good.to_lowercase()], None);
    check(&[&forged], None);
}

#[test]
fn a_changed_cookie_is_no_session() {
    let keys = one_key();
    let good = cookie(&keys, CookieKind::Secure);
    let value = good.split_once('=').unwrap().1;
    let mut tried = 0;
    for mutation in mutations(value) {
        // Blanks around a cookie are not part of it.
        if mutation.trim() == value {
            continue;
        }
        let header = format!("__Host-quanka={mutation}");
        let found = parse_cookie(
            &keys,
            CookieKind::Secure,
            [header.as_str()],
            AGES,
            at(ISSUED),
        );
        assert_eq!(found, None, "for {header:?}");
        tried += 1;
    }
    assert!(tried > 1000, "only {tried} changes tried");
}

#[test]
fn a_session_ends_after_400_days() {
    fn check(now: Timestamp, expected: bool) {
        let keys = one_key();
        let header = cookie(&keys, CookieKind::Secure);
        let found = parse_cookie(&keys, CookieKind::Secure, [header.as_str()], AGES, now);
        assert_eq!(found.is_some(), expected, "at {now}");
    }
    let begun = at(ISSUED);
    check(begun, true);
    check(begun - 1.hour(), true);
    check(begun + (400 * 24).hours(), true);
    check(begun + (400 * 24).hours() + 1.second(), false);
}

#[test]
fn a_session_outlives_its_key_until_the_key_is_taken_out() {
    let header = cookie(&one_key(), CookieKind::Secure);
    let check = |sign: &[(&str, u8, &str)], expected: bool| {
        let keys = keys(sign);
        let found = parse_cookie(
            &keys,
            CookieKind::Secure,
            [header.as_str()],
            AGES,
            at("2026-06-01T00:00:00Z"),
        );
        assert_eq!(found.is_some(), expected, "for {sign:?}");
    };
    check(
        &[("k1", 1, "retired 2026-01-03T00:00:00Z"), ("k2", 2, "")],
        true,
    );
    check(&[("k2", 2, "")], false);
    // Another key under the old one's name.
    check(OTHER_KEY, false);
}

#[test]
fn nothing_else_this_host_signs_is_a_session() {
    let keys = one_key();
    let body = br#"{"r":"a_AAAAAAAAAAAAAAAAAAAAAA","t":1767323045}"#;
    let check = |token: String, expected: bool| {
        let header = format!("__Host-quanka={token}");
        let found = parse_cookie(
            &keys,
            CookieKind::Secure,
            [header.as_str()],
            AGES,
            at(ISSUED),
        );
        assert_eq!(found.is_some(), expected, "for {token}");
    };
    check(token::seal(&keys, Purpose::Session, body), true);
    check(token::seal(&keys, Purpose::Offer, body), false);
    check(token::seal(&keys, Purpose::Session, b"{}"), false);
    check(token::seal(&keys, Purpose::Session, b"\xff"), false);
}

#[test]
fn a_vouched_session_ends_at_its_own_age_and_can_be_renewed() {
    let keys = one_key();
    let token = seal(&keys, &vouched());
    let check = |after_s: i64, expected: bool| {
        let now = at(ISSUED) + after_s.seconds();
        let found = open(&keys, &token, AGES, now);
        assert_eq!(found, expected.then(vouched), "after {after_s} s");
    };
    check(-60, true);
    check(0, true);
    check(1000, true);
    check(1001, false);

    let due = |after_s: i64| vouched().is_renewal_due(AGES, at(ISSUED) + after_s.seconds());
    assert_eq!([due(0), due(500), due(501)], [false, false, true]);
    let renewed = vouched().renewed(at(ISSUED) + 600.seconds());
    assert_eq!(renewed.id, vouched().id);
    assert_eq!(renewed.expires_at_s(AGES), at(ISSUED).as_second() + 1600);
}

#[test]
fn a_session_from_before_sessions_had_ids_is_still_one() {
    let keys = one_key();
    let body = br#"{"r":"a_AAAAAAAAAAAAAAAAAAAAAA","t":1767323045}"#;
    let token = token::seal(&keys, Purpose::Session, body);
    let found = open(&keys, &token, AGES, at(ISSUED)).unwrap();
    assert_eq!(found.id.as_str(), "s_AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(found.publisher, None);
}

#[test]
fn bearers_are_found_in_their_header() {
    fn check(header: &str, expected: Option<&str>) {
        assert_eq!(bearer_token(header), expected, "for {header:?}");
    }
    check("Bearer v1.a.b.c", Some("v1.a.b.c"));
    check("bearer  v1.a.b.c ", Some("v1.a.b.c"));
    check("Basic dXNlcg==", None);
    check("Bearer", None);
    check("", None);
}

#[test]
fn a_cleared_cookie_is_the_same_cookie() {
    insta::assert_snapshot!(clear_cookie(CookieKind::Secure), @"__Host-quanka=; Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age=0");
}
