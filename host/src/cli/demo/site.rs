//! The publisher's site: static files, as a publisher would write them. They
//! name the host `https://cards.example`; here that is replaced by this run's
//! address.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../examples/publisher-site");

const HOST: &str = "https://cards.example";

/// Serves the site until `stopped` turns true.
///
/// # Errors
///
/// When the listener breaks.
pub async fn serve(
    listener: TcpListener,
    host_url: &str,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let host_url: Arc<str> = host_url.into();
    let router = Router::new().fallback(file).with_state(host_url);
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            // An error means that the host is gone: time to stop as well.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
        .await
}

async fn file(State(host_url): State<Arc<str>>, uri: Uri) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    let Some(file) = FILES.get_file(path) else {
        return (StatusCode::NOT_FOUND, "no such page\n").into_response();
    };
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let media_type = match extension {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        // Its configuration and notes are no part of the site.
        _ => return (StatusCode::NOT_FOUND, "no such page\n").into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    match file.contents_utf8() {
        Some(text) => (headers, text.replace(HOST, &host_url)).into_response(),
        None => (headers, file.contents()).into_response(),
    }
}
