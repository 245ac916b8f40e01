//! Bodies on their way: a request's, which must keep a pace, and an answer's,
//! which holds its request open until it is written.

use super::Pace;
use super::pulse::{Pulse, Running};
use axum::BoxError;
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::time::{Instant, Sleep, sleep_until};

/// A request's body came too slowly. 408 `too_slow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the body came slower than server.transfer_bytes_per_second_min for longer than \
     server.transfer_grace_ms"
)]
pub struct TooSlow;

/// A request's body that fails when it falls behind, and is noted if nobody
/// read it to its end.
pub(super) struct Paced {
    body: Incoming,
    pulse: Arc<Pulse>,
    has_ended: bool,
    pace: Pace,
    began: Instant,
    bytes: u64,
    // Made when there is something to wait for, which with most bodies is never.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    pub(super) fn new(body: Incoming, pulse: Arc<Pulse>, pace: Pace) -> Paced {
        Paced {
            body,
            pulse,
            has_ended: false,
            pace,
            began: Instant::now(),
            bytes: 0,
            alarm: None,
        }
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.has_ended |= frame.is_none();
            if let Some(Ok(frame)) = &frame {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.bytes = this.bytes.saturating_add(bytes as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let due = this.began + this.pace.allowance(this.bytes);
        let alarm = this.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if alarm.deadline() != due {
            alarm.as_mut().reset(due);
        }
        alarm
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err(BoxError::from(TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        if !self.has_ended && !self.body.is_end_stream() {
            self.pulse.left_unread();
        }
    }
}

/// An answer's body. Its request runs until it is dropped.
pub(super) struct Answer {
    body: Body,
    _running: Running,
}

impl Answer {
    pub(super) fn new(body: Body, running: Running) -> Answer {
        Answer {
            body,
            _running: running,
        }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
