//! The imports as a test sees them: a call that [`within`] runs is the current
//! one of its thread, and every import reads and writes it.
//!
//! The semantics are the contract's: own writes are seen, writes while drawing
//! are denied, limits hold. A read outside its limits ends the call, here by a
//! panic that says what is wrong.

mod ambient;
mod circle;
pub(crate) mod cron;
mod effects;
mod members;
mod post_lists;
mod post_record;
mod post_rules;
mod posts;
mod state;
mod tally;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::bindings::imports::quanka::card as wit;
use wit::circle::CircleInfo;
use wit::log::Level;
use wit::types::{Error, Reader, Role};

pub(crate) use ambient::*;
pub(crate) use circle::*;
pub(crate) use effects::*;
use members::MemberRecord;
pub(crate) use post_lists::*;
pub(crate) use post_record::{ERASED_AUTHOR, PostRecord};
pub(crate) use posts::*;
pub(crate) use state::*;
pub(crate) use tally::*;

const KEYS_PER_CALL_MAX: usize = 256;
const WRITTEN_BYTES_MAX: usize = 1024 * 1024;
const NAME_BYTES_MAX: usize = 64;
const PAYLOAD_BYTES_MAX: usize = 2 * 1024;

/// Everything that is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Data {
    state: BTreeMap<Whose, BTreeMap<String, Vec<u8>>>,
    tallies: BTreeMap<(Whose, String), BTreeMap<String, i64>>,
    pub members: BTreeMap<String, MemberRecord>,
    /// Who was erased: a card may still name them, and the host draws somebody
    /// who is gone.
    pub erased: BTreeSet<String>,
    /// In the order in which they came.
    pub posts: Vec<PostRecord>,
    /// Who uploaded each picture.
    pub media: BTreeMap<String, String>,
    pub timers: BTreeMap<String, TimerRecord>,
    /// Requests without an answer, in the order in which they were sent.
    pub outbox: Vec<Sent>,
    sent: u64,
}

impl Data {
    /// Drops what is kept for somebody alone.
    fn forget_viewer(&mut self, member: &str) {
        let own = Whose::Viewer(member.to_owned());
        self.state.remove(&own);
        self.tallies.retain(|(whose, _), _| *whose != own);
    }
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
    /// The locale to answer in.
    pub locale: String,
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
    /// No reader makes it.
    Job,
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
        locale: String,
    ) -> Self {
        Self {
            data,
            kind,
            reader,
            now_ms,
            circle,
            locale,
            asked_for_viewer: false,
            expires_at_ms: None,
            lines: Vec::new(),
            written: BTreeSet::new(),
            written_bytes: 0,
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
            CallKind::Handle | CallKind::Job => Ok(()),
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

    /// What the reader is in the circle by now, and whether anybody is.
    fn role(&self) -> Role {
        let member = self.reader.member.as_ref();
        member
            .and_then(|member| self.data.members.get(member))
            .map_or(Role::Visitor, |record| record.role)
    }

    /// Whoever acts, as `what` needs somebody to.
    fn actor(&self, what: &str) -> Result<String, Error> {
        self.may_write()?;
        match (&self.reader.member, self.kind) {
            (Some(member), _) => Ok(member.clone()),
            (None, CallKind::Job) => Err(denied(&format!(
                "only a reader can {what}, and this is a job"
            ))),
            (None, _) => Err(denied(&format!("{what} needs a session"))),
        }
    }

    /// The role of whoever acts, if it lets them keep order.
    fn keeps_order(&self) -> Result<Role, Error> {
        self.actor("keep order")?;
        match self.role() {
            role if role >= Role::Moderator => Ok(role),
            _ => Err(denied("this is for moderators and the owner")),
        }
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

fn denied(why: &str) -> Error {
    Error::Denied(why.to_owned())
}

fn not_found(what: &str) -> Error {
    Error::NotFound(what.to_owned())
}

fn payload_is_good(payload: &str) -> Result<(), Error> {
    if payload.len() <= PAYLOAD_BYTES_MAX {
        Ok(())
    } else {
        Err(Error::Quota(format!(
            "a payload is at most {PAYLOAD_BYTES_MAX} bytes; this is {}",
            payload.len()
        )))
    }
}

/// A page of what comes behind a cursor, and the cursor of the next page.
/// `items` are in order, and `cursor_of` says the place of one in it.
fn page_of<T>(
    items: Vec<T>,
    after: Option<&str>,
    limit: u32,
    cursor_of: impl Fn(&T) -> Cursor,
) -> (Vec<T>, Option<String>) {
    let after = after.map(|text| {
        let cursor = Cursor::parse(text);
        end_unless(
            cursor
                .as_ref()
                .map(|_| ())
                .ok_or_else(|| format!("`{text}` is no page's `next`")),
        );
        cursor
    });
    let mut behind = items
        .into_iter()
        .filter(|item| after.is_none_or(|after| after.is_none_or(|after| cursor_of(item) > after)));
    let page: Vec<T> = behind.by_ref().take(limit as usize).collect();
    let next = match (page.last(), behind.next()) {
        (Some(last), Some(_)) => Some(cursor_of(last).to_string()),
        _ => None,
    };
    (page, next)
}

/// A place in a list that stays right while others come and go: what it is
/// ordered by, and what tells equal ones apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cursor {
    by: i64,
    then: u64,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let (by, then) = text.split_once('_')?;
        Some(Self {
            by: by.parse().ok()?,
            then: then.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.by, self.then)
    }
}
