//! `cargo xtask crash`: kills the store as often as asked, one line a time.

use crate::shell::{self, Failure, Shell};

/// How often, unless said otherwise: what the tests do with `--full`.
const CYCLES: u64 = 200;
/// Read by the test.
const ENV: &str = "QUANKA_CRASH_CYCLES";
const TEST: &str = "community::once::crash::killed_processes_lose_nothing_and_do_nothing_twice";

/// Runs the one test that kills processes on a database of its own.
pub(crate) fn run(shell: &Shell, args: &[String]) -> Result<(), Failure> {
    let cycles = cycles(args)?;
    // `--workspace` for the reason that `plugins::build_host` gives.
    let mut test = shell.cargo(&[
        "test",
        "--workspace",
        "--lib",
        "--",
        "--exact",
        "--nocapture",
    ]);
    test.arg(TEST).env(ENV, cycles.to_string());
    shell::run(&mut test)
}

fn cycles(args: &[String]) -> Result<u64, Failure> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let cycles = match args[..] {
        [] => Some(CYCLES),
        ["--cycles", cycles] => cycles.parse().ok(),
        [one] => one
            .strip_prefix("--cycles=")
            .and_then(|cycles| cycles.parse().ok()),
        _ => None,
    };
    cycles.filter(|cycles| *cycles > 0).ok_or_else(|| {
        Failure::Usage("`crash` takes `--cycles N`, N being 1 or more, and nothing else".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_asked_for_in_one_way() {
        let table: [(&[&str], Option<u64>); 6] = [
            (&[], Some(200)),
            (&["--cycles", "10000"], Some(10_000)),
            (&["--cycles=7"], Some(7)),
            (&["--cycles", "0"], None),
            (&["--cycles"], None),
            (&["7"], None),
        ];
        for (args, expected) in table {
            let args: Vec<_> = args.iter().map(|&arg| arg.to_owned()).collect();
            assert_eq!(cycles(&args).ok(), expected, "{args:?}");
        }
    }
}
