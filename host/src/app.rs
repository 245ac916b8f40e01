//! Everything the use cases share, put together once.
//!
//! May import everything below it. Holds no rules of its own: it knows which
//! cards, circles, publishers and plugins there are, and hands out the store,
//! the sandbox, the keys and the cache.

mod agenda;
mod build;
mod census;
mod circle;
mod key_source;
mod known;
mod outbound;
mod tls;
mod world;

use crate::config::{CardSize, CardSlug, CardState, CircleId, Config, PublisherId, WebOrigin};
use crate::contract::CardContext;
use crate::identity::{CookieKind, Keys, SessionAges};
use crate::live::cache::{ViewCache, ViewKey};
use crate::live::drawn::{Drawn, Place};
use crate::live::flight::Flights;
use crate::live::hub::Hub;
use crate::live::painter::Painter;
use crate::sandbox::Sandbox;
use crate::sandbox::fault::CallError;
use crate::sandbox::plugin::Plugin;
use crate::store::{Ledger, MediaFiles, Store};
use crate::telemetry::Counters;
use crate::view::{At, Size, ViewLimits};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::{Mutex, Semaphore, watch};

pub use self::agenda::{Agenda, Item};
pub use self::build::{BuildError, Parts, build};
pub use self::census::{Census, Listed};
pub use self::circle::{Circle, Hands, Publisher};
pub use self::key_source::{FetcherError, KeySource};
pub use self::outbound::{Sender, SenderError, Tried, Turn};
pub use self::world::{RealWorld, World, instant, millis};

/// The host, without its listeners.
pub struct App {
    /// The merged configuration.
    pub config: Config,
    /// Where readers find this host: the only source of absolute links.
    pub public_url: WebOrigin,
    /// Which cookie carries sessions.
    pub cookie: CookieKind,
    /// How long sessions last.
    pub session_ages: SessionAges,
    /// This host's secret keys.
    pub keys: Keys,
    /// All that is durable.
    pub store: Arc<dyn Store>,
    /// Runs guests.
    pub sandbox: Sandbox,
    /// Views that are still right.
    pub cache: ViewCache<Drawn>,
    /// Views being drawn.
    pub flights: Flights<ViewKey, Drawing>,
    /// Who watches which view.
    pub hub: Arc<Hub<Drawn>>,
    /// Paints pictures of cards.
    pub painter: Arc<Painter>,
    /// Pictures that readers gave.
    pub media: MediaFiles,
    /// Turns at decoding one.
    pub decoders: Arc<Semaphore>,
    /// What the tree of a view may hold.
    pub view_limits: ViewLimits,
    /// Time and randomness.
    pub world: Arc<dyn World>,
    /// What is to be done without a reader, and when.
    pub agenda: Agenda,
    /// Sends what plugins ask of the outside.
    pub sender: Sender,
    /// The cards, by slug.
    pub cards: HashMap<CardSlug, Card>,
    /// The circles.
    pub circles: Vec<Arc<Circle>>,
    /// How lively the circles are.
    pub census: Census,
    /// The publishers.
    pub publishers: HashMap<PublisherId, Arc<Publisher>>,
    /// Cards that were configured once.
    pub removed_cards: HashSet<CardSlug>,
    /// Circles that were configured once.
    pub removed_circles: HashSet<CircleId>,
    /// Readers who were erased, in a file beside the store.
    pub erasures: Arc<Ledger>,
    /// The plugins, by the order of the file.
    pub plugins: Vec<watch::Receiver<PluginState>>,
    /// What is counted.
    pub counters: Counters,
}

/// What comes of drawing a card, for all who wait for it.
pub type Drawing = Result<Arc<Drawn>, CallError>;

/// One placement of a plugin in a circle.
#[derive(Debug)]
pub struct Card {
    /// Its name in URLs.
    pub slug: CardSlug,
    /// Whether it is served, and takes actions.
    pub state: CardState,
    /// The room it has unless a request asks for another.
    pub size: Size,
    /// Its configuration, as JSON text.
    pub config: Arc<str>,
    /// What its surfaces say of it.
    pub place: Arc<Place>,
    /// Where it stands.
    pub circle: Arc<Circle>,
    /// What draws it.
    pub plugin: watch::Receiver<PluginState>,
    /// Whether it has begun with this version of its plugin.
    pub begun: Begun,
}

/// What is known of a card's beginning (`lifecycle`), in this process.
#[derive(Debug, Default)]
pub struct Begun {
    /// Nothing is left to do before actions and jobs.
    pub is_done: AtomicBool,
    /// Held by whoever does it.
    pub trying: Mutex<BegunTries>,
}

/// Tries that failed.
#[derive(Clone, Copy, Debug, Default)]
pub struct BegunTries {
    /// How many.
    pub failures: u32,
    /// Not tried again before, in milliseconds since 1970.
    pub not_before_ms: u64,
}

/// How far a plugin is.
#[derive(Clone, Debug)]
pub enum PluginState {
    /// Being compiled or mapped.
    Preparing,
    /// Can be called.
    Ready(Arc<Plugin>),
    /// Cannot; the log says why, once.
    Failed,
}

impl Card {
    /// What the card's surfaces say of it while its circle is in these hands.
    pub fn place_of(&self, hands: &Hands) -> Arc<Place> {
        if self.place.publisher == hands.facts.publisher {
            return Arc::clone(&self.place);
        }
        Arc::new(Place {
            publisher: hands.facts.publisher.clone(),
            ..Place::clone(&self.place)
        })
    }

    /// The context of a call about one of the card's pages.
    pub fn context(&self, locale: &str, size: Size, at: &At) -> CardContext {
        let slug: Arc<str> = self.slug.as_str().into();
        CardContext {
            card: Arc::clone(&slug),
            slug,
            circle: self.circle.id.as_str().into(),
            config: Arc::clone(&self.config),
            locale: locale.to_owned(),
            size,
            at: at.shared(),
        }
    }
}

impl App {
    /// A new id that nobody can guess, such as `req_5Yk…`.
    pub fn new_id(&self, prefix: &str) -> String {
        let random = URL_SAFE_NO_PAD.encode(self.world.random());
        format!("{prefix}_{random}")
    }

    /// Every circle there is or was.
    pub fn circles_ever(&self) -> impl Iterator<Item = &CircleId> {
        let there = self.circles.iter().map(|circle| &circle.id);
        there.chain(&self.removed_circles)
    }

    /// A circle that there is.
    pub fn circle(&self, id: &CircleId) -> Option<&Arc<Circle>> {
        self.circles.iter().find(|circle| circle.id == *id)
    }

    /// The plugins that are not ready, if any: how many are being prepared
    /// and how many have failed.
    pub fn plugins_not_ready(&self) -> (usize, usize) {
        self.plugins
            .iter()
            .fold((0, 0), |(preparing, failed), plugin| {
                match &*plugin.borrow() {
                    PluginState::Preparing => (preparing + 1, failed),
                    PluginState::Failed => (preparing, failed + 1),
                    PluginState::Ready(_) => (preparing, failed),
                }
            })
    }

    /// Waits until no plugin is being prepared.
    pub async fn plugins_settled(&self) {
        for plugin in &self.plugins {
            // An error means its loader is gone, and with it the change to
            // wait for.
            let _ = plugin
                .clone()
                .wait_for(|state| !matches!(state, PluginState::Preparing))
                .await;
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("public_url", &self.public_url)
            .field("cards", &self.cards.len())
            .finish_non_exhaustive()
    }
}

impl From<CardSize> for Size {
    fn from(size: CardSize) -> Self {
        match size {
            CardSize::Compact => Size::Compact,
            CardSize::Standard => Size::Standard,
            CardSize::Feed => Size::Feed,
        }
    }
}
