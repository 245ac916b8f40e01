//! A TOML document as a tree in which every value knows where it came from.
//!
//! This is what lets every message name a line and `config show` name an
//! origin. Imports nothing of the host. Does not know a single option: it is
//! the same for `quanka.toml` and for a plugin's `card.toml`.

use std::fmt;

use serde_json::json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A line of the file, counted from 1.
    File {
        /// The line.
        line: usize,
    },
    /// An environment variable, by name.
    Environment(String),
    /// A command line flag, as typed.
    Flag(String),
    /// The built-in `default.toml`.
    Default,
}

/// One value and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub value: Value,
    pub origin: Origin,
}

/// A TOML value. Dates are text: their one use is as JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Table),
}

/// Keys in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table(pub Vec<(String, Node)>);

/// One step from a value into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// A place in a tree: a value and the path to it.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    pub node: &'a Node,
    /// Like `card[0].config.options[1].id`; empty at the root.
    pub path: String,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(&bare_or_quoted(key)),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// What is wrong with a document that is not TOML.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    pub line: usize,
    pub message: String,
}

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Table, SyntaxError> {
    let lines = Lines::of(text);
    let document = DeTable::parse(text).map_err(|error| SyntaxError {
        line: lines.at(error.span().map_or(0, |span| span.start)),
        message: format!("not TOML: {}", error.message()),
    })?;
    convert_table(&lines, document.into_inner())
}

impl Table {
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.0
            .iter_mut()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node)
    }

    pub fn set(&mut self, key: &str, node: Node) {
        match self.get_mut(key) {
            Some(old) => *old = node,
            None => self.0.push((key.to_owned(), node)),
        }
    }

    /// The same tree as if it were built in.
    pub fn into_defaults(self) -> Self {
        Self(
            self.0
                .into_iter()
                .map(|(key, node)| (key, node.into_default()))
                .collect(),
        )
    }
}

impl Node {
    fn into_default(self) -> Self {
        let value = match self.value {
            Value::Table(table) => Value::Table(table.into_defaults()),
            Value::Array(items) => {
                Value::Array(items.into_iter().map(Self::into_default).collect())
            }
            scalar => scalar,
        };
        Self {
            value,
            origin: Origin::Default,
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::String(text) | Value::Datetime(text) => json!(text),
            Value::Integer(number) => json!(number),
            Value::Float(number) => json!(number),
            Value::Boolean(truth) => json!(truth),
            Value::Array(items) => items.iter().map(Self::to_json).collect(),
            Value::Table(Table(entries)) => entries
                .iter()
                .map(|(key, node)| (key.clone(), node.to_json()))
                .collect(),
        }
    }
}

impl Value {
    /// The kind, for messages: `a string`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a decimal number",
            Self::Boolean(_) => "a boolean",
            Self::Datetime(_) => "a date",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
        }
    }
}

impl<'a> Cursor<'a> {
    /// A whole document.
    pub fn root(node: &'a Node) -> Self {
        Self {
            node,
            path: String::new(),
        }
    }

    /// The path one step further, whether or not there is anything.
    pub fn path_of(&self, step: &Step) -> String {
        match step {
            Step::Index(index) => format!("{}[{index}]", self.path),
            Step::Key(key) if self.path.is_empty() => bare_or_quoted(key),
            Step::Key(key) => format!("{}.{}", self.path, bare_or_quoted(key)),
        }
    }

    /// The value under a key of a table.
    pub fn child(&self, key: &str) -> Option<Self> {
        let Value::Table(table) = &self.node.value else {
            return None;
        };
        let path = self.path_of(&Step::Key(key.to_owned()));
        table.get(key).map(|node| Self { node, path })
    }

    /// The values under all keys of a table.
    pub fn children(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'a, '_> {
        let entries = match &self.node.value {
            Value::Table(Table(entries)) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, node)| {
            let path = self.path_of(&Step::Key(key.clone()));
            (key.as_str(), Self { node, path })
        })
    }

    /// The values in an array.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'a, '_> {
        let items = match &self.node.value {
            Value::Array(items) => items.as_slice(),
            _ => &[],
        };
        let at = |(index, node)| Self {
            node,
            path: self.path_of(&Step::Index(index)),
        };
        items.iter().enumerate().map(at)
    }

    /// The value one step further.
    pub fn step(&self, step: &Step) -> Option<Self> {
        match step {
            Step::Key(key) => self.child(key),
            Step::Index(index) => self.items().nth(*index),
        }
    }

    /// As far along `steps` as there are values, and the path of the whole way.
    pub fn follow(&self, steps: &[Step]) -> (Self, String) {
        let mut here = self.clone();
        let mut path = self.path.clone();
        for step in steps {
            path = Self { path, ..*self }.path_of(step);
            if let Some(next) = here.step(step).filter(|next| next.path == path) {
                here = next;
            }
        }
        (here, path)
    }

    /// The value as text, if it is text.
    pub fn text(&self) -> Option<&'a str> {
        match &self.node.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { line } => write!(f, "line {line}"),
            Self::Environment(name) => write!(f, "{name}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Default => write!(f, "default"),
        }
    }
}

/// Where the lines of a text end. A file of ten thousand cards has a hundred
/// thousand values, and each wants to know its line.
struct Lines {
    breaks: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Lines {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Lines {
            breaks: breaks.map(|(offset, _)| offset).collect(),
        }
    }

    /// The line of an offset, counted from 1.
    fn at(&self, offset: usize) -> usize {
        1 + self.breaks.partition_point(|&end| end < offset)
    }
}

fn convert_table(lines: &Lines, table: DeTable<'_>) -> Result<Table, SyntaxError> {
    let mut entries: Vec<_> = table.into_iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let convert_entry = |(key, value): (Spanned<_>, Spanned<DeValue<'_>>)| {
        let line = lines.at(key.span().start);
        let key: std::borrow::Cow<'_, str> = key.into_inner();
        Ok((key.into_owned(), convert(lines, line, value.into_inner())?))
    };
    entries
        .into_iter()
        .map(convert_entry)
        .collect::<Result<_, _>>()
        .map(Table)
}

fn convert(lines: &Lines, line: usize, value: DeValue<'_>) -> Result<Node, SyntaxError> {
    let value = match value {
        DeValue::String(string) => Value::String(string.into_owned()),
        DeValue::Boolean(truth) => Value::Boolean(truth),
        DeValue::Datetime(instant) => Value::Datetime(instant.to_string()),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix());
            Value::Integer(parsed.map_err(|_| SyntaxError {
                line,
                message: format!("{number} is too large: whole numbers have 64 bits"),
            })?)
        }
        DeValue::Float(number) => {
            // JSON has neither infinity nor NaN, and no option means either.
            let parsed: Option<f64> = number
                .as_str()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite());
            Value::Float(parsed.ok_or_else(|| SyntaxError {
                line,
                message: format!("{number} is not a finite number"),
            })?)
        }
        DeValue::Array(items) => {
            let convert_item = |item: Spanned<DeValue<'_>>| {
                let line = lines.at(item.span().start);
                convert(lines, line, item.into_inner())
            };
            Value::Array(
                items
                    .into_iter()
                    .map(convert_item)
                    .collect::<Result<_, _>>()?,
            )
        }
        DeValue::Table(table) => Value::Table(convert_table(lines, table)?),
    };
    Ok(Node {
        value,
        origin: Origin::File { line },
    })
}

fn bare_or_quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        format!("{key:?}")
    }
}
