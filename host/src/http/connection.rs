//! One connection, from its first byte to its end: what HTTP allows on it, and
//! when it is cut off.
//!
//! A connection holds a place, a task and memory, so none may be held for
//! nothing. There are five ways to try, and each has its limit: a head that
//! does not end, a connection kept for no request, a body that trickles in
//! (`body`), an answer that is not taken, a body that goes on after it was
//! refused. Times are measured where bytes
//! pass (`pulse`), in one alarm a connection that is set again only when it
//! has rung: a request costs no timer. May import `http::listener`. Says
//! nothing to those it cuts off, since they do not listen.

mod body;
mod pulse;

pub use self::body::TooSlow;

use self::body::{Answer, Paced};
use self::pulse::{Cut, Pulse, Watched};
use super::listener::{Accepted, Peer};
use crate::config;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, header};
use hyper::Request;
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tower_service::Service as _;

/// The limits of every connection of a listener. From `[server]`.
#[derive(Clone, Debug)]
pub struct Terms {
    http: Builder<TokioExecutor>,
    patience: Patience,
}

/// How long a connection is waited for.
#[derive(Clone, Copy, Debug)]
struct Patience {
    head: Duration,
    idle: Duration,
    pace: Pace,
}

/// How slow a transfer may be: as it likes for a while, and then no slower on
/// the whole than so many bytes a second.
#[derive(Clone, Copy, Debug)]
struct Pace {
    grace: Duration,
    bytes_per_second: u32,
}

impl Pace {
    /// How long after its start a transfer must have brought more than this.
    fn allowance(self, bytes: u64) -> Duration {
        let due_ms = bytes.saturating_mul(1000) / u64::from(self.bytes_per_second);
        self.grace.saturating_add(Duration::from_millis(due_ms))
    }
}

impl Terms {
    /// From the configuration.
    pub fn new(server: &config::Server) -> Terms {
        let mut http = Builder::new(TokioExecutor::new());
        http.http1()
            .timer(TokioTimer::new())
            // Ours, which tells idling from a slow head.
            .header_read_timeout(None)
            .max_headers(server.headers_max)
            // What does not fit while a head is read is answered 431; bodies
            // go on beyond it in pieces.
            .max_buf_size(server.head_bytes_max);
        http.http2()
            .timer(TokioTimer::new())
            .max_header_list_size(u32::try_from(server.head_bytes_max).unwrap_or(u32::MAX))
            .max_concurrent_streams(server.requests_per_connection_max)
            .initial_stream_window_size(WINDOW_BYTES)
            .initial_connection_window_size(4 * WINDOW_BYTES)
            .max_send_buf_size(SEND_BYTES_MAX)
            .max_pending_accept_reset_streams(RESETS_MAX)
            .max_local_error_reset_streams(RESETS_MAX);
        Terms {
            http,
            patience: Patience {
                head: Duration::from_millis(server.head_timeout_ms),
                idle: Duration::from_millis(server.idle_timeout_ms),
                pace: Pace {
                    grace: Duration::from_millis(server.transfer_grace_ms),
                    bytes_per_second: server.transfer_bytes_per_second_min.get(),
                },
            },
        }
    }
}

/// What a peer may send of one HTTP/2 request before we have read it; of all of
/// a connection, four times as much.
const WINDOW_BYTES: u32 = 64 << 10;

/// What waits in memory for one HTTP/2 stream to take it.
const SEND_BYTES_MAX: usize = 64 << 10;

/// Streams that a peer opened and reset, or that broke the protocol, before the
/// connection ends: browsers do so a few times, "rapid reset" (CVE-2023-44487)
/// without end.
const RESETS_MAX: usize = 20;

/// Serves one connection until it ends, is cut off, or the host stops.
pub async fn serve(
    accepted: Accepted,
    router: Router,
    terms: Arc<Terms>,
    mut stop: watch::Receiver<()>,
) {
    let Accepted {
        stream,
        peer,
        places: _places,
    } = accepted;
    let patience = terms.patience;
    let pulse = Arc::new(Pulse::new());
    let io = TokioIo::new(Watched::new(stream, Arc::clone(&pulse)));
    let service = {
        let pulse = Arc::clone(&pulse);
        service_fn(move |request| answer(&router, &pulse, peer, patience.pace, request))
    };
    let mut connection = pin!(terms.http.serve_connection(io, service));
    let mut alarm = pin!(sleep_until(
        pulse
            .due(&patience)
            .map_or_else(Instant::now, |(instant, _)| instant)
    ));
    // An error means that the sender is gone: the same thing.
    let mut stopped = pin!(async move {
        let _ = stop.changed().await;
    });
    let mut stopping = false;
    let cut = poll_fn(|cx| {
        if !stopping && stopped.as_mut().poll(cx).is_ready() {
            stopping = true;
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
            if let Err(error) = ended {
                tracing::trace!(peer = %peer.0.ip(), %error, "connection");
            }
            return Poll::Ready(None);
        }
        // Before the state is read: what changes after that wakes this task.
        pulse.wake_on_change(cx.waker());
        loop {
            let Some((instant, _)) = pulse.due(&patience) else {
                return Poll::Pending;
            };
            // Only ever set forward when it has rung: most requests end long
            // before, and leave it alone.
            if instant < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(instant);
            }
            ready!(alarm.as_mut().poll(cx));
            match pulse.due(&patience) {
                Some((instant, why)) if instant <= Instant::now() => {
                    if why != Cut::Idle {
                        return Poll::Ready(Some(why));
                    }
                    // Politely: a request may be on its way to us just now.
                    pulse.hang_up();
                    connection.as_mut().graceful_shutdown();
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                _ => {}
            }
        }
    });
    if let Some(why) = cut.await {
        tracing::debug!(peer = %peer.0.ip(), "cut off: {why}");
    }
}

/// One request on its way to the router and its answer on the way back, with
/// what each may take.
fn answer(
    router: &Router,
    pulse: &Arc<Pulse>,
    peer: Peer,
    pace: Pace,
    request: Request<Incoming>,
) -> impl Future<Output = Result<hyper::Response<Answer>, Infallible>> + use<> {
    let running = pulse.begin(request.version());
    let mut request = request.map(|body| match body.is_end_stream() {
        true => Body::empty(),
        false => Body::new(Paced::new(body, Arc::clone(pulse), pace)),
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    let answered = router.clone().call(request);
    let pulse = Arc::clone(pulse);
    async move {
        let mut response = answered.await?;
        if pulse.ends_unread() {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        Ok(response.map(|body| Answer::new(body, running)))
    }
}
