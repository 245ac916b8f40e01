//! `GET /c/{card}/live` and `GET /live?cards=`: cards that change while they
//! are read, as server-sent events.

use super::page::{DocumentQuery, theme};
use super::view::parse_size;
use crate::app::App;
use crate::http::Shared;
use crate::http::answer::languages;
use crate::http::error::HttpError;
use crate::http::limits::Place;
use crate::http::listener::Peer;
use crate::http::request::{Asked as Query, RequestId, Slug, network_of, same_site, session_of};
use crate::identity::{Session, Ticket, TicketAction};
use crate::live::hub::Form;
use crate::service::ServiceError;
use crate::service::live::{Asked, Live, NoStream, open};
use crate::service::session::{redeem_ticket, standing};
use crate::service::view::Wanted;
use crate::view::At;
use crate::view::document::{DocumentKind, Manner};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// The query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LiveQuery {
    /// `a,b`, or `a~SIZE~LANG~VERSION~AT` for each, `AT` being base64url of one
    /// of the card's pages; what is empty or left out is as the query has it for
    /// all.
    cards: String,
    #[serde(rename = "as")]
    surface: Option<String>,
    size: Option<String>,
    lang: Option<String>,
    at: At,
    have: Option<String>,
    from: Option<String>,
    theme: Option<String>,
    interactive: Option<String>,
    /// Whose stream it is, where a browser keeps no cookie: `EventSource` sends
    /// no header. Good once, so whoever connects again brings a new one.
    ticket: Option<String>,
}

/// One card.
pub async fn of_card(
    state: State<Shared>,
    id: Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Slug(slug): Slug,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
) -> Response {
    let query = LiveQuery {
        cards: slug,
        ..query
    };
    of_cards(state, id, peer, Query(query), headers).await
}

/// Several cards.
pub async fn of_cards(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    peer: ConnectInfo<Peer>,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
) -> Response {
    match answer(&shared, peer, &query, &headers).await {
        Ok(response) => response,
        Err(error) => error.with_id(Some(&id)).into_response(),
    }
}

async fn answer(
    shared: &Shared,
    peer: ConnectInfo<Peer>,
    query: &LiveQuery,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    // Another site's page could not read it; it shall not hold it open either.
    same_site(shared, headers, "streams are for the host's own pages")?;
    let form = form(query)?;
    let mut asked = cards(shared, query, headers)?;
    let network = network_of(shared, peer, headers);
    let place = shared.limits.open_stream(network).ok_or_else(|| {
        HttpError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "too many live streams from your address (live.streams_per_address_max); \
             close some, or try again later",
        )
        .retry_after(FULL_RETRY_AFTER_MS)
    })?;
    let session = session(shared, query, headers, form, &asked).await?;
    for asked in &mut asked {
        asked.wanted.reader = session.as_ref().map(|session| session.reader.clone());
    }
    let live = open(&shared.app, asked, form).await.map_err(refused)?;
    let stream = EventStream::new(shared, live, session, place);
    let body = Body::from_stream(unfold(stream, EventStream::step));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would keep events back until it has a buffer full.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// When to try again for a place among the streams: they last for minutes.
const FULL_RETRY_AFTER_MS: u64 = 30_000;

fn refused(error: NoStream) -> HttpError {
    match error {
        NoStream::Nothing(error) => error.into(),
        NoStream::Full(full) => {
            tracing::warn!("{full}");
            ServiceError::Overloaded {
                retry_after_ms: FULL_RETRY_AFTER_MS,
            }
            .into()
        }
    }
}

/// How views are written.
fn form(query: &LiveQuery) -> Result<Form, HttpError> {
    let kind = match query.from.as_deref() {
        None => None,
        Some("page") => Some(DocumentKind::Page),
        Some("embed") => Some(DocumentKind::Frame),
        Some(word) => {
            return Err(HttpError::bad_request(format!(
                "from={}: a card stands in a page or an embed",
                word.escape_debug()
            )));
        }
    };
    match (query.surface.as_deref().unwrap_or("json"), kind) {
        ("json", _) => Ok(Form::Json),
        ("html", None) => Ok(Form::Section),
        ("html", Some(kind)) => Ok(Form::Document(Manner {
            kind,
            interactive: query.interactive.as_deref() != Some("0"),
            theme: theme(&DocumentQuery {
                theme: query.theme.clone(),
                ..DocumentQuery::default()
            }),
        })),
        (word, _) => Err(HttpError::bad_request(format!(
            "as={}: a live view comes as html or json",
            word.escape_debug()
        ))),
    }
}

/// Whose stream it is: the ticket's session, else the request's own.
async fn session(
    shared: &Shared,
    query: &LiveQuery,
    headers: &HeaderMap,
    form: Form,
    asked: &[Asked],
) -> Result<Option<Session>, HttpError> {
    // As the document it goes into: only to be looked at, it is nobody's.
    if matches!(form, Form::Document(manner) if !manner.interactive) {
        return Ok(None);
    }
    let own = session_of(shared, headers).await?;
    let Some(ticket) = &query.ticket else {
        return Ok(own);
    };
    let is_for = |ticket: &Ticket| {
        let mut slugs = asked.iter().map(|asked| asked.slug.as_str());
        ticket.action == TicketAction::Live
            && slugs.all(|slug| ticket.cards.iter().any(|card| card.as_str() == slug))
    };
    let ticket = redeem_ticket(&shared.app, ticket, own.as_ref(), is_for).await?;
    Ok(Some(ticket.session))
}

fn cards(shared: &Shared, query: &LiveQuery, headers: &HeaderMap) -> Result<Vec<Asked>, HttpError> {
    let items: Vec<&str> = query
        .cards
        .split(',')
        .filter(|item| !item.is_empty())
        .collect();
    let cards_max = shared.app.config.live.cards_per_stream_max;
    if items.is_empty() {
        return Err(HttpError::bad_request(
            "name the cards to follow, like cards=a,b",
        ));
    }
    if items.len() > cards_max {
        return Err(HttpError::bad_request(format!(
            "{} cards in one stream; it takes {cards_max} (live.cards_per_stream_max)",
            items.len()
        )));
    }
    let of_item = |item: &str| {
        let mut parts = item.split('~');
        let slug = parts.next().unwrap_or_default().to_owned();
        let mut own = || parts.next().filter(|part| !part.is_empty());
        let mut part = |of_all: &Option<String>| {
            let own = own().map(str::to_owned);
            own.or_else(|| of_all.clone())
        };
        let (size, lang, have) = (part(&query.size), part(&query.lang), part(&query.have));
        let at = match own() {
            Some(packed) => At::unpack(packed).ok_or_else(|| {
                HttpError::bad_request(format!(
                    "cards={}: the fifth part is a page of the card in base64url",
                    item.escape_debug()
                ))
            })?,
            None => query.at.clone(),
        };
        Ok(Asked {
            slug,
            wanted: Wanted {
                reader: None,
                size: size.as_deref().map(parse_size).transpose()?,
                at,
                languages: languages(lang.as_deref(), headers),
            },
            have,
        })
    };
    items.into_iter().map(of_item).collect()
}

/// What a stream sends, and when.
struct EventStream {
    app: Arc<App>,
    live: Live,
    /// Whose it is. It ends with the session, at the latest a heartbeat later.
    session: Option<Session>,
    stop: watch::Receiver<()>,
    heartbeat: Duration,
    next_heartbeat: Instant,
    next_look: Instant,
    opened: bool,
    _place: Place,
}

/// What a stream does next.
enum Step {
    Send(Bytes),
    /// Look whether its session was ended.
    Look,
    End,
}

impl EventStream {
    fn new(shared: &Shared, live: Live, session: Option<Session>, place: Place) -> EventStream {
        let longest = Duration::from_secs(shared.app.config.live.heartbeat_s);
        // Streams that were opened together, as after a restart, do not beat
        // together: each is up to a quarter shorter.
        let [chance, ..] = shared.app.world.random();
        let heartbeat = longest - longest.mul_f64(f64::from(chance) / 1024.0);
        let next = Instant::now() + heartbeat;
        EventStream {
            app: Arc::clone(&shared.app),
            live,
            session,
            stop: shared.stop.clone(),
            heartbeat,
            next_heartbeat: next,
            next_look: next,
            opened: false,
            _place: place,
        }
    }

    async fn step(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if !self.opened {
            self.opened = true;
            return Some((Ok(Bytes::from_static(b"retry: 3000\n\n")), self));
        }
        loop {
            match self.next().await {
                Step::Send(bytes) => {
                    self.next_heartbeat = Instant::now() + self.heartbeat;
                    return Some((Ok(bytes), self));
                }
                Step::Look if self.session_was_ended().await => return None,
                Step::Look => self.next_look = Instant::now() + self.heartbeat,
                Step::End => return None,
            }
        }
    }

    async fn next(&mut self) -> Step {
        tokio::select! {
            biased;
            // Also when the sender is gone: the host stops.
            _ = self.stop.changed() => Step::End,
            () = sleep_until(self.next_look), if self.session.is_some() => Step::Look,
            event = self.live.next() => Step::Send(event),
            () = sleep_until(self.next_heartbeat) => {
                Step::Send(Bytes::from_static(b": heartbeat\n\n"))
            }
        }
    }

    /// What cannot be asked just now is asked again with the next heartbeat.
    async fn session_was_ended(&self) -> bool {
        let Some(session) = self.session.clone() else {
            return false;
        };
        matches!(standing(&self.app, session).await, Ok(None))
    }
}
