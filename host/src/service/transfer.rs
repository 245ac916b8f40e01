//! A circle goes from one publisher to another: its owner offers it, and the
//! other publisher takes it.

use super::ServiceError;
use crate::app::{App, Circle, Publisher, millis};
use crate::community::circle::{Setting, Transfer, keep_setting, setting, step_down};
use crate::config::PublisherId;
use crate::identity::ReaderId;
use crate::store::{Access, CommitError, Transaction};
use std::sync::Arc;

/// What another publisher said when it took a circle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taking {
    /// Its own name for the person who owns the circle from now on.
    pub owner: Option<String>,
}

/// Whether a reader owns a circle now.
pub fn is_owner(circle: &Circle, reader: Option<&ReaderId>) -> bool {
    reader.is_some_and(|reader| circle.hands().is_owner(reader))
}

/// To whom a circle is offered.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn offered_to(app: &App, circle: &Circle) -> Result<Option<PublisherId>, ServiceError> {
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, &circle.partition, Access::Read).await?;
    Ok(setting(&mut tx).await?.transfer.map(|transfer| transfer.to))
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
/// `CircleUnknown`, if it was not offered to them.
pub async fn accept(
    app: &App,
    circle: &Circle,
    publisher: &Publisher,
    taking: &Taking,
) -> Result<(), ServiceError> {
    loop {
        let (mut tx, mut own) = begin(app, circle).await?;
        let is_theirs = |transfer: &Transfer| transfer.to == publisher.id;
        if !own.transfer.as_ref().is_some_and(is_theirs) {
            return Err(ServiceError::CircleUnknown);
        }
        own.transfer = None;
        own.publisher = Some(publisher.id.clone());
        own.owner = taking.owner.clone();
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
