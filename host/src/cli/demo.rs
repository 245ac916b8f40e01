//! `quanka demo`: everything on one machine. The host, sample circles, and a
//! publisher's site of another site with cards in its articles.

mod community;
mod pictures;
mod readers;
mod sample_world;
mod site;
mod stage;

use self::readers::SigningKey;
use self::sample_world::SampleWorld;
use self::stage::Stage;
use super::host::{block_on, prepare_in, stop_signal};
use crate::app::World;
use crate::config::{self, Source};
use anyhow::Context;
use clap::Args;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The circles and cards of the demo, as an operator would write them.
const CONFIGURATION: &str = include_str!("../../../examples/publisher-site/demo.toml");
/// Where [`CONFIGURATION`] says the publisher's site is, and its plugins are.
const SITE: &str = "http://localhost:7879";
const PLUGINS: &str = "../../target/plugins";
/// Where the store lies in the demo's directory.
const DATA: &str = "data";

/// The arguments.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where data lie; kept between runs.
    #[arg(long, value_name = "DIR", default_value = "quanka-demo")]
    data: PathBuf,
    /// The host's address; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7878")]
    listen: SocketAddr,
    /// The publisher's site's address; port 0 takes a free one. It is reached
    /// as `localhost`, which to a browser is another site than 127.0.0.1.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7879")]
    site_listen: SocketAddr,
    /// Where the plugins are.
    #[arg(long, value_name = "DIR", default_value = "target/plugins")]
    plugins: PathBuf,
    /// Without the sample readers: circles that nobody has joined yet.
    #[arg(long)]
    empty: bool,
}

/// Serves both until signalled.
///
/// # Errors
///
/// When a plugin is missing, an address is taken, or the data directory
/// cannot be used.
pub fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let site = std::net::TcpListener::bind(args.site_listen).with_context(|| {
        format!(
            "cannot listen on {}; try --site-listen 127.0.0.1:0",
            args.site_listen
        )
    })?;
    site.set_nonblocking(true)?;
    let site_url = format!("http://localhost:{}", site.local_addr()?.port());
    let key = Arc::new(SigningKey::generate()?);
    let source = configure(args, &site_url, &key)?;
    let loaded = match config::load(&source) {
        Ok(loaded) => loaded,
        Err(problems) => {
            eprintln!("{problems}");
            return Ok(ExitCode::FAILURE);
        }
    };
    anyhow::ensure!(
        loaded.plugin_problems.is_empty(),
        "{}\nbuild the plugins first: cargo xtask plugins",
        loaded.plugin_problems
    );
    if !args.empty {
        community::clear_unfinished(&args.data, &args.data.join(DATA))?;
    }
    block_on(&loaded.clone(), async {
        let mut stop = Box::pin(stop_signal()?);
        let world = Arc::new(SampleWorld::default());
        let host = prepare_in(loaded, Arc::clone(&world) as Arc<dyn World>).await?;
        let host_url = format!("http://{}", host.address());
        if !args.empty {
            let stage = Stage {
                app: host.app(),
                world,
                key: Arc::clone(&key),
                host_url: host_url.clone(),
            };
            tokio::select! {
                made = community::make(&stage, &args.data) => made?,
                () = &mut stop => return Ok(()),
            }
        }
        announce(&host_url, &site_url)?;
        let (stopping, stopped) = watch::channel(false);
        let site = site::serve(TcpListener::from_std(site)?, &host_url, key, stopped);
        let host = host.serve(async move {
            stop.await;
            stopping.send_replace(true);
        });
        tokio::join!(site, host).0?;
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the demo's configuration beside its data, with the addresses and
/// paths of this run and the key of the publisher, and names it as the source.
fn configure(args: &DemoArgs, site_url: &str, key: &SigningKey) -> anyhow::Result<Source> {
    let data = &args.data;
    std::fs::create_dir_all(data).with_context(|| format!("{}", data.display()))?;
    let plugins = std::path::absolute(&args.plugins)?;
    let text = CONFIGURATION
        .replace(SITE, site_url)
        .replace(PLUGINS, &plugins.display().to_string())
        + &key.to_toml();
    let file = data.join("quanka.toml");
    write(&file, &text)?;
    let data = std::path::absolute(data.join(DATA))?;
    let flag = |key: &str, value: String, name: &str| (key.to_owned(), value, name.to_owned());
    Ok(Source {
        file: Some(file),
        env: Source::environment(),
        flags: vec![
            flag("data.dir", data.display().to_string(), "--data"),
            flag("server.listen", args.listen.to_string(), "--listen"),
        ],
    })
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| format!("{}", file.display()))
}

fn announce(host_url: &str, site_url: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on {host_url}")?;
    writeln!(out, "site on {site_url}")?;
    out.flush()
}
