//! Quanka's own chores: build everything and show it, test it, measure it.
//!
//! Thin: it installs what is missing, calls `cargo` and `quanka` in the right
//! order, and stops at the first that fails. It has no dependencies and does
//! nothing that these programs could do themselves.

mod bench;
mod ci;
mod crash;
mod demo;
mod install;
mod plugins;
mod shell;
mod test;

use std::env;
use std::process::ExitCode;

use shell::{Failure, Shell};

const HELP: &str = "\
Quanka's own chores. Usage: cargo xtask COMMAND

  demo [ARGS]            build host and plugins, then show them: a host with sample
                         cards and a publisher's site; ARGS go to `quanka demo`
  test [--full] [ARGS]   build everything and run all tests; --full adds the long
                         ones; ARGS go to `cargo test`, such as part of a name
  crash [--cycles N]     kill a working store N times (200), and look whether all is
                         there; a line a time
  plugins                build the plugins into target/plugins/*.wasm
  bench [ARGS]           measure the release build against its peers; ARGS go to
                         the bench, such as --quick
  ci                     what every change must pass: format, lints, docs, tests
  help                   this text

Each installs what it needs and is missing, where it can: the Rust target
wasm32-wasip2 through rustup, what the tests borrow from npm and, as root on
Debian, browser, fonts and tools.
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let shell = Shell::from_env();
    let outcome = match command {
        "demo" => demo::run(&shell, rest),
        "test" => test::run(&shell, rest),
        "crash" => crash::run(&shell, rest),
        "plugins" => no_arguments(command, rest).and_then(|()| plugins::run(&shell)),
        "bench" => bench::run(&shell, rest),
        "ci" => no_arguments(command, rest).and_then(|()| ci::run(&shell)),
        "help" | "-h" | "--help" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => Err(Failure::Usage(format!("there is no command `{command}`"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("error: {message}\n\n{HELP}");
            ExitCode::from(2)
        }
        Err(Failure::Failed(message)) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn no_arguments(command: &str, rest: &[String]) -> Result<(), Failure> {
    match rest {
        [] => Ok(()),
        [argument, ..] => Err(Failure::Usage(format!(
            "`{command}` takes no argument, but was given `{argument}`"
        ))),
    }
}
