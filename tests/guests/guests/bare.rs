//! Behaves, and has nothing to show yet.

use quanka_card::prelude::*;

struct Bare;

impl Card for Bare {
    type Config = serde::de::IgnoredAny;

    fn render(_: &CardContext<Self::Config>) -> Result<View> {
        Ok(View::new("新圈子").body(None::<Element>))
    }
}

quanka_card::export!(Bare);
