//! `quanka backup`.
//!
//! May import `config` and `store`. Works on the files of a host that may be
//! running; it talks to none.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;

use super::DataArgs;
use super::figures::{contents, counted, grouped, lines};
use crate::store::{self, DiskOption};

/// What to copy, and where to.
#[derive(Debug, Args)]
pub struct BackupArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The backup's directory: new, empty, or an earlier backup of this host,
    /// which is brought up to date.
    #[arg(long, value_name = "BACKUP")]
    to: PathBuf,
}

/// Makes a backup and says what it came to.
///
/// # Errors
///
/// When it could not be made; an earlier backup is still good then. When it was
/// made, and pictures are lost.
pub fn run(args: &BackupArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let data = args.data.data_dir()?;
    let began = Instant::now();
    let report = store::backup(&data, &args.to, Timestamp::now(), &DiskOption::default())?;
    writeln!(
        out,
        "backed up to {}: {}",
        args.to.display(),
        contents(&report.counts)
    )?;
    writeln!(
        out,
        "copied {} of {} bytes, kept {} of {} bytes, in {:.1} s; read back and found right",
        counted(report.copied_files, "file"),
        grouped(report.copied_bytes),
        counted(report.kept_files, "file"),
        grouped(report.kept_bytes),
        began.elapsed().as_secs_f64()
    )?;
    if !report.lost.is_empty() {
        anyhow::bail!(
            "the backup is good, but pictures are missing or damaged in the data, and not in it:\n{}\n\
             Copy these files to their places from an earlier backup, if one has them",
            lines(&report.lost)
        );
    }
    Ok(())
}
