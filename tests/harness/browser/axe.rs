//! What a page keeps from readers who cannot see, hear or point, as far as a
//! program can tell: [axe-core](https://github.com/dequelabs/axe-core).

use std::fs;

use serde_json::{Value, json};

use super::Browser;
use crate::paths;

impl Browser {
    /// What axe finds serious or critical in the page or the entered frame, and
    /// not in the frames in it: `impact rule: selector (what to do)`. Enter a
    /// frame to have it looked at.
    ///
    /// # Panics
    /// If axe cannot look, or looked at nothing.
    #[must_use]
    #[track_caller]
    pub fn axe(&self) -> Vec<String> {
        let source =
            fs::read_to_string(paths::borrowed("axe-core/axe.min.js")).expect("a script is text");
        self.script(&format!("if (!window.axe) {{ {source} }}"), &[]);
        let found = self.script_awaited(LOOK, &[]);
        let looked = found["passes"].as_u64().unwrap_or_default();
        assert_ne!(looked, 0, "axe looked at nothing: {found}");
        let violations = found["violations"].as_array().into_iter().flatten();
        violations.flat_map(described).collect()
    }
}

/// Contrast is looked at as the page is shown; a part that fades in is not. A
/// frame without a background stands on the colour that its scheme gives to a
/// page without one, which axe takes for white.
const LOOK: &str = "
    document.getAnimations().forEach(animation => animation.finish());
    const root = document.documentElement;
    const bare = [root, document.body].every(part =>
      getComputedStyle(part).backgroundColor === 'rgba(0, 0, 0, 0)');
    if (bare) root.style.backgroundColor = 'Canvas';
    const found = await axe.run(document, { iframes: false });
    if (bare) root.style.backgroundColor = '';
    const violations = found.violations.filter(({ impact }) =>
      impact === 'serious' || impact === 'critical');
    return { passes: found.passes.length, violations };";

fn described(violation: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let line = |node: &Value| {
        format!(
            "{} {}: {} ({})",
            text(&violation["impact"]),
            text(&violation["id"]),
            node.get("target").unwrap_or(&json!(null)),
            text(&node["failureSummary"]).replace('\n', " "),
        )
    };
    nodes.map(line).collect()
}
