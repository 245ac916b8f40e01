//! Topics (话题), which the owner runs: a name, what it is about, and whether it
//! is over. Each has the key `topic/T` in the state that all cards of this
//! plugin in the circle share; its posts carry its name as a tag.

use std::cmp::Reverse;

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

/// The most topics of one circle.
pub const TOPICS_MAX: usize = 50;
pub const NAME_CHARS_MIN: usize = 2;
pub const NAME_CHARS_MAX: usize = 16;
pub const ABOUT_CHARS_MAX: usize = 120;

/// Letters of an id; none is taken for another.
const ID_LETTERS: &[u8] = b"23456789bcdfghjkmnpqrstvwxyz";
const ID_CHARS: usize = 8;

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub id: String,
    pub said: Said,
}

/// What the owner said of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub name: String,
    pub about: String,
    /// Whether it is over: still to be read, and nothing more.
    pub closed: bool,
    pub since_ms: u64,
}

impl Topic {
    /// The tag of its posts, in the form in which the host keeps it: a name may
    /// have signs in another (`厨房（小）`).
    pub fn tag(&self) -> String {
        let name = &self.said.name;
        posts::tag(name).unwrap_or_else(|| name.clone())
    }
}

/// All topics: open ones first, and the latest of them.
pub fn all() -> Result<Vec<Topic>> {
    let page: Page<Said> = state::circle().scan("topic/").page()?;
    let topics = page.entries.into_iter().filter_map(|(key, said)| {
        let id = key.strip_prefix("topic/")?.to_owned();
        Some(Topic { id, said })
    });
    let mut topics: Vec<Topic> = topics.collect();
    topics.sort_by_key(|topic| (topic.said.closed, Reverse(topic.said.since_ms)));
    Ok(topics)
}

/// A topic, if there is one of that id.
pub fn get(id: &str) -> Result<Option<Topic>> {
    if id.is_empty() || id.len() > ID_CHARS {
        return Ok(None);
    }
    let said: Option<Said> = state::circle().get(&key(id))?;
    Ok(said.map(|said| Topic {
        id: id.to_owned(),
        said,
    }))
}

/// Keeps a topic.
pub fn put(topic: &Topic) -> Result<()> {
    state::circle().put(&key(&topic.id), &topic.said)
}

/// An id for a new topic.
pub fn new_id(random: &mut Random) -> String {
    let letters = (0..ID_CHARS).map(|_| char::from(ID_LETTERS[random.below(ID_LETTERS.len())]));
    letters.collect()
}

/// Whether a name can be a topic's: it is a tag, and part of a title.
pub fn is_good_name(name: &str) -> bool {
    let length = name.chars().count();
    (NAME_CHARS_MIN..=NAME_CHARS_MAX).contains(&length)
        && !name.contains(['#', '＃', '/'])
        && posts::tag(name).is_some()
}

/// Whether two names would be taken for one another; those with one tag are.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        let name = posts::tag(name).unwrap_or_else(|| name.to_owned());
        let lower = name.chars().flat_map(char::to_lowercase);
        lower.filter(|c| !c.is_whitespace()).collect()
    };
    plain(one) == plain(other)
}

fn key(id: &str) -> String {
    format!("topic/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tags() {
        fn check(name: &str, expected: bool) {
            assert_eq!(is_good_name(name), expected, "{name:?}");
        }
        check("数码", true);
        check("Home & garden", true);
        check("一二三四五六七八九十一二三四五六", true);
        check("一二三四五六七八九十一二三四五六七", false);
        check("书", false);
        check("", false);
        check("#数码", false);
        check("数码＃", false);
        check("吃/喝", false);
        check("吃\n喝", false);
        check("吃\u{200b}喝", false);
        // Each of these is four characters of the tag.
        check("㍿㍿㍿㍿㍿㍿", true);
        check("㍿㍿㍿㍿㍿㍿㍿", false);
    }

    #[test]
    fn names_that_look_alike_are_the_same() {
        fn check(one: &str, other: &str, expected: bool) {
            assert_eq!(is_same_name(one, other), expected, "{one:?} {other:?}");
        }
        check("数码", "数码", true);
        check("数码 ", "数 码", true);
        check("Kindle", "ｋｉｎｄｌｅ", true);
        check("厨房（小）", "厨房(小)", true);
        check("㎏", "kg", true);
        check("数码", "数 玛", false);
    }
}
