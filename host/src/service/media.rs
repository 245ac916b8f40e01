//! Pictures that readers give: taken in for an `upload` field that a view
//! offered, and given out again.
//!
//! An upload is verified as an action is: the offer of the form, its audience,
//! the reader. The picture is decoded and written anew (`clean`), marked as this
//! member's, noted in the circle, and only then a file: so no file is without a
//! record.

mod clean;

use self::clean::{CleanLimits, Picture, PictureRefused, clean, marked};
use super::act::{Admission, check_audience_early, invalid};
use super::card::plugin;
use super::error::ServiceError;
use super::member;
use super::view::{self, Wanted};
use crate::app::{App, Card, Circle, millis};
use crate::community::media::{self, Given, MediaRecord, Room};
use crate::config::{CardState, CircleId};
use crate::identity::{Offer, ReaderId, Secret, offer};
use crate::store::{Access, CommitError, Partition, StoreError, Transaction, media_id};
use crate::view::inputs::Rule;
use bytes::Bytes;
use std::sync::Arc;

pub use self::clean::media_type;

/// What a reader sends.
#[derive(Clone, Debug)]
pub struct UploadRequest {
    /// Whose it is, and in which languages the answer is.
    pub wanted: Wanted,
    /// Who they become if they have no session.
    pub newcomer: ReaderId,
    /// The signed offer of the form.
    pub offer: Secret,
    /// The field's name.
    pub input: String,
    /// The file.
    pub file: Bytes,
}

/// A picture that was taken in.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// What the form sends.
    pub id: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whose it is.
    pub reader: ReaderId,
}

/// Takes a picture in.
///
/// # Errors
///
/// When the offer takes no pictures, or not of this reader, or the file is no
/// picture.
pub async fn upload(
    app: &App,
    card: &Card,
    request: UploadRequest,
    admission: Admission<'_>,
) -> Result<Uploaded, ServiceError> {
    let plugin = plugin(card)?;
    let locale = view::locale(&plugin, &request.wanted).to_owned();
    let now = app.world.now();
    let session = request.wanted.reader.as_ref();
    let offer = offer::verify(&app.keys, request.offer.expose(), &card.slug, session, now)?;
    if card.state == CardState::Closed {
        return Err(ServiceError::Conflict(
            "this card is closed and takes no more actions".to_owned(),
        ));
    }
    takes_pictures(&offer, &request.input)?;
    let reader = session.unwrap_or(&request.newcomer).clone();
    let known = member::known(app, &card.circle, Some(&reader)).await?;
    check_audience_early(app, card, offer.audience, known.as_ref(), now).await?;
    if session.is_none() {
        admission()?;
    }
    let picture = cleaned(app, request.file)
        .await?
        .map_err(|why| refused(why, &request.input, &locale))?;
    let known = known.ok_or_else(member::gone)?;
    let mark = app.keys.derive_mark(&[
        card.circle.id.as_str().as_bytes(),
        known.member.as_str().as_bytes(),
        &picture.bytes,
    ]);
    let file = marked(&picture, &mark);
    let id = media_id(&file);
    let given = keep(app, card, &reader, &id, &picture, file).await?;
    if given != Given::Kept {
        return Err(no_room(given, &request.input, &locale));
    }
    Ok(Uploaded {
        id,
        width: picture.width,
        height: picture.height,
        reader,
    })
}

/// A picture's file; none if there is none.
///
/// # Errors
///
/// When it cannot be read.
pub async fn file(app: &App, id: &str) -> Result<Option<Vec<u8>>, ServiceError> {
    if !crate::view::is_media_id(id) {
        return Ok(None);
    }
    let files = app.media.clone();
    let id = id.to_owned();
    on_a_thread(move || files.read(&id)).await?
}

/// Removes the pictures of a circle that have stood in no post for a while.
///
/// # Errors
///
/// When the store fails, or a file stays.
pub async fn sweep(app: &App, circle: &CircleId) -> Result<(), ServiceError> {
    let age_ms = app.config.media.unused_age_s.saturating_mul(1000);
    let before_ms = millis(app.world.now()).saturating_sub(age_ms);
    remove_unused(app, circle, before_ms).await
}

/// Removes the pictures of a circle, now, that nobody is to see any more: whose
/// giver was erased, or whose last post was removed.
///
/// # Errors
///
/// When the store fails, or a file stays.
pub async fn sweep_released(app: &App, circle: &CircleId) -> Result<(), ServiceError> {
    remove_unused(app, circle, 1).await
}

/// Files removed while nobody else does anything in the circle.
const REMOVED_AT_ONCE: usize = 16;

async fn remove_unused(app: &App, circle: &CircleId, before_ms: u64) -> Result<(), ServiceError> {
    let partition = Partition::circle(circle.as_str());
    loop {
        let store = Arc::clone(&app.store);
        let mut tx = Transaction::begin(store, &partition, Access::Read).await?;
        let unused = media::unused(&mut tx, before_ms, REMOVED_AT_ONCE).await?;
        drop(tx);
        if unused.is_empty() || !remove_some(app, circle, &partition, before_ms).await? {
            return Ok(());
        }
    }
}

/// Removes some files, then their records; says whether there may be more.
///
/// Alone in the circle: a post that takes a picture up, or a reader who gives it
/// again, would otherwise be left without its file.
async fn remove_some(
    app: &App,
    circle: &CircleId,
    partition: &Partition,
    before_ms: u64,
) -> Result<bool, ServiceError> {
    let there = app.circle(circle);
    let _alone = match there {
        Some(circle) => Some(circle.gate.write().await),
        None => None,
    };
    let store = Arc::clone(&app.store);
    let mut tx = Transaction::begin(store, partition, Access::Write).await?;
    let unused = media::unused(&mut tx, before_ms, REMOVED_AT_ONCE).await?;
    let files = app.media.clone();
    let names = unused.clone();
    on_a_thread(move || names.iter().try_for_each(|name| files.remove(name))).await??;
    for id in &unused {
        media::forget(&mut tx, id).await?;
    }
    if !unused.is_empty() {
        tx.commit().await?;
    }
    Ok(unused.len() == REMOVED_AT_ONCE)
}

/// Whether pictures that an action brings are the reader's own, in the action's
/// transaction. Names the fields where they are not.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn not_theirs(
    tx: &mut Transaction,
    offer: &Offer,
    inputs: &[(String, Vec<String>)],
    member: &str,
) -> Result<Vec<String>, StoreError> {
    let mut fields = Vec::new();
    for (name, values) in inputs {
        if takes_pictures(offer, name).is_err() {
            continue;
        }
        for id in values {
            let record = media::media(tx, id).await?;
            if record.is_none_or(|record| record.member != member) {
                fields.push(name.clone());
                break;
            }
        }
    }
    Ok(fields)
}

fn takes_pictures(offer: &Offer, input: &str) -> Result<(), ServiceError> {
    let takes = |declared: &crate::view::InputDeclaration| {
        declared.name == input && matches!(declared.rule, Rule::Pictures { .. })
    };
    match offer.inputs.iter().any(takes) {
        true => Ok(()),
        false => Err(ServiceError::Denied(
            "this form has no field for pictures of that name".to_owned(),
        )),
    }
}

async fn cleaned(app: &App, file: Bytes) -> Result<Result<Picture, PictureRefused>, ServiceError> {
    let config = &app.config.media;
    let limits = CleanLimits {
        pixels_max: config.pixels_max,
        side_px_max: config.side_px_max,
        kept_bytes_max: config.kept_bytes_max,
    };
    let turn = Arc::clone(&app.decoders).acquire_owned().await;
    let turn = turn.map_err(|_closed| ServiceError::Internal)?;
    // The turn goes along: a decoder cannot be stopped, and whoever does not
    // wait for it any more must not make room for another.
    let work = move || {
        let picture = clean(&file, &limits);
        drop(turn);
        picture
    };
    // A decoder that panics has met a file that is damaged on purpose.
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.unwrap_or(Err(PictureRefused::Damaged)))
}

/// Notes a picture in its circle and then writes its file, with no sweep in
/// between that would remove it; unless there is no room for it.
async fn keep(
    app: &App,
    card: &Card,
    reader: &ReaderId,
    id: &str,
    picture: &Picture,
    file: Vec<u8>,
) -> Result<Given, ServiceError> {
    let _beside_others = card.circle.gate.read().await;
    let given = note(app, &card.circle, reader, id, picture, file.len()).await?;
    let circle = &card.circle.id;
    match given {
        Given::Kept => {}
        // Nobody but the member has to do anything.
        Given::MemberFull => tracing::info!(%circle, "media.member_bytes_max is reached"),
        Given::CircleFull => tracing::warn!(%circle, "media.circle_bytes_max is reached"),
    }
    if given != Given::Kept {
        return Ok(given);
    }
    let files = app.media.clone();
    let name = id.to_owned();
    on_a_thread(move || files.write(&name, &file)).await??;
    Ok(Given::Kept)
}

async fn note(
    app: &App,
    circle: &Circle,
    reader: &ReaderId,
    id: &str,
    picture: &Picture,
    bytes: usize,
) -> Result<Given, ServiceError> {
    let now_ms = millis(app.world.now());
    let room = Room {
        member_bytes_max: app.config.media.member_bytes_max,
        circle_bytes_max: app.config.media.circle_bytes_max,
    };
    for _ in 0..=app.config.limits.action_reruns_max {
        let store = Arc::clone(&app.store);
        let mut tx = Transaction::begin(store, &circle.partition, Access::Write).await?;
        let hands = member::hands(app, circle, &mut tx).await?;
        let entry = member::entering(app, circle, &hands, &mut tx, reader, now_ms).await?;
        let record = MediaRecord {
            width: picture.width,
            height: picture.height,
            bytes: bytes as u64,
            member: entry.known.member.as_str().to_owned(),
            at_ms: now_ms,
            uses: 0,
        };
        let given = media::give(&mut tx, id, record, room).await?;
        if given != Given::Kept {
            return Ok(given);
        }
        entry.write(&mut tx)?;
        if !entry.announce(&app.store, &circle.id).await? {
            return Err(member::gone());
        }
        match tx.commit().await {
            Ok(_seq) => return Ok(given),
            // Others took the last of the room: seen anew, it says whose.
            Err(CommitError::Conflict | CommitError::Quota(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CommitError::Conflict.into())
}

fn refused(why: PictureRefused, input: &str, locale: &str) -> ServiceError {
    let (chinese, english) = match why {
        PictureRefused::Unknown => (
            "这不是能用的图片，请选择 JPEG、PNG、WebP 或 GIF",
            "This is no picture we can use; choose a JPEG, PNG, WebP or GIF",
        ),
        PictureRefused::TooManyPixels => (
            "图片太大了，请选择小一点的",
            "This picture is too large; choose a smaller one",
        ),
        PictureRefused::Damaged => (
            "图片打不开，请换一张",
            "This picture cannot be opened; choose another",
        ),
    };
    let text = if locale.starts_with("zh") {
        chinese
    } else {
        english
    };
    invalid(vec![(input.to_owned(), text.to_owned())], locale)
}

fn no_room(given: Given, input: &str, locale: &str) -> ServiceError {
    let text = match (given, locale.starts_with("zh")) {
        (Given::MemberFull, true) => "你在这个圈子里的图片太多了，请先删掉一些带图的内容",
        (Given::MemberFull, false) => {
            "You have as many pictures here as one member may; take away posts that have some"
        }
        (_, true) => "这个圈子放不下更多图片了，请告诉圈主",
        (_, false) => "This circle has no room for more pictures; tell its owner",
    };
    invalid(vec![(input.to_owned(), text.to_owned())], locale)
}

/// Where a file is waited for.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<Result<T, ServiceError>, ServiceError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| {
        tracing::error!(%error, "a file of a picture");
        ServiceError::Internal
    })?;
    Ok(done.map_err(|error| {
        tracing::error!(%error, "a file of a picture");
        ServiceError::StoreUnavailable
    }))
}
