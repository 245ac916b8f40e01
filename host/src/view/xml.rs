//! What XML can hold. HTML shrugs at a control character; for a reader of XML
//! the whole document is then broken, and no escape helps.

use std::borrow::Cow;

/// The text with what no XML document may hold replaced.
pub(super) fn xml_text(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_char) {
        return text.into();
    }
    text.replace(|c| !is_char(c), "\u{fffd}").into()
}

/// `Char` of XML 1.0.
fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[test]
fn what_xml_cannot_hold_is_replaced() {
    for (text, expected) in [
        ("贝壳 a\tb\n", "贝壳 a\tb\n"),
        ("a\u{0}b\u{1f}", "a\u{fffd}b\u{fffd}"),
        ("\u{ffff}🐚", "\u{fffd}🐚"),
    ] {
        assert_eq!(xml_text(text), expected);
    }
}
