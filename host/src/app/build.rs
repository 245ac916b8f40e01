//! From a configuration to an [`App`], and plugins made ready behind it.

use super::key_source::Fetcher;
use super::{
    Agenda, App, Begun, Card, Census, Circle, FetcherError, KeySource, PluginState, Publisher,
    Sender, SenderError, World, known,
};
use crate::community::outbox::OutboxLimits;
use crate::community::posts::PostRules;
use crate::community::state::StateLimits;
use crate::community::timers::TimerLimits;
use crate::community::{CommunityLimits, circle};
use crate::config::{self, CardSlug, CircleId, Config, DataDir, Loaded, PluginName, PublisherId};
use crate::identity::session::ANONYMOUS_AGE_MAX;
use crate::identity::{CookieKind, Keys, SessionAges};
use crate::live::cache::ViewCache;
use crate::live::drawn::Place;
use crate::live::flight::Flights;
use crate::live::hub::{Hub, HubLimits};
use crate::live::painter::{Painter, PainterLimits};
use crate::sandbox::artifact::Artifacts;
use crate::sandbox::limits::Budget;
use crate::sandbox::{LoadRequest, Sandbox, SandboxError};
use crate::store::{
    self, Access, Ledger, LedgerError, MediaFiles, OpenError, Partition, Quotas, Store, StoreError,
    Transaction, Usage,
};
use crate::telemetry::Counters;
use crate::view::{Size, ViewLimits};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};

/// What a host is made of besides its configuration.
pub struct Parts {
    /// The address it listens on, which stands in for an unset `public_url`.
    pub bound: SocketAddr,
    /// The program that compiles plugins: this one.
    pub compiler: PathBuf,
    /// Time and randomness.
    pub world: Arc<dyn World>,
}

/// Why a host could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The data directory.
    #[error("{path}: {error}; make the directory writable for this user, or set data.dir")]
    Data {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The secret keys.
    #[error(transparent)]
    Keys(#[from] crate::identity::keys::KeyFileError),
    /// The ledger of erasures.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The store's files.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sandbox.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// What fetches publishers' key sets.
    #[error(transparent)]
    Fetcher(#[from] FetcherError),
    /// What sends plugins' requests.
    #[error(transparent)]
    Sender(#[from] SenderError),
}

/// Puts a host together and begins to make its plugins ready.
///
/// # Errors
///
/// See [`BuildError`]. A plugin that cannot be loaded is no error: its cards
/// answer 500, the others go on.
pub async fn build(loaded: Loaded, parts: Parts) -> Result<Arc<App>, BuildError> {
    let config = &loaded.config;
    let dir = DataDir::new(&config.data.dir);
    create_private_dir(dir.path()).map_err(|error| BuildError::Data {
        path: dir.path().into(),
        error,
    })?;
    let keys = Keys::load_or_create(&dir.secret(), parts.world.now())?;
    let store = open_store(&config.data).await?;
    let artifacts = Artifacts::new(
        dir.artifacts(),
        keys.artifact_seal(),
        parts.compiler,
        &config.sandbox,
    );
    let sandbox = Sandbox::new(&config.sandbox, community_limits(config), artifacts)?;

    let public_url = config.public_url(parts.bound);
    let (senders, plugins): (Vec<_>, Vec<_>) = loaded
        .plugins
        .iter()
        .map(|_| watch::channel(PluginState::Preparing))
        .unzip();
    let publishers = publishers(config)?;
    let circles = circles(config, &store, &keys, &publishers).await?;
    let cards = cards(&loaded, &circles, &plugins, public_url.as_str());
    let removed_cards = known::remember(&store, &cards.keys().cloned().collect()).await?;
    let removed_circles = known::remember(&store, &circles.keys().cloned().collect()).await?;
    let app = Arc::new(App {
        cookie: CookieKind::of_host(&public_url),
        session_ages: SessionAges {
            vouched_s: config.identity.session_age_s,
            anonymous_s: ANONYMOUS_AGE_MAX.as_secs(),
        },
        view_limits: ViewLimits {
            nodes_max: config.view.nodes_max,
            depth_max: config.view.depth_max,
            text_bytes_max: config.view.text_bytes_max,
        },
        cache: ViewCache::new(config.cache.views_bytes_max),
        flights: Flights::default(),
        hub: Hub::new(HubLimits {
            streams_max: config.live.streams_max,
            streams_per_card_max: config.live.streams_per_card_max,
            pushes_per_second_max: config.live.pushes_per_second_max,
            renders_at_once_max: config.live.renders_at_once_max,
        }),
        painter: painter(&config.picture),
        media: MediaFiles::new(dir.media()),
        decoders: Arc::new(Semaphore::new(config.media.decoders_at_once_max)),
        config: loaded.config.clone(),
        public_url,
        keys,
        store,
        sandbox,
        world: parts.world,
        agenda: Agenda::default(),
        sender: Sender::new(&config.outbound)?,
        cards,
        circles: circles.into_values().collect(),
        publishers,
        census: Census::default(),
        removed_cards,
        removed_circles,
        erasures: Arc::new(Ledger::open(&dir.erasures())?),
        plugins,
        counters: Counters::default(),
    });
    for (index, sender) in senders.into_iter().enumerate() {
        tokio::spawn(prepare(
            Arc::clone(&app),
            loaded.plugins[index].clone(),
            sender,
        ));
    }
    Ok(app)
}

/// Makes one plugin ready, or says in the log why not.
async fn prepare(app: Arc<App>, file: config::PluginFile, state: watch::Sender<PluginState>) {
    let began = Instant::now();
    let state_now = match load(&app, &file).await {
        Ok(plugin) => {
            let denied = plugin.denied();
            tracing::info!(
                plugin = %plugin.full_name(),
                file = %file.file.display(),
                capabilities = ?plugin.manifest.capabilities,
                denied = ?denied,
                elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
                "plugin ready"
            );
            PluginState::Ready(Arc::new(plugin))
        }
        Err(reason) => {
            tracing::error!(
                file = %file.file.display(),
                "plugin not loaded, its cards answer 500: {reason}"
            );
            PluginState::Failed
        }
    };
    // Nobody listening means the host is gone already.
    let _ = state.send(state_now);
}

async fn load(
    app: &App,
    file: &config::PluginFile,
) -> Result<crate::sandbox::plugin::Plugin, String> {
    let manifest = file.manifest.clone()?;
    let component = tokio::fs::read(&file.file)
        .await
        .map_err(|error| error.to_string())?;
    let request = LoadRequest {
        component: &component,
        manifest: Arc::new(manifest),
        deny: &file.deny,
    };
    app.sandbox
        .load(request)
        .await
        .map_err(|error| error.to_string())
}

fn cards(
    loaded: &Loaded,
    circles: &HashMap<CircleId, Arc<Circle>>,
    plugins: &[watch::Receiver<PluginState>],
    public_url: &str,
) -> HashMap<CardSlug, Card> {
    let named = plugins_by_name(loaded, plugins);
    loaded
        .config
        .cards
        .iter()
        .map(|card| {
            let circle = &circles[&card.circle];
            let facts = circle.facts();
            let config = serde_json::Value::Object(card.config.clone()).to_string();
            let made = Card {
                slug: card.slug.clone(),
                state: card.state,
                size: Size::from(card.size),
                config: config.into(),
                place: Arc::new(Place {
                    card: card.slug.to_string(),
                    circle: card.circle.to_string(),
                    circle_name: facts.name.clone(),
                    publisher: facts.publisher.clone(),
                    url: format!("{public_url}/c/{}", card.slug),
                    host: public_url.to_string(),
                }),
                circle: Arc::clone(circle),
                plugin: named
                    .get(&card.plugin)
                    .map_or_else(no_plugin, |&plugin| plugin.clone()),
                begun: Begun::default(),
            };
            (card.slug.clone(), made)
        })
        .collect()
}

fn plugins_by_name<'a>(
    loaded: &'a Loaded,
    plugins: &'a [watch::Receiver<PluginState>],
) -> HashMap<&'a PluginName, &'a watch::Receiver<PluginState>> {
    loaded
        .plugins
        .iter()
        .zip(plugins)
        .filter_map(|(file, state)| Some((&file.manifest.as_ref().ok()?.name, state)))
        .collect()
}

/// The plugin of a card whose plugin's file could not even be read.
fn no_plugin() -> watch::Receiver<PluginState> {
    watch::channel(PluginState::Failed).1
}

fn publishers(config: &Config) -> Result<HashMap<PublisherId, Arc<Publisher>>, FetcherError> {
    let fetches = config.publishers.iter().any(|one| one.jwks_url.is_some());
    let fetcher = fetches
        .then(|| Fetcher::new(&config.identity))
        .transpose()?;
    let publishers = config.publishers.iter().map(|publisher| {
        let made = Publisher {
            id: publisher.id.clone(),
            name: publisher.name.clone(),
            origins: publisher.origins.clone(),
            issuer: publisher.issuer().to_owned(),
            keys: KeySource::new(publisher, &config.identity, fetcher.as_ref()),
            api_tokens: publisher.api_token_sha256.clone(),
            budget: Budget::new(
                config.sandbox.cpu_ms_per_second_per_publisher,
                config.sandbox.cpu_burst_ms,
                Instant::now(),
            ),
        };
        (publisher.id.clone(), Arc::new(made))
    });
    Ok(publishers.collect())
}

async fn circles(
    config: &Config,
    store: &Arc<dyn Store>,
    keys: &Keys,
    publishers: &HashMap<PublisherId, Arc<Publisher>>,
) -> Result<HashMap<CircleId, Arc<Circle>>, StoreError> {
    let mut circles = HashMap::with_capacity(config.circles.len());
    for circle in &config.circles {
        let partition = Partition::circle(circle.id.as_str());
        let mut tx = Transaction::begin(Arc::clone(store), &partition, Access::Read).await?;
        let setting = circle::setting(&mut tx).await?;
        let posts = Arc::new(PostRules::of(config, circle));
        let made = Circle::new(circle, posts, setting, keys, publishers);
        circles.insert(circle.id.clone(), Arc::new(made));
    }
    Ok(circles)
}

async fn open_store(data: &config::Data) -> Result<Arc<dyn Store>, OpenError> {
    let dir = DataDir::new(&data.dir).store();
    let options = store::Options {
        cache_bytes_max: data.cache_bytes_max,
        commit_queue_max: data.commit_queue_max,
        commit_group_max: data.commit_group_max,
        commit_group_bytes_max: data.commit_group_bytes_max,
        segment_bytes: data.journal_segment_bytes,
        checkpoint_journal_bytes: data.checkpoint_journal_bytes,
        window_bytes_max: data.window_bytes_max,
        changes_per_partition_max: data.changes_per_circle_max,
        partitions_open_max: data.circles_open_max,
        ..store::Options::default()
    };
    tokio::task::spawn_blocking(move || store::open(&dir, &options))
        .await
        .expect("opening the store does not panic: it catches the engine's panics")
}

/// A painter that looks for type meanwhile: nobody need wait for that.
fn painter(limits: &config::Picture) -> Arc<Painter> {
    let painter = Arc::new(Painter::new(PainterLimits {
        at_once_max: limits.paints_at_once_max,
        paint: Duration::from_millis(limits.paint_timeout_ms),
        fonts: limits.fonts.clone(),
    }));
    let ready = Arc::clone(&painter);
    tokio::spawn(async move { ready.make_ready().await });
    painter
}

fn community_limits(config: &Config) -> CommunityLimits {
    CommunityLimits {
        state: state_limits(&config.state),
        timers: TimerLimits {
            per_card_max: config.timers.per_card_max,
            name_bytes_max: config.timers.name_bytes_max,
            payload_bytes_max: config.timers.payload_bytes_max,
        },
        outbox: OutboxLimits {
            hosts: config.outbound.hosts.clone(),
            loopback_http: config.outbound.allow_loopback_http_for_tests,
            pending_per_card_max: config.outbound.pending_per_card_max,
        },
        members: config.members.clone(),
    }
}

fn state_limits(limits: &config::State) -> StateLimits {
    StateLimits {
        key_bytes_max: limits.key_bytes_max,
        value_bytes_max: limits.value_bytes_max,
        commit_writes_max: limits.commit_writes_max,
        commit_bytes_max: limits.commit_bytes_max,
        page_entries_max: limits.page_entries_max,
        page_bytes_max: limits.page_bytes_max,
        quotas: Quotas {
            card: Usage {
                keys: limits.card_keys_max,
                bytes: limits.card_bytes_max,
            },
            plugin: Usage {
                keys: limits.plugin_keys_max,
                bytes: limits.plugin_bytes_max,
            },
        },
    }
}

fn create_private_dir(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}
