//! `quanka compile`: one component to machine code, within limits.
//!
//! A child process of the host's own. The limits bind this process alone, so
//! that what a component does to the compiler, it does here.

use crate::config::{self, Source};
use crate::sandbox::artifact;
use anyhow::Context;
use clap::Args;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::path::PathBuf;
use std::process::ExitCode;

/// The arguments.
#[derive(Debug, Args)]
pub struct CompileArgs {
    /// The component.
    #[arg(value_name = "COMPONENT")]
    component: PathBuf,
    /// Where to write the artifact.
    #[arg(value_name = "ARTIFACT")]
    artifact: PathBuf,
    /// Bytes of address space (sandbox.compile_memory_bytes_max).
    #[arg(long)]
    memory_bytes_max: u64,
    /// Milliseconds of CPU time (sandbox.compile_cpu_ms).
    #[arg(long)]
    cpu_ms_max: u64,
    /// Bytes of a guest's stack (sandbox.stack_bytes_max): part of what the
    /// engine of the host is made with.
    #[arg(long)]
    stack_bytes_max: usize,
}

/// Compiles.
///
/// # Errors
///
/// When the component does not compile, or its limits end it.
pub fn run(args: &CompileArgs) -> anyhow::Result<ExitCode> {
    let component =
        std::fs::read(&args.component).with_context(|| format!("{}", args.component.display()))?;
    limit(Resource::As, args.memory_bytes_max)?;
    limit(Resource::Cpu, args.cpu_ms_max.div_ceil(1000))?;
    // A compiler that crashes leaves no core of a plugin behind.
    limit(Resource::Core, 0)?;
    let defaults = config::load(&Source::default()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let limits = config::Sandbox {
        stack_bytes_max: args.stack_bytes_max,
        ..defaults.config.sandbox
    };
    let artifact =
        artifact::compile(&component, &limits).map_err(|error| anyhow::anyhow!("{error:#}"))?;
    std::fs::write(&args.artifact, artifact)
        .with_context(|| format!("{}", args.artifact.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn limit(resource: Resource, most: u64) -> anyhow::Result<()> {
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    setrlimit(resource, limit).with_context(|| format!("limit {resource:?} to {most}"))
}
