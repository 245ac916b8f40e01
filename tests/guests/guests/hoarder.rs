//! Keeps more than it may. `how`: `key` (one of 129 bytes, the default),
//! `value` (64 KiB and a little), `writes` (257 keys), `bytes` (1 MiB and more
//! in few keys), `counters` (257 of them), `page` (257 keys read at once),
//! `scan` (257 entries at once).

mod common;

use common::{Hostile, Misbehaves};
use quanka_card::prelude::*;
use serde::de::IgnoredAny;

const KIB: usize = 1024;

struct Hoarder;

impl Misbehaves for Hoarder {
    fn misbehave(how: &str) -> Result<()> {
        let state = state::card();
        match how {
            "value" => state.put("key", &"x".repeat(64 * KIB)),
            "writes" => (0..257).try_for_each(|key| state.put(&key.to_string(), &key)),
            "bytes" => {
                (0..17).try_for_each(|key| state.put(&key.to_string(), &"x".repeat(63 * KIB)))
            }
            "counters" => {
                (0..257).try_for_each(|item| tally::card("board").add(&item.to_string(), 1))
            }
            "page" => {
                let keys: Vec<String> = (0..257).map(|key| key.to_string()).collect();
                state.get_many::<IgnoredAny>(&keys).map(drop)
            }
            "scan" => state.scan("").limit(257).page::<IgnoredAny>().map(drop),
            _ => state.put(&"k".repeat(129), &true),
        }
    }
}

quanka_card::export!(Hostile<Hoarder>);
