//! The imports as a test sees them: a call that [`within`] runs is the current
//! one of its thread, and every import reads and writes it.
//!
//! The semantics are the contract's: own writes are seen, writes while drawing
//! are denied, limits hold. A read outside its limits ends the call, here by a
//! panic that says what is wrong.

mod stubs;

pub(crate) use stubs::*;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::bindings::imports::quanka::card as wit;
use wit::circle::CircleInfo;
use wit::log::Level;
use wit::state::{Direction, Entry, Page, Scope};
use wit::tally::{Board, Standing};
use wit::types::{Error, Reader};

const KEY_BYTES_MAX: usize = 128;
const VALUE_BYTES_MAX: usize = 64 * 1024;
const KEYS_PER_CALL_MAX: usize = 256;
const WRITTEN_BYTES_MAX: usize = 1024 * 1024;
const PAGE_BYTES_MAX: usize = 1024 * 1024;
const NAME_BYTES_MAX: usize = 64;
const TOP_MAX: u32 = 1_000;

/// Everything that is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Data {
    state: BTreeMap<Whose, BTreeMap<String, Vec<u8>>>,
    tallies: BTreeMap<(Whose, String), BTreeMap<String, i64>>,
}

/// Whose part of the data it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Card,
    Circle,
    Viewer(String),
}

/// One call of a card, while it runs and after.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub data: Data,
    pub kind: CallKind,
    pub reader: Reader,
    pub now_ms: u64,
    pub circle: CircleInfo,
    /// Whether something was read that is this reader's alone.
    pub asked_for_viewer: bool,
    /// When something that was read will be different.
    pub expires_at_ms: Option<u64>,
    pub lines: Vec<(Level, String)>,
    written: BTreeSet<(Whose, String)>,
    written_bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    Render,
    Handle,
}

thread_local! {
    static CURRENT: RefCell<Option<Call>> = const { RefCell::new(None) };
}

impl Call {
    pub(crate) fn new(
        kind: CallKind,
        data: Data,
        reader: Reader,
        now_ms: u64,
        circle: CircleInfo,
    ) -> Self {
        Self {
            data,
            kind,
            reader,
            now_ms,
            circle,
            asked_for_viewer: false,
            expires_at_ms: None,
            lines: Vec::new(),
            written: BTreeSet::new(),
            written_bytes: 0,
        }
    }

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

    fn expires_at(&mut self, instant_ms: u64) {
        if self.kind == CallKind::Render {
            let earliest = self
                .expires_at_ms
                .map_or(instant_ms, |known| known.min(instant_ms));
            self.expires_at_ms = Some(earliest);
        }
    }

    fn may_write(&self) -> Result<(), Error> {
        match self.kind {
            CallKind::Handle => Ok(()),
            CallKind::Render => Err(Error::Denied(
                "`render` cannot write: do it in `handle`".to_owned(),
            )),
        }
    }

    fn note_write(&mut self, whose: &Whose, key: &str, bytes: usize) -> Result<(), Error> {
        self.written.insert((whose.clone(), key.to_owned()));
        self.written_bytes += key.len() + bytes;
        if self.written.len() > KEYS_PER_CALL_MAX {
            return Err(Error::Quota(format!(
                "one action writes at most {KEYS_PER_CALL_MAX} keys"
            )));
        }
        if self.written_bytes > WRITTEN_BYTES_MAX {
            return Err(Error::Quota("one action writes at most 1 MiB".to_owned()));
        }
        Ok(())
    }

    fn value(&mut self, scope: Scope, key: &str) -> Option<Vec<u8>> {
        end_unless(key_is_good(key));
        let whose = self.whose(scope)?;
        self.data.state.get(&whose)?.get(key).cloned()
    }

    fn board(&self, board: &Board) -> Option<&BTreeMap<String, i64>> {
        end_unless(name_is_good("a board's name", &board.name));
        self.data
            .tallies
            .get(&(whose_board(board), board.name.clone()))
    }

    /// All standings, in the order of `top`.
    fn standings(&self, board: &Board) -> Vec<Standing> {
        let mut standings: Vec<Standing> = self
            .board(board)
            .into_iter()
            .flatten()
            .filter(|&(_, &count)| count != 0)
            .map(|(item, &count)| Standing {
                item: item.clone(),
                count,
            })
            .collect();
        standings.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.item.cmp(&b.item)));
        standings.truncate(TOP_MAX as usize);
        standings
    }
}

/// Makes `call` the current one while `run` runs, and gives it back.
pub(crate) fn within<R>(call: Call, run: impl FnOnce() -> R) -> (R, Call) {
    /// Leaves no call behind when `run` panics.
    struct Clear;
    impl Drop for Clear {
        fn drop(&mut self) {
            CURRENT.take();
        }
    }

    let before = CURRENT.replace(Some(call));
    assert!(before.is_none(), "a card's function calls the test host");
    let clear = Clear;
    let result = run();
    let call = CURRENT
        .take()
        .expect("only this function takes the call away");
    drop(clear);
    (result, call)
}

fn current<R>(act: impl FnOnce(&mut Call) -> R) -> R {
    CURRENT.with_borrow_mut(|call| {
        let call = call
            .as_mut()
            .expect("nothing answers here: natively a card runs in a `quanka_card::test::Host`");
        act(call)
    })
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

pub(crate) fn tally_add(board: &Board, item: &str, delta: i64) -> Result<(), Error> {
    current(|call| {
        call.may_write()?;
        name_is_good("a board's name", &board.name).map_err(Error::Quota)?;
        name_is_good("a counter's name", item).map_err(Error::Quota)?;
        let whose = whose_board(board);
        call.note_write(&whose, &format!("{}\0{item}", board.name), 8)?;
        let counters = call
            .data
            .tallies
            .entry((whose, board.name.clone()))
            .or_default();
        let counter = counters.entry(item.to_owned()).or_default();
        *counter = counter.saturating_add(delta);
        Ok(())
    })
}

pub(crate) fn tally_get(board: &Board, item: &str) -> i64 {
    end_unless(name_is_good("a counter's name", item));
    current(|call| {
        call.board(board)
            .and_then(|board| board.get(item))
            .copied()
            .unwrap_or(0)
    })
}

pub(crate) fn tally_get_many(board: &Board, items: &[String]) -> Vec<i64> {
    end_unless(list_is_good("counters", items));
    items.iter().map(|item| tally_get(board, item)).collect()
}

pub(crate) fn tally_top(board: &Board, limit: u32) -> Vec<Standing> {
    end_unless(limit_is_good(limit, TOP_MAX));
    let mut standings = current(|call| call.standings(board));
    standings.truncate(limit as usize);
    standings
}

pub(crate) fn tally_rank(board: &Board, item: &str) -> Option<u32> {
    end_unless(name_is_good("a counter's name", item));
    let standings = current(|call| call.standings(board));
    (1..)
        .zip(standings)
        .find(|(_, standing)| standing.item == item)
        .map(|(rank, _)| rank)
}

pub(crate) fn tally_total(board: &Board) -> i64 {
    current(|call| {
        call.board(board)
            .into_iter()
            .flatten()
            .map(|(_, count)| count)
            .sum()
    })
}

pub(crate) fn viewer_current() -> Reader {
    current(|call| {
        call.asked_for_viewer = true;
        call.reader.clone()
    })
}

pub(crate) fn clock_now(granularity_s: u32) -> u64 {
    end_unless(limit_is_good(granularity_s, u32::MAX));
    let granule_ms = u64::from(granularity_s) * 1_000;
    current(|call| {
        let now_ms = call.now_ms / granule_ms * granule_ms;
        call.expires_at(now_ms + granule_ms);
        now_ms
    })
}

pub(crate) fn clock_passed(instant_ms: u64) -> bool {
    current(|call| {
        let passed = instant_ms <= call.now_ms;
        if !passed {
            call.expires_at(instant_ms);
        }
        passed
    })
}

pub(crate) fn circle_info() -> CircleInfo {
    current(|call| call.circle.clone())
}

pub(crate) fn log(level: Level, text: &str) {
    current(|call| call.lines.push((level, text.to_owned())));
}

fn whose_board(board: &Board) -> Whose {
    match board.scope {
        wit::tally::Scope::Card => Whose::Card,
        wit::tally::Scope::Circle => Whose::Circle,
    }
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

fn name_is_good(what: &str, name: &str) -> Result<(), String> {
    match name.len() {
        1..=NAME_BYTES_MAX => Ok(()),
        bytes => Err(format!(
            "{what} is 1 to {NAME_BYTES_MAX} bytes; `{name}` is {bytes}"
        )),
    }
}

fn list_is_good(what: &str, list: &[String]) -> Result<(), String> {
    match list.len() {
        0..=KEYS_PER_CALL_MAX => Ok(()),
        n => Err(format!(
            "at most {KEYS_PER_CALL_MAX} {what} in one call; these are {n}"
        )),
    }
}

fn limit_is_good(limit: u32, max: u32) -> Result<(), String> {
    if (1..=max).contains(&limit) {
        Ok(())
    } else {
        Err(format!("1 to {max}, not {limit}"))
    }
}

/// Ends the call, as the host does for a read that breaks the contract.
fn end_unless(good: Result<(), String>) {
    if let Err(reason) = good {
        panic!("the host ends the call: {reason}");
    }
}
