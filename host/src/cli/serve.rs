//! `quanka serve`.

use super::host::{block_on, prepare, stop_signal};
use crate::config::{self, Source};
use std::io::Write;
use std::process::ExitCode;

/// Serves until signalled.
///
/// # Errors
///
/// When the host cannot be started, or a listener breaks.
pub fn run(source: &Source) -> anyhow::Result<ExitCode> {
    let loaded = match config::load(source) {
        Ok(loaded) => loaded,
        Err(problems) => {
            eprintln!("{problems}");
            return Ok(ExitCode::FAILURE);
        }
    };
    block_on(&loaded.clone(), async {
        let stop = stop_signal()?;
        let host = prepare(loaded).await?;
        // The one line that whoever started this waits for.
        let mut out = std::io::stdout().lock();
        writeln!(out, "listening on http://{}", host.address())?;
        out.flush()?;
        drop(out);
        host.serve(stop).await;
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}
