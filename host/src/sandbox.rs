//! The sandbox: guests in wasmtime, one fresh instance a call.
//!
//! May import the contract, the community rules, the store and the
//! configuration. Knows nothing of HTTP, offers or surfaces: it is given a
//! card, a reader and a transaction, and gives back what the guest made of
//! them. Instances are never reused; isolation is not for sale.

pub mod artifact;
pub mod call;
pub mod engine;
pub mod fault;
pub mod grants;
pub mod hostcalls;
pub mod jobs;
pub mod limits;
pub mod plugin;

use self::artifact::Artifacts;
use self::call::{Call, CallKind, Visit};
use self::engine::{Purpose, new_engine};
use self::fault::{CallError, Fault, HostEnd, failed};
use self::limits::{Budget, Meter, Metered};
use self::plugin::{LoadError, Plugin};
use crate::community::CommunityLimits;
use crate::config::manifest::Manifest;
use crate::config::{self, Capability};
use crate::contract::{Action, CardError, Outcome, v1};
use crate::store::Transaction;
use crate::view::View;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Instrument;
use wasmtime::component::Linker;
use wasmtime::{Engine, Store, UpdateDeadline};

/// How often running guests are interrupted, to yield and to be measured.
const TICK: Duration = Duration::from_millis(1);

/// How many handles to host resources (standard streams) a call may hold.
const HANDLES_MAX: usize = 64;

/// Runs guests.
pub struct Sandbox {
    engine: Engine,
    linker: Linker<Call>,
    artifacts: Artifacts,
    permits: Semaphore,
    limits: config::Sandbox,
    community: Arc<CommunityLimits>,
}

/// Why the sandbox could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox could not be set up: {0}; try a lower sandbox.instances_max")]
pub struct SandboxError(String);

/// What a plugin's file gave and the operator said about it.
#[derive(Debug)]
pub struct LoadRequest<'a> {
    /// The `.wasm` file.
    pub component: &'a [u8],
    /// The manifest found in it.
    pub manifest: Arc<Manifest>,
    /// Capabilities the operator refuses.
    pub deny: &'a [Capability],
}

/// A drawn card, not yet checked.
#[derive(Debug)]
pub struct Rendered {
    /// What the guest drew.
    pub view: View,
    /// Whether it depends on the reader.
    pub private: bool,
    /// Until when it is right, in milliseconds since 1970.
    pub expires_at_ms: Option<u64>,
    /// What it read.
    pub transaction: Transaction,
    /// How long the guest ran.
    pub used: Duration,
}

/// A handled action, not yet committed.
#[derive(Debug)]
pub struct Handled {
    /// What the guest returned.
    pub outcome: Outcome,
    /// What it read and wrote.
    pub transaction: Transaction,
    /// How long the guest ran.
    pub used: Duration,
}

impl Sandbox {
    /// A sandbox with its engine, its linker and its ticker thread.
    ///
    /// # Errors
    ///
    /// When the configured pool does not fit this machine.
    pub fn new(
        limits: &config::Sandbox,
        community: CommunityLimits,
        artifacts: Artifacts,
    ) -> Result<Sandbox, SandboxError> {
        let set_up = || -> wasmtime::Result<(Engine, Linker<Call>)> {
            let engine = new_engine(limits, Purpose::Run)?;
            start_ticker(&engine)?;
            let mut linker = Linker::new(&engine);
            hostcalls::add_to_linker(&mut linker)?;
            Ok((engine, linker))
        };
        let (engine, linker) = set_up().map_err(|error| SandboxError(format!("{error:#}")))?;
        Ok(Sandbox {
            permits: Semaphore::new(limits.instances_max as usize),
            engine,
            linker,
            artifacts,
            limits: limits.clone(),
            community: Arc::new(community),
        })
    }

    /// Makes a plugin ready: compiled or mapped, checked and linked.
    ///
    /// # Errors
    ///
    /// See [`LoadError`].
    pub async fn load(&self, request: LoadRequest<'_>) -> Result<Plugin, LoadError> {
        let component = self.artifacts.load(&self.engine, request.component).await?;
        Plugin::link(
            &self.linker,
            &component,
            request.manifest,
            request.deny,
            &self.limits,
        )
    }

    /// Draws a card.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn render(
        &self,
        plugin: &Plugin,
        publisher: &Budget,
        visit: Visit,
    ) -> Result<Rendered, CallError> {
        let span = tracing::info_span!("call", id = %visit.call_id, plugin = %plugin.name, during = "render");
        self.render_within(plugin, publisher, visit)
            .instrument(span)
            .await
    }

    async fn render_within(
        &self,
        plugin: &Plugin,
        publisher: &Budget,
        visit: Visit,
    ) -> Result<Rendered, CallError> {
        let context = v1::card_context(&visit.card);
        let mut running = self
            .start(plugin, publisher, visit, CallKind::Render)
            .await?;
        let result = {
            let store = &mut running.store;
            let call = pin!(async {
                let instance = plugin.instance.instantiate_async(&mut *store).await?;
                let guest = plugin.card.load(&mut *store, &instance)?;
                guest.call_render(store, &context).await
            });
            Metered::new(&running.meter, call).await
        };
        let (view, call, used) = running.finish(plugin, "render", result)?;
        Ok(Rendered {
            view: v1::view(view),
            private: call.private,
            expires_at_ms: call.expires_at_ms,
            transaction: call.visit.transaction,
            used,
        })
    }

    /// Lets a card handle an action.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn handle(
        &self,
        plugin: &Plugin,
        publisher: &Budget,
        visit: Visit,
        action: &Action,
    ) -> Result<Handled, CallError> {
        let span = tracing::info_span!(
            "call", id = %visit.call_id, plugin = %plugin.name, during = "handle", action = %action.id
        );
        self.handle_within(plugin, publisher, visit, action)
            .instrument(span)
            .await
    }

    async fn handle_within(
        &self,
        plugin: &Plugin,
        publisher: &Budget,
        visit: Visit,
        action: &Action,
    ) -> Result<Handled, CallError> {
        let Some(actions) = &plugin.actions else {
            return Err(CallError::Card(CardError::NotFound(
                "this card takes no actions".to_owned(),
            )));
        };
        let (context, guest_action) = v1::action_call(&visit.card, &visit.reader, action);
        let kind = CallKind::Handle { seed: action.seed };
        let mut running = self.start(plugin, publisher, visit, kind).await?;
        let result = {
            let store = &mut running.store;
            let call = pin!(async {
                let instance = plugin.instance.instantiate_async(&mut *store).await?;
                let guest = actions.load(&mut *store, &instance)?;
                guest.call_handle(store, &context, &guest_action).await
            });
            Metered::new(&running.meter, call).await
        };
        let during = format!("handle `{}`", action.name);
        let (outcome, call, used) = running.finish(plugin, &during, result)?;
        Ok(Handled {
            outcome: outcome.into(),
            transaction: call.visit.transaction,
            used,
        })
    }

    /// Waits for a permit and sets up the call's store.
    async fn start<'a>(
        &'a self,
        plugin: &'a Plugin,
        publisher: &'a Budget,
        visit: Visit,
        kind: CallKind,
    ) -> Result<Running<'a>, CallError> {
        let now = Instant::now();
        if let Some(pause) = plugin.health.paused(now) {
            return Err(CallError::Paused {
                retry_after_ms: millis(pause),
            });
        }
        for (budget, reason) in [
            (&plugin.budget, SPENT_BY_PLUGIN),
            (publisher, SPENT_BY_PUBLISHER),
        ] {
            if let Some(wait) = budget.wait(now) {
                return Err(plugin.overloaded(wait, reason));
            }
        }
        let permits = self.permits(plugin).await?;
        let (deadline_ms, key) = match kind {
            CallKind::Render => (self.limits.render_deadline_ms, "sandbox.render_deadline_ms"),
            CallKind::Handle { .. } => {
                (self.limits.handle_deadline_ms, "sandbox.handle_deadline_ms")
            }
            CallKind::Job { .. } => (self.limits.job_deadline_ms, "sandbox.job_deadline_ms"),
        };
        let meter = Arc::new(Meter::new(Duration::from_millis(deadline_ms)));
        let grants = Arc::clone(&plugin.grants);
        let community = Arc::clone(&self.community);
        let call = Call::new(visit, kind, grants, &self.limits, community);
        let mut store = Store::new(&self.engine, call);
        store.limiter(|call| &mut call.memory);
        store.set_hostcall_fuel(self.limits.hostcall_bytes_max);
        store.set_max_component_handles(HANDLES_MAX);
        store.set_epoch_deadline(1);
        let watch = Arc::clone(&meter);
        store.epoch_deadline_callback(move |_call| {
            if watch.is_over() {
                return Err(HostEnd::Deadline { deadline_ms, key }.into());
            }
            Ok(UpdateDeadline::Yield(1))
        });
        let charge = Charge {
            meter: Arc::clone(&meter),
            budgets: [&plugin.budget, publisher],
        };
        Ok(Running {
            store,
            meter,
            charge,
            _permits: permits,
        })
    }

    /// One permit of the plugin's and one of the pool's, so that a full pool
    /// is a short wait and then a clear answer, never an allocator's error.
    async fn permits<'a>(&'a self, plugin: &'a Plugin) -> Result<Permits<'a>, CallError> {
        let wait = Duration::from_millis(self.limits.permit_wait_ms);
        let until = tokio::time::Instant::now() + wait;
        Ok((
            permit(plugin, &plugin.permits, until, FULL_OF_PLUGIN).await?,
            permit(plugin, &self.permits, until, FULL).await?,
        ))
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

async fn permit<'a>(
    plugin: &Plugin,
    permits: &'a Semaphore,
    until: tokio::time::Instant,
    reason: &'static str,
) -> Result<SemaphorePermit<'a>, CallError> {
    match tokio::time::timeout_at(until, permits.acquire()).await {
        Ok(permit) => Ok(permit.expect("the semaphores are never closed")),
        Err(_elapsed) => Err(plugin.overloaded(Duration::from_secs(1), reason)),
    }
}

/// Why calls are refused, for whoever can change it.
const SPENT_BY_PLUGIN: &str =
    "the plugin has used up its running time (sandbox.cpu_ms_per_second_per_plugin)";
const SPENT_BY_PUBLISHER: &str = "the cards of its publisher have used up their running time \
                                  (sandbox.cpu_ms_per_second_per_publisher)";
const FULL_OF_PLUGIN: &str = "too many calls of the plugin are running \
                              (sandbox.instances_per_plugin_max, sandbox.permit_wait_ms)";
const FULL: &str = "too many calls are running (sandbox.instances_max, sandbox.permit_wait_ms)";

type Permits<'a> = (SemaphorePermit<'a>, SemaphorePermit<'a>);

struct Running<'a> {
    store: Store<Call>,
    meter: Arc<Meter>,
    charge: Charge<'a>,
    _permits: Permits<'a>,
}

/// Charges a call's running time when the call is over, however it ended: one
/// that nobody waits for any longer is dropped in the middle.
struct Charge<'a> {
    meter: Arc<Meter>,
    budgets: [&'a Budget; 2],
}

impl Drop for Charge<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        for budget in self.budgets {
            budget.charge(self.meter.used(), now);
        }
    }
}

impl Running<'_> {
    /// Keeps the call's log, and sorts out how it ended.
    fn finish<T>(
        self,
        plugin: &Plugin,
        during: &str,
        result: wasmtime::Result<Result<T, v1::types::Error>>,
    ) -> Result<(T, Call, Duration), CallError> {
        let used = self.meter.used();
        drop(self.charge);
        let call = self.store.into_data();
        call.log.emit();
        match result {
            Ok(Ok(value)) => Ok((value, call, used)),
            Ok(Err(error)) => {
                plugin.health.succeeded();
                let error = CardError::from(error);
                // Anybody can make up a page, or an input.
                match error {
                    CardError::Invalid { .. } => {}
                    CardError::NotFound(_) if !call.visit.card.at.is_empty() => {
                        tracing::debug!(%error, "the card has no such page");
                    }
                    _ => tracing::warn!(%error, "the card returned an error"),
                }
                Err(CallError::Card(error))
            }
            Err(error) => Err(failed(plugin, during, &call, error)),
        }
    }
}

impl Plugin {
    /// Refuses a call for now. Says why in the log, once a second at most.
    fn overloaded(&self, wait: Duration, reason: &'static str) -> CallError {
        let retry_after_ms = millis(wait).max(1);
        if self.refusals.is_due(Instant::now()) {
            tracing::warn!(
                plugin = %self.full_name(),
                retry_after_ms,
                "calls are refused: {reason}"
            );
        }
        CallError::Overloaded { retry_after_ms }
    }

    /// Notes that a call ended well, and that what it gave was in order.
    pub fn succeeded(&self) {
        self.health.succeeded();
    }

    /// Notes a fault found after the call, such as a malformed view.
    pub fn fault(&self, call_id: &str, during: &str, message: String) -> CallError {
        self.report(Fault {
            plugin: self.full_name(),
            call_id: call_id.to_owned(),
            during: during.to_owned(),
            message,
            said: String::new(),
            backtrace: String::new(),
        })
    }

    /// Counts and logs a fault: once, here.
    fn report(&self, fault: Fault) -> CallError {
        tracing::error!(
            target: "quanka::fault",
            plugin = %fault.plugin,
            call = %fault.call_id,
            during = %fault.during,
            said = %fault.said,
            backtrace = %fault.backtrace,
            "{}", fault.message
        );
        if let Some(pause) = self.health.failed(Instant::now()) {
            tracing::error!(
                target: "quanka::fault",
                plugin = %fault.plugin,
                pause_ms = millis(pause),
                "too many faults in a row; the plugin is paused"
            );
        }
        CallError::Fault(Box::new(fault))
    }
}

/// One thread that moves the engine's epoch, for as long as there is one.
fn start_ticker(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })?;
    Ok(())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
