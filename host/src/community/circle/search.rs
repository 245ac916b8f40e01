//! Whether a circle is one that somebody looks for, and how well.
//!
//! What is compared is folded: width, case and compatibility forms, traditional
//! characters to simplified ones, nothing but letters and digits. Chinese has no
//! spaces between words, so a word is looked for anywhere; and a word that is
//! nowhere is looked for once more with a letter wrong, missing, too many or in
//! its neighbour's place.

use unicode_normalization::UnicodeNormalization;

use super::CircleFacts;

/// What somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
}

/// A circle as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    name: String,
    /// The words of the name, for writing that has spaces.
    words: Vec<String>,
    topics: Vec<String>,
    publisher: String,
    intro: String,
}

/// So much of a name is compared letter by letter.
const NAME_CHARS_MAX: usize = 64;

/// Words of a query that count, the first ones.
const WORDS_MAX: usize = 8;

impl Query {
    /// What a reader wrote, of which at most so many characters count.
    pub fn parse(text: &str, chars_max: usize) -> Query {
        let text: String = text.chars().take(chars_max).collect();
        Query {
            words: words(&text).into_iter().take(WORDS_MAX).collect(),
        }
    }

    /// Whether it asks for nothing, so that every circle is one.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

impl Subject {
    /// What of a circle can be found.
    pub fn of(facts: &CircleFacts) -> Subject {
        let name: String = facts.name.chars().take(NAME_CHARS_MAX).collect();
        Subject {
            name: folded(&name),
            words: words(&name),
            topics: facts.topics.iter().map(|topic| folded(topic)).collect(),
            publisher: folded(&facts.publisher),
            intro: folded(&facts.intro),
        }
    }

    /// Whether it is about a topic.
    pub fn is_about(&self, topic: &str) -> bool {
        self.topics.contains(&folded(topic))
    }

    /// How well it fits: more is better. None if a word is nowhere in it.
    pub fn relevance(&self, query: &Query) -> Option<u32> {
        let each = query.words.iter().map(|word| self.fits(word));
        each.sum()
    }

    fn fits(&self, word: &str) -> Option<u32> {
        let place = |text: &str, whole, begins, inside| match text {
            text if text == word => whole,
            text if text.starts_with(word) => begins,
            text if text.contains(word) => inside,
            _ => 0,
        };
        let topics = self.topics.iter().map(|topic| place(topic, 70, 55, 50));
        let best = topics.chain([
            place(&self.name, 100, 80, 60),
            place(&self.publisher, 40, 35, 30),
            place(&self.intro, 20, 20, 20),
        ]);
        let best = best.max().unwrap_or_default();
        (best > 0)
            .then_some(best)
            .or_else(|| self.nearly_fits(word))
    }

    /// As [`Subject::fits`], for a word that is mistyped.
    fn nearly_fits(&self, word: &str) -> Option<u32> {
        let distance_max = distance_max(word);
        if distance_max == 0 {
            return None;
        }
        let of_name = match word.is_ascii() {
            // A part of an English word is mostly another word.
            true => self
                .words
                .iter()
                .map(|own| strsim::osa_distance(own, word))
                .min(),
            false => windows(&self.name, word, distance_max).min(),
        };
        let of_topics = self
            .topics
            .iter()
            .map(|own| strsim::osa_distance(own, word));
        let distance = of_name.into_iter().chain(of_topics).min()?;
        match distance {
            1 if distance_max >= 1 => Some(10),
            2 if distance_max >= 2 => Some(5),
            _ => None,
        }
    }
}

/// How many letters of a word may be wrong. Of a short one none: with another
/// letter it is another word. A Chinese character says as much as two letters.
fn distance_max(word: &str) -> usize {
    let chars = word.chars().count();
    match (word.is_ascii(), chars) {
        (true, 0..=3) | (false, 0..=2) => 0,
        (true, 4..=7) | (false, 3..=5) => 1,
        _ => 2,
    }
}

/// How far a word is from each part of a name that is about as long.
fn windows(name: &str, word: &str, distance_max: usize) -> impl Iterator<Item = usize> {
    let name: Vec<char> = name.chars().collect();
    let chars = word.chars().count();
    let lengths = chars.saturating_sub(distance_max).max(1)..=chars + distance_max;
    lengths.flat_map(move |length| {
        let parts: Vec<usize> = name
            .windows(length)
            .map(|part| strsim::osa_distance(&part.iter().collect::<String>(), word))
            .collect();
        parts
    })
}

/// The words of a text, folded, those that are there twice once.
fn words(text: &str) -> Vec<String> {
    let text = normal(text);
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// A text as it is compared: its letters and digits.
fn folded(text: &str) -> String {
    normal(text)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

fn normal(text: &str) -> String {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    fast2s::convert(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::JoinPolicy;

    fn subject(name: &str, topics: &[&str], intro: &str) -> Subject {
        Subject::of(&CircleFacts {
            id: "c".to_owned(),
            name: name.to_owned(),
            intro: intro.to_owned(),
            publisher: "贝壳日报".to_owned(),
            topics: topics.iter().map(|&topic| topic.to_owned()).collect(),
            policy: JoinPolicy::Open,
            pre_approval: false,
        })
    }

    fn relevance(subject: &Subject, query: &str) -> Option<u32> {
        subject.relevance(&Query::parse(query, 64))
    }

    #[test]
    fn circles_are_found_by_what_readers_write() {
        let reading = subject("贝壳读书圈", &["科幻", "Book Club"], "一起读三体。");
        let running = subject("City Runners 城市夜跑", &["跑步"], "");
        #[track_caller]
        fn check(subject: &Subject, query: &str, expected: Option<u32>) {
            assert_eq!(relevance(subject, query), expected, "{query}");
        }
        for (query, expected) in [
            // Anywhere in the name, at its beginning, all of it.
            ("读书", Some(60)),
            ("贝壳", Some(80)),
            ("贝壳读书圈", Some(100)),
            ("贝壳·读书圈", Some(140)),
            // Topics, the publisher, the introduction.
            ("科幻", Some(70)),
            ("book club", Some(105)),
            ("bookclub", Some(70)),
            ("日报", Some(30)),
            ("三体", Some(20)),
            // Width, case, traditional characters.
            ("ＢＯＯＫ", Some(55)),
            ("讀書", Some(60)),
            // A letter wrong, missing, too many, in its neighbour's place.
            ("贝壳毒书圈", Some(10)),
            ("贝壳书圈", Some(10)),
            ("贝壳读书圈子", Some(10)),
            ("贝壳书读圈", Some(10)),
            ("bokclub", Some(10)),
            // Too short to be mistyped, and too far away.
            ("读诗", None),
            ("钓鱼论坛", None),
            // Every word must be somewhere.
            ("读书 科幻", Some(130)),
            ("读书 钓鱼", None),
            // Nothing to look for.
            ("", Some(0)),
            (" -，", Some(0)),
        ] {
            check(&reading, query, expected);
        }
        for (query, expected) in [
            ("runners", Some(60)),
            ("runers", Some(10)),
            ("rnu", None),
            ("rune", None),
            ("夜跑", Some(60)),
            ("城市夜路", Some(10)),
        ] {
            check(&running, query, expected);
        }
        assert!(reading.is_about("book club") && reading.is_about("科幻"));
        assert!(!reading.is_about("科"));
    }

    #[test]
    fn a_query_has_so_many_characters_and_words() {
        let query = Query::parse(&"字".repeat(1_000), 64);
        assert_eq!(query.words[0].chars().count(), 64);
        let query = Query::parse("a b c d e f g h i j", 64);
        assert_eq!(query.words.len(), WORDS_MAX);
        assert!(Query::parse("", 64).is_empty());
    }
}
