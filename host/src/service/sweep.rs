//! Forgetting recorded answers that are too old to be asked for again.

use crate::app::{App, millis};
use crate::community::once;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How often to look. Records are kept for a day or so; a minute more is
/// nothing.
const PERIOD: Duration = Duration::from_secs(60);

/// Records removed in one commit, so that no action waits long behind it.
const BATCH: usize = 100;

/// Sweeps every circle again and again.
pub async fn sweep_for_ever(app: Arc<App>) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for circle in &app.circles {
            let now_ms = millis(app.world.now());
            loop {
                match once::sweep(&app.store, &circle.partition, now_ms, BATCH).await {
                    Ok(removed) if removed == BATCH => {}
                    Ok(_) => break,
                    Err(error) => {
                        tracing::debug!(circle = %circle.id, %error, "sweeping again later");
                        break;
                    }
                }
            }
        }
    }
}
