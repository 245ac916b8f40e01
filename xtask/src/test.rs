//! `cargo xtask test`: all tests, on a machine that may have nothing yet.

use crate::install;
use crate::plugins;
use crate::shell::{self, Build, Failure, Shell};

/// Makes the long tests run as long as they should before a release.
const FULL: &str = "QUANKA_TEST_FULL";

/// Installs what is missing, builds what the tests run, and runs them; the last
/// lines are those of `cargo test`.
pub(crate) fn run(shell: &Shell, args: &[String]) -> Result<(), Failure> {
    install::tools(shell, install::FOR_TESTS)?;
    install::borrowed(shell)?;
    install::wasm_target(shell)?;
    // Exactly what `cargo test` builds below, and the host's binary with it.
    shell::run(&mut shell.cargo(&["build", "--workspace", "--all-targets"]))?;
    plugins::build_plugins(shell, Build::Dev)?;
    plugins::build_guests(shell)?;

    let mut test = shell.cargo(&["test", "--workspace", "--no-fail-fast"]);
    test.args(args.iter().filter(|argument| *argument != "--full"));
    if args.iter().any(|argument| argument == "--full") {
        test.env(FULL, "1");
    }
    shell::run(&mut test)
}
