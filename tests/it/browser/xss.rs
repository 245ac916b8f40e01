//! Text that would be script, through everything that a plugin, a
//! configuration, an address or a reader can set, in every surface. A real
//! browser counts what ran: nothing.
//!
//! The content security policy would stop most of it. So that the escaping is
//! what is tested, and not the policy, the browser is told to pass over the
//! policy; another pass leaves it in force and expects it to have nothing to
//! say.

mod around;
mod corpus;

use crate::browser::support::enter_plain_frame;
use corpus::{ADDRESSES, TEXTS};
use quanka_tests::browser::Browser;
use quanka_tests::client::Client;
use quanka_tests::eventually;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;
use serde_json::{Value, json};

/// Runs before any script of a page: counts what a text of the corpus would
/// do, and lets no dialogue stop the test.
const TRAP: &str = "
    window.ran = [];
    window.xss = (...what) => { ran.push(['xss', ...what]); };
    for (const name of ['alert', 'confirm', 'prompt', 'print'])
      window[name] = (...what) => { ran.push([name, ...what.map(String)]); };
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      ran.push(['policy', violatedDirective, blockedURI]));";

/// What is in the document that the host does not write there, and what ran.
const FOUND: &str = r"
    const odd = ran.map(what => what.join(' '));
    const own = location.origin;
    const elements = document.querySelectorAll('*');
    const never = ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE', 'TEMPLATE', 'MATH', 'MARQUEE',
      'FOREIGNOBJECT', 'ANIMATE', 'SET', 'AUDIO', 'VIDEO', 'SOURCE', 'PORTAL', 'NOSCRIPT', 'XMP',
      'PLAINTEXT', 'LISTING', 'XSS', 'X', 'B-I'];
    for (const element of elements) {
      const name = element.tagName.toUpperCase();
      if (never.includes(name)) odd.push(`<${name}>`);
      if (name === 'SCRIPT' && !(element.src || '').startsWith(`${own}/embed/card.js?v=`))
        odd.push('a script');
      if (name === 'LINK' && !['canonical', 'stylesheet', 'alternate', 'icon'].includes(element.rel))
        odd.push(`a link ${element.rel}`);
      if (name === 'META' && element.httpEquiv) odd.push(`a meta ${element.httpEquiv}`);
      for (const { name: attribute, value } of element.attributes) {
        if (/^on/i.test(attribute) || ['style', 'srcdoc', 'formaction', 'ping', 'background', 'xss']
          .includes(attribute)) odd.push(`${name} ${attribute}`);
        if (['href', 'src', 'action', 'xlink:href', 'poster', 'data', 'cite'].includes(attribute)) {
          const { protocol, origin } = new URL(value, location.href);
          const fine = protocol === 'https:' || protocol === 'mailto:' || origin === own
            || (name === 'IMG' && protocol === 'data:' && value.startsWith('data:image/svg+xml'));
          if (!fine) odd.push(`${name} ${attribute}=${value}`);
        }
      }
    }
    return odd";

fn slug(number: usize) -> String {
    format!("text-{number}")
}

/// A card, a circle and a publisher for each text, and a card for each address.
fn setup(site: &Site) -> Setup {
    let wall = "config.text = 'wall'";
    let mut setup = Setup::new()
        .site(site)
        .guest("parrot")
        .card("wall", "test/parrot", wall);
    let string = |text: &str| json!(text).to_string();
    for (number, text) in TEXTS.iter().enumerate() {
        let slug = slug(number);
        // A name is a line; what a line may not hold, a name may not.
        let name = string(&text.replace(char::is_control, " "));
        setup = setup
            .entry("publisher", &format!("id = '{slug}'\nname = {name}"))
            .entry(
                "circle",
                &format!("id = '{slug}'\npublisher = '{slug}'\nname = {name}\nintro = {name}"),
            )
            .card(
                &slug,
                "test/parrot",
                &format!("circle = '{slug}'\nconfig.text = {}", string(text)),
            );
    }
    for (number, url) in ADDRESSES.iter().enumerate() {
        let keys = format!("config.text = 'x'\nconfig.url = {}", string(url));
        setup = setup.card(&format!("url-{number}"), "test/parrot", &keys);
    }
    setup
}

/// A browser that counts, with the policy in force or passed over.
#[track_caller]
fn open(bypass_policy: bool) -> Browser {
    let browser = Browser::open();
    browser.devtools("Page.enable", &json!({}));
    browser.devtools(
        "Page.addScriptToEvaluateOnNewDocument",
        &json!({"source": TRAP}),
    );
    browser.devtools("Page.setBypassCSP", &json!({"enabled": bypass_policy}));
    browser
}

#[track_caller]
fn expect_nothing(browser: &Browser, what: &str) {
    // Once what would run of itself had its turn: a task after the next frame.
    let settle = "await new Promise(done => requestAnimationFrame(() => setTimeout(done)))";
    browser.script_awaited(settle, &[]);
    assert_eq!(browser.script(FOUND, &[]), json!([]), "{what}");
}

#[test]
fn nothing_runs_in_a_cards_page_or_where_inputs_are_refused() {
    let site = Site::start();
    let host = Host::start(&setup(&site));
    let browser = open(true);
    for (number, text) in TEXTS.iter().enumerate() {
        browser.goto(&host.url(&format!("/c/{}", slug(number))));
        expect_nothing(&browser, text);
        let card = "return document.querySelectorAll('.qk-card form [name]').length";
        let inputs = browser.script(card, &[]);
        assert!(inputs.as_u64() > Some(8), "{text}: no card, but {inputs}");
        // As a browser without script would send it: no event is heard.
        browser.script(
            "const form = document.querySelector('form.qk-form');
             const line = arguments[0].replaceAll('\\n', ' ');
             form.line.value = line.padEnd(161, line);
             form.lines.value = arguments[0];
             form.append(Object.assign(document.createElement('input'),
               { name: '_offer', value: form.querySelector('[name=_offer]').value }));
             HTMLFormElement.prototype.submit.call(form)",
            &[json!(text)],
        );
        let refused =
            "return location.pathname.endsWith('/act') && document.readyState === 'complete'";
        eventually(&format!("the form again: {text}"), || {
            (browser.script(refused, &[]) == json!(true)).then_some(())
        });
        expect_nothing(&browser, &format!("refused: {text}"));
        let kept = browser.script("return document.querySelector('[name=lines]').value", &[]);
        assert!(!kept.as_str().unwrap_or_default().is_empty(), "{text}");
    }
}

#[test]
fn the_policy_has_nothing_to_say_in_a_frame() {
    let site = Site::start();
    let host = Host::start(&setup(&site));
    let browser = open(false);
    // Several a page, as in an article.
    for numbers in (0..TEXTS.len()).collect::<Vec<_>>().chunks(8) {
        let frames: String = numbers
            .iter()
            .map(|&number| {
                format!(
                    "<iframe src='{}'></iframe>",
                    host.url(&format!("/c/{}/embed", slug(number)))
                )
            })
            .collect();
        site.page(
            "/article",
            format!("<!doctype html><title>x</title>{frames}"),
        );
        browser.goto(&site.url("/article"));
        assert_eq!(browser.script("return ran", &[]), json!([]));
    }
    enter_plain_frame(&browser);
    browser.leave();
    browser.assert_clean_console();
}

#[test]
fn nothing_runs_that_readers_said_and_that_is_pushed() {
    let site = Site::start();
    let host = Host::start(&setup(&site));
    let client = host.client();
    let browser = open(true);
    browser.goto(&host.url("/c/wall"));
    for (number, text) in TEXTS.iter().enumerate() {
        say(&client, number, text);
    }
    say(&client, TEXTS.len(), "the last");
    let _ = browser.find_text(".qk-text", "the last");
    expect_nothing(&browser, "pushed");
    let shown = browser.script(
        "return document.querySelectorAll('.qk-details, details').length",
        &[],
    );
    assert!(shown.as_u64() > Some(TEXTS.len() as u64), "{shown}");
    // And loaded, as whoever comes later sees it.
    browser.reload();
    expect_nothing(&browser, "loaded");
    // The toast after an action of one's own, and the event that the page hears.
    for text in &TEXTS[..8] {
        browser.script(
            "const form = document.querySelector('form.qk-form');
             form.line.value = arguments[0]; form.querySelector('button').click()",
            &[json!(text)],
        );
        eventually("a toast", || {
            browser.find_all(".qk-toast").into_iter().next()
        });
        expect_nothing(&browser, text);
    }
}

#[test]
fn no_address_runs() {
    let site = Site::start();
    let host = Host::start(&setup(&site));
    let browser = open(true);
    for (number, url) in ADDRESSES.iter().enumerate() {
        browser.goto(&host.url(&format!("/c/url-{number}")));
        expect_nothing(&browser, url);
        // Nor does it when it is followed.
        browser.script(
            "for (const link of document.querySelectorAll('a[href]')) {
               link.addEventListener('click', event => {
                 if (/^https?:/.test(link.href)) event.preventDefault();
               });
               link.click();
             }",
            &[],
        );
        expect_nothing(&browser, &format!("followed: {url}"));
    }
}

/// Errors, bare views and what is asked for in an address: whatever a browser
/// is told to make of them, it runs nothing.
#[test]
fn nothing_runs_in_errors_and_bare_views() {
    let site = Site::start();
    let host = Host::start(&setup(&site));
    let browser = open(true);
    for (number, text) in TEXTS.iter().enumerate() {
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let encoded = encoded.replace('+', "%20");
        let slug = slug(number);
        // Each address shows the text in another place, one a text is enough
        // for those that do not show the card.
        let mut paths = vec![format!("/c/{slug}/view?as=html")];
        paths.push(match number % 7 {
            0 => format!("/c/{encoded}"),
            1 => format!("/c/{encoded}/embed?theme={encoded}&lang={encoded}"),
            2 => format!("/c/wall?theme={encoded}&lang={encoded}&size={encoded}&done={encoded}"),
            3 => format!("/c/wall/view?as={encoded}"),
            4 => format!("/live?cards={encoded}&as={encoded}"),
            5 => format!("/c/{slug}/view?as=text"),
            _ => format!("/c/{slug}/view?as=markdown"),
        });
        for path in paths {
            browser.goto(&host.url(&path));
            let ran = browser.script("return window.ran ?? []", &[]);
            assert_eq!(ran, json!([]), "{path}");
            let odd = browser.script(FOUND_BARE, &[]);
            assert_eq!(odd, json!([]), "{path}");
        }
    }
}

/// A bare view may run no script at all, not even ours: `sandbox`. The browser
/// is looked at from outside.
const FOUND_BARE: &str = "
    // What the browser itself writes around a text.
    if (document.contentType !== 'text/html') return [];
    const odd = [...document.querySelectorAll('script, iframe, object, embed, base, style')]
      .map(element => element.outerHTML)
      .filter(html => !html.startsWith('<script src=\"/embed/card.js?v='));
    for (const element of document.querySelectorAll('*'))
      for (const { name } of element.attributes)
        if (/^on|^style$|^srcdoc$/i.test(name)) odd.push(name);
    return odd";

/// Says a text on the wall, as a reader of their own.
#[track_caller]
fn say(client: &Client, number: usize, text: &str) {
    let view = client.get("/c/wall/view").send().expect(200).json();
    let offer = offer(&view["root"]).expect("the wall has a button");
    let body = json!({
        "offer": offer,
        "inputs": {"line": text.replace('\n', " "), "lines": text, "list": "wall", "menu": "wall", "chips": "wall", "stars": ""},
        "key": format!("{number:0>22}"),
    });
    let answer = client.post("/c/wall/act").json(&body).send();
    assert_eq!(answer.status, 200, "{text:?}: {answer:?}");
}

fn offer(node: &Value) -> Option<&str> {
    node["offer"]["token"].as_str().or_else(|| {
        let children = node["children"].as_array()?;
        children.iter().find_map(offer)
    })
}
