//! `quanka config check` and `quanka config show`.
//!
//! May import `config`. Does not start anything and does not compile plugins:
//! of a plugin's file it reads the manifest.

use std::io::{self, Write};

use crate::config::{self, Loaded, Source};

/// How a command ended; the caller makes it an exit code, 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for is done.
    Done,
    /// It is not; why is on standard error.
    Failed,
}

/// How `show` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML with comments.
    Toml,
    /// One object, a key for each option.
    Json,
}

/// Says `ok` and what there is, or everything that is wrong.
pub fn check(source: &Source, out: &mut impl Write, err: &mut impl Write) -> io::Result<Outcome> {
    let Some(loaded) = load(source, err)? else {
        return Ok(Outcome::Failed);
    };
    for warning in &loaded.warnings {
        writeln!(err, "warning: {warning}")?;
    }
    if !loaded.plugin_problems.is_empty() {
        writeln!(err, "{}", loaded.plugin_problems)?;
        return Ok(Outcome::Failed);
    }
    writeln!(out, "ok: {}", summary(&loaded))?;
    Ok(Outcome::Done)
}

/// Prints the merged configuration, each value with its origin.
pub fn show(
    source: &Source,
    format: Format,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<Outcome> {
    let Some(loaded) = load(source, err)? else {
        return Ok(Outcome::Failed);
    };
    match format {
        Format::Toml => out.write_all(loaded.to_toml().as_bytes())?,
        Format::Json => writeln!(out, "{:#}", loaded.to_json())?,
    }
    Ok(Outcome::Done)
}

fn load(source: &Source, err: &mut impl Write) -> io::Result<Option<Loaded>> {
    match config::load(source) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(problems) => {
            writeln!(err, "{problems}")?;
            Ok(None)
        }
    }
}

fn summary(loaded: &Loaded) -> String {
    let config = &loaded.config;
    let counts = [
        (config.publishers.len(), "publisher"),
        (config.plugins.len(), "plugin"),
        (config.circles.len(), "circle"),
        (config.cards.len(), "card"),
    ];
    let counted = counts.map(|(count, noun)| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    });
    counted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[[publisher]]\nid = \"a\"\nname = \"A\"\norigins = [\"https://a.example\"]\n\
                        [[publisher]]\nid = \"b\"\nname = \"B\"\n[[circle]]\nid = \"c\"\npublisher = \"a\"\nname = \"C\"\n";

    /// Outcome, standard output and standard error.
    fn run(
        text: &str,
        command: impl Fn(&Source, &mut Vec<u8>, &mut Vec<u8>) -> io::Result<Outcome>,
    ) -> (Outcome, String, String) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("quanka.toml");
        std::fs::write(&file, text).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let source = Source {
            file: Some(file),
            ..Source::default()
        };
        let outcome = command(&source, &mut out, &mut err).unwrap();
        let directory = format!("{}/", directory.path().display());
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(&directory, "");
        (outcome, text(out), text(err))
    }

    #[test]
    fn check_counts_or_complains() {
        #[track_caller]
        fn check_prints(text: &str, expected: (Outcome, &str, &str)) {
            let (outcome, out, err) = run(text, check);
            assert_eq!((outcome, out.as_str(), err.as_str()), expected);
        }
        check_prints(
            "",
            (
                Outcome::Done,
                "ok: 0 publishers, 0 plugins, 0 circles, 0 cards\n",
                "",
            ),
        );
        check_prints(
            FILE,
            (
                Outcome::Done,
                "ok: 2 publishers, 0 plugins, 1 circle, 0 cards\n",
                "warning: quanka.toml:5: publisher[1].origins: is empty: this publisher's cards are \
                 read-only in every page; add the sites that embed them, like \"https://news.example\"\n",
            ),
        );
        check_prints(
            "[log]\nformat = \"x\"\nfilter = 1",
            (
                Outcome::Failed,
                "",
                "quanka.toml:2: log.format: \"x\" is none of human, json\n\
                 quanka.toml:3: log.filter: must be a string, not a whole number\n",
            ),
        );
        check_prints(
            "[[plugin]]\nfile = \"none.wasm\"",
            (
                Outcome::Failed,
                "",
                "quanka.toml:2: plugin[0].file: none.wasm: is not there; build the plugin, or correct the path\n",
            ),
        );
    }

    #[test]
    fn show_prints_toml_or_json() {
        let (outcome, out, err) = run(FILE, |source, out, err| {
            show(source, Format::Toml, out, err)
        });
        assert_eq!((outcome, err.as_str()), (Outcome::Done, ""));
        assert!(out.contains("\nname = \"A\"  # line 3\n"), "{out}");

        let (outcome, out, _) = run(FILE, |source, out, err| {
            show(source, Format::Json, out, err)
        });
        assert_eq!(outcome, Outcome::Done);
        let json: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(json["publisher[0].name"]["value"], "A");
        assert_eq!(json["publisher[0].name"]["origin"]["line"], 3);

        let (outcome, out, err) = run("[x]", |source, out, err| {
            show(source, Format::Toml, out, err)
        });
        assert_eq!((outcome, out.as_str()), (Outcome::Failed, ""));
        assert!(
            err.starts_with("quanka.toml:1: x: is not a section"),
            "{err}"
        );
    }
}
