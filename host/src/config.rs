//! The configuration: every option typed, every mistake found at once.
//!
//! `load` merges `default.toml`, the operator's `quanka.toml`, the environment
//! and flags, in this order, and checks the whole: types, ranges, references,
//! plugin manifests, each card's configuration against its plugin's schema.
//! Every message names the line it is about and says what to do. Imports
//! nothing of the host. Does not watch files and does not start anything; after
//! `load` nothing here changes.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use problem::did_you_mean;
use read::Manual;
use tree::{Cursor, Node, Step, Table, Value};

pub mod locale;
pub mod manifest;

mod check;
mod data_dir;
mod merge;
mod outbound_host;
mod plugins;
mod problem;
mod public_key;
mod read;
mod schema;
mod settings;
mod show;
mod tree;
mod values;

pub use data_dir::DataDir;
pub use manifest::{Manifest, ManifestError};
pub use merge::ENVIRONMENT_PREFIX;
pub use outbound_host::OutboundHost;
pub use plugins::PluginFile;
pub use problem::{Problem, Problems};
pub use public_key::{NotAKey, PublicKey, SignatureAlgorithm};
pub use schema::{Schema, Violation};
pub use settings::{
    Cache, Card, Circle, Data, Directory, Identity, Limits, Live, Log, Media, Members, Moderation,
    Outbound, Picture, Plugin, Posts, Publisher, PublisherKey, Sandbox, Server, State, Timers,
    View,
};
pub use tree::Origin;
pub use values::{
    Capability, CardSize, CardSlug, CardState, CircleId, ID_BYTES_MAX, JoinPolicy, KeySetUrl,
    LogFormat, PluginName, PublisherId, TokenDigest, WebOrigin,
};

/// Every option with its default and what it means, as text.
pub const DEFAULTS: &str = include_str!("../default.toml");

/// Where a configuration comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// `quanka.toml`; without one there are only options, and no cards.
    pub file: Option<PathBuf>,
    /// Environment variables; those that do not begin with
    /// [`ENVIRONMENT_PREFIX`] are passed over.
    pub env: Vec<(String, String)>,
    /// Option (`server.listen`), value, and the flag as the user knows it
    /// (`--listen`).
    pub flags: Vec<(String, String, String)>,
}

/// A configuration that was read and checked.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The options and what is served.
    pub config: Config,
    /// Every plugin file, in the order of the configuration.
    pub plugins: Vec<PluginFile>,
    /// What is wrong with plugin files, and with cards whose plugin is for that
    /// reason unknown. `config check` refuses these; `serve` logs them and
    /// serves the rest.
    pub plugin_problems: Problems,
    /// What is allowed and probably not meant.
    pub warnings: Problems,
    merged: Node,
}

/// Every option, typed. What each means stands in `default.toml`, under the
/// same name.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Listeners and requests.
    pub server: Server,
    /// Where data lie.
    pub data: Data,
    /// What is logged, and how.
    pub log: Log,
    /// Limits of plugins.
    pub sandbox: Sandbox,
    /// Limits of what plugins draw.
    pub view: View,
    /// Limits of what plugins store.
    pub state: State,
    /// What plugins have done at a time of their choosing.
    pub timers: Timers,
    /// What they may ask of the outside.
    pub outbound: Outbound,
    /// Ready-made views in memory.
    pub cache: Cache,
    /// `[live]`
    pub live: Live,
    /// Pictures of cards.
    pub picture: Picture,
    /// Pictures that readers give.
    pub media: Media,
    /// Limits of readers.
    pub limits: Limits,
    /// Sessions, publishers' tokens and their keys.
    pub identity: Identity,
    /// Limits of who is in a circle.
    pub members: Members,
    /// The list of circles.
    pub directory: Directory,
    /// What may be posted.
    pub posts: Posts,
    /// How order is kept.
    pub moderation: Moderation,
    /// `[[publisher]]`; ids are unique.
    pub publishers: Vec<Publisher>,
    /// `[[plugin]]`, in the order of [`Loaded::plugins`].
    pub plugins: Vec<Plugin>,
    /// `[[circle]]`; ids are unique, publishers exist.
    pub circles: Vec<Circle>,
    /// `[[card]]`; slugs are unique, circles exist.
    pub cards: Vec<Card>,
}

impl Source {
    /// The process's environment, as far as it is ours.
    pub fn environment() -> Vec<(String, String)> {
        let ours = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            let name = name
                .into_string()
                .ok()
                .filter(|name| name.starts_with(ENVIRONMENT_PREFIX))?;
            Some((name, value.to_string_lossy().into_owned()))
        };
        std::env::vars_os().filter_map(ours).collect()
    }
}

impl Config {
    /// Where readers reach this host, which listens on `bound`.
    pub fn public_url(&self, bound: SocketAddr) -> WebOrigin {
        self.server
            .public_url
            .clone()
            .unwrap_or_else(|| WebOrigin::of_listener(bound))
    }
}

impl Loaded {
    /// The plugin a card names, if its file could be read.
    pub fn plugin(&self, name: &PluginName) -> Option<(&PluginFile, &Manifest)> {
        let readable = self
            .plugins
            .iter()
            .filter_map(|plugin| Some((plugin, plugin.manifest.as_ref().ok()?)));
        readable
            .into_iter()
            .find(|(_, manifest)| manifest.name == *name)
    }

    /// Whether nothing can draw a card, because its plugin's file could not be
    /// read (or, for a card that is gone, was taken out).
    pub fn plugin_missing(&self, card: &Card) -> bool {
        self.plugin(&card.plugin).is_none()
    }

    /// Where an option's value came from; `card[0].slug` or `server.listen`.
    pub fn origin(&self, path: &str) -> Option<&Origin> {
        self.find(path).map(|node| &node.origin)
    }

    fn find(&self, path: &str) -> Option<&Node> {
        let steps = path.split('.').flat_map(|part| {
            let (key, index) = part.split_once('[').unwrap_or((part, ""));
            let index = index.trim_end_matches(']').parse().ok().map(Step::Index);
            std::iter::once(Step::Key(key.to_owned())).chain(index)
        });
        let mut here = Cursor::root(&self.merged);
        for step in steps {
            here = here.step(&step)?;
        }
        Some(here.node)
    }
}

/// Reads and checks a configuration, or returns everything that is wrong.
pub fn load(source: &Source) -> Result<Loaded, Problems> {
    let mut problems = problems_of(source);
    let file = read_file(source, &mut problems);
    let readable = file.is_some();
    let merged = merge::merge(source, file.unwrap_or_default(), &mut problems);
    if !readable {
        return Err(problems);
    }
    let root = Cursor::root(&merged);
    let read = Sections::read(&root, &mut problems);
    check::references(&root, &mut problems);
    read.check(&root, &mut problems);

    let base = source
        .file
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or(Path::new(""));
    let files = read.plugins.as_deref().unwrap_or_default();
    let files: Vec<Plugin> = files
        .iter()
        .map(|plugin| Plugin {
            file: base.join(&plugin.file),
            ..plugin.clone()
        })
        .collect();
    let mut plugin_problems = problems_of(source);
    // A mistake in [sandbox] does not make plugins look wrong as well.
    let component_bytes_max = read
        .sandbox
        .as_ref()
        .map_or(COMPONENT_BYTES_MAX, |sandbox| sandbox.component_bytes_max);
    let plugins = plugins::read(
        &root,
        &files,
        component_bytes_max,
        &mut problems,
        &mut plugin_problems,
    );
    if read.plugins.is_some() {
        check::cards(&root, &plugins, &mut problems, &mut plugin_problems);
    }

    let mut warnings = problems_of(source);
    check::warnings(&root, &mut warnings);
    match read.into_config() {
        Some(mut config) if problems.is_empty() => {
            config.plugins = files;
            resolve_paths(&mut config, base, &root);
            let plugin_problems = plugin_problems.sorted();
            Ok(Loaded {
                config,
                plugins,
                plugin_problems,
                warnings: warnings.sorted(),
                merged,
            })
        }
        _ => {
            problems.absorb(plugin_problems);
            Err(problems.sorted())
        }
    }
}

/// The most that `sandbox.component_bytes_max` takes.
const COMPONENT_BYTES_MAX: usize = 1 << 30;

/// Every section as far as it could be read.
struct Sections {
    server: Option<Server>,
    data: Option<Data>,
    log: Option<Log>,
    sandbox: Option<Sandbox>,
    view: Option<View>,
    state: Option<State>,
    timers: Option<Timers>,
    outbound: Option<Outbound>,
    cache: Option<Cache>,
    live: Option<Live>,
    picture: Option<Picture>,
    media: Option<Media>,
    limits: Option<Limits>,
    identity: Option<Identity>,
    members: Option<Members>,
    directory: Option<Directory>,
    posts: Option<Posts>,
    moderation: Option<Moderation>,
    publishers: Option<Vec<Publisher>>,
    plugins: Option<Vec<Plugin>>,
    circles: Option<Vec<Circle>>,
    cards: Option<Vec<Card>>,
}

const MANUAL: Manual = Manual(DEFAULTS);

const SECTIONS: &[&str] = &[
    "server",
    "data",
    "log",
    "sandbox",
    "view",
    "state",
    "timers",
    "outbound",
    "cache",
    "live",
    "picture",
    "media",
    "limits",
    "identity",
    "members",
    "directory",
    "posts",
    "moderation",
    "publisher",
    "plugin",
    "circle",
    "card",
];

impl Sections {
    fn read(root: &Cursor<'_>, problems: &mut Problems) -> Self {
        for (key, place) in root.children().filter(|(key, _)| !SECTIONS.contains(key)) {
            let hint = did_you_mean(key, SECTIONS.iter().copied());
            let hint = if hint.is_empty() {
                format!("; there are {}", SECTIONS.join(", "))
            } else {
                hint
            };
            problems.add(&place, format!("is not a section{hint}"));
        }
        let at = |key| root.child(key).expect("the defaults have every section");
        Self {
            server: Server::read(&at("server"), MANUAL, problems),
            data: Data::read(&at("data"), MANUAL, problems),
            log: Log::read(&at("log"), MANUAL, problems),
            sandbox: Sandbox::read(&at("sandbox"), MANUAL, problems),
            view: View::read(&at("view"), MANUAL, problems),
            state: State::read(&at("state"), MANUAL, problems),
            timers: Timers::read(&at("timers"), MANUAL, problems),
            outbound: Outbound::read(&at("outbound"), MANUAL, problems),
            cache: Cache::read(&at("cache"), MANUAL, problems),
            live: Live::read(&at("live"), MANUAL, problems),
            picture: Picture::read(&at("picture"), MANUAL, problems),
            media: Media::read(&at("media"), MANUAL, problems),
            limits: Limits::read(&at("limits"), MANUAL, problems),
            identity: Identity::read(&at("identity"), MANUAL, problems),
            members: Members::read(&at("members"), MANUAL, problems),
            directory: Directory::read(&at("directory"), MANUAL, problems),
            posts: Posts::read(&at("posts"), MANUAL, problems),
            moderation: Moderation::read(&at("moderation"), MANUAL, problems),
            publishers: items(root, "publisher", problems, Publisher::read),
            plugins: items(root, "plugin", problems, Plugin::read),
            circles: items(root, "circle", problems, Circle::read),
            cards: items(root, "card", problems, Card::read),
        }
    }

    fn check(&self, root: &Cursor<'_>, problems: &mut Problems) {
        if let Some(server) = &self.server {
            check::server(server, root, problems);
        }
        if let Some(data) = &self.data {
            check::data(data, root, problems);
        }
        if let Some(state) = &self.state {
            check::state(state, root, problems);
        }
        if let (Some(live), Some(server)) = (&self.live, &self.server) {
            check::live(live, server, root, problems);
            check::live_of_address(live, server, root, problems);
        }
        if let Some(media) = &self.media {
            check::media(media, root, problems);
        }
        if let (Some(identity), Some(server)) = (&self.identity, &self.server) {
            check::identity(identity, server, root, problems);
        }
    }

    fn into_config(self) -> Option<Config> {
        Some(Config {
            server: self.server?,
            data: self.data?,
            log: self.log?,
            sandbox: self.sandbox?,
            view: self.view?,
            state: self.state?,
            timers: self.timers?,
            outbound: self.outbound?,
            cache: self.cache?,
            live: self.live?,
            picture: self.picture?,
            media: self.media?,
            limits: self.limits?,
            identity: self.identity?,
            members: self.members?,
            directory: self.directory?,
            posts: self.posts?,
            moderation: self.moderation?,
            publishers: self.publishers?,
            plugins: self.plugins?,
            circles: self.circles?,
            cards: self.cards?,
        })
    }
}

fn items<T>(
    root: &Cursor<'_>,
    key: &str,
    problems: &mut Problems,
    reader: impl Fn(&Cursor<'_>, Manual, &mut Problems) -> Option<T>,
) -> Option<Vec<T>> {
    let place = root.child(key).expect("the defaults have every section");
    if !matches!(place.node.value, Value::Array(_)) {
        problems.add(
            &place,
            format!("is a list; write [[{key}]] with two brackets"),
        );
        return None;
    }
    read::list(|at: &Cursor<'_>, problems: &mut Problems| reader(at, MANUAL, problems))(
        &place, problems,
    )
}

fn problems_of(source: &Source) -> Problems {
    Problems::new(
        source
            .file
            .as_deref()
            .map_or("quanka".into(), |file| file.display().to_string()),
    )
}

/// The file's tree; nothing if it cannot be read at all.
fn read_file(source: &Source, problems: &mut Problems) -> Option<Table> {
    let Some(file) = &source.file else {
        return Some(Table::default());
    };
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            let message = match error.kind() {
                io::ErrorKind::NotFound => {
                    "is not there; write it, or name another with --config".to_owned()
                }
                io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
                _ => format!("cannot be read: {error}"),
            };
            problems.add_at(Origin::Default, "", message);
            return None;
        }
    };
    let wrong = |error: tree::SyntaxError| {
        problems.add_at(Origin::File { line: error.line }, "", error.message);
    };
    tree::parse(&text).map_err(wrong).ok()
}

/// Paths of the file and of the defaults start at the file, those of a shell
/// where the shell is.
fn resolve_paths(config: &mut Config, base: &Path, root: &Cursor<'_>) {
    let starts_at_the_file = |section: &str, key: &str| {
        let place = root.child(section).and_then(|section| section.child(key));
        let place = place.expect("a configuration that was read has every option");
        matches!(place.node.origin, Origin::File { .. } | Origin::Default)
    };
    if starts_at_the_file("data", "dir") {
        config.data.dir = base.join(&config.data.dir);
    }
    if starts_at_the_file("picture", "fonts") {
        for path in &mut config.picture.fonts {
            *path = base.join(&*path);
        }
    }
}

#[cfg(test)]
mod tests;
