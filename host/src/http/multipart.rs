//! Bodies that may carry pictures: a form's parts, each within its limits, or
//! any other body, whole.
//!
//! A form is large, so it is read only when nothing in its head stands against
//! it, and only where there is room in memory for it beside all others.

use super::Shared;
use super::error::HttpError;
use super::request::{Whole, media_type};
use crate::service::ServiceError;
use axum::body::{Bytes, HttpBody as _};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The media type of a form with pictures.
pub const MULTIPART: &str = "multipart/form-data";

/// The most parts of a form: its inputs, and nine pictures of each of several
/// fields.
const PARTS_MAX: usize = 512;

/// When there may be room again.
const ROOM_RETRY_MS: u64 = 1_000;

/// A request's body.
#[derive(Clone, Debug)]
pub enum Sent {
    /// Of any other media type.
    Whole(Bytes),
    /// A form's parts.
    Parts(Parts),
}

/// The parts of a form.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Names and values, in their order.
    pub fields: Vec<(String, String)>,
    /// Names of fields, and what each file holds.
    pub files: Vec<(String, Bytes)>,
}

impl Parts {
    /// The first value of a name; empty if there is none.
    pub fn field(&self, name: &str) -> String {
        let field = self.fields.iter().find(|(field, _)| field == name);
        field.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// Memory for forms with files, of all requests together.
#[derive(Debug)]
pub struct BodyRoom {
    /// A place for each KiB: a semaphore counts what is asked for in 32 bits.
    places: Arc<Semaphore>,
}

impl BodyRoom {
    /// `media.bodies_bytes_max`.
    pub fn new(bytes_max: usize) -> BodyRoom {
        let places = bytes_max.div_ceil(KIB).min(Semaphore::MAX_PERMITS);
        BodyRoom {
            places: Arc::new(Semaphore::new(places)),
        }
    }

    /// Room for a body, until what it returns is dropped. Nobody waits for it: a
    /// body that is not read holds its sender up, and those who wait would fill
    /// the host's connections instead of its memory.
    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, HttpError> {
        let places = u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX);
        let taken = Arc::clone(&self.places).try_acquire_many_owned(places);
        taken.map_err(|_none_left| {
            tracing::warn!("media.bodies_bytes_max is reached");
            let retry_after_ms = ROOM_RETRY_MS;
            ServiceError::Overloaded { retry_after_ms }.into()
        })
    }
}

const KIB: usize = 1 << 10;

/// A body that nobody has read yet.
#[derive(Debug)]
pub struct Unread(Request);

impl FromRequest<Shared> for Unread {
    type Rejection = Infallible;

    async fn from_request(request: Request, _shared: &Shared) -> Result<Self, Infallible> {
        Ok(Unread(request))
    }
}

impl Unread {
    /// Whether it says that it is a form that may have files.
    pub fn has_parts(&self) -> bool {
        media_type(self.0.headers()).as_deref() == Some(MULTIPART)
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// 413, 400 or 408 for what it is; 503 where there is no room for it.
    pub async fn read(self, shared: &Shared) -> Result<Sent, HttpError> {
        if self.has_parts() {
            return read(self.0, shared).await.map(Sent::Parts);
        }
        let Whole(body) = Whole::from_request(self.0, shared).await?;
        Ok(Sent::Whole(body))
    }

    /// Reads as much as any other body may have, after its head was refused, and
    /// keeps nothing: what is left unread ends a connection that others may share.
    /// A longer one is left.
    pub async fn discard(self, shared: &Shared) {
        let _ = Whole::from_request(self.0, shared).await;
    }
}

async fn read(mut request: Request, shared: &Shared) -> Result<Parts, HttpError> {
    let form_bytes_max = shared.app.config.media.form_bytes_max;
    let promised = request.body().size_hint();
    // A length that is promised need not be waited for.
    if promised.lower() > form_bytes_max as u64 {
        return Err(form_too_large());
    }
    let bytes = promised
        .upper()
        .and_then(|bytes| usize::try_from(bytes).ok());
    let bytes = bytes.map_or(form_bytes_max, |bytes| bytes.min(form_bytes_max));
    let room = Arc::new(shared.bodies.take(bytes)?);
    DefaultBodyLimit::max(form_bytes_max).apply(&mut request);
    let file_bytes_max = shared.app.config.media.bytes_max;
    let field_bytes_max = shared.app.config.server.body_bytes_max;
    let mut multipart = Multipart::from_request(request, shared)
        .await
        .map_err(|error| HttpError::bad_request(error.body_text()))?;
    let mut parts = Parts::default();
    let mut field_bytes = 0;
    let mut count = 0;
    while let Some(part) = multipart.next_field().await.map_err(refused)? {
        count += 1;
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        // A whole part is in memory before its length is known, and no more
        // than the whole body may be.
        let content = part.bytes().await.map_err(refused)?;
        if count > PARTS_MAX {
            return Err(HttpError::bad_request("the form has too many parts"));
        }
        if is_file {
            if content.len() > file_bytes_max {
                return Err(too_large(format!(
                    "a picture has more than {file_bytes_max} bytes (media.bytes_max)"
                )));
            }
            // A field that nothing was chosen in.
            if !content.is_empty() {
                parts.files.push((name, held(content, &room)));
            }
            continue;
        }
        field_bytes += name.len() + content.len();
        if field_bytes > field_bytes_max {
            return Err(too_large(format!(
                "the fields have more than {field_bytes_max} bytes (server.body_bytes_max)"
            )));
        }
        let value = String::from_utf8(content.to_vec())
            .map_err(|_| HttpError::bad_request("a field is no UTF-8"))?;
        parts.fields.push((name, value));
    }
    Ok(parts)
}

/// A file that keeps its form's room as long as it is in memory, also where its
/// request has ended and a decoder goes on.
fn held(file: Bytes, room: &Arc<OwnedSemaphorePermit>) -> Bytes {
    struct Held {
        file: Bytes,
        _room: Arc<OwnedSemaphorePermit>,
    }
    impl AsRef<[u8]> for Held {
        fn as_ref(&self) -> &[u8] {
            &self.file
        }
    }
    Bytes::from_owner(Held {
        file,
        _room: Arc::clone(room),
    })
}

fn too_large(message: String) -> HttpError {
    HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
}

fn form_too_large() -> HttpError {
    too_large("the form has too many bytes (media.form_bytes_max)".to_owned())
}

#[allow(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn refused(error: MultipartError) -> HttpError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return form_too_large();
    }
    HttpError::bad_request("the form did not arrive whole, or is none")
}
