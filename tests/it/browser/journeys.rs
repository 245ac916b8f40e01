//! Readers' ways through the first-party cards: in Chinese, on a phone, from an
//! article of another site, two and three of them at once.

mod circle;

use std::path::PathBuf;

use quanka_tests::browser::{Browser, Options};
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER, Setup};
use quanka_tests::site::Site;
use quanka_tests::{eventually, paths};
use serde_json::{Value, json};

use crate::browser::support::{article, enter_card, heard};

/// A host with one card in an article, and the publisher who knows the readers.
struct Town {
    site: Site,
    host: Host,
    publisher: Publisher,
    card: &'static str,
}

impl Town {
    /// The circle belongs to the reader `laoxu`.
    #[track_caller]
    fn found(plugin: &str, card: &'static str, circle: &str, keys: &str) -> Self {
        let site = Site::start();
        let publisher = Publisher::new(PUBLISHER);
        let setup = Setup::new()
            .site(&site)
            .publisher(&publisher)
            .circle(&format!("owner = 'laoxu'\n{circle}"))
            .plugin(plugin)
            .card(card, &format!("quanka/{plugin}"), keys);
        let host = Host::start(&setup);
        Self {
            site,
            host,
            publisher,
            card,
        }
    }

    /// Somebody opens the article on a phone.
    #[track_caller]
    fn reader(&self, sub: &'static str, name: &'static str) -> Reader<'_> {
        let browser = Browser::open_with(&Options::new().viewport(390, 844));
        let card = self.card;
        let body = format!("<circle-card card='HOST/c/{card}' height=600></circle-card>");
        browser.goto(&article(&self.site, &self.host.origin(), &body));
        enter_card(&browser, card);
        Reader {
            town: self,
            browser,
            sub,
            name,
        }
    }
}

/// A reader with the article open, in the card's frame.
struct Reader<'a> {
    town: &'a Town,
    browser: Browser,
    sub: &'static str,
    name: &'static str,
}

impl Reader<'_> {
    /// The article says who its reader is.
    fn sign_in(&self) {
        self.browser.leave();
        let origin = self.town.host.origin();
        let token = self.town.publisher.token(&origin, self.sub, self.name);
        let hand = "document.querySelector('circle-card').signIn(arguments[0])";
        self.browser.script(hand, &[json!(token)]);
        enter_card(&self.browser, self.town.card);
    }

    /// Taps what has the text. Found in one look, as the card may be drawn anew
    /// while a reader looks for it.
    #[track_caller]
    fn tap(&self, text: &str) {
        let text = json!(text);
        self.browser
            .find_by_script(&format!(
                "[...document.querySelectorAll('.qk-card :is(button, a, summary, label)')]
                 .find((one) => one.checkVisibility() && one.textContent.trim().startsWith({text}))"
            ))
            .click();
    }

    /// Taps a button that needs somebody who is signed in, for a reader who is
    /// not yet: the page is asked, and the tap goes through by itself.
    #[track_caller]
    fn tap_and_sign_in(&self, text: &str) {
        self.tap(text);
        self.hears("auth-required");
        self.sign_in();
    }

    /// Waits until the card shows a text somewhere.
    #[track_caller]
    fn sees(&self, text: &str) {
        self.reads(".qk-card", text);
    }

    /// Waits for a toast.
    #[track_caller]
    fn is_told(&self, text: &str) {
        self.reads(".qk-toast", text);
    }

    #[track_caller]
    fn reads(&self, css: &str, text: &str) {
        let look = "return [...document.querySelectorAll(arguments[0])]
                    .some((one) => one.textContent.includes(arguments[1]))";
        eventually(&format!("`{text}` in {css}"), || {
            let seen = self.browser.script(look, &[json!(css), json!(text)]);
            (seen == true).then_some(())
        });
    }

    /// Whether the card shows a text now.
    fn shows(&self, text: &str) -> bool {
        let look = "return document.querySelector('.qk-card').textContent.includes(arguments[0])";
        self.browser.script(look, &[json!(text)]) == true
    }

    #[track_caller]
    fn types(&self, field: &str, text: &str) {
        let field = format!(".qk-card [name='{field}']:not([type=checkbox])");
        self.browser.find(&field).type_text(text);
    }

    /// Chooses a picture, and waits until the host has it.
    #[track_caller]
    fn gives_picture(&self, field: &str) {
        let picture: PathBuf = paths::root().join("examples/screenshot.png");
        self.browser
            .find(&format!(".qk-card input[type=file][name='{field}']"))
            .type_text(&picture.to_string_lossy());
        let _ = self.browser.find(".qk-shot img[src]");
    }

    /// Waits until the article has heard something of the card.
    #[track_caller]
    fn hears(&self, what: &str) -> Value {
        self.browser.leave();
        let event = eventually(what, || {
            let heard = heard(&self.browser);
            heard.into_iter().find(|event| event[0] == what)
        });
        enter_card(&self.browser, self.town.card);
        event
    }

    #[track_caller]
    fn goes_back_to_the_article(&self) {
        self.browser.goto(&self.town.site.url("/article"));
        enter_card(&self.browser, self.town.card);
    }

    /// For somebody to look at.
    fn picture(&self, name: &str) {
        let _ = self.browser.screenshot(name);
    }
}
