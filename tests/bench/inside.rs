//! A host in this process, for what HTTP would blur.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use quanka::app::{self, App, Parts, PluginState, RealWorld};
use quanka::config::{self, Source};
use quanka::sandbox::plugin::Plugin;
use quanka::service::card;
use quanka::service::view::{Shown, Wanted, view};
use quanka_tests::server::Setup;

use crate::workplace::Workplace;

/// Puts a host together in a directory, with its plugins ready.
pub async fn host(place: &Workplace, dir: &Path, setup: &Setup) -> Result<Arc<App>> {
    let file = dir.join("quanka.toml");
    std::fs::write(&file, setup.text())?;
    let data = data_dir(dir).to_string_lossy().into_owned();
    let loaded = config::load(&Source {
        file: Some(file),
        env: Vec::new(),
        flags: vec![("data.dir".to_owned(), data, "--data".to_owned())],
    });
    let loaded = loaded.map_err(|problems| anyhow!("{problems}"))?;
    let parts = Parts {
        bound: loaded.config.server.listen,
        compiler: place.quanka().to_owned(),
        world: Arc::new(RealWorld),
    };
    let app = app::build(loaded, parts).await?;
    app.plugins_settled().await;
    plugin(&app)?;
    Ok(app)
}

/// Its first plugin.
pub fn plugin(app: &App) -> Result<Arc<Plugin>> {
    let state = app.plugins.first().context("a plugin is configured")?;
    match state.borrow().clone() {
        PluginState::Ready(plugin) => Ok(plugin),
        _ => Err(anyhow!("the host does not load the bench's plugin")),
    }
}

/// A card.
pub fn card<'a>(app: &'a App, slug: &str) -> Result<&'a app::Card> {
    card::find(app, slug).map_err(|error| anyhow!("{slug}: {error}"))
}

/// A card as somebody without a session sees it.
pub async fn seen(app: &App, card: &app::Card) -> Result<Shown> {
    let shown = view(app, card, &Wanted::default()).await;
    shown.map_err(|error| anyhow!("{error}"))
}

/// Where a host in a directory keeps its data.
pub fn data_dir(dir: &Path) -> PathBuf {
    dir.join("data")
}

/// Where its store is.
pub fn store_dir(dir: &Path) -> PathBuf {
    data_dir(dir).join("store")
}

/// Ends a host: its store is closed when this returns, unless somebody holds it.
pub async fn end(mut app: Arc<App>) -> Result<()> {
    // Tasks that are over let go of it a moment later.
    for _ in 0..10_000 {
        app = match Arc::try_unwrap(app) {
            Ok(app) => {
                // It waits for the store's threads.
                tokio::task::spawn_blocking(move || drop(app)).await?;
                return Ok(());
            }
            Err(app) => app,
        };
        tokio::task::yield_now().await;
    }
    Err(anyhow!("something still holds the host"))
}
