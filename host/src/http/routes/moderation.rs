//! `/circles/{circle}/moderation`: who asks to be let in, what is held and what
//! was reported, for moderators and the owner, and the forms by which they
//! decide.

use super::circles::look;
use super::posts::{PageQuery, check_token, next_url, own, own_document, sent_here, shown};
use crate::app::instant;
use crate::community::posts::Verdict;
use crate::http::Shared;
use crate::http::answer::notice;
use crate::http::error::HttpError;
use crate::http::listener::Peer;
use crate::http::request::{Asked, RequestId, Slug, Whole, session_of};
use crate::identity::{ReaderId, posts_token};
use crate::service::ServiceError;
use crate::service::directory;
use crate::service::moderation::{
    Applicants, Change, Keeper, answer, applicants, approved, change, queue, version,
};
use crate::view::document::{
    ApplicantEntry, CIRCLES_PATH, Decided, DocumentKind, ModerationDocument, QueuedEntry,
    moderation_document,
};
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

/// Posts on one page.
const PAGE: u32 = 20;
/// Those shown who ask to be let in. Whoever is answered makes room for the next.
const APPLICANTS_SHOWN: u32 = 20;

/// `GET /circles/{circle}/moderation`.
pub async fn page(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Slug(circle): Slug,
    Asked(query): Asked<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let written = async {
        let session = session_of(&shared, &headers).await?;
        let session = session.ok_or(ServiceError::SignInRequired)?;
        written(&shared, &circle, &session.reader, &query, &headers, None).await
    };
    match written.await {
        Ok(html) => own_document(StatusCode::OK, html),
        Err(error) => own(notice(DocumentKind::Page, &error.into(), &headers, &id)),
    }
}

async fn written(
    shared: &Shared,
    circle: &str,
    reader: &ReaderId,
    query: &PageQuery,
    headers: &HeaderMap,
    decided: Option<&Decided>,
) -> Result<String, ServiceError> {
    let app = &shared.app;
    let circle = directory::circle(app, circle)?;
    let look = look(shared, headers, query.lang.as_deref());
    let look = look.borrowed();
    let keeper = Keeper::Reader(reader);
    let found = queue(app, circle, keeper, query.after(), PAGE, look.lang).await?;
    let posts = found.posts.iter().map(|(signed, reports)| {
        let reports = reports.iter();
        let reports = reports.map(|one| (instant(one.at_ms).to_string(), one.reason.clone()));
        QueuedEntry {
            id: signed.post.id.clone(),
            version: version(&signed.post).to_string(),
            post: shown(circle, signed),
            reports: reports.collect(),
        }
    });
    let posts: Vec<QueuedEntry> = posts.collect();
    let waiting = match query.after() {
        None => applicants(app, circle, reader, APPLICANTS_SHOWN, look.lang).await?,
        Some(_) => Applicants::default(),
    };
    let entries = waiting.shown.into_iter().map(|applicant| ApplicantEntry {
        member: applicant.member,
        name: applicant.name,
        at: instant(applicant.since_ms).to_string(),
    });
    let url = path(&circle.id);
    let next_url = found.next.as_ref().map(|next| next_url(&url, next, query));
    Ok(moderation_document(&ModerationDocument {
        look,
        circle: &circle.facts().name,
        circle_url: &format!("{CIRCLES_PATH}/{}", circle.id),
        action: &url,
        token: &posts_token(&app.keys, &circle.id, reader),
        after: &query.after,
        posts: &posts,
        next_url: next_url.as_deref(),
        applicants: &entries.collect::<Vec<_>>(),
        more_applicants: waiting.are_more,
        decided,
    }))
}

/// What a form says.
#[derive(Debug, Default)]
struct Fields {
    post: String,
    /// Who asks to be let in, where it is about them.
    member: String,
    verdict: String,
    /// Which of its texts was looked at.
    version: String,
    reason: String,
    after: String,
    /// What the page's forms carry.
    confirm: String,
}

/// `POST /circles/{circle}/moderation`: one decision, by a form of the page.
pub async fn decide(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Slug(circle): Slug,
    headers: HeaderMap,
    body: Result<Whole, HttpError>,
) -> Response {
    match decided(&shared, peer, &circle, &headers, body).await {
        Ok(response) => own(response),
        Err(error) => own(notice(DocumentKind::Page, &error, &headers, &id)),
    }
}

async fn decided(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    circle: &str,
    headers: &HeaderMap,
    body: Result<Whole, HttpError>,
) -> Result<Response, HttpError> {
    let instead = "posts are decided about on the circle's own page, /circles/CIRCLE/moderation";
    let (by_form, session) = sent_here(shared, peer, headers, instead).await?;
    if !by_form {
        return Err(HttpError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send a form of the page; programs use /api/v1/circles/CIRCLE/posts/POST/review",
        ));
    }
    let Whole(body) = body?;
    let fields = fields(&body);
    let app = &shared.app;
    let known = directory::circle(app, circle)?;
    check_token(shared, known, &session.reader, &fields.confirm)?;
    let what = what(&fields)?;
    let lang = look(shared, headers, None).lang();
    let reader = &session.reader;
    let query = PageQuery {
        after: fields.after.clone(),
        lang: None,
    };
    let done = match &what {
        What::Post(what) => {
            let keeper = Keeper::Reader(reader);
            let changed = change(app, known, keeper, &fields.post, what, lang).await;
            changed.map(|_| ())
        }
        What::Applicant { admitted } => {
            answer(app, known, reader, &fields.member, *admitted, lang).await
        }
    };
    let (status, message) = match done {
        Ok(()) => {
            let url = path(&known.id);
            let to = match query.after() {
                Some(after) => next_url(&url, after, &query),
                None => url,
            };
            return Ok(Redirect::to(&to).into_response());
        }
        Err(ServiceError::InputInvalid { text, .. }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Some(text))
        }
        Err(ServiceError::Conflict(_) | ServiceError::PostUnknown) => (StatusCode::CONFLICT, None),
        Err(error) => return Err(error.into()),
    };
    let decided = Decided {
        post: fields.post,
        reason: fields.reason,
        message,
    };
    let html = written(shared, circle, reader, &query, headers, Some(&decided)).await?;
    Ok(own_document(status, html))
}

enum What {
    Post(Change),
    Applicant { admitted: bool },
}

fn what(fields: &Fields) -> Result<What, HttpError> {
    let reason = || fields.reason.clone();
    let seen = || -> Result<u64, HttpError> {
        let version = fields.version.parse();
        version.map_err(|_| {
            HttpError::bad_request("`version` is the one that stands in the page's form")
        })
    };
    let review = |verdict, seen| Change::Review(verdict, Some(seen));
    Ok(What::Post(match fields.verdict.as_str() {
        "admit" => return Ok(What::Applicant { admitted: true }),
        "refuse" => return Ok(What::Applicant { admitted: false }),
        "approve" => review(approved(seen()?), seen()?),
        "reject" => review(Verdict::Reject(reason()), seen()?),
        "remove" => Change::Remove(Some(reason())),
        "feature" => Change::Feature(true),
        "unfeature" => Change::Feature(false),
        _ => {
            return Err(HttpError::bad_request(
                "`verdict` is approve, reject, remove, feature or unfeature of a post, and admit \
                 or refuse of somebody who asks to be let in",
            ));
        }
    }))
}

fn fields(body: &[u8]) -> Fields {
    let mut fields = Fields::default();
    for (name, value) in form_urlencoded::parse(body) {
        let field = match name.as_ref() {
            "post" => &mut fields.post,
            "member" => &mut fields.member,
            "verdict" => &mut fields.verdict,
            "version" => &mut fields.version,
            "reason" => &mut fields.reason,
            "after" => &mut fields.after,
            "confirm" => &mut fields.confirm,
            _ => continue,
        };
        *field = value.into_owned();
    }
    fields
}

/// Where order is kept in a circle.
pub fn path(circle: &crate::config::CircleId) -> String {
    format!("{CIRCLES_PATH}/{circle}/moderation")
}
