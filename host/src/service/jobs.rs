//! What cards do without a reader: timers that are due, answers from outside,
//! and what comes before both.
//!
//! What is to be done stands in the store. `App::agenda` notes in memory when
//! which circle is to be looked at next: whoever commits something that is due
//! tells it, and at start every circle is looked at once. So a circle with
//! nothing to come has no task, and nothing is forgotten in a crash.

mod deliver;

pub use self::deliver::limits;
use self::deliver::{After, deliver};
use super::{ServiceError, lifecycle, outbound};
use crate::app::{App, Circle, Item, PluginState, millis};
use crate::community::jobs::{self as rules, Due};
use crate::config::CardState;
use crate::store::{Access, CommitError, Seq, Transaction};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Entries of a circle looked at together.
const LOOK: usize = 32;

/// How long until something is looked at again that could not be done for no
/// fault of its own, in milliseconds.
const PAUSE_MS: u64 = 1_000;

/// Until when a commit has certainly happened, if it does: a circle is looked at
/// then, too, for whoever asked may be gone in the middle of it.
const COMMIT_MS: u64 = 5_000;

/// The clock on the wall may be put: it is looked at this often.
const NAP_MAX: Duration = Duration::from_secs(30);

/// Does what is due, for ever.
pub async fn run_for_ever(app: Arc<App>) {
    look_everywhere(&app);
    let mut runner = Runner::default();
    loop {
        runner.start_due(&app);
        let next_ms = app.agenda.next().unwrap_or(u64::MAX);
        let nap_ms = next_ms.saturating_sub(millis(app.world.now()));
        // With no room left, only an end makes some.
        let nap = match runner.has_room(&app) {
            true => Duration::from_millis(nap_ms.max(1)).min(NAP_MAX),
            false => NAP_MAX,
        };
        tokio::select! {
            ended = runner.under_way.join_next(), if !runner.under_way.is_empty() => {
                runner.end(&app, ended.and_then(Result::ok).flatten());
            }
            () = app.agenda.noted() => {}
            () = sleep(nap) => {}
        }
    }
}

/// Has every circle and every card looked at once.
fn look_everywhere(app: &App) {
    for circle in &app.circles {
        app.agenda.note(Item::Circle(circle.id.clone()), 0);
    }
    for (slug, card) in &app.cards {
        if card.state == CardState::Live {
            app.agenda.note(Item::Card(slug.clone()), 0);
        }
    }
}

/// Commits what a call has written, and has what is due among it done.
///
/// # Errors
///
/// As [`Transaction::commit`].
pub async fn commit(app: &App, circle: &Circle, tx: Transaction) -> Result<Seq, CommitError> {
    let Some(due_ms) = rules::earliest_written(&tx) else {
        return tx.commit().await;
    };
    let item = Item::Circle(circle.id.clone());
    let certain_ms = millis(app.world.now()).saturating_add(COMMIT_MS);
    app.agenda.note(item.clone(), due_ms.max(certain_ms));
    let seq = tx.commit().await?;
    app.agenda.note(item, due_ms);
    Ok(seq)
}

/// A seed that nobody can guess.
pub fn seed(app: &App) -> u64 {
    let [seed @ .., _, _, _, _, _, _, _, _] = app.world.random();
    u64::from_le_bytes(seed)
}

/// What is under way. An item is under way once: what is noted meanwhile is
/// looked at when it has ended.
#[derive(Default)]
struct Runner {
    /// A request ends without an item.
    under_way: JoinSet<Option<Ended>>,
    busy: HashSet<Item>,
    again: HashSet<Item>,
}

struct Ended {
    item: Item,
    to_send: Vec<outbound::Claimed>,
}

impl Runner {
    fn has_room(&self, app: &App) -> bool {
        self.busy.len() < app.config.timers.jobs_at_once_max
    }

    fn start_due(&mut self, app: &Arc<App>) {
        let now_ms = millis(app.world.now());
        while self.has_room(app) {
            let Some(item) = app.agenda.take(now_ms) else {
                return;
            };
            if !self.busy.insert(item.clone()) {
                self.again.insert(item);
                continue;
            }
            let app = Arc::clone(app);
            self.under_way
                .spawn(async move { Some(look_at(&app, item).await) });
        }
    }

    fn end(&mut self, app: &Arc<App>, ended: Option<Ended>) {
        let Some(Ended { item, to_send }) = ended else {
            return;
        };
        self.busy.remove(&item);
        if self.again.remove(&item) {
            app.agenda.note(item, 0);
        }
        for claimed in to_send {
            let app = Arc::clone(app);
            self.under_way.spawn(async move {
                outbound::send(&app, claimed).await;
                None
            });
        }
    }
}

async fn look_at(app: &App, item: Item) -> Ended {
    let mut to_send = Vec::new();
    let looked = match &item {
        Item::Card(slug) => match app.cards.get(slug) {
            Some(card) => begin(app, card).await,
            None => Ok(()),
        },
        Item::Circle(id) => match app.circle(id) {
            Some(circle) => deliver_due(app, circle, &mut to_send).await,
            None => Ok(()),
        },
    };
    if let Err(error) = looked {
        tracing::warn!(?item, %error, "jobs wait");
        app.agenda.note(item.clone(), later(app, COMMIT_MS));
    }
    Ended { item, to_send }
}

/// Has a card begin that has something to do then.
async fn begin(app: &App, card: &crate::app::Card) -> Result<(), ServiceError> {
    let item = Item::Card(card.slug.clone());
    let state = card.plugin.borrow().clone();
    let plugin = match state {
        PluginState::Ready(plugin) => plugin,
        PluginState::Preparing => {
            app.agenda.note(item, later(app, PAUSE_MS));
            return Ok(());
        }
        PluginState::Failed => return Ok(()),
    };
    if lifecycle::ensure(app, card, &plugin).await.is_err() {
        let not_before_ms = lifecycle::not_before(card).await;
        app.agenda
            .note(item, not_before_ms.max(later(app, PAUSE_MS)));
    }
    Ok(())
}

/// Does what is due in a circle, and notes when it is to be looked at again.
async fn deliver_due(
    app: &App,
    circle: &Circle,
    to_send: &mut Vec<outbound::Claimed>,
) -> Result<(), ServiceError> {
    let item = Item::Circle(circle.id.clone());
    let mut after: Option<Due> = None;
    loop {
        let store = Arc::clone(&app.store);
        let mut tx = Transaction::begin(store, &circle.partition, Access::Read).await?;
        let entries = rules::due(&mut tx, after.as_ref(), LOOK).await?;
        drop(tx);
        for due in &entries {
            if due.at_ms > millis(app.world.now()) {
                app.agenda.note(item, due.at_ms);
                return Ok(());
            }
            match deliver(app, circle, due).await? {
                After::Over => {}
                After::Later(at_ms) => app.agenda.note(item.clone(), at_ms),
                After::Send(claimed) => to_send.push(*claimed),
            }
        }
        match entries.into_iter().next_back() {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}

fn later(app: &App, pause_ms: u64) -> u64 {
    millis(app.world.now()).saturating_add(pause_ms)
}
