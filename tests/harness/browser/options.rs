//! Who reads: the window, the wishes and the restrictions a browser is opened
//! with. They are flags and preferences of the browser, as a reader would set
//! them: what DevTools emulates does not reach frames of other sites.

use serde_json::{Value, json};

/// What the browser is opened with.
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) arguments: Vec<String>,
    pub(super) preferences: serde_json::Map<String, Value>,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Options {
    /// A Chinese reader with a desktop window of 1000 × 800, light, everything
    /// allowed.
    #[must_use]
    pub fn new() -> Self {
        let arguments = [
            "--headless",
            // Tests run as root in containers, where the sandbox cannot.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            // A test reaches nothing but what it has started.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // The browser ends with the driver, however that ends.
            "--remote-debugging-pipe",
            // Sharp, and the same on every machine. The scale is a flag, since
            // an emulated one does not reach frames of other sites.
            "--force-device-scale-factor=2",
            "--force-color-profile=srgb",
            "--hide-scrollbars",
            // See `Browser::console`.
            "--enable-logging",
            "--log-level=0",
            // An empty first page, not the browser's own with its requests.
            "data:,",
        ];
        Self {
            arguments: arguments.map(str::to_owned).to_vec(),
            preferences: serde_json::Map::new(),
            width: 1000,
            height: 800,
        }
        .language("zh-CN,zh")
    }

    /// The languages that the reader wants, best first.
    #[must_use]
    pub fn language(self, languages: &str) -> Self {
        self.preference("intl.accept_languages", json!(languages))
    }

    /// The size of the viewport in CSS pixels.
    #[must_use]
    pub fn viewport(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width, height);
        self
    }

    /// A reader who prefers dark pages; frames of other sites see it too.
    #[must_use]
    pub fn dark(self) -> Self {
        self.argument("--force-dark-mode")
    }

    /// A reader who has switched scripts off, for every site.
    #[must_use]
    pub fn without_scripts(self) -> Self {
        self.preference(
            "profile.default_content_setting_values.javascript",
            json!(2),
        )
    }

    /// A reader whose browser allows cookies of other sites than the page's,
    /// which by default it does only where they are partitioned.
    #[must_use]
    pub fn with_third_party_cookies(self) -> Self {
        self.preference("profile.block_third_party_cookies", json!(false))
            .preference("profile.cookie_controls_mode", json!(0))
    }

    /// A reader who allows no cookie at all.
    #[must_use]
    pub fn without_cookies(self) -> Self {
        self.preference("profile.default_content_setting_values.cookies", json!(2))
    }

    /// A further command line argument.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    fn preference(mut self, name: &str, value: Value) -> Self {
        self.preferences.insert(name.to_owned(), value);
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
