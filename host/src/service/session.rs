//! Who a reader is: signing on with a publisher's token, and what becomes of
//! the session.

use super::ServiceError;
use crate::app::{App, Card, Publisher, millis};
use crate::community::people::{self, Profile, SessionMark, SignOn, UsedBy, Vouched, use_once};
use crate::config::CardSlug;
use crate::identity::jwt::{self, Claims, ErasureToken, Rules};
use crate::identity::ticket::{self, Ticket, TicketAction, TicketRefused};
use crate::identity::{Session, SessionId, TokenRefused, session};

use jiff::Timestamp;

/// A session, and whose it is.
#[derive(Clone, Debug)]
pub struct SignedOn {
    /// The session.
    pub session: Session,
    /// The reader, as their publisher named them.
    pub profile: Profile,
}

/// Begins a session for whom the publisher of the card's circle vouches.
/// `before` is the session that the request had: an anonymous reader goes on
/// as the person.
///
/// # Errors
///
/// [`ServiceError::TokenRefused`] with the rule that the token breaks; or the
/// store fails, and the token may be used up all the same.
pub async fn sign_on(
    app: &App,
    card: &Card,
    token: &str,
    before: Option<&Session>,
) -> Result<SignedOn, ServiceError> {
    let publisher = &card.circle.publisher();
    let now = app.world.now();
    let token = verified(app, publisher, token).await?;
    let token = token.sign_on(rules(app, publisher), now).map_err(refused)?;
    let dead_at_ms = seconds_to_ms(token.once.dead_at_s);
    let by = UsedBy::Publisher(&publisher.id);
    if !use_once(&app.store, by, &token.once.id, dead_at_ms).await? {
        return Err(refused(TokenRefused::Used));
    }
    let who = Vouched {
        publisher: publisher.id.clone(),
        subject: token.subject,
    };
    let profile = Profile {
        name: token.name,
        avatar: token.avatar,
    };
    let at = SignOn {
        issued_at_ms: seconds_to_ms(token.once.issued_at_s),
        now_ms: millis(now),
        formers_max: app.config.identity.formers_max,
    };
    let former = before.map(|session| &session.reader);
    let reader = people::sign_on(&app.store, &app.keys, &who, &profile, former, at).await?;
    let id = SessionId::of(app.world.random());
    tracing::debug!(publisher = %publisher.id, session = %id, "a reader signed in");
    Ok(SignedOn {
        session: Session::vouched(reader, who.publisher, id, now),
        profile,
    })
}

/// Whom a publisher wants forgotten. The token is not used up: an erasure
/// that is asked for again is the same one.
///
/// # Errors
///
/// [`ServiceError::TokenRefused`] with the rule that the token breaks.
pub async fn erasure_token(
    app: &App,
    publisher: &Publisher,
    token: &str,
) -> Result<ErasureToken, ServiceError> {
    let token = verified(app, publisher, token).await?;
    token
        .erasure(rules(app, publisher), app.world.now())
        .map_err(refused)
}

/// The session, unless it was signed out or its reader is no more.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn standing(app: &App, session: Session) -> Result<Option<Session>, ServiceError> {
    let stands = people::session_stands(&app.store, mark(&session)).await?;
    Ok(stands.then_some(session))
}

/// What the reader's publisher last called them; nothing for an anonymous one.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn profile(app: &App, session: &Session) -> Result<Option<Profile>, ServiceError> {
    if session.reader.is_anonymous() {
        return Ok(None);
    }
    let person = people::person(&app.store, &session.reader).await?;
    Ok(person.map(|person| person.profile))
}

/// Which of a reader's sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// This one.
    This,
    /// All of them.
    All,
}

/// Ends a session, or all of its reader's.
///
/// # Errors
///
/// When the store fails.
pub async fn sign_out(app: &App, session: &Session, which: Which) -> Result<(), ServiceError> {
    let now_ms = millis(app.world.now());
    match which {
        Which::This => {
            // A copy of the token may have been renewed a moment ago.
            let age_s = session
                .renewed(app.world.now())
                .expires_at_s(app.session_ages);
            let expires_at_ms = seconds_to_ms(age_s);
            people::sign_out(&app.store, mark(session), expires_at_ms, now_ms).await?;
        }
        Which::All => people::sign_out_everywhere(&app.store, &session.reader, now_ms).await?,
    }
    tracing::info!(session = %session.id, ?which, "a reader signed out");
    Ok(())
}

/// A ticket that hands the session to another place, and when it ends.
pub fn issue_ticket(
    app: &App,
    session: &Session,
    action: TicketAction,
    cards: Vec<CardSlug>,
) -> (String, Timestamp) {
    let now = app.world.now();
    let expires_at_s = now
        .as_second()
        .saturating_add(app.config.identity.ticket_age_s);
    let ticket = Ticket {
        action,
        cards,
        session: session.clone(),
        expires_at_s,
        id: Ticket::id_of(app.world.random()),
    };
    let ends = Timestamp::from_second(expires_at_s).unwrap_or(Timestamp::MAX);
    (ticket::seal(&app.keys, &ticket), ends)
}

/// Takes a ticket, once, that `fits` what it is used for. `own` is the
/// session that the request itself has.
///
/// # Errors
///
/// [`ServiceError::TicketRefused`]; or the store fails.
pub async fn redeem_ticket(
    app: &App,
    ticket: &str,
    own: Option<&Session>,
    fits: impl FnOnce(&Ticket) -> bool,
) -> Result<Ticket, ServiceError> {
    let ticket = ticket::open(&app.keys, ticket, app.world.now())?;
    if !fits(&ticket) {
        return Err(TicketRefused::OtherUse.into());
    }
    if own.is_some_and(|own| !may_take_over(&ticket, own)) {
        return Err(TicketRefused::OtherReader.into());
    }
    if !people::session_stands(&app.store, mark(&ticket.session)).await? {
        return Err(TicketRefused::SignedOut.into());
    }
    let by = UsedBy::Reader(&ticket.session.reader);
    if !use_once(
        &app.store,
        by,
        &ticket.id,
        seconds_to_ms(ticket.expires_at_s),
    )
    .await?
    {
        return Err(TicketRefused::Used.into());
    }
    Ok(ticket)
}

/// Whether a ticket may make of a window that is one reader's another one's:
/// somebody who is signed in there is not signed out by it unless the new one
/// is signed in as well.
fn may_take_over(ticket: &Ticket, own: &Session) -> bool {
    own.reader == ticket.session.reader
        || own.reader.is_anonymous()
        || (ticket.action != TicketAction::Live && !ticket.session.reader.is_anonymous())
}

/// The claims of a token that a publisher signed.
async fn verified(app: &App, publisher: &Publisher, token: &str) -> Result<Claims, ServiceError> {
    let token = jwt::read(token, app.config.identity.jwt_bytes_max).map_err(refused)?;
    let keys = publisher.keys.keys().await.map_err(refused)?;
    let claims = match token.verify(&keys) {
        // The publisher may have changed its keys a moment ago.
        Err(TokenRefused::UnknownKey) => match publisher.keys.newer_than(&keys).await {
            Some(newer) => token.verify(&newer),
            None => Err(TokenRefused::UnknownKey),
        },
        verified => verified,
    };
    claims.map_err(refused)
}

fn rules<'a>(app: &'a App, publisher: &'a Publisher) -> Rules<'a> {
    Rules {
        issuer: &publisher.issuer,
        audience: app.public_url.as_str(),
        age_max_s: app.config.identity.jwt_age_max_s,
        skew_s: app.config.identity.clock_skew_s,
    }
}

fn refused(why: TokenRefused) -> ServiceError {
    tracing::info!(%why, "a publisher's token was refused");
    ServiceError::TokenRefused(why)
}

fn mark(session: &Session) -> SessionMark<'_> {
    SessionMark {
        reader: &session.reader,
        id: session.id.as_str(),
        issued_at_ms: u64::try_from(session.issued_at_ms).unwrap_or(0),
    }
}

/// Instants of tokens; before 1970 is long over.
fn seconds_to_ms(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or(0).saturating_mul(1000)
}

/// The session as a token: a bearer.
pub fn bearer(app: &App, session: &Session) -> String {
    session::seal(&app.keys, session)
}
