//! The form in which the host keeps tags.

use unicode_normalization::UnicodeNormalization;

/// Characters of a tag; the contract's figure.
pub const TAG_CHARS_MAX: usize = 24;

/// A tag as the host keeps it and as [`Post::tags`](super::Post::tags) has it:
/// without its sign, in one form of its characters (NFKC), so that ｒｕｎ and run
/// are one. None if it is no tag: empty, longer than 24 characters, or with
/// characters that nobody sees.
///
/// Compare names with it, and keep your own under it.
///
/// ```
/// use quanka_card::posts::tag;
/// assert_eq!(tag(" #跑步（早）").as_deref(), Some("跑步(早)"));
/// assert_eq!(tag("#"), None);
/// ```
pub fn tag(text: &str) -> Option<String> {
    let tag: String = text.nfkc().collect();
    let tag = tag.trim().trim_start_matches('#').trim();
    let is_tag = (1..=TAG_CHARS_MAX).contains(&tag.chars().count())
        && !tag.contains('#')
        && !tag.contains(is_unseen);
    is_tag.then(|| tag.to_owned())
}

/// Control characters, those without a width, and those that turn the direction
/// of what follows.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}'
        )
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The host's own test (`community/posts/tests/tags.rs`) has the same table.
    #[test]
    fn tags_are_kept_in_one_form() {
        for line in include_str!("tags.txt").lines() {
            let (text, expected) = line.split_once('\t').expect("two columns");
            let unescaped = text.replace("\\u{200b}", "\u{200b}");
            let expected = (expected != "-").then_some(expected);
            assert_eq!(tag(&unescaped).as_deref(), expected, "{line}");
        }
    }
}
