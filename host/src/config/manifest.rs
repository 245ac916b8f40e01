//! A plugin's manifest: `card.toml`, and its place inside the component.
//!
//! `embed` puts the text into a custom section, `extract` finds, reads and
//! checks it, so that one `.wasm` file is the whole plugin. May import the rest
//! of `config`. Does not validate the component: that is the sandbox's, with
//! its own limits.

use std::collections::BTreeMap;

use thiserror::Error;

use super::locale;
use super::outbound_host::OutboundHost;
use super::problem::{Problems, did_you_mean};
use super::read::{self, Manual, list, number, parsed, section};
use super::schema::Schema;
use super::tree::{self, Cursor, Node, Origin, Step, Value};
use super::values::{Capability, CardSize, PluginName};

mod section_of;

/// The custom section's name.
pub const SECTION: &str = "quanka:manifest";

/// Longest manifest. Part of the format rather than an option, so that what
/// builds on one machine loads on another.
pub const MANIFEST_BYTES_MAX: usize = 256 << 10;

/// Tallest fixed height, in CSS pixels.
pub const HEIGHT_PX_MAX: u32 = 4_000;

const MANUAL: Manual = Manual(include_str!("manifest/card.toml"));

section! {
    /// What a plugin says about itself.
    Manifest {
        /// `publisher/name`.
        name: PluginName = parsed,
        /// Semantic version.
        version: semver::Version = version,
        /// The languages it speaks; the first is the default. Never empty.
        locales: Vec<String> = locales,
        /// Its title, for every locale.
        title: BTreeMap<String, String> = texts,
        /// What it does in a sentence, for every locale.
        summary: BTreeMap<String, String> = texts,
        /// The sizes it draws, each with its height in CSS pixels; 0, for
        /// `feed` only, is as tall as its content. Never empty.
        sizes: BTreeMap<CardSize, u32> = sizes,
        /// What it asks for, beyond drawing.
        capabilities: Vec<Capability> = list(parsed),
        /// Where its requests may go, if the operator allows it.
        outbound: Vec<OutboundHost> = list(parsed),
        /// What a card's `config` must look like.
        config: Schema = schema,
        /// An https URL.
        icon: Option<String> = icon,
    }
}

/// Why a file has no manifest to go by.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// Not WebAssembly at all, or damaged.
    #[error("is not a WebAssembly component: {0}")]
    NotAComponent(String),
    /// A module, as compilers write it.
    #[error("is a core module, not a component; build it with `quanka build`")]
    CoreModule,
    /// A component of another origin.
    #[error("is a component without a manifest; build it with `quanka build`")]
    NoManifest,
    /// Longer than [`MANIFEST_BYTES_MAX`].
    #[error("has a manifest of {0} bytes; at most {MANIFEST_BYTES_MAX}")]
    TooLarge(usize),
    /// Not text.
    #[error("has a manifest that is not UTF-8; build it with `quanka build`")]
    NotText,
    /// Text with mistakes.
    #[error("{0}")]
    Invalid(#[from] Problems),
}

/// Reads and checks the text of a `card.toml`. Reports every mistake, each with
/// its line.
pub fn parse(text: &str) -> Result<Manifest, ManifestError> {
    if text.len() > MANIFEST_BYTES_MAX {
        return Err(ManifestError::TooLarge(text.len()));
    }
    let mut problems = Problems::new("card.toml");
    let mut table = match tree::parse(text) {
        Ok(table) => table,
        Err(error) => {
            problems.add_at(Origin::File { line: error.line }, "", error.message);
            return Err(problems.into());
        }
    };
    for (key, node) in tree::parse(DEFAULTS)
        .expect("the defaults are TOML")
        .into_defaults()
        .0
    {
        if table.get(&key).is_none() {
            table.set(&key, node);
        }
    }
    let document = Node {
        value: Value::Table(table),
        origin: Origin::Default,
    };
    let root = Cursor::root(&document);
    let manifest = Manifest::read(&root, MANUAL, &mut problems);
    // Without knowing the locales every text would be reported again.
    let named = root
        .child("locales")
        .and_then(|at| locales(&at, &mut Problems::new("")));
    if let Some(named) = named {
        check_locales(&root, &named, &mut problems);
    }
    match manifest {
        Some(manifest) if problems.is_empty() => Ok(manifest),
        _ => Err(problems.sorted().into()),
    }
}

/// The component with the manifest inside, in place of an earlier one. The text
/// is checked first.
pub fn embed(component: &[u8], manifest_toml: &str) -> Result<Vec<u8>, ManifestError> {
    parse(manifest_toml)?;
    section_of::replace(component, manifest_toml)
}

/// The manifest inside a component.
pub fn extract(component: &[u8]) -> Result<Manifest, ManifestError> {
    parse(section_of::find(component)?)
}

impl Manifest {
    /// The best of the plugin's locales for a reader's languages, the first
    /// wish first; the plugin's default if none fits.
    pub fn locale<'a>(&'a self, wanted: &[impl AsRef<str>]) -> &'a str {
        locale::choose(&self.locales, wanted)
    }
}

const DEFAULTS: &str = "capabilities = []\noutbound = []\nicon = ''\nconfig = { type = 'object', additionalProperties = false }";

fn version(at: &Cursor<'_>, problems: &mut Problems) -> Option<semver::Version> {
    let text = read::text(at, problems)?;
    let wrong = |why| {
        problems.add(
            at,
            format!("{text:?} is not a version ({why}); write it like \"0.1.0\""),
        )
    };
    text.parse().map_err(wrong).ok()
}

fn locales(at: &Cursor<'_>, problems: &mut Problems) -> Option<Vec<String>> {
    let found = list(|place: &Cursor<'_>, problems: &mut Problems| {
        let text = read::text(place, problems)?;
        if !locale::is_tag(&text) {
            problems.add(
                place,
                format!("{text:?} is not a language tag; write it like \"zh-CN\" or \"en\""),
            );
            return None;
        }
        Some(text)
    })(at, problems)?;
    for (index, place) in at.items().enumerate() {
        if found[..index].contains(&found[index]) {
            problems.add(&place, "is there twice; leave one out");
        }
    }
    if found.is_empty() {
        problems.add(at, "is empty; name at least one language, like [\"zh-CN\"]");
        return None;
    }
    Some(found)
}

fn texts(at: &Cursor<'_>, problems: &mut Problems) -> Option<BTreeMap<String, String>> {
    if !matches!(at.node.value, Value::Table(_)) {
        let message = format!(
            "must be a table with a text for every locale, not {}",
            at.node.value.kind()
        );
        problems.add(at, message);
        return None;
    }
    let read: Vec<_> = at
        .children()
        .map(|(key, place)| Some((key.to_owned(), read::name(&place, problems)?)))
        .collect();
    read.into_iter().collect()
}

fn sizes(at: &Cursor<'_>, problems: &mut Problems) -> Option<BTreeMap<CardSize, u32>> {
    let names: Vec<&str> = CardSize::ALL.iter().map(|size| size.as_str()).collect();
    read::keys(at, &names, MANUAL, problems)?;
    let mut read_size = |size: CardSize| {
        let place = at.child(size.as_str())?;
        let least = if size == CardSize::Feed { 0 } else { 1 };
        let height = number(least..=HEIGHT_PX_MAX)(&place, problems);
        Some(height.map(|height| (size, height)))
    };
    // Every size is read before one that is wrong ends it.
    let sizes: Vec<_> = CardSize::ALL
        .iter()
        .filter_map(|&size| read_size(size))
        .collect();
    let sizes: BTreeMap<CardSize, u32> = sizes.into_iter().collect::<Option<_>>()?;
    if sizes.is_empty() {
        problems.add(
            at,
            "is empty; name at least one size and its height, like `standard = 320`",
        );
        return None;
    }
    Some(sizes)
}

fn schema(at: &Cursor<'_>, problems: &mut Problems) -> Option<Schema> {
    if !matches!(at.node.value, Value::Table(_)) {
        problems.add(
            at,
            format!(
                "must be a JSON Schema as a table, not {}",
                at.node.value.kind()
            ),
        );
        return None;
    }
    match Schema::new(at.node.to_json()) {
        Ok(schema) => Some(schema),
        Err(wrong) => {
            let (place, path) = at.follow(&wrong.path);
            problems.add_at(place.node.origin.clone(), &path, wrong.message);
            None
        }
    }
}

fn icon(at: &Cursor<'_>, problems: &mut Problems) -> Option<Option<String>> {
    let text = read::text(at, problems)?;
    if text.is_empty() {
        return Some(None);
    }
    if url::Url::parse(&text).is_ok_and(|url| url.scheme() == "https") {
        return Some(Some(text));
    }
    problems.add(at, format!("{text:?} is not an https URL"));
    None
}

/// Title and summary speak each locale, and no other.
fn check_locales(root: &Cursor<'_>, locales: &[String], problems: &mut Problems) {
    for table in ["title", "summary"]
        .into_iter()
        .filter_map(|key| root.child(key))
    {
        if !matches!(table.node.value, Value::Table(_)) {
            continue; // Reported already.
        }
        for locale in locales
            .iter()
            .filter(|locale| table.child(locale).is_none())
        {
            let path = table.path_of(&Step::Key(locale.clone()));
            let message = "is missing; every locale in `locales` needs its text";
            problems.add_at(table.node.origin.clone(), &path, message);
        }
        let other = |key: &str| !locales.iter().any(|locale| locale == key);
        for (key, text) in table.children().filter(|(key, _)| other(key)) {
            let hint = did_you_mean(key, locales.iter().map(String::as_str));
            problems.add(&text, format!("is not among `locales`{hint}"));
        }
    }
}

#[cfg(test)]
mod tests;
