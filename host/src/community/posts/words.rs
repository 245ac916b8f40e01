//! Words that are looked for in what is posted, and the tricks to hide them.
//!
//! Text and words are brought into one form: width and compatibility forms
//! (NFKC), case, accents, simplified characters; what is not seen is left out.
//! Letters are compared with what stands between them set aside but not forgotten:
//!
//! - A word of a script that writes spaces (`spam`) is found only where it
//!   begins and ends, so not in `spamalot`. Punctuation inside it hides
//!   nothing; spaces do not if they stand between all its letters.
//! - A word of a script without spaces (发票) is found anywhere, spaces and
//!   signs inside it set aside. What ends a clause inside it counts as a trick
//!   only in a longer word, and only between all its characters: 出发。票 is
//!   none.
//! - A character may be repeated: as often as it likes in a script without
//!   spaces, and in others three times or more, or all of them.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words of a host or circle: those that want a moderator's look, and those
/// that are not posted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordLists {
    hold: Words,
    refuse: Words,
}

/// A word that was found, as the list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding(pub String);

impl WordLists {
    /// From words as somebody wrote them down. What has no letters is none.
    pub fn new<'a>(
        hold: impl IntoIterator<Item = &'a str>,
        refuse: impl IntoIterator<Item = &'a str>,
    ) -> WordLists {
        WordLists {
            hold: Words::new(hold),
            refuse: Words::new(refuse),
        }
    }

    /// The first word that is not posted.
    pub fn refused(&self, texts: &[&str]) -> Option<&str> {
        self.refuse.find_in(texts)
    }

    /// The first word that wants a look.
    pub fn held(&self, texts: &[&str]) -> Option<Finding> {
        let found = self.hold.find_in(texts);
        found.map(|word| Finding(word.to_owned()))
    }
}

/// Words, by their first letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Words(HashMap<char, Vec<Word>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    written: String,
    /// Its letters, and how often each is repeated.
    runs: Vec<(char, usize)>,
    is_spaced: bool,
}

impl Words {
    fn new<'a>(written: impl IntoIterator<Item = &'a str>) -> Words {
        let mut words: HashMap<char, Vec<Word>> = HashMap::new();
        for written in written {
            let word = Word::new(written);
            if let Some((first, _)) = word.runs.first() {
                words.entry(*first).or_default().push(word);
            }
        }
        Words(words)
    }

    fn find_in(&self, texts: &[&str]) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        texts.iter().find_map(|text| {
            let line = Line::new(text);
            (0..line.letters.len()).find_map(|at| {
                let words = self.0.get(&line.letters[at].is)?;
                let found = words.iter().find(|word| word.stands_at(&line, at))?;
                Some(found.written.as_str())
            })
        })
    }
}

impl Word {
    fn new(written: &str) -> Word {
        let mut runs: Vec<(char, usize)> = Vec::new();
        let letters = letters(written);
        for letter in &letters {
            match runs.last_mut() {
                Some((is, times)) if *is == letter.is => *times += 1,
                _ => runs.push((letter.is, 1)),
            }
        }
        Word {
            written: written.trim().to_owned(),
            runs,
            is_spaced: letters.iter().all(|letter| is_spaced(letter.is)),
        }
    }

    /// Whether the word begins at a letter. The work does not grow with the
    /// text but for the last letter's repeats.
    fn stands_at(&self, line: &Line, at: usize) -> bool {
        if self.is_spaced && !line.is_edge(at) {
            return false;
        }
        let mut end = at;
        let mut repeats = Repeats::default();
        let (last, before) = self.runs.split_last().expect("a word has letters");
        for (is, times) in before {
            let there = line.run(end, *is);
            if there < *times {
                return false;
            }
            end += there;
            repeats.add(there, *times);
        }
        let (is, times) = *last;
        let there = line.run(end, is);
        (times..=there)
            .map(|taken| (taken, line.between(at, end + taken)))
            .take_while(|(_, between)| !self.is_hopeless(*between))
            .any(|(taken, between)| {
                if self.is_spaced {
                    line.is_edge(end + taken)
                        && between.may_hide_spaced()
                        && repeats.with(taken, times).are_no_chance()
                } else {
                    between.may_hide_together()
                }
            })
    }

    /// Whether what stands between letters keeps them apart, whatever follows.
    fn is_hopeless(&self, between: Between) -> bool {
        match between.widest {
            Gap::None | Gap::Sign => false,
            Gap::Space => self.is_spaced && between.some_touch,
            Gap::Clause => self.is_spaced || between.some_touch,
        }
    }
}

/// What stands between the letters of what may be a word.
#[derive(Clone, Copy, Debug)]
struct Between {
    widest: Gap,
    /// Whether two of the letters have nothing between them.
    some_touch: bool,
    letters: usize,
}

impl Between {
    /// Whether it may hide a word with spaces around it.
    fn may_hide_spaced(self) -> bool {
        match self.widest {
            Gap::None | Gap::Sign => true,
            Gap::Space => !self.some_touch,
            Gap::Clause => false,
        }
    }

    /// The same for a word of a script without spaces.
    fn may_hide_together(self) -> bool {
        self.widest < Gap::Clause || (self.letters >= 3 && !self.some_touch)
    }
}

/// How the letters of what may be a word are repeated, next to the word's own.
#[derive(Clone, Copy, Debug)]
struct Repeats {
    each_as_often_or_thrice: bool,
    all_twice: bool,
}

impl Default for Repeats {
    fn default() -> Repeats {
        Repeats {
            each_as_often_or_thrice: true,
            all_twice: true,
        }
    }
}

impl Repeats {
    fn add(&mut self, there: usize, times: usize) {
        self.each_as_often_or_thrice &= there == times || there >= 3;
        self.all_twice &= there >= 2 * times;
    }

    fn with(mut self, there: usize, times: usize) -> Repeats {
        self.add(there, times);
        self
    }

    /// Whether nobody writes so by chance.
    fn are_no_chance(self) -> bool {
        self.each_as_often_or_thrice || self.all_twice
    }
}

/// A text's letters, with what is asked of them again and again.
struct Line {
    letters: Vec<Letter>,
    /// Where the run of equal letters ends that each is in.
    run_ends: Vec<usize>,
    /// How many of the letters before each have which gap before them.
    gaps: Vec<[usize; 4]>,
}

impl Line {
    fn new(text: &str) -> Line {
        let letters = letters(text);
        let mut run_ends = vec![letters.len(); letters.len()];
        for at in (1..letters.len()).rev() {
            run_ends[at - 1] = match letters[at - 1].is == letters[at].is {
                true => run_ends[at],
                false => at,
            };
        }
        let mut counted = [0; 4];
        let mut gaps = vec![counted];
        for letter in &letters {
            counted[letter.before as usize] += 1;
            gaps.push(counted);
        }
        Line {
            letters,
            run_ends,
            gaps,
        }
    }

    /// How often a letter stands from a place on.
    fn run(&self, at: usize, is: char) -> usize {
        match self.letters.get(at) {
            Some(letter) if letter.is == is => self.run_ends[at] - at,
            _ => 0,
        }
    }

    /// What stands between the letters from a place to another.
    fn between(&self, at: usize, end: usize) -> Between {
        let has = |gap: Gap| self.gaps[end][gap as usize] > self.gaps[at + 1][gap as usize];
        let mut widest = [Gap::Clause, Gap::Space, Gap::Sign].into_iter();
        Between {
            widest: widest.find(|&gap| has(gap)).unwrap_or(Gap::None),
            some_touch: has(Gap::None),
            letters: end - at,
        }
    }

    /// Whether a word of a script with spaces can begin or end before a place.
    fn is_edge(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|at| self.letters[at]);
        let (Some(before), Some(letter)) = (before, self.letters.get(at)) else {
            return true;
        };
        letter.before != Gap::None || !is_spaced(before.is) || !is_spaced(letter.is)
    }
}

/// A letter or digit, and what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Letter {
    is: char,
    before: Gap,
}

/// What stands between two letters, by how far it keeps them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Sign,
    Space,
    Clause,
}

/// What ends a clause, whatever follows it.
const CLAUSE_ENDS: [char; 13] = [
    // Full-width `!`, `?`, `;`, `,`, `:` and `.` are written out: they look plain.
    '。', '\u{ff01}', '\u{ff1f}', '\u{ff1b}', '\u{ff0c}', '\u{ff1a}', '\u{ff0e}', '、', '…', '\n',
    '\r', '\u{2028}', '\u{2029}',
];

fn letters(text: &str) -> Vec<Letter> {
    // Before full-width signs become plain ones.
    let marked = text.replace(CLAUSE_ENDS, "\n");
    let seen = marked
        .chars()
        .filter(|&c| !is_unseen(c))
        .collect::<String>();
    let bare = seen
        .nfkd()
        .filter(|&c| !is_combining_mark(c) || is_of_kana(c));
    let one_form: String = bare.nfc().collect();
    let one_form = fast2s::convert(&one_form.to_lowercase());
    let mut letters = Vec::with_capacity(one_form.len());
    let mut before = Gap::None;
    let mut chars = one_form.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() {
            letters.push(Letter { is: c, before });
            before = Gap::None;
            continue;
        }
        let ends = matches!(c, '.' | ',' | '!' | '?' | ';' | ':');
        let gap = match c {
            '\n' => Gap::Clause,
            _ if ends && chars.peek().is_some_and(|next| next.is_whitespace()) => Gap::Clause,
            _ if c.is_whitespace() => Gap::Space,
            _ => Gap::Sign,
        };
        before = before.max(gap);
    }
    letters
}

/// Marks that make another letter of one, as が of か.
fn is_of_kana(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}')
}

/// Characters of no width, and what only says how others are shown.
fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a letter's script writes spaces between words.
fn is_spaced(c: char) -> bool {
    !matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, text: &str, expected: bool) {
        let lists = WordLists::new([word], []);
        assert_eq!(
            lists.held(&[text]).is_some(),
            expected,
            "{word:?} in {text:?}"
        );
    }

    /// One trick a line.
    #[test]
    fn tricks_that_do_not_hide_a_word() {
        for text in [
            "spam",
            "Buy SPAM now",
            "\u{ff53}\u{ff50}\u{ff41}\u{ff4d}",
            "ⓢⓟⓐⓜ",
            "s p a m",
            "s.p.a.m",
            "s-p-a-m",
            "s*p*a*m",
            "sp-am",
            "s\u{200b}p\u{200d}am",
            "sp\u{ad}am",
            "s\u{336}p\u{336}a\u{336}m\u{336}",
            "spaaaam",
            "sssspam",
            "spammm",
            "ssppaamm",
            "(spam)",
            "买spam吗",
            "class spam massive",
            "s_p_a_m",
            "𝓼𝓹𝓪𝓶",
            "S  P  A  M",
            "spam!",
            "no,spam.",
            "s\u{301}pam",
            "śpàm",
        ] {
            check("spam", text, true);
        }
        for text in [
            "加微信",
            "加薇信加微信",
            "加 微 信",
            "加.微.信",
            "加微 信",
            "加\u{200b}微\u{feff}信",
            "加。微。信",
            "加\u{ff0c}微\u{ff0c}信",
            "加微微微信",
            "加★微★信",
            "+加-微-信",
            "请加微信号",
            "加\n微\n信",
            "加\u{fe0f}微信",
            "加_微_信",
        ] {
            check("加微信", text, true);
        }
        for text in ["开发票", "開發票", "開 發 票", "开發·票", "開發票"] {
            check("开发票", text, true);
        }
        // The list may be written in any form, too.
        check("開發票", "代开发票", true);
        check("SPAM", "spam", true);
        check("加VX", "加vx聊", true);
        check("加vx", "加 V X", true);
    }

    #[test]
    fn innocent_texts() {
        for (word, text) in [
            ("cunt", "Scunthorpe United"),
            ("ass", "a class of its own, passing the assessment"),
            ("spam", "spamalot"),
            ("spam", "this pam is mine"),
            ("spam", "sp am"),
            ("spam", "a gasp. Am I late?"),
            ("cialis", "a socialist specialist"),
            ("god", "a good day"),
            ("sex", "Essex, Middlesex and Sussex"),
            ("good", "god only knows"),
            ("发票", "我们先出发。票在这里"),
            ("发票", "出发\u{ff0c}票在这里"),
            ("发票", "出发\u{ff01}票在这里"),
            ("发票", "出发\n票在这里"),
            ("发票", "出发, 票在这里"),
            ("加微信", "请再加一点。微信读书也有"),
            ("加微信", "再加\u{ff0c}微信里说"),
            ("妈妈", "我妈说"),
            ("一一", "第一名"),
        ] {
            check(word, text, false);
        }
        let none = WordLists::new(["", " ", "***"], ["\u{200b}"]);
        assert_eq!(none, WordLists::default());
    }

    /// Whose every letter begins the word, and every pair ends it: work that
    /// grew with its cube would not come to an end.
    #[test]
    fn a_text_made_to_be_slow() {
        for (word, piece) in [("aaa", "aa "), ("妈妈妈", "妈妈。"), ("abc", "a a b ")] {
            let lists = WordLists::new([word], []);
            let found = lists.held(&[&piece.repeat(20_000)]).is_some();
            assert!(!found, "{word:?} in many of {piece:?}");
        }
    }

    #[test]
    fn what_is_found_is_named_as_the_list_has_it() {
        let lists = WordLists::new(["加微信"], ["Spam "]);
        assert_eq!(lists.refused(&["好", "S P A M"]), Some("Spam"));
        assert_eq!(
            lists.held(&["加 微 信"]),
            Some(Finding("加微信".to_owned()))
        );
        assert_eq!(lists.refused(&["加 微 信"]), None);
    }
}
