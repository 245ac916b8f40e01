//! A plugin's JSON Schema, and what is wrong with a configuration in words that
//! help.
//!
//! May import `config::problem` and `config::tree`. References to other
//! documents are refused, and patterns run in linear time: the schema is
//! somebody else's.

use std::fmt;
use std::sync::Arc;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{JsonType, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use super::problem::{is_secret, nearest};
use super::tree::Step;

/// A schema, ready to check with.
#[derive(Clone)]
pub struct Schema {
    json: Value,
    validator: Arc<Validator>,
}

/// One thing that is wrong, at a path inside the checked value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub(crate) path: Vec<Step>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Schema {
    /// Takes a schema, or says what is wrong with it.
    pub(crate) fn new(json: Value) -> Result<Self, Violation> {
        let options = jsonschema::options()
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .offline();
        match options.build(&json) {
            Ok(validator) => Ok(Self {
                json,
                validator: Arc::new(validator),
            }),
            Err(error) => {
                let path = steps(error.instance_path());
                let message = format!("is not JSON Schema: {}", message(&error));
                Err(Violation { path, message })
            }
        }
    }

    /// The schema itself.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// Everything wrong with `config`. `asker` is the plugin's name.
    pub fn violations(&self, asker: &str, config: &Value) -> Vec<Violation> {
        let errors = self.validator.iter_errors(config);
        errors
            .flat_map(|error| explain(&self.json, asker, &error))
            .collect()
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schema").field(&self.json).finish()
    }
}

/// Usually one violation; one for each key where keys are wrong.
fn explain(schema: &Value, asker: &str, error: &ValidationError<'_>) -> Vec<Violation> {
    let path = steps(error.instance_path());
    let under = |key: &str, message: String| {
        let mut path = path.clone();
        path.push(Step::Key(key.to_owned()));
        Violation { path, message }
    };
    match error.kind() {
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            vec![under(
                key,
                format!(
                    "is missing; {asker} needs it{}",
                    meaning(schema, error, key)
                ),
            )]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known_keys(schema, error);
            unexpected
                .iter()
                .map(|key| under(key, not_known(asker, key, &known)))
                .collect()
        }
        _ => vec![Violation {
            message: message(error),
            path,
        }],
    }
}

fn message(error: &ValidationError<'_>) -> String {
    let secret = |step: &Step| matches!(step, Step::Key(key) if is_secret(key));
    if steps(error.instance_path()).iter().any(secret) {
        let keyword = error.kind().keyword();
        return format!(
            "does not fit the schema's `{keyword}` (the value, a secret, is not shown)"
        );
    }
    let value = error.instance().as_ref();
    match error.kind() {
        Kind::Type { kind } => format!("must be {}, not {}", expected_type(kind), type_of(value)),
        Kind::Enum { options } => {
            let words: Vec<&str> = options
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let hint = value
                .as_str()
                .and_then(|text| nearest(text, words.iter().copied()));
            let hint = hint.map_or(String::new(), |right| format!("; did you mean {right:?}?"));
            let all: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(Value::to_string)
                .collect();
            format!(
                "must be one of {}, not {}{hint}",
                all.join(", "),
                quoted(value)
            )
        }
        Kind::Constant { expected_value } => {
            format!("must be {expected_value}, not {}", quoted(value))
        }
        Kind::MinItems { limit } => format!("has {}; needs at least {limit}", items_of(value)),
        Kind::MaxItems { limit } => format!("has {}; at most {limit}", items_of(value)),
        Kind::UniqueItems => "has the same item twice; leave one out".to_owned(),
        Kind::MinLength { limit: 1 } => "is empty; write something".to_owned(),
        Kind::MinLength { limit } => {
            format!("is too short: {}; at least {limit}", characters_of(value))
        }
        Kind::MaxLength { limit } => {
            format!("is too long: {}; at most {limit}", characters_of(value))
        }
        Kind::Minimum { limit } => format!("is {value}; must be at least {limit}"),
        Kind::Maximum { limit } => format!("is {value}; must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("is {value}; must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("is {value}; must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => {
            format!("is {value}; must be a multiple of {multiple_of}")
        }
        Kind::MinProperties { limit } => format!("needs at least {limit} keys"),
        Kind::MaxProperties { limit } => format!("has too many keys; at most {limit}"),
        Kind::Pattern { pattern } => {
            format!("{} does not match the pattern {pattern}", quoted(value))
        }
        Kind::Format { format } => format!("{} is not {}", quoted(value), expected_format(format)),
        Kind::PropertyNames { error } => {
            format!("has a key that is not allowed: {}", message(error))
        }
        Kind::FalseSchema => "is not allowed here; leave it out".to_owned(),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let alternatives = context.iter().filter_map(|errors| errors.first());
            let alternatives: Vec<String> = alternatives
                .map(|inner| alternative(inner, error))
                .collect();
            format!(
                "fits none of the allowed forms: {}",
                alternatives.join("; or ")
            )
        }
        Kind::Referencing(_) => {
            "a `$ref` leads nowhere; a schema stands alone, so point into it, like \"#/$defs/option\"".to_owned()
        }
        Kind::OneOfMultipleValid { .. } => {
            "fits several forms of which it may fit only one".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Why a value is not of one of several forms; the place may lie inside it.
fn alternative(error: &ValidationError<'_>, whole: &ValidationError<'_>) -> String {
    let depth = steps(whole.instance_path()).len();
    let inside = steps(error.instance_path()).into_iter().skip(depth).last();
    let place = inside.map_or(String::new(), |step| format!("`{step}` "));
    match error.kind() {
        Kind::Required { property } => format!("{} is missing", quoted(property)),
        Kind::AdditionalProperties { unexpected } => {
            format!("`{}` is not allowed", unexpected.join("`, `"))
        }
        _ => format!("{place}{}", message(error)),
    }
}

fn not_known(asker: &str, key: &str, known: &[&str]) -> String {
    match (nearest(key, known.iter().copied()), known) {
        (Some(right), _) => format!("is nothing {asker} knows; did you mean `{right}`?"),
        (None, []) => format!("is nothing {asker} knows; leave it out"),
        (None, known) => format!("is nothing {asker} knows; it knows {}", known.join(", ")),
    }
}

/// The keys a schema's object has, next to the keyword that refused others.
fn known_keys<'s>(schema: &'s Value, error: &ValidationError<'_>) -> Vec<&'s str> {
    let properties = object_schema(schema, error).and_then(|object| object.get("properties"));
    properties
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect()
}

/// ` (what the schema says about the key)`.
fn meaning(schema: &Value, error: &ValidationError<'_>, key: &str) -> String {
    let property =
        object_schema(schema, error).and_then(|object| object.get("properties")?.get(key));
    let text = property.and_then(|property| property.get("description")?.as_str());
    text.map_or(String::new(), |text| {
        format!(" ({})", text.trim_end_matches(['.', '。']))
    })
}

/// The schema whose keyword complained.
fn object_schema<'s>(schema: &'s Value, error: &ValidationError<'_>) -> Option<&'s Value> {
    let keyword = error.schema_path().to_string();
    schema.pointer(keyword.rsplit_once('/')?.0)
}

fn steps(location: &Location) -> Vec<Step> {
    let step = |segment| match segment {
        LocationSegment::Property(key) => Step::Key(key.to_string()),
        LocationSegment::Index(index) => Step::Index(index),
    };
    location.into_iter().map(step).collect()
}

fn expected_type(kind: &TypeKind) -> String {
    let names: Vec<&str> = match kind {
        TypeKind::Single(one) => vec![type_name(*one)],
        TypeKind::Multiple(several) => several.iter().map(type_name).collect(),
    };
    names.join(" or ")
}

/// As TOML calls it.
fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "an array",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a table",
        JsonType::String => "a string",
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal number",
        Value::Number(_) => "a whole number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "a table",
    }
}

fn expected_format(format: &str) -> String {
    match format {
        "date-time" => {
            "a date and time with its zone; write it like \"2027-01-01T00:00:00+08:00\"".to_owned()
        }
        "date" => "a date; write it like \"2027-01-01\"".to_owned(),
        "time" => "a time; write it like \"08:00:00+08:00\"".to_owned(),
        "uri" | "iri" => "an absolute URL; write it like \"https://example.com/page\"".to_owned(),
        "email" => "an e-mail address".to_owned(),
        "regex" => "a regular expression".to_owned(),
        other => format!("a valid {other}"),
    }
}

fn quoted(value: &Value) -> String {
    const SHOWN_CHARS_MAX: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn items_of(value: &Value) -> String {
    match value.as_array().map_or(0, Vec::len) {
        1 => "1 item".to_owned(),
        count => format!("{count} items"),
    }
}

fn characters_of(value: &Value) -> String {
    match value.as_str().map_or(0, |text| text.chars().count()) {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    }
}
