//! `quanka:card/circle`.

use crate::config::Capability;
use crate::contract::v1::circle::{CircleInfo, Host};
use crate::contract::v1::{circle, types};
use crate::sandbox::call::Call;
use crate::sandbox::fault::HostEnd;

fn not_yet<T>() -> wasmtime::Result<T> {
    Err(HostEnd::Argument("not in this build".to_owned()).into())
}

impl Host for Call {
    async fn info(&mut self) -> wasmtime::Result<CircleInfo> {
        self.record_read(Capability::Circle, 0)?;
        let circle = &self.visit.circle;
        let info = CircleInfo {
            id: circle.id.clone(),
            name: circle.name.clone(),
            intro: circle.intro.clone(),
            publisher: circle.publisher.clone(),
            topics: Vec::new(),
            policy: circle::JoinPolicy::Open,
            owner: None,
            pre_approval: false,
        };
        let bytes = info.id.len() + info.name.len() + info.intro.len() + info.publisher.len();
        self.record_answer(bytes)?;
        Ok(info)
    }
    async fn counts(&mut self) -> wasmtime::Result<circle::CircleCounts> {
        not_yet()
    }

    async fn member(&mut self, _member: String) -> wasmtime::Result<circle::Membership> {
        not_yet()
    }

    async fn members(
        &mut self,
        _filter: circle::MemberFilter,
        _after: Option<String>,
        _limit: u32,
    ) -> wasmtime::Result<circle::MemberPage> {
        not_yet()
    }

    async fn join(&mut self) -> wasmtime::Result<Result<circle::JoinOutcome, types::Error>> {
        not_yet()
    }

    async fn leave(&mut self) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn admit(&mut self, _member: String) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn refuse(&mut self, _member: String) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn set_role(
        &mut self,
        _member: String,
        _role: types::Role,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn mute(
        &mut self,
        _member: String,
        _until: u64,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn ban(&mut self, _member: String) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn unban(&mut self, _member: String) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }
}
