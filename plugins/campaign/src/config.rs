//! What a publisher configures. `card.toml` describes it to them and to the
//! host, which checks it; what a JSON Schema cannot say is checked here.

use quanka_card::prelude::*;
use serde::{Deserialize, Serialize};

/// Prizes of all kinds together.
pub const PRIZES_MAX: usize = 100;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The configuration of one campaign.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    pub title: String,
    #[serde(default)]
    pub about: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    #[serde(default)]
    pub zone: Zone,
    #[serde(default)]
    pub points: Points,
    pub prizes: Vec<Prize>,
    #[serde(default)]
    pub draw: How,
    #[serde(default = "a_week")]
    pub accept_days: u64,
    /// What winners read once they have accepted.
    #[serde(default)]
    pub delivery: String,
}

/// What earns how much.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default)]
pub struct Points {
    pub enter: u32,
    pub post: u32,
    /// Posts of one day that count.
    pub posts_per_day: usize,
    pub check_in: u32,
    pub streak: u32,
    /// Days in a row that are a streak.
    pub streak_days: u32,
    pub invite: u32,
    /// Invited readers of one member that count.
    pub invites_max: u32,
}

impl Default for Points {
    fn default() -> Self {
        Self {
            enter: 10,
            post: 5,
            posts_per_day: 2,
            check_in: 1,
            streak: 10,
            streak_days: 7,
            invite: 10,
            invites_max: 10,
        }
    }
}

/// Something to win.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prize {
    pub name: String,
    #[serde(default = "one")]
    pub count: usize,
}

/// Who wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// By lot, with a lot for each point.
    #[default]
    Points,
    /// By lot, with one lot each.
    Equal,
    /// Who has most points.
    Top,
}

/// An offset from UTC, which says where a day begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Zone {
    offset_ms: i64,
}

impl Default for Zone {
    fn default() -> Self {
        let offset_ms = 8 * 60 * 60 * 1_000;
        Self { offset_ms }
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_offset_ms(&text)
            .map(|offset_ms| Self { offset_ms })
            .ok_or_else(|| format!("`{text}` is no offset such as `+08:00`"))
    }
}

fn parse_offset_ms(text: &str) -> Option<i64> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let is_offset = (0..=14).contains(&hours) && (0..60).contains(&minutes);
    is_offset.then_some(sign * (hours * 60 + minutes) * 60_000)
}

impl Zone {
    /// The day of an instant, counted from 1970-01-01.
    pub fn day(self, instant: Timestamp) -> u64 {
        instant.as_ms().saturating_add_signed(self.offset_ms) / DAY_MS
    }

    /// When a day begins.
    pub fn begin_of(self, day: u64) -> Timestamp {
        Timestamp::from_ms((day * DAY_MS).saturating_add_signed(-self.offset_ms))
    }
}

impl Config {
    /// Refuses what cannot be a campaign.
    pub fn check(&self) -> Result<()> {
        if self.starts_at >= self.ends_at {
            return Err(Error::internal(
                "config: `ends_at` is not after `starts_at`",
            ));
        }
        let prizes: usize = self.prizes.iter().map(|prize| prize.count).sum();
        if prizes > PRIZES_MAX {
            return Err(Error::internal(format!(
                "config: {prizes} prizes; at most {PRIZES_MAX} are allowed"
            )));
        }
        Ok(())
    }
}

fn one() -> usize {
    1
}

fn a_week() -> u64 {
    7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_where_the_zone_says() {
        fn check(zone: &str, instant: &str, day: u64, begin: &str) {
            let zone = Zone::try_from(zone.to_owned()).unwrap();
            let instant: Timestamp = instant.parse().unwrap();
            assert_eq!(zone.day(instant), day, "{instant}");
            assert_eq!(zone.begin_of(day), begin.parse().unwrap(), "{instant}");
        }
        let day = 20_454;
        check(
            "+00:00",
            "2026-01-01T00:00:00Z",
            day,
            "2026-01-01T00:00:00Z",
        );
        check(
            "+08:00",
            "2026-01-01T00:00:00+08:00",
            day,
            "2025-12-31T16:00:00Z",
        );
        check(
            "+08:00",
            "2025-12-31T15:59:59Z",
            day - 1,
            "2025-12-30T16:00:00Z",
        );
        check(
            "+05:30",
            "2025-12-31T18:30:00Z",
            day,
            "2025-12-31T18:30:00Z",
        );
        check(
            "-03:00",
            "2026-01-01T02:59:59Z",
            day - 1,
            "2025-12-31T03:00:00Z",
        );
    }

    #[test]
    fn what_is_no_offset_is_refused() {
        for text in [
            "",
            "08:00",
            "+8",
            "+15:00",
            "+08:60",
            "+ab:00",
            "Asia/Shanghai",
            "+",
        ] {
            assert!(Zone::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_campaign_is_refused() {
        fn check(ends_at: &str, count: usize, expected: Result<(), &str>) {
            let config: Config = serde_json::from_value(serde_json::json!({
                "title": "t", "starts_at": "2026-01-01T00:00:00Z", "ends_at": ends_at,
                "prizes": [{ "name": "a", "count": count }, { "name": "b" }],
            }))
            .unwrap();
            let checked = config.check().map_err(|error| error.text().to_owned());
            assert_eq!(checked, expected.map_err(str::to_owned), "{ends_at}");
        }
        check("2026-01-01T00:00:01Z", 99, Ok(()));
        check(
            "2026-01-01T00:00:00Z",
            1,
            Err("config: `ends_at` is not after `starts_at`"),
        );
        check(
            "2026-01-02T00:00:00Z",
            100,
            Err("config: 101 prizes; at most 100 are allowed"),
        );
    }
}
