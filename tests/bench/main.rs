//! `cargo xtask bench`: the release build of the host beside its peers.
//!
//! Three questions, each answered by one run on one machine with both sides
//! taking turns: what a cached view costs beside nginx serving the same bytes,
//! what the sandbox costs beside the same card as a native handler, and where
//! the time of one call goes. Figures are medians; what counts is the ratio.
//!
//! It links the host to take a call apart and to draw natively with the host's
//! own surfaces; over HTTP it knows the real binary only. Nothing here is a
//! timed test: a missed target is printed, not failed.

mod load;
mod machine;
mod native;
mod over_http;
mod parts;
mod programs;
mod stats;
mod workplace;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

const HELP: &str = "\
Measures the release build of the host beside its peers. Usage: cargo xtask bench [--quick]

  --quick   fewer and shorter rounds: to see that it runs, not to quote
";

/// How often and how long.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// Each side's turns.
    rounds: usize,
    /// How long a load lasts.
    load_s: u32,
    /// Calls of one turn in process.
    calls: u32,
}

const FULL: Effort = Effort {
    rounds: 7,
    load_s: 3,
    calls: 2_000,
};

const QUICK: Effort = Effort {
    rounds: 3,
    load_s: 1,
    calls: 300,
};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args[..] {
        [] => run(FULL),
        ["--quick"] => run(QUICK),
        // What the bench starts itself: a server must be a process of its own.
        [native::COMMAND] => native::serve(),
        ["--help" | "-h"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("error: it does not know {args:?}\n\n{HELP}");
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

fn run(effort: Effort) -> Result<()> {
    let nginx = programs::find("nginx")?;
    let wrk = programs::find("wrk")?;
    let place = workplace::Workplace::new()?;
    machine::describe(&nginx, &wrk)?;
    println!(
        "\n{} turns a side, alternating; medians, with the range of the turns in brackets",
        effort.rounds
    );
    over_http::cached(&place, &nginx, &wrk, effort).context("the cached view")?;
    over_http::uncached(&place, &wrk, effort).context("the uncached view")?;
    parts::measure(&place, effort).context("the parts of a call")
}
