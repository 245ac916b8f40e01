//! `cargo xtask demo`: everything on one machine, to be looked at.

use crate::plugins;
use crate::shell::{Build, Failure, Shell, become_program};

/// Builds host and plugins, then becomes `quanka demo`, which prints where to
/// look and runs until it is told to stop.
pub(crate) fn run(shell: &Shell, args: &[String]) -> Result<(), Failure> {
    plugins::build_all(shell, Build::Dev)?;
    Err(become_program(
        shell.quanka(Build::Dev).arg("demo").args(args),
    ))
}
