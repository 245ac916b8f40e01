//! `cargo xtask bench`: the release build of the host beside its peers.
//!
//! Questions, each answered by one run on one machine with both sides taking
//! turns; [`PARTS`] names them. Figures are medians; what counts is the ratio.
//!
//! It links the host to take a call apart, to draw natively with the host's
//! own surfaces, and to reach actions and the store without HTTP between; over
//! HTTP it knows the real binary only. Nothing here is a timed test: a missed
//! target is printed, not failed.

mod actions;
mod disk;
mod inside;
mod load;
mod machine;
mod native;
mod over_http;
mod parts;
mod programs;
mod size;
mod stats;
mod streams;
mod workplace;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::workplace::Workplace;

const HELP: &str = "\
Measures the release build of the host beside its peers.
Usage: cargo xtask bench [--quick] [PART…]

  --quick   fewer and shorter rounds: to see that it runs, not to quote

Parts, all unless some are named:
";

/// What can be measured, in the order of the table.
const PARTS: [(&str, &str, Measure); 7] = [
    (
        "cached",
        "a cached view over HTTP, beside nginx serving the same bytes",
        over_http::cached,
    ),
    (
        "uncached",
        "a view drawn in the sandbox for each request, beside the same card native in axum",
        over_http::uncached,
    ),
    ("call", "where the time of one call goes", parts::measure),
    (
        "actions",
        "durable actions a second, beside the bare journal and index; a rush on one poll",
        actions::measure,
    ),
    (
        "streams",
        "one change to 10,000 open streams",
        streams::measure,
    ),
    (
        "size",
        "the view of a card, the start and a checkpoint with 1,000,000 keys",
        size::measure,
    ),
    (
        "disk",
        "the disk used after a long run of overwrites",
        disk::measure,
    ),
];

type Measure = fn(&Workplace, Effort) -> Result<()>;

/// How often and how long.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// Each side's turns.
    rounds: usize,
    /// How long a load lasts.
    load_s: u32,
    /// Calls of one turn in process.
    calls: u32,
    /// What counts of votes, streams and keys are divided by.
    shrink: usize,
}

const FULL: Effort = Effort {
    rounds: 7,
    load_s: 3,
    calls: 2_000,
    shrink: 1,
};

const QUICK: Effort = Effort {
    rounds: 3,
    load_s: 1,
    calls: 300,
    shrink: 10,
};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args[..] {
        // What the bench starts itself: a server must be a process of its own.
        [native::COMMAND] => native::serve(),
        ["--help" | "-h"] => {
            print!("{}", help());
            return ExitCode::SUCCESS;
        }
        ["--quick", ref parts @ ..] if known(parts) => run(QUICK, parts),
        ref parts if known(parts) => run(FULL, parts),
        _ => {
            eprint!("error: it does not know {args:?}\n\n{}", help());
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let lines = PARTS.map(|(name, what, _)| format!("  {name:<10}{what}\n"));
    HELP.to_owned() + &lines.concat()
}

fn known(parts: &[&str]) -> bool {
    parts
        .iter()
        .all(|part| PARTS.iter().any(|(name, ..)| name == part))
}

fn run(effort: Effort, parts: &[&str]) -> Result<()> {
    log_to_nowhere()?;
    let place = Workplace::new()?;
    machine::describe(&programs::find("nginx")?, &programs::find("wrk")?)?;
    println!(
        "\n{} turns a side, alternating; medians, with the range of the turns in brackets",
        effort.rounds
    );
    for (name, _, measure) in PARTS {
        if parts.is_empty() || parts.contains(&name) {
            measure(&place, effort).with_context(|| format!("the part `{name}`"))?;
        }
    }
    Ok(())
}

/// Spans and events cost what they cost in a host with its default filter, and
/// the table is not spoilt.
fn log_to_nowhere() -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new("info")?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::io::sink)
        .try_init()
        .map_err(|error| anyhow::anyhow!("{error}"))
}
