//! A host in this process: what `serve` and `demo` share.

use crate::app::{App, Parts, RealWorld, World, build};
use crate::config::Loaded;
use crate::http::serve::{Listeners, serve};
use crate::service::sweep::sweep_for_ever;
use crate::service::{erase, errands, jobs};
use crate::telemetry;
use anyhow::Context;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// A host that has its address and can serve.
pub struct Host {
    app: Arc<App>,
    listeners: Listeners,
    bound: SocketAddr,
}

/// Binds the listeners, puts the host together and waits, for a while, until
/// its plugins are ready.
///
/// # Errors
///
/// When an address is taken, or the data directory cannot be used.
pub async fn prepare(loaded: Loaded) -> anyhow::Result<Host> {
    prepare_in(loaded, Arc::new(RealWorld)).await
}

/// The same, with a clock and chance that are not the machine's.
///
/// # Errors
///
/// As [`prepare`].
pub async fn prepare_in(loaded: Loaded, world: Arc<dyn World>) -> anyhow::Result<Host> {
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    for problem in &loaded.plugin_problems {
        tracing::error!("{problem}");
    }
    let server = &loaded.config.server;
    allow_files(server.connections_max)?;
    let readers = bind(server.listen, "server.listen").await?;
    let operator = match server.operator_listen {
        Some(address) => Some(bind(address, "server.operator_listen").await?),
        None => None,
    };
    let bound = readers.local_addr()?;
    let wait = Duration::from_millis(loaded.config.sandbox.startup_wait_ms);
    let parts = Parts {
        bound,
        compiler: std::env::current_exe().context("the path of this program")?,
        world,
    };
    let app = build(loaded, parts).await?;
    let erased = erase::again(&app).await;
    erased.context("who was erased could not be erased again; see the log")?;
    if tokio::time::timeout(wait, app.plugins_settled())
        .await
        .is_err()
    {
        tracing::warn!("some plugins are still being prepared; their cards answer 503 until then");
    }
    Ok(Host {
        app,
        listeners: Listeners { readers, operator },
        bound,
    })
}

impl Host {
    /// The host itself.
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// The address of the readers' listener.
    pub fn address(&self) -> SocketAddr {
        self.bound
    }

    /// Serves until `shutdown` resolves.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        let sweeping = tokio::spawn(sweep_for_ever(Arc::clone(&self.app)));
        let errands = tokio::spawn(errands::run_for_ever(Arc::clone(&self.app)));
        let jobs = tokio::spawn(jobs::run_for_ever(Arc::clone(&self.app)));
        serve(self.app, self.listeners, shutdown).await;
        sweeping.abort();
        errands.abort();
        jobs.abort();
    }
}

/// Runs a command that serves: logging first, then the runtime.
///
/// # Errors
///
/// What the command fails with.
pub fn block_on<F>(loaded: &Loaded, command: F) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    telemetry::start(&loaded.config.log).map_err(|error| anyhow::anyhow!("log.filter: {error}"))?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the async runtime")?
        .block_on(command)
}

/// Resolves at SIGTERM or SIGINT.
///
/// # Errors
///
/// When the system takes no handler.
pub fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Lets this process hold that many connections open, as far as it may say so
/// itself: the usual limit of 1024 files is meant for programs that `select`.
fn allow_files(connections_max: usize) -> anyhow::Result<()> {
    /// Files besides connections: the store's, plugins being read, logs.
    const OTHERS: u64 = 1024;
    let needed = u64::try_from(connections_max)?.saturating_add(OTHERS);
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let current = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
    let raised = Rlimit {
        current: Some(current),
        ..limit
    };
    setrlimit(Resource::Nofile, raised).context("the limit of open files")?;
    if current < needed {
        tracing::warn!(
            "this process may open {current} files, too few for server.connections_max = \
             {connections_max}: raise its limit (ulimit -Hn, LimitNOFILE=) to {needed}, or \
             set a lower live.streams_max and server.connections_max"
        );
    }
    Ok(())
}

async fn bind(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; stop what uses it, or set {key} to another")
    })
}
