//! When a cron expression comes next, in a time zone.
//!
//! The expression is followed along the clock on the wall, which knows nothing
//! of daylight saving, and each time found there is put on the line of real
//! time. So a time that the zone leaves out comes at the end of the gap, and
//! one that comes twice is taken at its first coming. The zones are the host's
//! own, so that a timer does not depend on what the machine has.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use std::sync::LazyLock;

/// Longest expression and longest name of a zone, in bytes.
const TEXT_BYTES_MAX: usize = 128;

/// Fields of an expression.
const FIELDS: usize = 5;

/// Times on the wall that may be passed over because their instant has been:
/// those of a repeated hour, or of a day that a zone repeated when it changed
/// sides of the date line, by the minute.
const PASSED_OVER_MAX: usize = 2 * 24 * 60;

/// An expression with its zone, read and found good.
#[derive(Clone, Debug)]
pub struct CronTimes {
    cron: Cron,
    zone: TimeZone,
}

impl CronTimes {
    /// Reads an expression of five fields and a zone such as `Asia/Shanghai`.
    ///
    /// # Errors
    ///
    /// What is wrong, for the plugin's author.
    pub fn parse(expression: &str, zone: &str) -> Result<CronTimes, String> {
        if expression.len() > TEXT_BYTES_MAX || zone.len() > TEXT_BYTES_MAX {
            return Err(format!(
                "a cron expression and a zone have at most {TEXT_BYTES_MAX} bytes"
            ));
        }
        let fields = expression.split_ascii_whitespace().count();
        if fields != FIELDS {
            return Err(format!(
                "`{expression}` has {fields} fields; write minute, hour, day, month and day of the week, like `0 9 * * MON`"
            ));
        }
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let cron = parser
            .parse(expression)
            .map_err(|error| format!("`{expression}` is not a cron expression: {error}"))?;
        let zone = ZONES
            .get(zone)
            .map_err(|_| format!("`{zone}` is not a time zone; write it like `Asia/Shanghai`"))?;
        Ok(CronTimes { cron, zone })
    }

    /// The first time after an instant, both in milliseconds since 1970; none
    /// if there is none, as for the 30th of February.
    pub fn after(&self, instant_ms: u64) -> Option<u64> {
        let instant = Timestamp::from_millisecond(i64::try_from(instant_ms).ok()?).ok()?;
        let mut wall = self.zone.to_datetime(instant);
        for _ in 0..PASSED_OVER_MAX {
            wall = self.cron.find_next_occurrence(&wall, false).ok()?;
            let comes = self.instant_of(wall)?;
            if comes > instant {
                return u64::try_from(comes.as_millisecond()).ok();
            }
        }
        None
    }

    fn instant_of(&self, wall: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(wall);
        let AmbiguousOffset::Gap { before, .. } = ambiguous.offset() else {
            return ambiguous.earlier().ok();
        };
        // By the clock that was not put forward yet this is at the end of the
        // gap or behind it: the change itself is the last one up to then.
        let behind = before.to_timestamp(wall).ok()?;
        let behind = behind
            .checked_add(jiff::SignedDuration::from_secs(1))
            .ok()?;
        let change = self.zone.preceding(behind).next()?;
        Some(change.timestamp())
    }
}

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

#[cfg(test)]
mod tests {
    use super::CronTimes;
    use jiff::Timestamp;

    fn ms(instant: &str) -> u64 {
        let instant: Timestamp = instant.parse().unwrap();
        instant.as_millisecond().try_into().unwrap()
    }

    /// The next times after an instant, in a row.
    #[track_caller]
    fn check(expression: &str, zone: &str, after: &str, expected: &[&str]) {
        let times = CronTimes::parse(expression, zone).unwrap();
        let mut at = ms(after);
        for next in expected {
            let found = times.after(at).unwrap();
            let text = Timestamp::from_millisecond(found.try_into().unwrap()).unwrap();
            assert_eq!(found, ms(next), "{expression} {zone}: {text}, not {next}");
            at = found;
        }
    }

    #[test]
    fn times_come_as_the_expression_says() {
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
        check(
            "0 0 1 1 *",
            "Asia/Kathmandu",
            "2026-11-27T00:00:00Z",
            &["2026-12-31T18:15:00Z"],
        );
    }

    /// Clocks go forward: Berlin on 29 March 2026 from 2:00 to 3:00 (1:00 UTC),
    /// New York on 8 March from 2:00 to 3:00 (7:00 UTC), Lord Howe on 4 October
    /// from 2:00 to 2:30 (15:30 UTC the day before), Santiago on 6 September
    /// from 0:00 to 1:00 (4:00 UTC), and Apia leaves out all of 30 December 2011.
    #[test]
    fn a_time_in_a_gap_comes_at_its_end() {
        check(
            "30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            &["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
        );
        // The very first and the very last minute that are left out, and the
        // end itself, which is an hour like others.
        for expression in ["0 2 * * *", "59 2 * * *", "0 3 * * *"] {
            check(
                expression,
                "Europe/Berlin",
                "2026-03-28T12:00:00Z",
                &["2026-03-29T01:00:00Z"],
            );
        }
        // Many times in one gap come once.
        check(
            "*/15 2 * * *",
            "Europe/Berlin",
            "2026-03-29T00:59:00Z",
            &["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"],
        );
        check(
            "30 2 * * *",
            "America/New_York",
            "2026-03-08T00:00:00Z",
            &["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"],
        );
        check(
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T00:00:00Z",
            &["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"],
        );
        check(
            "0 0 * * *",
            "America/Santiago",
            "2026-09-05T12:00:00Z",
            &["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
        );
        check(
            "0 12 30 12 *",
            "Pacific/Apia",
            "2011-12-29T00:00:00Z",
            &["2011-12-30T10:00:00Z"],
        );
    }

    /// Clocks go back: Berlin on 25 October 2026 from 3:00 to 2:00 (1:00 UTC),
    /// New York on 1 November from 2:00 to 1:00 (6:00 UTC).
    #[test]
    fn a_time_that_comes_twice_comes_once() {
        check(
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T12:00:00Z",
            &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        );
        check(
            "*/30 * * * *",
            "Europe/Berlin",
            "2026-10-24T23:59:00Z",
            &[
                "2026-10-25T00:00:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-25T02:00:00Z",
            ],
        );
        // From inside the second coming nothing of it is caught up on.
        check(
            "*/30 * * * *",
            "Europe/Berlin",
            "2026-10-25T01:10:00Z",
            &["2026-10-25T02:00:00Z"],
        );
        check(
            "0 1 * * *",
            "America/New_York",
            "2026-10-31T12:00:00Z",
            &["2026-11-01T05:00:00Z", "2026-11-02T06:00:00Z"],
        );
    }

    #[test]
    fn what_is_no_expression_or_zone_is_told() {
        let check = |expression: &str, zone: &str, expected: &str| {
            let said = CronTimes::parse(expression, zone).unwrap_err();
            assert!(said.contains(expected), "{expression} {zone}: {said}");
        };
        check("0 9 * *", "UTC", "has 4 fields");
        check("0 0 9 * * MON", "UTC", "has 6 fields");
        check("@daily", "UTC", "has 1 fields");
        check("60 9 * * *", "UTC", "not a cron expression");
        check("0 9 * * XYZ", "UTC", "not a cron expression");
        check("0 9 * * *", "Asia/Nowhere", "not a time zone");
        check("0 9 * * *", "", "not a time zone");
        check("0 9 * * *", "../../etc/passwd", "not a time zone");
        check(&"1,".repeat(80), "UTC", "at most 128 bytes");
        // Good, but it never comes.
        assert_eq!(
            CronTimes::parse("0 0 30 2 *", "UTC").unwrap().after(0),
            None
        );
    }
}
