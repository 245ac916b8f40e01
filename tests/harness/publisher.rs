//! A publisher that signs its readers in: a key of its own, and tokens (JWTs)
//! signed with it, as its server would make them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Map, Value, json};

/// A publisher with one Ed25519 key.
pub struct Publisher {
    id: String,
    kid: String,
    key: Ed25519KeyPair,
}

impl Publisher {
    /// The publisher of this id. Its key follows from the id, so that two of
    /// one id are the same publisher.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self::with_key(id, "k1")
    }

    /// The same publisher with another key, as after a rotation.
    #[must_use]
    pub fn with_key(id: &str, kid: &str) -> Self {
        let seed = digest::digest(&digest::SHA256, format!("{id} {kid}").as_bytes());
        Self {
            id: id.to_owned(),
            kid: kid.to_owned(),
            key: Ed25519KeyPair::from_seed_unchecked(seed.as_ref())
                .expect("a SHA-256 hash has 32 bytes"),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its public key as a JSON Web Key, for a key set.
    #[must_use]
    pub fn jwk(&self) -> Value {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "alg": "EdDSA",
            "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(self.key.public_key().as_ref()),
        })
    }

    /// The keys of its `[[publisher]]`, its public key with them.
    #[must_use]
    pub fn config_toml(&self) -> String {
        let Self { id, .. } = self;
        format!(
            "id = '{id}'\nname = '{id}'\norigins = []\n{}",
            self.key_toml()
        )
    }

    /// `[[key]]`, for a publisher that is in the configuration already.
    #[must_use]
    pub fn key_toml(&self) -> String {
        let (kid, jwk) = (&self.kid, self.jwk());
        format!("[[key]]\nkid = '{kid}'\nalg = 'EdDSA'\npublic_key = '{jwk}'\n")
    }

    /// A fresh token for a host at `audience` (`host.origin()`).
    #[must_use]
    pub fn token(&self, audience: &str, sub: &str, name: &str) -> String {
        self.token_with(audience, |claims| {
            claims.insert("sub".to_owned(), sub.into());
            claims.insert("name".to_owned(), name.into());
        })
    }

    /// A fresh token with claims changed: good but for that.
    #[must_use]
    pub fn token_with(
        &self,
        audience: &str,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> String {
        let now_s = now_s();
        let mut claims = Map::new();
        for (name, value) in [
            ("iss", json!(self.id)),
            ("aud", json!(audience)),
            ("sub", json!("reader-1")),
            ("name", json!("读者一")),
            ("iat", json!(now_s)),
            ("exp", json!(now_s + 120)),
            ("jti", json!(new_jti())),
        ] {
            claims.insert(name.to_owned(), value);
        }
        change(&mut claims);
        self.sign(&Value::Object(claims))
    }

    /// Any claims, signed.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": self.kid});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Now, in seconds since 1970: what `iat` and `exp` count in.
#[must_use]
pub fn now_s() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since_1970.expect("the clock is after 1970").as_secs();
    i64::try_from(seconds).expect("seconds since 1970 fit")
}

fn new_jti() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanos = nanos.expect("the clock is after 1970").as_nanos();
    format!("test-{}-{nanos}-{count}", std::process::id())
}
