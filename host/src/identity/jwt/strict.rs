//! A JSON object in which every name stands once.
//!
//! RFC 7519, section 4, leaves it to the reader what to do with a claim given
//! twice. Readers that differ in it can be made to see different tokens.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The object.
#[derive(Debug)]
pub(super) struct Object(Map<String, Value>);

/// Why bytes are no such object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnObject {
    /// Not JSON, or something else than an object.
    #[error("is not a JSON object")]
    Json,
    /// A name stands twice.
    #[error("has a name twice; write each once")]
    Repeated,
}

impl Object {
    pub(super) fn parse(bytes: &[u8]) -> Result<Object, NotAnObject> {
        serde_json::from_slice(bytes).map_err(|error| match error.to_string() {
            text if text.starts_with(REPEATED) => NotAnObject::Repeated,
            _ => NotAnObject::Json,
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

const REPEATED: &str = "repeated name";

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom(REPEATED));
            }
        }
        Ok(Object(object))
    }
}
