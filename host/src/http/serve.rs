//! Serving: listeners, connections, and a clean end.

use super::limits::{LimitSettings, Limits};
use super::listener::{BoundedListener, Peer};
use super::{Facilities, Shared, operator_router, router};
use crate::app::App;
use axum::Router;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

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
///
/// # Errors
///
/// When a listener breaks.
pub async fn serve(
    app: Arc<App>,
    listeners: Listeners,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let config = &app.config;
    let limits = Limits::new(&LimitSettings {
        acts_per_minute: config.limits.acts_per_minute_per_address,
        anonymous_viewers_per_hour: config.limits.anonymous_viewers_per_hour_per_address,
        addresses_max: config.limits.addresses_max,
        streams_max: config.live.streams_per_address_max,
    });
    let grace = Duration::from_millis(config.server.shutdown_grace_ms);
    let connections_max = config.server.connections_max;
    let bounded = |listener| BoundedListener::new(listener, connections_max);
    let stop = watch::Sender::new(());
    let shared = Shared::from(Facilities {
        app: Arc::clone(&app),
        limits,
        stop: stop.subscribe(),
    });
    let readers = run(
        bounded(listeners.readers),
        router(&shared),
        stop.subscribe(),
    );
    let operator = async {
        match listeners.operator {
            Some(listener) => {
                let listener = bounded(listener);
                run(listener, operator_router(&shared), stop.subscribe()).await
            }
            None => Ok(()),
        }
    };
    let both = async { tokio::try_join!(readers, operator).map(|_| ()) };
    tokio::pin!(both);
    tokio::select! {
        ended = &mut both => return ended,
        () = shutdown => {}
    }
    tracing::info!("stopping");
    stop.send_replace(());
    match tokio::time::timeout(grace, both).await {
        Ok(ended) => ended,
        Err(_elapsed) => {
            tracing::warn!("some requests were cut off after server.shutdown_grace_ms");
            Ok(())
        }
    }
}

async fn run(
    listener: BoundedListener,
    router: Router,
    mut stop: watch::Receiver<()>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<Peer>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            // An error means that the sender is gone: the same thing.
            let _ = stop.changed().await;
        })
        .await
}
