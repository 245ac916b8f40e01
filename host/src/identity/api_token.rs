//! Tokens that a publisher's own servers show: the host keeps their digests and
//! never the tokens.

use std::hint::black_box;

use sha2::{Digest, Sha256};

use crate::config::TokenDigest;

/// Whether a token is one of those with these digests. All of them are looked
/// at, and each to its end, so that the time it takes tells nothing.
pub fn is_one_of(token: &str, digests: &[TokenDigest]) -> bool {
    let shown: [u8; 32] = Sha256::digest(token).into();
    let same = |known: &TokenDigest| {
        let bytes = known.as_bytes().iter().zip(&shown);
        bytes.fold(0, |differing, (one, other)| {
            black_box(differing | (one ^ other))
        }) == 0
    };
    digests
        .iter()
        .fold(false, |found, known| found | same(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(tokens: &[&str]) -> Vec<TokenDigest> {
        let hex = |token: &&str| {
            let digest = Sha256::digest(token);
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        let hex = tokens.iter().map(hex);
        hex.map(|text: String| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_token_is_known_by_its_digest() {
        let known = digests(&["one", "two"]);
        for (token, expected) in [
            ("one", true),
            ("two", true),
            ("three", false),
            ("on", false),
            ("", false),
        ] {
            assert_eq!(is_one_of(token, &known), expected, "{token}");
        }
        assert!(!is_one_of("one", &[]));
    }

    #[test]
    fn a_digest_is_64_hexadecimal_digits_and_never_repeated() {
        let digest = "9F86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        assert!(digest.parse::<TokenDigest>().is_ok());
        for wrong in [
            "",
            "a-secret-token",
            &digest[1..],
            &digest.replace('9', "g"),
        ] {
            let why = wrong.parse::<TokenDigest>().unwrap_err();
            assert!(why.starts_with("is not 64 hexadecimal digits"), "{why}");
            assert!(wrong.is_empty() || !why.contains(wrong), "{why}");
        }
        let known = digest.parse::<TokenDigest>().unwrap();
        assert_eq!(format!("{known:?}"), "TokenDigest(..)");
    }
}
