//! Whether an offer is made to a reader: to anybody, to those who signed in, or
//! to those who are somebody in the circle.

use crate::app::{App, Card, millis};
use crate::community::people::Known;
use crate::contract::{Reader, Role};
use crate::service::{ServiceError, member};
use crate::store::{Access, Transaction};
use crate::view::Audience;
use jiff::Timestamp;
use std::sync::Arc;

/// Says at once to whom the offer is not made, before their inputs are looked
/// at. What counts is asked again in the action's own transaction.
///
/// # Errors
///
/// When the offer is for others, or the store cannot be read.
pub async fn check_early(
    app: &App,
    card: &Card,
    audience: Audience,
    known: Option<&Known>,
    now: Timestamp,
) -> Result<(), ServiceError> {
    if audience == Audience::Anyone {
        return Ok(());
    }
    let store = Arc::clone(&app.store);
    let circle = &card.circle;
    let mut transaction = Transaction::begin(store, &circle.partition, Access::Read).await?;
    let hands = member::hands(app, circle, &mut transaction).await?;
    let reader = member::looking(&mut transaction, &hands, known, millis(now)).await?;
    check(audience, &reader)
}

/// What counts: asked of the reader as the action's own transaction sees them.
///
/// # Errors
///
/// When the offer is for others.
pub fn check(audience: Audience, reader: &Reader) -> Result<(), ServiceError> {
    let least = match audience {
        Audience::Anyone => return Ok(()),
        Audience::SignedIn if reader.signed_in => return Ok(()),
        Audience::SignedIn => return Err(ServiceError::SignInRequired),
        Audience::Member => Role::Member,
        Audience::Featured => Role::Featured,
        Audience::Moderator => Role::Moderator,
        Audience::Owner => Role::Owner,
    };
    match reader.role {
        role if role >= least => Ok(()),
        // Whoever they are, they may be somebody here.
        Role::Visitor if !reader.signed_in => Err(ServiceError::SignInRequired),
        Role::Visitor => Err(ServiceError::Denied(
            "this is for members of the circle; join it first".to_owned(),
        )),
        _ => Err(ServiceError::Denied(
            "this is for members of the circle with another role than yours".to_owned(),
        )),
    }
}
