//! `quanka:card/circle`.

use crate::config::Capability;
use crate::contract::v1::circle::{CircleInfo, Host};
use crate::sandbox::call::Call;

impl Host for Call {
    async fn info(&mut self) -> wasmtime::Result<CircleInfo> {
        self.record_read(Capability::Circle, 0)?;
        let circle = &self.visit.circle;
        let info = CircleInfo {
            id: circle.id.clone(),
            name: circle.name.clone(),
            intro: circle.intro.clone(),
            publisher: circle.publisher.clone(),
        };
        let bytes = info.id.len() + info.name.len() + info.intro.len() + info.publisher.len();
        self.record_answer(bytes)?;
        Ok(info)
    }
}
