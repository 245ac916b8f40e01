//! Signed offers: what a view really offered, and to whom.
//!
//! A client sends back the signed offer and its inputs, nothing else; whatever
//! no view ever offered cannot be invoked. The body is JSON under short names:
//! readable by the reader it was made for, and open to new fields, because an
//! offer made before an upgrade of the host still arrives after it. It does
//! not decide whether the reader may act: `audience` and `once` are enforced
//! where the action is handled.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::CardSlug;
use crate::identity::keys::{Keys, Purpose};
use crate::identity::reader::ReaderId;
use crate::identity::token::{self, Unopened};
use crate::view::inputs::InputDeclaration;
use crate::view::{ActionOffer, At, Audience, Once};

/// One offer as the host signs it and gets it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The card that made it, by slug.
    #[serde(rename = "c", with = "slug")]
    pub card: CardSlug,
    /// The action's name.
    #[serde(rename = "n")]
    pub name: String,
    /// The plugin's own words, given back to it exactly.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    pub payload: String,
    /// Who may take it.
    #[serde(rename = "a")]
    pub audience: Audience,
    /// How often it may be taken.
    #[serde(rename = "o")]
    pub once: Once,
    /// What the form around the button asks for, with its limits.
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputDeclaration>,
    /// Which of the card's pages made it, so that `handle` can believe it.
    #[serde(rename = "t", default, skip_serializing_if = "At::is_first")]
    pub at: At,
    /// The one reader it serves, when the view was private.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<ReaderId>,
}

/// Why an offer is not honoured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// The text is no token at all.
    #[error("the offer is not of the form v1.KEY.BODY.MAC")]
    Malformed,
    /// No key of that name signs or signed here within the last day.
    #[error("the offer's key is not known here, or was rotated more than a day ago")]
    UnknownKey,
    /// Made up or changed on the way.
    #[error("the offer was not signed by this host")]
    Forged,
    /// Genuine, and made by another card.
    #[error("the offer was made by another card")]
    OtherCard,
    /// Genuine, and made to another reader.
    #[error("the offer was made to another reader")]
    NotYours,
}

impl Offer {
    /// The offer of a button on a page of `card`, with the inputs of the form around it.
    /// `reader` is set when the view was drawn for one reader alone.
    pub fn new(
        card: &CardSlug,
        at: &At,
        offer: &ActionOffer,
        inputs: &[InputDeclaration],
        reader: Option<&ReaderId>,
    ) -> Offer {
        Offer {
            card: card.clone(),
            name: offer.name.clone(),
            payload: offer.payload.clone(),
            audience: offer.audience,
            once: offer.once,
            inputs: inputs.to_vec(),
            at: at.clone(),
            reader: reader.cloned(),
        }
    }
}

/// Signs an offer; a few microseconds, since a view has dozens.
pub fn sign(keys: &Keys, offer: &Offer) -> String {
    let body = serde_json::to_vec(offer).expect("an offer is strings, numbers and lists");
    token::seal(keys, Purpose::Offer, &body)
}

/// Reads back an offer that `reader` sends to `card`.
pub fn verify(
    keys: &Keys,
    token: &str,
    card: &CardSlug,
    reader: Option<&ReaderId>,
    now: Timestamp,
) -> Result<Offer, OfferError> {
    let body = token::open(keys, Purpose::Offer, token, now)?;
    let offer: Offer = serde_json::from_slice(&body).map_err(|_| OfferError::Malformed)?;
    if offer.card != *card {
        return Err(OfferError::OtherCard);
    }
    if offer.reader.is_some() && offer.reader.as_ref() != reader {
        return Err(OfferError::NotYours);
    }
    Ok(offer)
}

impl From<Unopened> for OfferError {
    fn from(why: Unopened) -> OfferError {
        match why {
            Unopened::Malformed => OfferError::Malformed,
            Unopened::UnknownKey => OfferError::UnknownKey,
            Unopened::Forged => OfferError::Forged,
        }
    }
}

/// A slug as text.
mod slug {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::config::CardSlug;

    pub(super) fn serialize<S: Serializer>(slug: &CardSlug, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(slug.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<CardSlug, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
