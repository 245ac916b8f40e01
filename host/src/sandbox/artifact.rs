//! From a component to machine code that can be trusted.
//!
//! Compilation runs in a child process (`quanka compile`) with its own memory,
//! CPU and wall limits, because compile-time bombs are the embedder's problem.
//! The result is stored by content, sealed with a MAC under the host's key,
//! and mapped from its file. Nothing precompiled is ever accepted from
//! outside: an artifact without our seal is compiled again.

use super::engine::{COMPILER_VERSION, Purpose, new_engine};
use crate::config;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::Component;

/// Where artifacts live and how they are made.
#[derive(Debug)]
pub struct Artifacts {
    dir: PathBuf,
    seal_key: [u8; 32],
    compiler: PathBuf,
    limits: config::Sandbox,
    turns: Semaphore,
}

/// Why a component could not be made to run.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// Larger than the operator allows.
    #[error("the component has {bytes} bytes; the limit is {max} (sandbox.component_bytes_max)")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Not valid WebAssembly, or it uses a proposal that is off.
    #[error("not a valid component: {0}")]
    Invalid(String),
    /// The compiler hit one of its limits.
    #[error("compiling took more than {0}")]
    Limit(String),
    /// The compiler failed.
    #[error("the compiler failed: {0}")]
    Compiler(String),
    /// It needs more than every call gets.
    #[error("it does not fit what a call may have: {0}; see the limits in [sandbox]")]
    Unfit(String),
    /// The data directory is not usable.
    #[error("artifact {path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
}

impl Artifacts {
    /// Artifacts in `dir`, sealed with `seal_key`, compiled by the program
    /// `compiler` (this one, called as `compiler compile …`).
    pub fn new(
        dir: PathBuf,
        seal_key: [u8; 32],
        compiler: PathBuf,
        limits: &config::Sandbox,
    ) -> Self {
        Artifacts {
            dir,
            seal_key,
            compiler,
            limits: limits.clone(),
            turns: Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)),
        }
    }

    /// The runnable form of `component`: from its artifact if that is whole
    /// and ours, else compiled now.
    ///
    /// # Errors
    ///
    /// When the component is not valid, cannot be compiled within the limits,
    /// or the directory cannot be written.
    pub async fn load(
        &self,
        engine: &Engine,
        component: &[u8],
    ) -> Result<Component, ArtifactError> {
        let max = self.limits.component_bytes_max;
        if component.len() > max {
            return Err(ArtifactError::TooLarge {
                bytes: component.len(),
                max,
            });
        }
        let path = self.dir.join(file_name(engine, component));
        if !self.is_ours(&path) {
            // Validating a large component takes seconds, compiling it longer:
            // off the async workers, and no more at once than processors.
            let _turn = self.turns.acquire().await.expect("it is never closed");
            let owned = component.to_vec();
            tokio::task::spawn_blocking(move || validate(&owned))
                .await
                .map_err(|panicked| ArtifactError::Invalid(panicked.to_string()))??;
            self.compile(component, &path).await?;
        }
        // SAFETY: wasmtime trusts the file to be its own compiler's output.
        // The seal, checked or just made, is this host's over exactly these
        // bytes and this name, and the directory is the host's own (0700).
        unsafe { Component::deserialize_file(engine, &path) }
            .map_err(|error| ArtifactError::Unfit(format!("{error:#}")))
    }

    /// Whether there is an artifact, and its seal is ours.
    fn is_ours(&self, path: &Path) -> bool {
        let Ok(seal) = std::fs::read(seal_path(path)) else {
            return false;
        };
        match self.seal(path) {
            Ok(mac) if mac.clone().verify_slice(&seal).is_ok() => true,
            Ok(_) => {
                tracing::warn!(artifact = %path.display(), "the seal does not fit; compiling again");
                false
            }
            Err(error) => {
                tracing::warn!(artifact = %path.display(), %error, "unreadable; compiling again");
                false
            }
        }
    }

    async fn compile(&self, component: &[u8], path: &Path) -> Result<(), ArtifactError> {
        let io = |error| ArtifactError::Io {
            path: path.to_owned(),
            error,
        };
        create_private_dir(&self.dir).map_err(io)?;
        let work = tempfile::tempdir_in(&self.dir).map_err(io)?;
        let source = work.path().join("component.wasm");
        let output = work.path().join("artifact.cwasm");
        tokio::fs::write(&source, component).await.map_err(io)?;
        self.run_compiler(&source, &output).await?;
        std::fs::File::open(&output)
            .and_then(|file| file.sync_all())
            .map_err(io)?;
        std::fs::rename(&output, path).map_err(io)?;
        // The seal comes last: without it the artifact does not count.
        let seal = self.seal(path).map_err(io)?.finalize().into_bytes();
        let sealed = work.path().join("seal");
        std::fs::write(&sealed, seal).map_err(io)?;
        std::fs::rename(&sealed, seal_path(path)).map_err(io)
    }

    async fn run_compiler(&self, source: &Path, output: &Path) -> Result<(), ArtifactError> {
        let wall = Duration::from_millis(self.limits.compile_wall_ms);
        let child = Command::new(&self.compiler)
            .arg("compile")
            .arg(source)
            .arg(output)
            .arg("--memory-bytes-max")
            .arg(self.limits.compile_memory_bytes_max.to_string())
            .arg("--cpu-ms-max")
            .arg(self.limits.compile_cpu_ms.to_string())
            .arg("--stack-bytes-max")
            .arg(self.limits.stack_bytes_max.to_string())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                ArtifactError::Compiler(format!("{}: {error}", self.compiler.display()))
            })?;
        let finished = tokio::time::timeout(wall, child.wait_with_output())
            .await
            .map_err(|_elapsed| {
                ArtifactError::Limit(format!(
                    "{} ms (sandbox.compile_wall_ms)",
                    self.limits.compile_wall_ms
                ))
            })?
            .map_err(|error| ArtifactError::Compiler(error.to_string()))?;
        if finished.status.success() {
            return Ok(());
        }
        Err(self.why_the_compiler_failed(&finished))
    }

    fn why_the_compiler_failed(&self, finished: &std::process::Output) -> ArtifactError {
        use std::os::unix::process::ExitStatusExt;
        let said = String::from_utf8_lossy(&finished.stderr);
        let signal = finished.status.signal();
        let cpu_signals = [
            rustix::process::Signal::XCPU.as_raw(),
            rustix::process::Signal::KILL.as_raw(),
        ];
        if said.contains("memory allocation of") {
            return ArtifactError::Limit(format!(
                "{} bytes of memory (sandbox.compile_memory_bytes_max)",
                self.limits.compile_memory_bytes_max
            ));
        }
        if signal.is_some_and(|signal| cpu_signals.contains(&signal)) {
            return ArtifactError::Limit(format!(
                "{} ms of CPU time (sandbox.compile_cpu_ms)",
                self.limits.compile_cpu_ms
            ));
        }
        let last = said.lines().rfind(|line| !line.trim().is_empty());
        ArtifactError::Compiler(format!(
            "{} ({})",
            last.unwrap_or("it said nothing"),
            finished.status
        ))
    }

    /// The MAC over an artifact and its name (an artifact moved to another
    /// component's name must not pass).
    fn seal(&self, path: &Path) -> io::Result<Hmac<Sha256>> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.seal_key).expect("HMAC takes a key of any length");
        let name = path.file_name().map(std::ffi::OsStr::as_encoded_bytes);
        mac.update(name.unwrap_or_default());
        let mut file = std::fs::File::open(path)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(mac),
                read => mac.update(&buffer[..read]),
            }
        }
    }
}

/// Compiles one component. The body of the child process; its limits are set
/// by then.
///
/// # Errors
///
/// When the component does not compile.
pub fn compile(component: &[u8], limits: &config::Sandbox) -> wasmtime::Result<Vec<u8>> {
    new_engine(limits, Purpose::Compile)?.precompile_component(component)
}

/// Checks a component before the compiler sees it, with the features that the
/// engine allows and no others.
fn validate(component: &[u8]) -> Result<(), ArtifactError> {
    use wasmparser::WasmFeatures;
    let features = WasmFeatures::default()
        - WasmFeatures::THREADS
        - WasmFeatures::MEMORY64
        - WasmFeatures::MULTI_MEMORY
        - WasmFeatures::RELAXED_SIMD
        - WasmFeatures::CM_ASYNC;
    wasmparser::Validator::new_with_features(features)
        .validate_all(component)
        .map(|_types| ())
        .map_err(|error| ArtifactError::Invalid(error.to_string()))
}

/// `SHA256(component)-ENGINE.cwasm`, where ENGINE covers the compiler's
/// version and every setting that changes the code it makes.
fn file_name(engine: &Engine, component: &[u8]) -> String {
    let mut name = String::with_capacity(96);
    for byte in Sha256::digest(component) {
        let _ = write!(name, "{byte:02x}");
    }
    let mut hasher = DefaultHasher::new();
    COMPILER_VERSION.hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let _ = write!(name, "-{:016x}.cwasm", hasher.finish());
    name
}

fn seal_path(path: &Path) -> PathBuf {
    path.with_extension("seal")
}

fn create_private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}
