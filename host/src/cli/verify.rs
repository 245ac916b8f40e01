//! `quanka verify`.
//!
//! May import `config` and `store`. Changes nothing, and a host may be running
//! on what it reads.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::DataArgs;
use super::figures::{contents, grouped};
use crate::store;

/// What to read.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A backup; without it, the data of a host are read.
    #[arg(value_name = "BACKUP", conflicts_with_all = ["config", "data"])]
    backup: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
}

/// Reads everything and counts it.
///
/// # Errors
///
/// With everything that is wrong.
pub fn run(args: &VerifyArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(backup) = &args.backup else {
        let counts = store::verify_data(&args.data.data_dir()?)?;
        writeln!(out, "ok: {}", contents(&counts))?;
        return Ok(());
    };
    let counts = store::verify_backup(backup)?;
    writeln!(out, "ok: {}", contents(&counts))?;
    writeln!(
        out,
        "can be restored to any group from {} to {}",
        grouped(counts.first),
        grouped(counts.last)
    )?;
    Ok(())
}
