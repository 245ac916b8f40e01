//! Erasing a reader, on their own word or their publisher's.
//!
//! First the ledger, which outlives the store and all its backups; then the
//! store, where it is noted what is left to do in the circles; then the answer.
//! [`errands`](super::errands) does the rest.

use super::{ServiceError, session};
use crate::app::{App, Publisher, instant, millis};
use crate::community::people::{self, UsedBy};
use crate::config::PublisherId;
use crate::identity::{ReaderId, derive_person, erasure_receipt};
use crate::store::{Ledger, LedgerError, LedgerLine};
use jiff::Timestamp;
use std::sync::Arc;

/// That a reader is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// `er_…`; the same however often it is asked for.
    pub id: String,
    /// When they were.
    pub at: Timestamp,
    /// Whether nothing of them is left; otherwise that is a matter of moments.
    pub is_done: bool,
}

/// Whether a publisher's word was heard before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// It is new.
    New,
    /// It was used, and may have been carried out.
    Repeated,
}

/// Erases a reader: from now on they are nobody.
///
/// # Errors
///
/// When it cannot be written down. They may be erased all the same, and again
/// is safe.
pub async fn erase(app: &App, reader: &ReaderId) -> Result<Receipt, ServiceError> {
    if let Some(receipt) = receipt(app, reader).await? {
        return Ok(receipt);
    }
    let mut readers = people::formers_of(&app.store, reader).await?;
    readers.push(reader.clone());
    let at = app.world.now();
    let lines = readers.iter().map(|reader| LedgerLine {
        at,
        id: reader.as_str().to_owned(),
    });
    write(&app.erasures, lines.collect()).await?;
    for reader in &readers {
        people::shut_out(&app.store, reader, millis(at)).await?;
    }
    tracing::info!(receipt = %erasure_receipt(&app.keys, reader), "a reader is erased");
    receipt(app, reader).await?.ok_or(ServiceError::Internal)
}

/// Erases whom a publisher's token names.
///
/// # Errors
///
/// [`ServiceError::TokenRefused`] with the rule that the token breaks; else as
/// [`erase`].
pub async fn erase_by_publisher(
    app: &App,
    publisher: &Publisher,
    token: &str,
) -> Result<Receipt, ServiceError> {
    let token = session::erasure_token(app, publisher, token).await?;
    let dead_at_ms = u64::try_from(token.once.dead_at_s).unwrap_or(0) * 1000;
    // Tokens that sign somebody in are used up under their bare ids.
    let id = format!("erasure {}", token.once.id);
    let by = UsedBy::Publisher(&publisher.id);
    let word = match people::use_once(&app.store, by, &id, dead_at_ms).await? {
        true => Word::New,
        false => Word::Repeated,
    };
    erase_subject(app, &publisher.id, &token.subject, word).await
}

/// Erases whoever a publisher names so, and says of somebody who was erased
/// before that they were. Of somebody never heard of nothing is to be erased,
/// which is as good.
///
/// # Errors
///
/// As [`erase`].
async fn erase_subject(
    app: &App,
    publisher: &PublisherId,
    subject: &str,
    word: Word,
) -> Result<Receipt, ServiceError> {
    let mut last = None;
    let mut generation = 0;
    loop {
        let reader = derive_person(&app.keys, publisher, subject, generation);
        if let Some(earlier) = receipt(app, &reader).await? {
            last = Some(earlier);
            generation += 1;
            continue;
        }
        let is_there = people::person(&app.store, &reader).await?.is_some();
        return match (last, word) {
            // Whoever came back since is not whom that word was about.
            (Some(earlier), Word::Repeated) => Ok(earlier),
            (_, _) if is_there => erase(app, &reader).await,
            (Some(earlier), Word::New) => Ok(earlier),
            (None, _) => Ok(Receipt {
                id: erasure_receipt(&app.keys, &reader),
                at: app.world.now(),
                is_done: true,
            }),
        };
    }
}

/// The receipt of a reader who was erased.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn receipt(app: &App, reader: &ReaderId) -> Result<Option<Receipt>, ServiceError> {
    let erasure = people::erasure(&app.store, reader).await?;
    Ok(erasure.map(|erasure| Receipt {
        id: erasure_receipt(&app.keys, reader),
        at: instant(erasure.at_ms),
        is_done: erasure.is_done,
    }))
}

/// Before the host serves: erases whoever the ledger names and the store knows
/// as if nothing had been, because it is an older copy, or because the host
/// ended between the two.
///
/// # Errors
///
/// When the ledger or the store cannot be read, or takes no writes.
pub async fn again(app: &App) -> Result<u64, ServiceError> {
    let mut count = 0;
    for LedgerLine { at, id } in app.erasures.lines()? {
        let Ok(reader) = ReaderId::parse(&id) else {
            tracing::warn!(id, "the ledger of erasures names what is no reader");
            continue;
        };
        count += u64::from(people::shut_out(&app.store, &reader, millis(at)).await?);
    }
    if count > 0 {
        tracing::info!(count, "readers who were erased before are erased again");
    }
    Ok(count)
}

async fn write(ledger: &Arc<Ledger>, lines: Vec<LedgerLine>) -> Result<(), LedgerError> {
    let ledger = Arc::clone(ledger);
    tokio::task::spawn_blocking(move || ledger.append(&lines))
        .await
        .expect("appending to the ledger does not panic")
}
