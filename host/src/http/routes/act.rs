//! `POST /c/{card}/act`: one action, as JSON or as a plain form.

mod form;

use super::page::{DocumentQuery, theme};
use super::view::parse_size;
use crate::app::Card;
use crate::contract::{Destination, Outcome};
use crate::http::Shared;
use crate::http::address::Network;
use crate::http::answer::{assets, document, languages, notice, renew_session, set_session};
use crate::http::error::HttpError;
use crate::http::headers::Framing;
use crate::http::limits::{Client, Rate};
use crate::http::listener::Peer;
use crate::http::multipart::{MULTIPART, Sent, Unread};
use crate::http::request::{
    Asked, RequestId, Slug, limited, media_type, network_of, read_json, same_site, session_of, text,
};
use crate::identity::FormStamp;
use crate::identity::{IdempotencyKey, Inputs, ReaderId, Secret, Session, SessionId, form_key};
use crate::service::act::{ActRequest, Acted, act};
use crate::service::document::{
    self as documents, Aftermath, Forms, Setting, own_stamp, section, theme_word,
};
use crate::service::session::bearer;
use crate::service::view::{Wanted, view};
use crate::service::{ServiceError, card};
use crate::view::At;
use crate::view::document::{DocumentKind, Manner};
use crate::view::html::Submission;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use form::{Form, Taken, take_in};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const FORM: &str = "application/x-www-form-urlencoded";

/// The query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ActQuery {
    /// Which of the card's pages the answer shows: the one it was sent from.
    at: At,
    #[serde(rename = "as")]
    surface: Option<String>,
    size: Option<String>,
    lang: Option<String>,
    theme: Option<String>,
    from: Option<String>,
    v: Option<String>,
    article: Option<String>,
}

/// The JSON body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActBody {
    offer: Secret,
    #[serde(default)]
    inputs: serde_json::Map<String, Value>,
    key: Option<String>,
}

/// One action.
pub async fn post(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Slug(slug): Slug,
    Asked(query): Asked<ActQuery>,
    headers: HeaderMap,
    body: Unread,
) -> Response {
    let mut request = Request {
        shared: &shared,
        slug: &slug,
        query: &query,
        headers: &headers,
        peer,
        session: None,
        is_newcomer_in: AtomicBool::new(false),
    };
    match answer(&mut request, body).await {
        Ok(response) => response,
        // Whoever sent a form sees a document.
        Err(error) if is_form(&headers) => {
            notice(setting(&request).manner.kind, &error, &headers, &id)
        }
        Err(error) => error.with_id(Some(&id)).into_response(),
    }
}

/// What an action's request brings besides its body.
struct Request<'a> {
    shared: &'a Shared,
    slug: &'a str,
    query: &'a ActQuery,
    headers: &'a HeaderMap,
    peer: ConnectInfo<Peer>,
    /// Looked up once it is known that the request may have one.
    session: Option<Session>,
    /// Whether whoever it makes a reader of was let in.
    is_newcomer_in: AtomicBool,
}

impl Request<'_> {
    fn network(&self) -> Network {
        network_of(self.shared, self.peer, self.headers)
    }

    /// Counts one of what is limited.
    fn check(&self, rate: Rate, client: &Client) -> Result<(), ServiceError> {
        let limited = self.shared.limits.check(rate, client);
        limited.map_err(|refused| ServiceError::RateLimited {
            retry_after_ms: refused.ms,
        })
    }

    /// Lets in whoever this request makes a reader of, and counts them once: each
    /// file of a form asks, and the action, and all are one newcomer's.
    fn admit_newcomer(&self) -> Result<(), ServiceError> {
        if !self.is_newcomer_in.load(Ordering::Relaxed) {
            self.check(Rate::AnonymousViewers, &Client::Network(self.network()))?;
            self.is_newcomer_in.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    matches!(media_type(headers).as_deref(), Some(FORM | MULTIPART))
}

async fn answer(request: &mut Request<'_>, body: Unread) -> Result<Response, HttpError> {
    if let Err(error) = admitted(request, body.has_parts()).await {
        body.discard(request.shared).await;
        return Err(error);
    }
    let body = match body.read(request.shared).await? {
        Sent::Parts(parts) => return Ok(by_form(request, Form::of_parts(parts)).await?),
        Sent::Whole(body) => body,
    };
    match media_type(request.headers).as_deref() {
        Some("application/json") => by_json(request, &body).await,
        Some(FORM) => Ok(by_form(request, Form::read(&body)).await?),
        _ => Err(HttpError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send an action as application/json, or as a form (application/x-www-form-urlencoded)",
        )),
    }
}

/// Everything that can stand against an action before its body is read.
async fn admitted(request: &mut Request<'_>, has_parts: bool) -> Result<(), HttpError> {
    same_site(
        request.shared,
        request.headers,
        "actions are sent from the card itself",
    )?;
    let address = Client::Network(request.network());
    limited(request.shared, Rate::ActsOfAddress, &address)?;
    request.session = session_of(request.shared, request.headers).await?;
    if let Some(session) = &request.session {
        let reader = Client::Reader(session.reader.clone());
        limited(request.shared, Rate::ActsOfReader, &reader)?;
    }
    if has_parts {
        card::find(&request.shared.app, request.slug)?;
        stamp(request)?;
    }
    Ok(())
}

async fn by_json(request: &Request<'_>, body: &[u8]) -> Result<Response, HttpError> {
    let body: ActBody = read_json(body, "an action")?;
    let header_key = text(request.headers, &IDEMPOTENCY_KEY);
    let key = IdempotencyKey::of_request(body.key.as_deref(), header_key)
        .map_err(|error| HttpError::bad_request(error.to_string()))?;
    let inputs = inputs_of_json(body.inputs)?;
    let size = request.query.size.as_deref().map(parse_size).transpose()?;
    let card = card::find(&request.shared.app, request.slug)?;
    let act_request = ActRequest {
        wanted: wanted(request, size),
        key,
        offer: body.offer,
        inputs,
    };
    let acted = run(request, card, act_request).await?;
    let mut answer = json!({
        "id": acted.id,
        "repeated": acted.repeated,
        "outcome": outcome_object(&acted.outcome),
    });
    let (name, value) = card_after(request, card, &acted);
    answer[name] = value;
    let begun = begun(request, &acted);
    // For clients that keep no cookie: the next action is this reader's, too.
    if let Some(session) = &begun {
        answer["session"] = bearer(&request.shared.app, session).into();
    }
    let mut response = axum::Json(answer).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    remember(request, &mut response, begun.as_ref());
    Ok(response)
}

/// The card after the action: as HTML for a script that asks for it, else as
/// a view object; null if it cannot be drawn just now.
fn card_after(request: &Request<'_>, card: &Card, acted: &Acted) -> (&'static str, Value) {
    let shown = acted.shown.as_ref();
    if request.query.surface.as_deref() == Some("html") {
        let setting = setting(request);
        let html = shown.map(|shown| {
            let stamp = own_stamp(&request.shared.app, shown);
            section(card, shown, setting.manner, &Forms::of_section(&stamp))
        });
        return ("html", html.into());
    }
    let object = shown.map(|shown| shown.drawn.object(shown.freshness));
    ("view", object.into())
}

/// A plain form: every answer is a document or leads to one.
async fn by_form(request: &Request<'_>, form: Form) -> Result<Response, ServiceError> {
    let app = &request.shared.app;
    let card = card::find(app, request.slug)?;
    let stamp = stamp(request)?;
    let size = request.query.size.as_deref().and_then(card::parse_size);
    let wanted = wanted(request, size);
    let offer = form.offer.clone();
    let sent = form.as_sent();
    let key = form_key(&app.keys, wanted.reader.as_ref(), &offer, &sent, &stamp);
    let mut taken = Taken {
        inputs: form.inputs.clone(),
        newcomer: None,
    };
    let acted = async {
        take_in(request, card, &wanted, &key, form, &mut taken).await?;
        let act_request = ActRequest {
            key,
            wanted: wanted.clone(),
            offer: offer.clone().into(),
            inputs: taken.inputs.clone(),
        };
        run(request, card, act_request).await
    };
    match acted.await {
        Ok(acted) => {
            let mut response = Redirect::to(&after(request, &acted)).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            remember(request, &mut response, begun(request, &acted).as_ref());
            Ok(response)
        }
        Err(ServiceError::InputInvalid { text, fields }) => {
            let submission = Submission {
                offer,
                inputs: taken.inputs,
                text,
                fields,
            };
            let begun = taken.newcomer.map(|reader| begin(request, reader));
            // The pictures that the form keeps are theirs, and so is the form.
            let reader = begun.as_ref().map(|session| session.reader.clone());
            let wanted = Wanted {
                reader: reader.or(wanted.reader),
                ..wanted
            };
            let mut response = refused(request, card, &wanted, submission).await?;
            remember(request, &mut response, begun.as_ref());
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

/// A stamp that is not ours comes from a document that is not ours.
fn stamp(request: &Request<'_>) -> Result<FormStamp, ServiceError> {
    let stamp = request.query.v.as_deref().unwrap_or_default();
    FormStamp::parse(stamp).map_err(|_| ServiceError::OfferInvalid)
}

/// The document again, with what was typed and what is wrong with it.
async fn refused(
    request: &Request<'_>,
    card: &Card,
    wanted: &Wanted,
    submission: Submission,
) -> Result<Response, ServiceError> {
    let app = &request.shared.app;
    let shown = view(app, card, wanted).await?;
    let setting = setting(request);
    let aftermath = Aftermath::Refused(submission);
    let reader = wanted.reader.as_ref();
    let html = documents::document(app, card, &shown, reader, &setting, &aftermath);
    let publisher = card.circle.publisher();
    let framing = match setting.manner.kind {
        DocumentKind::Page => Framing::Nobody,
        DocumentKind::Frame => Framing::Sites(&publisher.origins),
    };
    Ok(document(StatusCode::UNPROCESSABLE_ENTITY, html, framing))
}

/// Where a form's reader goes next.
fn after(request: &Request<'_>, acted: &Acted) -> String {
    let slug = request.slug;
    let setting = setting(request);
    match (&setting.manner.kind, &acted.outcome.navigate) {
        // A page of its own can go anywhere; a frame stays with its article.
        (DocumentKind::Page, Some(Destination::Url(url))) => url.clone(),
        (DocumentKind::Page, Some(Destination::Card(other))) => format!("/c/{other}"),
        (kind, _) => {
            let path = match kind {
                DocumentKind::Page => "",
                DocumentKind::Frame => "/embed",
            };
            let mut query = form_urlencoded::Serializer::new(String::new());
            for (name, value) in [
                ("size", &request.query.size),
                ("lang", &request.query.lang),
                ("article", &request.query.article),
            ] {
                if let Some(value) = value {
                    query.append_pair(name, value);
                }
            }
            query.append_pair("theme", theme_word(setting.manner.theme));
            query.append_pair("done", &acted.id);
            let shown = acted.shown.as_ref();
            let at = shown.map_or(&request.query.at, |shown| &shown.drawn.key.at);
            at.address(&format!("/c/{slug}{path}?{}", query.finish()))
        }
    }
}

async fn run(
    request: &Request<'_>,
    card: &Card,
    act_request: ActRequest,
) -> Result<Acted, ServiceError> {
    let publisher = Client::Publisher(card.circle.publisher().id.clone());
    request.check(Rate::ActsOfPublisher, &publisher)?;
    let admission = || request.admit_newcomer();
    act(&request.shared.app, card, act_request, &admission).await
}

/// The session that an action begins, of a reader who had none. Whoever has
/// one keeps it: an answer that is repeated names the reader of then.
fn begun(request: &Request<'_>, acted: &Acted) -> Option<Session> {
    let is_new = request.session.is_none() && acted.reader.is_anonymous();
    is_new.then(|| begin(request, acted.reader.clone()))
}

fn begin(request: &Request<'_>, reader: ReaderId) -> Session {
    let world = &request.shared.app.world;
    Session::anonymous(reader, SessionId::of(world.random()), world.now())
}

/// Gives the cookie of the session that begins, or of the one there is when it
/// is time for a longer one.
fn remember(request: &Request<'_>, response: &mut Response, begun: Option<&Session>) {
    let (shared, headers) = (request.shared, request.headers);
    match begun {
        Some(session) => set_session(shared, response, session),
        None => renew_session(shared, headers, response, request.session.as_ref()),
    }
}

fn wanted(request: &Request<'_>, size: Option<crate::view::Size>) -> Wanted {
    Wanted {
        reader: request
            .session
            .as_ref()
            .map(|session| session.reader.clone()),
        size,
        at: request.query.at.clone(),
        languages: languages(request.query.lang.as_deref(), request.headers),
    }
}

fn setting(request: &Request<'_>) -> Setting {
    let query = DocumentQuery {
        theme: request.query.theme.clone(),
        ..DocumentQuery::default()
    };
    Setting {
        manner: Manner {
            kind: match request.query.from.as_deref() {
                Some("page") => DocumentKind::Page,
                _ => DocumentKind::Frame,
            },
            interactive: true,
            theme: theme(&query),
        },
        article: request.query.article.clone(),
        assets: assets(request.shared),
    }
}

fn inputs_of_json(given: serde_json::Map<String, Value>) -> Result<Inputs, HttpError> {
    let bad = |name: &str| {
        HttpError::bad_request(format!(
            "inputs.{}: an input is a string or a list of strings",
            name.escape_debug()
        ))
    };
    given
        .into_iter()
        .map(|(name, value)| {
            let values = match value {
                Value::String(one) => vec![one],
                Value::Array(many) => many
                    .into_iter()
                    .map(|value| match value {
                        Value::String(one) => Ok(one),
                        _ => Err(bad(&name)),
                    })
                    .collect::<Result<_, _>>()?,
                _ => return Err(bad(&name)),
            };
            Ok((name, values))
        })
        .collect()
}

fn outcome_object(outcome: &Outcome) -> Value {
    let toast = outcome.toast.as_ref();
    let navigate = outcome
        .navigate
        .as_ref()
        .map(|destination| match destination {
            Destination::Url(url) => json!({ "url": url }),
            Destination::Card(slug) => json!({ "card": slug }),
        });
    let event = outcome.event.as_ref().map(|event| {
        // Checked to be JSON before it was recorded.
        let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
        json!({ "name": event.name, "data": data })
    });
    json!({ "toast": toast, "navigate": navigate, "event": event })
}
