//! The plugins of the author's guide, compiled and tested as its readers would.

#[path = "guide/running.rs"]
mod running;
#[path = "guide/signup.rs"]
mod signup;

#[test]
fn the_guide_shows_these_plugins() {
    let guide = include_str!("../../README.md");
    for (name, plugin) in [
        ("signup.rs", include_str!("guide/signup.rs")),
        ("running.rs", include_str!("guide/running.rs")),
    ] {
        assert!(
            guide.contains(&format!("```rust\n{plugin}```")),
            "plugins/README.md and sdk/tests/guide/{name} differ"
        );
    }
}
