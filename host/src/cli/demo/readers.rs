//! The readers of the example publisher's site, and how it signs them in: with
//! a key that is made when the demo starts and gone when it ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::borrow::Cow;

/// Somebody the publisher knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The publisher's name for them, and theirs in `?reader=`.
    pub id: Cow<'static, str>,
    /// The one others see.
    pub name: Cow<'static, str>,
}

const fn reader(id: &'static str, name: &'static str) -> Reader {
    Reader {
        id: Cow::Borrowed(id),
        name: Cow::Borrowed(name),
    }
}

/// Who can be signed in on the site. 老徐 owns the circles (`demo.toml` says
/// so), 石头 keeps order, 青禾 is featured, 阿南 is a member and 小贝 is new.
pub static READERS: [Reader; 5] = [
    reader("anan", "阿南"),
    reader("xiaobei", "小贝"),
    reader("qinghe", "青禾"),
    reader("shitou", "石头"),
    reader("laoxu", "老徐"),
];

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

    /// A fresh token for a reader.
    ///
    /// # Errors
    ///
    /// When the system has no random numbers.
    pub fn token(&self, reader: &Reader, host_url: &str, now: Timestamp) -> anyhow::Result<String> {
        let mut jti = [0; 16];
        getrandom::fill(&mut jti)?;
        let header = json!({ "alg": "EdDSA", "kid": KID, "typ": "JWT" });
        let claims = json!({
            "iss": PUBLISHER,
            "aud": host_url,
            "sub": reader.id,
            "name": reader.name,
            "iat": now.as_second(),
            "exp": now.as_second() + TOKEN_AGE_S,
            "jti": URL_SAFE_NO_PAD.encode(jti),
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.0.sign(signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }
}
