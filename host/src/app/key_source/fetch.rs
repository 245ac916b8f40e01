//! Fetching a key set: one GET, bounded in time and size, that goes nowhere
//! else than where the configuration says.

use crate::app::tls::tls;
use crate::config::{Identity, KeySetUrl};
use crate::identity::KeySet;
use crate::identity::key_set::NotAKeySet;
use reqwest::header::{ACCEPT, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use std::error::Error as _;
use std::time::Duration;

/// Fetches key sets; cloning shares its connections.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    bytes_max: usize,
    keys_max: usize,
}

/// Why nothing can be fetched at all.
#[derive(Debug, thiserror::Error)]
pub enum FetcherError {
    /// TLS.
    #[error("TLS for publishers' key sets: {0}")]
    Tls(#[from] rustls::Error),
    /// The client.
    #[error("the client for publishers' key sets: {0}")]
    Client(#[from] reqwest::Error),
}

/// Why a key set was not fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{}", causes(.0))]
    Request(reqwest::Error),
    #[error("it answers {0}")]
    Status(StatusCode),
    #[error(
        "it answers {status} and sends on to {to:?}; redirects are not followed, set jwks_url to \
         where the set is"
    )]
    Redirect { status: StatusCode, to: String },
    #[error("it has more than {0} bytes (identity.jwks_bytes_max)")]
    TooLarge(usize),
    #[error("what it answers {0}")]
    NotAKeySet(#[from] NotAKeySet),
}

impl Fetcher {
    /// A client with this machine's root certificates. No proxy: the
    /// environment has no say in whom readers are signed in by.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up.
    pub fn new(options: &Identity) -> Result<Fetcher, FetcherError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .user_agent(concat!("quanka/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .timeout(Duration::from_millis(options.jwks_timeout_ms))
            .build()?;
        Ok(Fetcher {
            client,
            bytes_max: options.jwks_bytes_max,
            keys_max: options.jwks_keys_max,
        })
    }

    pub(super) async fn fetch(&self, url: &KeySetUrl) -> Result<KeySet, FetchError> {
        let request = self.client.get(url.as_str());
        let request = request.header(ACCEPT, "application/jwk-set+json, application/json");
        let mut answer = request.send().await?;
        let status = answer.status();
        if let Some(to) = answer
            .headers()
            .get(LOCATION)
            .filter(|_| status.is_redirection())
        {
            let to = to.to_str().unwrap_or_default().chars().take(200).collect();
            return Err(FetchError::Redirect { status, to });
        }
        if status != StatusCode::OK {
            return Err(FetchError::Status(status));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > self.bytes_max {
                return Err(FetchError::TooLarge(self.bytes_max));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(KeySet::parse(&body, self.keys_max)?)
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> FetchError {
        FetchError::Request(error.without_url())
    }
}

/// An error with its causes: reqwest's own text is only "error sending
/// request".
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
