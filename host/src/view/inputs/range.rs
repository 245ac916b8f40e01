//! Numbers and dates, and the limits they keep to.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::{Decimal, Range, left_empty};
use crate::view::words::Tongue;

/// How a number or a date is compared with a limit, and what is said of it.
pub(super) struct Measure {
    /// None if the first is not of this kind. Limits were checked before.
    compare: fn(&str, &str) -> Option<Ordering>,
    malformed: (&'static str, &'static str),
    too_low: (&'static str, &'static str),
    too_high: (&'static str, &'static str),
}

pub(super) fn number() -> Measure {
    Measure {
        compare: |value, limit| Some(Decimal::parse(value)?.cmp(&Decimal::parse(limit)?)),
        malformed: (
            "请填写数字，例如 12 或 3.5",
            "Give a number, such as 12 or 3.5",
        ),
        too_low: ("不能小于", "Must not be less than"),
        too_high: ("不能大于", "Must not be more than"),
    }
}

pub(super) fn date() -> Measure {
    Measure {
        compare: |value, limit| Some(parse_date(value)?.cmp(&parse_date(limit)?)),
        malformed: (
            "请填写日期，例如 2027-01-31",
            "Give a date as year-month-day, such as 2027-01-31",
        ),
        too_low: ("不能早于", "Must not be before"),
        too_high: ("不能晚于", "Must not be after"),
    }
}

/// A date written exactly as `YYYY-MM-DD`; the library's parser takes more.
pub(in crate::view) fn parse_date(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

pub(super) fn accept_in_range(
    range: &Range,
    value: &str,
    tongue: Tongue,
    measure: fn() -> Measure,
) -> Result<Vec<String>, String> {
    let value = value.trim();
    if value.is_empty() {
        return left_empty(range.required, tongue);
    }
    let measure = measure();
    let compare = |limit: &str| {
        let (chinese, english) = measure.malformed;
        (measure.compare)(value, limit).ok_or_else(|| tongue.pick(chinese, english).to_owned())
    };
    let outside = |(chinese, english): (&'static str, &'static str), limit: &str| {
        Err(format!("{} {limit}", tongue.pick(chinese, english)))
    };
    // Compared with itself, so that a malformed value is seen without limits.
    compare(value)?;
    if let Some(min) = &range.min
        && compare(min)? == Ordering::Less
    {
        return outside(measure.too_low, min);
    }
    if let Some(max) = &range.max
        && compare(max)? == Ordering::Greater
    {
        return outside(measure.too_high, max);
    }
    Ok(vec![value.to_owned()])
}
