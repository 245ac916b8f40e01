//! What comes without a reader: timers, answers, the beginnings of a card and
//! of a version.

use std::collections::BTreeMap;

use super::{Host, nobody, wit, wit_jobs};
use crate::host::native::{CallKind, Data, Sent, within};
use crate::outbound::Method;
use crate::time::Timestamp;
use crate::{Error, Failure, Result};

/// After so many failures a job is put aside.
const ATTEMPTS_MAX: u32 = 10;
/// More deliveries in one [`Host::advance_s`] are a card that sets timers for
/// ever.
const DELIVERIES_MAX: usize = 10_000;

/// A timer that came.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct JobDone {
    /// The timer's name.
    pub name: String,
    /// When it came.
    pub at: Timestamp,
    /// What the card answered. After an error it comes again, a minute later
    /// and then each time twice as late, ten times in all.
    pub result: Result<()>,
}

/// A request that waits for its answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// What the card was given for it.
    pub delivery: String,
    /// Its method.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// Its headers, by name.
    pub headers: BTreeMap<String, String>,
    /// What it says.
    pub body: Vec<u8>,
    /// What arrives with the answer, as text.
    pub payload: String,
}

/// What the outside answers. From [`reply`].
#[derive(Clone, Debug, PartialEq)]
pub struct Reply(wit_jobs::Response);

/// An answer with a status and a body.
pub fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply(wit_jobs::Response {
        status,
        headers: Vec::new(),
        body: body.into(),
    })
}

impl Reply {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.0.headers.push(wit_jobs::Header {
            name: name.to_ascii_lowercase(),
            value: value.to_owned(),
        });
        self
    }
}

impl Host {
    /// Moves the clock on and delivers every timer that becomes due, at its
    /// time, and those that were missed before.
    ///
    /// # Panics
    /// If doing a job twice gives two results, or timers come for ever.
    pub fn advance_s(&mut self, seconds: u64) -> Vec<JobDone> {
        let end = self.now.plus_s(seconds);
        let mut done = Vec::new();
        while let Some((next_ms, name)) = self.next_timer(end) {
            assert!(
                done.len() < DELIVERIES_MAX,
                "timer `{name}` comes again and again: more than {DELIVERIES_MAX} deliveries"
            );
            self.now = self.now.max(Timestamp::from_ms(next_ms));
            let result = self.deliver_timer(&name);
            done.push(JobDone {
                name,
                at: self.now,
                result,
            });
        }
        self.now = end;
        done
    }

    /// When a timer comes next; none if there is no such timer.
    pub fn next_due(&self, timer: &str) -> Option<Timestamp> {
        let timer = self.data.timers.get(timer)?;
        Some(Timestamp::from_ms(timer.next_ms))
    }

    /// Requests that wait for their answer, in the order in which they were
    /// sent.
    pub fn outbox(&self) -> Vec<Request> {
        let sent = self.data.outbox.iter().cloned();
        sent.map(|sent| Request {
            delivery: sent.delivery,
            method: sent.request.method,
            url: sent.request.url,
            headers: sent
                .request
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            body: sent.request.body.unwrap_or_default(),
            payload: sent.request.payload,
        })
        .collect()
    }

    /// Answers a request, and delivers the answer to the card.
    ///
    /// # Errors
    /// The card's own. The request then still waits, as the real host delivers
    /// the answer again.
    ///
    /// # Panics
    /// If no such request waits.
    pub fn answer(&mut self, delivery: &str, reply: Reply) -> Result<()> {
        self.deliver_answer(delivery, Ok(reply.0))
    }

    /// Lets a request fail for good, and tells the card.
    ///
    /// # Errors
    /// The card's own.
    ///
    /// # Panics
    /// If no such request waits.
    pub fn fail(&mut self, delivery: &str, failure: Failure) -> Result<()> {
        self.deliver_answer(delivery, Err(failure))
    }

    /// Lets the card begin, as the host does once before the first action or
    /// job. Does nothing if it has begun.
    ///
    /// # Errors
    /// The card's own.
    pub fn create(&mut self) -> Result<()> {
        if self.is_created {
            return Ok(());
        }
        let created = self.created;
        self.do_job(&self.data.clone(), "created", 1, created)?;
        self.is_created = true;
        Ok(())
    }

    /// Brings the card's data from an earlier version, as the host does before
    /// the first action or job of a new one.
    ///
    /// # Errors
    /// The card's own.
    pub fn migrate(&mut self, from_version: &str) -> Result<()> {
        // Who has data of an earlier version has begun.
        self.is_created = true;
        let migrate = self.migrate;
        let delivery = format!("migrated-from-{from_version}");
        self.do_job(&self.data.clone(), &delivery, 1, |cx| {
            migrate(cx, from_version)
        })
    }

    fn next_timer(&self, end: Timestamp) -> Option<(u64, String)> {
        let timers = self.data.timers.iter();
        timers
            .filter(|(_, timer)| timer.next_ms <= end.as_ms())
            .map(|(name, timer)| (timer.next_ms, name.clone()))
            .min()
    }

    fn deliver_timer(&mut self, name: &str) -> Result<()> {
        self.create()?;
        let timer = self.data.timers[name].clone();
        let next = timer.after(self.now.as_ms());
        let replace = |data: &mut Data| match &next {
            Some(next) => data.timers.insert(name.to_owned(), next.clone()),
            None => data.timers.remove(name),
        };
        let mut data = self.data.clone();
        replace(&mut data);
        let job = wit_jobs::Job::Timer(wit_jobs::DueTimer {
            name: name.to_owned(),
            payload: timer.payload.clone(),
            due: timer.due_ms,
        });
        let delivery = format!("timer-{name}-{}", timer.due_ms);
        let run = self.run;
        let result = self.do_job(&data, &delivery, timer.failures + 1, |cx| {
            run(cx, job.clone())
        });
        if result.is_err() {
            let failures = timer.failures + 1;
            if failures >= ATTEMPTS_MAX {
                replace(&mut self.data);
            } else if let Some(timer) = self.data.timers.get_mut(name) {
                timer.failures = failures;
                timer.next_ms = self.now.plus_s(60 << (failures - 1)).as_ms();
            }
        }
        result
    }

    fn deliver_answer(
        &mut self,
        delivery: &str,
        result: Result<wit_jobs::Response, Failure>,
    ) -> Result<()> {
        self.create()?;
        let is_it = |sent: &Sent| sent.delivery == delivery;
        let Some(at) = self.data.outbox.iter().position(is_it) else {
            panic!("no request `{delivery}` waits: {:?}", self.outbox());
        };
        let mut data = self.data.clone();
        let sent = data.outbox.remove(at);
        let job = wit_jobs::Job::Answer(wit_jobs::Answer {
            delivery: delivery.to_owned(),
            payload: sent.request.payload,
            result,
        });
        let run = self.run;
        let attempt = sent.failures + 1;
        let result = self.do_job(&data, delivery, attempt, |cx| run(cx, job.clone()));
        if result.is_err() {
            self.data.outbox[at].failures = attempt;
        }
        result
    }

    /// Makes a call that no reader makes, twice, and keeps what it wrote if it
    /// returns ok.
    fn do_job(
        &mut self,
        data: &Data,
        delivery: &str,
        attempt: u32,
        job: impl Fn(wit::JobContext) -> Result<(), wit::Error>,
    ) -> Result<()> {
        let cx = wit::JobContext {
            card: self.card_context(""),
            now: self.now.as_ms(),
            seed: seed_of(delivery),
            delivery: delivery.to_owned(),
            attempt,
        };
        let run = || {
            let mut call = self.call(CallKind::Job, &nobody());
            call.data = data.clone();
            within(call, || job(cx.clone()))
        };
        let (result, call) = run();
        let (again, call_again) = run();
        assert!(
            result == again && call.data == call_again.data,
            "a job did something else the second time: it must depend on what it is given and \
             reads through imports alone"
        );
        self.lines = call.lines;
        result.map_err(Error::from_wit)?;
        self.data = call.data;
        Ok(())
    }
}

/// A number that differs from one delivery to another (FNV-1a).
fn seed_of(delivery: &str) -> u64 {
    delivery.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
