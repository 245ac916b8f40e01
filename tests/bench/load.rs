//! The load: wrk, one thread, 32 connections.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, ensure};

/// Requests a second that a server answers, all of them with 2xx.
///
/// # Errors
///
/// When wrk does not run, or any answer is missing or is an error.
pub fn requests_per_second(wrk: &Path, url: &str, seconds: u32) -> Result<f64> {
    let output = Command::new(wrk)
        .args(["--threads", "1", "--connections", "32"])
        .args(["--duration", &format!("{seconds}s"), url])
        .output()
        .context("wrk does not start")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "wrk failed: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    parse(&said).with_context(|| format!("the load on {url}"))
}

fn parse(said: &str) -> Result<f64> {
    for trouble in ["Socket errors", "Non-2xx"] {
        let line = said.lines().find(|line| line.contains(trouble));
        ensure!(line.is_none(), "{}", line.unwrap_or_default().trim());
    }
    said.lines()
        .find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok())
        .ok_or_else(|| anyhow!("wrk printed no rate:\n{said}"))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_rate_counts_only_without_errors() {
        let check = |said: &str, expected: Option<f64>| {
            assert_eq!(parse(said).ok(), expected, "{said}");
        };
        let good = "Running 1s test @ http://127.0.0.1:1/\nRequests/sec:  61234.56\n";
        check(good, Some(61234.56));
        check("Transfer/sec: 3MB\n", None);
        check(&format!("{good}  Non-2xx or 3xx responses: 7\n"), None);
        check(
            &format!("{good}  Socket errors: connect 0, read 1, write 0, timeout 0\n"),
            None,
        );
    }
}
