//! Sending requests of plugins: to public addresses only, over https, within
//! limits.
//!
//! What a name leads to is looked up once, here, and judged before anything is
//! connected to; a literal address in a URL is judged before it is asked.
//! Redirects are followed by hand, and each is looked at like the first. Which
//! hosts a plugin may name is `community::outbox`'s.

mod judge;
#[cfg(test)]
mod tests;

use self::judge::is_public;
use super::tls::tls;
use crate::community::jobs::{Failure, Request, Response};
use crate::community::outbox::Reach;
use crate::config;
use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use std::error::Error as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::{Host, Url};

/// Redirects of one request.
const REDIRECTS_MAX: usize = 3;

/// Bytes of an answer's headers that are delivered, and how many.
const ANSWER_HEADER_BYTES_MAX: usize = 16 << 10;
const ANSWER_HEADERS_MAX: usize = 64;

/// Headers of an answer that are about the connection, or whose reader is a
/// browser with a jar.
const NOT_DELIVERED: &[&str] = &[
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "set-cookie",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Sends requests; one for the host.
#[derive(Clone, Debug)]
pub struct Sender {
    client: Client,
    timeout: Duration,
    body_bytes_max: usize,
    judge: Judge,
    turns: Arc<Semaphore>,
    rates: Arc<Rates>,
}

type Rates = RateLimiter<Arc<str>, HashMapStateStore<Arc<str>>, DefaultClock>;

/// Room for one request. Dropped when it is over.
#[derive(Debug)]
pub struct Turn(#[allow(dead_code, reason = "held, not used")] OwnedSemaphorePermit);

/// Why nothing can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum SenderError {
    /// TLS.
    #[error("TLS for plugins' requests: {0}")]
    Tls(#[from] rustls::Error),
    /// The client.
    #[error("the client for plugins' requests: {0}")]
    Client(#[from] reqwest::Error),
}

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// An answer.
    Answered(Response),
    /// There is none, and there will be none.
    Failed(Failure),
    /// Not this time. The text is for the log.
    Again(String),
}

impl Sender {
    /// A client with this machine's root certificates, and without a proxy.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up.
    pub fn new(options: &config::Outbound) -> Result<Sender, SenderError> {
        let judge = Judge {
            loopback: options.allow_loopback_http_for_tests,
        };
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .user_agent(concat!("quanka/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(judge)
            .build()?;
        Ok(Sender {
            client,
            timeout: Duration::from_millis(options.timeout_ms),
            body_bytes_max: options.response_bytes_max,
            judge,
            turns: Arc::new(Semaphore::new(options.requests_at_once_max)),
            rates: Arc::new(RateLimiter::hashmap(Quota::per_minute(
                options.requests_per_minute_per_plugin,
            ))),
        })
    }

    /// Room for a request of a plugin, if there is some now.
    pub fn turn(&self, plugin: &Arc<str>) -> Option<Turn> {
        let permit = Arc::clone(&self.turns).try_acquire_owned().ok()?;
        self.rates.check_key(plugin).ok()?;
        Some(Turn(permit))
    }

    /// Tries a request once.
    pub async fn send(&self, reach: Reach<'_>, delivery: &str, request: &Request) -> Tried {
        let tried = self.follow(reach, delivery, request);
        match tokio::time::timeout(self.timeout, tried).await {
            Ok(Ok(response)) => Tried::Answered(response),
            Ok(Err(End::Failed(failure))) => Tried::Failed(failure),
            Ok(Err(End::Again(why))) => Tried::Again(why),
            Err(_elapsed) => Tried::Again("it took too long (outbound.timeout_ms)".to_owned()),
        }
    }

    async fn follow(
        &self,
        reach: Reach<'_>,
        delivery: &str,
        request: &Request,
    ) -> Result<Response, End> {
        let mut hop = Hop::first(reach, delivery, request)?;
        for _ in 0..=REDIRECTS_MAX {
            self.judge.check(&hop.url)?;
            let mut answer = self
                .client
                .request(hop.method.clone(), hop.url.clone())
                .headers(hop.headers.clone());
            if let Some(body) = &hop.body {
                answer = answer.body(body.clone());
            }
            let answer = answer.send().await?;
            let status = answer.status();
            let Some(to) = redirect(status, answer.headers()) else {
                return self.read(answer).await;
            };
            let to = hop
                .url
                .join(&to)
                .map_err(|_| End::Failed(Failure::Refused))?;
            let to = reach
                .check(to.as_str())
                .map_err(|_| End::Failed(Failure::Refused))?;
            hop = hop.next(status, to);
        }
        Err(End::Failed(Failure::Refused))
    }

    async fn read(&self, mut answer: reqwest::Response) -> Result<Response, End> {
        let status = answer.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(End::Again(format!("it answers {status}")));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > self.body_bytes_max {
                return Err(End::Failed(Failure::Unusable));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: status.as_u16(),
            headers: delivered(answer.headers()),
            body,
        })
    }
}

/// One request on its way through redirects.
struct Hop {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Hop {
    fn first(reach: Reach<'_>, delivery: &str, request: &Request) -> Result<Hop, End> {
        // What was allowed when it was written down may not be any more.
        let url = reach
            .check(&request.url)
            .map_err(|_| End::Failed(Failure::Refused))?;
        let malformed = || End::Failed(Failure::Refused);
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| malformed())?;
            let value = HeaderValue::from_str(value).map_err(|_| malformed())?;
            headers.append(name, value);
        }
        let delivery = HeaderValue::from_str(delivery).map_err(|_| malformed())?;
        headers.insert("idempotency-key", delivery);
        Ok(Hop {
            method: Method::from_bytes(request.method.as_bytes()).map_err(|_| malformed())?,
            url,
            headers,
            body: request.body.clone(),
        })
    }

    /// As the fetch standard has it: after 303, and after 301 or 302 to a POST,
    /// it is a GET. What was meant for one host's eyes is not shown to another.
    fn next(mut self, status: StatusCode, to: Url) -> Hop {
        let becomes_get = status == StatusCode::SEE_OTHER
            || (matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND)
                && self.method == Method::POST);
        if becomes_get {
            self.method = Method::GET;
            self.body = None;
            self.headers.remove("content-type");
        }
        if self.url.origin() != to.origin() {
            for secret in ["authorization", "cookie"] {
                self.headers.remove(secret);
            }
        }
        Hop { url: to, ..self }
    }
}

enum End {
    Failed(Failure),
    Again(String),
}

impl From<reqwest::Error> for End {
    fn from(error: reqwest::Error) -> End {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            if error.is::<Refused>() {
                return End::Failed(Failure::Refused);
            }
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        End::Again(text)
    }
}

/// Looks names up, and lets only public addresses through.
#[derive(Clone, Copy, Debug)]
struct Judge {
    /// This machine, too: for tests.
    loopback: bool,
}

/// A name leads to an address that may not be asked.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("{0} is not a public address")]
struct Refused(IpAddr);

impl Judge {
    /// Judges an address that stands in a URL as it is. Names are judged when
    /// they are looked up.
    fn check(self, url: &Url) -> Result<(), End> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(End::Failed(Failure::Refused)),
        };
        self.judge(address)
            .map_err(|_| End::Failed(Failure::Refused))
    }

    fn judge(self, address: IpAddr) -> Result<(), Refused> {
        let ours = self.loopback && address.is_loopback();
        if ours || is_public(address) {
            return Ok(());
        }
        Err(Refused(address))
    }
}

impl Resolve for Judge {
    /// One bad address among good ones is enough: whoever answers so may
    /// answer otherwise the next time.
    fn resolve(&self, name: Name) -> Resolving {
        let judge = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            for address in &found {
                judge.judge(address.ip())?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn redirect(status: StatusCode, headers: &HeaderMap) -> Option<String> {
    let followed = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
    let to = headers.get(LOCATION).filter(|_| followed)?;
    Some(String::from_utf8_lossy(to.as_bytes()).into_owned())
}

fn delivered(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut left = ANSWER_HEADER_BYTES_MAX;
    let of_interest = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str();
        let value = value.to_str().ok()?;
        (!NOT_DELIVERED.contains(&name)).then(|| (name.to_owned(), value.to_owned()))
    });
    of_interest
        .take_while(|(name, value)| {
            let bytes = name.len() + value.len();
            let fits = bytes <= left;
            left = left.saturating_sub(bytes);
            fits
        })
        .take(ANSWER_HEADERS_MAX)
        .collect()
}
