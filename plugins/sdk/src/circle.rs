//! The circle the card stands in.

use crate::host;

pub use crate::bindings::imports::quanka::card::circle::CircleInfo;

/// This circle.
pub fn info() -> CircleInfo {
    host::circle_info()
}
