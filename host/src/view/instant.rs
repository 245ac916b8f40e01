//! Instants as text: for programs, and for readers before their own device
//! rewrites them.
//!
//! There is no clock here and no reader's time zone. Chinese is set in the
//! time of China, everything else in UTC, and the text says which.

use jiff::{Timestamp, tz::Offset};

use super::{TimeStyle, words::Tongue};

const CHINA: Offset = Offset::constant(8);

/// As RFC 3339 in UTC. An instant no date can be written for becomes the last
/// one that can; the check lets none into a view.
pub(super) fn rfc3339(instant_ms: u64) -> String {
    timestamp(instant_ms).to_string()
}

/// In full, whatever the style: *3 hours ago* needs a now. The zone is said
/// unless only the day is.
pub(super) fn written(instant_ms: u64, style: TimeStyle, tongue: Tongue) -> String {
    let timestamp = timestamp(instant_ms);
    let day_only = style == TimeStyle::Date;
    match tongue {
        Tongue::Chinese => {
            let local = CHINA.to_datetime(timestamp);
            let day = format!("{}年{}月{}日", local.year(), local.month(), local.day());
            if day_only {
                return day;
            }
            format!(
                "{day} {:02}:{:02}（北京时间）",
                local.hour(),
                local.minute()
            )
        }
        Tongue::English => {
            let day = Offset::UTC
                .to_datetime(timestamp)
                .strftime("%-d %B %Y")
                .to_string();
            if day_only {
                return day;
            }
            let local = Offset::UTC.to_datetime(timestamp);
            format!("{day}, {:02}:{:02} UTC", local.hour(), local.minute())
        }
    }
}

fn timestamp(instant_ms: u64) -> Timestamp {
    let instant_ms = i64::try_from(instant_ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(instant_ms).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::{rfc3339, written};
    use crate::view::{TimeStyle, words::Tongue};

    #[test]
    fn instants() {
        const NEW_YEAR_IN_CHINA_MS: u64 = 1_798_732_800_000;
        assert_eq!(rfc3339(NEW_YEAR_IN_CHINA_MS), "2026-12-31T16:00:00Z");
        assert_eq!(rfc3339(1), "1970-01-01T00:00:00.001Z");
        assert_eq!(rfc3339(u64::MAX), "9999-12-30T22:00:00.999999999Z");
        for (style, tongue, expected) in [
            (TimeStyle::Date, Tongue::Chinese, "2027年1月1日"),
            (TimeStyle::Date, Tongue::English, "31 December 2026"),
            (
                TimeStyle::DateTime,
                Tongue::Chinese,
                "2027年1月1日 00:00（北京时间）",
            ),
            (
                TimeStyle::Relative,
                Tongue::English,
                "31 December 2026, 16:00 UTC",
            ),
            (
                TimeStyle::Countdown,
                Tongue::Chinese,
                "2027年1月1日 00:00（北京时间）",
            ),
        ] {
            assert_eq!(written(NEW_YEAR_IN_CHINA_MS, style, tongue), expected);
        }
    }
}
