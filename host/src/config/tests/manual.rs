//! `default.toml` as the manual it says it is.

use std::collections::BTreeSet;

use super::*;

#[test]
fn default_toml_has_every_option_and_no_other() {
    load(&Source::default()).expect("the defaults are right, and have what every section needs");
    // `load` refuses keys that no section has, and misses those of sections, so
    // that only whole sections could be left over.
    let sections: Vec<String> = merge::defaults()
        .0
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let lists = settings::ITEM_DEFAULTS.map(|(list, _)| list.to_owned());
    assert_eq!([sections, lists.to_vec()].concat(), SECTIONS);
}

#[test]
fn every_option_is_explained() {
    let mut explained = false;
    for line in DEFAULTS
        .lines()
        .take_while(|line| *line != "#[card.config]")
    {
        let code = line.strip_prefix('#').unwrap_or(line);
        if line.starts_with("# ") {
            explained = true;
        } else if code.contains(" = ") {
            // Options that are explained together stand together.
            assert!(explained, "nothing above {line}");
        } else {
            explained = false;
        }
    }
}

#[test]
fn the_examples_of_default_toml_are_right_and_complete() {
    let uncommented = |line: &str| match line.strip_prefix('#') {
        Some(code) if !code.starts_with(' ') => code.to_owned(),
        _ => line.to_owned(),
    };
    let text: Vec<String> = DEFAULTS.lines().map(uncommented).collect();
    let text = text.join("\n");
    let directory = directory(&text.replace("target/plugins/", ""));
    load(&source(directory.path())).unwrap();

    let tree = tree::parse(&text).unwrap();
    for (list, keys) in [
        ("publisher", Publisher::KEYS),
        ("plugin", Plugin::KEYS),
        ("circle", Circle::KEYS),
        ("card", Card::KEYS),
    ] {
        let root = Node {
            value: Value::Table(tree.clone()),
            origin: Origin::Default,
        };
        let item = Cursor::root(&root)
            .child(list)
            .unwrap()
            .items()
            .next()
            .unwrap();
        let shown: BTreeSet<&str> = item.children().map(|(key, _)| key).collect();
        assert_eq!(shown, keys.iter().copied().collect(), "[[{list}]]");
    }
}
