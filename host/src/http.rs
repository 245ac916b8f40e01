//! HTTP for readers and pages: the router and the middleware, one screen each.
//!
//! The only part of the host, with the commands that bind a listener, that
//! knows axum. May import `service` and everything below it. Routes parse,
//! call one use case and write its answer; they hold no rules.

pub mod address;
mod answer;
pub mod api;
mod assets;
mod connection;
mod error;
mod headers;
pub mod limits;
mod listener;
mod multipart;
mod request;
mod routes;
pub mod serve;

use self::limits::{Limits, Rate};
use self::multipart::BodyRoom;
use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::watch;

/// What every route sees. Cloned several times a request, so it is a pointer.
#[derive(Clone)]
pub struct Shared(Arc<Facilities>);

/// What [`Shared`] shares.
pub struct Facilities {
    /// The host.
    pub app: Arc<App>,
    /// How often who may do what.
    pub limits: Limits,
    /// Memory for the bodies of forms with files.
    pub bodies: BodyRoom,
    /// Says when the host stops, to what would go on for ever.
    pub stop: watch::Receiver<()>,
}

impl From<Facilities> for Shared {
    fn from(facilities: Facilities) -> Shared {
        Shared(Arc::new(facilities))
    }
}

impl Deref for Shared {
    type Target = Facilities;

    fn deref(&self) -> &Facilities {
        &self.0
    }
}

/// The routes for readers and pages; with the operator's, when they share a
/// listener.
pub fn router(shared: &Shared) -> Router {
    let mut cards = Router::new()
        .route("/c/{card}", get(routes::page::get))
        .route("/c/{card}/embed", get(routes::embed::get))
        .route("/c/{card}/snippets", get(routes::snippets::get))
        .route("/c/{card}/view", get(routes::view::get))
        .route("/c/{card}/live", get(routes::live::of_card))
        .route("/live", get(routes::live::of_cards))
        .route("/oembed", get(routes::oembed::get))
        .route("/circles", get(routes::circles::all))
        .route("/circles/{circle}", get(routes::circles::one))
        .route("/circles/{circle}/posts/{post}", get(routes::posts::page))
        .route(
            "/circles/{circle}/moderation",
            get(routes::moderation::page).post(routes::moderation::decide),
        );
    if shared.limits.has(Rate::Reads) {
        cards = cards.route_layer(from_fn_with_state(shared.clone(), request::read));
    }
    let readers = cards
        .route("/c/{card}/media", post(routes::media::post))
        .route("/m/{id}", get(routes::media::get))
        .route("/c/{card}/act", post(routes::act::post))
        .route("/session", post(routes::session::sign_on))
        .route("/session", get(routes::session::who))
        .route("/session", delete(routes::session::sign_out))
        .route("/session/ticket", post(routes::session::ticket))
        .route("/session/open", post(routes::session::open))
        .route("/embed/versions.json", get(routes::assets::embed_versions))
        .route("/embed/{file}", get(routes::assets::embed_version))
        .route("/me", get(routes::me::page))
        .route("/me/export", get(routes::me::export))
        .route(
            "/me/delete",
            get(routes::me::confirm).post(routes::me::erase),
        )
        .route("/me/sign-out", post(routes::me::sign_out))
        .route(
            "/api/v1/publishers/{publisher}/erasures",
            post(routes::api_erasures::post),
        )
        .route("/circles/{circle}/transfer", get(routes::transfer::page))
        .route(
            "/api/v1/circles/{circle}/transfer",
            post(routes::transfer::offer),
        )
        .route(
            "/api/v1/circles/{circle}/transfer/accept",
            post(routes::api_transfers::accept),
        )
        .route(
            "/api/v1/circles/{circle}/owner",
            post(routes::api_transfers::appoint),
        )
        .route(
            "/circles/{circle}/posts/{post}/report",
            post(routes::posts::report),
        )
        .route(
            "/api/v1/circles/{circle}/moderation",
            get(routes::api_moderation::list),
        )
        .route(
            "/api/v1/circles/{circle}/posts/{post}/review",
            post(routes::api_moderation::review),
        )
        .route(
            "/api/v1/circles/{circle}/posts/{post}/remove",
            post(routes::api_moderation::remove),
        )
        .route(
            "/api/v1/circles/{circle}/posts/{post}/feature",
            post(routes::api_moderation::feature),
        )
        .route("/embed/v1.js", get(routes::assets::embed_script))
        .route("/embed/card.js", get(routes::assets::card_script))
        .route("/embed/identity.js", get(routes::assets::identity_script))
        .route("/embed/opaque.js", get(routes::assets::opaque_script))
        .route("/embed/times.js", get(routes::assets::times_script))
        .route("/embed/upload.js", get(routes::assets::upload_script))
        .route("/embed/share.js", get(routes::assets::share_script))
        .route("/embed/card.css", get(routes::assets::card_style))
        .route("/favicon.ico", get(routes::assets::icon));
    let routes = match shared.app.config.server.operator_listen {
        Some(_) => readers,
        None => readers.merge(operator_routes()),
    };
    layers(routes, shared)
}

/// The routes for the operator, on their own listener.
pub fn operator_router(shared: &Shared) -> Router {
    layers(operator_routes(), shared)
}

fn operator_routes() -> Router<Shared> {
    Router::new()
        .route("/livez", get(routes::health::live))
        .route("/readyz", get(routes::health::ready))
        .route("/api/v1/dead-letters", get(routes::api_dead_letters::list))
        .route(
            "/api/v1/dead-letters/{delivery}/retry",
            post(routes::api_dead_letters::retry),
        )
}

/// The middleware, outermost last.
fn layers(routes: Router<Shared>, shared: &Shared) -> Router {
    let body_bytes_max = shared.app.config.server.body_bytes_max;
    routes
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(from_fn_with_state(shared.clone(), request::every_request))
        .with_state(shared.clone())
}
