//! What the figures were measured on.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use quanka::sandbox::engine::COMPILER_VERSION;

/// Prints cores, kernel, versions, and how busy the machine already is.
pub fn describe(nginx: &Path, wrk: &Path) -> Result<()> {
    let cores = std::thread::available_parallelism().context("the number of cores")?;
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    println!("{cores} cores ({model}), Linux {}", kernel.trim());
    println!(
        "quanka {}, wasmtime {}, {}, {}",
        env!("CARGO_PKG_VERSION"),
        COMPILER_VERSION.split('-').next().unwrap_or_default(),
        said(nginx, "nginx/"),
        said(wrk, "wrk "),
    );
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    if let Some(before) = load.split(' ').next() {
        println!("load before it began: {before} (more than a little blurs every figure)");
    }
    Ok(())
}

/// The version that a program prints with `-v`, on whichever stream.
fn said(program: &Path, prefix: &str) -> String {
    let Ok(output) = Command::new(program).arg("-v").output() else {
        return format!("{prefix}?");
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    text.find(prefix)
        .and_then(|at| text[at..].lines().next())
        .map(|line| {
            line.split_whitespace()
                .take(2)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .unwrap_or_else(|| format!("{prefix}?"))
}
