//! The few WebDriver calls that the tests need, over the HTTP client that they
//! have anyway. The crates for it bring an async runtime, a cookie jar and TLS
//! for what is a POST of JSON to a process on this machine.

use serde_json::{Value, json};

/// The key of an element's id in every answer (W3C WebDriver, 12.1 Elements).
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The key of a shadow root's id.
const SHADOW_KEY: &str = "shadow-6066-11e4-a52e-4f735466cecf";

/// One session of a driver.
pub(crate) struct Session {
    agent: ureq::Agent,
    /// `http://127.0.0.1:PORT/session/ID`
    base: String,
}

/// What the driver refused: its code (`no such element`, …) and its message.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// An element's id in its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ElementId(pub(crate) String);

impl Session {
    /// Opens a session with the driver at `driver`, `http://127.0.0.1:PORT`.
    pub(crate) fn open(driver: &str, capabilities: &Value) -> Result<Self, Refusal> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let mut session = Self {
            agent,
            base: format!("{driver}/session"),
        };
        let opened = session.call(
            "POST",
            "",
            &json!({"capabilities": {"alwaysMatch": capabilities}}),
        )?;
        let id = opened["sessionId"].as_str().unwrap_or_default();
        session.base = format!("{}/{id}", session.base);
        Ok(session)
    }

    /// Ends the session and its browser.
    pub(crate) fn close(&self) {
        let _ = self.call("DELETE", "", &Value::Null);
    }

    /// `POST /session/ID` + `path`, answering its `value`.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        self.call("POST", path, body)
    }

    /// `GET /session/ID` + `path`, answering its `value`.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Refusal> {
        self.call("GET", path, &Value::Null)
    }

    /// `DELETE /session/ID` + `path`, answering its `value`.
    pub(crate) fn delete(&self, path: &str) -> Result<Value, Refusal> {
        self.call("DELETE", path, &Value::Null)
    }

    /// A DevTools command on the page's own target.
    pub(crate) fn devtools(&self, command: &str, params: &Value) -> Result<Value, Refusal> {
        let body = json!({"cmd": command, "params": params});
        self.post("/goog/cdp/execute", &body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        let sent = if method == "POST" {
            request
                .body(body.to_string())
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request))
        } else {
            request
                .body(())
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request))
        };
        let text = sent
            .and_then(|mut answer| {
                answer
                    .body_mut()
                    .with_config()
                    .limit(64 << 20)
                    .read_to_string()
            })
            .map_err(|error| Refusal {
                code: "no answer".to_owned(),
                message: error.to_string(),
            })?;
        let mut answer: Value = serde_json::from_str(&text).map_err(|error| Refusal {
            code: "no JSON".to_owned(),
            message: format!("{error}: {text}"),
        })?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(code) => Err(Refusal {
                code: code.to_owned(),
                message: value["message"].as_str().unwrap_or_default().to_owned(),
            }),
            None => Ok(value),
        }
    }
}

impl ElementId {
    /// The element in an answer, if it is one.
    pub(crate) fn in_answer(value: &Value) -> Option<Self> {
        let id = value.get(ELEMENT_KEY).or_else(|| value.get(SHADOW_KEY))?;
        Some(Self(id.as_str()?.to_owned()))
    }

    /// As an argument or answer holds it.
    pub(crate) fn to_json(&self) -> Value {
        json!({ELEMENT_KEY: self.0})
    }
}
