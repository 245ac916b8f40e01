use wasm_encoder::{Component, CustomSection, Module, ModuleSection, NestedComponentSection};

use super::*;

const MANUAL_TEXT: &str = MANUAL.0;

/// The manual's manifest with a part of it replaced.
#[track_caller]
fn check(part: &str, replacement: &str, expected: &str) {
    assert!(
        MANUAL_TEXT.contains(part),
        "{part} is no part of the manifest"
    );
    let found = parse(&MANUAL_TEXT.replacen(part, replacement, 1));
    let found = found.map_or_else(|error| error.to_string(), |_| "ok".to_owned());
    assert_eq!(found, expected, "{part}");
}

#[test]
fn the_manual_is_a_manifest() {
    let manifest = parse(MANUAL_TEXT).unwrap();
    assert_eq!(manifest.name.as_str(), "quanka/poll");
    assert_eq!(manifest.version, semver::Version::new(0, 1, 0));
    assert_eq!(manifest.locales, ["zh-CN", "en"]);
    assert_eq!(manifest.title["zh-CN"], "投票");
    assert_eq!(manifest.sizes[&CardSize::Standard], 320);
    assert_eq!(manifest.capabilities.len(), 4);
    assert_eq!(manifest.outbound, ["api.example".parse().unwrap()]);
    assert_eq!(
        manifest.config.json()["properties"]["question"]["maxLength"],
        200
    );
    assert_eq!(
        manifest.icon.as_deref(),
        Some("https://example.com/poll.png")
    );
    assert_eq!(manifest.locale(&["fr", "en-GB"]), "en");
}

#[test]
fn what_a_manifest_may_leave_out_is_nothing() {
    let text = MANUAL_TEXT.split("[config]").next().unwrap();
    let text = text.lines().filter(|line| {
        !["capabilities", "outbound", "icon"]
            .iter()
            .any(|key| line.starts_with(key))
    });
    let manifest = parse(&text.collect::<Vec<_>>().join("\n")).unwrap();
    assert_eq!((manifest.capabilities, manifest.icon), (vec![], None));
    assert_eq!(manifest.outbound, []);
    let violations = manifest
        .config
        .violations("quanka/poll", &serde_json::json!({ "a": 1 }));
    assert_eq!(violations[0].message, "is not allowed here; leave it out");
}

#[test]
fn a_manifest_is_refused_line_by_line() {
    check(
        "name = \"quanka/poll\"",
        "",
        r#"card.toml: name: is missing; write it like `name = "quanka/poll"`"#,
    );
    check(
        "name = \"quanka/poll\"",
        "name = \"quanka/Poll\"",
        "card.toml:6: name: the part after the slash has 'P'; use lower-case letters, digits and hyphens",
    );
    check(
        "name = \"quanka/poll\"",
        "nam = \"quanka/poll\"",
        r#"card.toml:6: nam: is not an option; did you mean `name`?
card.toml: name: is missing; write it like `name = "quanka/poll"`"#,
    );
    check(
        "version = \"0.1.0\"",
        "version = \"1.0\"",
        r#"card.toml:8: version: "1.0" is not a version (unexpected end of input while parsing minor version number); write it like "0.1.0""#,
    );
    check(
        "version = \"0.1.0\"",
        "version = 1",
        "card.toml:8: version: must be a string, not a whole number",
    );
    check(
        "locales = [\"zh-CN\", \"en\"]",
        "locales = []",
        r#"card.toml:10: locales: is empty; name at least one language, like ["zh-CN"]"#,
    );
    check(
        "locales = [\"zh-CN\", \"en\"]",
        "locales = [\"zh_CN\", \"en\"]",
        r#"card.toml:10: locales[0]: "zh_CN" is not a language tag; write it like "zh-CN" or "en""#,
    );
    check(
        "locales = [\"zh-CN\", \"en\"]",
        "locales = [\"zh-CN\", \"en\", \"en\"]",
        "card.toml:10: locales[2]: is there twice; leave one out",
    );
    check(
        "locales = [\"zh-CN\", \"en\"]",
        "locales = [\"zh-CN\"]",
        r#"card.toml:23: title.en: is not among `locales`
card.toml:28: summary.en: is not among `locales`"#,
    );
    check(
        r#"locales = ["zh-CN", "en"]"#,
        "locales = [1, 2, \"en\"]",
        "card.toml:10: locales[0]: must be a string, not a whole number\n\
         card.toml:10: locales[1]: must be a string, not a whole number",
    );
    check(
        "[title]\nzh-CN",
        "[title]\nzh-Cn",
        r#"card.toml:21: title.zh-CN: is missing; every locale in `locales` needs its text
card.toml:22: title.zh-Cn: is not among `locales`; did you mean `zh-CN`?"#,
    );
    check(
        "[title]\nzh-CN = \"投票\"\nen = \"Poll\"",
        "title = \"投票\"",
        "card.toml:21: title: must be a table with a text for every locale, not a string",
    );
    check(
        "zh-CN = \"投票\"",
        "zh-CN = \"\"",
        "card.toml:22: title.zh-CN: is empty; readers see it, so write something",
    );
    check(
        "\"clock\"",
        "\"clocks\", \"net\"",
        r#"card.toml:13: capabilities[3]: "clocks" is none of state, tally, viewer, clock, circle, posts, timers, outbound, log; did you mean `clock`?
card.toml:13: capabilities[4]: "net" is none of state, tally, viewer, clock, circle, posts, timers, outbound, log"#,
    );
    check(
        "[\"api.example\"]",
        "[\"https://api.example\", \"*.example\"]",
        r#"card.toml:16: outbound[0]: "https://api.example" is not a host; write its name alone, like "api.example" or "api.example:8443"
card.toml:16: outbound[1]: "*.example" is not a host; write its name alone, like "api.example" or "api.example:8443""#,
    );
    check(
        "icon = \"https",
        "icon = \"http",
        r#"card.toml:18: icon: "http://example.com/poll.png" is not an https URL"#,
    );
    check(
        "[sizes]\ncompact = 96\nstandard = 320\nfeed = 0",
        "",
        "card.toml: sizes: is missing; write it like `[sizes]`",
    );
    check(
        "compact = 96\nstandard = 320\nfeed = 0",
        "",
        "card.toml:33: sizes: is empty; name at least one size and its height, like `standard = 320`",
    );
    check(
        "compact = 96",
        "compact = 0",
        "card.toml:34: sizes.compact: is 0; must be 1 to 4000",
    );
    check(
        "compact = 96\nstandard = 320",
        "compact = 0\nstandard = \"320\"",
        "card.toml:34: sizes.compact: is 0; must be 1 to 4000\n\
         card.toml:35: sizes.standard: must be a whole number, not a string",
    );
    check(
        "compact = 96",
        "compact = 4001",
        "card.toml:34: sizes.compact: is 4001; must be 1 to 4000",
    );
    check(
        "compact = 96",
        "compcat = 96",
        "card.toml:34: sizes.compcat: is not an option; did you mean `compact`?",
    );
    check(
        "maxLength = 200",
        "maxLength = \"200\"",
        "card.toml:46: config.properties.question.maxLength: is not JSON Schema: must be a whole number, not a string",
    );
    check(
        "type = \"string\"",
        "type = \"text\"",
        r#"card.toml:45: config.properties.question.type: is not JSON Schema: fits none of the allowed forms: must be one of "array", "boolean", "integer", "null", "number", "object", "string", not "text"; or must be an array, not a string"#,
    );
    check(
        "type = \"string\"",
        "pattern = \"(\"",
        r#"card.toml:45: config.properties.question.pattern: is not JSON Schema: "(" is not a regular expression"#,
    );
    check(
        "type = \"string\"",
        "\"$ref\" = \"https://example.com/schema.json\"",
        r##"card.toml:40: config: is not JSON Schema: a `$ref` leads nowhere; a schema stands alone, so point into it, like "#/$defs/option""##,
    );
    check(
        "[config]\n",
        "[config",
        "card.toml:40: not TOML: unclosed table, expected `]`",
    );
}

#[test]
fn what_is_embedded_is_extracted() {
    let component = Component::new().finish();
    let with = embed(&component, MANUAL_TEXT).unwrap();
    assert_eq!(extract(&with).unwrap(), parse(MANUAL_TEXT).unwrap());
    assert_eq!(with[..component.len()], component);
    wasmparser::validate(&with).expect("the component is still one");
}

#[test]
fn embedding_again_replaces() {
    let mut component = Component::new();
    component.section(&CustomSection {
        name: "other".into(),
        data: b"kept".as_slice().into(),
    });
    let once = embed(&component.clone().finish(), MANUAL_TEXT).unwrap();
    let again = embed(&once, &MANUAL_TEXT.replace("0.1.0", "0.2.0")).unwrap();
    assert_eq!(
        extract(&again).unwrap().version,
        semver::Version::new(0, 2, 0)
    );
    assert_eq!(again.len(), once.len());
    assert!(again.starts_with(&component.finish()));
}

#[test]
fn a_manifest_inside_another_component_or_module_is_not_this_ones() {
    let section = CustomSection {
        name: SECTION.into(),
        data: MANUAL_TEXT.as_bytes().into(),
    };
    let (mut inner, mut module) = (Component::new(), Module::new());
    inner.section(&section);
    module.section(&section);
    let mut outer = Component::new();
    outer.section(&NestedComponentSection(&inner));
    outer.section(&ModuleSection(&module));
    let outer = outer.finish();
    assert!(matches!(extract(&outer), Err(ManifestError::NoManifest)));
    assert_eq!(
        extract(&embed(&outer, MANUAL_TEXT).unwrap())
            .unwrap()
            .name
            .as_str(),
        "quanka/poll"
    );
}

#[test]
fn of_several_manifests_the_last_counts_and_is_all_that_stays() {
    use wasm_encoder::ComponentSection as _;
    let mut component = embed(&Component::new().finish(), MANUAL_TEXT).unwrap();
    let data = MANUAL_TEXT.replace("0.1.0", "0.2.0").into_bytes().into();
    CustomSection {
        name: SECTION.into(),
        data,
    }
    .append_to_component(&mut component);
    assert_eq!(
        extract(&component).unwrap().version,
        semver::Version::new(0, 2, 0)
    );
    let replaced = embed(&component, MANUAL_TEXT).unwrap();
    assert_eq!(
        replaced,
        embed(&Component::new().finish(), MANUAL_TEXT).unwrap()
    );
}

#[test]
fn a_bad_manifest_is_not_embedded() {
    let error = embed(&Component::new().finish(), "name = 1").unwrap_err();
    assert!(matches!(error, ManifestError::Invalid(_)));
    let long = format!(
        "{MANUAL_TEXT}#{}",
        "x".repeat(MANIFEST_BYTES_MAX - MANUAL_TEXT.len())
    );
    assert!(matches!(parse(&long), Err(ManifestError::TooLarge(_))));
    assert!(parse(&long[..MANIFEST_BYTES_MAX]).is_ok());
}

#[test]
fn no_bytes_are_a_panic() {
    let good = embed(&Component::new().finish(), MANUAL_TEXT).unwrap();
    for end in 0..good.len() {
        assert!(
            extract(&good[..end]).is_err(),
            "{end} bytes of {}",
            good.len()
        );
    }
}
