//! One call into a guest: what its store holds, and the point every host call
//! passes.

use super::fault::HostEnd;
use super::grants::Grants;
use super::limits::MemoryLimit;
use crate::community::circle::{Actor, CircleFacts};
use crate::community::posts::{self, PostRules};
use crate::community::state::StateLimits;
use crate::community::{Asker, CommunityLimits};
use crate::config::{self, Capability, Members};
use crate::contract::{CardContext, Reader, Role, v1};
use crate::store::Transaction;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::sync::Arc;

/// What is called, for whom, when, and over which snapshot.
#[derive(Debug)]
pub struct Visit {
    /// Unique on this host; stands in the log and in fault reports.
    pub call_id: String,
    /// `publisher/name` of the plugin.
    pub plugin: Arc<str>,
    /// The card.
    pub card: CardContext,
    /// The circle, as the plugin may know it.
    pub circle: Arc<CircleFacts>,
    /// The reader.
    pub reader: Reader,
    /// How the circle wants its posts.
    pub posts: Arc<PostRules>,
    /// The time of the call, in milliseconds since 1970.
    pub now_ms: u64,
    /// What the call reads and writes.
    pub transaction: Transaction,
}

/// Which export is being called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// `card.render`: reads only; every answer that varies is recorded.
    Render,
    /// `actions.handle`: reads and writes.
    Handle {
        /// The seed of the guest's generator.
        seed: u64,
    },
    /// `jobs` and `lifecycle`: reads and writes, for no reader.
    Job {
        /// The seed of the guest's generator.
        seed: u64,
    },
}

/// The data of a wasmtime store: one call's whole world.
#[derive(Debug)]
pub struct Call {
    /// What the call is about.
    pub visit: Visit,
    /// Which export.
    pub kind: CallKind,
    /// What the guest wrote to its log.
    pub log: CallLog,
    /// Bounds on memory and tables.
    pub memory: MemoryLimit,
    /// Whether the guest learnt anything about the reader.
    pub private: bool,
    /// When the result stops being right, in milliseconds since 1970.
    pub expires_at_ms: Option<u64>,
    grants: Arc<Grants>,
    community: Arc<CommunityLimits>,
    host_calls: u64,
    host_calls_max: u64,
    host_bytes: usize,
    host_bytes_max: usize,
    ticks_ns: u64,
    random_state: u64,
}

impl Call {
    /// A call that has not begun.
    pub fn new(
        visit: Visit,
        kind: CallKind,
        grants: Arc<Grants>,
        limits: &config::Sandbox,
        community: Arc<CommunityLimits>,
    ) -> Self {
        Call {
            log: CallLog::new(limits.log_lines_max, limits.log_bytes_max),
            memory: MemoryLimit::new(limits),
            private: false,
            expires_at_ms: None,
            grants,
            community,
            host_calls: 0,
            host_calls_max: limits.hostcalls_max,
            host_bytes: 0,
            host_bytes_max: limits.hostcall_bytes_max,
            ticks_ns: 0,
            random_state: match kind {
                CallKind::Render => 0,
                CallKind::Handle { seed } | CallKind::Job { seed } => seed,
            },
            visit,
            kind,
        }
    }

    /// The one point every host call passes: counts it and what it moves.
    /// `bytes` is what crosses the boundary, either way.
    ///
    /// # Errors
    ///
    /// Ends the call when it made too many or moved too much.
    pub fn record(&mut self, interface: &str, bytes: usize) -> wasmtime::Result<()> {
        self.host_calls += 1;
        self.host_bytes = self.host_bytes.saturating_add(bytes);
        tracing::trace!(interface, bytes, "host call");
        if self.host_calls > self.host_calls_max {
            return Err(HostEnd::HostCalls {
                max: self.host_calls_max,
            }
            .into());
        }
        self.record_answer(0)
    }

    /// Counts what a host call answers with, when that is known only later.
    ///
    /// # Errors
    ///
    /// Ends the call when it moved too much.
    pub fn record_answer(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.host_bytes = self.host_bytes.saturating_add(bytes);
        if self.host_bytes > self.host_bytes_max {
            return Err(HostEnd::HostBytes {
                max: self.host_bytes_max,
            }
            .into());
        }
        Ok(())
    }

    /// Records a read. A refused capability ends the call: a read has no way
    /// to say no.
    ///
    /// # Errors
    ///
    /// Ends the call when the operator refuses the capability, or at a limit.
    pub fn record_read(&mut self, capability: Capability, bytes: usize) -> wasmtime::Result<()> {
        self.record(capability.as_str(), bytes)?;
        if self.grants.denies(capability) {
            return Err(HostEnd::Denied { capability }.into());
        }
        Ok(())
    }

    /// Records a write and says whether it is allowed here at all.
    ///
    /// # Errors
    ///
    /// Ends the call at a limit.
    pub fn record_write(
        &mut self,
        capability: Capability,
        bytes: usize,
    ) -> wasmtime::Result<Result<(), v1::types::Error>> {
        self.record(capability.as_str(), bytes)?;
        if self.kind == CallKind::Render {
            return Ok(Err(v1::types::Error::Denied(
                "render cannot write; do it in handle".to_owned(),
            )));
        }
        if self.grants.denies(capability) {
            return Ok(Err(v1::types::Error::Denied(format!(
                "the operator refuses this plugin `{capability}`; ask them to allow it"
            ))));
        }
        Ok(Ok(()))
    }

    /// Notes that the result depends on the reader.
    pub fn depends_on_reader(&mut self) {
        self.private = true;
    }

    /// Notes that the result is right only until `instant_ms`.
    pub fn expires(&mut self, instant_ms: u64) {
        let earliest = self.expires_at_ms.unwrap_or(u64::MAX).min(instant_ms);
        self.expires_at_ms = Some(earliest);
    }

    /// The transaction, its limits, and on whose behalf the plugin asks.
    pub fn state(&mut self) -> (&mut Transaction, &StateLimits, Asker<'_>) {
        let asker = Asker {
            plugin: &self.visit.plugin,
            card: &self.visit.card.card,
            viewer: self.visit.reader.member.as_deref(),
        };
        (&mut self.visit.transaction, &self.community.state, asker)
    }

    /// The transaction, the limits of what is done later, and on whose behalf
    /// the plugin asks.
    pub fn effects(&mut self) -> (&mut Transaction, &CommunityLimits, Asker<'_>) {
        let asker = Asker {
            plugin: &self.visit.plugin,
            card: &self.visit.card.card,
            viewer: self.visit.reader.member.as_deref(),
        };
        (&mut self.visit.transaction, &self.community, asker)
    }

    /// What the plugin was granted.
    pub fn grants(&self) -> &Arc<Grants> {
        &self.grants
    }

    /// An id for something that this call has delivered. A call that is run
    /// again has another id, and so have its deliveries.
    pub fn new_delivery(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.visit.call_id.as_bytes());
        hash.update(self.host_calls.to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        format!("dlv_{}", URL_SAFE_NO_PAD.encode(&digest[..16]))
    }

    /// The transaction, the limits of who is in the circle, and who does
    /// something there.
    pub fn community(&mut self) -> (&mut Transaction, &Members, Actor<'_>) {
        let actor = Actor {
            member: self.visit.reader.member.as_deref(),
            is_owner: self.visit.reader.role == Role::Owner,
            now_ms: self.visit.now_ms,
        };
        (&mut self.visit.transaction, &self.community.members, actor)
    }

    /// The transaction, the circle's rules for posts, and who posts.
    pub fn posts(&mut self) -> (&mut Transaction, &PostRules, posts::Actor<'_>) {
        let who = match self.visit.reader.member.as_deref() {
            Some(owner) if self.visit.reader.role == Role::Owner => posts::Who::Owner(owner),
            member => member.into(),
        };
        let actor = posts::Actor {
            who,
            now_ms: self.visit.now_ms,
            locale: &self.visit.card.locale,
        };
        (&mut self.visit.transaction, &self.visit.posts, actor)
    }

    /// The wall clock of WASI: the call's own time, or 1970 in `render`, where
    /// nothing unrecorded may be seen.
    pub fn virtual_now_ms(&self) -> u64 {
        match self.kind {
            CallKind::Render => 0,
            CallKind::Handle { .. } | CallKind::Job { .. } => self.visit.now_ms,
        }
    }

    /// The monotonic clock of WASI: a microsecond later at every look.
    pub fn virtual_tick_ns(&mut self) -> u64 {
        self.ticks_ns += 1000;
        self.ticks_ns
    }

    /// The randomness of WASI: SplitMix64 from the call's seed.
    pub fn virtual_random(&mut self) -> u64 {
        self.random_state = self.random_state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random_state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Where a guest wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error: panic messages come this way.
    Error,
}

/// How much a line of the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For the author, while building.
    Debug,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warn,
    /// Went wrong.
    Error,
}

/// The end of standard error that is kept whatever was written before: a panic
/// writes there last, and its message is what an author looks for first.
const LAST_WORDS_BYTES: usize = 2048;

/// What a guest wrote during one call, within limits; what is over them is
/// dropped and counted.
#[derive(Debug)]
pub struct CallLog {
    lines: Vec<(Level, String)>,
    output: Vec<u8>,
    error: Vec<u8>,
    last_words: VecDeque<u8>,
    dropped: usize,
    lines_left: usize,
    bytes_left: usize,
}

impl CallLog {
    fn new(lines_max: usize, bytes_max: usize) -> Self {
        CallLog {
            lines: Vec::new(),
            output: Vec::new(),
            error: Vec::new(),
            last_words: VecDeque::new(),
            dropped: 0,
            lines_left: lines_max,
            bytes_left: bytes_max,
        }
    }

    /// One line through the contract's `log`.
    pub fn line(&mut self, level: Level, text: &str) {
        if self.lines_left == 0 || self.bytes_left < text.len() {
            self.dropped += 1;
            return;
        }
        self.lines_left -= 1;
        self.bytes_left -= text.len();
        self.lines.push((level, text.to_owned()));
    }

    /// Bytes to standard output or error.
    pub fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let kept = bytes.len().min(self.bytes_left);
        self.bytes_left -= kept;
        self.dropped += usize::from(kept < bytes.len());
        match stream {
            Stream::Output => self.output.extend_from_slice(&bytes[..kept]),
            Stream::Error => {
                self.error.extend_from_slice(&bytes[..kept]);
                self.last_words.extend(bytes);
                let excess = self.last_words.len().saturating_sub(LAST_WORDS_BYTES);
                self.last_words.drain(..excess);
            }
        }
    }

    /// The end of what was written to standard error, as text.
    pub fn last_words(&self) -> String {
        let bytes: Vec<u8> = self.last_words.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }

    /// Hands the log to `tracing`, inside the call's span.
    pub fn emit(&self) {
        for (level, text) in &self.lines {
            match level {
                Level::Debug => tracing::debug!(target: "quanka::guest", "{text}"),
                Level::Info => tracing::info!(target: "quanka::guest", "{text}"),
                Level::Warn => tracing::warn!(target: "quanka::guest", "{text}"),
                Level::Error => tracing::error!(target: "quanka::guest", "{text}"),
            }
        }
        let mut lines_left = self.lines_left;
        let mut dropped = self.dropped;
        for (stream, bytes) in [("stdout", &self.output), ("stderr", &self.error)] {
            for line in String::from_utf8_lossy(bytes).lines() {
                if lines_left == 0 {
                    dropped += 1;
                    continue;
                }
                lines_left -= 1;
                tracing::info!(target: "quanka::guest", stream, "{line}");
            }
        }
        if dropped > 0 {
            tracing::warn!(
                target: "quanka::guest",
                dropped,
                "the rest of this call's log was dropped (sandbox.log_lines_max, sandbox.log_bytes_max)"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_keeps_what_fits_and_counts_the_rest() {
        let mut log = CallLog::new(2, 10);
        log.line(Level::Info, "one");
        log.write(Stream::Error, b"panicked at");
        assert_eq!(log.error, b"panicke");
        assert_eq!(log.last_words(), "panicked at");
        log.line(Level::Info, "x");
        assert_eq!(log.lines.len(), 1);
        assert_eq!(log.dropped, 2);
    }

    #[test]
    fn the_last_words_are_the_end_of_standard_error() {
        let mut log = CallLog::new(0, 0);
        for _ in 0..1_000 {
            log.write(Stream::Error, b"and another thing\n");
        }
        log.write(Stream::Error, b"panicked at the end\n");
        let said = log.last_words();
        assert!(said.len() <= LAST_WORDS_BYTES, "{}", said.len());
        assert!(
            said.ends_with("and another thing\npanicked at the end"),
            "{said}"
        );
    }
}
