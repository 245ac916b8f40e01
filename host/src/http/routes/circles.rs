//! `/circles`: all circles of this host, and a page for each; the list as JSON,
//! too.

use super::{moderation, posts};
use crate::app::Listed;
use crate::config::JoinPolicy;
use crate::http::Shared;
use crate::http::answer::{assets, document, languages, notice};
use crate::http::error::HttpError;
use crate::http::headers::Framing;
use crate::http::request::{Asked, RequestId, Slug, session_of, text};
use crate::service::directory::{self, Found, Sort, Wish};
use crate::service::posts::keeps_order;
use crate::service::view::{Wanted, view};
use crate::service::{ServiceError, transfer};
use crate::view::document::{
    CIRCLES_PATH, CircleDocument, CircleEntry, CirclesDocument, DocumentKind, Joining, Look,
    PostEntry, circle_document, circles_document,
};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// The query of the list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CirclesQuery {
    /// What somebody looks for.
    pub q: String,
    /// What they shall be about.
    pub topic: String,
    /// `relevance`, `activity` or `members`.
    pub sort: String,
    /// From 1.
    pub page: String,
    /// `json` or `html`; without it as `Accept` says.
    #[serde(rename = "as")]
    pub form: String,
    /// Its language.
    pub lang: Option<String>,
}

/// How a page is written for whoever asks.
pub struct OwnLook {
    lang: &'static str,
    style_url: String,
}

impl OwnLook {
    /// Its language.
    pub fn lang(&self) -> &'static str {
        self.lang
    }

    /// For a document.
    pub fn borrowed(&self) -> Look<'_> {
        Look {
            lang: self.lang,
            style_url: &self.style_url,
        }
    }
}

/// How a page is written for a request.
pub fn look(shared: &Shared, headers: &HeaderMap, lang: Option<&str>) -> OwnLook {
    let lang = match languages(lang, headers).first() {
        Some(first) if !first.starts_with("zh") => "en",
        _ => "zh-CN",
    };
    OwnLook {
        lang,
        style_url: assets(shared).style_url,
    }
}

/// `GET /circles`.
pub async fn all(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Asked(query): Asked<CirclesQuery>,
    headers: HeaderMap,
) -> Response {
    let as_json = match query.form.as_str() {
        "json" => true,
        "" => wants_json(&headers),
        _ => false,
    };
    let found = listed(&shared, &query).await;
    let mut response = match found {
        Ok((wish, found)) if as_json => {
            axum::Json(as_data(&shared, &query, &wish, &found)).into_response()
        }
        Ok((wish, found)) => {
            let html = as_page(&shared, &query, &wish, &found, &headers);
            document(StatusCode::OK, html, Framing::Nobody)
        }
        Err(error) if as_json => error.with_id(Some(&id)).into_response(),
        Err(error) => notice(DocumentKind::Page, &error, &headers, &id),
    };
    let vary = HeaderValue::from_static("Accept, Accept-Language");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// `GET /circles/{circle}`.
pub async fn one(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    Slug(circle): Slug,
    Asked(query): Asked<CirclesQuery>,
    headers: HeaderMap,
) -> Response {
    let mut response = match page_of(&shared, &circle, &query, &headers).await {
        Ok(html) => document(StatusCode::OK, html, Framing::Nobody),
        Err(error) => notice(DocumentKind::Page, &error.into(), &headers, &id),
    };
    let vary = HeaderValue::from_static("Accept-Language, Cookie");
    response.headers_mut().insert(header::VARY, vary);
    response
}

async fn listed(shared: &Shared, query: &CirclesQuery) -> Result<(Wish, Found), HttpError> {
    let sort = match query.sort.as_str() {
        "" => Sort::default(),
        word => Sort::parse(word)
            .ok_or_else(|| HttpError::bad_request("`sort` is relevance, activity or members"))?,
    };
    let page = match query.page.as_str() {
        "" => 1,
        number => number
            .parse()
            .ok()
            .filter(|page| *page > 0)
            .ok_or_else(|| HttpError::bad_request("`page` is a whole number from 1"))?,
    };
    let wish = Wish {
        text: query.q.clone(),
        topic: Some(query.topic.clone()).filter(|topic| !topic.is_empty()),
        sort,
        page,
    };
    let found = directory::find(&shared.app, &wish).await?;
    Ok((wish, found))
}

fn as_page(
    shared: &Shared,
    query: &CirclesQuery,
    wish: &Wish,
    found: &Found,
    headers: &HeaderMap,
) -> String {
    let circles: Vec<CircleEntry> = found.circles.iter().map(entry).collect();
    let previous = (wish.page > 1).then(|| page_url(query, wish.page - 1));
    let next = found.more.then(|| page_url(query, wish.page + 1));
    let look = look(shared, headers, query.lang.as_deref());
    circles_document(&CirclesDocument {
        look: look.borrowed(),
        text: &wish.text,
        topic: wish.topic.as_deref(),
        sort: wish.sort.word(),
        circles: &circles,
        total: found.total as u64,
        previous_url: previous.as_deref(),
        next_url: next.as_deref(),
    })
}

fn as_data(shared: &Shared, query: &CirclesQuery, wish: &Wish, found: &Found) -> Value {
    let origin = shared.app.public_url.as_str();
    let circles = found.circles.iter().map(|listed| {
        let (facts, counts) = (listed.circle.facts(), &listed.counts);
        json!({
            "id": facts.id,
            "name": facts.name,
            "intro": facts.intro,
            "publisher": facts.publisher,
            "topics": facts.topics,
            "join": facts.policy.as_str(),
            "members": counts.members,
            "posts": counts.posts,
            "present": counts.present.count,
            "url": format!("{origin}{CIRCLES_PATH}/{}", facts.id),
        })
    });
    let next = found
        .more
        .then(|| format!("{origin}{}", page_url(query, wish.page + 1)));
    json!({
        "circles": circles.collect::<Vec<_>>(),
        "total": found.total,
        "page": wish.page,
        "next": next,
    })
}

async fn page_of(
    shared: &Shared,
    circle: &str,
    query: &CirclesQuery,
    headers: &HeaderMap,
) -> Result<String, ServiceError> {
    let app = &shared.app;
    let circle = directory::circle(app, circle)?;
    let listed = app.census.of(app, circle).await?;
    let session = session_of(shared, headers).await?;
    let reader = session.as_ref().map(|session| &session.reader);
    let wanted = Wanted {
        languages: languages(query.lang.as_deref(), headers),
        ..Wanted::default()
    };
    let mut cards = Vec::new();
    for card in directory::cards(app, circle) {
        // A card that fails takes nothing else down; its address is its name.
        let title = match view(app, card, &wanted).await {
            Ok(shown) => shown.drawn.view.view().title.clone(),
            Err(_) => card.slug.to_string(),
        };
        cards.push((title, format!("/c/{}", card.slug)));
    }
    let look = look(shared, headers, query.lang.as_deref());
    let found = directory::posts(app, circle, look.lang).await?.into_iter();
    let posts: Vec<PostEntry> = found
        .map(|post| PostEntry {
            url: posts::post_url(circle, &post.id),
            author: post.author,
            text: post.text,
            featured: post.featured,
            at: post.at,
        })
        .collect();
    let keeps_order = keeps_order(app, circle, reader).await?;
    let moderation_url = keeps_order.then(|| moderation::path(&circle.id));
    let transfer_url = transfer::is_owner(circle, reader)
        .then(|| format!("{CIRCLES_PATH}/{}/transfer", circle.id));
    Ok(circle_document(&CircleDocument {
        look: look.borrowed(),
        circle: &entry(&listed),
        policy: match circle.facts().policy {
            JoinPolicy::Open => Joining::Open,
            JoinPolicy::Approval => Joining::Approval,
            JoinPolicy::Closed => Joining::Closed,
        },
        cards: &cards,
        posts: &posts,
        moderation_url: moderation_url.as_deref(),
        transfer_url: transfer_url.as_deref(),
    }))
}

fn entry(listed: &Listed) -> CircleEntry {
    let facts = listed.circle.facts();
    let topic = |topic: &String| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("topic", topic);
        (topic.clone(), format!("{CIRCLES_PATH}?{}", query.finish()))
    };
    CircleEntry {
        url: format!("{CIRCLES_PATH}/{}", facts.id),
        name: facts.name.clone(),
        intro: facts.intro.clone(),
        publisher: facts.publisher.clone(),
        topics: facts.topics.iter().map(topic).collect(),
        members: listed.counts.members,
        posts: listed.counts.posts,
        present: listed.counts.present.count,
    }
}

/// The same wish on another page.
fn page_url(query: &CirclesQuery, page: usize) -> String {
    let mut to = form_urlencoded::Serializer::new(String::new());
    let lang = query.lang.as_deref().unwrap_or_default();
    for (name, value) in [
        ("q", query.q.as_str()),
        ("topic", &query.topic),
        ("sort", &query.sort),
        ("as", &query.form),
        ("lang", lang),
        ("page", &page.to_string()),
    ] {
        if !value.is_empty() {
            to.append_pair(name, value);
        }
    }
    format!("{CIRCLES_PATH}?{}", to.finish())
}

/// Whether a program asks, and no browser.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = text(headers, &header::ACCEPT).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}
