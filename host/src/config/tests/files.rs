//! Plugin files, good and broken.

use super::*;

#[test]
fn a_broken_plugin_does_not_stop_its_neighbours() {
    #[track_caller]
    fn check(file: &str, options: &str, expected: &str) {
        let text = format!("{options}\n{GOOD}")
            + &format!("[[plugin]]\nfile = \"{file}\"\n")
            + "[[card]]\nslug = \"other\"\ncircle = \"beike\"\nplugin = \"some/other\"\n";
        let directory = directory(&text);
        let component = wasm_encoder::Component::new().finish();
        for (name, bytes) in [
            ("text.wasm", b"hello".as_slice()),
            ("module.wasm", &wasm_encoder::Module::new().finish()),
            ("cut.wasm", &[&component[..], &[1, 200]].concat()),
            ("bare.wasm", &component),
            ("binary.wasm", &append_manifest(component.clone(), &[0xff])),
            (
                "endless.wasm",
                &append_manifest(component.clone(), &vec![b' '; 300_000]),
            ),
        ] {
            fs::write(directory.path().join(name), bytes).unwrap();
        }
        let loaded = load(&source(directory.path())).unwrap();
        let line = if options.is_empty() { 21 } else { 22 };
        let expected = format!(
            "quanka.toml:{line}: plugin[1].file: {file}: {expected}\n\
             quanka.toml:{}: card[1].plugin: \"some/other\" is in no plugin file that could be read",
            line + 4
        );
        let found = without_directory(&loaded.plugin_problems, directory.path());
        assert_eq!(found, expected);
        let missing: Vec<bool> = loaded
            .config
            .cards
            .iter()
            .map(|card| loaded.plugin_missing(card))
            .collect();
        assert_eq!(missing, [false, true]);
    }
    check(
        "none.wasm",
        "",
        "is not there; build the plugin, or correct the path",
    );
    check(
        "text.wasm",
        "",
        "is not a WebAssembly component: it does not begin like WebAssembly",
    );
    check(
        "module.wasm",
        "",
        "is a core module, not a component; build it with `quanka build`",
    );
    check(
        "cut.wasm",
        "",
        "is not a WebAssembly component: unexpected end-of-file (at offset 0xa)",
    );
    check(
        "bare.wasm",
        "",
        "is a component without a manifest; build it with `quanka build`",
    );
    check(
        "binary.wasm",
        "",
        "has a manifest that is not UTF-8; build it with `quanka build`",
    );
    check(
        "endless.wasm",
        "",
        "has a manifest of 300000 bytes; at most 262144",
    );
    check(".", "", "cannot be read: Is a directory (os error 21)");
    check(
        "endless.wasm",
        "[sandbox]\ncomponent_bytes_max = 100000",
        "is larger than sandbox.component_bytes_max, 100000 bytes",
    );
}

#[test]
fn what_is_wrong_inside_a_plugin_names_the_manifests_line() {
    let directory = directory(GOOD);
    let bad = POLL
        .replace("quanka/poll", "poll")
        .replace("[sizes]", "[size]");
    let component = append_manifest(wasm_encoder::Component::new().finish(), bad.as_bytes());
    fs::write(directory.path().join("poll.wasm"), component).unwrap();
    let loaded = load(&source(directory.path())).unwrap();
    insta::assert_snapshot!(without_directory(&loaded.plugin_problems, directory.path()), @r#"
        quanka.toml:7: plugin[0].file: poll.wasm: card.toml:2: name: "poll" lacks its publisher; write `publisher/name`, like "quanka/poll"
        quanka.toml:7: plugin[0].file: poll.wasm: card.toml:12: size: is not an option; did you mean `sizes`?
        quanka.toml:7: plugin[0].file: poll.wasm: card.toml: sizes: is missing; write it like `[sizes]`
        quanka.toml:15: card[0].plugin: "quanka/poll" is in no plugin file that could be read
        "#);
}

/// What is wrong in `[sandbox]` is told once, and hides nothing behind it.
#[test]
fn a_wrong_sandbox_makes_no_plugin_look_wrong() {
    check(
        &format!("[sandbox]\nrender_deadline_ms = 0\n{GOOD}").replace("\"边城\"", "1"),
        "quanka.toml:2: sandbox.render_deadline_ms: is 0; must be 1 to 60000\n\
         quanka.toml:20: card[0].config.options[1].text: must be a string, not a whole number",
    );
}

fn append_manifest(component: Vec<u8>, text: &[u8]) -> Vec<u8> {
    use wasm_encoder::ComponentSection as _;
    let section = wasm_encoder::CustomSection {
        name: manifest::SECTION.into(),
        data: text.into(),
    };
    let mut bytes = component;
    section.append_to_component(&mut bytes);
    bytes
}

#[test]
fn a_plugin_gets_what_it_asks_for_less_what_it_is_denied() {
    let deny = "file = \"poll.wasm\"\ndeny = [\"state\", \"clock\"]";
    let loaded = load_text(&GOOD.replace("file = \"poll.wasm\"", deny)).unwrap();
    let granted: Vec<Capability> = loaded.plugins[0].granted().collect();
    assert_eq!(granted, [Capability::Tally, Capability::Log]);
}

#[test]
fn what_is_probably_not_meant_is_a_warning() {
    let directory = directory(&GOOD.replace("origins = [\"http://localhost:7879\"]", ""));
    let loaded = load(&source(directory.path())).unwrap();
    insta::assert_snapshot!(without_directory(&loaded.warnings, directory.path()), @r#"quanka.toml:2: publisher[0].origins: is empty: this publisher's cards are read-only in every page; add the sites that embed them, like "https://news.example""#);
}

#[test]
fn without_a_public_url_the_bound_address_is_meant() {
    let mut config = load(&Source::default()).unwrap().config;
    let bound = "127.0.0.1:4567".parse().unwrap();
    assert_eq!(config.public_url(bound).as_str(), "http://127.0.0.1:4567");
    assert_eq!(
        config.public_url("[::1]:80".parse().unwrap()).as_str(),
        "http://[::1]"
    );
    config.server.public_url = Some("https://cards.example".parse().unwrap());
    assert_eq!(config.public_url(bound).as_str(), "https://cards.example");
}
