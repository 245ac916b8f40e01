//! One action of a reader: exactly once, or not at all.
//!
//! The order matters. A key that was used is answered from its record before
//! anything else is asked, so that a lost answer can always be had again. Then
//! the offer, the reader, the inputs; then the plugin, in a transaction that
//! commits its writes, the recorded answer and the used-up offer together.

mod audience;
mod outcome;
mod record;

pub(super) use self::audience::check_early as check_audience_early;
use self::record::Record;
use super::card::{self, plugin};
use super::error::ServiceError;
use super::media;
use super::member;
use super::view::{self, Shown, Wanted};
use super::{jobs, lifecycle};
use crate::app::{App, Card, millis};
use crate::community::once::{self, TakenBy};
use crate::community::people::Known;
use crate::config::CardState;
use crate::contract::{Action, Outcome};
use crate::identity::{
    IdempotencyKey, Inputs, Offer, ReaderId, Secret, body_digest, derive_anonymous, member_id,
    offer,
};
use crate::sandbox::call::Visit;
use crate::sandbox::plugin::Plugin;
use crate::store::{Access, CommitError, Transaction};
use crate::view::inputs::accept;
use crate::view::{At, Once};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What a reader sends.
#[derive(Clone, Debug)]
pub struct ActRequest {
    /// Whose action it is, which size and which languages the answer is in.
    pub wanted: Wanted,
    /// Makes it happen once.
    pub key: IdempotencyKey,
    /// The signed offer.
    pub offer: Secret,
    /// The form's inputs.
    pub inputs: Inputs,
}

/// What came of it.
#[derive(Debug)]
pub struct Acted {
    /// The action's id, `act_…`.
    pub id: String,
    /// Whether it had happened before.
    pub repeated: bool,
    /// What the card said.
    pub outcome: Outcome,
    /// Whose action it was; new when the request had no session.
    pub reader: ReaderId,
    /// The card now, for that reader; none if it cannot be drawn.
    pub shown: Option<Shown>,
}

/// Decides whether an address may bring another anonymous reader.
pub type Admission<'a> = &'a (dyn Fn() -> Result<(), ServiceError> + Sync);

/// Handles one action.
///
/// # Errors
///
/// Nothing was committed, and the key is not used up.
pub async fn act(
    app: &App,
    card: &Card,
    request: ActRequest,
    admission: Admission<'_>,
) -> Result<Acted, ServiceError> {
    let id = record::action_id(&card.slug, &request.key);
    if let Some(acted) = repeat(app, card, &request, &id).await? {
        return Ok(acted);
    }
    let plugin = plugin(card)?;
    let attempt = admit(app, card, &plugin, request, id, admission).await?;
    lifecycle::ensure(app, card, &plugin).await?;
    tracing::debug!(action = %attempt.action.id, name = %attempt.action.name, "acting");
    let done = commit(app, card, &plugin, &attempt).await?;
    let wanted = Wanted {
        reader: Some(attempt.reader_id.clone()),
        ..attempt.wanted
    };
    Ok(Acted {
        id: done.id,
        repeated: done.repeated,
        outcome: done.record.outcome,
        reader: attempt.reader_id,
        shown: shown(app, card, &wanted).await,
    })
}

/// The recorded answer to a reader's own action, for the page that a form's
/// redirect leads to.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn recorded(
    app: &App,
    card: &Card,
    reader: Option<&ReaderId>,
    action_id: &str,
) -> Result<Option<Outcome>, ServiceError> {
    let record = find(app, card, action_id).await?;
    Ok(record
        .filter(|record| Some(&record.reader) == reader)
        .map(|record| record.outcome))
}

/// What the card said, from a recorded answer or the note of a taken offer.
pub fn outcome_of(bytes: &[u8]) -> Option<Outcome> {
    record::find_in(bytes).map(|record| record.outcome)
}

/// An action that may be tried.
struct Attempt {
    action: Action,
    offer: Offer,
    reader_id: ReaderId,
    wanted: Wanted,
    body: [u8; 32],
}

/// An action that is committed.
struct Done {
    id: String,
    record: Record,
    repeated: bool,
}

/// Answers a key that was used from its record.
async fn repeat(
    app: &App,
    card: &Card,
    request: &ActRequest,
    id: &str,
) -> Result<Option<Acted>, ServiceError> {
    let Some(record) = find(app, card, id).await? else {
        return Ok(None);
    };
    let session = request.wanted.reader.as_ref();
    let theirs = match session {
        Some(session) if *session != record.reader => {
            became(app, card, &record.reader, session).await?
        }
        // Who has the key is the anonymous reader that it made; a person is
        // who has their session.
        None if !record.reader.is_anonymous() => return Err(ServiceError::SignInRequired),
        _ => true,
    };
    if !theirs || record.body != body_digest(request.offer.expose(), &request.inputs) {
        return Err(ServiceError::KeyReused);
    }
    let reader = session.unwrap_or(&record.reader);
    let wanted = Wanted {
        reader: Some(reader.clone()),
        ..request.wanted.clone()
    };
    Ok(Some(Acted {
        id: id.to_owned(),
        repeated: true,
        outcome: record.outcome,
        reader: reader.clone(),
        shown: shown(app, card, &wanted).await,
    }))
}

/// Whether a person is the member here that an anonymous reader was: one who
/// signed in between an action and its retry.
async fn became(
    app: &App,
    card: &Card,
    former: &ReaderId,
    session: &ReaderId,
) -> Result<bool, ServiceError> {
    let known = member::known(app, &card.circle, Some(session)).await?;
    let member = member_id(&app.keys, &card.circle.id, former);
    Ok(known.is_some_and(|known| former.is_anonymous() && known.member == member))
}

/// Checks the offer, the reader and the inputs.
async fn admit(
    app: &App,
    card: &Card,
    plugin: &Plugin,
    request: ActRequest,
    id: String,
    admission: Admission<'_>,
) -> Result<Attempt, ServiceError> {
    let now = app.world.now();
    let wanted = request.wanted;
    let session = wanted.reader.as_ref();
    let offer = offer::verify(&app.keys, request.offer.expose(), &card.slug, session, now)?;
    if card.state == CardState::Closed {
        return Err(ServiceError::Conflict(
            "this card is closed and takes no more actions".to_owned(),
        ));
    }
    let reader_id = match session {
        Some(reader) => reader.clone(),
        None => derive_anonymous(&app.keys, &card.slug, &request.key),
    };
    let known = member::known(app, &card.circle, Some(&reader_id)).await?;
    audience::check_early(app, card, offer.audience, known.as_ref(), now).await?;
    let locale = view::locale(plugin, &wanted);
    let inputs =
        accept(&offer.inputs, &request.inputs, locale).map_err(|fields| invalid(fields, locale))?;
    if session.is_none() {
        admission()?;
    }
    let [seed @ .., _, _, _, _, _, _, _, _] = app.world.random();
    Ok(Attempt {
        action: Action {
            id,
            name: offer.name.clone(),
            payload: offer.payload.clone(),
            inputs,
            now_ms: millis(now),
            seed: u64::from_le_bytes(seed),
        },
        body: body_digest(request.offer.expose(), &request.inputs),
        offer,
        reader_id,
        wanted,
    })
}

pub(super) fn invalid(fields: Vec<(String, String)>, locale: &str) -> ServiceError {
    let text = match fields.as_slice() {
        [(_, message)] => message.clone(),
        _ if locale.starts_with("zh") => "请检查标出的几项".to_owned(),
        _ => "Please check the marked fields".to_owned(),
    };
    ServiceError::InputInvalid { text, fields }
}

/// For pictures that this reader has not given, or so long ago that they are
/// gone.
fn strange_pictures(fields: Vec<String>, locale: &str) -> ServiceError {
    let text = match locale.starts_with("zh") {
        true => "请重新选择图片",
        false => "Choose the pictures again",
    };
    let fields = fields.into_iter().map(|name| (name, text.to_owned()));
    invalid(fields.collect(), locale)
}

/// Runs the action until it is committed. After too many conflicts it runs
/// alone on its circle, so that it cannot be starved.
async fn commit(
    app: &App,
    card: &Card,
    plugin: &Plugin,
    attempt: &Attempt,
) -> Result<Done, ServiceError> {
    for _ in 0..=app.config.limits.action_reruns_max {
        let _beside_others = card.circle.gate.read().await;
        match run(app, card, plugin, attempt).await {
            Err(RunError::Conflict) => {
                tracing::debug!("conflict; running again");
                app.counters.action_reruns.fetch_add(1, Ordering::Relaxed);
            }
            Err(RunError::Service(error)) => return Err(error),
            Ok(done) => return Ok(done),
        }
    }
    let _alone = card.circle.gate.write().await;
    run(app, card, plugin, attempt)
        .await
        .map_err(|error| match error {
            RunError::Service(error) => error,
            RunError::Conflict => CommitError::Conflict.into(),
        })
}

enum RunError {
    Conflict,
    Service(ServiceError),
}

impl<E: Into<ServiceError>> From<E> for RunError {
    fn from(error: E) -> Self {
        RunError::Service(error.into())
    }
}

async fn run(app: &App, card: &Card, plugin: &Plugin, attempt: &Attempt) -> Result<Done, RunError> {
    let store = Arc::clone(&app.store);
    let partition = &card.circle.partition;
    let mut transaction = Transaction::begin(store, partition, Access::Write).await?;
    let now_ms = attempt.action.now_ms;
    let circle = &card.circle;
    let hands = member::hands(app, circle, &mut transaction).await?;
    let reader_id = &attempt.reader_id;
    let entry = member::entering(app, circle, &hands, &mut transaction, reader_id, now_ms).await?;
    if let Some(done) = before(card, &mut transaction, attempt, &entry.known).await? {
        return Ok(done);
    }
    let (offer, inputs) = (&attempt.offer, &attempt.action.inputs);
    let member = entry.known.member.as_str();
    let strange = media::not_theirs(&mut transaction, offer, inputs, member).await?;
    if !strange.is_empty() {
        return Err(RunError::Service(strange_pictures(
            strange,
            view::locale(plugin, &attempt.wanted),
        )));
    }
    let languages = &attempt.wanted.languages;
    let reader = member::acting(&mut transaction, &hands, &entry.known, languages, now_ms).await?;
    // A role that was taken away a moment ago counts.
    audience::check(attempt.offer.audience, &reader)?;
    let call_id = app.new_id("call");
    let size = card::size(card, plugin, attempt.wanted.size);
    let visit = Visit {
        call_id: call_id.clone(),
        plugin: Arc::clone(&plugin.name),
        card: card.context(
            view::locale(plugin, &attempt.wanted),
            size,
            &attempt.offer.at,
        ),
        circle: Arc::clone(&hands.facts),
        posts: Arc::clone(&card.circle.posts),
        reader,
        now_ms,
        transaction,
    };
    let budget = &hands.publisher.budget;
    let handled = app
        .sandbox
        .handle(plugin, budget, visit, &attempt.action)
        .await?;
    outcome::check(&handled.outcome)
        .map_err(|reason| plugin.fault(&call_id, &attempt.action.name, reason))?;
    plugin.succeeded();
    let record = Record {
        body: attempt.body,
        reader: attempt.reader_id.clone(),
        outcome: handled.outcome,
    };
    let mut transaction = handled.transaction;
    note(app, card, &mut transaction, attempt, &entry.known, &record).await?;
    entry.write(&mut transaction)?;
    member::note_act(app, &mut transaction, &entry.known, now_ms).await?;
    if !entry.announce(&app.store, &circle.id).await? {
        return Err(member::gone().into());
    }
    lifecycle::note(card, plugin, &mut transaction).await?;
    match jobs::commit(app, circle, transaction).await {
        Ok(_seq) => Ok(Done {
            id: attempt.action.id.clone(),
            record,
            repeated: false,
        }),
        Err(CommitError::Conflict) => Err(RunError::Conflict),
        Err(error) => Err(error.into()),
    }
}

/// What stands against the action in its own snapshot: the same key, taken by
/// a twin of this request a moment ago, or an offer that is used up.
async fn before(
    card: &Card,
    transaction: &mut Transaction,
    attempt: &Attempt,
    known: &Known,
) -> Result<Option<Done>, ServiceError> {
    let slug = card.slug.as_str();
    let key = record::digest(&attempt.action.id);
    if let Some(bytes) = once::recorded(transaction, slug, &key, attempt.action.now_ms).await? {
        let record = Record::decode(&bytes)?;
        if record.body != attempt.body || record.reader != attempt.reader_id {
            return Err(ServiceError::KeyReused);
        }
        return Ok(Some(Done {
            id: attempt.action.id.clone(),
            record,
            repeated: true,
        }));
    }
    let Some(by) = taken_by(attempt, known) else {
        return Ok(None);
    };
    let note = once::taken_note(transaction, slug, by, &offer_digest(&attempt.offer)).await?;
    match (note, by) {
        (None, _) => Ok(None),
        (Some(_), TakenBy::Anyone) => Err(ServiceError::Conflict(
            "this can be done once, and somebody has done it".to_owned(),
        )),
        (Some(note), TakenBy::Viewer(_)) => {
            let (id, record) = record::decode_note(&note)?;
            Ok(Some(Done {
                id,
                record,
                repeated: true,
            }))
        }
    }
}

/// Adds to the action's writes that it happened.
async fn note(
    app: &App,
    card: &Card,
    transaction: &mut Transaction,
    attempt: &Attempt,
    known: &Known,
    record: &Record,
) -> Result<(), ServiceError> {
    let slug = card.slug.as_str();
    let age_ms = app.config.limits.idempotency_age_s.saturating_mul(1000);
    let expires_at_ms = attempt.action.now_ms.saturating_add(age_ms);
    let key = record::digest(&attempt.action.id);
    once::record(transaction, slug, &key, &record.encode(), expires_at_ms).await?;
    once::note_member(
        transaction,
        slug,
        &key,
        known.member.as_str(),
        expires_at_ms,
    )?;
    if let Some(by) = taken_by(attempt, known) {
        // What anyone may take but once is nobody's own: nothing is said of
        // who did.
        let note = match by {
            TakenBy::Viewer(_) => record::encode_note(&attempt.action.id, record),
            TakenBy::Anyone => Vec::new(),
        };
        let offer = offer_digest(&attempt.offer);
        once::take(transaction, slug, by, &offer, note.into())?;
    }
    Ok(())
}

/// For whom the offer is used up by this action.
fn taken_by<'a>(attempt: &Attempt, known: &'a Known) -> Option<TakenBy<'a>> {
    match attempt.offer.once {
        Once::PerTap => None,
        Once::PerViewer => Some(TakenBy::Viewer(known.member.as_str())),
        Once::PerCard => Some(TakenBy::Anyone),
    }
}

/// What makes two offers the same one, for `once`: what they would do.
fn offer_digest(offer: &Offer) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(offer.name.as_bytes());
    // Names hold no NUL.
    hash.update([0]);
    hash.update(offer.payload.as_bytes());
    hash.finalize().into()
}

async fn find(app: &App, card: &Card, id: &str) -> Result<Option<Record>, ServiceError> {
    let store = Arc::clone(&app.store);
    let mut transaction = Transaction::begin(store, &card.circle.partition, Access::Read).await?;
    let now_ms = millis(app.world.now());
    let key = record::digest(id);
    once::recorded(&mut transaction, card.slug.as_str(), &key, now_ms)
        .await?
        .map(|bytes| Record::decode(&bytes))
        .transpose()
}

/// The card after the action: the page it was done on, or the first one if the
/// action did away with that. It stands even if the card cannot be drawn; that
/// was logged where it happened.
async fn shown(app: &App, card: &Card, wanted: &Wanted) -> Option<Shown> {
    match view::view(app, card, wanted).await {
        Err(ServiceError::PageUnknown) => {
            let wanted = Wanted {
                at: At::default(),
                ..wanted.clone()
            };
            view::view(app, card, &wanted).await.ok()
        }
        shown => shown.ok(),
    }
}
