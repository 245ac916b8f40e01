//! Tickets: a session handed, once, to where its cookie does not reach.
//!
//! A frame's cookie lies in the partition of the page around it; a window of
//! its own, and a stream that can send no header, know nothing of it. A ticket
//! names the session, what it is for and the cards it is for, and lasts a
//! minute. That it is used once is the store's to say (`community::people`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::CardSlug;
use crate::identity::keys::{Keys, Purpose};
use crate::identity::session::{Body as SessionBody, Session};
use crate::identity::token;

/// What a ticket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketAction {
    /// The reader's account page, in a window of its own.
    Account,
    /// The card's own page, in a window of its own.
    Open,
    /// A live stream of the card.
    Live,
}

/// A session's way to another place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// What it is for.
    pub action: TicketAction,
    /// The cards it is for; one, but for a stream.
    pub cards: Vec<CardSlug>,
    /// Whose.
    pub session: Session,
    /// When it ends, in seconds since 1970.
    pub expires_at_s: i64,
    /// Its own name, by which it is known as used.
    pub id: String,
}

/// Why a ticket opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefused {
    /// Not signed by this host, or for something it does not know.
    #[error("this is no ticket of this host; ask POST /session/ticket for one")]
    Unknown,
    /// Too late.
    #[error("the ticket is too old; ask POST /session/ticket for a new one just before it is used")]
    Expired,
    /// For another action or another card.
    #[error("the ticket is for something else; ask POST /session/ticket for one for this")]
    OtherUse,
    /// Used before.
    #[error("the ticket was used; ask POST /session/ticket for a new one each time")]
    Used,
    /// The request is somebody else's.
    #[error("the ticket is another reader's than the request")]
    OtherReader,
    /// Its session was ended.
    #[error("the ticket's session was signed out; sign in again")]
    SignedOut,
}

impl Ticket {
    /// A ticket named by 128 random bits.
    pub fn id_of(random: [u8; 16]) -> String {
        URL_SAFE_NO_PAD.encode(random)
    }
}

/// The ticket as a token.
pub fn seal(keys: &Keys, ticket: &Ticket) -> String {
    let body = Body {
        action: ticket.action,
        cards: ticket.cards.iter().map(CardSlug::to_string).collect(),
        session: SessionBody::of(&ticket.session),
        expires_at_s: ticket.expires_at_s,
        id: ticket.id.clone(),
    };
    let body = serde_json::to_vec(&body).expect("a ticket is strings and numbers");
    token::seal(keys, Purpose::Ticket, &body)
}

/// The ticket of a token.
///
/// # Errors
///
/// When it is none of this host's, or too old.
pub fn open(keys: &Keys, token: &str, now: Timestamp) -> Result<Ticket, TicketRefused> {
    let body =
        token::open(keys, Purpose::Ticket, token, now).map_err(|_| TicketRefused::Unknown)?;
    let body: Body = serde_json::from_slice(&body).map_err(|_| TicketRefused::Unknown)?;
    if now.as_second() >= body.expires_at_s {
        return Err(TicketRefused::Expired);
    }
    let cards: Result<Vec<CardSlug>, _> = body.cards.iter().map(|slug| slug.parse()).collect();
    Ok(Ticket {
        action: body.action,
        cards: cards.map_err(|_| TicketRefused::Unknown)?,
        session: body.session.session().ok_or(TicketRefused::Unknown)?,
        expires_at_s: body.expires_at_s,
        id: body.id,
    })
}

#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(rename = "a")]
    action: TicketAction,
    #[serde(rename = "c")]
    cards: Vec<String>,
    #[serde(rename = "s")]
    session: SessionBody,
    #[serde(rename = "e")]
    expires_at_s: i64,
    #[serde(rename = "i")]
    id: String,
}

#[cfg(test)]
mod tests;
