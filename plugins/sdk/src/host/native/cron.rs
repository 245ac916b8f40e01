//! Cron expressions of five fields, in the few time zones that a test needs.
//!
//! Natively there are zones of one offset alone: no daylight saving. The real
//! host knows all zones, and also `L`, `#` and `W`; here they are refused with a
//! sentence that says so.

const MS_PER_MINUTE: u64 = 60_000;
const MINUTES_PER_DAY: u64 = 24 * 60;
/// Every combination of day, month and leap year comes within so many days,
/// or never.
const DAYS_LOOKED_AT: u64 = 8 * 366;

/// Zones that had one offset for as long as instants go, as good as.
const ZONES: [(&str, i64); 12] = [
    ("UTC", 0),
    ("Etc/UTC", 0),
    ("Asia/Shanghai", 8 * 60),
    ("Asia/Chongqing", 8 * 60),
    ("Asia/Urumqi", 6 * 60),
    ("Asia/Hong_Kong", 8 * 60),
    ("Asia/Macau", 8 * 60),
    ("Asia/Taipei", 8 * 60),
    ("Asia/Singapore", 8 * 60),
    ("Asia/Tokyo", 9 * 60),
    ("Asia/Kolkata", 5 * 60 + 30),
    ("Asia/Dubai", 4 * 60),
];

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// An expression with its zone.
#[derive(Clone, Debug)]
pub(crate) struct CronTimes {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
    offset_minutes: i64,
}

impl CronTimes {
    /// Reads an expression, such as `0 9 * * MON`, and a zone.
    pub(crate) fn parse(expression: &str, zone: &str) -> Result<Self, String> {
        let fields: Vec<&str> = expression.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return Err(format!(
                "`{expression}` has {} fields; write minute, hour, day, month and day of the \
                 week, like `0 9 * * MON`",
                fields.len()
            ));
        };
        let known = ZONES.iter().find(|(name, _)| *name == zone);
        let offset_minutes = known.map(|&(_, offset)| offset).ok_or_else(|| {
            format!(
                "the test host does not know the zone `{zone}`: it has only zones of one offset, \
                 such as `Asia/Shanghai` and `UTC`"
            )
        })?;
        let wrong = |reason| format!("`{expression}` is not a cron expression: {reason}");
        let field = |text, min, max, names| Field::parse(text, min, max, names).map_err(wrong);
        Ok(Self {
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: field(days, 1, 31, &[])?,
            months: field(months, 1, 12, &MONTHS)?,
            // Sunday is 0 and 7.
            weekdays: field(weekdays, 0, 7, &DAYS)?.with_both_sundays(),
            offset_minutes,
        })
    }

    /// The first time after an instant; none if there is none.
    pub(crate) fn after(&self, instant_ms: u64) -> Option<u64> {
        let instant = instant_ms / MS_PER_MINUTE + 1;
        let first = instant.checked_add_signed(self.offset_minutes)?;
        for day in first / MINUTES_PER_DAY..first / MINUTES_PER_DAY + DAYS_LOOKED_AT {
            if !self.comes_on(day) {
                continue;
            }
            let start = day * MINUTES_PER_DAY;
            let comes = |minute: &u64| {
                start + minute >= first
                    && self.hours.has(minute / 60)
                    && self.minutes.has(minute % 60)
            };
            if let Some(minute) = (0..MINUTES_PER_DAY).find(comes) {
                let wall = start + minute;
                return wall
                    .checked_add_signed(-self.offset_minutes)
                    .map(|minute| minute * MS_PER_MINUTE);
            }
        }
        None
    }

    /// Whether it comes on a day, counted since 1970-01-01. As cron has it, a
    /// day of the month and a day of the week that are both given hold either
    /// way.
    fn comes_on(&self, day: u64) -> bool {
        let (_, month, of_month) = crate::time::civil_from_days(day);
        // 1970-01-01 was a Thursday.
        let of_week = (day + 4) % 7;
        let (by_month, by_week) = (self.days.has(of_month), self.weekdays.has(of_week));
        self.months.has(month)
            && if self.days.is_any || self.weekdays.is_any {
                by_month && by_week
            } else {
                by_month || by_week
            }
    }
}

/// Which numbers a field has, as bits.
#[derive(Clone, Copy, Debug)]
struct Field {
    bits: u64,
    is_any: bool,
}

impl Field {
    fn parse(text: &str, min: u64, max: u64, names: &[&str]) -> Result<Self, String> {
        let mut bits = 0;
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, step.parse().ok().filter(|&step| step > 0)),
                None => (part, Some(1)),
            };
            let step: u64 = step.ok_or_else(|| format!("`{part}` has no step"))?;
            let number = |text: &str| {
                let named = names
                    .iter()
                    .position(|name| name.eq_ignore_ascii_case(text));
                let number = match named {
                    Some(at) => Some(min + at as u64),
                    None => text.parse().ok(),
                };
                number
                    .filter(|number| (min..=max).contains(number))
                    .ok_or_else(|| format!("`{text}` is not {min} to {max}"))
            };
            let (first, last) = match range.split_once('-') {
                _ if range == "*" => (min, max),
                Some((first, last)) => (number(first)?, number(last)?),
                None if part.contains('/') => (number(range)?, max),
                None => (number(range)?, number(range)?),
            };
            if first > last {
                return Err(format!("`{range}` goes backward"));
            }
            let step = usize::try_from(step).unwrap_or(usize::MAX);
            for number in (first..=last).step_by(step) {
                bits |= 1 << number;
            }
        }
        Ok(Self {
            bits,
            is_any: text.starts_with('*'),
        })
    }

    fn with_both_sundays(self) -> Self {
        Self {
            bits: self.bits | (self.bits >> 7 & 1),
            ..self
        }
    }

    fn has(self, number: u64) -> bool {
        self.bits >> number & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn comes_when_it_says() {
        #[track_caller]
        fn check(expression: &str, zone: &str, after: &str, expected: &[&str]) {
            let times = CronTimes::parse(expression, zone).unwrap();
            let mut at: Timestamp = after.parse().unwrap();
            for next in expected {
                at = Timestamp::from_ms(times.after(at.as_ms()).unwrap());
                assert_eq!(at.to_string(), *next, "{expression} {zone}");
            }
        }

        let shanghai = "Asia/Shanghai";
        check(
            "0 9 * * MON",
            shanghai,
            "2026-11-27T00:00:00Z",
            &["2026-11-30T01:00:00Z", "2026-12-07T01:00:00Z"],
        );
        // Never the instant itself.
        check(
            "0 9 * * *",
            shanghai,
            "2026-11-30T01:00:00Z",
            &["2026-12-01T01:00:00Z"],
        );
        // The day begins eight hours earlier there.
        check(
            "30 0 1 * *",
            shanghai,
            "2026-11-27T00:00:00Z",
            &["2026-11-30T16:30:00Z", "2026-12-31T16:30:00Z"],
        );
        check(
            "*/20 * * * *",
            "UTC",
            "2026-11-27T00:00:00.001Z",
            &["2026-11-27T00:20:00Z", "2026-11-27T00:40:00Z"],
        );
        check(
            "30 0 29 2 *",
            "UTC",
            "2026-11-27T00:00:00Z",
            &["2028-02-29T00:30:00Z", "2032-02-29T00:30:00Z"],
        );
        // Sunday by either number; ranges, lists and names.
        check(
            "0 0 * * 7",
            "UTC",
            "2026-11-27T00:00:00Z",
            &["2026-11-29T00:00:00Z"],
        );
        check(
            "0 8-10/2,20 * jan-feb mon-fri",
            "UTC",
            "2027-01-01T09:00:00Z",
            &[
                "2027-01-01T10:00:00Z",
                "2027-01-01T20:00:00Z",
                "2027-01-04T08:00:00Z",
            ],
        );
        // A day of the month or of the week.
        check(
            "0 0 1 * MON",
            "UTC",
            "2026-11-27T00:00:00Z",
            &["2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"],
        );
        let never = CronTimes::parse("0 0 30 2 *", "UTC").unwrap();
        assert_eq!(never.after(0), None);
    }

    #[test]
    fn what_is_no_expression_is_told() {
        #[track_caller]
        fn check(expression: &str, zone: &str, expected: &str) {
            let said = CronTimes::parse(expression, zone).unwrap_err();
            assert!(said.contains(expected), "{expression} {zone}: {said}");
        }

        check("0 9 * *", "UTC", "has 4 fields");
        check("0 0 9 * * MON", "UTC", "has 6 fields");
        check("@daily", "UTC", "has 1 fields");
        check("60 9 * * *", "UTC", "`60` is not 0 to 59");
        check("0 9 0 * *", "UTC", "`0` is not 1 to 31");
        check("0 9 * * XYZ", "UTC", "`XYZ` is not 0 to 7");
        check("*/0 9 * * *", "UTC", "has no step");
        check("0 9-8 * * *", "UTC", "goes backward");
        check("0 9 L * *", "UTC", "`L` is not 1 to 31");
        check("0 9 * * *", "Europe/Berlin", "only zones of one offset");
    }
}
