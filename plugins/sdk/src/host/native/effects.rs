//! Timers and requests: what a call sets going.

use super::cron::CronTimes;
use super::{Call, current, denied, end_unless, name_is_good, payload_is_good, wit};
use wit::outbound::Request;
use wit::timers::ScheduleAt;
use wit::types::{Error, InvalidInput};

const TIMERS_MAX: usize = 32;
const PERIOD_S_MIN: u32 = 60;
const WAITING_MAX: usize = 32;
const HEADERS_MAX: usize = 16;
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Headers that the host sets, or that are about the connection.
const HOSTS_OWN: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "idempotency-key",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// A timer, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TimerRecord {
    pub when: ScheduleAt,
    pub payload: String,
    pub due_ms: u64,
    /// When it is tried next, which is later after a failure.
    pub next_ms: u64,
    pub failures: u32,
}

impl TimerRecord {
    /// The same timer, due for the first time after an instant; none if it
    /// never is.
    pub(crate) fn after(&self, now_ms: u64) -> Option<Self> {
        let due_ms = match &self.when {
            ScheduleAt::At(_) => return None,
            ScheduleAt::Every(seconds) => {
                let period_ms = u64::from(*seconds) * 1_000;
                let missed = now_ms.saturating_sub(self.due_ms) / period_ms;
                self.due_ms + (missed + 1) * period_ms
            }
            ScheduleAt::Cron(cron) => CronTimes::parse(&cron.expression, &cron.zone)
                .ok()?
                .after(now_ms)?,
        };
        Some(Self {
            due_ms,
            next_ms: due_ms,
            failures: 0,
            ..self.clone()
        })
    }
}

/// A request that was sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub delivery: String,
    pub request: Request,
    /// How often its answer was delivered in vain.
    pub failures: u32,
}

pub(crate) fn timers_schedule(name: &str, when: &ScheduleAt, payload: &str) -> Result<(), Error> {
    current(|call| {
        call.may_write()?;
        name_is_good("a timer's name", name).map_err(Error::Quota)?;
        payload_is_good(payload)?;
        let due_ms = first_due_ms(call, when)?;
        let timers = &mut call.data.timers;
        if !timers.contains_key(name) && timers.len() >= TIMERS_MAX {
            return Err(Error::Quota(format!(
                "a card has at most {TIMERS_MAX} timers"
            )));
        }
        let timer = TimerRecord {
            when: when.clone(),
            payload: payload.to_owned(),
            due_ms,
            next_ms: due_ms,
            failures: 0,
        };
        timers.insert(name.to_owned(), timer);
        Ok(())
    })
}

fn first_due_ms(call: &Call, when: &ScheduleAt) -> Result<u64, Error> {
    match when {
        ScheduleAt::At(instant_ms) => Ok(*instant_ms),
        ScheduleAt::Every(seconds) if *seconds < PERIOD_S_MIN => Err(wrong(format!(
            "a timer comes at most every {PERIOD_S_MIN} seconds, not every {seconds}"
        ))),
        ScheduleAt::Every(seconds) => Ok(call.now_ms + u64::from(*seconds) * 1_000),
        ScheduleAt::Cron(cron) => CronTimes::parse(&cron.expression, &cron.zone)
            .map_err(wrong)?
            .after(call.now_ms)
            .ok_or_else(|| wrong(format!("`{}` never comes", cron.expression))),
    }
}

pub(crate) fn timers_cancel(name: &str) -> Result<bool, Error> {
    current(|call| {
        call.may_write()?;
        Ok(call.data.timers.remove(name).is_some())
    })
}

pub(crate) fn timers_next(name: &str) -> Option<u64> {
    end_unless(name_is_good("a timer's name", name));
    current(|call| call.data.timers.get(name).map(|timer| timer.due_ms))
}

pub(crate) fn outbound_send(request: &Request) -> Result<String, Error> {
    current(|call| {
        call.may_write()?;
        request_is_good(request)?;
        if call.data.outbox.len() >= WAITING_MAX {
            return Err(Error::Quota(format!(
                "a card has at most {WAITING_MAX} requests waiting"
            )));
        }
        call.data.sent += 1;
        let delivery = format!("delivery-{}", call.data.sent);
        call.data.outbox.push(Sent {
            delivery: delivery.clone(),
            request: request.clone(),
            failures: 0,
        });
        Ok(delivery)
    })
}

fn request_is_good(request: &Request) -> Result<(), Error> {
    let place = request.url.strip_prefix("https://");
    let place = place.ok_or_else(|| wrong("the address is not https".to_owned()))?;
    let authority = place.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') {
        return Err(wrong(format!("`{}` is no address", request.url)));
    }
    if authority == "localhost" || authority.parse::<std::net::IpAddr>().is_ok() {
        return Err(denied("only hosts that the manifest names can be asked"));
    }
    let body_bytes = request.body.as_ref().map_or(0, Vec::len);
    if body_bytes > BODY_BYTES_MAX {
        return Err(Error::Quota(format!(
            "a body is at most {BODY_BYTES_MAX} bytes; this is {body_bytes}"
        )));
    }
    if request.headers.len() > HEADERS_MAX {
        return Err(Error::Quota(format!(
            "a request has at most {HEADERS_MAX} headers"
        )));
    }
    for header in &request.headers {
        let name = header.name.to_ascii_lowercase();
        let is_own = HOSTS_OWN.contains(&name.as_str())
            || ["proxy-", "sec-", "x-forwarded-"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let is_name = !name.is_empty() && name.bytes().all(is_token);
        let is_text = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
        if is_own {
            return Err(wrong(format!("the header `{name}` is the host's to set")));
        }
        if !is_name || !header.value.bytes().all(is_text) {
            return Err(wrong(format!("the header `{name}` is malformed")));
        }
    }
    payload_is_good(&request.payload)
}

fn wrong(text: String) -> Error {
    Error::Invalid(InvalidInput {
        text,
        fields: Vec::new(),
    })
}
