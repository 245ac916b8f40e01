//! Time and randomness, injected, so that tests and replays can hold them
//! still.

use jiff::Timestamp;

/// What the host cannot compute.
pub trait World: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Timestamp;
    /// Random bytes that nobody can guess.
    fn random(&self) -> [u8; 16];
}

/// The machine's clock and the system's generator.
#[derive(Clone, Copy, Debug)]
pub struct RealWorld;

impl World for RealWorld {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("Linux has getrandom since 3.17 and it does not fail");
        bytes
    }
}

/// The instant of so many milliseconds since 1970.
pub fn instant(ms: u64) -> Timestamp {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

/// Milliseconds since 1970, as guests count.
pub fn millis(instant: Timestamp) -> u64 {
    u64::try_from(instant.as_millisecond()).unwrap_or(0)
}
