//! `quanka restore`.
//!
//! May import `config` and `store`. Writes into a new directory only: nothing
//! that is there can be lost.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::figures::{counted, grouped, lines, pictures};
use crate::config::DataDir;
use crate::store::{self, DiskOption, Partition, RestorePoint, Seq};

/// What to restore, and where to.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup's directory.
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// The new data directory: empty, or not there.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How far to go: a group, as `quanka verify` numbers them, or a commit of
    /// a circle, like `beike:41`, as the ids of its live streams number them.
    /// It is the last that is restored; whatever came later, in any circle, is
    /// left out.
    #[arg(long, value_name = "N|CIRCLE:N", value_parser = point)]
    to_seq: Option<RestorePoint>,
    /// A ledger of erasures that is newer than the backup, such as the file
    /// `erasures` of the data directory that is being replaced: who was erased
    /// after the backup was made does not come back.
    #[arg(long, value_name = "FILE")]
    erasures: Option<PathBuf>,
}

/// Restores and says what.
///
/// # Errors
///
/// When the backup is not good, or the directory is not empty.
pub fn run(args: &RestoreArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let data = DataDir::new(std::path::absolute(&args.data)?);
    let point = args.to_seq.as_ref().unwrap_or(&RestorePoint::Newest);
    let also_erased = match &args.erasures {
        Some(path) if !path.exists() => {
            anyhow::bail!(
                "there is no {}; name the file with --erasures",
                path.display()
            )
        }
        Some(path) => store::read_ledger(path)?,
        None => Vec::new(),
    };
    let disk = DiskOption::default();
    let report = store::restore(&args.backup, &data, point, &also_erased, &disk)?;
    let left_out = match report.left_out {
        0 => String::new(),
        groups => format!("; {} left out", counted(groups, "group")),
    };
    writeln!(
        out,
        "restored to {}: {}, {}{}, last group {}{left_out}",
        args.data.display(),
        counted(report.counts.circles, "circle"),
        counted(report.counts.keys, "key"),
        pictures(&report.counts),
        grouped(report.counts.last),
    )?;
    writeln!(
        out,
        "{} known: who was erased later comes back, unless you restore with --erasures FILE",
        counted(report.erased, "erasure"),
    )?;
    if !report.lost.is_empty() {
        writeln!(
            out,
            "without pictures that the backup does not have:\n{}",
            lines(&report.lost)
        )?;
    }
    writeln!(
        out,
        "its history is its own from here on: give its backups another directory"
    )?;
    Ok(())
}

fn point(text: &str) -> Result<RestorePoint, String> {
    let number = |text: &str| text.replace(',', "").parse().ok();
    let point = match text.rsplit_once(':') {
        Some((circle, commit)) if !circle.is_empty() => {
            let partition = Partition::circle(circle);
            number(commit).map(|commit| RestorePoint::Commit(partition, Seq(commit)))
        }
        Some(_) => None,
        None => number(text).map(RestorePoint::Group),
    };
    point.ok_or_else(|| {
        "neither a group, like 9876, nor a commit of a circle, like beike:41".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_groups_or_commits() {
        #[track_caller]
        fn check(text: &str, expected: Option<&RestorePoint>) {
            assert_eq!(point(text).ok().as_ref(), expected, "{text}");
        }
        let commit = |circle, seq| RestorePoint::Commit(Partition::circle(circle), Seq(seq));
        check("9876", Some(&RestorePoint::Group(9876)));
        check("9,876", Some(&RestorePoint::Group(9876)));
        check("beike:41", Some(&commit("beike", 41)));
        check("a:b:41", Some(&commit("a:b", 41)));
        for wrong in [
            "",
            "-1",
            "beike",
            ":41",
            "beike:",
            "beike:x",
            "99999999999999999999",
        ] {
            check(wrong, None);
        }
    }
}
