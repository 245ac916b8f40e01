//! What a connection is doing, and until when it may go on like that.
//!
//! Written where bytes pass and where requests begin and end, read by the
//! connection's own task. All of it is atomic, since the requests of one
//! HTTP/2 connection run in tasks of their own.

use super::Patience;
use axum::http::Version;
use futures_util::task::AtomicWaker;
use std::fmt;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// Why a connection is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its next head did not end.
    Head,
    /// It was kept for no request.
    Idle,
    /// It does not take what we send.
    Deaf,
    /// It goes on sending what we have refused.
    Unread,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cut::Head => "the head took longer than server.head_timeout_ms",
            Cut::Idle => "no request for server.idle_timeout_ms",
            Cut::Deaf => {
                "it takes less than server.transfer_bytes_per_second_min after \
                 server.transfer_grace_ms"
            }
            Cut::Unread => "it sent a body that was refused for server.transfer_grace_ms",
        })
    }
}

/// What a connection is doing. Instants are milliseconds since its beginning.
#[derive(Debug)]
pub(super) struct Pulse {
    began: Instant,
    /// Requests that have begun and whose answers are not all written.
    requests: AtomicUsize,
    /// When there was none any more.
    quiet_since_ms: AtomicU64,
    /// When the first byte came after that, or [`NEVER`].
    head_since_ms: AtomicU64,
    /// Since when the peer takes less than we have for it, or [`NEVER`].
    blocked_since_ms: AtomicU64,
    /// What it has taken since.
    taken_bytes: AtomicU64,
    /// Whether it speaks HTTP/2, where bytes between requests are no head.
    is_http2: AtomicBool,
    /// Whether a body was left unread: nothing behind it can be told from it.
    is_unread: AtomicBool,
    /// When we said that no more is read, and began to wait for the peer to
    /// hear it, or [`NEVER`].
    parting_since_ms: AtomicU64,
    task: AtomicWaker,
}

const NEVER: u64 = u64::MAX;

/// A request that has begun; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Running(Arc<Pulse>);

impl Pulse {
    /// Of a connection that begins now, as if its first byte had come: whoever
    /// connects has something to say.
    pub(super) fn new() -> Pulse {
        Pulse {
            began: Instant::now(),
            requests: AtomicUsize::new(0),
            quiet_since_ms: AtomicU64::new(0),
            head_since_ms: AtomicU64::new(0),
            blocked_since_ms: AtomicU64::new(NEVER),
            taken_bytes: AtomicU64::new(0),
            is_http2: AtomicBool::new(false),
            is_unread: AtomicBool::new(false),
            parting_since_ms: AtomicU64::new(NEVER),
            task: AtomicWaker::new(),
        }
    }

    /// A request's head is complete.
    pub(super) fn begin(self: &Arc<Self>, version: Version) -> Running {
        if version == Version::HTTP_2 {
            self.is_http2.store(true, Ordering::Release);
        }
        self.requests.fetch_add(1, Ordering::AcqRel);
        self.head_since_ms.store(NEVER, Ordering::Release);
        Running(Arc::clone(self))
    }

    /// The peer has been told to go, and is waited for once more.
    pub(super) fn hang_up(&self) {
        self.head_since_ms.store(self.now_ms(), Ordering::Release);
    }

    /// A request's body was not read to its end.
    pub(super) fn left_unread(&self) {
        // A stream of HTTP/2 is reset, and leaves the others alone.
        let is_http2 = self.is_http2.load(Ordering::Acquire);
        self.is_unread.fetch_or(!is_http2, Ordering::AcqRel);
    }

    /// Whether the connection ends with the answer, since what comes next is
    /// the rest of a body that nobody reads.
    pub(super) fn ends_unread(&self) -> bool {
        self.is_unread.load(Ordering::Acquire)
    }

    /// Our side of the connection is closed, and the peer has yet to see why.
    fn parting(&self) {
        self.parting_since_ms
            .store(self.now_ms(), Ordering::Release);
    }

    /// Wakes a task when the last request has ended.
    pub(super) fn wake_on_change(&self, waker: &Waker) {
        self.task.register(waker);
    }

    /// When the connection is to be cut off unless something happens, and why.
    pub(super) fn due(&self, patience: &Patience) -> Option<(Instant, Cut)> {
        let at = |ms: u64, more: Duration| {
            let since = self.began + Duration::from_millis(ms);
            since.checked_add(more).unwrap_or(since + FOR_EVER)
        };
        let blocked = match self.blocked_since_ms.load(Ordering::Acquire) {
            NEVER => None,
            since => {
                let taken = self.taken_bytes.load(Ordering::Acquire);
                Some((at(since, patience.pace.allowance(taken)), Cut::Deaf))
            }
        };
        let waiting = if self.requests.load(Ordering::Acquire) > 0 {
            None
        } else {
            match self.head_since_ms.load(Ordering::Acquire) {
                NEVER => {
                    let since = self.quiet_since_ms.load(Ordering::Acquire);
                    Some((at(since, patience.idle), Cut::Idle))
                }
                since => Some((at(since, patience.head), Cut::Head)),
            }
        };
        let parting = match self.parting_since_ms.load(Ordering::Acquire) {
            NEVER => None,
            since => Some((at(since, patience.pace.grace), Cut::Unread)),
        };
        blocked
            .into_iter()
            .chain(waiting)
            .chain(parting)
            .min_by_key(|(instant, _)| *instant)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(NEVER - 1)
    }

    /// Bytes came.
    fn heard(&self) {
        if self.requests.load(Ordering::Acquire) == 0
            && !self.is_http2.load(Ordering::Acquire)
            && self.head_since_ms.load(Ordering::Acquire) == NEVER
        {
            self.head_since_ms.store(self.now_ms(), Ordering::Release);
        }
    }

    /// The peer takes nothing just now.
    fn blocked(&self) {
        if self.blocked_since_ms.load(Ordering::Acquire) == NEVER {
            self.taken_bytes.store(0, Ordering::Release);
            self.blocked_since_ms
                .store(self.now_ms(), Ordering::Release);
        }
    }

    /// It took `bytes` of what was `offered`.
    fn took(&self, bytes: usize, offered: usize) {
        if self.blocked_since_ms.load(Ordering::Acquire) == NEVER {
            return;
        }
        if bytes < offered {
            self.taken_bytes.fetch_add(bytes as u64, Ordering::AcqRel);
        } else {
            self.blocked_since_ms.store(NEVER, Ordering::Release);
        }
    }
}

/// About a year, for sums that no instant holds.
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);

impl Drop for Running {
    fn drop(&mut self) {
        let Running(pulse) = self;
        // Before the count: who sees that no request runs sees since when.
        pulse
            .quiet_since_ms
            .store(pulse.now_ms(), Ordering::Release);
        if pulse.requests.fetch_sub(1, Ordering::AcqRel) == 1 {
            pulse.task.wake();
        }
    }
}

/// What is read at once of a body that was refused, to be thrown away.
const DISCARD_BYTES: usize = 16 << 10;

/// A socket whose pulse is taken.
#[derive(Debug)]
pub(super) struct Watched {
    stream: TcpStream,
    pulse: Arc<Pulse>,
    /// Whether our side is closed.
    is_shut: bool,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, pulse: Arc<Pulse>) -> Watched {
        Watched {
            stream,
            pulse,
            is_shut: false,
        }
    }

    fn note(&self, offered: usize, written: &Poll<io::Result<usize>>) {
        match written {
            Poll::Pending => self.pulse.blocked(),
            Poll::Ready(Ok(bytes)) => self.pulse.took(*bytes, offered),
            Poll::Ready(Err(_)) => {}
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.pulse.heard();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note(bytes.len(), &written);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.is_shut {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            this.is_shut = true;
            if this.pulse.ends_unread() {
                this.pulse.parting();
            }
        }
        if !this.pulse.ends_unread() {
            return Poll::Ready(Ok(()));
        }
        // RFC 9112, 9.6: closed while something is unread, the connection would
        // be reset, and the peer might lose the answer that it has not read.
        let mut room = [MaybeUninit::uninit(); DISCARD_BYTES];
        loop {
            let mut discarded = ReadBuf::uninit(&mut room);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut discarded))?;
            if discarded.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note(slices.iter().map(|slice| slice.len()).sum(), &written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
