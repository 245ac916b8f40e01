//! `quanka demo` as a child process: the host, and the example publisher's site
//! as another site, each on a free port and the data in a directory of its own.

use std::net::SocketAddr;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::client::Client;
use crate::paths;
use crate::process::{Log, Process};

/// A running demo.
pub struct Demo {
    dir: TempDir,
    host: SocketAddr,
    site: SocketAddr,
    process: Option<Process>,
    flags: &'static [&'static str],
    log: Log,
}

impl Demo {
    /// Starts it without the sample readers, and waits until it serves.
    ///
    /// # Panics
    /// If it does not; the message holds what it logged.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with(&["--empty"])
    }

    /// Starts it as `cargo xtask demo` does, and waits until the sample readers
    /// have said all they have to say.
    ///
    /// # Panics
    /// If they do not; the message holds what it logged.
    #[must_use]
    #[track_caller]
    pub fn with_community() -> Self {
        Self::start_with(&[])
    }

    #[track_caller]
    fn start_with(flags: &'static [&'static str]) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut demo = Self {
            dir: tempfile::Builder::new()
                .prefix("quanka-demo-")
                .tempdir()
                .expect("the temporary directory is writable"),
            host: free,
            site: free,
            process: None,
            flags,
            log: Log::default(),
        };
        demo.restart();
        demo
    }

    /// Starts it, after ending it with SIGTERM if it runs, on the same data and
    /// ports.
    #[track_caller]
    pub fn restart(&mut self) {
        if let Some(process) = self.process.take() {
            process.end(Signal::TERM);
        }
        let mut command = paths::quanka();
        command
            .arg("demo")
            .args(self.flags)
            .arg("--data")
            .arg(self.dir.path())
            .arg("--plugins")
            .arg(paths::target().join("plugins"))
            .arg("--listen")
            .arg(self.host.to_string())
            .arg("--site-listen")
            .arg(self.site.to_string());
        let process = Process::spawn(&mut command, &self.log);
        self.host = printed_address(&process, "listening on http://127.0.0.1:");
        self.site = printed_address(&process, "site on http://localhost:");
        self.process = Some(process);
    }

    /// The address of a path of the host.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// The address of an article.
    #[must_use]
    pub fn article(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.site.port())
    }

    /// Where the example publisher's site listens.
    #[must_use]
    pub fn site(&self) -> SocketAddr {
        self.site
    }

    /// A client of the host.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.host)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill_quietly();
        }
        self.log.print_if_panicking("the demo's log");
    }
}

#[track_caller]
fn printed_address(process: &Process, before_port: &str) -> SocketAddr {
    let line = process.line("http://");
    let port = line
        .strip_prefix(before_port)
        .and_then(|port| port.parse().ok())
        .unwrap_or_else(|| panic!("the demo said {line:?} and not {before_port}PORT"));
    SocketAddr::from(([127, 0, 0, 1], port))
}
