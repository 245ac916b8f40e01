//! What a publisher configures. `card.toml` describes it to them and to the
//! host, which checks it. All of it may be left out.

use serde::{Deserialize, Deserializer};

use crate::name;

/// The configuration of one card.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Config {
    pub title: Option<String>,
    /// To those who are not members yet.
    pub welcome: Option<String>,
    /// Tags to begin with; the card's own unless given. By their names as they
    /// are kept, and without those that are no names.
    #[serde(default, deserialize_with = "names")]
    pub tags: Option<Vec<String>>,
    #[serde(default)]
    pub zone: Zone,
    /// How long before the end of the week readers are reminded.
    #[serde(default = "four")]
    pub remind_hours: u64,
}

fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    let written: Option<Vec<String>> = Option::deserialize(from)?;
    Ok(written.map(|written| {
        let names = written.iter().filter_map(|tag| name::read(tag).ok());
        names.collect()
    }))
}

/// Sunday at 20:00.
fn four() -> u64 {
    4
}

/// Zones of one offset: a week is always 168 hours long.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub enum Zone {
    #[default]
    #[serde(rename = "Asia/Shanghai")]
    Shanghai,
    #[serde(rename = "Asia/Urumqi")]
    Urumqi,
    #[serde(rename = "Asia/Hong_Kong")]
    HongKong,
    #[serde(rename = "Asia/Macau")]
    Macau,
    #[serde(rename = "Asia/Taipei")]
    Taipei,
    #[serde(rename = "Asia/Singapore")]
    Singapore,
    #[serde(rename = "Asia/Tokyo")]
    Tokyo,
    #[serde(rename = "Asia/Kolkata")]
    Kolkata,
    #[serde(rename = "Asia/Dubai")]
    Dubai,
    #[serde(rename = "UTC")]
    Utc,
}

impl Zone {
    /// As timers know it.
    pub fn name(self) -> &'static str {
        match self {
            Zone::Shanghai => "Asia/Shanghai",
            Zone::Urumqi => "Asia/Urumqi",
            Zone::HongKong => "Asia/Hong_Kong",
            Zone::Macau => "Asia/Macau",
            Zone::Taipei => "Asia/Taipei",
            Zone::Singapore => "Asia/Singapore",
            Zone::Tokyo => "Asia/Tokyo",
            Zone::Kolkata => "Asia/Kolkata",
            Zone::Dubai => "Asia/Dubai",
            Zone::Utc => "UTC",
        }
    }

    /// How far it is ahead of UTC.
    pub fn offset_ms(self) -> u64 {
        let minutes = match self {
            Zone::Shanghai | Zone::HongKong | Zone::Macau | Zone::Taipei | Zone::Singapore => {
                8 * 60
            }
            Zone::Urumqi => 6 * 60,
            Zone::Tokyo => 9 * 60,
            Zone::Kolkata => 5 * 60 + 30,
            Zone::Dubai => 4 * 60,
            Zone::Utc => 0,
        };
        minutes * 60_000
    }
}
