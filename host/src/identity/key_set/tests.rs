use serde_json::json;

use super::*;

const ED: &str = include_str!("../../config/public_key/ed.jwk");
const EC: &str = include_str!("../../config/public_key/ec.jwk");

fn jwk(text: &str, more: &Value) -> Value {
    let mut jwk: Value = serde_json::from_str(text).unwrap();
    for (name, value) in more.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

#[test]
fn key_sets_are_read_as_others_write_them() {
    #[track_caller]
    fn check(set: &Value, expected: Result<&[Option<&str>], NotAKeySet>) {
        let found = KeySet::parse(set.to_string().as_bytes(), 4);
        let kids = |set: KeySet| set.keys.into_iter().map(|(kid, _)| kid).collect::<Vec<_>>();
        let expected = expected.map(|kids| {
            let owned = kids.iter().map(|kid| kid.map(str::to_owned));
            owned.collect::<Vec<_>>()
        });
        assert_eq!(found.map(kids), expected, "for {set}");
    }
    let ed = |more: Value| jwk(ED, &more);
    let k1 = ed(json!({"kid": "k1", "alg": "EdDSA", "use": "sig", "x5t": "…"}));
    let k2 = jwk(EC, &json!({"kid": "k2"}));
    check(
        &json!({"keys": [k1, k2], "more": 1}),
        Ok(&[Some("k1"), Some("k2")]),
    );
    check(&json!({"keys": [ed(json!({}))]}), Ok(&[None]));
    check(
        &json!({"keys": [ed(json!({"key_ops": ["verify"]}))]}),
        Ok(&[None]),
    );

    // Passed over: other uses, other kinds, other algorithms.
    let others = json!([
        ed(json!({"use": "enc"})),
        ed(json!({"key_ops": ["sign"]})),
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
    ]);
    check(&json!({"keys": others}), Err(NotAKeySet::Empty));
    let rsa = include_str!("../../config/public_key/rsa.jwk");
    let ps256 = jwk(rsa, &json!({"alg": "PS256"}));
    check(&json!({"keys": [ps256, k1]}), Ok(&[Some("k1")]));

    check(&json!({"keys": []}), Err(NotAKeySet::Empty));
    check(&json!({}), Err(NotAKeySet::Shape));
    check(&json!([k1]), Err(NotAKeySet::Shape));
    check(&json!({"keys": {"k1": k1}}), Err(NotAKeySet::Shape));
    check(&json!({"keys": [k1, k1]}), Err(NotAKeySet::SameName));
    check(
        &json!({"keys": [k1, k1, k1, k1, k1]}),
        Err(NotAKeySet::TooMany(5)),
    );
    let private = ed(json!({"d": "AAAA"}));
    let why = NotAKey::Private;
    check(
        &json!({"keys": [k1, private]}),
        Err(NotAKeySet::Key { at: 1, why }),
    );
    let why = NotAKey::Member("x");
    check(
        &json!({"keys": [ed(json!({"x": "AAAA"}))]}),
        Err(NotAKeySet::Key { at: 0, why }),
    );
    assert_eq!(KeySet::parse(b"<html>", 4), Err(NotAKeySet::Shape));
    assert_eq!(KeySet::parse(b"", 4), Err(NotAKeySet::Shape));
}
