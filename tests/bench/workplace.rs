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

/// What was built, and a directory that is removed at the end.
pub struct Workplace {
    quanka: PathBuf,
    component: PathBuf,
    dir: TempDir,
}

impl Workplace {
    /// Beside this program lies the host's, and one level up the plugins.
    pub fn new() -> Result<Workplace> {
        let here = std::env::current_exe().context("the path of this program")?;
        let release = here.parent().context("a program lies in a directory")?;
        let quanka = release.join("quanka");
        let component = release.join("../plugins/bench-posts.wasm");
        for file in [&quanka, &component] {
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
        Ok(Workplace {
            quanka,
            component,
            dir,
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

    /// A configuration with the card in it, and without a budget of running
    /// time: the load is all of the machine on purpose.
    pub fn setup(&self) -> Setup {
        Setup::new()
            .section(
                "sandbox",
                "cpu_ms_per_second_per_plugin = 0\ncpu_ms_per_second_per_publisher = 0",
            )
            .plugin_file(&self.component)
            .card(CARD, PLUGIN, "")
    }
}
