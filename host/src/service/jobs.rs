//! What cards do without a reader: timers that are due, answers from outside,
//! and what comes before both.
//!
//! What is to be done stands in the store. `App::agenda` notes in memory when
//! which circle is to be looked at next: whoever commits something that is due
//! tells it, and at start every circle is looked at once. So a circle with
//! nothing to come has no task, and nothing is forgotten in a crash.

mod deliver;
mod turns;

pub use self::deliver::limits;
use self::deliver::{After, deliver};
use self::turns::{End, Turn, Turns};
use super::outbound::{self, Claimed};
use super::{ServiceError, lifecycle, media};
use crate::app::{App, Card, Circle, Item, PluginState, millis};
use crate::community::jobs as rules;
use crate::community::media::releases;
use crate::config::CardState;
use crate::store::{Access, CommitError, Seq, Transaction};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::sleep;

/// Entries of a circle that are looked at in one turn. The other circles have
/// theirs before its next.
const TURN: usize = 32;

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
    let (sends, mut to_send) = mpsc::unbounded_channel();
    let mut runner = Runner::new(sends);
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
            Some(ended) = runner.under_way.join_next_with_id() => runner.end(&app, ended),
            Some(claimed) = to_send.recv() => runner.send(&app, claimed),
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

/// Commits what a call or a moderator has written, and has what is due among it
/// done: jobs, and pictures removed whose posts were.
///
/// # Errors
///
/// As [`Transaction::commit`].
pub async fn commit(app: &App, circle: &Circle, tx: Transaction) -> Result<Seq, CommitError> {
    let mut next = Vec::new();
    if let Some(due_ms) = rules::earliest_written(&tx) {
        next.push((Item::Circle(circle.id.clone()), due_ms));
    }
    if releases(&tx) {
        next.push((Item::Pictures(circle.id.clone()), 0));
    }
    if next.is_empty() {
        return tx.commit().await;
    }
    let certain_ms = millis(app.world.now()).saturating_add(COMMIT_MS);
    for (item, due_ms) in &next {
        app.agenda.note(item.clone(), certain_ms.max(*due_ms));
    }
    let seq = tx.commit().await?;
    for (item, due_ms) in next {
        app.agenda.note(item, due_ms);
    }
    Ok(seq)
}

/// A seed that nobody can guess.
pub fn seed(app: &App) -> u64 {
    let [seed @ .., _, _, _, _, _, _, _, _] = app.world.random();
    u64::from_le_bytes(seed)
}

/// What is under way.
struct Runner {
    turns: Turns,
    /// A request ends without a turn's end.
    under_way: JoinSet<Option<End>>,
    /// Whose turn each task is.
    items: HashMap<Id, Item>,
    /// Where requests go that are to be sent.
    sends: UnboundedSender<Claimed>,
}

impl Runner {
    fn new(sends: UnboundedSender<Claimed>) -> Runner {
        Runner {
            turns: Turns::default(),
            under_way: JoinSet::new(),
            items: HashMap::new(),
            sends,
        }
    }

    fn has_room(&self, app: &App) -> bool {
        self.turns.taken() < app.config.timers.jobs_at_once_max
    }

    fn start_due(&mut self, app: &Arc<App>) {
        let now_ms = millis(app.world.now());
        while self.has_room(app) {
            let Some(turn) = self.turns.take(&app.agenda, now_ms) else {
                return;
            };
            let app = Arc::clone(app);
            let sends = self.sends.clone();
            let item = turn.item.clone();
            let task = self
                .under_way
                .spawn(async move { Some(have(&app, turn, &sends).await) });
            self.items.insert(task.id(), item);
        }
    }

    fn end(&mut self, app: &App, ended: Result<(Id, Option<End>), JoinError>) {
        let (id, end) = match ended {
            Ok(ended) => ended,
            Err(panic) => (panic.id(), None),
        };
        let Some(item) = self.items.remove(&id) else {
            return;
        };
        let end = end.unwrap_or_else(|| {
            // Else neither the circle nor this place had another turn.
            tracing::error!(?item, "a turn panicked; its jobs wait");
            End::Through(Turn::passed_over(item, later(app, COMMIT_MS)))
        });
        self.turns.end(&app.agenda, end, millis(app.world.now()));
    }

    fn send(&mut self, app: &Arc<App>, claimed: Claimed) {
        let app = Arc::clone(app);
        self.under_way.spawn(async move {
            outbound::send(&app, claimed).await;
            None
        });
    }
}

/// Has a turn.
async fn have(app: &App, mut turn: Turn, sends: &UnboundedSender<Claimed>) -> End {
    let had = match &turn.item {
        Item::Card(slug) => match app.cards.get(slug) {
            Some(card) => begin(app, card, &mut turn).await,
            None => Ok(Rest::None),
        },
        Item::Circle(id) => match app.circle(id) {
            Some(circle) => deliver_due(app, circle, &mut turn, sends).await,
            None => Ok(Rest::None),
        },
        Item::Pictures(circle) => {
            let swept = media::sweep_released(app, circle).await;
            swept.map(|()| Rest::None)
        }
    };
    match had {
        Ok(Rest::Some) => End::Goes(turn),
        Ok(Rest::None) => End::Through(turn),
        Err(error) => {
            tracing::warn!(item = ?turn.item, %error, "jobs wait");
            turn.pass_over(later(app, COMMIT_MS));
            End::Through(turn)
        }
    }
}

/// Whether a turn has left anything that may be due.
enum Rest {
    None,
    Some,
}

/// Has a card begin that has something to do then.
async fn begin(app: &App, card: &Card, turn: &mut Turn) -> Result<Rest, ServiceError> {
    let state = card.plugin.borrow().clone();
    let plugin = match state {
        PluginState::Ready(plugin) => plugin,
        PluginState::Preparing => {
            turn.pass_over(later(app, PAUSE_MS));
            return Ok(Rest::None);
        }
        PluginState::Failed => return Ok(Rest::None),
    };
    if lifecycle::ensure(app, card, &plugin).await.is_err() {
        let not_before_ms = lifecycle::not_before(card).await;
        turn.pass_over(not_before_ms.max(later(app, PAUSE_MS)));
    }
    Ok(Rest::None)
}

/// Does a turn's worth of what is due in a circle.
async fn deliver_due(
    app: &App,
    circle: &Circle,
    turn: &mut Turn,
    sends: &UnboundedSender<Claimed>,
) -> Result<Rest, ServiceError> {
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, &circle.partition, Access::Read).await?;
    let entries = rules::due(&mut tx, turn.after.as_ref(), TURN).await?;
    drop(tx);
    for due in &entries {
        if due.at_ms > millis(app.world.now()) {
            turn.pass_over(due.at_ms);
            return Ok(Rest::None);
        }
        match deliver(app, circle, due).await? {
            After::Over => {}
            After::Later(at_ms) => turn.pass_over(at_ms),
            // Heard for as long as the host runs. When that ends the claim is
            // worth nothing, and the request is tried again.
            After::Send(claimed) => drop(sends.send(*claimed)),
        }
    }
    match entries.into_iter().next_back() {
        Some(last) => turn.after = Some(last),
        None => return Ok(Rest::None),
    }
    Ok(Rest::Some)
}

fn later(app: &App, pause_ms: u64) -> u64 {
    millis(app.world.now()).saturating_add(pause_ms)
}
