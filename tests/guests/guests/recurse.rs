//! Calls itself without end. `how`: `calls` (the default) fills the engine's
//! stack; `frames` fills the guest's own, which lies in its memory.

mod common;

use std::sync::atomic::{AtomicU64, Ordering};

use common::{Hostile, Misbehaves};
use quanka_card::prelude::*;

struct Recurse;

impl Misbehaves for Recurse {
    fn misbehave(how: &str) -> Result<()> {
        match how {
            "frames" => frames(&[0; 1024]),
            _ => calls(0),
        };
        Ok(())
    }
}

static CALLS: AtomicU64 = AtomicU64::new(0);

/// Keeps nothing in memory, so that the guest's own stack stays empty; needs
/// the result after the call; and may end, as far as the optimiser can know.
#[inline(never)]
fn calls(depth: u64) -> u64 {
    if CALLS.fetch_add(1, Ordering::Relaxed) == u64::MAX {
        return depth;
    }
    calls(depth.wrapping_add(1)).wrapping_mul(3) ^ depth
}

#[expect(unconditional_recursion, reason = "it is what this guest is for")]
#[inline(never)]
fn frames(above: &[u64; 1024]) -> u64 {
    let mut frame = *above;
    frame[1] = frame[0].wrapping_add(1);
    frames(std::hint::black_box(&frame)).wrapping_add(frame[1])
}

quanka_card::export!(Hostile<Recurse>);
