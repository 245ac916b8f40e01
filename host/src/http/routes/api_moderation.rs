//! `/api/v1/circles/{circle}/moderation` and `…/posts/{post}/…`: a publisher's
//! server sees what is held and what was reported, and decides as the owner does.

use super::posts::post_url;
use crate::app::{Circle, instant};
use crate::community::posts::{Report, Verdict};
use crate::http::Shared;
use crate::http::answer::languages;
use crate::http::api::{circle_of, publisher_of};
use crate::http::error::HttpError;
use crate::http::listener::Peer;
use crate::http::request::{Asked, OfPost, RequestId, Slug, Whole, read_json};
use crate::service::moderation::{Change, Keeper, Queue, approved, change, queue, version};
use crate::service::posts::{Signed, status_word};
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// Posts on one page, unless another number is asked for; and the most.
const PAGE: u32 = 20;
const PAGE_MAX: u32 = 50;

/// The query of the queue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct QueueQuery {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many posts, 1 to 50.
    limit: Option<String>,
}

/// `GET /api/v1/circles/{circle}/moderation`.
pub async fn list(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Slug(circle): Slug,
    Asked(query): Asked<QueueQuery>,
    headers: HeaderMap,
) -> Response {
    let listed = async {
        let publisher = publisher_of(&shared, peer, &headers)?;
        let circle = circle_of(&shared, publisher, &circle)?;
        let limit = limit(query.limit.as_deref(), PAGE, PAGE_MAX)?;
        let keeper = Keeper::Publisher(&publisher.id);
        let after = query.after.as_deref();
        let locale = locale(&headers);
        let found = queue(&shared.app, circle, keeper, after, limit, &locale).await?;
        Ok(as_data(&shared, circle, &found))
    };
    answered(listed.await, &id)
}

/// What is said of a post that waits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewBody {
    verdict: String,
    reason: Option<String>,
    /// Of the post that was looked at; nothing is approved without.
    version: Option<u64>,
}

/// `POST /api/v1/circles/{circle}/posts/{post}/review`.
pub async fn review(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    of: OfPost,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let done = changed(&shared, peer, &of, &headers, body, |body| {
        let ReviewBody {
            verdict,
            reason,
            version,
        } = read_json(body, "a review")?;
        let verdict = match (verdict.as_str(), reason, version) {
            ("approve", None, Some(version)) => approved(version),
            ("reject", Some(reason), _) => Verdict::Reject(reason),
            _ => {
                return Err(HttpError::bad_request(
                    "a review is {\"verdict\":\"approve\",\"version\":0}, with the version \
                     of the post that was looked at, or {\"verdict\":\"reject\",\
                     \"reason\":\"in words for the author\"}",
                ));
            }
        };
        Ok(Change::Review(verdict, version))
    });
    answered(done.await, &id)
}

/// Why a post is taken away.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RemoveBody {
    reason: Option<String>,
}

/// `POST /api/v1/circles/{circle}/posts/{post}/remove`.
pub async fn remove(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    of: OfPost,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let done = changed(&shared, peer, &of, &headers, body, |body| {
        let body: RemoveBody = read_optional(body, "a removal")?;
        Ok(Change::Remove(body.reason))
    });
    answered(done.await, &id)
}

/// Whether a post is put first, or no longer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FeatureBody {
    featured: bool,
}

impl Default for FeatureBody {
    fn default() -> FeatureBody {
        FeatureBody { featured: true }
    }
}

/// `POST /api/v1/circles/{circle}/posts/{post}/feature`.
pub async fn feature(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    of: OfPost,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let done = changed(&shared, peer, &of, &headers, body, |body| {
        let body: FeatureBody = read_optional(body, "what is put first")?;
        Ok(Change::Feature(body.featured))
    });
    answered(done.await, &id)
}

/// Changes a post for whoever shows the token of the circle's publisher. What is
/// to be done is read once it is known that they may.
async fn changed(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    of: &OfPost,
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
    what: impl FnOnce(&[u8]) -> Result<Change, HttpError>,
) -> Result<Value, HttpError> {
    let publisher = publisher_of(shared, peer, headers)?;
    let circle = circle_of(shared, publisher, &of.circle)?;
    let Whole(body) = body?;
    let what = what(&body)?;
    let keeper = Keeper::Publisher(&publisher.id);
    let locale = locale(headers);
    let changed = change(&shared.app, circle, keeper, &of.post, &what, &locale).await?;
    Ok(json!({
        "circle": circle.id.as_str(),
        "post": of.post,
        "status": status_word(changed.status),
        "featured": changed.featured,
    }))
}

fn as_data(shared: &Shared, circle: &Circle, found: &Queue) -> Value {
    let posts = found.posts.iter();
    let posts = posts.map(|(signed, reports)| post_object(shared, circle, signed, reports));
    json!({
        "circle": circle.id.as_str(),
        "posts": posts.collect::<Vec<_>>(),
        "next": found.next,
    })
}

fn post_object(shared: &Shared, circle: &Circle, signed: &Signed, reports: &[Report]) -> Value {
    let origin = shared.app.public_url.as_str();
    let (post, record) = (&signed.post, &signed.post.record);
    let at = |ms: u64| instant(ms).to_string();
    let pictures = record.pictures.iter().map(|picture| {
        json!({
            "url": format!("{origin}/m/{}", picture.media),
            "alt": picture.alt,
            "width": picture.width,
            "height": picture.height,
        })
    });
    let reports = reports
        .iter()
        .map(|report| json!({"reason": report.reason, "at": at(report.at_ms)}));
    json!({
        "id": post.id,
        "version": version(post),
        "url": format!("{origin}{}", post_url(circle, &post.id)),
        "kind": record.kind.as_str(),
        "status": status_word(record.status),
        "reason": record.reason,
        "featured": record.featured,
        "author": {"member": record.author, "name": signed.author},
        "text": record.text,
        "tags": record.tags,
        "item": record.item,
        "pictures": pictures.collect::<Vec<_>>(),
        "parent": record.parent,
        "created_at": at(record.created_ms),
        "held_at": record.held_ms.map(at),
        "reported_at": record.reported_ms.map(at),
        "reports": reports.collect::<Vec<_>>(),
    })
}

/// How many of something a page shall have.
///
/// # Errors
///
/// 400.
pub fn limit(asked: Option<&str>, usual: u32, max: u32) -> Result<u32, HttpError> {
    let Some(asked) = asked else {
        return Ok(usual);
    };
    let limit = asked.parse().ok().filter(|limit| (1..=max).contains(limit));
    limit.ok_or_else(|| HttpError::bad_request(format!("`limit` is a whole number, 1 to {max}")))
}

/// An answer to a program, or why there is none.
pub fn answered(answer: Result<Value, HttpError>, id: &RequestId) -> Response {
    match answer {
        Ok(answer) => {
            let mut response = axum::Json(answer).into_response();
            let value = HeaderValue::from_static("no-store");
            response.headers_mut().insert(header::CACHE_CONTROL, value);
            response
        }
        Err(error) => error.with_id(Some(id)).into_response(),
    }
}

fn read_optional<T: Default + serde::de::DeserializeOwned>(
    body: &[u8],
    what: &str,
) -> Result<T, HttpError> {
    match body.is_empty() {
        true => Ok(T::default()),
        false => read_json(body, what),
    }
}

/// The language that authors and the publisher are told in.
fn locale(headers: &HeaderMap) -> String {
    let first = languages(None, headers).into_iter().next();
    first.unwrap_or_else(|| "zh-CN".to_owned())
}
