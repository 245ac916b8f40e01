//! `/me`: a reader's own page, and what they can do there: take their data
//! along, sign out, be erased.

use crate::http::Shared;
use crate::http::answer::{assets, clear_session, document, languages, notice};
use crate::http::error::HttpError;
use crate::http::headers::Framing;
use crate::http::limits::{Client, Rate};
use crate::http::request::{
    RequestId, SessionAsBrought, Whole, limited, media_type, read_json, same_site,
    session_as_brought, session_of,
};
use crate::identity::erasure_token;
use crate::service::account::{self, Look};
use crate::service::erase::{self, Receipt};
use crate::service::session::{self as sessions, Which};
use crate::service::{ServiceError, export};
use crate::view::document::{ACCOUNT_PATH, DocumentKind};
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream::unfold;
use serde::Deserialize;
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// `GET /me`: the page.
pub async fn page(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    let written = async {
        let session = session_of(&shared, &headers).await?;
        let reader = session.as_ref().map(|session| &session.reader);
        account::page(&shared.app, reader, look(&shared, &headers).borrowed()).await
    };
    show(written.await, &headers, &id)
}

/// `GET /me/delete`: asks once more.
pub async fn confirm(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    let written = async {
        let look = look(&shared, &headers);
        match session_of(&shared, &headers).await? {
            Some(session) => {
                let page = account::confirm_page(&shared.app, &session.reader, look.borrowed());
                Ok(page)
            }
            None => account::page(&shared.app, None, look.borrowed()).await,
        }
    };
    show(written.await, &headers, &id)
}

/// `GET /me/export`: everything that is kept of the session's reader.
pub async fn export(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    // A page that frames it would have the reader's browser save it, again and
    // again.
    if let Err(error) = same_site(
        &shared,
        &headers,
        "a reader exports from their own page, /me",
    ) {
        return error.with_id(Some(&id)).into_response();
    }
    let session = match session_of(&shared, &headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return no_session().with_id(Some(&id)).into_response(),
        Err(error) => return HttpError::from(error).with_id(Some(&id)).into_response(),
    };
    let reader = Client::Reader(session.reader.clone());
    if let Err(error) = limited(&shared, Rate::Exports, &reader) {
        return error.with_id(Some(&id)).into_response();
    }
    let pieces = export::export(&shared.app, &session.reader);
    // A piece that is an error ends the connection before the document is
    // whole, so that nobody takes half of it for all.
    let body = Body::from_stream(unfold(pieces, async |mut pieces| {
        Some((pieces.recv().await?, pieces))
    }));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "private, no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"quanka-export.json\"",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The fields of the forms.
#[derive(Debug, Default, Deserialize)]
struct Fields {
    confirm: Option<String>,
}

/// `POST /me/delete`: erases the session's reader, by the form of the page that
/// asks once more, or as JSON. Again gives the same receipt.
pub async fn erase(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let by_form = media_type(&headers).as_deref() == Some(FORM);
    match erased(&shared, &headers, body, by_form).await {
        Ok(receipt) => {
            let mut response = match by_form {
                true => {
                    let html = account::receipt_page(&receipt, look(&shared, &headers).borrowed());
                    show(Ok(html), &headers, &id)
                }
                false => receipt_answer(&receipt),
            };
            clear_session(&shared, &mut response);
            response
        }
        Err(error) => refuse(&error, by_form, &headers, &id),
    }
}

async fn erased(
    shared: &Shared,
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
    by_form: bool,
) -> Result<Receipt, HttpError> {
    same_site(
        shared,
        headers,
        "a reader is erased from their own page, /me",
    )?;
    let Whole(body) = body?;
    let app = &shared.app;
    let fields = match media_type(headers).as_deref() {
        Some(FORM) => fields(&body),
        Some(JSON) => read_json(&body, "a wish to be erased")?,
        _ => return Err(unsupported()),
    };
    // Whoever was erased has no session that stands, and shall have their
    // receipt all the same.
    let SessionAsBrought(Some(session)) = session_as_brought(shared, headers) else {
        return Err(no_session());
    };
    let token = erasure_token(&app.keys, &session.reader);
    let is_meant = match by_form {
        true => fields.confirm.as_deref() == Some(&token),
        false => fields.confirm.as_deref() == Some("erase"),
    };
    if !is_meant {
        return Err(HttpError::bad_request(
            "to erase the reader of this session and everything that is kept of them, send \
             {\"confirm\":\"erase\"}, or the form of /me/delete",
        ));
    }
    if let Some(receipt) = erase::receipt(app, &session.reader).await? {
        return Ok(receipt);
    }
    let session = session_of(shared, headers).await?.ok_or_else(no_session)?;
    Ok(erase::erase(app, &session.reader).await?)
}

/// `POST /me/sign-out`: by the form of the page.
pub async fn sign_out(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let done = async {
        same_site(
            &shared,
            &headers,
            "a reader signs out on their own page, /me",
        )?;
        if media_type(&headers).as_deref() != Some(FORM) {
            return Err(unsupported());
        }
        let Whole(body) = body?;
        let which = match form_urlencoded::parse(&body).any(|(name, _)| name == "everywhere") {
            true => Which::All,
            false => Which::This,
        };
        if let Some(session) = session_of(&shared, &headers).await? {
            sessions::sign_out(&shared.app, &session, which).await?;
        }
        Ok(())
    };
    match done.await {
        Ok(()) => {
            let mut response = Redirect::to(ACCOUNT_PATH).into_response();
            no_store(&mut response);
            clear_session(&shared, &mut response);
            response
        }
        Err(error) => refuse(&error, true, &headers, &id),
    }
}

/// A receipt as JSON: 200, or 202 while something is left to be done.
pub fn receipt_answer(receipt: &Receipt) -> Response {
    let (status, word) = match receipt.is_done {
        true => (StatusCode::OK, "done"),
        false => (StatusCode::ACCEPTED, "pending"),
    };
    let body: Value = json!({
        "receipt": receipt.id,
        "status": word,
        "erased_at": format!("{:.0}", receipt.at),
    });
    let mut response = (status, axum::Json(body)).into_response();
    no_store(&mut response);
    response
}

fn fields(body: &[u8]) -> Fields {
    let mut fields = form_urlencoded::parse(body);
    let confirm = fields.find(|(name, _)| name == "confirm");
    Fields {
        confirm: confirm.map(|(_, value)| value.into_owned()),
    }
}

fn show(written: Result<String, ServiceError>, headers: &HeaderMap, id: &RequestId) -> Response {
    match written {
        Ok(html) => {
            let mut response = document(StatusCode::OK, html, Framing::Nobody);
            no_store(&mut response);
            let vary = HeaderValue::from_static("Accept-Language, Cookie");
            response.headers_mut().insert(header::VARY, vary);
            response
        }
        Err(error) => refuse(&error.into(), true, headers, id),
    }
}

fn refuse(error: &HttpError, as_document: bool, headers: &HeaderMap, id: &RequestId) -> Response {
    match as_document {
        true => notice(DocumentKind::Page, error, headers, id),
        false => error.clone().with_id(Some(id)).into_response(),
    }
}

/// Nothing of this is for the next one at the same screen.
fn no_store(response: &mut Response) {
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
}

/// How this request's reader has their page.
struct OwnLook {
    lang: &'static str,
    style_url: String,
}

impl OwnLook {
    fn borrowed(&self) -> Look<'_> {
        Look {
            lang: self.lang,
            style_url: &self.style_url,
        }
    }
}

fn look(shared: &Shared, headers: &HeaderMap) -> OwnLook {
    let lang = match languages(None, headers).first() {
        Some(first) if !first.starts_with("zh") => "en",
        _ => "zh-CN",
    };
    OwnLook {
        lang,
        style_url: assets(shared).style_url,
    }
}

fn no_session() -> HttpError {
    HttpError::new(
        StatusCode::UNAUTHORIZED,
        "sign_in_required",
        "this needs a session: its cookie, or `Authorization: Bearer`",
    )
}

fn unsupported() -> HttpError {
    HttpError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "send the form of /me, or application/json",
    )
}
