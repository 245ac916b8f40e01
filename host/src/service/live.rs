//! Cards that change while they are read: a stream of events about some of
//! them, for one reader.
//!
//! Private views are the reader's own; a view that asks nothing of its reader
//! comes from the feed that all share.

use super::ServiceError;
use super::card::{self, plugin};
use super::document::{Forms, no_stamp, section};
use super::member;
use super::view::{self, Shown, Wanted, view};
use crate::app::{App, Card, millis};
use crate::community::people::Known;
use crate::config::CardSlug;
use crate::live::basis::History;
use crate::live::cache::ViewKey;
use crate::live::drawn::{Drawn, Freshness};
use crate::live::hub::{Form, Full, Latest, NoPicture, Picture, Source, Stream, Topic};
use crate::live::surface::Surface;
use crate::store::{Changes, Partition, Seq, StoreError};
use crate::view::html::place;
use bytes::Bytes;
use serde_json::json;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::watch;

/// One card that a stream is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its slug.
    pub slug: String,
    /// The size and languages wanted, and the reader.
    pub wanted: Wanted,
    /// The version that the reader has.
    pub have: Option<String>,
}

/// Why there is no stream.
#[derive(Debug, thiserror::Error)]
pub enum NoStream {
    /// There is nothing to show.
    #[error(transparent)]
    Nothing(#[from] ServiceError),
    /// There are too many.
    #[error(transparent)]
    Full(#[from] Full),
}

/// An open stream.
pub struct Live {
    studio: Arc<Studio>,
    stream: Stream<Drawn>,
    form: Form,
    cards: Vec<Followed>,
    /// What is to be said before anything else.
    first: VecDeque<Bytes>,
    /// The card whose news is being looked at.
    at: Option<usize>,
}

/// A card in a stream.
struct Followed {
    slug: CardSlug,
    wanted: Wanted,
    /// What the reader has.
    sent: Option<(String, Freshness)>,
}

/// Opens a stream of cards. Those that are gone are said to be, even if it is
/// all of them: a browser's `EventSource` does not tell its script why it got
/// no stream. The stream is about the others.
///
/// # Errors
///
/// When none of them ever was, when the only one has no such page and the reader
/// has none of it either, when plugins are being prepared, or when there are too
/// many streams.
pub async fn open(app: &Arc<App>, asked: Vec<Asked>, form: Form) -> Result<Live, NoStream> {
    let (mut there, mut missing) = (Vec::new(), Vec::new());
    for asked in asked {
        match find(app, &asked.slug) {
            Ok(card) => there.push((card, asked)),
            Err(error @ ServiceError::Overloaded { .. }) => return Err(error.into()),
            Err(error) => missing.push((asked.slug, error)),
        }
    }
    let is_gone = |(_, error): &(String, ServiceError)| matches!(error, ServiceError::CardGone);
    if there.is_empty() && !missing.iter().any(is_gone) {
        let error = missing.into_iter().next().map(|(_, error)| error);
        return Err(error.unwrap_or(ServiceError::CardUnknown).into());
    }
    let is_alone = there.len() + missing.len() == 1;
    let slugs = there.iter().map(|(card, _)| card.slug.as_str());
    let place = app.hub.admit(slugs)?;
    let mut live = Live {
        studio: Arc::new(Studio(Arc::clone(app))),
        stream: Stream::new(place),
        form,
        cards: Vec::new(),
        // One whose plugin could not be loaded is no card that is gone: it may
        // be back when the host is started again.
        first: missing
            .iter()
            .filter(|(_, error)| !matches!(error, ServiceError::PluginFault))
            .map(|(slug, _)| gone(slug))
            .collect(),
        at: None,
    };
    for (card, asked) in there {
        let (topic, picture) = match look(app, card, &asked.wanted).await {
            // Somebody has removed it since.
            Err(ServiceError::PageUnknown) if asked.have.is_some() || !is_alone => {
                live.first
                    .push_back(page_gone(&topic_of(card, &asked.wanted, None)?.key));
                continue;
            }
            looked => looked?,
        };
        live.stream
            .watch(&live.studio, &topic, picture)
            .map_err(ServiceError::from)?;
        live.cards.push(Followed {
            slug: card.slug.clone(),
            wanted: asked.wanted,
            sent: asked.have.map(|version| (version, Freshness::Fresh)),
        });
    }
    Ok(live)
}

impl Live {
    /// Waits for the next event. May be dropped and called again: nothing is
    /// lost.
    pub async fn next(&mut self) -> Bytes {
        loop {
            if let Some(event) = self.first.pop_front() {
                return event;
            }
            let at = match self.at {
                Some(at) => at,
                None => self.stream.next().await,
            };
            self.at = Some(at);
            let event = match self.stream.latest(at) {
                Some(latest) if self.is_anothers(at, &latest) => {
                    // In a box: rare, and it takes much room.
                    Box::pin(self.go_private(at)).await;
                    None
                }
                Some(latest) => self.event(at, &latest),
                None if self.stream.is_gone(at) => {
                    self.cards[at].sent = None;
                    Some(page_gone(self.stream.key(at)))
                }
                None => None,
            };
            self.at = None;
            if let Some(event) = event {
                return event;
            }
        }
    }

    /// Whether a view has become one that depends on its reader, and this is
    /// not the one of this reader.
    fn is_anothers(&self, at: usize, latest: &Latest<Drawn>) -> bool {
        let has_session = self.cards[at].wanted.reader.is_some();
        latest.picture.view.private && has_session && self.stream.is_of_none(at)
    }

    async fn go_private(&mut self, at: usize) {
        let Followed { slug, wanted, .. } = &self.cards[at];
        let Ok(card) = find(&self.studio.0, slug.as_str()) else {
            return;
        };
        if let Ok((topic, picture)) = look(&self.studio.0, card, wanted).await
            && topic.reader.is_some()
            && let Err(error) = self.stream.switch(&self.studio, at, &topic, picture)
        {
            tracing::debug!(card = %slug, %error, "this stream shows what it showed");
        }
    }

    /// The event, if the reader has not got it.
    fn event(&mut self, at: usize, latest: &Latest<Drawn>) -> Option<Bytes> {
        let form = self.form;
        let Picture { view, freshness } = &latest.picture;
        if let Some((version, as_sent)) = &self.cards[at].sent
            && version == view.view.version()
            // A section does not say whether it is right; a view object does.
            && (form != Form::Json || as_sent == freshness)
        {
            return None;
        }
        self.cards[at].sent = Some((view.view.version().to_owned(), *freshness));
        Some(latest.event(form, |picture| self.studio.event(form, picture)))
    }
}

/// The card, if its plugin can be asked.
fn find<'a>(app: &'a App, slug: &str) -> Result<&'a Card, ServiceError> {
    let card = card::find(app, slug)?;
    plugin(card).map(|_| card)
}

/// What to watch for a reader, and what it shows; nothing if it cannot be
/// drawn just now, which does not keep anybody from watching it. A page that is
/// not there is not watched: anybody could make some up.
async fn look(
    app: &App,
    card: &Card,
    wanted: &Wanted,
) -> Result<(Topic, Option<Picture<Drawn>>), ServiceError> {
    let shown = match view(app, card, wanted).await {
        Err(error @ ServiceError::PageUnknown) => return Err(error),
        shown => shown.ok(),
    };
    let for_all = shown.as_ref().is_some_and(|shown| !shown.drawn.private);
    let reader = wanted.reader.as_ref().filter(|_| !for_all);
    let known = member::known(app, &card.circle, reader).await?;
    let topic = topic_of(card, wanted, known)?;
    Ok((topic, shown.map(Shown::into)))
}

fn topic_of(card: &Card, wanted: &Wanted, known: Option<Known>) -> Result<Topic, ServiceError> {
    let plugin = plugin(card)?;
    Ok(Topic {
        partition: card.circle.partition.clone(),
        key: view::key(card, &plugin, wanted, known.as_ref()).to_key(),
        reader: known.map(|known| known.reader),
    })
}

impl From<Shown> for Picture<Drawn> {
    fn from(shown: Shown) -> Self {
        Picture {
            view: shown.drawn,
            freshness: shown.freshness,
        }
    }
}

/// Draws for the hub.
struct Studio(Arc<App>);

impl History for Studio {
    fn changes(&self, partition: &Partition, since: Seq) -> Result<Option<Changes>, StoreError> {
        self.0.store.changes(partition, since)
    }
}

impl Source for Studio {
    type View = Drawn;

    async fn draw(&self, topic: &Topic) -> Result<Picture<Drawn>, NoPicture> {
        let card = find(&self.0, &topic.key.card).map_err(|_| NoPicture::Failed)?;
        let wanted = Wanted {
            reader: topic.reader.clone(),
            size: Some(topic.key.size),
            at: topic.key.at.clone(),
            languages: vec![topic.key.locale.to_string()],
        };
        match view(&self.0, card, &wanted).await {
            Ok(shown) => Ok(shown.into()),
            Err(ServiceError::PageUnknown) => Err(NoPicture::Gone),
            Err(_) => Err(NoPicture::Failed),
        }
    }

    fn newest(&self, partition: &Partition) -> Result<Seq, StoreError> {
        self.0.store.seq(partition)
    }

    fn commits(&self, partition: &Partition) -> Result<watch::Receiver<Seq>, StoreError> {
        self.0.store.watch(partition)
    }

    fn now_ms(&self) -> u64 {
        millis(self.0.world.now())
    }
}

impl Studio {
    /// An event with a card's view. Size, locale and `at`, or `place` for all of
    /// them, tell apart what a page shows of one card in several places.
    fn event(&self, form: Form, picture: &Picture<Drawn>) -> Bytes {
        let drawn = &picture.view;
        let key = &drawn.key;
        let (name, content) = match form {
            Form::Json => ("view", drawn.object(picture.freshness)),
            Form::Section => {
                let html = drawn.written(Surface::Html, picture.freshness);
                ("html", html.into())
            }
            Form::Document(manner) => {
                let shown = Shown {
                    drawn: Arc::clone(drawn),
                    freshness: picture.freshness,
                };
                let Ok(card) = find(&self.0, &key.card) else {
                    return gone(&key.card);
                };
                let html = section(card, &shown, manner, &Forms::of_section(no_stamp(&shown)));
                ("html", html.into())
            }
        };
        let data = json!({
            "card": &*key.card,
            "version": drawn.view.version(),
            "size": card::size_word(key.size),
            "locale": &*key.locale,
            "at": key.at.as_str(),
            "place": place_of(key),
            name: content,
        });
        let id = drawn.basis.drawn_at();
        // JSON holds no line break that is not escaped.
        Bytes::from(format!("id: {id}\nevent: view\ndata: {data}\n\n"))
    }
}

fn place_of(key: &ViewKey) -> String {
    place(&key.card, key.size, &key.locale, &key.at)
}

/// The card is there, and has no such page any more.
fn page_gone(key: &ViewKey) -> Bytes {
    let data = json!({ "card": &*key.card, "at": key.at.as_str(), "place": place_of(key) });
    Bytes::from(format!("event: gone\ndata: {data}\n\n"))
}

fn gone(slug: &str) -> Bytes {
    // What the places of all its views begin with.
    let data = json!({ "card": slug, "place": format!("{slug}~") });
    Bytes::from(format!("event: gone\ndata: {data}\n\n"))
}
