//! Time and chance while the sample community is made: a clock that is moved
//! by hand, and chance from a seed, so that every demo is the same. Afterwards
//! both are the machine's.

use crate::app::{RealWorld, World, instant};
use jiff::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};

/// See the module.
#[derive(Debug, Default)]
pub struct SampleWorld {
    /// Milliseconds since 1970; 0 is the machine's own time.
    now_ms: AtomicU64,
    chance: AtomicU64,
}

impl SampleWorld {
    /// Holds the clock at an instant.
    pub fn set(&self, now_ms: u64) {
        self.now_ms.store(now_ms, Ordering::SeqCst);
    }

    /// Lets the machine's clock and generator go on.
    pub fn let_go(&self) {
        self.set(0);
    }

    fn held(&self) -> Option<u64> {
        Some(self.now_ms.load(Ordering::SeqCst)).filter(|&now_ms| now_ms > 0)
    }
}

impl World for SampleWorld {
    fn now(&self) -> Timestamp {
        self.held().map_or_else(|| RealWorld.now(), instant)
    }

    fn random(&self) -> [u8; 16] {
        if self.held().is_none() {
            return RealWorld.random();
        }
        let mut bytes = [0; 16];
        for half in bytes.chunks_exact_mut(8) {
            let state = self.chance.fetch_add(STEP, Ordering::SeqCst);
            half.copy_from_slice(&mixed(state.wrapping_add(STEP)).to_le_bytes());
        }
        bytes
    }
}

/// The generator of the sample community: SplitMix64, from a seed.
#[derive(Debug)]
pub struct Chance(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Chance {
    /// Always the same numbers for a seed.
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound.max(1)).unwrap_or(0)
    }

    /// True once in `times` times, on average.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several, of which there is at least one.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

fn mixed(state: u64) -> u64 {
    let mut mixed = state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
