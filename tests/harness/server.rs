//! The real host binary as a child process, on a free port and its own data.
//!
//! A [`Setup`] writes `quanka.toml`; a [`Host`] runs it, and can be stopped,
//! killed and started again on the same data and the same port.

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use rustix::process::Signal;
use tempfile::TempDir;
use toml::{Table, Value};

use crate::client::Client;
use crate::process::{Log, Process};
use crate::wait::eventually;
use crate::{guests, paths, publisher::Publisher, site::Site};

/// The publisher of every card, unless a test writes its own.
pub const PUBLISHER: &str = "beike-daily";

/// The circle of every card, unless a test writes its own.
pub const CIRCLE: &str = "beike";

/// What a host is started with: `quanka.toml`, section by section.
///
/// It begins with one publisher, one circle in it, and limits per address that
/// a test cannot meet by accident (all readers of a test share one address).
#[derive(Clone, Debug)]
pub struct Setup {
    toml: Table,
}

impl Setup {
    /// One publisher and one circle, no plugin, no card.
    #[must_use]
    pub fn new() -> Self {
        Self { toml: Table::new() }
            .section(
                "limits",
                "acts_per_minute_per_address = 100000
                 acts_per_minute_per_reader = 100000
                 sign_ons_per_minute_per_address = 100000
                 tickets_per_minute_per_reader = 100000
                 anonymous_viewers_per_hour_per_address = 100000",
            )
            .entry(
                "publisher",
                &format!("id = '{PUBLISHER}'\nname = '贝壳日报'\norigins = []"),
            )
            .entry(
                "circle",
                &format!("id = '{CIRCLE}'\npublisher = '{PUBLISHER}'\nname = '贝壳读书圈'"),
            )
    }

    /// Sets keys of a section: `.section("sandbox", "render_deadline_ms = 20")`.
    #[must_use]
    pub fn section(mut self, name: &str, keys: &str) -> Self {
        let section = self
            .toml
            .entry(name)
            .or_insert_with(|| Value::Table(Table::new()));
        let section = section.as_table_mut().expect("a section is a table");
        section.extend(parsed(keys));
        self
    }

    /// Adds an entry of a list, such as a second `[[publisher]]`.
    #[must_use]
    pub fn entry(mut self, list: &str, keys: &str) -> Self {
        self.entries(list).push(Value::Table(parsed(keys)));
        self
    }

    /// Registers a site with the publisher, so that its articles may hold
    /// interactive cards.
    #[must_use]
    pub fn site(mut self, site: &Site) -> Self {
        let origins = self.entries("publisher")[0]
            .get_mut("origins")
            .and_then(Value::as_array_mut)
            .expect("`new` wrote a publisher with a list of origins");
        origins.push(Value::String(site.origin()));
        self
    }

    /// Lets a publisher sign readers in: gives it its key, and adds it unless
    /// it is there.
    #[must_use]
    pub fn publisher(mut self, publisher: &Publisher) -> Self {
        let id = Some(publisher.id());
        let known = self
            .entries("publisher")
            .iter()
            .position(|entry| entry.get("id").and_then(Value::as_str) == id);
        let Some(known) = known else {
            return self.entry("publisher", &publisher.config_toml());
        };
        let entry = self.entries("publisher")[known].as_table_mut();
        let entry = entry.expect("an entry is a table");
        entry.extend(parsed(&publisher.key_toml()));
        self
    }

    /// Sets keys of the circle that there is.
    #[must_use]
    pub fn circle(mut self, keys: &str) -> Self {
        let circle = self.entries("circle")[0].as_table_mut();
        circle.expect("an entry is a table").extend(parsed(keys));
        self
    }

    /// Sets keys of the publisher that there is.
    #[must_use]
    pub fn of_publisher(mut self, keys: &str) -> Self {
        let publisher = self.entries("publisher")[0].as_table_mut();
        publisher.expect("an entry is a table").extend(parsed(keys));
        self
    }

    /// Adds a plugin that `cargo xtask plugins` has built.
    #[must_use]
    #[track_caller]
    pub fn plugin(self, name: &str) -> Self {
        let file = paths::plugin(name);
        self.plugin_file(&file)
    }

    /// Adds a program of `tests/guests`, as the plugin `test/NAME`.
    #[must_use]
    #[track_caller]
    pub fn guest(self, name: &str) -> Self {
        let file = guests::plugin_file(name);
        self.plugin_file(&file)
    }

    /// Adds a plugin by its file.
    #[must_use]
    pub fn plugin_file(mut self, file: &Path) -> Self {
        let file = file.to_str().expect("paths of the tests are UTF-8");
        let mut plugin = Table::new();
        plugin.insert("file".to_owned(), Value::String(file.to_owned()));
        self.entries("plugin").push(Value::Table(plugin));
        self
    }

    /// Adds a card of a plugin, with further keys of `[[card]]`:
    /// `.card("vote", "quanka/poll", "state = 'closed'\nconfig.question = '…'")`.
    #[must_use]
    pub fn card(mut self, slug: &str, plugin: &str, keys: &str) -> Self {
        let mut card = parsed(keys);
        for (key, value) in [("slug", slug), ("circle", CIRCLE), ("plugin", plugin)] {
            card.entry(key)
                .or_insert_with(|| Value::String(value.to_owned()));
        }
        self.entries("card").push(Value::Table(card));
        self
    }

    /// Takes a card out again, as an operator does who edits the file.
    #[must_use]
    pub fn without_card(mut self, slug: &str) -> Self {
        self.entries("card")
            .retain(|card| card.get("slug").and_then(Value::as_str) != Some(slug));
        self
    }

    /// The text of `quanka.toml`.
    #[must_use]
    pub fn text(&self) -> String {
        toml::to_string(&self.toml).expect("a table of plain values is TOML")
    }

    fn entries(&mut self, list: &str) -> &mut Vec<Value> {
        self.toml
            .entry(list)
            .or_insert_with(|| Value::Array(Vec::new()))
            .as_array_mut()
            .expect("a list is an array")
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

#[track_caller]
fn parsed(toml: &str) -> Table {
    toml.parse()
        .unwrap_or_else(|error| panic!("a test's TOML is wrong: {error}\n{toml}"))
}

/// A running host.
pub struct Host {
    dir: TempDir,
    addr: SocketAddr,
    process: Option<Process>,
    log: Log,
}

impl Host {
    /// Starts a host and waits until it serves.
    ///
    /// # Panics
    /// If it does not; the message holds what it logged.
    #[must_use]
    #[track_caller]
    pub fn start(setup: &Setup) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("quanka-test-")
            .tempdir()
            .expect("the temporary directory is writable");
        let mut host = Self {
            dir,
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            process: None,
            log: Log::default(),
        };
        host.configure(setup);
        host.restart();
        host
    }

    /// Replaces `quanka.toml`; [`Self::restart`] makes it count.
    pub fn configure(&self, setup: &Setup) {
        std::fs::write(self.config_file(), setup.text())
            .expect("the temporary directory is writable");
    }

    /// Starts it, after ending it if it runs, on the same data and port.
    #[track_caller]
    pub fn restart(&mut self) {
        if self.process.is_some() {
            self.terminate();
        }
        let mut command = paths::quanka();
        command
            .arg("serve")
            .arg("--config")
            .arg(self.config_file())
            .arg("--data")
            .arg(self.data_dir())
            .arg("--listen")
            .arg(self.addr.to_string())
            .current_dir(self.dir.path());
        let process = Process::spawn(&mut command, &self.log);
        let line = process.line("http://");
        self.addr = line
            .strip_prefix("listening on http://")
            .and_then(|addr| addr.trim_end_matches('/').parse().ok())
            .unwrap_or_else(|| panic!("the host said {line:?} on standard output"));
        self.process = Some(process);
    }

    /// Ends it with SIGTERM and waits: how an operator stops it.
    #[track_caller]
    pub fn terminate(&mut self) -> ExitStatus {
        self.signal(Signal::TERM)
    }

    /// Ends it with SIGKILL and waits: how a crash stops it.
    #[track_caller]
    pub fn kill(&mut self) {
        let status = self.signal(Signal::KILL);
        assert_eq!(status.signal(), Some(Signal::KILL.as_raw()), "{status}");
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::is_running)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.addr
    }

    /// A client of it.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.addr)
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Everything it has logged so far, over all its lives.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// Waits until the log holds `text`: standard error arrives a moment after
    /// the answer that it belongs to.
    #[track_caller]
    pub fn expect_log(&self, text: &str) {
        eventually(&format!("{text:?} in the host's log"), || {
            self.log.text().contains(text).then_some(())
        });
    }

    /// Where its data lie.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Its `quanka.toml`.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.dir.path().join("quanka.toml")
    }

    #[track_caller]
    fn signal(&mut self, signal: Signal) -> ExitStatus {
        let process = self.process.take().expect("the host runs");
        process.end(signal)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill_quietly();
        }
        self.log.print_if_panicking("the host's log");
    }
}
