//! Over HTTP: the host's binary and a peer take turns under the same load.

use std::path::Path;

use anyhow::{Result, ensure};
use quanka_tests::client::Client;

use crate::programs::Server;
use crate::stats::{Samples, Target};
use crate::workplace::{CARD, Workplace};
use crate::{Effort, load, programs};

/// The surfaces that readers load most: programs' and pages'.
const SURFACES: [&str; 2] = ["json", "html"];

/// A cached view beside nginx serving the same bytes from its disk.
pub fn cached(place: &Workplace, effort: Effort) -> Result<()> {
    let (nginx, wrk) = (&programs::find("nginx")?, &programs::find("wrk")?);
    let host = Server::quanka(place, "cached", &place.setup())?;
    let bytes = SURFACES.map(|surface| body(&host, &path(surface)));
    let names = SURFACES.map(|surface| format!("view.{surface}"));
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .zip(&bytes)
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let nginx = Server::nginx(place, nginx, &files)?;
    println!("\nA cached view, and nginx serving the same bytes from disk");
    println!(
        "(wrk -t1 -c32; nginx: worker_processes auto, access_log off, sendfile, open_file_cache)"
    );
    heading("nginx");
    for ((surface, name), bytes) in SURFACES.iter().zip(&names).zip(&bytes) {
        ensure!(
            body(&nginx, &format!("/{name}")) == *bytes,
            "nginx serves other bytes than the host"
        );
        let urls = [host.url(&path(surface)), nginx.url(&format!("/{name}"))];
        let title = format!("{surface}, {:.1} KB", kilobytes(bytes));
        compare(wrk, &title, &urls, effort, Target::AtLeast(1.2))?;
    }
    Ok(())
}

/// A view drawn afresh in the sandbox for every request, beside the same code
/// as a native handler.
pub fn uncached(place: &Workplace, effort: Effort) -> Result<()> {
    let wrk = &programs::find("wrk")?;
    let setup = place.setup().section("cache", "views_bytes_max = 0");
    let host = Server::quanka(place, "uncached", &setup)?;
    let native = Server::native(place)?;
    println!("\nAn uncached view in a fresh sandbox, and the same card native in axum");
    println!(
        "(wrk -t1 -c32; both draw 53 nodes, check them and write them with the host's view code;\n \
         the native handler does nothing else: no ETag, no limits, no log; all ask for one card, so\n \
         the host draws once for requests that overlap: this is not the price of a render)"
    );
    heading("axum");
    for surface in SURFACES {
        let path = path(surface);
        let bytes = body(&host, &path);
        ensure!(
            tree(&body(&native, &path)) == tree(&bytes),
            "the native handler draws another {surface} than the host"
        );
        let urls = [host.url(&path), native.url(&path)];
        let title = format!("{surface}, {:.1} KB", kilobytes(&bytes));
        compare(wrk, &title, &urls, effort, Target::AtLeast(0.7))?;
    }
    Ok(())
}

fn path(surface: &str) -> String {
    format!("/c/{CARD}/view?as={surface}")
}

fn body(server: &Server, path: &str) -> Vec<u8> {
    Client::new(server.addr()).get(path).send().expect(200).body
}

/// What both sides of the uncached comparison must agree in, to the byte: all
/// but the address of the card's page, which has another port.
fn tree(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let end = text.find("http://127.0.0.1:").unwrap_or(text.len());
    text[..end].to_owned()
}

fn kilobytes(bytes: &[u8]) -> f64 {
    bytes.len() as f64 / 1e3
}

fn heading(peer: &str) {
    println!(
        "  {:<16}{:>14}{:>14}{:>22}  target",
        "",
        "quanka req/s",
        format!("{peer} req/s"),
        "ratio"
    );
}

fn compare(
    wrk: &Path,
    title: &str,
    urls: &[String; 2],
    effort: Effort,
    target: Target,
) -> Result<()> {
    for url in urls {
        load::requests_per_second(wrk, url, 1)?;
    }
    let mut sides = [Samples::default(), Samples::default()];
    for _ in 0..effort.rounds {
        for (side, url) in sides.iter_mut().zip(urls) {
            side.add(load::requests_per_second(wrk, url, effort.load_s)?);
        }
    }
    let [ours, theirs] = sides;
    let ratio = ours.over(&theirs);
    let (low, high) = ratio.range();
    println!(
        "  {title:<16}{:>14.0}{:>14.0}{:>8.2} ({low:.2}–{high:.2})  {}",
        ours.median(),
        theirs.median(),
        ratio.median(),
        target.verdict(ratio.median()),
    );
    Ok(())
}
