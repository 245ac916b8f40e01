//! Readers with wishes of their own: less motion, more contrast, colours of
//! their own, a screen reader. On the card's own page, which a browser can be
//! asked to show as they would see it.

use quanka_tests::browser::Browser;
use quanka_tests::server::Host;
use quanka_tests::site::Site;
use serde_json::{Value, json};

use crate::browser::support::{books, choose, tap_vote, toast};

/// A card's own page, as a reader with a wish sees it.
fn page_with(host: &Host, wish: &str, value: &str) -> Browser {
    let browser = Browser::open();
    wish_for(&browser, &[(wish, value)]);
    browser.goto(&host.url("/c/vote"));
    browser
}

fn wish_for(browser: &Browser, wishes: &[(&str, &str)]) {
    let feature = |(name, value): &(&str, &str)| json!({"name": name, "value": value});
    let features: Vec<Value> = wishes.iter().map(feature).collect();
    browser.devtools("Emulation.setEmulatedMedia", &json!({"features": features}));
}

/// A property of the first element of a selector, as computed.
fn style(browser: &Browser, css: &str, property: &str) -> String {
    browser.find(css).css(property)
}

#[test]
fn nothing_moves_for_whoever_asks_for_that() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let check = |wish: &str, transition: &str, steps: bool| {
        let browser = page_with(&host, "prefers-reduced-motion", wish);
        let property = style(&browser, "label.qk-option", "transition-property");
        assert_eq!(property, transition, "{wish}");
        choose(&browser, "边城");
        tap_vote(&browser);
        assert_eq!(toast(&browser), "已投票");
        let timing = style(&browser, ".qk-toast", "animation-timing-function");
        assert_eq!(timing.starts_with("steps("), steps, "{wish}: {timing}");
    };
    check("no-preference", "border-color, background-color", false);
    check("reduce", "none", true);
}

/// WCAG 2.2, 1.4.6: 7 to 1 for all text, where more contrast is asked for.
#[test]
fn all_words_stand_out_for_whoever_asks_for_that() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let browser = Browser::open();
    let too_faint = "
        const light = (colour) => {
          const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => {
            const value = part / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = (part) => {
          for (let at = part; at; at = at.parentElement) {
            const { backgroundColor } = getComputedStyle(at);
            if (!/, 0\\)$/.test(backgroundColor)) return backgroundColor;
          }
          return 'rgb(255, 255, 255)';
        };
        const found = [];
        for (const part of document.querySelectorAll('.qk-card *')) {
          const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
          if (!own || !part.checkVisibility()) continue;
          const [a, b] = [light(getComputedStyle(part).color), light(ground(part))];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < 7) found.push(`${part.textContent}: ${ratio.toFixed(1)}`);
        }
        return found";
    for scheme in ["light", "dark"] {
        wish_for(
            &browser,
            &[
                ("prefers-contrast", "more"),
                ("prefers-color-scheme", scheme),
                // Or colours would be on their way.
                ("prefers-reduced-motion", "reduce"),
            ],
        );
        browser.goto(&host.url("/c/vote"));
        choose(&browser, "边城");
        assert_eq!(browser.script(too_faint, &[]), json!([]), "{scheme}");
    }
    assert_eq!(
        style(&browser, ".qk-option:has(:checked)", "border-top-width"),
        "2px"
    );
}

#[test]
fn what_colours_say_is_said_where_the_reader_has_their_own() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let browser = Browser::open();
    wish_for(
        &browser,
        &[
            ("forced-colors", "active"),
            ("prefers-reduced-motion", "reduce"),
        ],
    );
    browser.goto(&host.url("/c/vote"));
    choose(&browser, "边城");
    let edge = |css: &str| style(&browser, css, "border-top-width");
    assert_eq!(edge(".qk-option:has(:checked)"), "2px");
    assert_eq!(edge(".qk-option:not(:has(:checked))"), "1px");
    tap_vote(&browser);
    let _ = toast(&browser);
    assert_eq!(style(&browser, ".qk-toast", "border-top-style"), "solid");
    assert_eq!(style(&browser, "meter", "border-top-style"), "solid");
}

/// What a screen reader finds and hears.
#[test]
fn everything_has_a_role_and_a_name() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let browser = page_with(&host, "prefers-contrast", "no-preference");
    let known = |css: &str| {
        let element = browser.find(css);
        (element.role(), element.accessible_name())
    };
    let check = |css: &str, role: &str, name: &str| {
        assert_eq!(known(css), (role.to_owned(), name.to_owned()), "{css}");
    };
    check(".qk-card", "region", "下个月读什么？");
    check("fieldset", "group", "选一项");
    check("input[value=a]", "radio", "《边城》沈从文");
    check("form > .qk-button", "button", "投票");
    check(".qk-status", "status", "");
    choose(&browser, "边城");
    tap_vote(&browser);
    let _ = toast(&browser);
    let said = browser.script("return document.querySelector('.qk-status').innerText", &[]);
    assert_eq!(said, Value::from("已投票"), "heard, not only seen");
    check("meter", "meter", "《边城》沈从文");
}
