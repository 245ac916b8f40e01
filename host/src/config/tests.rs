//! Whole files in, exact messages out. What is shared: a good configuration and
//! ways to spoil it.

use std::fs;
use std::path::Path;

use super::*;

mod files;
mod manual;
mod options;
mod served;
mod sources;

const POLL: &str = r#"
name = "quanka/poll"
version = "0.1.0"
locales = ["zh-CN", "en"]
capabilities = ["state", "tally", "log"]
[title]
zh-CN = "投票"
en = "Poll"
[summary]
zh-CN = "每人一票。"
en = "One vote each."
[sizes]
compact = 96
standard = 320
[config]
type = "object"
required = ["question", "options"]
additionalProperties = false
[config.properties]
question = { type = "string", minLength = 1, maxLength = 20, description = "What readers are asked." }
choices_max = { type = "integer", minimum = 1, maximum = 20 }
closes_at = { type = "string", format = "date-time" }
who = { enum = ["anyone", "signed-in"] }
api_token = { type = "string", pattern = "^[a-z]+$" }
share = { oneOf = [{ type = "number" }, { type = "object", required = ["percent"] }] }
[config.properties.options]
type = "array"
minItems = 2
maxItems = 4
uniqueItems = true
[config.properties.options.items]
type = "object"
required = ["id", "text"]
additionalProperties = false
properties = { id = { type = "string", pattern = "^[a-z]+$" }, text = { type = "string" } }
"#;

const GOOD: &str = r#"
[[publisher]]
id = "daily"
name = "贝壳日报"
origins = ["http://localhost:7879"]
[[plugin]]
file = "poll.wasm"
[[circle]]
id = "beike"
publisher = "daily"
name = "贝壳读书圈"
[[card]]
slug = "vote"
circle = "beike"
plugin = "quanka/poll"
[card.config]
question = "下个月读什么?"
options = [{ id = "a", text = "三体" }, { id = "b", text = "边城" }]
"#;

/// A directory with `quanka.toml` and a plugin beside it.
fn directory(text: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let component = wasm_encoder::Component::new().finish();
    fs::write(
        directory.path().join("poll.wasm"),
        manifest::embed(&component, POLL).unwrap(),
    )
    .unwrap();
    fs::write(directory.path().join("quanka.toml"), text).unwrap();
    directory
}

fn source(directory: &Path) -> Source {
    Source {
        file: Some(directory.join("quanka.toml")),
        ..Source::default()
    }
}

fn load_text(text: &str) -> Result<Loaded, String> {
    let directory = directory(text);
    load(&source(directory.path()))
        .map_err(|problems| without_directory(&problems, directory.path()))
}

fn without_directory(problems: &Problems, directory: &Path) -> String {
    problems
        .to_string()
        .replace(&format!("{}/", directory.display()), "")
}

/// A whole file.
#[track_caller]
fn check(text: &str, expected: &str) {
    let found = load_text(text).map_or_else(|problems| problems, |_| "ok".to_owned());
    assert_eq!(
        found,
        expected.trim(),
        "\n--- in ---\n{text}\n--- found ---\n{found}\n"
    );
}

/// The good configuration with a part of it replaced.
#[track_caller]
fn check_with(part: &str, replacement: &str, expected: &str) {
    assert!(
        GOOD.contains(part),
        "{part} is no part of the good configuration"
    );
    check(&GOOD.replacen(part, replacement, 1), expected);
}
