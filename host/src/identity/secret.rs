//! Text that proves something to whoever holds it, kept out of logs.

use std::fmt;

use serde::Deserialize;

/// A token, a cookie's value, a key. Its `Debug` says how long it is and no
/// more, so that no line of a log and no message of a panic can hold it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that checks it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

#[test]
fn says_nothing_of_itself() {
    let secret: Secret = serde_json::from_str("\"v1.k1.body.mac\"").unwrap();
    assert_eq!(secret.expose(), "v1.k1.body.mac");
    assert_eq!(
        format!("{secret:?} {:?}", Some(&secret)),
        "Secret(14 bytes) Some(Secret(14 bytes))"
    );
}
