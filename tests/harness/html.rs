//! Whether documents obey the HTML standard, by a validator that is not ours:
//! [html-validate](https://html-validate.org).

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::paths;

/// The validator's own rules for what the standard forbids, without its taste.
/// Added: what repeats, or leads nowhere.
const RULES: &str = r#"{
  "root": true,
  "extends": ["html-validate:standard"],
  "rules": {
    "no-dup-attr": "error",
    "no-dup-id": "error",
    "no-missing-references": "error",
    "valid-id": "error",
    "unrecognized-char-ref": "error",
    "no-inline-style": "error"
  }
}"#;

/// What is wrong with documents, `NAME:LINE:COLUMN: message`, each document by
/// its name.
///
/// # Panics
/// If the validator does not run.
#[must_use]
#[track_caller]
pub fn mistakes<'a>(documents: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let folder = tempfile::Builder::new()
        .prefix("quanka-html-")
        .tempdir()
        .expect("the temporary directory is writable");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("the temporary directory is writable");
    };
    write(".htmlvalidate.json", RULES);
    let mut names = Vec::new();
    for (name, html) in documents {
        let file = format!("{}.html", names.len());
        write(&file, html);
        names.push(name);
    }
    assert!(!names.is_empty(), "no document to look at");
    let output = Command::new(paths::tool(&["node"]))
        .arg(paths::borrowed("html-validate/bin/html-validate.mjs"))
        .args(["--formatter", "json", "."])
        .current_dir(folder.path())
        .output()
        .expect("node starts");
    let results: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        panic!("the validator fails ({error}): {said}")
    });
    let mut mistakes = Vec::new();
    for result in results.as_array().into_iter().flatten() {
        let file = result["filePath"].as_str().unwrap_or_default();
        let number = file
            .rsplit('/')
            .next()
            .and_then(|file| file.strip_suffix(".html"));
        let number: Option<usize> = number.and_then(|number| number.parse().ok());
        let name = number.and_then(|number| names.get(number)).copied();
        for message in result["messages"].as_array().into_iter().flatten() {
            mistakes.push(format!(
                "{}:{}:{}: {} ({})",
                name.unwrap_or(file),
                message["line"],
                message["column"],
                message["message"].as_str().unwrap_or_default(),
                message["ruleId"].as_str().unwrap_or_default(),
            ));
        }
    }
    mistakes
}
