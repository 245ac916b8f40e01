//! The readers of the example publisher's site, and how it signs them in: with
//! a key that is made when the demo starts and gone when it ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

/// Who can be signed in: the name in `?reader=`, and the one others see.
pub const READERS: [(&str, &str); 3] = [("anan", "阿南"), ("xiaobei", "小贝"), ("laoxu", "老徐")];

/// The publisher of `demo.toml`.
const PUBLISHER: &str = "beike-daily";
const KID: &str = "demo";
/// How long a token is good.
const TOKEN_AGE_S: i64 = 120;

/// The publisher's private key.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// A new one.
    pub fn generate() -> anyhow::Result<SigningKey> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        let key = Ed25519KeyPair::from_seed_unchecked(&seed);
        key.map(SigningKey)
            .map_err(|_| anyhow::anyhow!("no key can be made of a random seed"))
    }

    /// The public half, as `demo.toml` takes it at its end.
    pub fn to_toml(&self) -> String {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref());
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        format!(
            "\n# The key of this run; {PUBLISHER} is the last publisher above.\n\
             [[publisher.key]]\nkid = \"{KID}\"\nalg = \"EdDSA\"\npublic_key = '{jwk}'\n"
        )
    }

    /// A fresh token for a reader, `None` for one who is not known.
    pub fn token(&self, reader: &str, host_url: &str, now: Timestamp) -> Option<String> {
        let (sub, name) = READERS.iter().find(|(id, _)| *id == reader)?;
        let mut jti = [0; 16];
        getrandom::fill(&mut jti).ok()?;
        let header = json!({ "alg": "EdDSA", "kid": KID, "typ": "JWT" });
        let claims = json!({
            "iss": PUBLISHER,
            "aud": host_url,
            "sub": sub,
            "name": name,
            "iat": now.as_second(),
            "exp": now.as_second() + TOKEN_AGE_S,
            "jti": URL_SAFE_NO_PAD.encode(jti),
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.0.sign(signed.as_bytes()));
        Some(format!("{signed}.{signature}"))
    }
}
