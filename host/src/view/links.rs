//! Addresses in what readers write. Only what begins with `https://` is one,
//! and it ends where no browser would end it differently.

use url::Url;

/// A piece of a reader's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// An address, as it was written.
    Link(&'a str),
}

/// A text in pieces, which put together are the text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    const SCHEME: &str = "https://";
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut from = 0;
    while let Some(found) = text[from..].find(SCHEME) {
        let start = from + found;
        let length = address_length(&text[start..]);
        let address = &text[start..start + length];
        if !is_address(address) {
            from = start + SCHEME.len();
            continue;
        }
        from = start + length;
        if plain < start {
            pieces.push(Piece::Text(&text[plain..start]));
        }
        pieces.push(Piece::Link(address));
        plain = from;
    }
    if plain < text.len() {
        pieces.push(Piece::Text(&text[plain..]));
    }
    pieces
}

/// How far an address goes: over what may stand in one unescaped, without the
/// marks that end a sentence, and without a bracket that was opened before it.
fn address_length(text: &str) -> usize {
    let may_stand =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(byte);
    let mut length = text.bytes().take_while(may_stand).count();
    while let Some(last) = text[..length].chars().next_back() {
        let count = |bracket: char| text[..length].matches(bracket).count();
        let is_outside = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '[' | '(' => true,
            ')' => count(')') > count('('),
            ']' => count(']') > count('['),
            _ => false,
        };
        if !is_outside {
            break;
        }
        length -= 1;
    }
    length
}

/// Whether it leads to a named host, and hides no other behind a user's name.
fn is_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let named = url.domain().is_some_and(|domain| domain.contains('.'));
    named && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn addresses_are_found_and_nothing_else() {
        let check = |text: &str, expected: &str| {
            let marked = |piece: &Piece<'_>| match piece {
                Piece::Text(text) => (*text).to_owned(),
                Piece::Link(address) => format!("<{address}>"),
            };
            let marked: String = pieces(text).iter().map(marked).collect();
            assert_eq!(marked, expected);
        };
        check("", "");
        check("没有链接", "没有链接");
        check("https://a.example", "<https://a.example>");
        check(
            "看https://a.example/书，很好",
            "看<https://a.example/>书，很好",
        );
        check("(https://a.example/x).", "(<https://a.example/x>).");
        check("https://a.example/x_(y)", "<https://a.example/x_(y)>");
        check(
            "https://a.example/?q=1&r=%E4#z! https://b.example",
            "<https://a.example/?q=1&r=%E4#z>! <https://b.example>",
        );
        // No address of a named host.
        check("https://", "https://");
        check("https://localhost/x", "https://localhost/x");
        check("https://127.0.0.1/x", "https://127.0.0.1/x");
        check(
            "https://bank.example@evil.example/",
            "https://bank.example@evil.example/",
        );
        check("https://https://a.example", "https://<https://a.example>");
        // Other schemes are text.
        check("javascript:alert(1)", "javascript:alert(1)");
        check("http://a.example", "http://a.example");
        check("HTTPS://a.example", "HTTPS://a.example");
        // What would end an attribute ends the address.
        check("https://a.example/\"><b>", "<https://a.example/>\"><b>");
    }
}
