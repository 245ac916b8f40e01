//! Traps. `how`: `panic` (the default), `unreachable`, `exit`.

mod common;

use common::{Hostile, Misbehaves};
use quanka_card::prelude::*;

struct Trap;

impl Misbehaves for Trap {
    fn misbehave(how: &str) -> Result<()> {
        match how {
            "unreachable" => unreachable_instruction(),
            "exit" => std::process::exit(3),
            _ => pour_tea(0),
        }
        Ok(())
    }
}

// The names below are looked for in the host's report of the trap.

#[inline(never)]
fn pour_tea(cups: u32) {
    assert!(std::hint::black_box(cups) > 0, "the card is out of tea");
}

#[inline(never)]
fn unreachable_instruction() {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
}

quanka_card::export!(Hostile<Trap>);
