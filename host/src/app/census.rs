//! How lively circles are, for the directory: read from each circle's own
//! counts, and kept for a few seconds, because a search looks at all of them.

use super::{App, Circle, millis};
use crate::community::circle::{Counts, Subject, counts};
use crate::config::CircleId;
use crate::store::{Access, Seq, StoreError, Transaction};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What is known of every circle.
#[derive(Debug, Default)]
pub struct Census(Mutex<HashMap<CircleId, Known>>);

/// A circle as the directory has it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The circle.
    pub circle: Arc<Circle>,
    /// How many there are.
    pub counts: Counts,
    /// What of it can be found.
    pub subject: Arc<Subject>,
}

#[derive(Debug)]
struct Known {
    seq: Seq,
    read_at_ms: u64,
    listed: Listed,
}

impl Census {
    /// Every circle of the host, none of them older than `directory.refresh_s`.
    /// Those who ask while it is read wait for that.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn take(&self, app: &App) -> Result<Vec<Listed>, StoreError> {
        let now_ms = millis(app.world.now());
        let age_max_ms = app.config.directory.refresh_s.saturating_mul(1_000);
        let mut known = self.0.lock().await;
        let mut all = Vec::with_capacity(app.circles.len());
        for circle in &app.circles {
            if let Some(before) = known.get_mut(&circle.id) {
                let age_ms = now_ms.saturating_sub(before.read_at_ms);
                // Where nobody is present, only a commit changes anything.
                let is_as_before = before.listed.counts.present.count == 0
                    && app.store.seq(&circle.partition)? == before.seq;
                if age_ms < age_max_ms || is_as_before {
                    all.push(before.listed.clone());
                    continue;
                }
            }
            let (seq, listed) = read(app, circle, now_ms).await?;
            all.push(listed.clone());
            let new = Known {
                seq,
                read_at_ms: now_ms,
                listed,
            };
            known.insert(circle.id.clone(), new);
        }
        Ok(all)
    }

    /// One circle, as it is now.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn of(&self, app: &App, circle: &Arc<Circle>) -> Result<Listed, StoreError> {
        let (_, listed) = read(app, circle, millis(app.world.now())).await?;
        Ok(listed)
    }
}

async fn read(app: &App, circle: &Arc<Circle>, now_ms: u64) -> Result<(Seq, Listed), StoreError> {
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, &circle.partition, Access::Read).await?;
    let counts = counts(&mut tx, app.config.members.present_s, now_ms).await?;
    let listed = Listed {
        circle: Arc::clone(circle),
        counts,
        subject: Arc::new(Subject::of(&circle.facts())),
    };
    Ok((tx.seq(), listed))
}
