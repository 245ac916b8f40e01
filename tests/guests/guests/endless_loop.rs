//! Never returns, and calls nothing meanwhile.

mod common;

use common::{Hostile, Misbehaves};
use quanka_card::prelude::*;

struct EndlessLoop;

impl Misbehaves for EndlessLoop {
    fn misbehave(_: &str) -> Result<()> {
        let mut turns: u64 = 0;
        loop {
            turns = std::hint::black_box(turns.wrapping_add(1));
        }
    }
}

quanka_card::export!(Hostile<EndlessLoop>);
