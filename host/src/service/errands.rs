//! What the host does about readers by itself: carries their new names into the
//! circles, and erases them there.
//!
//! An errand is noted in the reader's own partition, in the same commit as what
//! asks for it. Here a task follows each of those partitions, does what it finds
//! there, and after a crash finds it again.

use super::{ServiceError, media};
use crate::app::App;
use crate::community::people::{self, Errand};
use crate::config::CircleId;
use crate::identity::ReaderId;
use crate::store::Partition;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Errands done at once. They are nobody's tap, and readers come first.
const AT_ONCE: usize = 4;

/// Errands of a partition looked at together.
const LOOK: usize = 16;

/// Keys removed in one commit, so that no action waits long behind it.
const KEYS_MAX: usize = 256;

/// How long to wait when the store fails.
const PAUSE: Duration = Duration::from_secs(5);

/// Does every errand, for ever.
pub async fn run_for_ever(app: Arc<App>) {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut followers = JoinSet::new();
    for partition in Partition::all_people() {
        followers.spawn(follow(Arc::clone(&app), partition, Arc::clone(&turns)));
    }
    while followers.join_next().await.is_some() {}
}

async fn follow(app: Arc<App>, partition: Partition, turns: Arc<Semaphore>) {
    loop {
        let followed = follow_until_failure(&app, &partition, &turns).await;
        if let Err(error) = followed {
            tracing::warn!(%partition, %error, "errands wait for the store");
        }
        sleep(PAUSE).await;
    }
}

async fn follow_until_failure(
    app: &App,
    partition: &Partition,
    turns: &Semaphore,
) -> Result<(), ServiceError> {
    let mut commits = app.store.watch(partition)?;
    loop {
        // Whatever is committed from here on wakes this task again.
        commits.borrow_and_update();
        loop {
            let errands = people::errands_of(&app.store, partition, LOOK).await?;
            if errands.is_empty() {
                break;
            }
            for (reader, errand) in errands {
                let _turn = turns.acquire().await;
                run(app, &reader, errand).await?;
            }
        }
        if commits.changed().await.is_err() {
            return Ok(());
        }
    }
}

/// Does one errand, to the end or so far that it can be run again.
///
/// # Errors
///
/// When the store fails.
pub async fn run(app: &App, reader: &ReaderId, errand: Errand) -> Result<(), ServiceError> {
    match errand {
        Errand::Rename => rename(app, reader).await,
        Errand::Erase => erase(app, reader).await,
    }
}

async fn rename(app: &App, reader: &ReaderId) -> Result<(), ServiceError> {
    let person = people::person(&app.store, reader).await?;
    if let Some(person) = &person {
        for circle in people::circles_noted(&app.store, reader).await? {
            pass_acts_under_way(app, &circle).await;
            people::rename_in_circle(&app.store, &circle, reader, person).await?;
        }
    }
    // Whoever was given yet another name meanwhile is found again.
    people::renamed(&app.store, reader, person.as_ref()).await?;
    Ok(())
}

async fn erase(app: &App, reader: &ReaderId) -> Result<(), ServiceError> {
    // Of a person it is noted where they acted. That would have cost an
    // anonymous reader's first tap a second commit, so theirs are looked for.
    let circles = match reader.is_anonymous() {
        true => app.circles_ever().cloned().collect(),
        false => people::circles_noted(&app.store, reader).await?,
    };
    for circle in &circles {
        pass_acts_under_way(app, circle).await;
        people::erase_in_circle(&app.store, &app.keys, circle, reader, KEYS_MAX).await?;
        media::sweep_released(app, circle).await?;
    }
    people::finish(&app.store, reader, KEYS_MAX).await?;
    Ok(())
}

/// Waits until every act in a circle that may not have seen what became of a
/// reader is over; the next ones see it. Without this, an act that read before
/// could be committed after the circle was done with.
async fn pass_acts_under_way(app: &App, circle: &CircleId) {
    if let Some(circle) = app.circle(circle) {
        drop(circle.gate.write().await);
    }
}
