//! `/circles/{circle}/transfer`: the owner of a circle gives it to another
//! publisher, by the form of a page that works without script, or as JSON.

use super::circles::look;
use crate::http::Shared;
use crate::http::answer::{document, notice};
use crate::http::error::HttpError;
use crate::http::headers::Framing;
use crate::http::request::{RequestId, Whole, media_type, read_json, same_site, session_of};
use crate::identity::{ReaderId, transfer_token};
use crate::service::{ServiceError, directory, transfer};
use crate::view::document::{CIRCLES_PATH, DocumentKind, TransferDocument, transfer_document};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// `GET /circles/{circle}/transfer`: the page, for the owner.
pub async fn page(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Path(circle): Path<String>,
    headers: HeaderMap,
) -> Response {
    let mut response = match written(&shared, &circle, &headers).await {
        Ok(html) => document(StatusCode::OK, html, Framing::Nobody),
        Err(error) => notice(DocumentKind::Page, &error.into(), &headers, &id),
    };
    for (name, value) in [
        (header::CACHE_CONTROL, "private, no-store"),
        (header::VARY, "Accept-Language, Cookie"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

async fn written(
    shared: &Shared,
    circle: &str,
    headers: &HeaderMap,
) -> Result<String, ServiceError> {
    let app = &shared.app;
    let circle = directory::circle(app, circle)?;
    let session = session_of(shared, headers).await?;
    let reader = session.map(|session| session.reader);
    let reader = reader.ok_or(ServiceError::SignInRequired)?;
    if !transfer::is_owner(circle, Some(&reader)) {
        return Err(ServiceError::Denied(
            "only the owner of a circle can give it away".to_owned(),
        ));
    }
    let hands = circle.hands();
    let mut publishers: Vec<(String, String)> = app
        .publishers
        .values()
        .filter(|other| other.id != hands.publisher.id)
        .map(|other| (other.id.to_string(), other.name.clone()))
        .collect();
    publishers.sort();
    let offered_to = transfer::offered_to(app, circle).await?;
    let offered_to = offered_to.and_then(|to| app.publishers.get(&to));
    let look = look(shared, headers, None);
    Ok(transfer_document(&TransferDocument {
        look: look.borrowed(),
        circle: &hands.facts.name,
        circle_url: &format!("{CIRCLES_PATH}/{}", circle.id),
        action: &format!("/api/v1/circles/{}/transfer", circle.id),
        token: &transfer_token(&app.keys, &circle.id, &reader),
        publishers: &publishers,
        offered_to: offered_to.map(|publisher| publisher.name.as_str()),
    }))
}

/// What the form, or the body, says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    /// The other publisher's id; empty to take an offer back.
    to: String,
    /// What the page's form carries.
    #[serde(skip)]
    confirm: String,
}

/// `POST /api/v1/circles/{circle}/transfer`.
pub async fn offer(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Path(circle): Path<String>,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let by_form = media_type(&headers).as_deref() == Some(FORM);
    match offered(&shared, &circle, &headers, body).await {
        Ok(_) if by_form => {
            Redirect::to(&format!("{CIRCLES_PATH}/{circle}/transfer")).into_response()
        }
        Ok(to) => {
            let offered_to = Some(to).filter(|to| !to.is_empty());
            let answer = json!({"circle": circle, "offered_to": offered_to});
            (StatusCode::ACCEPTED, axum::Json(answer)).into_response()
        }
        Err(error) if by_form => notice(DocumentKind::Page, &error, &headers, &id),
        Err(error) => error.with_id(Some(&id)).into_response(),
    }
}

async fn offered(
    shared: &Shared,
    circle: &str,
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
) -> Result<String, HttpError> {
    same_site(
        shared,
        headers,
        "an owner gives a circle away on its own page, /circles/CIRCLE/transfer",
    )?;
    let Whole(body) = body?;
    let by_form = match media_type(headers).as_deref() {
        Some(FORM) => true,
        Some(JSON) => false,
        _ => {
            return Err(HttpError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send the form of the circle's page, or application/json",
            ));
        }
    };
    let fields = match by_form {
        true => fields(&body),
        false => read_json(&body, "a transfer")?,
    };
    let app = &shared.app;
    let circle = directory::circle(app, circle)?;
    let session = session_of(shared, headers).await?;
    let reader: ReaderId = session
        .map(|session| session.reader)
        .ok_or(ServiceError::SignInRequired)?;
    if by_form && fields.confirm != transfer_token(&app.keys, &circle.id, &reader) {
        return Err(HttpError::bad_request(
            "this form is not one that this host made for you; load its page again",
        ));
    }
    let to = Some(fields.to.as_str()).filter(|to| !to.is_empty());
    transfer::offer(app, circle, &reader, to).await?;
    Ok(fields.to)
}

fn fields(body: &[u8]) -> Fields {
    let mut fields = Fields::default();
    for (name, value) in form_urlencoded::parse(body) {
        match name.as_ref() {
            "to" => fields.to = value.into_owned(),
            "confirm" => fields.confirm = value.into_owned(),
            _ => {}
        }
    }
    fields
}
