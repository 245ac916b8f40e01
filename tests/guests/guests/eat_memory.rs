//! Wants all memory. `how`: `touch` (the default) fills what it gets until the
//! allocator gives up and aborts; `grow` asks again and again although it is
//! refused.

mod common;

use common::{Hostile, Misbehaves};
use quanka_card::prelude::*;

const MIB: usize = 1024 * 1024;

struct EatMemory;

impl Misbehaves for EatMemory {
    fn misbehave(how: &str) -> Result<()> {
        let mut eaten: Vec<Vec<u8>> = Vec::new();
        loop {
            if how == "grow" {
                let mut bite = Vec::new();
                if bite.try_reserve_exact(MIB).is_ok() {
                    eaten.push(bite);
                }
            } else {
                eaten.push(vec![0xa5; MIB]);
            }
            std::hint::black_box(&eaten);
        }
    }
}

quanka_card::export!(Hostile<EatMemory>);
