//! The command line as an operator meets it: `quanka config`, and what `serve`
//! does with a file that is wrong.

use super::polls;
use quanka_tests::paths;
use quanka_tests::server::Setup;
use std::path::Path;
use tempfile::TempDir;

/// How a command ended: its exit code, standard output and standard error,
/// without the directory that differs from run to run.
fn quanka(dir: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let output = paths::quanka()
        .args(arguments)
        .current_dir(dir.path())
        .env_remove("QUANKA__SERVER__LISTEN")
        .output()
        .expect("the host's binary runs");
    let here = format!("{}/", dir.path().display());
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).expect("output is text");
        text.replace(&here, "")
    };
    let code = output.status.code().expect("it was not killed");
    (code, text(output.stdout), text(output.stderr))
}

/// A directory with a `quanka.toml`.
fn directory(text: &str) -> TempDir {
    let dir = tempfile::tempdir().expect("the temporary directory is writable");
    write(dir.path(), text);
    dir
}

fn write(dir: &Path, text: &str) {
    std::fs::write(dir.join("quanka.toml"), text).expect("the temporary directory is writable");
}

#[test]
fn a_right_file_is_ok() {
    let setup = polls();
    let dir = directory(&setup.text());
    let (code, out, err) = quanka(&dir, &["config", "check"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(out, "ok: 1 publisher, 1 plugin, 1 circle, 2 cards\n");
    // It starts nothing and makes nothing.
    let made: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(made.len(), 1, "{made:?}");
}

/// One mistake of each kind: a value, a key, a reference, a card's own
/// configuration.
const WRONG: &str = "\
[server]
listen = 'nowhere'
body_byte_max = 1

[sandbox]
render_deadline_ms = 0

[[publisher]]
id = 'beike-daily'
name = '贝壳日报'
origins = ['https://news.example/articles']

[[plugin]]
file = 'PLUGIN'

[[circle]]
id = 'beike'
publisher = 'beike-dayly'
name = '贝壳读书圈'

[[card]]
slug = 'vote'
circle = 'beike'
plugin = 'quanka/pol'
state = 'open'

[[card]]
slug = 'vote'
circle = 'beike'
plugin = 'quanka/poll'
[card.config]
question = '下个月读什么?'
options = [{ id = 'a', text = '三体' }, { id = '', text = 1 }]
";

#[test]
fn a_wrong_file_is_told_all_its_mistakes_at_once() {
    let plugin = paths::plugin("poll");
    let dir = directory(&WRONG.replace("PLUGIN", plugin.to_str().unwrap()));
    let (code, out, err) = quanka(&dir, &["config", "check"]);
    assert_eq!((code, out.as_str()), (1, ""));
    insta::assert_snapshot!(err, @r#"
    quanka.toml:2: server.listen: "nowhere" is not an address and port; write it like "0.0.0.0:7878"
    quanka.toml:3: server.body_byte_max: is not an option; did you mean `body_bytes_max`?
    quanka.toml:6: sandbox.render_deadline_ms: is 0; must be 1 to 60000
    quanka.toml:11: publisher[0].origins[0]: "https://news.example/articles" says more than scheme, name and port; write "https://news.example"
    quanka.toml:18: circle[0].publisher: there is no publisher "beike-dayly"; did you mean `beike-daily`?
    quanka.toml:24: card[0].plugin: there is no plugin "quanka/pol"; did you mean `quanka/poll`?
    quanka.toml:25: card[0].state: "open" is none of live, closed, gone
    quanka.toml:28: card[1].slug: "vote" is taken by card[0].slug (line 22)
    quanka.toml:33: card[1].config.options[1].id: "" does not match the pattern ^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$
    quanka.toml:33: card[1].config.options[1].text: must be a string, not a whole number
    "#);
    // `serve` says the same and does not start.
    let served = quanka(&dir, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(served.0, 1);
    assert_eq!(served.1, "");
    assert!(served.2.contains("body_byte_max"), "{}", served.2);
    assert!(!dir.path().join("data").exists());
}

#[test]
fn a_file_that_is_no_toml_or_not_there_says_where() {
    let dir = directory("[server]\nlisten = \n");
    let (code, out, err) = quanka(&dir, &["config", "check"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("quanka.toml:2: "), "{err}");
    let (code, out, err) = quanka(&dir, &["serve", "--config", "none.toml"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("none.toml"), "{err}");
}

#[test]
fn every_value_is_shown_with_where_it_came_from() {
    let setup = Setup::new().section("server", "body_bytes_max = 2000");
    let dir = directory(&setup.text());
    let (code, out, err) = quanka(
        &dir,
        &["config", "show", "--json", "--listen", "127.0.0.1:0"],
    );
    assert_eq!(code, 0, "{err}");
    let shown: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(shown["server.body_bytes_max"]["value"], 2000);
    assert!(
        shown["server.body_bytes_max"]["origin"]["line"].is_u64(),
        "{shown:#}"
    );
    assert_eq!(shown["server.listen"]["value"], "127.0.0.1:0");
    insta::assert_snapshot!(shown["server.listen"]["origin"].to_string(), @r#"{"flag":"--listen"}"#);
    insta::assert_snapshot!(shown["log.format"].to_string(), @r#"{"value":"human","origin":"default"}"#);

    // What it prints as TOML is a file to start from.
    let (code, toml, _) = quanka(&dir, &["config", "show"]);
    assert_eq!(code, 0);
    write(dir.path(), &toml);
    let (code, out, err) = quanka(&dir, &["config", "check"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "ok: 1 publisher, 0 plugins, 1 circle, 0 cards\n"),
        "{err}"
    );
}

#[test]
fn wrong_use_is_another_code_than_failure() {
    let dir = directory("");
    let check = |arguments: &[&str], expected: i32| {
        let (code, out, err) = quanka(&dir, arguments);
        assert_eq!(code, expected, "{arguments:?}: {out}{err}");
        let said = if expected == 0 { &out } else { &err };
        assert!(!said.is_empty(), "{arguments:?}");
    };
    check(&[], 2);
    check(&["sevre"], 2);
    check(&["serve", "--port", "1"], 2);
    check(&["config"], 2);
    check(&["--help"], 0);
    check(&["--version"], 0);
    check(&["config", "check"], 0);
}
