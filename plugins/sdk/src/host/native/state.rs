//! State: a card's, a circle's, a reader's.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Call, Whose, current, end_unless, limit_is_good, list_is_good, wit};
use wit::state::{Direction, Entry, Page, Scope};
use wit::types::Error;

const KEY_BYTES_MAX: usize = 128;
const VALUE_BYTES_MAX: usize = 64 * 1024;
const PAGE_BYTES_MAX: usize = 1024 * 1024;

impl Call {
    fn whose(&mut self, scope: Scope) -> Option<Whose> {
        match scope {
            Scope::Card => Some(Whose::Card),
            Scope::Circle => Some(Whose::Circle),
            Scope::Viewer => {
                self.asked_for_viewer = true;
                self.reader.member.clone().map(Whose::Viewer)
            }
        }
    }

    fn value(&mut self, scope: Scope, key: &str) -> Option<Vec<u8>> {
        end_unless(key_is_good(key));
        let whose = self.whose(scope)?;
        self.data.state.get(&whose)?.get(key).cloned()
    }
}

pub(crate) fn state_get(scope: Scope, key: &str) -> Option<Vec<u8>> {
    current(|call| call.value(scope, key))
}

pub(crate) fn state_get_many(scope: Scope, keys: &[String]) -> Vec<Option<Vec<u8>>> {
    end_unless(list_is_good("keys", keys));
    current(|call| keys.iter().map(|key| call.value(scope, key)).collect())
}

pub(crate) fn state_scan(
    scope: Scope,
    prefix: &str,
    after: Option<&str>,
    limit: u32,
    direction: Direction,
) -> Page {
    end_unless(limit_is_good(limit, 256));
    current(|call| {
        let Some(whose) = call.whose(scope) else {
            return Page {
                entries: Vec::new(),
                more: false,
            };
        };
        let nothing = BTreeMap::new();
        let map = call.data.state.get(&whose).unwrap_or(&nothing);
        let matching = map
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix));
        let ordered: Vec<_> = match direction {
            Direction::Forward => matching
                .filter(|(key, _)| after.is_none_or(|after| key.as_str() > after))
                .collect(),
            Direction::Backward => {
                let matching: Vec<_> = matching
                    .filter(|(key, _)| after.is_none_or(|after| key.as_str() < after))
                    .collect();
                matching.into_iter().rev().collect()
            }
        };
        page(&ordered, limit)
    })
}

fn page(ordered: &[(&String, &Vec<u8>)], limit: u32) -> Page {
    let mut entries = Vec::new();
    let mut bytes = 0;
    for &(key, value) in ordered.iter().take(limit as usize) {
        bytes += key.len() + value.len();
        if bytes > PAGE_BYTES_MAX {
            break;
        }
        entries.push(Entry {
            key: key.clone(),
            value: value.clone(),
        });
    }
    Page {
        more: entries.len() < ordered.len(),
        entries,
    }
}

pub(crate) fn state_put(scope: Scope, key: &str, value: &[u8]) -> Result<(), Error> {
    current(|call| {
        call.may_write()?;
        key_is_good(key).map_err(Error::Quota)?;
        if value.len() > VALUE_BYTES_MAX {
            return Err(Error::Quota(format!(
                "a value is at most 64 KiB; that of `{key}` is {} bytes",
                value.len()
            )));
        }
        let whose = call.whose(scope).ok_or_else(no_session)?;
        call.note_write(&whose, key, value.len())?;
        call.data
            .state
            .entry(whose)
            .or_default()
            .insert(key.to_owned(), value.to_vec());
        Ok(())
    })
}

pub(crate) fn state_delete(scope: Scope, key: &str) -> Result<(), Error> {
    current(|call| {
        call.may_write()?;
        key_is_good(key).map_err(Error::Quota)?;
        let whose = call.whose(scope).ok_or_else(no_session)?;
        call.note_write(&whose, key, 0)?;
        if let Some(map) = call.data.state.get_mut(&whose) {
            map.remove(key);
        }
        Ok(())
    })
}

fn no_session() -> Error {
    Error::Denied("a reader without a session has no state".to_owned())
}

fn key_is_good(key: &str) -> Result<(), String> {
    match key.len() {
        1..=KEY_BYTES_MAX => Ok(()),
        bytes => Err(format!(
            "a key is 1 to {KEY_BYTES_MAX} bytes; `{key}` is {bytes}"
        )),
    }
}
