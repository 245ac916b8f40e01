//! What a tag may be called.

use quanka_card::posts;

/// Characters of a name. As bytes they fit the name of a counter.
pub const CHARS_MAX: usize = 16;

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoName {
    Empty,
    TooLong,
    /// A sign that has a meaning in tags or places.
    Sign,
}

/// A tag's name as it is kept: in the form that tags of posts have, without its
/// sign, and with single spaces.
pub fn read(text: &str) -> Result<String, NoName> {
    let text = text.trim().trim_start_matches(['#', '＃']).trim();
    let Some(tag) = posts::tag(text) else {
        return Err(match text.chars().count() {
            0 => NoName::Empty,
            1..=CHARS_MAX => NoName::Sign,
            _ => NoName::TooLong,
        });
    };
    let words: Vec<&str> = tag.split_whitespace().collect();
    let name = words.join(" ");
    match name.chars().count() {
        _ if name.contains(is_sign) => Err(NoName::Sign),
        1..=CHARS_MAX => Ok(name),
        _ => Err(NoName::TooLong),
    }
}

/// Whether a text is a name as it is kept.
pub fn is_name(text: &str) -> bool {
    read(text).as_deref() == Ok(text)
}

/// Slashes part places, and what is not seen makes two tags look like one.
fn is_sign(c: char) -> bool {
    let is_unseen = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    matches!(c, '/' | '#' | '＃') || c.is_control() || is_unseen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_have_no_signs() {
        #[track_caller]
        fn check(text: &str, expected: Result<&str, NoName>) {
            assert_eq!(read(text).as_deref().map_err(|no| *no), expected, "{text}");
        }
        check("跑步", Ok("跑步"));
        check(" #跑步 ", Ok("跑步"));
        check("＃跑步", Ok("跑步"));
        check("跑步（早）", Ok("跑步(早)"));
        check("ｒｕｎ　①", Ok("run 1"));
        check("跑／步", Err(NoName::Sign));
        check("slow  cooking", Ok("slow cooking"));
        check(
            "一二三四五六七八九十一二三四五六",
            Ok("一二三四五六七八九十一二三四五六"),
        );
        check("一二三四五六七八九十一二三四五六七", Err(NoName::TooLong));
        check("", Err(NoName::Empty));
        check(" # ", Err(NoName::Empty));
        check("a/b", Err(NoName::Sign));
        check("a#b", Err(NoName::Sign));
        check("a\u{7}b", Err(NoName::Sign));
        check("a\u{200b}b", Err(NoName::Sign));
        check(
            "🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃",
            Ok("🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃🏃"),
        );
        assert!(is_name("跑步") && !is_name("#跑步") && !is_name(" 跑步"));
        assert!(is_name("跑步(早)") && !is_name("跑步（早）"));
    }
}
