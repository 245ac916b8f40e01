//! Instants, and the one text form they have: RFC 3339.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MS_PER_S: u64 = 1_000;
const MS_PER_DAY: u64 = 86_400 * MS_PER_S;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
///
/// In a configuration and in stored state it is RFC 3339 text, such as
/// `2027-01-01T00:00:00+08:00`. Years 1970 to 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

/// Why a text is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInstant(&'static str);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// So many seconds later.
    #[must_use]
    pub const fn plus_s(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MS_PER_S)))
    }
}

impl FromStr for Timestamp {
    type Err = NotAnInstant;

    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let mut rest = Reading(text.as_bytes());
        let date = rest.date()?;
        rest.any_of(b"Tt ", "`T` between date and time")?;
        let time = rest.time_of_day_ms()?;
        let offset = rest.offset_ms()?;
        if !rest.0.is_empty() {
            return Err(NotAnInstant("there is something behind the offset"));
        }
        // A leap second is the first instant of the next minute.
        let local = date * i64::try_from(MS_PER_DAY).expect("a day is short") + time;
        u64::try_from(local - offset)
            .map(Self)
            .map_err(|_| NotAnInstant("instants before 1970 are not supported"))
    }
}

/// UTC, with milliseconds only where there are some.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0 / MS_PER_DAY);
        let ms_of_day = self.0 % MS_PER_DAY;
        let (ms, s) = (ms_of_day % MS_PER_S, ms_of_day / MS_PER_S);
        let (hour, minute, second) = (s / 3_600, s / 60 % 60, s % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if ms > 0 {
            write!(f, ".{ms:03}")?;
        }
        f.write_str("Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an instant such as `2027-01-01T00:00:00+08:00`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

impl fmt::Display for NotAnInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not an instant such as `2027-01-01T00:00:00+08:00`: {}",
            self.0
        )
    }
}

impl std::error::Error for NotAnInstant {}

/// What is still to be read of a text.
struct Reading<'a>(&'a [u8]);

impl Reading<'_> {
    fn date(&mut self) -> Result<i64, NotAnInstant> {
        let year = self.number(4, 0..=9999, "a year of four digits")?;
        self.any_of(b"-", "`-` behind the year")?;
        let month = self.number(2, 1..=12, "a month from 01 to 12")?;
        self.any_of(b"-", "`-` behind the month")?;
        let day = self.number(2, 1..=31, "a day from 01 to 31")?;
        if day > days_in_month(year, month) {
            return Err(NotAnInstant("the month has not so many days"));
        }
        Ok(days_from_civil(year, month, day))
    }

    fn time_of_day_ms(&mut self) -> Result<i64, NotAnInstant> {
        let hour = self.number(2, 0..=23, "an hour from 00 to 23")?;
        self.any_of(b":", "`:` behind the hour")?;
        let minute = self.number(2, 0..=59, "a minute from 00 to 59")?;
        self.any_of(b":", "`:` behind the minute")?;
        let second = self.number(2, 0..=60, "a second from 00 to 60")?;
        let mut ms = 0;
        if self.0.first() == Some(&b'.') {
            self.0 = &self.0[1..];
            let digits = self
                .0
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if digits == 0 {
                return Err(NotAnInstant("digits belong behind the `.`"));
            }
            for place in 0..3 {
                let digit = if place < digits {
                    self.0[place] - b'0'
                } else {
                    0
                };
                ms = ms * 10 + i64::from(digit);
            }
            self.0 = &self.0[digits..];
        }
        Ok(((hour * 60 + minute) * 60 + second) * 1_000 + ms)
    }

    fn offset_ms(&mut self) -> Result<i64, NotAnInstant> {
        let expected = "`Z` or an offset such as `+08:00` at the end";
        let sign = match self.any_of(b"Zz+-", expected)? {
            b'+' => 1,
            b'-' => -1,
            _ => return Ok(0),
        };
        let hours = self.number(2, 0..=23, expected)?;
        self.any_of(b":", expected)?;
        let minutes = self.number(2, 0..=59, expected)?;
        Ok(sign * (hours * 60 + minutes) * 60_000)
    }

    fn number(
        &mut self,
        digits: usize,
        range: std::ops::RangeInclusive<i64>,
        expected: &'static str,
    ) -> Result<i64, NotAnInstant> {
        let (number, rest) = self
            .0
            .split_at_checked(digits)
            .ok_or(NotAnInstant(expected))?;
        let number = number.iter().try_fold(0, |number, byte| {
            byte.is_ascii_digit()
                .then(|| number * 10 + i64::from(byte - b'0'))
        });
        self.0 = rest;
        number
            .filter(|number| range.contains(number))
            .ok_or(NotAnInstant(expected))
    }

    fn any_of(&mut self, bytes: &[u8], expected: &'static str) -> Result<u8, NotAnInstant> {
        let (&byte, rest) = self.0.split_first().ok_or(NotAnInstant(expected))?;
        self.0 = rest;
        if bytes.contains(&byte) {
            Ok(byte)
        } else {
            Err(NotAnInstant(expected))
        }
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar. Years begin in March here,
/// so that the leap day is the last of its year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`], from 1970 on.
pub(crate) fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = days / 146_097 * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_rfc_3339_allows_and_nothing_else() {
        fn check(text: &str, expected: Result<u64, &str>) {
            let read = text.parse::<Timestamp>();
            assert_eq!(
                read.map(Timestamp::as_ms).map_err(|error| error.0),
                expected,
                "{text}"
            );
        }

        check("1970-01-01T00:00:00Z", Ok(0));
        check("1970-01-01t00:00:00z", Ok(0));
        check("2027-01-01T00:00:00+08:00", Ok(1_798_732_800_000));
        check("2026-12-31 16:00:00Z", Ok(1_798_732_800_000));
        check("2026-12-31T10:30:00-05:30", Ok(1_798_732_800_000));
        check("2000-02-29T23:59:59.9Z", Ok(951_868_799_900));
        check("2000-02-29T23:59:59.123456789Z", Ok(951_868_799_123));
        check("2016-12-31T23:59:60Z", Ok(1_483_228_800_000));
        check("9999-12-31T23:59:59.999Z", Ok(253_402_300_799_999));
        check(
            "1970-01-01T07:59:59+08:00",
            Err("instants before 1970 are not supported"),
        );
        check(
            "1900-02-29T00:00:00Z",
            Err("the month has not so many days"),
        );
        check(
            "2027-04-31T00:00:00Z",
            Err("the month has not so many days"),
        );
        check("2027-13-01T00:00:00Z", Err("a month from 01 to 12"));
        check("2027-00-01T00:00:00Z", Err("a month from 01 to 12"));
        check("2027-01-00T00:00:00Z", Err("a day from 01 to 31"));
        check("2027-01-01T24:00:00Z", Err("an hour from 00 to 23"));
        check("2027-01-01T00:60:00Z", Err("a minute from 00 to 59"));
        check("2027-01-01T00:00:61Z", Err("a second from 00 to 60"));
        check("2027-01-01", Err("`T` between date and time"));
        check(
            "2027-01-01T00:00:00",
            Err("`Z` or an offset such as `+08:00` at the end"),
        );
        check(
            "2027-01-01T00:00:00+0800",
            Err("`Z` or an offset such as `+08:00` at the end"),
        );
        check("2027-01-01T00:00:00.Z", Err("digits belong behind the `.`"));
        check(
            "2027-01-01T00:00:00Z ",
            Err("there is something behind the offset"),
        );
        check("27-01-01T00:00:00Z", Err("a year of four digits"));
        check("+027-01-01T00:00:00Z", Err("a year of four digits"));
        check("２０２７-01-01T00:00:00Z", Err("a year of four digits"));
        check("", Err("a year of four digits"));
    }

    #[test]
    fn writes_what_it_reads() {
        for days in (0..2_932_897).step_by(97) {
            let instant = Timestamp::from_ms(days * MS_PER_DAY + days % MS_PER_DAY);
            assert_eq!(instant.to_string().parse(), Ok(instant));
        }
        assert_eq!(
            Timestamp::from_ms(1_798_732_800_000).to_string(),
            "2026-12-31T16:00:00Z"
        );
        assert_eq!(
            Timestamp::from_ms(951_868_799_900).to_string(),
            "2000-02-29T23:59:59.900Z"
        );
    }

    #[test]
    fn is_text_in_json() {
        let instant: Timestamp = serde_json::from_str(r#""2027-01-01T00:00:00+08:00""#).unwrap();
        assert_eq!(instant.plus_s(1).as_ms(), 1_798_732_801_000);
        assert_eq!(
            serde_json::to_string(&instant).unwrap(),
            r#""2026-12-31T16:00:00Z""#
        );
        assert_eq!(
            serde_json::from_str::<Timestamp>("5")
                .unwrap_err()
                .to_string(),
            "invalid type: integer `5`, expected an instant such as `2027-01-01T00:00:00+08:00` \
             at line 1 column 1"
        );
    }
}
