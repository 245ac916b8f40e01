//! Running other programs: where the repository is, which cargo to call, and
//! what to say when one fails.

use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a chore stopped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It was called in a way that it does not know.
    Usage(String),
    /// Something that it needs is missing, or something that it ran failed.
    Failed(String),
}

/// Which build of the host a chore works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    Dev,
    Release,
}

/// Where chores run.
pub(crate) struct Shell {
    /// The repository's root; every program is started there.
    pub(crate) root: PathBuf,
    /// Cargo's target directory.
    pub(crate) target: PathBuf,
    cargo: OsString,
}

impl Shell {
    /// As cargo has set it up for `cargo xtask`.
    pub(crate) fn from_env() -> Self {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().map_or(package.clone(), Path::to_path_buf);
        let target = root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()));
        let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
        Self {
            root,
            target,
            cargo,
        }
    }

    /// A program that will run in the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // `cargo xtask` told us about its own package. A build script that
        // watches one of these would run again, and all that depends on it.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// The cargo that runs this, with its first arguments.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = self.command(&self.cargo);
        command.args(args);
        command
    }

    /// The host's binary, which [`crate::plugins`] has built.
    pub(crate) fn quanka(&self, build: Build) -> Command {
        self.command(self.target.join(build.dir()).join("quanka"))
    }
}

impl Build {
    /// The directory under the target directory.
    pub(crate) fn dir(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }

    /// What cargo is told.
    pub(crate) fn cargo_args(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &[],
            Self::Release => &["--release"],
        }
    }
}

/// Runs a program to its end, after saying so on standard error.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let line = announced(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Failed(format!("`{line}` failed: {status}"))),
        Err(error) => Err(not_started(&line, &error)),
    }
}

/// Becomes the program: signals reach it, and its exit code is ours.
pub(crate) fn become_program(command: &mut Command) -> Failure {
    let line = announced(command);
    not_started(&line, &command.exec())
}

/// The first file of that name in `PATH` or where Debian keeps its servers,
/// which is not in the `PATH` of everybody.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

fn announced(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words: Vec<_> = std::iter::once(name)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    let line = words.join(" ");
    eprintln!("\x1b[2m$ {line}\x1b[0m");
    line
}

fn not_started(line: &str, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("`{line}` does not start: {error}"))
}
