//! From a session to the reader that a circle knows.

use super::ServiceError;
use crate::app::{App, Circle};
use crate::community::people::{self, Entry, Known, Where, enter, recognise};
use crate::contract::{Reader, Role};
use crate::identity::ReaderId;
use crate::store::{Access, Transaction};
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
    let place = place(circle);
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
    transaction: &mut Transaction,
    reader: &ReaderId,
    now_ms: u64,
) -> Result<Entry, ServiceError> {
    let place = place(circle);
    let entry = enter(transaction, &app.store, &app.keys, place, reader, now_ms).await?;
    entry.ok_or_else(gone)
}

/// For an act of somebody who was erased while they acted.
pub fn gone() -> ServiceError {
    ServiceError::Conflict("you have been erased here; load the card again".to_owned())
}

/// The reader, as a plugin sees them.
pub fn reader(known: Option<&Known>, languages: &[String]) -> Reader {
    Reader {
        signed_in: known.is_some_and(|known| known.signed_in),
        role: Role::Visitor,
        locale: known.and(languages.first().cloned()),
        muted: false,
        member: known.map(|known| known.member.as_str().to_owned()),
    }
}

fn place(circle: &Circle) -> Where<'_> {
    Where {
        circle: &circle.id,
        publisher: &circle.publisher.id,
    }
}
