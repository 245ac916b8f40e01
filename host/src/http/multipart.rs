//! Bodies that may carry pictures: a form's parts, each within its limits, or
//! any other body, whole.

use super::Shared;
use super::error::HttpError;
use super::request::{RequestId, Whole, media_type};
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::StatusCode;

/// The media type of a form with pictures.
pub const MULTIPART: &str = "multipart/form-data";

/// The most parts of a form: its inputs, and nine pictures of each of several
/// fields.
const PARTS_MAX: usize = 512;

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

impl FromRequest<Shared> for Sent {
    type Rejection = HttpError;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, HttpError> {
        if media_type(request.headers()).as_deref() != Some(MULTIPART) {
            let Whole(body) = Whole::from_request(request, shared).await?;
            return Ok(Sent::Whole(body));
        }
        let id = request.extensions().get::<RequestId>().cloned();
        let parts = read(request, shared).await;
        parts
            .map(Sent::Parts)
            .map_err(|error| error.with_id(id.as_ref()))
    }
}

async fn read(mut request: Request, shared: &Shared) -> Result<Parts, HttpError> {
    DefaultBodyLimit::max(shared.app.config.media.form_bytes_max).apply(&mut request);
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
                parts.files.push((name, content));
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

fn too_large(message: String) -> HttpError {
    HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
}

#[allow(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn refused(error: MultipartError) -> HttpError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large("the form has too many bytes (media.form_bytes_max)".to_owned());
    }
    HttpError::bad_request("the form did not arrive whole, or is none")
}
