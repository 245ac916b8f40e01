//! `cargo xtask bench`: the release build beside its peers, in one table.

use crate::install;
use crate::shell::{self, Build, Failure, Shell, become_program};

/// Builds host, bench and its plugins for speed, then becomes the bench.
pub(crate) fn run(shell: &Shell, args: &[String]) -> Result<(), Failure> {
    install::tools(shell, install::FOR_BENCH)?;
    install::wasm_target(shell)?;
    // `--workspace` for the reason that `plugins::build_host` gives.
    shell::run(
        shell
            .cargo(&["build", "--workspace", "--bin", "quanka", "--bin", "bench"])
            .args(Build::Release.cargo_args()),
    )?;
    for (source, name) in [
        ("tests/bench/card", "bench-posts.wasm"),
        ("plugins/poll", "poll.wasm"),
    ] {
        shell::run(
            shell
                .quanka(Build::Release)
                .args(["build", source, "--out"])
                .arg(shell.target.join("plugins").join(name)),
        )?;
    }
    Err(become_program(
        shell
            .command(shell.target.join(Build::Release.dir()).join("bench"))
            .args(args),
    ))
}
