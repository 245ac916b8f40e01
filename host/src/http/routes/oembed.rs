//! `GET /oembed`: what a URL of a card becomes when it is pasted, for
//! consumers of oEmbed 1.0.
//!
//! `dnt` is taken and changes nothing: an answer is the same for all, sets no
//! cookie, and its frame names nobody.

use crate::http::Shared;
use crate::http::answer::{languages, ready_made};
use crate::http::error::HttpError;
use crate::http::headers;
use crate::http::request::{Asked, RequestId, text};
use crate::live::surface::Encoded;
use crate::service::ServiceError;
use crate::service::oembed::{Form, Question, Room, oembed};
use crate::view::oembed::oembed_xml_error;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// The query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OEmbedQuery {
    url: String,
    maxwidth: String,
    maxheight: String,
    format: String,
}

/// Consumers ask once for each article and keep what they hear.
const CACHE_CONTROL: &str = "public, max-age=300, s-maxage=60, stale-while-revalidate=86400";

/// The card at a URL.
pub async fn get(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Asked(query): Asked<OEmbedQuery>,
    headers: HeaderMap,
) -> Response {
    let (form, answered) = match form(&query.format) {
        Ok(form) => (form, answer(&shared, &query, form, &headers).await),
        Err(error) => (Form::Json, Err(error)),
    };
    let mut response = answered.unwrap_or_else(|error| refusal(&error.with_id(Some(&id)), form));
    let headers = response.headers_mut();
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept-Encoding, Accept-Language"),
    );
    headers::for_any_site(headers);
    response
}

async fn answer(
    shared: &Shared,
    query: &OEmbedQuery,
    form: Form,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    if query.url.is_empty() {
        return Err(HttpError::bad_request(
            "url is missing: /oembed?url= and the address of a card, percent-encoded",
        ));
    }
    let question = Question {
        url: &query.url,
        room: Room {
            width_max: pixels("maxwidth", &query.maxwidth)?,
            height_max: pixels("maxheight", &query.maxheight)?,
        },
        languages: languages(None, headers),
    };
    let answer = oembed(&shared.app, &question, form).await;
    let answer = Encoded::new(answer.map_err(as_consumers_know_it)?);
    let variant = answer.pick(text(headers, &header::ACCEPT_ENCODING));
    Ok(ready_made(
        headers,
        variant,
        media_type(form),
        CACHE_CONTROL,
    ))
}

/// The statuses of the specification: what is gone is as unknown, and what
/// needs a reader is 401.
fn as_consumers_know_it(error: ServiceError) -> HttpError {
    match error {
        ServiceError::CardGone => {
            HttpError::new(StatusCode::NOT_FOUND, "card_gone", error.to_string())
        }
        error => error.into(),
    }
}

fn form(word: &str) -> Result<Form, HttpError> {
    match word {
        "" | "json" => Ok(Form::Json),
        "xml" => Ok(Form::Xml),
        _ => Err(HttpError::new(
            StatusCode::NOT_IMPLEMENTED,
            "format_unknown",
            format!("format={}: there is json and xml", word.escape_debug()),
        )),
    }
}

/// A limit; without one there is as much room as is wanted.
fn pixels(name: &str, word: &str) -> Result<u32, HttpError> {
    if word.is_empty() {
        return Ok(u32::MAX);
    }
    word.parse().map_err(|_| {
        HttpError::bad_request(format!(
            "{name}={}: write a whole number of pixels",
            word.escape_debug()
        ))
    })
}

fn refusal(error: &HttpError, form: Form) -> Response {
    let mut response = error.clone().into_response();
    if form == Form::Xml {
        let xml = oembed_xml_error(error.code(), error.message());
        let length = HeaderValue::from(xml.len());
        *response.body_mut() = xml.into();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, length);
        let media_type = HeaderValue::from_static(media_type(form));
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    response
}

fn media_type(form: Form) -> &'static str {
    match form {
        Form::Json => "application/json",
        Form::Xml => "text/xml; charset=utf-8",
    }
}
