//! From a session to the reader that a circle knows.

use super::ServiceError;
use crate::app::{App, Circle, Hands, Publisher};
use crate::community::circle::{note_present, setting, settle_owner};
use crate::community::membership::{Membership, Role, Standing, membership};
use crate::community::people::{self, Entry, Known, Where, enter, recognise};
use crate::contract::Reader;
use crate::identity::ReaderId;
use crate::store::{Access, StoreError, Transaction};
use std::sync::Arc;

/// Who a session's reader is in a circle. Nobody, for a person who is not
/// known here any more: they read as anybody does.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn known(
    app: &App,
    circle: &Circle,
    reader: Option<&ReaderId>,
) -> Result<Option<Known>, ServiceError> {
    let Some(reader) = reader else {
        return Ok(None);
    };
    if let Some(known) = people::anonymous(&app.keys, &circle.id, reader) {
        return Ok(Some(known));
    }
    let store = Arc::clone(&app.store);
    let mut transaction = Transaction::begin(store, &circle.partition, Access::Read).await?;
    let hands = hands(app, circle, &mut transaction).await?;
    let place = place(circle, &hands.publisher);
    Ok(recognise(&mut transaction, &app.store, &app.keys, place, reader).await?)
}

/// Who acts, in the action's own transaction.
///
/// # Errors
///
/// When the reader was erased meanwhile, or the store cannot be read.
pub async fn entering(
    app: &App,
    circle: &Circle,
    hands: &Hands,
    transaction: &mut Transaction,
    reader: &ReaderId,
    now_ms: u64,
) -> Result<Entry, ServiceError> {
    let place = place(circle, &hands.publisher);
    let entry = enter(transaction, &app.store, &app.keys, place, reader, now_ms).await?;
    entry.ok_or_else(gone)
}

/// For an act of somebody who was erased while they acted.
pub fn gone() -> ServiceError {
    ServiceError::Conflict("you have been erased here; load the card again".to_owned())
}

/// The reader who looks, as a plugin sees them, in the transaction of the
/// render: what they are in the circle is among what it reads.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn looking(
    transaction: &mut Transaction,
    hands: &Hands,
    known: Option<&Known>,
    now_ms: u64,
) -> Result<Reader, StoreError> {
    let Some(known) = known else {
        return Ok(Reader::none());
    };
    let mut found = membership(transaction, known.member.as_str()).await?;
    // Whoever was the owner and is not any more becomes a moderator when they
    // act next; until then they are seen as one.
    match (hands.is_owner(&known.reader), found.role) {
        (true, _) => found.role = Role::Owner,
        (false, Role::Owner) => found.role = Role::Moderator,
        (false, _) => {}
    }
    Ok(reader(known, &found, &[], now_ms))
}

/// The reader who acts, as a plugin sees them, in the transaction of the act.
///
/// # Errors
///
/// When the store fails.
pub async fn acting(
    transaction: &mut Transaction,
    hands: &Hands,
    known: &Known,
    languages: &[String],
    now_ms: u64,
) -> Result<Reader, ServiceError> {
    let member = known.member.as_str();
    let is_owner = hands.is_owner(&known.reader);
    let found = settle_owner(transaction, member, is_owner, now_ms).await?;
    Ok(reader(known, &found, languages, now_ms))
}

fn reader(known: &Known, found: &Membership, languages: &[String], now_ms: u64) -> Reader {
    Reader {
        signed_in: known.signed_in,
        role: found.role,
        locale: languages.first().cloned(),
        muted_until_ms: found.is_muted(now_ms).then_some(found.muted_until_ms),
        member: Some(known.member.as_str().to_owned()),
    }
}

/// After an act, and before its commit: a member who acts is present.
///
/// # Errors
///
/// When the store fails.
pub async fn note_act(
    app: &App,
    transaction: &mut Transaction,
    known: &Known,
    now_ms: u64,
) -> Result<(), ServiceError> {
    let member = known.member.as_str();
    let found = membership(transaction, member).await?;
    if found.standing == Standing::Joined {
        let present_s = app.config.members.present_s;
        note_present(transaction, present_s, member, now_ms).await?;
    }
    Ok(())
}

/// Who has the circle, by the record that the transaction sees.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn hands(
    app: &App,
    circle: &Circle,
    transaction: &mut Transaction,
) -> Result<Arc<Hands>, StoreError> {
    let setting = setting(transaction).await?;
    Ok(app.hands(circle, &setting))
}

fn place<'a>(circle: &'a Circle, publisher: &'a Publisher) -> Where<'a> {
    Where {
        circle: &circle.id,
        publisher: &publisher.id,
    }
}
