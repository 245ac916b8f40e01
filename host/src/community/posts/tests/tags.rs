//! In which form tags are kept. The library for authors says the same by the
//! same table.

use crate::community::posts::draft::tag;

const TABLE: &str = include_str!("../../../../../plugins/sdk/src/posts/tags.txt");

#[test]
fn tags_are_kept_in_one_form() {
    for line in TABLE.lines() {
        let (text, expected) = line.split_once('\t').expect("two columns");
        let unescaped = text.replace("\\u{200b}", "\u{200b}");
        let expected = (expected != "-").then_some(expected);
        assert_eq!(tag(&unescaped).as_deref(), expected, "{line}");
    }
}
