//! What inputs take: the declaration a signed offer carries, and what a reader
//! gave held against it.
//!
//! A declaration says no more than is needed to decide: labels stay in the
//! view. It knows nothing of forms, tokens or requests, and it does not judge
//! what an answer means; that is the plugin's.

mod decimal;
mod range;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Input, InputKind, Kind, site::is_media_id, words::Tongue};
pub(super) use decimal::Decimal;
pub(super) use range::parse_date;
use range::{accept_in_range, date, number};

/// What a text without a `max` takes, in characters.
pub const TEXT_CHARACTERS_MAX: u32 = 2_000;

/// What a reader gave, by input, in the order of the view.
pub type AcceptedInputs = Vec<(String, Vec<String>)>;

/// What the reader should do, by input.
pub type FieldMessages = Vec<(String, String)>;

/// What one input of a form takes. It travels inside the signed offers of the
/// form's buttons, so its keys are short and what is usual is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputDeclaration {
    /// The input's name.
    #[serde(rename = "n")]
    pub name: String,
    /// What it takes.
    #[serde(rename = "r")]
    pub rule: Rule,
}

/// What an input takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// Text.
    #[serde(rename = "t")]
    Text {
        /// Whether it may have several lines.
        #[serde(rename = "l", default, skip_serializing_if = "is_default")]
        lines: bool,
        /// Whether it must be filled in.
        #[serde(rename = "q", default, skip_serializing_if = "is_default")]
        required: bool,
        /// The fewest characters, unless it is left empty.
        #[serde(rename = "a", default, skip_serializing_if = "is_default")]
        min: u32,
        /// The most characters.
        #[serde(rename = "z")]
        max: u32,
    },
    /// A decimal number.
    #[serde(rename = "u")]
    Number(Range),
    /// A date, `YYYY-MM-DD`.
    #[serde(rename = "d")]
    Date(Range),
    /// Some of a few options.
    #[serde(rename = "c")]
    Choice {
        /// The values, in the order of the view, each as `option_key` has it.
        #[serde(rename = "o")]
        options: Vec<String>,
        /// The fewest.
        #[serde(rename = "a", default, skip_serializing_if = "is_default")]
        min: u32,
        /// The most.
        #[serde(rename = "z")]
        max: u32,
    },
    /// On or off.
    #[serde(rename = "b")]
    Toggle,
    /// Pictures, by the ids that their uploads gave.
    #[serde(rename = "p")]
    Pictures {
        /// The most.
        #[serde(rename = "z")]
        max: u8,
        /// Whether there must be one at least.
        #[serde(rename = "q", default, skip_serializing_if = "is_default")]
        required: bool,
    },
    /// A number of stars.
    #[serde(rename = "s")]
    Rating {
        /// The most.
        #[serde(rename = "z")]
        max: u8,
        /// Whether there must be one at least.
        #[serde(rename = "q", default, skip_serializing_if = "is_default")]
        required: bool,
    },
}

/// The limits of a number or a date, as the view has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// Whether it must be filled in.
    #[serde(rename = "q", default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// The least.
    #[serde(rename = "a", default, skip_serializing_if = "is_default")]
    pub min: Option<String>,
    /// The most.
    #[serde(rename = "z", default, skip_serializing_if = "is_default")]
    pub max: Option<String>,
}

impl InputDeclaration {
    /// The declaration of an input that passed the check; none for any other
    /// kind of node.
    pub(super) fn of(kind: &Kind) -> Option<Self> {
        let (name, rule) = match kind {
            Kind::Input(input) => (&input.name, Rule::of(input)),
            Kind::Choice(choice) => {
                let options = choice
                    .options
                    .iter()
                    .map(|option| option_key(&option.value));
                let rule = Rule::Choice {
                    options: options.collect(),
                    min: choice.min,
                    max: choice.max,
                };
                (&choice.name, rule)
            }
            Kind::Toggle { name, .. } => (name, Rule::Toggle),
            Kind::Rating {
                name,
                max,
                required,
                ..
            } => (
                name,
                Rule::Rating {
                    max: *max,
                    required: *required,
                },
            ),
            Kind::Upload(upload) => (
                &upload.name,
                Rule::Pictures {
                    max: upload.max,
                    required: upload.required,
                },
            ),
            _ => return None,
        };
        Some(Self {
            name: name.clone(),
            rule,
        })
    }

    /// About how many bytes it adds to a signed offer.
    pub(super) fn encoded_bytes(&self) -> usize {
        const KEYS_AND_NUMBERS: usize = 64;
        let strings = match &self.rule {
            Rule::Choice { options, .. } => options.iter().map(|option| option.len() + 3).sum(),
            Rule::Number(range) | Rule::Date(range) => {
                range.min.as_ref().map_or(0, String::len)
                    + range.max.as_ref().map_or(0, String::len)
            }
            Rule::Text { .. } | Rule::Toggle | Rule::Pictures { .. } | Rule::Rating { .. } => 0,
        };
        KEYS_AND_NUMBERS + self.name.len() + strings
    }
}

impl Rule {
    fn of(input: &Input) -> Self {
        let range = || Range {
            required: input.required,
            min: input.min.clone(),
            max: input.max.clone(),
        };
        let characters = |limit: &Option<String>| limit.as_ref().and_then(|text| text.parse().ok());
        match input.kind {
            InputKind::Text | InputKind::Multiline => Self::Text {
                lines: input.kind == InputKind::Multiline,
                required: input.required,
                min: characters(&input.min).unwrap_or(0),
                max: characters(&input.max).unwrap_or(TEXT_CHARACTERS_MAX),
            },
            InputKind::Number => Self::Number(range()),
            InputKind::Date => Self::Date(range()),
        }
    }
}

/// Holds what a reader gave against what the view declared.
///
/// Every declared input comes back, in the order of the view: one left empty
/// without values, a toggle with `true` or `false`, options in the order of
/// the view and each once. Otherwise all that is wrong comes back at once, as
/// pairs of an input's name and what the reader should do, in `locale`.
pub fn accept(
    declarations: &[InputDeclaration],
    given: &BTreeMap<String, Vec<String>>,
    locale: &str,
) -> Result<AcceptedInputs, FieldMessages> {
    let tongue = Tongue::of(locale);
    let mut accepted = Vec::with_capacity(declarations.len());
    let mut refused = Vec::new();
    for declaration in declarations {
        let values = given.get(&declaration.name).map_or(&[][..], Vec::as_slice);
        match accept_one(&declaration.rule, values, tongue) {
            Ok(values) => accepted.push((declaration.name.clone(), values)),
            Err(message) => refused.push((declaration.name.clone(), message)),
        }
    }
    for name in given.keys() {
        if !declarations
            .iter()
            .any(|declaration| declaration.name == *name)
        {
            let message = tongue.pick("这张卡片没有这一项", "This card has no such field");
            refused.push((name.clone(), message.to_owned()));
        }
    }
    if refused.is_empty() {
        Ok(accepted)
    } else {
        Err(refused)
    }
}

/// What stands for an option in a declaration: a short value itself, or else a
/// part of its hash, so that 256 options of 128 bytes still fit into an offer.
/// A hash is longer than any value that stands for itself, so the two are
/// never confused.
fn option_key(value: &str) -> String {
    const VERBATIM_BYTES_MAX: usize = 20;
    const HASH_BYTES: usize = 12;
    if value.len() <= VERBATIM_BYTES_MAX {
        return value.to_owned();
    }
    let digest = Sha256::digest(value);
    digest[..HASH_BYTES]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn accept_one(rule: &Rule, values: &[String], tongue: Tongue) -> Result<Vec<String>, String> {
    match rule {
        Rule::Choice { options, min, max } => accept_choice(options, *min, *max, values, tongue),
        Rule::Pictures { max, required } => accept_pictures(*max, *required, values, tongue),
        Rule::Toggle => accept_toggle(single(values, tongue)?, tongue),
        Rule::Rating { max, required } => {
            accept_rating(*max, *required, single(values, tongue)?, tongue)
        }
        Rule::Text {
            lines,
            required,
            min,
            max,
        } => {
            let text = normalized(single(values, tongue)?);
            if text.trim().is_empty() {
                return left_empty(*required, tongue);
            }
            accept_text(&text, *lines, (*min, *max), tongue)?;
            Ok(vec![text])
        }
        Rule::Number(range) => accept_in_range(range, single(values, tongue)?, tongue, number),
        Rule::Date(range) => accept_in_range(range, single(values, tongue)?, tongue, date),
    }
}

/// The one value of an input that has one; empty if there is none.
fn single(values: &[String], tongue: Tongue) -> Result<&str, String> {
    match values {
        [] => Ok(""),
        [value] => Ok(value),
        _ => Err(tongue
            .pick("这一项只能有一个值", "Give one value only")
            .to_owned()),
    }
}

fn left_empty(required: bool, tongue: Tongue) -> Result<Vec<String>, String> {
    if required {
        return Err(tongue.pick("请填写这一项", "Fill this in").to_owned());
    }
    Ok(Vec::new())
}

/// Every line break as `\n`: a form sends `\r\n` whatever was typed.
fn normalized(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn accept_text(
    text: &str,
    lines: bool,
    (min, max): (u32, u32),
    tongue: Tongue,
) -> Result<(), String> {
    let spacing = |character: char| lines && matches!(character, '\n' | '\t');
    if text
        .chars()
        .any(|character| character.is_control() && !spacing(character))
    {
        let message = tongue.pick(
            "含有不能使用的字符，请删去后再试",
            "Contains a character that cannot be used; please remove it",
        );
        return Err(message.to_owned());
    }
    let characters = text.chars().count();
    if characters < min as usize {
        return Err(match tongue {
            Tongue::Chinese => format!("至少写 {min} 个字，现在是 {characters} 个"),
            Tongue::English => format!("At least {min} characters; this has {characters}"),
        });
    }
    if characters > max as usize {
        return Err(match tongue {
            Tongue::Chinese => format!("最多写 {max} 个字，现在是 {characters} 个"),
            Tongue::English => format!("At most {max} characters; this has {characters}"),
        });
    }
    Ok(())
}

fn accept_choice(
    options: &[String],
    min: u32,
    max: u32,
    values: &[String],
    tongue: Tongue,
) -> Result<Vec<String>, String> {
    // An empty value is how a menu says that nothing is chosen.
    let given: BTreeMap<String, &String> = values
        .iter()
        .filter(|value| !value.is_empty())
        .map(|value| (option_key(value), value))
        .collect();
    let chosen: Vec<String> = options
        .iter()
        .filter_map(|option| given.get(option))
        .map(|&value| value.clone())
        .collect();
    if chosen.len() < given.len() {
        let message = tongue.pick("请从列出的选项里选择", "Choose among the options shown");
        return Err(message.to_owned());
    }
    if chosen.len() < min as usize {
        return Err(match (tongue, min) {
            (Tongue::Chinese, 1) => "请选择一项".to_owned(),
            (Tongue::English, 1) => "Choose an option".to_owned(),
            (Tongue::Chinese, _) => format!("至少选 {min} 项"),
            (Tongue::English, _) => format!("Choose at least {min}"),
        });
    }
    if chosen.len() > max as usize {
        return Err(match (tongue, max) {
            (Tongue::Chinese, 1) => "只能选一项".to_owned(),
            (Tongue::English, 1) => "Choose one option only".to_owned(),
            (Tongue::Chinese, _) => format!("最多选 {max} 项"),
            (Tongue::English, _) => format!("Choose at most {max}"),
        });
    }
    Ok(chosen)
}

fn accept_toggle(value: &str, tongue: Tongue) -> Result<Vec<String>, String> {
    match value {
        // A box that is not ticked is not sent at all.
        "" => Ok(vec!["false".to_owned()]),
        "true" | "false" => Ok(vec![value.to_owned()]),
        _ => Err(tongue.pick("请选择开或关", "Choose on or off").to_owned()),
    }
}

/// Ids of pictures, in the order given, each once. Whose they are is not known
/// here.
fn accept_pictures(
    max: u8,
    required: bool,
    values: &[String],
    tongue: Tongue,
) -> Result<Vec<String>, String> {
    let mut pictures: Vec<String> = Vec::new();
    for value in values.iter().filter(|value| !value.is_empty()) {
        if !is_media_id(value) {
            let message = tongue.pick("请重新选择图片", "Choose the pictures again");
            return Err(message.to_owned());
        }
        if !pictures.contains(value) {
            pictures.push(value.clone());
        }
    }
    if pictures.len() > usize::from(max) {
        return Err(match tongue {
            Tongue::Chinese => format!("最多 {max} 张图片"),
            Tongue::English => format!(
                "At most {}",
                tongue.count(max.into(), "", "picture", "pictures")
            ),
        });
    }
    if pictures.is_empty() && required {
        return Err(tongue.pick("请选择图片", "Choose a picture").to_owned());
    }
    Ok(pictures)
}

fn accept_rating(
    max: u8,
    required: bool,
    value: &str,
    tongue: Tongue,
) -> Result<Vec<String>, String> {
    let outside = || match tongue {
        Tongue::Chinese => format!("请选择 1 到 {max} 颗星"),
        Tongue::English => format!("Choose 1 to {max} stars"),
    };
    if value.is_empty() || value == "0" {
        return if required {
            Err(outside())
        } else {
            Ok(Vec::new())
        };
    }
    // Held against every number it may be, so that `+3` and `03` are none.
    if (1..=max).any(|stars| stars.to_string() == value) {
        return Ok(vec![value.to_owned()]);
    }
    Err(outside())
}

#[cfg(test)]
mod tests;
