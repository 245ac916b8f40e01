//! A circle goes from one publisher to another: its owner offers it, and the
//! other publisher takes it.

use super::ServiceError;
use crate::app::{App, Circle, Publisher, millis};
use crate::community::circle::{Setting, Transfer, keep_setting, setting, step_down};
use crate::config::PublisherId;
use crate::identity::ReaderId;
use crate::store::{Access, CommitError, Transaction};
use std::sync::Arc;

/// Whether a reader owns a circle now.
pub fn is_owner(circle: &Circle, reader: Option<&ReaderId>) -> bool {
    reader.is_some_and(|reader| circle.hands().is_owner(reader))
}

/// To whom a circle is offered, as long as the offer stands.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn offered_to(app: &App, circle: &Circle) -> Result<Option<PublisherId>, ServiceError> {
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, &circle.partition, Access::Read).await?;
    let transfer = setting(&mut tx).await?.transfer;
    let transfer = transfer.filter(|transfer| stands(app, transfer));
    Ok(transfer.map(|transfer| transfer.to))
}

/// Whether an offer can still be taken: else a circle would go to whoever was
/// named once, when its owner has long forgotten it.
fn stands(app: &App, transfer: &Transfer) -> bool {
    let age_ms = app.config.members.transfer_age_s.saturating_mul(1_000);
    millis(app.world.now()) < transfer.offered_ms.saturating_add(age_ms)
}

/// Offers a circle to another publisher of this host, for its owner; to nobody,
/// to take an offer back.
///
/// # Errors
///
/// `Denied` for whoever does not own it, `Conflict` for a publisher that there is
/// not or that has it.
pub async fn offer(
    app: &App,
    circle: &Circle,
    reader: &ReaderId,
    to: Option<&str>,
) -> Result<(), ServiceError> {
    let to = to.map(|id| known(app, id)).transpose()?;
    let offered_ms = millis(app.world.now());
    loop {
        let (mut tx, mut own) = begin(app, circle).await?;
        let hands = app.hands(circle, &own);
        if !hands.is_owner(reader) {
            return Err(ServiceError::Denied(
                "only the owner of a circle can give it away".to_owned(),
            ));
        }
        if to.is_some_and(|to| to.id == hands.publisher.id) {
            return Err(ServiceError::Conflict(
                "that publisher has the circle already".to_owned(),
            ));
        }
        own.transfer = to.map(|to| Transfer {
            to: to.id.clone(),
            offered_ms,
        });
        keep_setting(&mut tx, &mut own)?;
        if committed(app, circle, tx, &own).await? {
            return Ok(());
        }
    }
}

/// Takes a circle that was offered to this publisher: from now on it is theirs.
///
/// # Errors
///
/// `CircleUnknown`, if it was not offered to them; `Conflict`, if that was too
/// long ago.
pub async fn accept(
    app: &App,
    circle: &Circle,
    publisher: &Publisher,
    owner: &str,
) -> Result<(), ServiceError> {
    loop {
        let (mut tx, mut own) = begin(app, circle).await?;
        let offer = own.transfer.take();
        let offer = offer.filter(|transfer| transfer.to == publisher.id);
        let offer = offer.ok_or(ServiceError::CircleUnknown)?;
        if !stands(app, &offer) {
            return Err(ServiceError::Conflict(
                "the offer of this circle has expired: its owner can offer it again, at \
                 /circles/CIRCLE/transfer"
                    .to_owned(),
            ));
        }
        own.publisher = Some(publisher.id.clone());
        own.owner = Some(owner.to_owned());
        // Whoever owned it kept order there, and goes on to.
        step_down(&mut tx).await?;
        keep_setting(&mut tx, &mut own)?;
        if committed(app, circle, tx, &own).await? {
            break;
        }
    }
    tracing::info!(circle = %circle.id, publisher = %publisher.id, "a circle was transferred");
    Ok(())
}

/// Says who owns a circle that has no owner, for the publisher that has it.
/// Whoever owns one gives it away themselves.
///
/// # Errors
///
/// `CircleUnknown` for a publisher that does not have it, `Conflict` for a circle
/// that has an owner.
pub async fn appoint(
    app: &App,
    circle: &Circle,
    publisher: &Publisher,
    owner: &str,
) -> Result<(), ServiceError> {
    loop {
        let (mut tx, mut own) = begin(app, circle).await?;
        let hands = app.hands(circle, &own);
        // One that was given to a publisher who is gone for now is still theirs.
        let is_lent = own.publisher.as_ref().is_some_and(|id| *id != publisher.id);
        if hands.publisher.id != publisher.id || is_lent {
            return Err(ServiceError::CircleUnknown);
        }
        if hands.has_owner() {
            return Err(ServiceError::Conflict(
                "the circle has an owner, who can offer it to another publisher, at \
                 /circles/CIRCLE/transfer"
                    .to_owned(),
            ));
        }
        own.publisher = Some(publisher.id.clone());
        own.owner = Some(owner.to_owned());
        keep_setting(&mut tx, &mut own)?;
        if committed(app, circle, tx, &own).await? {
            break;
        }
    }
    tracing::info!(circle = %circle.id, publisher = %publisher.id, "a circle has an owner again");
    Ok(())
}

async fn begin(app: &App, circle: &Circle) -> Result<(Transaction, Setting), ServiceError> {
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, &circle.partition, Access::Write).await?;
    let own = setting(&mut tx).await?;
    Ok((tx, own))
}

/// Commits a change of a circle's own record, and has it count; `false` if
/// somebody else's commit came first.
async fn committed(
    app: &App,
    circle: &Circle,
    tx: Transaction,
    own: &Setting,
) -> Result<bool, ServiceError> {
    match tx.commit().await {
        Ok(_) => {
            app.pass_on(circle, own);
            Ok(true)
        }
        Err(CommitError::Conflict) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn known<'a>(app: &'a App, id: &str) -> Result<&'a Arc<Publisher>, ServiceError> {
    app.publishers.get(id).ok_or_else(|| {
        ServiceError::Conflict("there is no publisher of that id on this host".to_owned())
    })
}
