//! `cargo xtask bench`: the release build beside its peers, in one table.

use crate::install;
use crate::plugins;
use crate::shell::{Build, Failure, Shell, become_program};

/// Builds host and plugins for speed, then becomes the bench.
pub(crate) fn run(shell: &Shell, args: &[String]) -> Result<(), Failure> {
    install::tools(shell, install::FOR_BENCH)?;
    plugins::build_all(shell, Build::Release)?;
    let bench = ["run", "--release", "--package", "quanka-tests"];
    Err(become_program(
        shell
            .cargo(&bench)
            .args(["--bin", "bench", "--"])
            .args(args),
    ))
}
