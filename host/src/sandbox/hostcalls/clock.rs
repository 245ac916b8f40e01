//! `quanka:card/clock`: the call's time, and when what was made of it expires.

use crate::config::Capability;
use crate::contract::v1::clock::Host;
use crate::sandbox::call::Call;
use crate::sandbox::fault::HostEnd;

impl Host for Call {
    async fn now(&mut self, granularity_s: u32) -> wasmtime::Result<u64> {
        self.record_read(Capability::Clock, 0)?;
        if granularity_s == 0 {
            return Err(HostEnd::Argument(
                "clock.now: the granularity is at least 1 second".to_owned(),
            )
            .into());
        }
        let granule_ms = u64::from(granularity_s) * 1000;
        let begin_ms = self.visit.now_ms - self.visit.now_ms % granule_ms;
        self.expires(begin_ms.saturating_add(granule_ms));
        Ok(begin_ms)
    }

    async fn passed(&mut self, instant: u64) -> wasmtime::Result<bool> {
        self.record_read(Capability::Clock, 0)?;
        let passed = self.visit.now_ms >= instant;
        if !passed {
            self.expires(instant);
        }
        Ok(passed)
    }
}
