//! A real browser, driven as a reader would use it: headless Chromium through
//! `chromedriver`, one of each a test, with a profile of its own.
//!
//! Looking for something waits until it is there, so that a test reads as what
//! a reader does and never sleeps.

mod axe;
mod element;
mod options;
mod requests;

use std::cell::Cell;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::paths;
use crate::process::{Log, Process};
use crate::wait::eventually;
use crate::webdriver::{ElementId, Refusal, Session};

pub use element::Element;
pub use options::Options;
pub use requests::SentRequest;
use requests::sent_requests;

/// Where the browser writes its log, in its profile.
const CONSOLE_FILE: &str = "console.log";

/// An open browser with one window; it closes when dropped.
pub struct Browser {
    // Dropped in this order: session, driver, profile.
    session: Session,
    driver: Option<Process>,
    log: Log,
    /// How many characters of the console's file have been taken.
    console_read: Cell<usize>,
    profile: TempDir,
}

impl Browser {
    /// Opens a browser of a reader without special wishes.
    #[must_use]
    #[track_caller]
    pub fn open() -> Self {
        Self::open_with(&Options::new())
    }

    /// Opens a browser.
    ///
    /// # Panics
    /// If Chromium or its driver is missing or does not start.
    #[must_use]
    #[track_caller]
    pub fn open_with(options: &Options) -> Self {
        let chromium = paths::tool(&["chromium", "chromium-browser", "google-chrome"]);
        let profile = tempfile::Builder::new()
            .prefix("quanka-browser-")
            .tempdir()
            .expect("the temporary directory is writable");
        let log = Log::default();
        let (driver, port) = start_driver(&log);

        let mut arguments = options.arguments.clone();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let console = profile.path().join(CONSOLE_FILE);
        arguments.push(format!("--log-file={}", console.display()));
        let capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {
                "perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
                "binary": chromium,
                "args": arguments,
                "prefs": options.preferences,
            },
        });
        let session = Session::open(&format!("http://127.0.0.1:{port}"), &capabilities)
            .unwrap_or_else(|refusal| panic!("Chromium does not start: {refusal:?}"));
        let browser = Self {
            session,
            driver: Some(driver),
            log,
            console_read: Cell::new(0),
            profile,
        };
        browser.resize(options.width, options.height);
        browser
    }

    /// Gives the viewport a size in CSS pixels.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        // A scale of 0 leaves it as it is.
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": height, "deviceScaleFactor": 0, "mobile": width < 500}),
        );
    }

    /// Opens a page and waits for its `load` event.
    #[track_caller]
    pub fn goto(&self, url: &str) {
        self.done(self.session.post("/url", &json!({"url": url})));
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) {
        self.done(self.session.post("/refresh", &json!({})));
    }

    /// Goes back in the window's history.
    #[track_caller]
    pub fn back(&self) {
        self.done(self.session.post("/back", &json!({})));
    }

    /// Does something while another tab lies over the page's own, which nobody
    /// sees then.
    #[track_caller]
    pub fn behind_another_tab<T>(&self, act: impl FnOnce() -> T) -> T {
        let handle = |found: Result<Value, Refusal>| json!({"handle": self.text_of(found)});
        let own = handle(self.session.get("/window"));
        let opened = self.done(self.session.post("/window/new", &json!({"type": "tab"})));
        self.done(
            self.session
                .post("/window", &json!({"handle": opened["handle"]})),
        );
        let done = act();
        self.done(self.session.delete("/window"));
        self.done(self.session.post("/window", &own));
        done
    }

    /// Waits for the window that the page has opened, does something in it and
    /// closes it.
    #[track_caller]
    pub fn in_opened_window<T>(&self, act: impl FnOnce() -> T) -> T {
        let own = self.text_of(self.session.get("/window"));
        let opened = eventually("a window of its own", || {
            let handles = self.done(self.session.get("/window/handles"));
            let handles = handles.as_array().cloned().unwrap_or_default();
            handles.into_iter().find(|handle| *handle != own.as_str())
        });
        let switch = |handle: &Value| {
            self.done(self.session.post("/window", &json!({"handle": handle})));
        };
        switch(&opened);
        let done = act();
        self.done(self.session.delete("/window"));
        switch(&json!(own));
        done
    }

    /// The top page's address.
    #[must_use]
    #[track_caller]
    pub fn url(&self) -> String {
        self.text_of(self.session.get("/url"))
    }

    /// The top page's title.
    #[must_use]
    #[track_caller]
    pub fn title(&self) -> String {
        self.text_of(self.session.get("/title"))
    }

    /// Waits for the first element that a CSS selector finds.
    #[must_use]
    #[track_caller]
    pub fn find(&self, css: &str) -> Element<'_> {
        eventually(&format!("an element {css}"), || {
            self.find_all(css).into_iter().next()
        })
    }

    /// Waits for the first element of a CSS selector whose text holds `text`.
    #[must_use]
    #[track_caller]
    pub fn find_text(&self, css: &str, text: &str) -> Element<'_> {
        eventually(&format!("an element {css} with {text:?}"), || {
            self.find_all(css).into_iter().find(|element| {
                // It may go away between the two calls; then it is not the one.
                self.session
                    .get(&format!("/element/{}/text", element.id.0))
                    .is_ok_and(|found| found.as_str().unwrap_or_default().contains(text))
            })
        })
    }

    /// Every element that a CSS selector finds now.
    #[must_use]
    #[track_caller]
    pub fn find_all(&self, css: &str) -> Vec<Element<'_>> {
        let body = json!({"using": "css selector", "value": css});
        self.elements(self.session.post("/elements", &body))
    }

    /// Waits until an expression is an element, and answers that: for what lies
    /// in a shadow root. `card.shadowRoot?.querySelector('iframe')`
    #[must_use]
    #[track_caller]
    pub fn find_by_script(&self, expression: &str) -> Element<'_> {
        let body = json!({"script": format!("return {expression}"), "args": []});
        eventually(&format!("an element from {expression}"), || {
            let found = self.session.post("/execute/sync", &body).ok()?;
            ElementId::in_answer(&found).map(|id| Element { browser: self, id })
        })
    }

    /// The element that has the focus.
    #[must_use]
    #[track_caller]
    pub fn focused(&self) -> Element<'_> {
        let found = self.done(self.session.get("/element/active"));
        let id = ElementId::in_answer(&found).expect("the driver answers an element");
        Element { browser: self, id }
    }

    /// Goes into a frame: what is looked for from here on lies in it. A frame
    /// that navigates keeps being the one.
    #[track_caller]
    pub fn enter(&self, frame: &Element<'_>) {
        self.done(
            self.session
                .post("/frame", &json!({"id": frame.id.to_json()})),
        );
    }

    /// Goes back to the top page.
    #[track_caller]
    pub fn leave(&self) {
        self.done(self.session.post("/frame", &json!({"id": null})));
    }

    /// Presses a key where the focus is: `"\u{E004}"` is Tab, `"\u{E007}"`
    /// Enter, `" "` space (W3C WebDriver, 17.4.2 Keyboard actions).
    #[track_caller]
    pub fn press(&self, key: &str) {
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": [
            {"type": "keyDown", "value": key},
            {"type": "keyUp", "value": key},
        ]}]});
        self.done(self.session.post("/actions", &actions));
    }

    /// Runs a function body in the page or the entered frame, and answers what
    /// it returns; `arguments` are its arguments. Works with scripts off too.
    #[track_caller]
    pub fn script(&self, body: &str, arguments: &[Value]) -> Value {
        let body = json!({"script": body, "args": arguments});
        self.done(self.session.post("/execute/sync", &body))
    }

    /// Runs a function body whose promise is awaited.
    #[track_caller]
    pub fn script_awaited(&self, body: &str, arguments: &[Value]) -> Value {
        let body = json!({
            "script": format!(
                "const done = arguments[arguments.length - 1];
                 (async (...args) => {{ {body} }})(...arguments).then(done, e => done(String(e)));"
            ),
            "args": arguments,
        });
        self.done(self.session.post("/execute/async", &body))
    }

    /// A DevTools command on the page's own target (not on a frame's of another
    /// site, which has one of its own).
    #[track_caller]
    pub fn devtools(&self, command: &str, params: &Value) -> Value {
        self.done(self.session.devtools(command, params))
    }

    /// Saves the whole page as `target/screenshots/NAME.png`.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let size = &self.devtools("Page.getLayoutMetrics", &json!({}))["cssContentSize"];
        self.picture(name, &json!([0, 0, size["width"], size["height"]]))
    }

    /// Saves a part of the top page, `[x, y, width, height]` in CSS pixels from
    /// its top left corner, as `target/screenshots/NAME.png`.
    #[track_caller]
    pub fn picture(&self, name: &str, part: &Value) -> PathBuf {
        let clip = json!({
            "x": part[0], "y": part[1], "width": part[2], "height": part[3], "scale": 1,
        });
        let shot = self.devtools(
            "Page.captureScreenshot",
            &json!({"format": "png", "captureBeyondViewport": true, "clip": clip}),
        );
        let png = BASE64
            .decode(shot["data"].as_str().unwrap_or_default())
            .expect("DevTools answers base64");
        let file = paths::target()
            .join("screenshots")
            .join(format!("{name}.png"));
        std::fs::create_dir_all(file.parent().expect("it has a directory"))
            .and_then(|()| std::fs::write(&file, png))
            .expect("the target directory is writable");
        file
    }

    /// How far the page's content has jumped since it was loaded: the sum of its
    /// layout shifts without those just after a reader's own input (the CLS of
    /// Web Vitals, over the whole life of the page). Needs scripts.
    #[must_use]
    #[track_caller]
    pub fn layout_shift(&self) -> f64 {
        let sum = self.script_awaited(
            "return await new Promise(resolve => {
               let sum = 0;
               const add = list => list.forEach(e => { if (!e.hadRecentInput) sum += e.value; });
               const observer = new PerformanceObserver(list => add(list.getEntries()));
               observer.observe({type: 'layout-shift', buffered: true});
               // Two frames: what is pending is laid out, then reported.
               requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
                 add(observer.takeRecords());
                 resolve(sum);
               })));
             });",
            &[],
        );
        sum.as_f64()
            .unwrap_or_else(|| panic!("no layout shift measured: {sum}"))
    }

    /// Takes what the consoles of the page and of all its frames have said since
    /// the last call: errors, warnings, CSP violations, failed requests.
    ///
    /// The driver hears the page's own console only, not that of a frame of
    /// another site; the browser's log file hears every console, but of no
    /// failed request. Failed requests inside such a frame are in neither.
    #[must_use]
    #[track_caller]
    pub fn console(&self) -> Vec<String> {
        let file = self.profile.path().join(CONSOLE_FILE);
        let text = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let unread = &text[self.console_read.replace(text.len()).min(text.len())..];
        let mut said = console_messages(unread);
        said.extend(
            self.take_log("browser")
                .iter()
                .filter(|entry| entry["source"] == "network")
                .filter_map(|entry| Some(entry["message"].as_str()?.to_owned())),
        );
        said
    }

    /// Fails if any console has said anything since the last look.
    #[track_caller]
    pub fn assert_clean_console(&self) {
        let said = self.console();
        assert!(said.is_empty(), "the console says:\n{}", said.join("\n"));
    }

    /// Takes the requests that the page has sent since the last call, the ones
    /// for its frames' documents among them, with the headers that went over
    /// the wire. What a frame of another site asks for itself is not in it.
    #[must_use]
    #[track_caller]
    pub fn requests(&self) -> Vec<SentRequest> {
        let events: Vec<Value> = self
            .take_log("performance")
            .iter()
            .filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok())
            .map(|mut entry: Value| entry["message"].take())
            .collect();
        sent_requests(&events)
    }

    #[track_caller]
    fn take_log(&self, kind: &str) -> Vec<Value> {
        match self.done(self.session.post("/se/log", &json!({"type": kind}))) {
            Value::Array(entries) => entries,
            other => panic!("the driver answers a log as a list, not {other}"),
        }
    }

    #[track_caller]
    fn elements(&self, found: Result<Value, Refusal>) -> Vec<Element<'_>> {
        self.done(found)
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(ElementId::in_answer)
            .map(|id| Element { browser: self, id })
            .collect()
    }

    #[track_caller]
    fn text_of(&self, answer: Result<Value, Refusal>) -> String {
        match self.done(answer) {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    #[track_caller]
    fn done(&self, answer: Result<Value, Refusal>) -> Value {
        answer.unwrap_or_else(|refusal| panic!("{}: {}", refusal.code, refusal.message))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.log.print_if_panicking("chromedriver's log");
        self.session.close();
        if let Some(driver) = self.driver.take() {
            driver.kill_quietly();
        }
    }
}

/// Starts a driver and answers its port.
///
/// It takes a free port of IPv6 and then the same of IPv4, which another
/// process may have taken in between: then it ends, and another one is started.
#[track_caller]
fn start_driver(log: &Log) -> (Process, String) {
    let program = paths::tool(&["chromedriver"]);
    eventually("a driver with a port of its own", || {
        let driver = Process::spawn(Command::new(&program).arg("--port=0"), log);
        let Some(started) = driver.line_unless_ended("successfully on port ") else {
            driver.kill_quietly();
            return None;
        };
        let port = started.rsplit(' ').next().unwrap_or_default();
        Some((driver, port.trim_end_matches('.').to_owned()))
    })
}

/// The messages in a piece of the browser's log, where they stand among others:
/// `[27978:27978:1123/000425.269246:INFO:CONSOLE:1] "seeded", source: … (1)`.
/// A message may hold line breaks; no log line begins otherwise than with `[`.
fn console_messages(log: &str) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    let mut in_message = false;
    for line in log.lines() {
        match line
            .strip_prefix('[')
            .and_then(|line| line.split_once("] "))
        {
            Some((head, message)) if head.contains(":CONSOLE") => {
                in_message = true;
                messages.push(message.to_owned());
            }
            Some(_) => in_message = false,
            None if in_message => {
                let last = messages.last_mut().expect("one was begun");
                last.push('\n');
                last.push_str(line);
            }
            None => {}
        }
    }
    messages
}
