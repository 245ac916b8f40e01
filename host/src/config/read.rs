//! From a tree to typed values: the readers that options are declared with.
//!
//! A reader takes a place, and returns the value or says there what is wrong
//! and returns nothing, so that reading goes on and finds the next mistake.
//! May import `config::tree` and `config::problem`. Does not know a single
//! option.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use super::problem::{Problems, did_you_mean};
use super::tree::{Cursor, Step, Table, Value};

/// A struct read from a table: its fields are the table's keys.
///
/// Declares the struct, the list of its keys, and `read`, which reports unknown
/// and missing keys and returns the struct if every field could be read.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty = $reader:expr,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            pub(crate) const KEYS: &[&str] = &[$(stringify!($field)),*];

            pub(crate) fn read(
                at: &$crate::config::tree::Cursor<'_>,
                manual: $crate::config::read::Manual,
                problems: &mut $crate::config::problem::Problems,
            ) -> Option<Self> {
                use $crate::config::read;
                read::keys(at, Self::KEYS, manual, problems)?;
                $(let $field = read::required(at, stringify!($field), manual, problems, $reader);)*
                Some(Self { $($field: $field?,)* })
            }
        }
    };
}
pub(crate) use section;

/// A commented file that shows every key, from which messages take examples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manual(pub &'static str);

impl Manual {
    /// The line that sets a key, like `slug = "vote"`, or begins a table;
    /// `path` without indices tells the table.
    fn example(self, path: &str) -> Option<&'static str> {
        let (table, key) = path.rsplit_once('.').unwrap_or(("", path));
        let table = table
            .split('.')
            .map(without_index)
            .collect::<Vec<_>>()
            .join(".");
        let mut here = "";
        for line in self.lines() {
            if line.starts_with('[') {
                here = line.trim_matches(['[', ']']);
                if here == path {
                    return Some(line);
                }
            } else if here == table && line.split(" = ").next() == Some(key) {
                return Some(line);
            }
        }
        None
    }

    /// The header of the table that a key stands in, if it stands in one.
    fn table_with(self, key: &str) -> Option<&'static str> {
        let mut here = None;
        for line in self.lines() {
            if line.starts_with('[') {
                here = Some(line);
            } else if line.split_once(" = ").is_some_and(|(name, _)| name == key) {
                return here;
            }
        }
        None
    }

    /// The lines, commented options too.
    fn lines(self) -> impl Iterator<Item = &'static str> {
        self.0
            .lines()
            .map(|line| line.strip_prefix('#').unwrap_or(line))
    }
}

/// Reports keys that are not known; nothing if there is no table at all.
pub(crate) fn keys(
    at: &Cursor<'_>,
    known: &[&str],
    manual: Manual,
    problems: &mut Problems,
) -> Option<()> {
    let Value::Table(Table(_)) = &at.node.value else {
        problems.add(at, format!("must be a table, not {}", at.node.value.kind()));
        return None;
    };
    for (key, place) in at.children().filter(|(key, _)| !known.contains(key)) {
        let hint = did_you_mean(key, known.iter().copied());
        let message = match manual.table_with(key) {
            Some(table) => format!("is not an option here; it belongs under {table}"),
            None if hint.is_empty() => format!("is not an option; there are {}", known.join(", ")),
            None => format!("is not an option{hint}"),
        };
        problems.add(&place, message);
    }
    Some(())
}

/// Reads what stands under a key that must be there.
pub(crate) fn required<T>(
    at: &Cursor<'_>,
    key: &str,
    manual: Manual,
    problems: &mut Problems,
    reader: impl FnOnce(&Cursor<'_>, &mut Problems) -> Option<T>,
) -> Option<T> {
    if let Some(place) = at.child(key) {
        return reader(&place, problems);
    }
    let path = at.path_of(&Step::Key(key.to_owned()));
    let message = match manual.example(&path) {
        Some(example) => format!("is missing; write it like `{example}`"),
        None => "is missing".to_owned(),
    };
    problems.add_at(at.node.origin.clone(), &path, message);
    None
}

/// Any text.
pub(crate) fn text(at: &Cursor<'_>, problems: &mut Problems) -> Option<String> {
    let text = at.text().map(str::to_owned);
    if text.is_none() {
        problems.add(
            at,
            format!("must be a string, not {}", at.node.value.kind()),
        );
    }
    text
}

/// Text with something in it.
pub(crate) fn name(at: &Cursor<'_>, problems: &mut Problems) -> Option<String> {
    let text = text(at, problems)?;
    if text.trim().is_empty() {
        problems.add(at, "is empty; readers see it, so write something");
        return None;
    }
    Some(text)
}

/// Text that means something.
pub(crate) fn parsed<T: FromStr<Err: Display>>(
    at: &Cursor<'_>,
    problems: &mut Problems,
) -> Option<T> {
    let text = text(at, problems)?;
    text.parse()
        .map_err(|why| problems.add(at, format!("{why}")))
        .ok()
}

/// The same, where empty text means none.
pub(crate) fn parsed_or_empty<T: FromStr<Err: Display>>(
    at: &Cursor<'_>,
    problems: &mut Problems,
) -> Option<Option<T>> {
    if at.text() == Some("") {
        Some(None)
    } else {
        parsed(at, problems).map(Some)
    }
}

/// A path, as written.
pub(crate) fn path(at: &Cursor<'_>, problems: &mut Problems) -> Option<PathBuf> {
    let text = text(at, problems)?;
    if text.is_empty() {
        problems.add(at, "is empty; name a path");
        return None;
    }
    Some(PathBuf::from(text))
}

/// Yes or no.
pub(crate) fn truth(at: &Cursor<'_>, problems: &mut Problems) -> Option<bool> {
    let Value::Boolean(truth) = at.node.value else {
        problems.add(
            at,
            format!("must be true or false, not {}", at.node.value.kind()),
        );
        return None;
    };
    Some(truth)
}

/// A whole number in a range.
pub(crate) fn number<T>(
    range: RangeInclusive<T>,
) -> impl Fn(&Cursor<'_>, &mut Problems) -> Option<T>
where
    T: TryFrom<i64> + PartialOrd + Display,
{
    move |at, problems| {
        let Value::Integer(number) = at.node.value else {
            problems.add(
                at,
                format!("must be a whole number, not {}", at.node.value.kind()),
            );
            return None;
        };
        let inside = T::try_from(number)
            .ok()
            .filter(|number| range.contains(number));
        if inside.is_none() {
            problems.add(
                at,
                format!("is {number}; must be {} to {}", range.start(), range.end()),
            );
        }
        inside
    }
}

/// Each item of an array.
pub(crate) fn list<T>(
    item: impl Fn(&Cursor<'_>, &mut Problems) -> Option<T>,
) -> impl Fn(&Cursor<'_>, &mut Problems) -> Option<Vec<T>> {
    move |at, problems| {
        if !matches!(at.node.value, Value::Array(_)) {
            problems.add(
                at,
                format!("must be an array, not {}", at.node.value.kind()),
            );
            return None;
        }
        // Not `collect::<Option<_>>` at once, which stops at the first mistake.
        let items: Vec<Option<T>> = at.items().map(|place| item(&place, problems)).collect();
        items.into_iter().collect()
    }
}

/// A table that is not for us to understand, as JSON.
pub(crate) fn json_table(
    at: &Cursor<'_>,
    problems: &mut Problems,
) -> Option<serde_json::Map<String, serde_json::Value>> {
    let json = at.node.to_json();
    if let serde_json::Value::Object(object) = json {
        return Some(object);
    }
    problems.add(at, format!("must be a table, not {}", at.node.value.kind()));
    None
}

fn without_index(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}
