//! The merged configuration as text: every value and where it came from.
//!
//! May import `config::tree`. Secrets never leave here: a value whose key says
//! that it is one is left out, wherever it stands, in a card's own
//! configuration too.

use std::fmt::Write as _;

use serde_json::json;

use super::problem::{REDACTED, is_secret};
use super::tree::{Cursor, Node, Step, Table, Value};
use super::{Loaded, Origin};

impl Loaded {
    /// As TOML that can be loaded again, but for secrets, each value with its
    /// origin in a comment.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        let root = Cursor::root(&self.merged);
        for (key, place) in root.children() {
            match &place.node.value {
                Value::Array(_) => place
                    .items()
                    .for_each(|item| write_table(&mut text, &format!("[[{key}]]"), &item)),
                _ => write_table(&mut text, &format!("[{key}]"), &place),
            }
        }
        text
    }

    /// As an object: `{"server.listen": {"value": "…", "origin": "default"}}`.
    pub fn to_json(&self) -> serde_json::Value {
        let mut values = serde_json::Map::new();
        collect("", &Cursor::root(&self.merged), &mut values);
        values.into()
    }
}

fn write_table(text: &mut String, header: &str, at: &Cursor<'_>) {
    if !text.is_empty() {
        text.push('\n');
    }
    writeln!(text, "{header}").expect("writing to a string cannot fail");
    for (key, place) in at.children().filter(|(_, place)| !is_table(place)) {
        let (key_text, value) = (Step::Key(key.to_owned()), inline(key, place.node));
        let origin = &place.node.origin;
        writeln!(text, "{key_text} = {value}  # {origin}")
            .expect("writing to a string cannot fail");
    }
    for (key, place) in at.children().filter(|(_, place)| is_table(place)) {
        let parent = header.trim_matches(['[', ']']);
        write_table(
            text,
            &format!("[{parent}.{}]", Step::Key(key.to_owned())),
            &place,
        );
    }
}

fn is_table(place: &Cursor<'_>) -> bool {
    matches!(place.node.value, Value::Table(_))
}

fn inline(key: &str, node: &Node) -> String {
    if is_secret(key) {
        return quoted(REDACTED);
    }
    match &node.value {
        Value::String(text) => quoted(text),
        Value::Datetime(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        // Debug keeps the point that makes it a float.
        Value::Float(number) => format!("{number:?}"),
        Value::Boolean(truth) => truth.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| inline("", item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(Table(entries)) if entries.is_empty() => "{}".to_owned(),
        Value::Table(Table(entries)) => {
            let entry = |(key, node): &(String, Node)| {
                format!("{} = {}", Step::Key(key.clone()), inline(key, node))
            };
            format!(
                "{{ {} }}",
                entries.iter().map(entry).collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn collect(key: &str, at: &Cursor<'_>, values: &mut serde_json::Map<String, serde_json::Value>) {
    let secret = is_secret(key);
    let nested = |item: &Cursor<'_>| matches!(item.node.value, Value::Table(_) | Value::Array(_));
    if !secret && at.children().next().is_some() {
        at.children()
            .for_each(|(key, place)| collect(key, &place, values));
    } else if !secret && at.items().any(|item| nested(&item)) {
        at.items().for_each(|item| collect("", &item, values));
    } else {
        let value = if secret {
            json!(REDACTED)
        } else {
            at.node.to_json()
        };
        values.insert(at.path.clone(), entry(at, &value));
    }
}

fn entry(place: &Cursor<'_>, value: &serde_json::Value) -> serde_json::Value {
    let origin = match &place.node.origin {
        Origin::File { line } => json!({ "line": line }),
        Origin::Environment(name) => json!({ "environment": name }),
        Origin::Flag(flag) => json!({ "flag": flag }),
        Origin::Default => json!("default"),
    };
    json!({ "value": value, "origin": origin })
}
