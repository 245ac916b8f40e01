//! `quanka:card/timers`.

use super::{effect_result, read_effect};
use crate::community::timers::{self as rules, Schedule};
use crate::config::Capability;
use crate::contract::v1::timers::{Host, ScheduleAt};
use crate::contract::v1::types::Error;
use crate::sandbox::call::Call;

impl Host for Call {
    async fn schedule(
        &mut self,
        name: String,
        when: ScheduleAt,
        payload: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Timers, name.len() + payload.len())? {
            return Ok(Err(error));
        }
        let schedule = match when {
            ScheduleAt::At(instant) => Schedule::At(instant),
            ScheduleAt::Every(period_s) => Schedule::Every(period_s),
            ScheduleAt::Cron(cron) => Schedule::Cron {
                expression: cron.expression,
                zone: cron.zone,
            },
        };
        let now_ms = self.visit.now_ms;
        let (transaction, limits, asker) = self.effects();
        let limits = &limits.timers;
        let set = rules::schedule(transaction, limits, asker, &name, schedule, payload, now_ms);
        effect_result(set.await)
    }

    async fn cancel(&mut self, name: String) -> wasmtime::Result<Result<bool, Error>> {
        if let Err(error) = self.record_write(Capability::Timers, name.len())? {
            return Ok(Err(error));
        }
        let (transaction, _, asker) = self.effects();
        effect_result(rules::cancel(transaction, asker, &name).await)
    }

    async fn next(&mut self, name: String) -> wasmtime::Result<Option<u64>> {
        self.record_read(Capability::Timers, name.len())?;
        let (transaction, _, asker) = self.effects();
        read_effect(rules::next(transaction, asker, &name).await)
    }
}
