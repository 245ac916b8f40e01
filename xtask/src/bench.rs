//! `cargo xtask bench`: the release build beside its peers, in one table.

use crate::install;
use crate::shell::{self, Build, Failure, Shell, become_program};

/// Builds host, bench and the bench's card for speed, then becomes the bench.
pub(crate) fn run(shell: &Shell, args: &[String]) -> Result<(), Failure> {
    install::tools(shell, install::FOR_BENCH)?;
    install::wasm_target(shell)?;
    // `--workspace` for the reason that `plugins::build_host` gives.
    shell::run(
        shell
            .cargo(&["build", "--workspace", "--bin", "quanka", "--bin", "bench"])
            .args(Build::Release.cargo_args()),
    )?;
    shell::run(
        shell
            .quanka(Build::Release)
            .args(["build", "tests/bench/card", "--out"])
            .arg(shell.target.join("plugins/bench-posts.wasm")),
    )?;
    Err(become_program(
        shell
            .command(shell.target.join(Build::Release.dir()).join("bench"))
            .args(args),
    ))
}
