//! `cargo xtask ci`: what every change must pass, the quick checks first.

use crate::shell::{self, Failure, Shell};
use crate::{install, test};

/// Format, lints, documentation, tests. Warnings are errors here and nowhere
/// else; the flags that say so reach only the workspace's own packages, so that
/// no library is compiled twice.
pub(crate) fn run(shell: &Shell) -> Result<(), Failure> {
    // A missing browser is said now, not after ten minutes.
    install::tools(shell, install::FOR_TESTS)?;
    install::borrowed(shell)?;
    install::wasm_target(shell)?;
    shell::run(&mut shell.cargo(&["fmt", "--all", "--check"]))?;
    shell::run(
        shell
            .cargo(&["clippy", "--workspace", "--all-targets"])
            .args(["--", "-D", "warnings"]),
    )?;
    shell::run(
        shell
            .cargo(&["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    test::run(shell, &[])
}
