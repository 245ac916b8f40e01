//! Where the bench finds what was built, and where it writes.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use quanka_tests::server::Setup;
use tempfile::TempDir;

/// The card's plugin.
pub const PLUGIN: &str = "quanka/bench-posts";
/// The card.
pub const CARD: &str = "posts";

/// The plugin whose cards store something: the real poll.
pub const POLL: &str = "quanka/poll";
/// Its card.
pub const POLL_CARD: &str = "vote";
/// Its configuration.
pub const POLL_CONFIG: &str = "config.question = '下个月读什么?'
    config.options = [{ id = 'a', text = '三体' }, { id = 'b', text = '边城' }]";

/// What was built, and directories that are removed at the end.
pub struct Workplace {
    quanka: PathBuf,
    component: PathBuf,
    poll: PathBuf,
    dir: TempDir,
    disk: TempDir,
}

impl Workplace {
    /// Beside this program lies the host's, and one level up the plugins.
    pub fn new() -> Result<Workplace> {
        let here = std::env::current_exe().context("the path of this program")?;
        let release = here.parent().context("a program lies in a directory")?;
        let quanka = release.join("quanka");
        let component = release.join("../plugins/bench-posts.wasm");
        let poll = release.join("../plugins/poll.wasm");
        for file in [&quanka, &component, &poll] {
            ensure!(
                file.is_file(),
                "{} is not there: `cargo xtask bench` builds it",
                file.display()
            );
        }
        let dir = tempfile::Builder::new()
            .prefix("quanka-bench-")
            // nginx's workers are another user when its master is root.
            .permissions(Permissions::from_mode(0o755))
            .tempdir()?;
        // The system's own temporary directory may be in memory, where a sync
        // costs nothing.
        let disk = tempfile::Builder::new()
            .prefix("bench-")
            .tempdir_in(release.join(".."))?;
        Ok(Workplace {
            quanka,
            component,
            poll,
            dir,
            disk,
        })
    }

    /// The host's release binary.
    pub fn quanka(&self) -> &Path {
        &self.quanka
    }

    /// The card as a component.
    pub fn component(&self) -> &Path {
        &self.component
    }

    /// A directory of its own for one server.
    pub fn dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dir.path().join(name);
        fs::create_dir_all(&dir)?;
        Ok(dir)
    }

    /// A directory on a real disk, for what is synced.
    pub fn disk_dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.disk.path().join(name);
        fs::create_dir_all(&dir)?;
        Ok(dir)
    }

    /// What that disk is, in words.
    pub fn disk(&self) -> String {
        let path = self.disk.path().canonicalize().unwrap_or_default();
        let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
        let holds = |line: &str| {
            let mut words = line.split(' ').skip(1);
            let (dir, kind) = (words.next()?.to_owned(), words.next()?.to_owned());
            path.starts_with(&dir).then_some((dir.len(), kind))
        };
        let kind = mounts.lines().filter_map(holds).max();
        let kind = kind.map_or("unknown file system".to_owned(), |(_, kind)| kind);
        format!("{kind}, real syncs")
    }

    /// A configuration with a poll in it, and nothing that would hold it up.
    pub fn poll_setup(&self) -> Setup {
        Setup::new()
            .section("sandbox", UNBOUND)
            .plugin_file(&self.poll)
            .card(POLL_CARD, POLL, POLL_CONFIG)
    }

    /// The poll as a component.
    pub fn poll(&self) -> &Path {
        &self.poll
    }

    /// A configuration with the card in it, and without a budget of running
    /// time: the load is all of the machine on purpose.
    pub fn setup(&self) -> Setup {
        Setup::new()
            .section("sandbox", UNBOUND)
            .plugin_file(&self.component)
            .card(CARD, PLUGIN, "")
    }
}

/// No budget of running time: the load is all of the machine on purpose.
pub const UNBOUND: &str = "cpu_ms_per_second_per_plugin = 0\ncpu_ms_per_second_per_publisher = 0";
