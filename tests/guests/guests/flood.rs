//! Calls the host without end. `how`: `get` (the default), `get-many`, `scan`,
//! `put`, `tally`, `clock`, `log`.

mod common;

use common::{Hostile, Misbehaves};
use quanka_card::prelude::*;

struct Flood;

impl Misbehaves for Flood {
    fn misbehave(how: &str) -> Result<()> {
        let keys: Vec<String> = (0..256).map(|key| format!("key/{key}")).collect();
        for turn in 0_u64.. {
            match how {
                "get-many" => drop(state::card().get_many::<u64>(&keys)?),
                "scan" => drop(state::card().scan("").page::<serde::de::IgnoredAny>()?),
                "put" => state::card().put("key", &turn)?,
                "tally" => drop(tally::card("board").top(1_000)),
                "clock" => drop(clock::now(1)),
                "log" => log::info!("{turn}"),
                _ => drop(state::card().get::<u64>("key")?),
            }
        }
        Ok(())
    }
}

quanka_card::export!(Hostile<Flood>);
