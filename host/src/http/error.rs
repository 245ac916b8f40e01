//! Errors as the outside hears them: one JSON shape, one status a code.

use super::request::{RequestId, Whole};
use crate::identity::TokenRefused;
use crate::service::ServiceError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An error, ready to be answered.
#[derive(Clone, Debug)]
pub struct HttpError {
    /// The status.
    pub status: StatusCode,
    body: ErrorBody,
}

/// The error shape of shapes.md.
#[derive(Clone, Debug, Serialize)]
struct ErrorBody {
    code: &'static str,
    message: String,
    id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldError>,
    retry_after_ms: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
struct FieldError {
    name: String,
    message: String,
}

impl HttpError {
    /// An error with a code of the table in shapes.md.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> HttpError {
        HttpError {
            status,
            body: ErrorBody {
                code,
                message: message.into(),
                id: String::new(),
                fields: Vec::new(),
                retry_after_ms: None,
            },
        }
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> HttpError {
        HttpError::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// A request that took too long.
    pub fn timed_out() -> HttpError {
        let busy = ServiceError::Overloaded {
            retry_after_ms: 1000,
        };
        busy.into()
    }

    /// With when to try again.
    #[must_use]
    pub fn retry_after(mut self, ms: u64) -> HttpError {
        self.body.retry_after_ms = Some(ms);
        self
    }

    /// The code.
    pub fn code(&self) -> &'static str {
        self.body.code
    }

    /// What happened, and what to do.
    pub fn message(&self) -> &str {
        &self.body.message
    }

    /// When to try again, in whole seconds, if that helps.
    pub fn retry_after_s(&self) -> Option<u64> {
        self.body.retry_after_ms.map(|ms| ms.div_ceil(1000).max(1))
    }

    /// With the request's id, by which its log lines are found.
    #[must_use]
    pub fn with_id(mut self, id: Option<&RequestId>) -> HttpError {
        self.body.id = id.map(|id| id.0.clone()).unwrap_or_default();
        self
    }
}

impl From<ServiceError> for HttpError {
    fn from(error: ServiceError) -> Self {
        use ServiceError as E;
        let (status, code) = match &error {
            E::CardUnknown => (StatusCode::NOT_FOUND, "card_unknown"),
            E::CircleUnknown => (StatusCode::NOT_FOUND, "circle_unknown"),
            E::CardGone => (StatusCode::GONE, "card_gone"),
            E::PageUnknown => (StatusCode::NOT_FOUND, "page_unknown"),
            E::PostUnknown => (StatusCode::NOT_FOUND, "post_unknown"),
            E::LetterUnknown => (StatusCode::NOT_FOUND, "dead_letter_unknown"),
            E::Argument(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            E::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            E::KeyReused => (StatusCode::CONFLICT, "key_reused"),
            E::OfferInvalid => (StatusCode::FORBIDDEN, "offer_invalid"),
            E::OfferNotYours => (StatusCode::FORBIDDEN, "offer_not_yours"),
            E::TokenRefused(TokenRefused::KeysUnavailable) => {
                (StatusCode::SERVICE_UNAVAILABLE, "keys_unavailable")
            }
            E::TokenRefused(_) => (StatusCode::UNAUTHORIZED, "token_invalid"),
            E::TicketRefused(_) => (StatusCode::FORBIDDEN, "ticket_invalid"),
            E::SignInRequired => (StatusCode::UNAUTHORIZED, "sign_in_required"),
            E::Denied(_) => (StatusCode::FORBIDDEN, "denied"),
            E::InputInvalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "input_invalid"),
            E::PluginFault => (StatusCode::INTERNAL_SERVER_ERROR, "plugin_fault"),
            E::Overloaded { .. } => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
            E::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            E::StoreUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable"),
            E::PicturesOff => (StatusCode::NOT_FOUND, "pictures_off"),
            E::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        let mut answer = HttpError::new(status, code, error.to_string());
        match error {
            E::InputInvalid { fields, .. } => {
                answer.body.fields = fields
                    .into_iter()
                    .map(|(name, message)| FieldError { name, message })
                    .collect();
            }
            E::Overloaded { retry_after_ms } | E::RateLimited { retry_after_ms } => {
                answer.body.retry_after_ms = Some(retry_after_ms);
            }
            E::StoreUnavailable | E::TokenRefused(TokenRefused::KeysUnavailable) => {
                answer.body.retry_after_ms = Some(5000);
            }
            _ => {}
        }
        answer
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(&self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// No such route. The body is read all the same, as far as one may be sent:
/// what is left unread ends a connection that others may share.
pub async fn not_found(
    id: axum::Extension<RequestId>,
    _body: Result<Whole, HttpError>,
) -> HttpError {
    nothing_here(&id)
}

/// There is nothing at this address.
pub fn nothing_here(id: &RequestId) -> HttpError {
    HttpError::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is nothing at this address; a card is at /c/CARD",
    )
    .with_id(Some(id))
}

/// A route that does not take this method. The body, as above.
pub async fn method_not_allowed(
    id: axum::Extension<RequestId>,
    _body: Result<Whole, HttpError>,
) -> HttpError {
    HttpError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this address does not take that method; see the Allow header",
    )
    .with_id(Some(&id))
}
