//! Weeks as ISO 8601 has them: from Monday to Sunday, and of the year in which
//! their Thursday lies.

use std::fmt;

use quanka_card::prelude::*;

use crate::config::Zone;

const DAY_MS: u64 = 86_400_000;
/// The first week that the card does not know: it begins in the year 2161.
const END: u64 = 10_000;

/// A week, counted from the one whose Thursday is 1970-01-01: the Thursday of
/// week `n` is `7 * n` days after that day. It is written `2027-W03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week(u64);

impl Week {
    /// The week that an instant lies in.
    pub fn at(instant: Timestamp, zone: Zone) -> Self {
        let days = (instant.as_ms() + zone.offset_ms()) / DAY_MS;
        // Monday is three days before Thursday.
        Self((days + 3) / 7)
    }

    /// The week that it is, for a view: it lasts exactly until the next begins,
    /// since that is the earliest instant asked for that has not come.
    pub fn current(zone: Zone) -> Self {
        let (mut begun, mut ahead) = (0, END);
        while ahead - begun > 1 {
            let middle = begun.midpoint(ahead);
            match clock::passed(Self(middle).starts(zone)) {
                true => begun = middle,
                false => ahead = middle,
            }
        }
        Self(begun)
    }

    /// Midnight before its Monday.
    pub fn starts(self, zone: Zone) -> Timestamp {
        let local_ms = (self.0 * 7).saturating_sub(3) * DAY_MS;
        Timestamp::from_ms(local_ms.saturating_sub(zone.offset_ms()))
    }

    /// Midnight after its Sunday.
    pub fn ends(self, zone: Zone) -> Timestamp {
        Self(self.0 + 1).starts(zone)
    }

    /// So many hours before it ends.
    pub fn before_end(self, zone: Zone, hours: u64) -> Timestamp {
        let ends_ms = self.ends(zone).as_ms();
        Timestamp::from_ms(ends_ms.saturating_sub(hours * 3_600_000))
    }

    /// So many weeks earlier.
    pub fn back(self, weeks: u64) -> Self {
        Self(self.0.saturating_sub(weeks))
    }

    /// How many weeks it is after another, or before it.
    pub fn distance(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }

    pub fn year(self) -> u64 {
        let thursday = self.0 * 7;
        // Too early by a year at most, for centuries to come.
        let mut year = 1970 + thursday / 366;
        while days_before(year + 1) <= thursday {
            year += 1;
        }
        year
    }

    /// Its number in its year, from 1.
    pub fn number(self) -> u64 {
        self.0 - first_of(self.year()) + 1
    }

    /// All weeks of a year: 52 or 53.
    pub fn all_of(year: u64) -> impl Iterator<Item = Self> {
        (first_of(year)..first_of(year + 1)).map(Self)
    }

    /// Reads what is written `2027-W03`; none for a week that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once("-W")?;
        let is_year = year.len() == 4 && year >= "1970";
        let year = year.parse().ok().filter(|_| is_year)?;
        let number: usize = number.parse().ok()?;
        let week = Self::all_of(year).nth(number.checked_sub(1)?)?;
        // Not `2027-W+3`.
        (week.to_string() == text).then_some(week)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year(), self.number())
    }
}

/// Days from 1970-01-01 to the first of January of a year.
fn days_before(year: u64) -> u64 {
    let leap_days = |years: u64| years / 4 - years / 100 + years / 400;
    (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969)
}

/// The week of a year's first Thursday.
fn first_of(year: u64) -> u64 {
    days_before(year).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().expect("the test's instant is RFC 3339")
    }

    #[test]
    fn an_instant_lies_in_the_week_of_its_zone() {
        #[track_caller]
        fn check(at: &str, zone: Zone, expected: &str) {
            assert_eq!(Week::at(instant(at), zone).to_string(), expected, "{at}");
        }
        let shanghai = Zone::Shanghai;
        check("2027-01-18T00:00:00+08:00", shanghai, "2027-W03");
        check("2027-01-24T23:59:59.999+08:00", shanghai, "2027-W03");
        check("2027-01-25T00:00:00+08:00", shanghai, "2027-W04");
        // The same instants elsewhere.
        check("2027-01-25T00:00:00+08:00", Zone::Utc, "2027-W03");
        check("2027-01-25T00:00:00+08:00", Zone::Tokyo, "2027-W04");
        check("2027-01-24T23:59:59+09:00", Zone::Tokyo, "2027-W03");
        check("2027-01-25T00:00:00+05:30", Zone::Kolkata, "2027-W04");
        check("2027-01-24T23:59:59+05:30", Zone::Kolkata, "2027-W03");
        // Ends of years: the year is that of the Thursday.
        check("2026-12-27T23:59:59+08:00", shanghai, "2026-W52");
        check("2026-12-31T12:00:00+08:00", shanghai, "2026-W53");
        check("2027-01-03T23:59:59+08:00", shanghai, "2026-W53");
        check("2027-01-04T00:00:00+08:00", shanghai, "2027-W01");
        check("2024-12-30T00:00:00+08:00", shanghai, "2025-W01");
        check("2021-01-03T12:00:00+08:00", shanghai, "2020-W53");
        check("2022-01-02T12:00:00+08:00", shanghai, "2021-W52");
        check("2023-01-01T12:00:00+08:00", shanghai, "2022-W52");
        check("2028-02-29T12:00:00+08:00", shanghai, "2028-W09");
        check("2100-03-01T12:00:00+08:00", shanghai, "2100-W09");
        check("1970-01-01T00:00:00Z", Zone::Utc, "1970-W01");
        check("1970-01-05T00:00:00Z", Zone::Utc, "1970-W02");
    }

    #[test]
    fn a_year_has_52_weeks_or_53() {
        #[track_caller]
        fn check(year: u64, expected: usize) {
            assert_eq!(Week::all_of(year).count(), expected, "{year}");
        }
        check(2020, 53);
        check(2021, 52);
        check(2024, 52);
        check(2025, 52);
        check(2026, 53);
        check(2027, 52);
        check(2032, 53);
    }

    #[test]
    fn a_week_begins_and_ends_at_midnight_of_the_zone() {
        for (zone, offset) in [
            (Zone::Shanghai, "+08:00"),
            (Zone::Urumqi, "+06:00"),
            (Zone::Tokyo, "+09:00"),
            (Zone::Kolkata, "+05:30"),
            (Zone::Dubai, "+04:00"),
            (Zone::Utc, "Z"),
        ] {
            let week = Week::parse("2026-W53").expect("2026 has 53 weeks");
            let starts = instant(&format!("2026-12-28T00:00:00{offset}"));
            let ends = instant(&format!("2027-01-04T00:00:00{offset}"));
            assert_eq!((week.starts(zone), week.ends(zone)), (starts, ends));
            let sunday = instant(&format!("2027-01-03T20:00:00{offset}"));
            assert_eq!(week.before_end(zone, 4), sunday);
        }
    }

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        for week in (0..END).map(Week) {
            assert_eq!(Week::parse(&week.to_string()), Some(week));
            assert_eq!(Week::at(week.starts(Zone::Tokyo), Zone::Tokyo), week);
        }
        for text in [
            "",
            "2027",
            "2027-W",
            "2027-W00",
            "2027-W53",
            "2027-W3",
            "2027-W+3",
            "2027-w03",
            "27-W03",
            "1969-W10",
            "2027-W003",
            "2027-03",
            "+027-W03",
        ] {
            assert_eq!(Week::parse(text), None, "{text}");
        }
    }
}
