//! What a token says: its claims, its times, the names in it.

use super::*;

#[test]
fn every_claim_is_required_typed_and_bounded() {
    use TokenRefused as R;
    let typed = |claim, expected| Err(R::ClaimType { claim, expected });
    let text = |claim| typed(claim, "a string");
    let number = |claim| {
        let expected = "a whole number of seconds since 1970 (Math.floor(Date.now() / 1000))";
        typed(claim, expected)
    };
    for claim in ["iss", "aud", "sub", "name", "iat", "exp", "jti"] {
        let mut changes = json!({});
        changes[claim] = Value::Null;
        check_claims(&changes, Err(R::ClaimMissing { claim }));
    }
    for claim in ["iss", "sub", "name", "jti", "avatar", "scope"] {
        for value in [json!(7), json!(true), json!(["beike-daily"]), json!({})] {
            let mut changes = json!({});
            changes[claim] = value;
            check_claims(&changes, text(claim));
        }
    }
    for claim in ["iat", "exp", "nbf"] {
        let now = now_s().to_string();
        for value in [
            json!(now),
            json!(now_s() as f64 + 0.5),
            json!([1]),
            json!(1e18),
        ] {
            let mut changes = json!({});
            changes[claim] = value;
            check_claims(&changes, number(claim));
        }
    }
    check_claims(&json!({"exp": u64::MAX}), number("exp"));

    let issuer = || {
        Err(R::Issuer {
            expected: "beike-daily".to_owned(),
        })
    };
    check_claims(&json!({"iss": "other-daily"}), issuer());
    check_claims(&json!({"iss": "Beike-Daily"}), issuer());
    check_claims(&json!({"iss": ""}), issuer());

    let host = "https://cards.example";
    let audience = || {
        Err(R::Audience {
            expected: host.to_owned(),
        })
    };
    check_claims(&json!({"aud": [host]}), Ok("安安"));
    check_claims(&json!({"aud": ["https://other.example", host]}), Ok("安安"));
    check_claims(&json!({"aud": "https://other.example"}), audience());
    check_claims(&json!({"aud": "https://cards.example/"}), audience());
    check_claims(&json!({"aud": []}), audience());
    check_claims(&json!({"aud": ["https://other.example"]}), audience());
    let of_strings = "a string, or an array of strings";
    check_claims(&json!({"aud": [host, 7]}), typed("aud", of_strings));
    check_claims(&json!({"aud": {"0": host}}), typed("aud", of_strings));

    check_claims(&json!({"sub": ""}), Err(R::Subject));
    check_claims(&json!({"sub": "s".repeat(255)}), Ok("安安"));
    check_claims(&json!({"sub": "s".repeat(256)}), Err(R::Subject));
    check_claims(&json!({"jti": "1234567"}), Err(R::Id));
    check_claims(&json!({"jti": "12345678"}), Ok("安安"));
    check_claims(&json!({"jti": "j".repeat(255)}), Ok("安安"));
    check_claims(&json!({"jti": "j".repeat(256)}), Err(R::Id));
    check_claims(&json!({"scope": "openid profile"}), Ok("安安"));
    check_claims(&json!({"scope": "openid erase"}), Err(R::ForErasure));
}

#[test]
fn time_is_bounded_on_all_sides() {
    use TokenRefused as R;
    let check = |iat: i64, exp: i64, expected: Result<&str, TokenRefused>| {
        check_claims(
            &json!({"iat": now_s() + iat, "exp": now_s() + exp}),
            expected,
        );
    };
    check(0, 1, Ok("安安"));
    check(60, 61, Ok("安安"));
    check(61, 62, Err(R::IssuedAhead { skew_s: 60 }));
    check(-300, -59, Ok("安安"));
    check(-300, -60, Err(R::Expired));
    check(-86_400, -86_000, Err(R::Expired));
    check(0, 300, Ok("安安"));
    check(0, 301, Err(R::TooLongLived { age_max_s: 300 }));
    check(-3600, 300, Err(R::TooLongLived { age_max_s: 300 }));
    check(10, 10, Err(R::EndsBeforeItBegins));
    check(10, 9, Err(R::EndsBeforeItBegins));
    let far = json!({"iat": i64::MIN, "exp": i64::MAX});
    check_claims(&far, Err(R::TooLongLived { age_max_s: 300 }));
    check_claims(&json!({"exp": i64::MIN}), Err(R::Expired));
    check_claims(
        &json!({"iat": i64::MAX}),
        Err(R::IssuedAhead { skew_s: 60 }),
    );
    // JavaScript's Date.now() counts milliseconds.
    let ms = json!({"iat": now_s() * 1000, "exp": now_s() * 1000 + 60_000});
    check_claims(&ms, Err(R::IssuedAhead { skew_s: 60 }));
    check_claims(&json!({"nbf": now_s() + 60}), Ok("安安"));
    check_claims(&json!({"nbf": now_s() + 61}), Err(R::NotYet { skew_s: 60 }));
    check_claims(&json!({"nbf": 0}), Ok("安安"));
}

#[test]
fn names_and_avatars_cannot_deceive() {
    use TokenRefused as R;
    let name = |name: &str, expected| check_claims(&json!({"name": name}), expected);
    name("  安安\n", Ok("安安"));
    let longest = "安".repeat(64);
    name(&longest, Ok(&longest));
    name(&format!("{longest}安"), Err(R::NameLength));
    name("", Err(R::NameLength));
    name(" \u{3000} ", Err(R::NameLength));
    name("\u{3164}\u{200D}", Err(R::NameLength));
    name("\u{200B}", Err(R::NameLength));
    name("👩‍👩‍👧 家", Ok("👩‍👩‍👧 家"));
    name("نور", Ok("نور"));
    name("<script>alert(1)</script>", Ok("<script>alert(1)</script>"));
    for character in [
        '\0',
        '\u{7}',
        '\n',
        '\u{7F}',
        '\u{85}',
        '\u{202E}',
        '\u{2066}',
        '\u{2069}',
        '\u{2028}',
        '\u{200B}',
        '\u{FEFF}',
        '\u{E0041}',
    ] {
        name(&format!("a{character}b"), Err(R::NameCharacters));
    }

    let avatar = |url: &str, expected| check_claims(&json!({"avatar": url}), expected);
    avatar("https://daily.example/a.png?s=64", Ok("安安"));
    avatar("http://daily.example/a.png", Err(R::Avatar));
    avatar("https://me:secret@daily.example/a.png", Err(R::Avatar));
    avatar("javascript:alert(1)", Err(R::Avatar));
    avatar("data:image/svg+xml,<svg/>", Err(R::Avatar));
    avatar("//daily.example/a.png", Err(R::Avatar));
    avatar("a.png", Err(R::Avatar));
    avatar("", Err(R::Avatar));
    let long = format!("https://daily.example/{}", "a".repeat(2048));
    avatar(&long, Err(R::Avatar));
}
