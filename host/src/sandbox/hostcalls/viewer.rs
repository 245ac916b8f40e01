//! `quanka:card/viewer`.

use crate::config::Capability;
use crate::contract::v1::{guest_reader, types, viewer::Host};
use crate::sandbox::call::Call;

impl Host for Call {
    async fn current(&mut self) -> wasmtime::Result<types::Reader> {
        self.record_read(Capability::Viewer, 0)?;
        self.depends_on_reader();
        if let Some(until_ms) = self.visit.reader.muted_until_ms {
            self.expires(until_ms);
        }
        let reader = guest_reader(&self.visit.reader);
        self.record_answer(reader.member.as_ref().map_or(0, String::len))?;
        Ok(reader)
    }
}
