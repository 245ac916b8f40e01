//! Serving: listeners, connections, and a clean end.

use super::connection::{self, Terms};
use super::limits::Limits;
use super::listener::BoundedListener;
use super::multipart::BodyRoom;
use super::{Facilities, Shared, operator_router, router};
use crate::app::App;
use axum::Router;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The listeners, already bound, so that whoever starts the host knows their
/// addresses.
#[derive(Debug)]
pub struct Listeners {
    /// For readers and pages.
    pub readers: TcpListener,
    /// For the operator, when that is another one.
    pub operator: Option<TcpListener>,
}

/// Serves until `shutdown` resolves, then lets running requests end for as
/// long as `server.shutdown_grace_ms`.
pub async fn serve(
    app: Arc<App>,
    listeners: Listeners,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let server = &app.config.server;
    let grace = Duration::from_millis(server.shutdown_grace_ms);
    let terms = Arc::new(Terms::new(server));
    let stop = watch::Sender::new(());
    let shared = Shared::from(Facilities {
        app: Arc::clone(&app),
        limits: Limits::new(&app.config.limits, app.config.live.streams_per_address_max),
        bodies: BodyRoom::new(app.config.media.bodies_bytes_max),
        stop: stop.subscribe(),
    });
    let run = |listener, router| {
        let listener = BoundedListener::new(listener, server);
        run(listener, router, Arc::clone(&terms), stop.subscribe())
    };
    let readers = run(listeners.readers, router(&shared));
    let operator = async {
        if let Some(listener) = listeners.operator {
            run(listener, operator_router(&shared)).await;
        }
    };
    let mut both = pin!(async { tokio::join!(readers, operator) });
    tokio::select! {
        // Only when told to stop.
        _ = &mut both => return,
        () = shutdown => {}
    }
    tracing::info!("stopping");
    stop.send_replace(());
    if tokio::time::timeout(grace, both).await.is_err() {
        tracing::warn!("some requests were cut off after server.shutdown_grace_ms");
    }
}

/// Serves connections until the host stops, then waits for those that are open.
async fn run(
    mut listener: BoundedListener,
    router: Router,
    terms: Arc<Terms>,
    mut stop: watch::Receiver<()>,
) {
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            // Also when the sender is gone: the host stops.
            _ = stop.changed() => break,
            Some(ended) = open.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection's task failed");
                }
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        let stop = stop.clone();
        open.spawn(connection::serve(
            accepted,
            router.clone(),
            Arc::clone(&terms),
            stop,
        ));
    }
    // Closed before the rest ends, so that whoever comes now goes elsewhere.
    drop(listener);
    while open.join_next().await.is_some() {}
}
