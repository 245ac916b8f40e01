//! Forgetting recorded answers that are too old to be asked for again.

use crate::app::{App, Circle, millis};
use crate::community::once;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How long one round through all circles takes. Records are kept for a day or
/// so; some minutes more are nothing, and a host of a million circles must not
/// be busy with this alone.
const ROUND: Duration = Duration::from_secs(600);

/// The shortest pause worth making.
const PAUSE_MIN: Duration = Duration::from_millis(10);

/// Records removed in one commit, so that no action waits long behind it.
const BATCH: usize = 100;

/// Sweeps every circle again and again.
pub async fn sweep_for_ever(app: Arc<App>) {
    let circles = u32::try_from(app.circles.len()).unwrap_or(u32::MAX);
    let share = ROUND / circles.max(1);
    let mut due = Duration::ZERO;
    loop {
        for circle in &app.circles {
            sweep(&app, circle).await;
            due += share;
            if due >= PAUSE_MIN {
                sleep(std::mem::take(&mut due)).await;
            }
        }
        if app.circles.is_empty() {
            return;
        }
    }
}

async fn sweep(app: &App, circle: &Circle) {
    let now_ms = millis(app.world.now());
    loop {
        match once::sweep(&app.store, &circle.partition, now_ms, BATCH).await {
            Ok(removed) if removed == BATCH => {}
            Ok(_) => return,
            Err(error) => {
                tracing::debug!(circle = %circle.id, %error, "sweeping again later");
                return;
            }
        }
    }
}
