//! The corpus: what is taken, and every way in which a token can be wrong.

mod claims;
mod signer;

use serde_json::{Value, json};

use self::signer::{Signer, part};
use super::*;
use crate::config::{PublicKey, PublisherKey, SignatureAlgorithm};
use crate::identity::testing::at;

const NOW: &str = "2026-01-02T03:04:05Z";
const BYTES_MAX: usize = 8192;

const RULES: Rules<'_> = Rules {
    issuer: "beike-daily",
    audience: "https://cards.example",
    age_max_s: 300,
    skew_s: 60,
};

fn now_s() -> i64 {
    at(NOW).as_second()
}

/// The claims of a good token, some of them changed; null leaves one out.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": "beike-daily",
        "aud": "https://cards.example",
        "sub": "reader-17",
        "name": "安安",
        "iat": now_s(),
        "exp": now_s() + 300,
        "jti": "0123456789",
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn keys(signers: &[(&str, &Signer)]) -> KeySet {
    let named = |(kid, signer): &(&str, &Signer)| {
        let public_key = signer.public_key();
        PublisherKey {
            kid: (*kid).to_owned(),
            alg: public_key.algorithm(),
            public_key,
        }
    };
    KeySet::of_config(&signers.iter().map(named).collect::<Vec<_>>())
}

fn sign_on(keys: &KeySet, token: &str) -> Result<SignOnToken, TokenRefused> {
    let claims = read(token, BYTES_MAX)?.verify(keys)?;
    claims.sign_on(RULES, at(NOW))
}

/// A token whose signature is good, with claims changed.
#[track_caller]
fn check_claims(changes: &Value, expected: Result<&str, TokenRefused>) {
    let signer = Signer::ed25519(1);
    let token = signer.token(&json!({"alg": "EdDSA", "kid": "k1"}), &claims(changes));
    let found = sign_on(&keys(&[("k1", &signer)]), &token).map(|token| token.name);
    assert_eq!(found, expected.map(str::to_owned), "for {changes}");
}

#[test]
fn good_tokens_of_each_algorithm_are_taken() {
    for (alg, signer) in [
        ("EdDSA", Signer::ed25519(1)),
        ("ES256", Signer::p256()),
        ("RS256", Signer::rsa()),
    ] {
        let keys = keys(&[("other", &Signer::ed25519(9)), ("k1", &signer)]);
        let avatar = json!({"avatar": "https://daily.example/a.png"});
        let header = json!({"alg": alg, "kid": "k1", "typ": "JWT"});
        let token = signer.token(&header, &claims(&avatar));
        let expected = SignOnToken {
            once: TokenUse {
                id: "0123456789".to_owned(),
                issued_at_s: now_s(),
                dead_at_s: now_s() + 360,
            },
            subject: "reader-17".to_owned(),
            name: "安安".to_owned(),
            avatar: Some("https://daily.example/a.png".to_owned()),
        };
        assert_eq!(sign_on(&keys, &token), Ok(expected), "for {alg}");
    }
}

/// Tokens that PyJWT 2 made, with keys that OpenSSL made: what this file signs
/// and verifies by itself could agree with itself alone.
#[test]
fn tokens_of_other_software_are_taken() {
    const TOKENS: &str = include_str!("pyjwt.txt");
    let public_key = |alg: &str| match alg {
        "EdDSA" => include_str!("../../config/public_key/ed.pem"),
        "ES256" => include_str!("../../config/public_key/ec.pem"),
        _ => include_str!("../../config/public_key/rsa.pem"),
    };
    for line in TOKENS.lines() {
        let (alg, token) = line.split_once(' ').unwrap();
        let key = PublisherKey {
            kid: "k1".to_owned(),
            alg: alg.parse().unwrap(),
            public_key: PublicKey::parse(public_key(alg)).unwrap(),
        };
        let name = sign_on(&KeySet::of_config(&[key]), token).map(|token| token.name);
        assert_eq!(name, Ok("安安".to_owned()), "for {alg}");
    }
    assert_eq!(TOKENS.lines().count(), 3);
}

/// Headers over good claims, signed with the right key.
#[test]
fn headers_choose_nothing() {
    use TokenRefused as R;
    let signer = Signer::ed25519(1);
    let one = keys(&[("k1", &signer)]);
    let two = keys(&[("k1", &signer), ("k2", &Signer::p256())]);
    let check = |signer: &Signer, keys: &KeySet, header: &Value, expected: Option<TokenRefused>| {
        let token = signer.token(header, &claims(&json!({})));
        assert_eq!(sign_on(keys, &token).err(), expected, "for {header}");
    };
    let eddsa = || {
        Some(R::Algorithm {
            expected: SignatureAlgorithm::EdDsa,
        })
    };
    check(&signer, &one, &json!({"alg": "EdDSA", "kid": "k1"}), None);
    check(&signer, &one, &json!({"alg": "EdDSA"}), None);
    check(&signer, &one, &json!({"alg": "EdDSA", "typ": "jwt"}), None);
    check(&signer, &two, &json!({"alg": "EdDSA", "kid": "k1"}), None);
    check(&signer, &two, &json!({"alg": "EdDSA"}), Some(R::KidMissing));
    for alg in [
        "none", "None", "HS256", "ES256", "RS256", "PS256", "eddsa", "Ed25519", "",
    ] {
        check(&signer, &one, &json!({"alg": alg, "kid": "k1"}), eddsa());
    }
    check(
        &signer,
        &one,
        &json!({"kid": "k1"}),
        Some(R::AlgorithmMissing),
    );
    check(&signer, &one, &json!({"alg": 7}), Some(R::AlgorithmMissing));
    check(
        &signer,
        &one,
        &json!({"alg": ["EdDSA"]}),
        Some(R::AlgorithmMissing),
    );
    for kid in ["k2", "", "K1", "../k1", "k1\0", "' or 1=1 --"] {
        let header = json!({"alg": "EdDSA", "kid": kid});
        check(&signer, &one, &header, Some(R::UnknownKey));
    }
    for kid in [json!(1), json!(null), json!(["k1"]), json!({"kid": "k1"})] {
        let header = json!({"alg": "EdDSA", "kid": kid});
        check(&signer, &one, &header, Some(R::KidType));
    }
    let crit = json!({"alg": "EdDSA", "kid": "k1", "crit": ["exp"]});
    check(&signer, &one, &crit, Some(R::Critical));
    let crit = json!({"alg": "EdDSA", "kid": "k1", "crit": []});
    check(&signer, &one, &crit, Some(R::Critical));
    for typ in [json!("at+jwt"), json!("logout+jwt"), json!(7), json!("")] {
        let header = json!({"alg": "EdDSA", "kid": "k1", "typ": typ});
        check(&signer, &one, &header, Some(R::Typ));
    }
    check(
        &signer,
        &KeySet::default(),
        &json!({"alg": "EdDSA"}),
        Some(R::NoKeys),
    );
}

/// Keys that the token brings, or that are somebody else's, verify nothing.
#[test]
fn only_the_publishers_keys_count() {
    let signer = Signer::ed25519(1);
    let attacker = Signer::ed25519(66);
    let keys = keys(&[("k1", &signer)]);
    #[track_caller]
    fn check(keys: &KeySet, attacker: &Signer, header: &Value) {
        let token = attacker.token(header, &claims(&json!({})));
        let found = sign_on(keys, &token);
        assert_eq!(found, Err(TokenRefused::Signature), "for {header}");
    }
    let jwk = attacker.jwk();
    check(&keys, &attacker, &json!({"alg": "EdDSA", "kid": "k1"}));
    check(
        &keys,
        &attacker,
        &json!({"alg": "EdDSA", "kid": "k1", "jwk": jwk}),
    );
    check(&keys, &attacker, &json!({"alg": "EdDSA", "jwk": jwk}));
    let url = "https://attacker.example/keys";
    check(
        &keys,
        &attacker,
        &json!({"alg": "EdDSA", "kid": "k1", "jku": url}),
    );
    check(
        &keys,
        &attacker,
        &json!({"alg": "EdDSA", "kid": "k1", "x5u": url}),
    );
    check(
        &keys,
        &attacker,
        &json!({"alg": "EdDSA", "kid": "k1", "x5c": ["MIIB"]}),
    );
}

/// The oldest trick: the public key, which everybody has, as an HMAC secret.
#[test]
fn a_public_key_is_no_secret() {
    use hmac::{Hmac, KeyInit, Mac};
    for signer in [Signer::rsa(), Signer::p256(), Signer::ed25519(1)] {
        let expected = signer.public_key().algorithm();
        let key_texts = [
            signer.jwk().to_string().into_bytes(),
            signer.raw_public_key(),
        ];
        for secret in key_texts {
            let header = json!({"alg": "HS256", "kid": "k1"});
            let signed = format!("{}.{}", part(&header), part(&claims(&json!({}))));
            let mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
            let mac = mac.chain_update(&signed).finalize().into_bytes();
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac));
            let found = sign_on(&keys(&[("k1", &signer)]), &token);
            assert_eq!(found, Err(TokenRefused::Algorithm { expected }));
        }
    }
}

/// A good signature of one algorithm says nothing under a key of another.
#[test]
fn signatures_do_not_cross_algorithms() {
    let signers = [Signer::ed25519(1), Signer::p256(), Signer::rsa()];
    for (with, signer) in signers.iter().enumerate() {
        for (under, key) in signers
            .iter()
            .enumerate()
            .filter(|(under, _)| *under != with)
        {
            let header = json!({"alg": key.public_key().algorithm().as_str(), "kid": "k1"});
            let token = signer.token(&header, &claims(&json!({})));
            let found = sign_on(&keys(&[("k1", key)]), &token);
            assert_eq!(found, Err(TokenRefused::Signature), "{with} under {under}");
        }
    }
}

#[test]
fn what_is_no_token_is_refused() {
    use TokenRefused as R;
    let signer = Signer::ed25519(1);
    let keys = keys(&[("k1", &signer)]);
    let good = signer.token(&json!({"alg": "EdDSA"}), &claims(&json!({})));
    let [header, body, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        unreachable!("a token has three parts")
    };
    let check = |token: &str, expected: TokenRefused| {
        assert_eq!(sign_on(&keys, token), Err(expected), "for {token:?}");
    };
    assert!(sign_on(&keys, &good).is_ok());
    check("", R::Shape);
    check("..", R::Header(NotAnObject::Json));
    check("a.b", R::Shape);
    check(&format!("{header}.{body}"), R::Shape);
    check(&format!("{good}."), R::Shape);
    check(&format!("{good}.{signature}.{signature}"), R::Shape);
    check(&format!("{header}.{body}."), R::Signature);
    check(&format!("{header}.{body}.{signature}="), R::Encoding);
    check(&format!("{header}.{body}.{signature}A"), R::Signature);
    check(&format!(" {good}"), R::Encoding);
    check(&format!("{good}\n"), R::Encoding);
    check(&good.replacen("ey", "e+", 1), R::Encoding);
    check(
        &format!("{header}.{body}.{}", &signature[..40]),
        R::Signature,
    );
    let empty = URL_SAFE_NO_PAD.encode([0; 64]);
    check(&format!("{header}.{body}.{empty}"), R::Signature);
    check(
        &format!(
            "{header}.{}.{signature}",
            part(&claims(&json!({"sub": "x"})))
        ),
        R::Signature,
    );
    // Encrypted ones have five parts.
    check("eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn", R::Shape);
    let huge = "a".repeat(BYTES_MAX + 1);
    check(
        &huge,
        R::TooLong {
            bytes_max: BYTES_MAX,
        },
    );
    check(&huge[1..], R::Shape);
}

/// Every single changed character makes a token that is refused.
#[test]
fn a_changed_token_is_refused() {
    let signer = Signer::ed25519(1);
    let keys = keys(&[("k1", &signer)]);
    let good = signer.token(&json!({"alg": "EdDSA", "kid": "k1"}), &claims(&json!({})));
    for mutation in crate::identity::testing::mutations(&good) {
        assert!(sign_on(&keys, &mutation).is_err(), "for {mutation:?}");
    }
}

#[test]
fn json_is_read_in_one_way_only() {
    use NotAnObject::{Json, Repeated};
    use TokenRefused as R;
    let signer = Signer::ed25519(1);
    let keys = keys(&[("k1", &signer)]);
    let good_claims = claims(&json!({})).to_string();
    let check = |header: &str, claims: &str, expected: TokenRefused| {
        let token = signer.token_of_texts(header, claims);
        assert_eq!(
            sign_on(&keys, &token),
            Err(expected),
            "for {header} {claims}"
        );
    };
    const HEADER: &str = r#"{"alg":"EdDSA","kid":"k1"}"#;
    check(
        r#"{"alg":"EdDSA","alg":"none"}"#,
        &good_claims,
        R::Header(Repeated),
    );
    check(
        r#"{"alg":"none","\u0061lg":"EdDSA"}"#,
        &good_claims,
        R::Header(Repeated),
    );
    check("[]", &good_claims, R::Header(Json));
    check(r#"{"alg":"EdDSA"} {}"#, &good_claims, R::Header(Json));
    check("\"EdDSA\"", &good_claims, R::Header(Json));
    let twice = good_claims.replacen('{', r#"{"sub":"somebody-else","#, 1);
    check(HEADER, &twice, R::Claims(Repeated));
    check(HEADER, "null", R::Claims(Json));
    check(HEADER, "[{}]", R::Claims(Json));
    check(HEADER, &format!("{good_claims}x"), R::Claims(Json));
    check(HEADER, &format!("\u{FEFF}{good_claims}"), R::Claims(Json));
    check(HEADER, &"[".repeat(5000), R::Claims(Json));
    check(
        HEADER,
        &good_claims.replace("安安", "\\ud800"),
        R::Claims(Json),
    );
}

#[test]
fn an_erasure_is_signed_as_one() {
    let signer = Signer::ed25519(1);
    let keys = keys(&[("k1", &signer)]);
    let check = |changes: Value, expected: Result<&str, TokenRefused>| {
        let token = signer.token(&json!({"alg": "EdDSA"}), &claims(&changes));
        let claims = read(&token, BYTES_MAX).unwrap().verify(&keys).unwrap();
        let found = claims.erasure(RULES, at(NOW)).map(|token| token.subject);
        assert_eq!(found, expected.map(str::to_owned), "for {changes}");
    };
    check(json!({"scope": "erase", "name": null}), Ok("reader-17"));
    check(json!({}), Err(TokenRefused::NotForErasure));
    check(
        json!({"scope": "sign-on"}),
        Err(TokenRefused::NotForErasure),
    );
    check(
        json!({"scope": "erase", "exp": 0}),
        Err(TokenRefused::Expired),
    );
    let claim = "sub";
    check(
        json!({"scope": "erase", "sub": null}),
        Err(TokenRefused::ClaimMissing { claim }),
    );
}

/// What is answered and logged holds nothing that the token brought.
#[test]
fn refusals_do_not_quote() {
    let signer = Signer::ed25519(1);
    let keys = keys(&[("k1", &signer), ("k2", &Signer::p256())]);
    let marked = "XMARKX";
    let headers = [
        json!({"alg": marked, "kid": "k1"}),
        json!({"alg": "EdDSA", "kid": marked}),
        json!({"alg": "EdDSA", "kid": "k1", "typ": marked}),
    ];
    for header in headers {
        let token = signer.token(&header, &claims(&json!({})));
        let text = sign_on(&keys, &token).unwrap_err().to_string();
        assert!(!text.contains(marked), "{text}");
    }
    for claim in ["iss", "aud", "jti", "iat", "avatar", "scope", "exp"] {
        let mut changes = json!({});
        changes[claim] = json!([marked, 7]);
        let token = signer.token(&json!({"alg": "EdDSA", "kid": "k1"}), &claims(&changes));
        let text = sign_on(&keys, &token).unwrap_err().to_string();
        assert!(!text.contains(marked), "{text}");
    }
}

#[test]
fn the_public_key_of_a_signer_is_read_as_it_stands_in_a_configuration() {
    for signer in [Signer::ed25519(1), Signer::p256(), Signer::rsa()] {
        let key = PublicKey::parse(&signer.jwk().to_string());
        assert_eq!(key.as_ref(), Ok(&signer.public_key()));
    }
}
