//! The publisher's site: static files, as a publisher would write them. They
//! name the host `https://cards.example`; here that is replaced by this run's
//! address. Beside them `/token`, which signs a sample reader in: a real site
//! asks there who the reader is, and this one asks the address.

use super::readers::{READERS, SigningKey};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../examples/publisher-site");

const HOST: &str = "https://cards.example";

struct Site {
    host_url: String,
    key: Arc<SigningKey>,
}

/// Serves the site until `stopped` turns true.
///
/// # Errors
///
/// When the listener breaks.
pub async fn serve(
    listener: TcpListener,
    host_url: &str,
    key: Arc<SigningKey>,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let site = Arc::new(Site {
        host_url: host_url.to_owned(),
        key,
    });
    let router = Router::new()
        .route("/token", get(token))
        .fallback(file)
        .with_state(site);
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            // An error means that the host is gone: time to stop as well.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
        .await
}

#[derive(Deserialize)]
struct TokenQuery {
    reader: String,
}

/// A fresh token for the reader, who is signed in because they say so.
async fn token(State(site): State<Arc<Site>>, Query(query): Query<TokenQuery>) -> Response {
    let Some(reader) = READERS.iter().find(|reader| reader.id == query.reader) else {
        let known: Vec<&str> = READERS.iter().map(|reader| &*reader.id).collect();
        let known = known.join(", ");
        let text = format!("no such reader; there are {known}\n");
        return (StatusCode::NOT_FOUND, text).into_response();
    };
    let Ok(token) = site.key.token(reader, &site.host_url, Timestamp::now()) else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "no token\n").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/jwt"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, token).into_response()
}

async fn file(State(site): State<Arc<Site>>, uri: Uri) -> Response {
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
        Some(text) => (headers, text.replace(HOST, &site.host_url)).into_response(),
        None => (headers, file.contents()).into_response(),
    }
}
