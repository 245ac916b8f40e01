//! `quanka build`: one `.wasm` file from a plugin's folder.
//!
//! Cargo with the right target and flags, then the manifest into the component,
//! then a look at what came out. May import `config`. It installs nothing: a
//! missing part of the toolchain is an error with the command that adds it. It
//! does not try the plugin out either; that is the sandbox's.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::Deserialize;
use wasmparser::{Encoding, Parser, Payload};

use crate::config::manifest;

const TARGET: &str = "wasm32-wasip2";

/// What every plugin exports.
const CARD_EXPORT: &str = "quanka:card/card@1.0.0";

/// The linker's default stack of 1 MiB lies below a guest's data and doubles
/// the cost of a fresh instance (measured: 15 µs to 31 µs).
const RUST_FLAGS: [&str; 2] = ["-C", "link-arg=-zstack-size=65536"];

/// Cargo's profile for plugins where the workspace defines it.
const PROFILE: &str = "guest";

/// What to build, and where to.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The plugin's folder: `Cargo.toml`, `card.toml`, `src/`.
    pub dir: PathBuf,
    /// The file to write; `plugins/NAME.wasm` in cargo's target folder unless
    /// given.
    pub out: Option<PathBuf>,
}

/// Builds a plugin and gives the path of its one file. Its name and size go to
/// standard error, with what cargo says.
///
/// # Errors
///
/// A missing file or part of the toolchain, with what to do about it; what
/// cargo does not compile, after cargo has said so itself; a component that is
/// no card.
pub fn build(options: &BuildOptions) -> Result<PathBuf> {
    let dir = &options.dir;
    let card_toml = read_card_toml(dir)?;
    let plugin =
        manifest::parse(&card_toml).map_err(|error| anyhow!("in {}:\n{error}", dir.display()))?;
    check_toolchain(dir)?;
    let package = Package::find(dir)?;

    let built = package.compile(dir)?;
    let component = std::fs::read(&built).with_context(|| format!("{}", built.display()))?;
    check_component(&component)?;
    let component = manifest::embed(&component, &card_toml)?;

    let name = plugin.name.to_string();
    let out = options.out.clone();
    let out = out.unwrap_or_else(|| package.default_out(&name));
    write_whole(&out, &component)?;
    let kib = component.len().div_ceil(1024);
    eprintln!("{name} {}: {kib} KiB", plugin.version);
    Ok(out)
}

fn read_card_toml(dir: &Path) -> Result<String> {
    let cargo_toml = dir.join("Cargo.toml");
    ensure!(
        cargo_toml.is_file(),
        "{} is not there: name the folder of a plugin, such as `quanka build plugins/poll`",
        cargo_toml.display()
    );
    let path = dir.join("card.toml");
    ensure!(
        path.is_file(),
        "{} is not there: a plugin needs its manifest beside Cargo.toml, with `name`, `version`, \
         `title`, `summary`, `locales` and `sizes` (plugins/README.md shows one)",
        path.display()
    );
    std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))
}

/// Finds out before cargo does, because cargo's own words name no command.
fn check_toolchain(dir: &Path) -> Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    // The folder may have a toolchain of its own.
    command
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(dir);
    let Output {
        status,
        stdout,
        stderr,
    } = output(&mut command)?;
    ensure!(
        status.success(),
        "this Rust does not know the target {TARGET}: run `rustup update`\n{}",
        String::from_utf8_lossy(&stderr).trim()
    );
    let libdir = String::from_utf8_lossy(&stdout);
    ensure!(
        Path::new(libdir.trim()).is_dir(),
        "the Rust target {TARGET} is not installed: run `rustup target add {TARGET}`"
    );
    Ok(())
}

/// The plugin's package, as far as cargo says.
#[derive(Debug)]
struct Package {
    id: String,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct MetadataPackage {
    id: String,
    manifest_path: PathBuf,
    targets: Vec<MetadataTarget>,
}

#[derive(Deserialize)]
struct MetadataTarget {
    crate_types: Vec<String>,
}

/// A line of `--message-format=json`, of the kind that is looked for.
#[derive(Deserialize)]
struct Artifact {
    package_id: String,
    target: MetadataTarget,
    filenames: Vec<PathBuf>,
}

impl Package {
    fn find(dir: &Path) -> Result<Self> {
        let cargo_toml = dir.join("Cargo.toml");
        let cargo_toml = cargo_toml
            .canonicalize()
            .with_context(|| format!("{}", cargo_toml.display()))?;
        let mut command = cargo();
        command
            .args(["metadata", "--no-deps", "--format-version=1"])
            .arg("--manifest-path")
            .arg(&cargo_toml);
        let Output {
            status,
            stdout,
            stderr,
        } = output(&mut command)?;
        ensure!(
            status.success(),
            "{}",
            String::from_utf8_lossy(&stderr).trim()
        );
        let metadata: Metadata =
            serde_json::from_slice(&stdout).context("`cargo metadata` is not as expected")?;
        let is_here = |package: &MetadataPackage| {
            let path = package.manifest_path.canonicalize();
            path.is_ok_and(|path| path == cargo_toml)
        };
        let package = metadata.packages.into_iter().find(is_here);
        let package =
            package.with_context(|| format!("{} describes no package", cargo_toml.display()))?;
        ensure!(
            package.targets.iter().any(MetadataTarget::is_cdylib),
            "{}: a plugin's library is a component: add\n\n    [lib]\n    \
             crate-type = [\"cdylib\", \"rlib\"]",
            cargo_toml.display()
        );
        Ok(Self {
            id: package.id,
            workspace_root: metadata.workspace_root,
            target_directory: metadata.target_directory,
        })
    }

    /// Has cargo compile it, and gives the file that came out.
    fn compile(&self, dir: &Path) -> Result<PathBuf> {
        let mut command = cargo();
        command
            .args(["build", "--lib", "--message-format=json-render-diagnostics"])
            .args(["--target", TARGET, "--profile", self.profile()])
            .arg("--manifest-path")
            .arg(dir.join("Cargo.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        set_rust_flags(&mut command, |name| std::env::var_os(name));
        let child = command
            .spawn()
            .map_err(|error| not_started(&command, error))?;
        self.await_artifact(child)
    }

    fn await_artifact(&self, mut child: Child) -> Result<PathBuf> {
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut built = None;
        for line in BufReader::new(stdout).lines() {
            // Lines of other kinds lack these fields.
            let Ok(artifact) = serde_json::from_str::<Artifact>(&line?) else {
                continue;
            };
            if artifact.package_id == self.id && artifact.target.is_cdylib() {
                let is_wasm = |file: &PathBuf| file.extension() == Some(OsStr::new("wasm"));
                built = artifact.filenames.into_iter().find(is_wasm);
            }
        }
        let status = child.wait()?;
        ensure!(
            status.success(),
            "cargo could not build the plugin, for the reason above"
        );
        built.context("cargo built no .wasm file: has the package a library?")
    }

    fn profile(&self) -> &'static str {
        let root = std::fs::read_to_string(self.workspace_root.join("Cargo.toml")).ok();
        let root = root.and_then(|text| text.parse::<toml::Table>().ok());
        let guest = root
            .as_ref()
            .and_then(|root| root.get("profile")?.get(PROFILE));
        match guest {
            Some(_) => PROFILE,
            None => "release",
        }
    }

    fn default_out(&self, plugin: &str) -> PathBuf {
        let name = plugin.rsplit('/').next().unwrap_or(plugin);
        self.target_directory
            .join("plugins")
            .join(format!("{name}.wasm"))
    }
}

impl MetadataTarget {
    fn is_cdylib(&self) -> bool {
        self.crate_types.iter().any(|kind| kind == "cdylib")
    }
}

/// Adds our flags to those that are set: of cargo's three variables the first
/// that is set counts, and the others are ignored.
fn set_rust_flags(command: &mut Command, var: impl Fn(&str) -> Option<OsString>) {
    const ENCODED: &str = "CARGO_ENCODED_RUSTFLAGS";
    const OF_TARGET: &str = "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS";
    let (name, given, separator) = if let Some(encoded) = var(ENCODED) {
        (ENCODED, encoded, "\u{1f}")
    } else if let Some(flags) = var("RUSTFLAGS") {
        ("RUSTFLAGS", flags, " ")
    } else {
        (OF_TARGET, var(OF_TARGET).unwrap_or_default(), " ")
    };
    let mut flags = given;
    for flag in RUST_FLAGS {
        if !flags.is_empty() {
            flags.push(separator);
        }
        flags.push(flag);
    }
    command.env(name, flags);
}

/// A look at the outside: is it a component, and a card?
fn check_component(bytes: &[u8]) -> Result<()> {
    let mut depth = 0_u32;
    let mut exports = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.context("the compiler's output is not WebAssembly")? {
            Payload::Version { encoding, .. } => {
                ensure!(
                    depth > 0 || encoding == Encoding::Component,
                    "the compiler made a core module and no component: build for {TARGET}"
                );
                depth += 1;
            }
            Payload::End(_) => depth -= 1,
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    exports.push(export?.name.name);
                }
            }
            _ => {}
        }
    }
    if exports.contains(&CARD_EXPORT) {
        return Ok(());
    }
    match exports
        .iter()
        .find(|name| name.starts_with("quanka:card/card@"))
    {
        Some(other) => bail!("the plugin exports {other}; this quanka knows {CARD_EXPORT}"),
        None => bail!(
            "the plugin does not export {CARD_EXPORT}: end src/lib.rs with \
             `quanka_card::export!(MyCard);`"
        ),
    }
}

/// Writes beside the file and renames, so that whoever reads it meanwhile has
/// the old or the new one whole.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .permissions(readable())
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// What an ordinary new file has; a temporary one is its owner's alone.
fn readable() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o644)
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn output(command: &mut Command) -> Result<Output> {
    command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(command, error))
}

fn not_started(command: &Command, error: std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy().into_owned();
    if error.kind() == std::io::ErrorKind::NotFound {
        return anyhow!(
            "`{program}` is not installed: install Rust from https://rustup.rs, then run \
             `rustup target add {TARGET}`"
        );
    }
    anyhow::Error::from(error).context(format!("cannot run `{program}`"))
}

#[cfg(test)]
mod tests;
