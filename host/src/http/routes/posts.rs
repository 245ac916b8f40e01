//! `GET /circles/{circle}/posts/{post}`: the page of one post, and `POST …/report`,
//! by which a reader reports it, by the form of the page or as JSON.

use super::circles::look;
use crate::app::{Circle, instant};
use crate::community::posts::PostStatus;
use crate::http::Shared;
use crate::http::answer::{document, notice, renew_session};
use crate::http::error::HttpError;
use crate::http::headers::Framing;
use crate::http::limits::{Client, Rate};
use crate::http::listener::Peer;
use crate::http::request::{
    Asked, OfPost, RequestId, Whole, limited, media_type, network_of, read_json, same_site,
    session_of,
};
use crate::identity::{ReaderId, Session, posts_token};
use crate::service::ServiceError;
use crate::service::directory;
use crate::service::moderation::{Change, Changed, Keeper, change};
use crate::service::posts::{Signed, Thread, thread};
use crate::view::document::{
    CIRCLES_PATH, DocumentKind, ItemEntry, PictureEntry, PostDocument, PostState, Reporting,
    ShownPost, post_document,
};
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// The query of a page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PageQuery {
    /// Where it begins; empty for the first.
    pub after: String,
    /// Its language.
    pub lang: Option<String>,
}

impl PageQuery {
    /// Where it begins, unless it is the first.
    pub fn after(&self) -> Option<&str> {
        Some(self.after.as_str()).filter(|after| !after.is_empty())
    }
}

/// A report that did not do.
struct RefusedReport {
    reason: String,
    message: String,
}

/// `GET /circles/{circle}/posts/{post}`.
pub async fn page(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    of: OfPost,
    Asked(query): Asked<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let session = match session_of(&shared, &headers).await {
        Ok(session) => session,
        Err(error) => return notice(DocumentKind::Page, &error.into(), &headers, &id),
    };
    let reader = session.as_ref().map(|session| &session.reader);
    match written(&shared, &of, reader, &query, &headers, None).await {
        Ok((status, html)) => {
            let mut response = own_document(status, html);
            renew_session(&shared, &headers, &mut response, session.as_ref());
            response
        }
        Err(error) => own(notice(DocumentKind::Page, &error.into(), &headers, &id)),
    }
}

async fn written(
    shared: &Shared,
    of: &OfPost,
    reader: Option<&ReaderId>,
    query: &PageQuery,
    headers: &HeaderMap,
    refused: Option<&RefusedReport>,
) -> Result<(StatusCode, String), ServiceError> {
    let app = &shared.app;
    let circle = directory::circle(app, &of.circle)?;
    let look = look(shared, headers, query.lang.as_deref());
    let look = look.borrowed();
    let found = thread(app, circle, reader, &of.post, query.after(), look.lang).await?;
    let post = found.post.as_ref().map(|post| shown(circle, post));
    let replies: Vec<ShownPost> = found.replies.iter().map(|one| shown(circle, one)).collect();
    let url = post_url(circle, &of.post);
    let parent = found
        .post
        .as_ref()
        .and_then(|signed| signed.post.record.parent.as_deref());
    let parent_url = parent.map(|parent| post_url(circle, parent));
    let next_url = found.next.as_ref().map(|next| next_url(&url, next, query));
    let token = reader.map(|reader| posts_token(&app.keys, &circle.id, reader));
    let action = format!("{url}/report");
    let state = post.as_ref().map(|post| post.state);
    let html = post_document(&PostDocument {
        look,
        circle: &circle.facts().name,
        circle_url: &format!("{CIRCLES_PATH}/{}", circle.id),
        post: post.as_ref(),
        parent_url: parent_url.as_deref(),
        replies: &replies,
        next_url: next_url.as_deref(),
        reporting: match (&found, state, &token) {
            (
                Thread {
                    is_reported: true, ..
                },
                ..,
            ) => Reporting::Done,
            (Thread { is_own: false, .. }, Some(PostState::Public), Some(token)) => {
                Reporting::Form {
                    action: &action,
                    token,
                    refused: refused.map(|refused| (&*refused.reason, &*refused.message)),
                }
            }
            (_, Some(PostState::Public), None) => Reporting::AskToSignIn,
            _ => Reporting::No,
        },
    });
    let status = match state {
        Some(PostState::Removed) => StatusCode::GONE,
        _ => StatusCode::OK,
    };
    Ok((status, html))
}

/// What a report says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    /// Why; may be empty.
    #[serde(default)]
    reason: String,
    /// What the page's form carries.
    #[serde(skip)]
    confirm: String,
}

/// `POST /circles/{circle}/posts/{post}/report`.
pub async fn report(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    of: OfPost,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    let by_form = media_type(&headers).as_deref() == Some(FORM);
    let reported = reported(&shared, peer, &of, &headers, body).await;
    let error = match reported {
        Ok(_) if by_form => {
            let to = format!("{CIRCLES_PATH}/{}/posts/{}#report", of.circle, of.post);
            return own(Redirect::to(&to).into_response());
        }
        Ok(changed) => {
            // Whether it was enough to hold the post is the moderators' to know.
            let answer = json!({"post": of.post, "repeated": changed.repeated});
            return own(axum::Json(answer).into_response());
        }
        Err(Refused::Typed { session, report }) => {
            let query = PageQuery::default();
            let reader = Some(&session.reader);
            match written(&shared, &of, reader, &query, &headers, Some(&report)).await {
                Ok((_, html)) => return own_document(StatusCode::UNPROCESSABLE_ENTITY, html),
                Err(error) => error.into(),
            }
        }
        Err(Refused::Http(error)) => error,
    };
    match by_form {
        true => own(notice(DocumentKind::Page, &error, &headers, &id)),
        false => error.with_id(Some(&id)).into_response(),
    }
}

enum Refused {
    Http(HttpError),
    /// What was typed does not do: the page is shown again.
    Typed {
        session: Box<Session>,
        report: RefusedReport,
    },
}

impl<E: Into<HttpError>> From<E> for Refused {
    fn from(error: E) -> Refused {
        Refused::Http(error.into())
    }
}

async fn reported(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    of: &OfPost,
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
) -> Result<Changed, Refused> {
    let instead = "a post is reported on its own page, /circles/CIRCLE/posts/POST";
    let (by_form, session) = sent_here(shared, peer, headers, instead).await?;
    let Whole(body) = body?;
    let fields: Fields = match by_form {
        true => fields(&body),
        false => read_json(&body, "a report")?,
    };
    let app = &shared.app;
    let circle = directory::circle(app, &of.circle)?;
    if by_form {
        check_token(shared, circle, &session.reader, &fields.confirm)?;
    }
    limited(
        shared,
        Rate::Reports,
        &Client::Reader(session.reader.clone()),
    )?;
    let lang = look(shared, headers, None).lang();
    let report = Change::Report(fields.reason.clone());
    let keeper = Keeper::Reader(&session.reader);
    match change(app, circle, keeper, &of.post, &report, lang).await {
        Err(ServiceError::InputInvalid { text, .. }) if by_form => Err(Refused::Typed {
            session: Box::new(session),
            report: RefusedReport {
                reason: fields.reason,
                message: text,
            },
        }),
        other => Ok(other?),
    }
}

/// What every write of a reader to posts passes first: where it comes from, how
/// often, in which form, whose. Says whether it is a form.
///
/// # Errors
///
/// 403, 429, 415, 401.
pub async fn sent_here(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    headers: &HeaderMap,
    instead: &str,
) -> Result<(bool, Session), HttpError> {
    same_site(shared, headers, instead)?;
    let network = network_of(shared, peer, headers);
    limited(shared, Rate::ActsOfAddress, &Client::Network(network))?;
    let by_form = match media_type(headers).as_deref() {
        Some(FORM) => true,
        Some(JSON) => false,
        _ => {
            return Err(HttpError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send the form of the page, or application/json",
            ));
        }
    };
    let session = session_of(shared, headers).await?;
    let session = session.ok_or(ServiceError::SignInRequired)?;
    let reader = Client::Reader(session.reader.clone());
    limited(shared, Rate::ActsOfReader, &reader)?;
    Ok((by_form, session))
}

/// A form is one that this host made for this reader.
///
/// # Errors
///
/// 400.
pub fn check_token(
    shared: &Shared,
    circle: &Circle,
    reader: &ReaderId,
    confirm: &str,
) -> Result<(), HttpError> {
    if confirm == posts_token(&shared.app.keys, &circle.id, reader) {
        return Ok(());
    }
    Err(HttpError::bad_request(
        "this form is not one that this host made for you; load its page again",
    ))
}

fn fields(body: &[u8]) -> Fields {
    let mut fields = Fields::default();
    for (name, value) in form_urlencoded::parse(body) {
        match name.as_ref() {
            "reason" => fields.reason = value.into_owned(),
            "confirm" => fields.confirm = value.into_owned(),
            _ => {}
        }
    }
    fields
}

/// A post as pages show it.
pub fn shown(circle: &Circle, signed: &Signed) -> ShownPost {
    let record = &signed.post.record;
    let pictures = record.pictures.iter().map(|picture| PictureEntry {
        url: format!("/m/{}", picture.media),
        alt: picture.alt.clone(),
        width: picture.width,
        height: picture.height,
    });
    ShownPost {
        url: post_url(circle, &signed.post.id),
        author: signed.author.clone(),
        at: instant(record.created_ms).to_string(),
        edited: record.edited_ms.is_some(),
        state: match record.status {
            PostStatus::Removed => PostState::Removed,
            _ if record.private => PostState::Private,
            PostStatus::Published => PostState::Public,
            PostStatus::Held => PostState::Held,
            PostStatus::Rejected => PostState::Rejected,
        },
        reason: record.reason.clone(),
        featured: record.featured,
        text: record.text.clone(),
        tags: record.tags.clone(),
        item: record.item.as_ref().map(|item| ItemEntry {
            name: item.name.clone(),
            url: item.url.clone(),
            rating: item.rating,
        }),
        pictures: pictures.collect(),
        reactions: signed.post.reactions.clone(),
        replies: signed.post.replies.into(),
    }
}

/// A post's own page.
pub fn post_url(circle: &Circle, post: &str) -> String {
    format!("{CIRCLES_PATH}/{}/posts/{post}", circle.id)
}

/// The page behind one.
pub fn next_url(url: &str, next: &str, query: &PageQuery) -> String {
    let mut to = form_urlencoded::Serializer::new(String::new());
    if let Some(lang) = &query.lang {
        to.append_pair("lang", lang);
    }
    to.append_pair("after", next);
    format!("{url}?{}", to.finish())
}

/// A document that depends on who looks, and that nobody's screen keeps.
pub fn own_document(status: StatusCode, html: String) -> Response {
    own(document(status, html, Framing::Nobody))
}

/// An answer that is for whoever asked.
pub fn own(mut response: Response) -> Response {
    for (name, value) in [
        (header::CACHE_CONTROL, "private, no-store"),
        (header::VARY, "Accept-Language, Cookie"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
