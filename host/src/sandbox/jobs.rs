//! Calls that no reader makes: jobs, and what happens once in a card's life.

use super::call::{CallKind, Visit};
use super::fault::CallError;
use super::limits::{Budget, Metered};
use super::plugin::Plugin;
use super::{Running, Sandbox};
use crate::community::jobs::Job;
use crate::contract::{CardError, JobContext, v1};
use crate::store::Transaction;
use std::pin::pin;
use tracing::Instrument;

/// What a card is called for.
#[derive(Clone, Debug)]
pub enum Occasion {
    /// `jobs.run`.
    Job(Job),
    /// `lifecycle.created`.
    Created,
    /// `lifecycle.migrate`.
    Migrate {
        /// The version that the card was last called with.
        from: String,
    },
}

impl Occasion {
    /// For the log and fault reports.
    fn during(&self) -> &'static str {
        match self {
            Occasion::Job(_) => "run",
            Occasion::Created => "created",
            Occasion::Migrate { .. } => "migrate",
        }
    }
}

impl Sandbox {
    /// Calls a card without a reader. What it read and wrote is given back, not
    /// yet committed.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub async fn job(
        &self,
        plugin: &Plugin,
        publisher: &Budget,
        visit: Visit,
        context: &JobContext,
        occasion: Occasion,
    ) -> Result<Transaction, CallError> {
        let span = tracing::info_span!(
            "call", id = %visit.call_id, plugin = %plugin.name, during = occasion.during(),
            delivery = %context.delivery, attempt = context.attempt
        );
        self.job_within(plugin, publisher, visit, context, occasion)
            .instrument(span)
            .await
    }

    async fn job_within(
        &self,
        plugin: &Plugin,
        publisher: &Budget,
        visit: Visit,
        context: &JobContext,
        occasion: Occasion,
    ) -> Result<Transaction, CallError> {
        let during = occasion.during();
        let guest_context = v1::job_context(&visit.card, context);
        let kind = CallKind::Job { seed: context.seed };
        let mut running = self.start(plugin, publisher, visit, kind).await?;
        let result = match occasion {
            Occasion::Job(job) => {
                let Some(jobs) = &plugin.jobs else {
                    return Err(absent("jobs"));
                };
                let job = v1::job(job, &context.delivery);
                let Running { store, meter, .. } = &mut running;
                let call = pin!(async {
                    let instance = plugin.instance.instantiate_async(&mut *store).await?;
                    let guest = jobs.load(&mut *store, &instance)?;
                    guest.call_run(store, &guest_context, &job).await
                });
                Metered::new(meter, call).await
            }
            Occasion::Created | Occasion::Migrate { .. } => {
                let Some(lifecycle) = &plugin.lifecycle else {
                    return Err(absent("lifecycle"));
                };
                let Running { store, meter, .. } = &mut running;
                let call = pin!(async {
                    let instance = plugin.instance.instantiate_async(&mut *store).await?;
                    let guest = lifecycle.load(&mut *store, &instance)?;
                    match &occasion {
                        Occasion::Migrate { from } => {
                            guest.call_migrate(store, &guest_context, from).await
                        }
                        _ => guest.call_created(store, &guest_context).await,
                    }
                });
                Metered::new(meter, call).await
            }
        };
        let ((), call, _used) = running.finish(plugin, during, result)?;
        plugin.succeeded();
        Ok(call.visit.transaction)
    }
}

fn absent(interface: &str) -> CallError {
    CallError::Card(CardError::NotFound(format!(
        "the plugin does not export `{interface}`"
    )))
}
