//! What a reader gave, held against the form as the host does.

use std::collections::BTreeMap;

use crate::Error;
use crate::bindings::actions::exports::quanka::card::actions::InputValue;
use crate::bindings::card::quanka::card::view as wit;
use wit::{InputType, Kind, Node};

const TEXT_CHARS_MAX: usize = 2_000;

/// The inputs of a form (given as its nodes), in the order of the view, or what
/// the reader did wrong. `is_own` says whether a picture is one of theirs. The real host words its messages for readers; these
/// are for authors.
pub(super) fn accept<'a>(
    form: &[Node],
    given: impl IntoIterator<Item = (&'a str, &'a str)>,
    is_own: impl Fn(&str) -> bool,
) -> Result<Vec<InputValue>, Error> {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in given {
        by_name.entry(name).or_default().push(value);
    }
    let mut accepted = Vec::new();
    let mut wrong: Vec<(String, String)> = Vec::new();
    for (name, rule) in form.iter().filter_map(|node| declared(&node.kind)) {
        let values = by_name.remove(name).unwrap_or_default();
        match rule.check(&values, &is_own) {
            Ok(values) => accepted.push(InputValue {
                name: name.to_owned(),
                values,
            }),
            Err(text) => wrong.push((name.to_owned(), text)),
        }
    }
    wrong.extend(
        by_name
            .into_keys()
            .map(|name| (name.to_owned(), "no such input".to_owned())),
    );
    if wrong.is_empty() {
        return Ok(accepted);
    }
    let all: Vec<String> = wrong
        .iter()
        .map(|(name, text)| format!("`{name}`: {text}"))
        .collect();
    let error = Error::invalid(all.join("; "));
    Err(wrong
        .into_iter()
        .fold(error, |error, (name, text)| error.field(name, text)))
}

/// What an input allows.
enum Rule<'a> {
    Field(&'a wit::Input),
    Choice(&'a wit::Choice),
    Toggle,
    Rating(&'a wit::Rating),
    Upload(&'a wit::Upload),
}

fn declared(kind: &Kind) -> Option<(&str, Rule<'_>)> {
    match kind {
        Kind::Input(input) => Some((&input.name, Rule::Field(input))),
        Kind::Choice(choice) => Some((&choice.name, Rule::Choice(choice))),
        Kind::Toggle(toggle) => Some((&toggle.name, Rule::Toggle)),
        Kind::Rating(rating) => Some((&rating.name, Rule::Rating(rating))),
        Kind::Upload(upload) => Some((&upload.name, Rule::Upload(upload))),
        _ => None,
    }
}

impl Rule<'_> {
    /// The values as the card gets them.
    fn check(
        &self,
        values: &[&str],
        is_own: &impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, String> {
        match self {
            Rule::Field(input) => {
                one(values, input.required)?
                    .map(|value| field(input, value))
                    .transpose()?;
            }
            Rule::Choice(choice) => check_choice(choice, values)?,
            Rule::Toggle => {
                return match one(values, false)? {
                    None | Some("false") => Ok(vec!["false".to_owned()]),
                    Some("true") => Ok(vec!["true".to_owned()]),
                    Some(other) => Err(format!("`{other}` is neither true nor false")),
                };
            }
            Rule::Rating(rating) => {
                let stars = one(values, rating.required)?.map(str::parse::<u8>);
                if !stars
                    .iter()
                    .all(|stars| matches!(stars, Ok(n) if (1..=rating.max).contains(n)))
                {
                    return Err(format!("1 to {} stars", rating.max));
                }
            }
            Rule::Upload(upload) => {
                let given = values.iter().filter(|value| !value.is_empty()).count();
                hold(given > 0 || !upload.required, || "required".to_owned())?;
                hold(given <= usize::from(upload.max), || {
                    format!("at most {}", upload.max)
                })?;
                let strange = values
                    .iter()
                    .find(|value| !value.is_empty() && !is_own(value));
                if let Some(media) = strange {
                    return Err(format!("`{media}` is no picture of the reader's"));
                }
            }
        }
        let given = values.iter().filter(|value| !value.is_empty());
        Ok(given.map(|&value| value.to_owned()).collect())
    }
}

fn one<'a>(values: &[&'a str], required: bool) -> Result<Option<&'a str>, String> {
    match values {
        [] | [""] if required => Err("required".to_owned()),
        [] | [""] => Ok(None),
        [value] => Ok(Some(value)),
        _ => Err("one value only".to_owned()),
    }
}

fn check_choice(choice: &wit::Choice, values: &[&str]) -> Result<(), String> {
    for (at, value) in values.iter().enumerate() {
        if !choice.options.iter().any(|option| option.value == *value) {
            return Err(format!("`{value}` is no option"));
        }
        if values[..at].contains(value) {
            return Err(format!("`{value}` is chosen twice"));
        }
    }
    if values.len() < choice.min as usize {
        return Err(format!("at least {}", choice.min));
    }
    if values.len() > choice.max as usize {
        return Err(format!("at most {}", choice.max));
    }
    Ok(())
}

fn field(input: &wit::Input, value: &str) -> Result<(), String> {
    let (min, max) = (input.min.as_deref(), input.max.as_deref());
    match input.type_ {
        InputType::Text | InputType::Multiline => {
            let limit = |text: &str| text.parse::<usize>().ok();
            let chars = value.chars().count();
            let (least, most) = (
                min.and_then(limit).unwrap_or(0),
                max.and_then(limit).unwrap_or(TEXT_CHARS_MAX),
            );
            hold(chars >= least, || format!("at least {least} characters"))?;
            hold(chars <= most, || format!("at most {most} characters"))?;
            let is_line = input.type_ == InputType::Multiline || !value.contains(['\n', '\r']);
            hold(is_line, || "one line only".to_owned())
        }
        InputType::Number => {
            let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite());
            let value = number(value).ok_or_else(|| format!("`{value}` is no number"))?;
            hold(min.and_then(number).is_none_or(|min| value >= min), || {
                at_least(min)
            })?;
            hold(max.and_then(number).is_none_or(|max| value <= max), || {
                at_most(max)
            })
        }
        InputType::Date => {
            let is_date = format!("{value}T00:00:00Z")
                .parse::<crate::Timestamp>()
                .is_ok();
            hold(is_date, || format!("`{value}` is no date"))?;
            // Dates of this form are ordered as text.
            hold(min.is_none_or(|min| value >= min), || at_least(min))?;
            hold(max.is_none_or(|max| value <= max), || at_most(max))
        }
    }
}

fn at_least(min: Option<&str>) -> String {
    format!("at least {}", min.unwrap_or_default())
}

fn at_most(max: Option<&str>) -> String {
    format!("at most {}", max.unwrap_or_default())
}

fn hold(holds: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(reason()) }
}
