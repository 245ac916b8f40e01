//! Why a call did not end well.

use super::call::Call;
use super::limits::Refused;
use super::plugin::Plugin;
use crate::config::Capability;
use crate::contract::CardError;
use crate::store::StoreError;
use std::fmt;

/// Why a call gave no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// The guest returned an error. Not a fault: it said so.
    #[error("the card answered: {0}")]
    Card(CardError),
    /// The plugin broke a rule, or broke.
    #[error("{0}")]
    Fault(Box<Fault>),
    /// The plugin is paused after faults in a row.
    #[error("the plugin is paused for {retry_after_ms} ms")]
    Paused {
        /// Until it is tried again.
        retry_after_ms: u64,
    },
    /// No room for another call within the time one may wait.
    #[error("no room for another call; again in {retry_after_ms} ms")]
    Overloaded {
        /// When to try again.
        retry_after_ms: u64,
    },
    /// The store failed; the call was ended.
    #[error(transparent)]
    Store(StoreError),
}

/// What a plugin did, as much as is known.
#[derive(Clone, Debug)]
pub struct Fault {
    /// `publisher/name@version`.
    pub plugin: String,
    /// The call, as it stands in the log.
    pub call_id: String,
    /// `render`, or `handle` with the action's name.
    pub during: String,
    /// What happened, in one sentence.
    pub message: String,
    /// The guest's own last words: the end of what it wrote to standard error.
    pub said: String,
    /// The guest's stack, innermost first, one frame a line.
    pub backtrace: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} failed in {} (call {}): {}",
            self.plugin, self.during, self.call_id, self.message
        )
    }
}

/// Ends a call from inside a host function.
#[derive(Debug, thiserror::Error)]
pub enum HostEnd {
    /// The running time is used up.
    #[error("it ran longer than {deadline_ms} ms ({key})")]
    Deadline {
        /// The deadline.
        deadline_ms: u64,
        /// The key that sets it.
        key: &'static str,
    },
    /// Too many host calls.
    #[error("it called the host more than {max} times (sandbox.hostcalls_max)")]
    HostCalls {
        /// The limit.
        max: u64,
    },
    /// Too much data between guest and host.
    #[error("it moved more than {max} bytes to and from the host (sandbox.hostcall_bytes_max)")]
    HostBytes {
        /// The limit.
        max: usize,
    },
    /// The operator refuses this capability, and the function has no way to
    /// say so.
    #[error("it used `{capability}`, which the operator refuses this plugin")]
    Denied {
        /// The contract's interface.
        capability: Capability,
    },
    /// An argument that the contract does not allow, of a function that
    /// returns no error.
    #[error("{0}")]
    Argument(String),
    /// A place in a list that there is not. Readers can make one up where a card
    /// takes it from its address, so it is nobody's fault.
    #[error("{0}")]
    NotThere(String),
    /// `exit` was called.
    #[error("it called exit; return an error instead")]
    Exited,
    /// A file was used that cannot exist.
    #[error("it used a file; there are none")]
    NoFiles,
    /// The store failed. Not the plugin's fault.
    #[error("the store failed")]
    Store(StoreError),
}

/// What a call that the engine ended comes to; a fault is reported to its plugin.
pub(super) fn failed(
    plugin: &Plugin,
    during: &str,
    call: &Call,
    error: wasmtime::Error,
) -> CallError {
    if matches!(error.downcast_ref(), Some(HostEnd::Store(_))) {
        let Ok(HostEnd::Store(store)) = error.downcast::<HostEnd>() else {
            unreachable!("it was just seen to be one");
        };
        return CallError::Store(store);
    }
    if let Some(HostEnd::NotThere(text)) = error.downcast_ref() {
        plugin.succeeded();
        return CallError::Card(CardError::NotFound(text.clone()));
    }
    let message = match (error.downcast_ref::<HostEnd>(), call.memory.refused()) {
        (Some(end), _) => end.to_string(),
        (None, Some(Refused::Memory)) => {
            "it needed more memory than it may have (sandbox.memory_bytes_max)".to_owned()
        }
        (None, Some(Refused::Table)) => {
            "it needed larger tables than it may have (sandbox.table_elements_max)".to_owned()
        }
        (None, None) => engines_reason(&error),
    };
    let backtrace = error
        .downcast_ref::<wasmtime::WasmBacktrace>()
        .map(ToString::to_string)
        .unwrap_or_default();
    plugin.report(Fault {
        plugin: plugin.full_name(),
        call_id: call.visit.call_id.clone(),
        during: during.to_owned(),
        message,
        said: call.log.last_words(),
        backtrace,
    })
}

/// What the engine says, with the option that sets its limit if it reached one.
fn engines_reason(error: &wasmtime::Error) -> String {
    /// A single argument or result beyond the store's fuel for host calls. The
    /// engine has no public type for this one.
    const TOO_MUCH_AT_ONCE: &str = "fuel allocated for hostcalls has been exhausted";

    let reason = error.root_cause().to_string();
    if matches!(error.downcast_ref(), Some(wasmtime::Trap::StackOverflow)) {
        return "its calls were nested too deeply (sandbox.stack_bytes_max)".to_owned();
    }
    if reason.contains(TOO_MUCH_AT_ONCE) {
        return "it passed too many bytes at once (sandbox.hostcall_bytes_max)".to_owned();
    }
    reason
}
