//! The plugin of the author's guide, compiled and tested as its reader would.

#[path = "guide/signup.rs"]
mod signup;

#[test]
fn the_guide_shows_this_plugin() {
    let guide = include_str!("../../README.md");
    let plugin = include_str!("guide/signup.rs");
    assert!(
        guide.contains(&format!("```rust\n{plugin}```")),
        "plugins/README.md and sdk/tests/guide/signup.rs differ"
    );
}
