//! `quanka:card/timers`.

use crate::contract::v1::timers::Host;
use crate::contract::v1::{timers, types};
use crate::sandbox::call::Call;
use crate::sandbox::fault::HostEnd;

fn not_yet<T>() -> wasmtime::Result<T> {
    Err(HostEnd::Argument("not in this build".to_owned()).into())
}

impl Host for Call {
    async fn schedule(
        &mut self,
        _name: String,
        _when: timers::ScheduleAt,
        _payload: String,
    ) -> wasmtime::Result<Result<(), types::Error>> {
        not_yet()
    }

    async fn cancel(&mut self, _name: String) -> wasmtime::Result<Result<bool, types::Error>> {
        not_yet()
    }

    async fn next(&mut self, _name: String) -> wasmtime::Result<Option<u64>> {
        not_yet()
    }
}
