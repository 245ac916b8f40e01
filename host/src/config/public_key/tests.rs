use super::*;

const ED_PEM: &str = include_str!("ed.pem");
const ED_JWK: &str = include_str!("ed.jwk");
const EC_PEM: &str = include_str!("ec.pem");
const EC_JWK: &str = include_str!("ec.jwk");
const RSA_PEM: &str = include_str!("rsa.pem");
const RSA_JWK: &str = include_str!("rsa.jwk");

#[test]
fn pem_and_jwk_of_one_key_are_the_same_key() {
    fn check(pem: &str, jwk: &str, algorithm: SignatureAlgorithm) {
        let key = PublicKey::parse(pem).unwrap();
        assert_eq!(PublicKey::parse(jwk).unwrap(), key);
        assert_eq!(key.algorithm(), algorithm);
    }
    check(ED_PEM, ED_JWK, SignatureAlgorithm::EdDsa);
    check(EC_PEM, EC_JWK, SignatureAlgorithm::Es256);
    check(RSA_PEM, RSA_JWK, SignatureAlgorithm::Rs256);
    // As editors and TOML leave it.
    assert!(PublicKey::parse(&format!("\n  {}", ED_PEM.trim_end())).is_ok());
    assert!(PublicKey::parse(&ED_PEM.replace('\n', "\r\n")).is_ok());
}

#[test]
fn what_is_no_key_says_why() {
    #[track_caller]
    fn check(text: &str, expected: &NotAKey) {
        assert_eq!(PublicKey::parse(text).as_ref(), Err(expected), "for {text}");
    }
    let with = |jwk: &str, member: &str| jwk.replacen('{', &format!("{{{member},"), 1);
    check("", &NotAKey::Neither);
    check("ssh-ed25519 AAAA", &NotAKey::Neither);
    check("{", &NotAKey::Neither);
    check("{}", &NotAKey::Member("kty"));
    check(r#"{"kty":"oct","k":"c2VjcmV0"}"#, &NotAKey::Kind);
    check(r#"{"kty":"OKP","crv":"X25519","x":"AA"}"#, &NotAKey::Kind);
    check(&ED_JWK.replace("\"x\"", "\"y\""), &NotAKey::Member("x"));
    check(
        r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#,
        &NotAKey::Member("x"),
    );
    check(&EC_JWK.replace("\"y\"", "\"z\""), &NotAKey::Member("y"));
    check(&RSA_JWK.replace("AQAB", "AQ"), &NotAKey::Member("e"));
    check(&RSA_JWK.replace("AQAB", "AgAA"), &NotAKey::Member("e"));
    check(
        r#"{"kty":"RSA","n":"AAECAw","e":"AQAB"}"#,
        &NotAKey::RsaBits(17),
    );
    check(&with(ED_JWK, r#""d":"AAAA""#), &NotAKey::Private);
    let named = |named: &str| NotAKey::Algorithm {
        found: SignatureAlgorithm::Rs256,
        named: named.to_owned(),
    };
    check(&with(RSA_JWK, r#""alg":"RS512""#), &named("RS512"));
    check(&with(RSA_JWK, r#""alg":7"#), &named("something else"));
    check(include_str!("p384.pem"), &NotAKey::Kind);
    check(include_str!("small.pem"), &NotAKey::RsaBits(1024));
    check(&ED_PEM.replace("MCow", "MCoA"), &NotAKey::BrokenPem);
    check(&ED_PEM.replace("PUBLIC", "RSA PUBLIC"), &NotAKey::OtherPem);
    check(&ED_PEM.replace("PUBLIC", "PRIVATE"), &NotAKey::Private);
    check("-----BEGIN PRIVATE KEY-----\n", &NotAKey::Private);
    check("-----BEGIN PUBLIC KEY-----\n", &NotAKey::BrokenPem);
}
