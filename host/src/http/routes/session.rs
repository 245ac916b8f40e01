//! `/session`: a publisher's token becomes a session; who that is; signing out;
//! and tickets, which hand a session to where its cookie does not reach.

use crate::community::people::Profile;
use crate::config::CardSlug;
use crate::http::Shared;
use crate::http::answer::{clear_session, notice, renew_session, set_session};
use crate::http::error::HttpError;
use crate::http::limits::{Client, Rate};
use crate::http::listener::Peer;
use crate::http::request::{
    Asked, RequestId, Whole, bearer_of, limited, media_type, network_of, read_json, same_site,
    session_of,
};
use crate::identity::{Session, Ticket, TicketAction};
use crate::service::session::{self as sessions, Which};
use crate::service::{ServiceError, card};
use crate::view::document::DocumentKind;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The body of `POST /session`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignOnBody {
    jwt: String,
    card: String,
}

/// The body of `POST /session/ticket`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TicketBody {
    action: TicketAction,
    /// The card; for a stream its cards, `a,b`. The account page has none.
    card: Option<String>,
}

/// The query of `GET /session`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WhoQuery {
    card: Option<String>,
}

/// The query of `DELETE /session`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignOutQuery {
    everywhere: Option<String>,
}

/// `POST /session`: signs a reader in with their publisher's token. An
/// anonymous reader goes on as the person, and keeps what they did.
pub async fn sign_on(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let answer = async || {
        same_site(&shared, &headers, FROM_THE_CARD)?;
        let network = network_of(&shared, peer, &headers);
        limited(&shared, Rate::SignOns, &Client::Network(network))?;
        let body: SignOnBody = json_body(&headers, body, "a sign-on")?;
        let card = card::find(&shared.app, &body.card)?;
        let before = session_of(&shared, &headers).await?;
        let signed_on = sessions::sign_on(&shared.app, card, &body.jwt, before.as_ref()).await?;
        let session = &signed_on.session;
        let mut response = axum::Json(json!({
            "session": sessions::bearer(&shared.app, session),
            "reader": reader_object(session, Some(&signed_on.profile)),
            "expires_at": expires_at(&shared, session),
        }))
        .into_response();
        set_session(&shared, &mut response, session);
        Ok(response)
    };
    finish(answer().await, &id)
}

/// `GET /session`: who the request's session is, and, for a card, whether they
/// are signed in there. A bearer whose half is over is given a new one.
pub async fn who(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Asked(query): Asked<WhoQuery>,
    headers: HeaderMap,
) -> Response {
    let answer = async || {
        let session = session_of(&shared, &headers).await?;
        let card = query.card.as_deref();
        let card = card.map(|slug| card::find(&shared.app, slug)).transpose()?;
        let Some(session) = session else {
            return Ok(axum::Json(nobody()).into_response());
        };
        let vouched_by = session.publisher.as_ref();
        let signed_in = match card {
            Some(card) => vouched_by == Some(&card.circle.publisher().id),
            None => vouched_by.is_some(),
        };
        let profile = sessions::profile(&shared.app, &session).await?;
        let mut object = json!({
            "signed_in": signed_in,
            "reader": reader_object(&session, profile.as_ref()),
            "expires_at": expires_at(&shared, &session),
        });
        let now = shared.app.world.now();
        if bearer_of(&headers).is_some() && session.is_renewal_due(shared.app.session_ages, now) {
            object["session"] = sessions::bearer(&shared.app, &session.renewed(now)).into();
        }
        let mut response = axum::Json(object).into_response();
        renew_session(&shared, &headers, &mut response, Some(&session));
        Ok(response)
    };
    finish(answer().await, &id)
}

/// `DELETE /session`: ends this session, or with `everywhere=1` all of its
/// reader's.
pub async fn sign_out(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Asked(query): Asked<SignOutQuery>,
    headers: HeaderMap,
    // Nothing is asked for in it, but what is left unread ends the connection.
    _body: Result<Whole, HttpError>,
) -> Response {
    let answer = async || {
        same_site(&shared, &headers, FROM_THE_CARD)?;
        if let Some(session) = session_of(&shared, &headers).await? {
            let which = match query.everywhere.as_deref() {
                Some("1") => Which::All,
                _ => Which::This,
            };
            sessions::sign_out(&shared.app, &session, which).await?;
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        clear_session(&shared, &mut response);
        Ok(response)
    };
    finish(answer().await, &id)
}

/// `POST /session/ticket`: a ticket for a window or a stream of this session.
pub async fn ticket(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let answer = async || {
        same_site(&shared, &headers, FROM_THE_CARD)?;
        let body: TicketBody = json_body(&headers, body, "a request for a ticket")?;
        let cards = ticket_cards(&shared, &body)?;
        let session = session_of(&shared, &headers).await?;
        let session = session.ok_or(ServiceError::SignInRequired)?;
        let reader = Client::Reader(session.reader.clone());
        limited(&shared, Rate::Tickets, &reader)?;
        let (ticket, ends) = sessions::issue_ticket(&shared.app, &session, body.action, cards);
        let object = json!({ "ticket": ticket, "expires_at": ends.to_string() });
        Ok(axum::Json(object).into_response())
    };
    finish(answer().await, &id)
}

/// `POST /session/open`: a form that a frame sends into a window of its own.
/// The window gets the session's cookie, and goes where the ticket says.
pub async fn open(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let answer = async || {
        same_site(&shared, &headers, FROM_THE_CARD)?;
        if media_type(&headers).as_deref() != Some("application/x-www-form-urlencoded") {
            return Err(HttpError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send this as a form (application/x-www-form-urlencoded)",
            ));
        }
        let Whole(body) = body?;
        let mut fields = form_urlencoded::parse(&body);
        let ticket = fields.find(|(name, _)| name == "ticket");
        let ticket = ticket.map(|(_, value)| value).ok_or_else(|| {
            HttpError::bad_request("send a form with the `ticket` that POST /session/ticket gave")
        })?;
        let own = session_of(&shared, &headers).await?;
        let ticket = sessions::redeem_ticket(&shared.app, &ticket, own.as_ref(), is_for_a_window);
        let ticket = ticket.await?;
        let to = match (ticket.action, ticket.cards.first()) {
            (TicketAction::Open, Some(card)) => format!("/c/{card}"),
            _ => "/me".to_owned(),
        };
        let mut response = Redirect::to(&to).into_response();
        set_session(&shared, &mut response, &ticket.session);
        Ok(no_store(response))
    };
    // Whoever sent a form sees a document.
    answer()
        .await
        .unwrap_or_else(|error: HttpError| notice(DocumentKind::Page, &error, &headers, &id))
}

const FROM_THE_CARD: &str = "sessions begin and end in the card itself, or in an app of its own";

/// A JSON body.
fn json_body<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
    what: &str,
) -> Result<T, HttpError> {
    if media_type(headers).as_deref() != Some("application/json") {
        return Err(HttpError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send this as application/json",
        ));
    }
    let Whole(body) = body?;
    read_json(&body, what)
}

/// The cards a ticket is for; those of a stream as far as one takes.
fn ticket_cards(shared: &Shared, body: &TicketBody) -> Result<Vec<CardSlug>, HttpError> {
    let slugs = body.card.as_deref().unwrap_or_default().split(',');
    let slugs: Vec<&str> = slugs.filter(|slug| !slug.is_empty()).collect();
    let (needed, allowed) = match body.action {
        TicketAction::Account => (0, 1),
        TicketAction::Open => (1, 1),
        TicketAction::Live => (1, shared.app.config.live.cards_per_stream_max),
    };
    if slugs.len() < needed || slugs.len() > allowed {
        return Err(HttpError::bad_request(format!(
            "card: this ticket is for {needed} to {allowed} cards, joined by commas"
        )));
    }
    let known = |slug: &str| Ok(card::find(&shared.app, slug)?.slug.clone());
    slugs.into_iter().map(known).collect()
}

fn is_for_a_window(ticket: &Ticket) -> bool {
    matches!(ticket.action, TicketAction::Account | TicketAction::Open)
}

fn nobody() -> Value {
    json!({ "signed_in": false, "reader": null, "expires_at": null })
}

/// What others see of a reader; null for one whom nobody vouches for.
fn reader_object(session: &Session, profile: Option<&Profile>) -> Value {
    match (&session.publisher, profile) {
        (Some(publisher), Some(profile)) => json!({
            "name": profile.name,
            "avatar": profile.avatar,
            "publisher": publisher.as_str(),
        }),
        _ => Value::Null,
    }
}

fn expires_at(shared: &Shared, session: &Session) -> String {
    let seconds = session.expires_at_s(shared.app.session_ages);
    Timestamp::from_second(seconds)
        .unwrap_or(Timestamp::MAX)
        .to_string()
}

fn finish(answer: Result<Response, HttpError>, id: &RequestId) -> Response {
    match answer {
        Ok(response) => no_store(response),
        Err(error) => error.with_id(Some(id)).into_response(),
    }
}

fn no_store(mut response: Response) -> Response {
    let value = HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}
