//! Rules of the kinds of nodes, one by one.

use jiff::Timestamp;

use super::strings::{ITEM_BYTES, Strings, at_most, excerpt};
use crate::view::{
    ActionOffer, Choice, Input, InputKind, Kind, Point, Said, Share, ShareOf, Span, Upload,
    inputs::{Decimal, TEXT_CHARACTERS_MAX, parse_date},
};

/// The name under which a node's input arrives, or an offer's name.
pub(super) fn input_name(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Input(Input { name, .. })
        | Kind::Choice(Choice { name, .. })
        | Kind::Toggle { name, .. }
        | Kind::Rating { name, .. }
        | Kind::Upload(Upload { name, .. })
        | Kind::Ext { name, .. }
        | Kind::Button {
            offer: ActionOffer { name, .. },
            ..
        }
        | Kind::Share(Share {
            offer: Some(ActionOffer { name, .. }),
            ..
        }) => Some(name),
        _ => None,
    }
}

/// Whether the kind has no children.
pub(super) fn is_leaf(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Column
            | Kind::Row
            | Kind::Grid(_)
            | Kind::Panel { .. }
            | Kind::Carousel
            | Kind::Details(_)
            | Kind::Form
            | Kind::Ext { .. }
    )
}

/// Checks what a node says of itself. The error is what is wrong.
pub(super) fn check(kind: &Kind, strings: &mut Strings) -> Result<(), String> {
    match kind {
        Kind::Column | Kind::Row | Kind::Carousel | Kind::Form | Kind::Divider => Ok(()),
        Kind::Grid(columns) => within("the number of columns", u32::from(*columns), 1, 6),
        Kind::Panel { title, .. } => title
            .as_ref()
            .map_or(Ok(()), |title| strings.label("title", title)),
        Kind::Details(label) => strings.label("label", label),
        Kind::Heading { level, text } => {
            within("level", u32::from(*level), 1, 4)?;
            strings.label("text", text)
        }
        Kind::Text {
            content, max_lines, ..
        } => {
            check_lines(*max_lines)?;
            strings.prose("content", content)
        }
        Kind::Rich(spans) => check_rich(spans, strings),
        Kind::Image {
            source,
            alt,
            width,
            height,
        } => {
            strings.source("source", source)?;
            strings.label("alt", alt)?;
            within("width", *width, 1, 65_535)?;
            within("height", *height, 1, 65_535)
        }
        Kind::Badge { text, .. } => strings.label("text", text),
        Kind::Stat {
            label,
            value,
            change,
        } => {
            strings.label("label", label)?;
            strings.label("value", value)?;
            change
                .as_ref()
                .map_or(Ok(()), |change| strings.label("change", change))
        }
        Kind::Progress { label, share } | Kind::Meter { label, share, .. } => {
            strings.label("label", label)?;
            check_share(*share)
        }
        Kind::Time { instant, .. } => check_instant(*instant),
        Kind::Chart { label, points, .. } => check_chart(label, points, strings),
        Kind::Qr { content, label } => check_qr(content, label, strings),
        Kind::Avatar { member, .. } => strings.id("member", member),
        Kind::Said(said) => check_said(said, strings),
        Kind::Button { label, offer, .. } => {
            strings.label("label", label)?;
            check_offer(offer, strings)
        }
        Kind::Link { label, url } => {
            strings.label("label", label)?;
            strings.link("url", url)
        }
        Kind::Input(input) => check_input(input, strings),
        Kind::Choice(choice) => check_choice(choice, strings),
        Kind::Toggle { name, label, .. } => check_named(name, label, strings),
        Kind::Rating {
            name,
            label,
            max,
            value,
            ..
        } => {
            check_named(name, label, strings)?;
            within("max", u32::from(*max), 2, 10)?;
            within("value", u32::from(*value), 0, u32::from(*max))
        }
        Kind::Upload(upload) => {
            check_named(&upload.name, &upload.label, strings)?;
            within("max", u32::from(upload.max), 1, 9)
        }
        Kind::Share(share) => check_share_of(share, strings),
        Kind::Ext { name, props } => {
            strings.label("name", name)?;
            props.iter().try_for_each(|(name, value)| {
                strings.cost(ITEM_BYTES)?;
                strings.label("the name of a prop", name)?;
                strings.any(value)
            })
        }
    }
}

fn within(field: &str, value: u32, least: u32, most: u32) -> Result<(), String> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(format!("{field} is {value}; it must be {least} to {most}"))
}

fn check_lines(max_lines: Option<u8>) -> Result<(), String> {
    max_lines.map_or(Ok(()), |lines| within("max-lines", u32::from(lines), 1, 12))
}

fn check_said(said: &Said, strings: &mut Strings) -> Result<(), String> {
    strings.id("member", &said.member)?;
    check_lines(said.max_lines)?;
    if let Some(post) = &said.post {
        strings.id("post", post)?;
    }
    strings.prose("text", &said.text)
}

fn check_share_of(share: &Share, strings: &mut Strings) -> Result<(), String> {
    strings.label("label", &share.label)?;
    if let ShareOf::Post(post) = &share.of {
        strings.id("the post's id", post)?;
    }
    match &share.offer {
        Some(offer) if offer.confirm.is_some() => Err(
            "the offer's confirm would be asked after the reader has shared; leave it out"
                .to_owned(),
        ),
        Some(offer) => check_offer(offer, strings),
        None => Ok(()),
    }
}

fn check_share(share: f64) -> Result<(), String> {
    // Not a number is in no range.
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(format!(
        "share is {share}; it must be 0 to 1 (of no votes at all, say 0)"
    ))
}

fn check_instant(instant: u64) -> Result<(), String> {
    let representable =
        i64::try_from(instant).is_ok_and(|ms| Timestamp::from_millisecond(ms).is_ok());
    if representable {
        return Ok(());
    }
    Err(format!(
        "instant {instant} is after the year 9999; it is in milliseconds since 1970"
    ))
}

fn check_rich(spans: &[Span], strings: &mut Strings) -> Result<(), String> {
    spans.iter().try_for_each(|span| {
        strings.cost(ITEM_BYTES)?;
        match span {
            Span::Text(text) | Span::Bold(text) | Span::Emphasis(text) | Span::Code(text) => {
                strings.prose("the text of a span", text)
            }
            Span::Link { label, url } => {
                strings.label("the label of a link", label)?;
                strings.link("the url of a link", url)
            }
        }
    })
}

fn check_chart(label: &str, points: &[Point], strings: &mut Strings) -> Result<(), String> {
    strings.label("label", label)?;
    within("the number of points", clamped(points.len()), 0, 366)?;
    points.iter().enumerate().try_for_each(|(index, point)| {
        strings.cost(ITEM_BYTES)?;
        strings.line(&format!("points[{index}].label"), &point.label)?;
        if point.value.is_finite() {
            return Ok(());
        }
        Err(format!(
            "points[{index}].value is {}; it must be a finite number",
            point.value
        ))
    })
}

fn check_qr(content: &str, label: &str, strings: &mut Strings) -> Result<(), String> {
    // About what the smallest code takes as SVG, and what each byte adds.
    const CODE_BYTES: usize = 2_048;
    const BYTES_PER_BYTE: usize = 16;
    strings.any(content)?;
    if content.is_empty() {
        return Err("content is empty; give what the code is to say".to_owned());
    }
    at_most("content", content, 1024)?;
    strings.cost(CODE_BYTES + BYTES_PER_BYTE * content.len())?;
    strings.label("label", label)
}

fn check_offer(offer: &ActionOffer, strings: &mut Strings) -> Result<(), String> {
    strings.name("the offer's name", &offer.name)?;
    strings.any(&offer.payload)?;
    at_most("the offer's payload", &offer.payload, 2048)?;
    offer.confirm.as_ref().map_or(Ok(()), |confirm| {
        strings.label("the offer's confirm", confirm)
    })
}

fn check_named(name: &str, label: &str, strings: &mut Strings) -> Result<(), String> {
    strings.name("name", name)?;
    strings.label("label", label)
}

fn check_choice(choice: &Choice, strings: &mut Strings) -> Result<(), String> {
    check_named(&choice.name, &choice.label, strings)?;
    let options = clamped(choice.options.len());
    within("the number of options", options, 1, 256)?;
    let mut values = std::collections::BTreeMap::new();
    for (index, option) in choice.options.iter().enumerate() {
        strings.cost(ITEM_BYTES)?;
        let field = format!("options[{index}].value");
        strings.label(&field, &option.value)?;
        at_most(&field, &option.value, 128)?;
        if let Some(first) = values.insert(option.value.as_str(), index) {
            return Err(format!(
                "{field} repeats options[{first}].value; give each its own"
            ));
        }
        strings.label(&format!("options[{index}].label"), &option.label)?;
    }
    match (choice.many, choice.max) {
        (_, 0) => return Err("max is 0; at least one option may be chosen".to_owned()),
        (false, 2..) => {
            return Err(format!(
                "max is {} and many is false; set many, or max to 1",
                choice.max
            ));
        }
        _ => {}
    }
    within("min", choice.min, 0, choice.max.min(options))?;
    let selected = choice
        .options
        .iter()
        .filter(|option| option.selected)
        .count();
    within(
        "the number of selected options",
        clamped(selected),
        0,
        choice.max,
    )
}

fn check_input(input: &Input, strings: &mut Strings) -> Result<(), String> {
    check_named(&input.name, &input.label, strings)?;
    strings.line(
        "placeholder",
        input.placeholder.as_deref().unwrap_or_default(),
    )?;
    strings.line("min", input.min.as_deref().unwrap_or_default())?;
    strings.line("max", input.max.as_deref().unwrap_or_default())?;
    let value = input.value.as_deref().unwrap_or_default();
    match input.kind {
        InputKind::Multiline => strings.prose("value", value)?,
        _ => strings.line("value", value)?,
    }
    match input.kind {
        InputKind::Text | InputKind::Multiline => check_characters(input),
        InputKind::Number => check_range(input, Decimal::parse, "a decimal number such as 3.5"),
        InputKind::Date => check_range(input, parse_date, "a date such as 2027-01-31"),
    }
}

fn check_characters(input: &Input) -> Result<(), String> {
    let limit = |field: &str, text: &Option<String>, otherwise: u32| match text {
        None => Ok(otherwise),
        Some(text) => text.parse::<u32>().map_err(|_| {
            format!(
                "{field} \"{}\" must be a number of characters, in digits",
                excerpt(text)
            )
        }),
    };
    let min = limit("min", &input.min, 0)?;
    let max = limit("max", &input.max, TEXT_CHARACTERS_MAX)?;
    within("max", max, 1, u32::MAX)?;
    within("min", min, 0, max)
}

/// Checks the limits of a number or a date, and what stands in it at first: a
/// browser would drop that without a word.
fn check_range<'a, T: Ord>(
    input: &'a Input,
    parse: fn(&'a str) -> Option<T>,
    expected: &str,
) -> Result<(), String> {
    let parse = |field: &str, text: &'a Option<String>| match text {
        None => Ok(None),
        Some(text) => match parse(text) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(format!("{field} \"{}\" must be {expected}", excerpt(text))),
        },
    };
    if input.value.as_ref().is_some_and(|value| !value.is_empty()) {
        parse("value", &input.value)?;
    }
    match (parse("min", &input.min)?, parse("max", &input.max)?) {
        (Some(min), Some(max)) if min > max => Err("min is more than max".to_owned()),
        _ => Ok(()),
    }
}

/// A number of things, as large as the rules above can tell apart.
fn clamped(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
