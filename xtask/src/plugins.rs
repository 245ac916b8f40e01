//! `cargo xtask plugins`: the plugins as one `.wasm` each.

use std::path::Path;

use crate::install::{self, WASM_TARGET};
use crate::shell::{self, Build, Failure, Shell};

/// Sources and the name under `target/plugins/`.
const PLUGINS: [(&str, &str); 7] = [
    ("plugins/poll", "poll"),
    ("plugins/circle", "circle"),
    ("plugins/fan-groups", "fan-groups"),
    ("plugins/good-things", "good-things"),
    ("plugins/life-tags", "life-tags"),
    ("plugins/campaign", "campaign"),
    ("examples/cards/hello", "hello"),
];

/// As `quanka build` does for a card: with the default stack of 1 MiB below the
/// data, a fresh instance takes twice the time.
const GUEST_RUSTFLAGS: &str = "-C link-arg=-zstack-size=65536";

/// Builds the host, then the plugins with it.
pub(crate) fn build_all(shell: &Shell, build: Build) -> Result<(), Failure> {
    install::wasm_target(shell)?;
    build_host(shell, build)?;
    build_plugins(shell, build)
}

/// Builds the plugins with a host in the dev profile.
pub(crate) fn run(shell: &Shell) -> Result<(), Failure> {
    build_all(shell, Build::Dev)
}

/// Builds the host's binary.
///
/// `--workspace` makes cargo choose the features that it chooses for the tests
/// too; with `--package quanka` some libraries differ, and wasmtime would be
/// compiled once for each.
fn build_host(shell: &Shell, build: Build) -> Result<(), Failure> {
    shell::run(
        shell
            .cargo(&["build", "--workspace", "--bin", "quanka"])
            .args(build.cargo_args()),
    )
}

/// Builds the plugins with a host that is built.
pub(crate) fn build_plugins(shell: &Shell, build: Build) -> Result<(), Failure> {
    for (source, name) in PLUGINS {
        let out = Path::new("plugins").join(name).with_extension("wasm");
        shell::run(
            shell
                .quanka(build)
                .args(["build", source, "--out"])
                .arg(shell.target.join(out)),
        )?;
    }
    Ok(())
}

/// Builds the hostile guests of the tests, all at once.
pub(crate) fn build_guests(shell: &Shell) -> Result<(), Failure> {
    shell::run(
        shell
            .cargo(&["build", "--package", "quanka-test-guests", "--examples"])
            .args(["--target", WASM_TARGET, "--profile", "guest"])
            .env("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", GUEST_RUSTFLAGS)
            // It would be taken in place of the one above.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS"),
    )
}
