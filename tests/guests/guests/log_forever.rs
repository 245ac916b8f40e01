//! Writes without end. `how`: `log` (the default), `err` (standard error),
//! `out` (standard output), `long` (one line of 1 MiB at a time), `panic` (much
//! on standard error, then a panic).

mod common;

use common::{Hostile, Misbehaves};
use quanka_card::prelude::*;

struct LogForever;

impl Misbehaves for LogForever {
    fn misbehave(how: &str) -> Result<()> {
        if how == "panic" {
            (0..100).for_each(|_| eprintln!("and another thing"));
            panic!("there is no more to say");
        }
        let line = "and another thing, ".repeat(if how == "long" { 55_000 } else { 5 });
        loop {
            match how {
                "err" => eprintln!("{line}"),
                "out" => println!("{line}"),
                _ => log::warn!("{line}"),
            }
        }
    }
}

quanka_card::export!(Hostile<LogForever>);
