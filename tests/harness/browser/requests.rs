//! The requests a browser has sent, as its log of events has them.

use serde_json::Value;

/// A request as it went over the wire.
#[derive(Clone, Debug)]
pub struct SentRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The whole address.
    pub url: String,
    headers: Vec<(String, String)>,
}

impl SentRequest {
    /// A header, `""` if it was not sent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }
}

/// Joins the two events that each request makes: `requestWillBeSent` knows the
/// address, `requestWillBeSentExtraInfo` the headers. They come in any order,
/// once for each redirect, under one id.
pub(super) fn sent_requests(events: &[Value]) -> Vec<SentRequest> {
    let named = |method: &'static str| {
        events
            .iter()
            .filter(move |event| event["method"] == method)
            .map(|event| &event["params"])
    };
    let mut wire: Vec<&Value> = named("Network.requestWillBeSentExtraInfo").collect();
    let mut sent = Vec::new();
    for event in named("Network.requestWillBeSent") {
        let same_id = |wire: &&Value| wire["requestId"] == event["requestId"];
        let Some(at) = wire.iter().position(same_id) else {
            // Answered from a cache, or not an HTTP request.
            continue;
        };
        let headers = wire.remove(at)["headers"].as_object();
        sent.push(SentRequest {
            method: text(&event["request"]["method"]),
            url: text(&event["request"]["url"]),
            headers: headers
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
        });
    }
    sent
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
