//! Keys for tests: known secrets, so that what is derived can be written down.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::identity::keys::Keys;

/// A root of 32 bytes 7 and the given signing keys, `(name, byte, suffix)`.
pub(crate) fn keys(sign: &[(&str, u8, &str)]) -> Keys {
    let mut text = format!("root {}\n", secret(7));
    for (id, byte, suffix) in sign {
        text.push_str(&format!("sign {id} {} {suffix}\n", secret(*byte)));
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret.key");
    write(&path, &text);
    Keys::load_or_create(&path, Timestamp::UNIX_EPOCH).unwrap()
}

/// One signing key `k1`.
pub(crate) fn one_key() -> Keys {
    keys(&[("k1", 1, "")])
}

/// 32 times the same byte, in base64.
pub(crate) fn secret(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

/// Writes a key file as its owner would.
pub(crate) fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// An instant.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Every text that differs from `token` in one place: cut short, one character
/// replaced, or one appended.
pub(crate) fn mutations(token: &str) -> impl Iterator<Item = String> {
    let cut = (0..token.len()).map(|end| token[..end].to_owned());
    let replaced = (0..token.len()).flat_map(move |at| {
        let replacements = "AZaz09-_.=% \u{0}".chars();
        replacements.map(move |c| format!("{}{c}{}", &token[..at], &token[at + 1..]))
    });
    let longer = ["A", ".", "=", "\n"].map(|tail| format!("{token}{tail}"));
    cut.chain(replaced)
        .chain(longer)
        .filter(move |mutation| mutation != token)
}
