//! An HTTP client that hides nothing: it follows no redirect, keeps no cookie,
//! decodes no body and adds no header but the user agent.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use ureq::config::AutoHeaderValue;
use ureq::http;

/// No answer of the host may take longer, whatever a test does to it.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Beyond this an answer is a fault of its own.
const BODY_BYTES_MAX: u64 = 64 << 20;

/// Talks to one address.
#[derive(Clone, Debug)]
pub struct Client {
    addr: SocketAddr,
    agent: ureq::Agent,
}

impl Client {
    /// A client of the server at `addr`.
    #[must_use]
    pub fn new(addr: SocketAddr) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .proxy(None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .user_agent("quanka-tests")
            .timeout_global(Some(TIMEOUT))
            .build()
            .into();
        Self { addr, agent }
    }

    /// `GET path`.
    pub fn get(&self, path: &str) -> Request<'_> {
        self.request("GET", path)
    }

    /// `POST path`.
    pub fn post(&self, path: &str) -> Request<'_> {
        self.request("POST", path)
    }

    /// Any method.
    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        Request {
            agent: &self.agent,
            head: http::Request::builder()
                .method(method)
                .uri(format!("http://{}{path}", self.addr)),
            body: Vec::new(),
        }
    }

    /// Sends bytes as they are and reads until the server closes: for what no
    /// well-behaved client would say.
    #[must_use]
    pub fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.addr).expect("the server accepts connections");
        stream
            .set_read_timeout(Some(TIMEOUT))
            .expect("a timeout above zero is valid");
        // The server may answer and close before it has read everything: what
        // it said is still to be read then, and no failure of the test's.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }
}

/// A request being put together.
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a> {
    agent: &'a ureq::Agent,
    head: http::request::Builder,
    body: Vec<u8>,
}

impl Request<'_> {
    /// Adds a header; a second one of the same name is sent too.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head = self.head.header(name, value);
        self
    }

    /// Sets the body's bytes; the content type is the caller's to say.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self
    }

    /// Sets a JSON body and its content type.
    pub fn json(self, value: &serde_json::Value) -> Self {
        self.header("content-type", "application/json")
            .body(value.to_string())
    }

    /// Sets a form's body, as a browser would write it, and its content type.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Sends it.
    ///
    /// # Panics
    /// If there is no answer; a test that expects none uses [`Self::try_send`].
    #[must_use]
    #[track_caller]
    pub fn send(self) -> Answer {
        // A closure would not tell which line of the test it was.
        match self.try_send() {
            Ok(answer) => answer,
            Err(error) => panic!("no answer: {error}"),
        }
    }

    /// Sends it; an error is a connection that failed, not a status.
    ///
    /// # Errors
    /// The connection was refused, cut, or too slow.
    pub fn try_send(self) -> Result<Answer, ureq::Error> {
        // An empty `Vec` would be sent as a body of length 0, on a GET too.
        let response = if self.body.is_empty() {
            self.agent.run(self.head.body(())?)?
        } else {
            self.agent.run(self.head.body(self.body)?)?
        };
        let (head, mut body) = response.into_parts();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.with_config().limit(BODY_BYTES_MAX).read_to_vec()?,
        })
    }
}

/// An answer, read to its end.
#[derive(Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Every header, names in lower case.
    pub headers: http::HeaderMap,
    /// The body as it came, still compressed if it was.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's first value, `""` if it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", header_text)
    }

    /// A header's values, in order.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.get_all(name).iter().map(header_text)
    }

    /// The `name=value` of every cookie that the answer sets, ready to be sent
    /// back in one `Cookie` header.
    #[must_use]
    pub fn cookies(&self) -> String {
        self.headers_named("set-cookie")
            .filter_map(|cookie| cookie.split(';').next())
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// The body as text.
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body should be UTF-8")
    }

    /// The body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("the body should be JSON ({error}): {self:?}"))
    }

    /// Fails unless the status is `status`; the message shows the whole answer.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", header_text(value))?;
        }
        write!(f, "\n{}", String::from_utf8_lossy(&self.body))
    }
}

fn header_text(value: &http::HeaderValue) -> &str {
    value.to_str().expect("headers should be visible ASCII")
}
