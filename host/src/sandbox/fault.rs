//! Why a call did not end well.

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
