//! `quanka:card/outbound`.

use crate::contract::v1::outbound::Host;
use crate::contract::v1::{outbound, types};
use crate::sandbox::call::Call;
use crate::sandbox::fault::HostEnd;

fn not_yet<T>() -> wasmtime::Result<T> {
    Err(HostEnd::Argument("not in this build".to_owned()).into())
}

impl Host for Call {
    async fn send(
        &mut self,
        _request: outbound::Request,
    ) -> wasmtime::Result<Result<String, types::Error>> {
        not_yet()
    }
}
