//! Logs and counters. Human lines by default, JSON by configuration, always to
//! standard error: standard output is for what programs wait for.

use crate::config::{Log, LogFormat};
use std::io::IsTerminal;
use std::sync::atomic::AtomicU64;
use tracing_subscriber::EnvFilter;

/// What is counted for as long as the process lives.
#[derive(Debug, Default)]
pub struct Counters {
    /// Actions run again, because another one wrote what they had read.
    pub action_reruns: AtomicU64,
}

/// Starts logging for the whole process.
///
/// # Errors
///
/// When the filter cannot be read, or logging was started before.
pub fn start(log: &Log) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // For each letter that a font lacks the painter's library warns which one
    // it took instead; what is missing altogether is said once, at start.
    let filter = format!("usvg=error,{}", log.filter);
    let filter = EnvFilter::builder().parse(filter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Colours are for people at a terminal and not for files.
        .with_ansi(std::io::stderr().is_terminal());
    match log.format {
        LogFormat::Human => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    }
}
