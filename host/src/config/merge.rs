//! One tree out of defaults, file, environment and flags.
//!
//! May import `config::{tree, problem, settings}`. Types of values from outside
//! the file are those of the defaults. Does not check ranges or meanings.

use super::problem::{Problems, nearest};
use super::settings::ITEM_DEFAULTS;
use super::tree::{self, Node, Origin, Table, Value};
use super::{DEFAULTS, Source};

/// Environment variables that set options begin with this; `__` stands for the
/// dot.
pub const ENVIRONMENT_PREFIX: &str = "QUANKA__";

/// The merged tree. Options nobody knows stay in it, to be reported with the
/// rest.
pub(crate) fn merge(source: &Source, file: Table, problems: &mut Problems) -> Node {
    let defaults = defaults();
    let mut tree = defaults.clone();
    for (list, _) in ITEM_DEFAULTS {
        let value = Value::Array(Vec::new());
        let origin = Origin::Default;
        tree.set(list, Node { value, origin });
    }
    for (key, node) in file.0 {
        overlay(&mut tree, &key, node);
    }
    for (name, text) in &source.env {
        let Some(path) = name.strip_prefix(ENVIRONMENT_PREFIX) else {
            continue;
        };
        let path = path.to_lowercase().replace("__", ".");
        let origin = Origin::Environment(name.clone());
        match option(&defaults, &path) {
            Some(default) => set(&mut tree, &path, &default.value, text, origin, problems),
            None => problems.add_at(origin, "", unknown_variable(&defaults, &path)),
        }
    }
    for (path, text, flag) in &source.flags {
        let default = option(&defaults, path).expect("a flag is declared for an option");
        let origin = Origin::Flag(flag.clone());
        set(&mut tree, path, &default.value, text, origin, problems);
    }
    Node {
        value: Value::Table(tree),
        origin: Origin::Default,
    }
}

/// `default.toml` as a tree.
pub(crate) fn defaults() -> Table {
    tree::parse(DEFAULTS)
        .expect("default.toml is TOML; a test reads it")
        .into_defaults()
}

fn overlay(tree: &mut Table, key: &str, mut node: Node) {
    if let Some((_, defaults)) = ITEM_DEFAULTS.iter().find(|(list, _)| *list == key) {
        complete_items(&mut node, defaults);
        tree.set(key, node);
        return;
    }
    let known = tree.get_mut(key).map(|node| &mut node.value);
    match (known, node.value) {
        (Some(Value::Table(section)), Value::Table(Table(entries))) => {
            for (key, node) in entries {
                section.set(&key, node);
            }
        }
        (_, value) => tree.set(
            key,
            Node {
                value,
                origin: node.origin,
            },
        ),
    }
}

fn complete_items(list: &mut Node, defaults: &str) {
    let defaults = tree::parse(defaults)
        .expect("the defaults of items are TOML")
        .into_defaults();
    let Value::Array(items) = &mut list.value else {
        return;
    };
    for item in items {
        let Value::Table(item) = &mut item.value else {
            continue;
        };
        for (key, node) in &defaults.0 {
            if item.get(key).is_none() {
                item.set(key, node.clone());
            }
        }
    }
}

fn option<'a>(tree: &'a Table, path: &str) -> Option<&'a Node> {
    let (section, key) = path.split_once('.')?;
    match &tree.get(section)?.value {
        Value::Table(section) => section.get(key),
        _ => None,
    }
}

/// Sets an option to what a word from outside the file means for its type.
fn set(
    tree: &mut Table,
    path: &str,
    template: &Value,
    text: &str,
    origin: Origin,
    problems: &mut Problems,
) {
    let Some(value) = typed(template, text) else {
        let expected = match template {
            Value::Boolean(_) => "true or false",
            _ => "a whole number",
        };
        problems.add_at(origin, path, format!("must be {expected}, not {text:?}"));
        return;
    };
    let (section, key) = path.split_once('.').expect("an option stands in a section");
    // A section that the file made something else of is reported with the rest.
    if let Some(Value::Table(section)) = tree.get_mut(section).map(|node| &mut node.value) {
        section.set(key, Node { value, origin });
    }
}

fn typed(template: &Value, text: &str) -> Option<Value> {
    match template {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Integer(_) => text.replace('_', "").parse().ok().map(Value::Integer),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        _ => None,
    }
}

fn unknown_variable(tree: &Table, path: &str) -> String {
    let list = path.split('.').next().unwrap_or_default();
    if ITEM_DEFAULTS.iter().any(|(name, _)| *name == list) {
        return format!("is not an option; [[{list}]] can only stand in the file");
    }
    let mut names = Vec::new();
    for (section, node) in &tree.0 {
        let Value::Table(Table(entries)) = &node.value else {
            continue;
        };
        names.extend(entries.iter().map(|(key, _)| format!("{section}.{key}")));
    }
    match nearest(path, names.iter().map(String::as_str)) {
        Some(right) => format!("is not an option; did you mean {}?", variable(right)),
        None => "is not an option; `quanka config show` prints them all".to_owned(),
    }
}

fn variable(path: &str) -> String {
    format!(
        "{ENVIRONMENT_PREFIX}{}",
        path.to_uppercase().replace('.', "__")
    )
}
