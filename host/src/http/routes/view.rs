//! `GET /c/{card}/view`: the view in the surface asked for.

use crate::app::millis;
use crate::http::Shared;
use crate::http::answer::{languages, ready_made, renew_session, seconds_until};
use crate::http::error::HttpError;
use crate::http::headers;
use crate::http::request::{Asked, RequestId, Slug, session_of, text};
use crate::live::drawn::Freshness;
use crate::live::surface::Surface;
use crate::service::picture::{self, PictureSize};
use crate::service::view::{self as views, Shown, Wanted, view};
use crate::service::{ServiceError, card};
use crate::view::At;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// Says that a view is the last good one, and why.
const STALE: HeaderName = HeaderName::from_static("quanka-stale");

/// The query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ViewQuery {
    /// Which of the card's pages.
    at: At,
    #[serde(rename = "as")]
    surface: Option<String>,
    size: Option<String>,
    lang: Option<String>,
    me: Option<String>,
    /// Of a painted picture, in pixels.
    width: Option<String>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Surface(Surface),
    Painted,
}

/// The view of *none*, or with `me=1` the session's own.
pub async fn get(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Slug(slug): Slug,
    Asked(query): Asked<ViewQuery>,
    headers: HeaderMap,
) -> Response {
    answer(&shared, &slug, &query, &headers)
        .await
        .unwrap_or_else(|error| error.with_id(Some(&id)).into_response())
}

async fn answer(
    shared: &Shared,
    slug: &str,
    query: &ViewQuery,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    let form = form(query.surface.as_deref(), text(headers, &header::ACCEPT))?;
    let size = query.size.as_deref().map(parse_size).transpose()?;
    let mine = query.me.as_deref() == Some("1");
    if mine && matches!(form, Form::Painted | Form::Surface(Surface::Svg)) {
        return Err(HttpError::bad_request(
            "a picture is the same for everybody: leave me=1 out",
        ));
    }
    let width = picture_size(query.width.as_deref())?;
    let session = match mine {
        true => session_of(shared, headers).await?,
        false => None,
    };
    let card = card::find(&shared.app, slug)?;
    let wanted = Wanted {
        reader: session.as_ref().map(|session| session.reader.clone()),
        size,
        at: query.at.clone(),
        languages: languages(query.lang.as_deref(), headers),
    };
    let shown = view(&shared.app, card, &wanted).await?;
    let mut response = match (form, shown.freshness) {
        (Form::Painted, _) => painted(shared, &shown, width, headers).await?,
        (Form::Surface(surface), Freshness::Fresh) => fresh(shared, &shown, surface, headers, mine),
        (Form::Surface(surface), Freshness::Stale) => stale(&shown, surface),
    };
    renew_session(shared, headers, &mut response, session.as_ref());
    match form {
        // In mails, feeds and previews a picture stands on other sites' pages.
        Form::Painted | Form::Surface(Surface::Svg) => {
            headers::for_any_site(response.headers_mut());
        }
        Form::Surface(_) => {}
    }
    if !mine && form != Form::Painted {
        cacheable(shared, &shown, response.headers_mut());
    }
    Ok(response)
}

/// Painting is dear, and a preview may well be some minutes old; who must have
/// the newest names its version in the address.
const PAINTED: &str = "public, max-age=300, s-maxage=60, stale-while-revalidate=86400";

async fn painted(
    shared: &Shared,
    shown: &Shown,
    size: PictureSize,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    let painted = picture::painted(&shared.app, shown, size).await?;
    let kept = match shown.freshness {
        Freshness::Fresh => PAINTED,
        Freshness::Stale => "no-store",
    };
    // PNG is compressed already.
    let mut response = ready_made(headers, painted.pick(None), "image/png", kept);
    let headers = response.headers_mut();
    if shown.freshness == Freshness::Stale {
        headers.insert(STALE, HeaderValue::from_static("fault"));
    }
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept, Accept-Language"),
    );
    Ok(response)
}

/// The width asked for: one of those that are painted.
fn picture_size(word: Option<&str>) -> Result<PictureSize, HttpError> {
    let Some(word) = word else {
        return Ok(PictureSize::Large);
    };
    let named = PictureSize::ALL
        .into_iter()
        .find(|size| size.width_px().to_string() == word);
    named.ok_or_else(|| {
        let widths = PictureSize::ALL.map(|size| size.width_px().to_string());
        HttpError::bad_request(format!(
            "width={}: a picture is {} pixels wide",
            word.escape_debug(),
            widths.join(", ")
        ))
    })
}

fn fresh(
    shared: &Shared,
    shown: &Shown,
    surface: Surface,
    headers: &HeaderMap,
    mine: bool,
) -> Response {
    let accept_encoding = text(headers, &header::ACCEPT_ENCODING);
    let variant = views::ready_made(&shared.app, shown, surface, accept_encoding);
    let (cache_control, vary) = match mine {
        true => (
            "private, no-cache",
            "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie",
        ),
        false => (SHARED, "Accept, Accept-Encoding, Accept-Language"),
    };
    let mut response = ready_made(headers, variant, surface.media_type(), cache_control);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    response
}

/// The last good view, marked, and kept by nobody.
fn stale(shown: &Shown, surface: Surface) -> Response {
    let body = shown.drawn.written(surface, Freshness::Stale);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(surface.media_type()),
    );
    headers.insert(STALE, HeaderValue::from_static("fault"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A shared view may be a moment old anywhere: changes reach readers by other
/// ways. Shared caches may hold it shorter than browsers may, since they serve
/// more of them.
const SHARED: &str = "public, max-age=5, s-maxage=2, stale-while-revalidate=30";

/// A view that expires sooner than that says so.
fn cacheable(shared: &Shared, shown: &Shown, headers: &mut HeaderMap) {
    let Some(expires_at_ms) = shown.drawn.basis.expires_at_ms() else {
        return;
    };
    let left_s = seconds_until(expires_at_ms, millis(shared.app.world.now()));
    if left_s < 5 && shown.freshness == Freshness::Fresh {
        let soon = format!("public, max-age={left_s}, s-maxage={left_s}");
        if let Ok(soon) = HeaderValue::from_str(&soon) {
            headers.insert(header::CACHE_CONTROL, soon);
        }
    }
}

/// The size asked for.
pub fn parse_size(word: &str) -> Result<crate::view::Size, HttpError> {
    card::parse_size(word).ok_or_else(|| {
        HttpError::bad_request(format!(
            "size={}: a card is compact, standard or feed",
            word.escape_debug()
        ))
    })
}

/// `as` wins, then `Accept`, else JSON.
fn form(word: Option<&str>, accept: Option<&str>) -> Result<Form, HttpError> {
    if word == Some("png") {
        return Ok(Form::Painted);
    }
    if let Some(word) = word {
        let named = Surface::ALL
            .into_iter()
            .find(|surface| surface.word() == word);
        return named.map(Form::Surface).ok_or_else(|| {
            HttpError::bad_request(format!(
                "as={}: a view comes as html, json, text, markdown, svg or png",
                word.escape_debug()
            ))
        });
    }
    let Some(accept) = accept else {
        return Ok(Form::Surface(Surface::Json));
    };
    accepted(accept).ok_or_else(|| {
        HttpError::new(
            StatusCode::NOT_ACCEPTABLE,
            "not_acceptable",
            "a view comes as text/html, application/json, text/plain, text/markdown, \
             image/svg+xml or image/png",
        )
    })
}

/// The surface an `Accept` header likes best; JSON where it likes all alike.
fn accepted(accept: &str) -> Option<Form> {
    const PREFERENCE: [Form; 6] = [
        Form::Surface(Surface::Json),
        Form::Surface(Surface::Html),
        Form::Surface(Surface::Text),
        Form::Surface(Surface::Markdown),
        // Before the vector: who says `image/*` may not draw one.
        Form::Painted,
        Form::Surface(Surface::Svg),
    ];
    let ranges: Vec<(&str, f32)> = accept
        .split(',')
        .map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight = parts.find_map(|parameter| parameter.strip_prefix("q="));
            (name, weight.and_then(|q| q.parse().ok()).unwrap_or(1.0))
        })
        .collect();
    let weight = |form: Form| {
        let media_type = match form {
            Form::Painted => "image/png",
            Form::Surface(surface) => surface.media_type(),
        };
        let media_type = media_type.split(';').next().unwrap_or_default();
        let group = media_type.split('/').next().unwrap_or_default();
        // The most specific range that fits decides.
        let exact = ranges.iter().find(|(name, _)| *name == media_type);
        let grouped = || {
            ranges
                .iter()
                .find(|(name, _)| name.strip_suffix("/*") == Some(group) && *name != "*/*")
        };
        let any = || ranges.iter().find(|(name, _)| *name == "*/*");
        exact
            .or_else(grouped)
            .or_else(any)
            .map_or(0.0, |(_, weight)| *weight)
    };
    let mut best = None;
    for form in PREFERENCE {
        let this = weight(form);
        if this > 0.0 && best.is_none_or(|(_, other)| this > other) {
            best = Some((form, this));
        }
    }
    best.map(|(form, _)| form)
}

impl From<ServiceError> for Response {
    fn from(error: ServiceError) -> Self {
        HttpError::from(error).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surfaces_are_chosen_by_word_then_by_accept() {
        let chosen = |word: Option<&str>, accept: Option<&str>| {
            form(word, accept).map_err(|error| error.status.as_u16())
        };
        let check = |word: Option<&str>, accept: Option<&str>, expected: Result<Surface, u16>| {
            let expected = expected.map(Form::Surface);
            assert_eq!(chosen(word, accept), expected, "{word:?} {accept:?}");
        };
        check(Some("svg"), None, Ok(Surface::Svg));
        check(None, Some("image/svg+xml"), Ok(Surface::Svg));
        assert_eq!(chosen(Some("png"), Some("text/html")), Ok(Form::Painted));
        assert_eq!(chosen(None, Some("image/png")), Ok(Form::Painted));
        assert_eq!(chosen(None, Some("image/*")), Ok(Form::Painted));
        check(None, Some("image/*;q=0.5,text/plain"), Ok(Surface::Text));
        check(None, None, Ok(Surface::Json));
        check(Some("text"), Some("text/html"), Ok(Surface::Text));
        check(Some("pdf"), None, Err(400));
        check(Some(""), None, Err(400));
        check(None, Some("*/*"), Ok(Surface::Json));
        check(
            None,
            Some("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
            Ok(Surface::Html),
        );
        check(None, Some("text/*"), Ok(Surface::Html));
        check(
            None,
            Some("text/markdown, text/plain;q=0.5"),
            Ok(Surface::Markdown),
        );
        check(
            None,
            Some("application/json;q=0, text/plain"),
            Ok(Surface::Text),
        );
        check(None, Some("image/webp"), Err(406));
    }
}
