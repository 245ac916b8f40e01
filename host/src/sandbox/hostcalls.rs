//! What guests can call: one file an interface.
//!
//! Each function records itself first ([`Call::record`]), then answers from
//! the call's transaction or context. Rules about data live in `community`;
//! here they are only translated.

mod circle;
mod clock;
mod log;
mod outbound;
mod posts;
mod state;
mod tally;
mod timers;
mod viewer;
mod wasi;

use super::call::Call;
use super::fault::HostEnd;
use crate::community::RuleError;
use crate::community::jobs::EffectError;
use crate::contract::v1;
use wasmtime::component::{HasSelf, Linker};

/// Adds every interface of the contract, and WASI, to a linker.
///
/// # Errors
///
/// When a name is defined twice.
pub fn add_to_linker(linker: &mut Linker<Call>) -> wasmtime::Result<()> {
    v1::circle::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    v1::clock::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    v1::log::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    v1::outbound::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    v1::posts::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    v1::state::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    v1::tally::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    v1::timers::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    v1::viewer::add_to_linker::<_, HasSelf<Call>>(linker, |call| call)?;
    wasi::add_to_linker(linker)
}

impl v1::types::Host for Call {}

/// A write's error, for the guest; a failed store ends the call.
fn write_result<T>(result: Result<T, RuleError>) -> wasmtime::Result<Result<T, v1::types::Error>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(RuleError::Denied(text)) => Ok(Err(v1::types::Error::Denied(text))),
        Err(RuleError::NotFound(text)) => Ok(Err(v1::types::Error::NotFound(text))),
        Err(RuleError::Quota(text)) => Ok(Err(v1::types::Error::Quota(text))),
        Err(RuleError::Store(error)) => Err(HostEnd::Store(error).into()),
    }
}

/// An effect's error, for the guest; a failed store ends the call.
fn effect_result<T>(
    result: Result<T, EffectError>,
) -> wasmtime::Result<Result<T, v1::types::Error>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(EffectError::Invalid(text)) => {
            Ok(Err(v1::types::Error::Invalid(v1::types::InvalidInput {
                text,
                fields: Vec::new(),
            })))
        }
        Err(EffectError::Rule(error)) => write_result(Err(error)),
    }
}

/// A read of effects, like other reads.
fn read_effect<T>(result: Result<T, EffectError>) -> wasmtime::Result<T> {
    match result {
        Err(EffectError::Invalid(text)) => Err(HostEnd::Argument(text).into()),
        Err(EffectError::Rule(error)) => read_result(Err(error)),
        Ok(value) => Ok(value),
    }
}

/// A read's error ends the call: a read cannot fail as far as a guest sees.
fn read_result<T>(result: Result<T, RuleError>) -> wasmtime::Result<T> {
    result.map_err(|error| {
        match error {
            RuleError::Denied(text) | RuleError::Quota(text) => HostEnd::Argument(text),
            RuleError::NotFound(text) => HostEnd::NotThere(text),
            RuleError::Store(error) => HostEnd::Store(error),
        }
        .into()
    })
}
