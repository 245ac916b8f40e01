//! `quanka:card/log`.

use crate::config::Capability;
use crate::contract::v1::log::{Host, Level as GuestLevel};
use crate::sandbox::call::{Call, Level};

impl Host for Call {
    async fn log(&mut self, level: GuestLevel, text: String) -> wasmtime::Result<()> {
        self.record_read(Capability::Log, text.len())?;
        let level = match level {
            GuestLevel::Debug => Level::Debug,
            GuestLevel::Info => Level::Info,
            GuestLevel::Warn => Level::Warn,
            GuestLevel::Error => Level::Error,
        };
        self.log.line(level, &text);
        Ok(())
    }
}
