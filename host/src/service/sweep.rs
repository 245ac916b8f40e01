//! Forgetting what is over: recorded answers that are too old to be asked for
//! again, ids that would not be taken any more, sessions that ended by
//! themselves since they were signed out, who was present long ago, and pictures
//! that stand in no post.

use crate::app::{App, millis};
use crate::community::circle::sweep_present;
use crate::community::{once, people};
use crate::store::{CommitError, Partition};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How long one round through all partitions takes. Records are kept for a day or
/// so; some minutes more are nothing, and a host of a million circles must not
/// be busy with this alone.
const ROUND: Duration = Duration::from_secs(600);

/// The shortest pause worth making.
const PAUSE_MIN: Duration = Duration::from_millis(10);

/// Records removed in one commit, so that no action waits long behind it.
const BATCH: usize = 100;

/// Sweeps every partition again and again.
pub async fn sweep_for_ever(app: Arc<App>) {
    let circles = app.circles.iter().map(|circle| circle.partition.clone());
    let publishers = app.config.publishers.iter();
    let publishers = publishers.map(|publisher| Partition::publisher(publisher.id.as_str()));
    let people: Vec<Partition> = Partition::all_people().chain(publishers).collect();
    let circles: Vec<Partition> = circles.collect();
    let all = u32::try_from(circles.len() + people.len()).unwrap_or(u32::MAX);
    let share = ROUND / all.max(1);
    let mut due = Duration::ZERO;
    loop {
        for (kind, partitions) in [(Kind::Circle, &circles), (Kind::People, &people)] {
            for partition in partitions {
                sweep(&app, kind, partition).await;
                due += share;
                if due >= PAUSE_MIN {
                    sleep(std::mem::take(&mut due)).await;
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Circle,
    /// People's, or a publisher's.
    People,
}

async fn sweep(app: &App, kind: Kind, partition: &Partition) {
    loop {
        match sweep_some(app, kind, partition).await {
            Ok(removed) if removed == BATCH => {}
            Ok(_) => return,
            Err(error) => {
                tracing::debug!(%partition, %error, "sweeping again later");
                return;
            }
        }
    }
}

async fn sweep_some(app: &App, kind: Kind, partition: &Partition) -> Result<usize, CommitError> {
    let now_ms = millis(app.world.now());
    match kind {
        Kind::Circle => {
            let circle = app.circles.iter().find(|it| it.partition == *partition);
            if let Some(circle) = circle {
                // What fails here was said in the log, and is tried again.
                let _ = super::media::sweep(app, &circle.id).await;
            }
            let present_s = app.config.members.present_s;
            sweep_present(&app.store, partition, present_s, now_ms, BATCH).await?;
            once::sweep(&app.store, partition, now_ms, BATCH).await
        }
        Kind::People => people::sweep(&app.store, partition, now_ms, BATCH).await,
    }
}
