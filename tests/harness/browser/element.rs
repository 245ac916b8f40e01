//! An element on the page, and what a reader or assistive technology does with
//! it and knows of it.

use serde_json::{Value, json};

use super::Browser;
use crate::webdriver::{ElementId, Refusal};

/// An element of the page or of the entered frame.
#[derive(Clone)]
pub struct Element<'a> {
    pub(super) browser: &'a Browser,
    pub(super) id: ElementId,
}

impl Element<'_> {
    /// Scrolls to it and clicks its middle, as a pointer would: it fails if
    /// something else lies there.
    #[track_caller]
    pub fn click(&self) {
        self.post("/click", &json!({}));
    }

    /// Clicks its middle twice, so fast that no answer comes in between.
    #[track_caller]
    pub fn click_twice(&self) {
        // As `click` does it; a pointer that moves scrolls nothing.
        let into_view = "arguments[0].scrollIntoView({ block: 'center' })";
        self.browser.script(into_view, &[self.to_argument()]);
        let press = [
            json!({"type": "pointerDown", "button": 0}),
            json!({"type": "pointerUp", "button": 0}),
        ];
        let mut steps = vec![json!({
            "type": "pointerMove", "x": 0, "y": 0, "origin": self.id.to_json(),
        })];
        steps.extend(press.iter().cloned());
        steps.extend(press);
        let actions = json!({"actions": [{
            "type": "pointer", "id": "mouse",
            "parameters": {"pointerType": "mouse"}, "actions": steps,
        }]});
        let session = &self.browser.session;
        self.browser.done(session.post("/actions", &actions));
    }

    /// Types into it, at the end of what is there.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.post("/value", &json!({"text": text}));
    }

    /// Empties a field.
    #[track_caller]
    pub fn clear(&self) {
        self.post("/clear", &json!({}));
    }

    /// Its text as a reader sees it.
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> String {
        self.browser.text_of(self.get("/text"))
    }

    /// An attribute as written in the document, `""` if it is absent.
    #[must_use]
    #[track_caller]
    pub fn attribute(&self, name: &str) -> String {
        self.browser
            .text_of(self.get(&format!("/attribute/{name}")))
    }

    /// A property as it is now: `value`, `checked`, `clientHeight`.
    #[must_use]
    #[track_caller]
    pub fn property(&self, name: &str) -> Value {
        self.browser.done(self.get(&format!("/property/{name}")))
    }

    /// The value of a CSS property as computed.
    #[must_use]
    #[track_caller]
    pub fn css(&self, name: &str) -> String {
        self.browser.text_of(self.get(&format!("/css/{name}")))
    }

    /// Its role for assistive technology. (The driver cannot tell it in a frame
    /// of another site.)
    #[must_use]
    #[track_caller]
    pub fn role(&self) -> String {
        self.browser.text_of(self.get("/computedrole"))
    }

    /// Its name for assistive technology, under the same restriction.
    #[must_use]
    #[track_caller]
    pub fn accessible_name(&self) -> String {
        self.browser.text_of(self.get("/computedlabel"))
    }

    /// Whether a reader can see it.
    #[must_use]
    #[track_caller]
    pub fn is_displayed(&self) -> bool {
        self.browser.done(self.get("/displayed")) == true
    }

    /// Whether it is ticked or chosen.
    #[must_use]
    #[track_caller]
    pub fn is_selected(&self) -> bool {
        self.browser.done(self.get("/selected")) == true
    }

    /// Every element in it that a CSS selector finds now.
    #[must_use]
    #[track_caller]
    pub fn find_all(&self, css: &str) -> Vec<Self> {
        let body = json!({"using": "css selector", "value": css});
        let path = format!("/element/{}/elements", self.id.0);
        self.browser
            .elements(self.browser.session.post(&path, &body))
    }

    /// As an argument for [`Browser::script`].
    #[must_use]
    pub fn to_argument(&self) -> Value {
        self.id.to_json()
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) {
        let path = format!("/element/{}{path}", self.id.0);
        self.browser.done(self.browser.session.post(&path, body));
    }

    fn get(&self, path: &str) -> Result<Value, Refusal> {
        self.browser
            .session
            .get(&format!("/element/{}{path}", self.id.0))
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
