//! Which of a card's pages: the place that a link of the card names
//! (`card:tag/跑步`), and how it stands in an address.
//!
//! A place is the plugin's own word. The host gives it no meaning and takes
//! nothing out of it: it stands in addresses percent-encoded, and where several
//! stand in one address, as base64url. Whether there is such a page is the
//! plugin's to say.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use url::form_urlencoded::byte_serialize;

/// The most bytes of a place, as `wit/v1/types.wit` promises.
const PLACE_BYTES_MAX: usize = 256;

/// What a link to a page of its own card begins with.
const SCHEME: &str = "card:";

/// One of a card's pages, by its place; empty for the first. Anybody can make
/// one up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct At(Arc<str>);

/// Why a text is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// It is too long.
    #[error("a page of a card is named in at most {PLACE_BYTES_MAX} bytes of UTF-8")]
    TooLong,
    /// It has what nobody can see, or was no UTF-8 before it was decoded, which
    /// leaves U+FFFD behind.
    #[error("a page of a card is named in UTF-8, without control characters")]
    Unprintable,
}

impl At {
    /// A place from outside.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(place: &str) -> Result<At, NoPlace> {
        check(place).map(|()| At(place.into()))
    }

    /// The place; empty for the first page.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, shared.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// Whether it is the card's first page.
    pub fn is_first(&self) -> bool {
        self.0.is_empty()
    }

    /// The address of this page, by that of the first.
    pub fn address(&self, first: &str) -> String {
        address(first, &self.0)
    }

    /// As one of several in an address: nothing in it needs an escape.
    pub fn packed(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.as_str())
    }

    /// From [`packed`](At::packed).
    pub fn unpack(packed: &str) -> Option<At> {
        let place = URL_SAFE_NO_PAD.decode(packed).ok()?;
        At::parse(str::from_utf8(&place).ok()?).ok()
    }
}

impl TryFrom<String> for At {
    type Error = NoPlace;

    fn try_from(place: String) -> Result<At, NoPlace> {
        At::parse(&place)
    }
}

impl From<At> for String {
    fn from(at: At) -> String {
        at.as_str().to_owned()
    }
}

/// Whether a text is a place.
pub(super) fn check(place: &str) -> Result<(), NoPlace> {
    if place.len() > PLACE_BYTES_MAX {
        return Err(NoPlace::TooLong);
    }
    let unprintable = |character: char| character.is_control() || character == '\u{fffd}';
    match place.contains(unprintable) {
        true => Err(NoPlace::Unprintable),
        false => Ok(()),
    }
}

/// The place that a link names, if it is one to a page of its own card.
pub(super) fn place_in(url: &str) -> Option<&str> {
    url.strip_prefix(SCHEME)
}

/// The address of a page, by that of the card's first.
pub(super) fn address(first: &str, place: &str) -> String {
    let mut address = first.to_owned();
    if !place.is_empty() {
        address.push(if first.contains('?') { '&' } else { '?' });
        address.push_str("at=");
        address.extend(byte_serialize(place.as_bytes()));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_printable_and_short() {
        let check = |place: &str, expected: Result<(), NoPlace>| {
            assert_eq!(At::parse(place).map(drop), expected, "{place:?}");
        };
        check("", Ok(()));
        check("tag/跑步", Ok(()));
        check("a b&c=d#e?f%g\"<>'\\`", Ok(()));
        check(&"a".repeat(256), Ok(()));
        check(&"a".repeat(257), Err(NoPlace::TooLong));
        check(&"跑".repeat(86), Err(NoPlace::TooLong));
        for bad in ["a\nb", "\0", "a\u{7f}", "\u{85}", "a\u{fffd}"] {
            check(bad, Err(NoPlace::Unprintable));
        }
    }

    #[test]
    fn an_address_says_where() {
        let check = |first: &str, place: &str, expected: &str| {
            let address = At::parse(place).unwrap().address(first);
            assert_eq!(address, expected);
            let url = url::Url::options()
                .base_url(Some(&"https://cards.example".parse().unwrap()))
                .parse(&address)
                .unwrap();
            let said = url.query_pairs().find(|(name, _)| name == "at");
            let said = said.map(|(_, value)| value.into_owned());
            assert_eq!(said.unwrap_or_default(), place, "{address}");
        };
        check("/c/life", "", "/c/life");
        check("/c/life?lang=en", "", "/c/life?lang=en");
        check("/c/life", "tag/跑步", "/c/life?at=tag%2F%E8%B7%91%E6%AD%A5");
        check(
            "/c/life?lang=en",
            "a&b=c+d e#%",
            "/c/life?lang=en&at=a%26b%3Dc%2Bd+e%23%25",
        );
    }

    #[test]
    fn what_is_packed_comes_out_again() {
        let check = |place: &str, packed: &str| {
            let at = At::parse(place).unwrap();
            assert_eq!(at.packed(), packed);
            assert_eq!(At::unpack(packed), Some(at));
        };
        check("", "");
        check("tag/跑步", "dGFnL-i3keatpQ");
        check("a,b~c", "YSxifmM");
        for bad in ["tag/a", "YQ==", "_w", "Cg", "a"] {
            assert_eq!(At::unpack(bad), None, "{bad}");
        }
        assert_eq!(At::unpack(&URL_SAFE_NO_PAD.encode("a".repeat(257))), None);
    }

    #[test]
    fn a_link_names_a_place_by_its_scheme() {
        assert_eq!(place_in("card:tag/跑步"), Some("tag/跑步"));
        assert_eq!(place_in("card:"), Some(""));
        assert_eq!(place_in("https://card.example/"), None);
        assert_eq!(place_in("Card:a"), None);
    }
}
