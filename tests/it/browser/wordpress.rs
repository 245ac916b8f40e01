//! A card in WordPress, which frames what it does not know with scripts and
//! nothing else, and listens to three words (wp-embed.js, WordPress 4.4 to 6.x).

use quanka_tests::browser::Browser;
use quanka_tests::eventually;
use quanka_tests::server::Host;
use quanka_tests::site::Site;
use serde_json::json;

use crate::browser::support::{books, enter_plain_frame};

/// What wp-embed.js does with messages and frames, written down from its rules:
/// a frame is known by its secret, heights are 200 to 1000, a link is followed
/// only to the frame's own host and while the frame has the focus.
const WP_EMBED: &str = r"
    window.heard = [];
    addEventListener('message', ({ data, source }) => {
      if (!data || !(data.secret && data.message && data.value !== undefined)) return;
      if (/[^a-zA-Z0-9]/.test(data.secret)) return;
      for (const frame of document.querySelectorAll(`iframe[data-secret='${data.secret}']`)) {
        if (source !== frame.contentWindow) continue;
        heard.push(data);
        frame.removeAttribute('style');
        if (data.message === 'height')
          frame.height = Math.min(Math.max(parseInt(data.value, 10), 200), 1000);
        if (data.message === 'link') {
          const [from, to] = [new URL(frame.getAttribute('src')), new URL(data.value)];
          if (/^https?:$/.test(to.protocol) && to.host === from.host &&
              document.activeElement === frame) window.top.location.href = data.value;
        }
      }
    });
    addEventListener('load', () => {
      for (const frame of document.querySelectorAll('iframe.wp-embedded-content')) {
        let secret = frame.getAttribute('data-secret');
        if (!secret) {
          secret = Math.random().toString(36).substring(2, 12);
          frame.src += '#?secret=' + secret;
          frame.setAttribute('data-secret', secret);
        }
        frame.contentWindow.postMessage({ message: 'ready', secret }, '*');
      }
    });";

/// A post with the frame that WordPress makes of a link; with the secret in its
/// address, or left to the page's script.
fn post(site: &Site, host: &Host, secret: &str) -> String {
    let src = host.url("/c/vote/embed");
    let named = match secret {
        "" => String::new(),
        secret => format!("#?secret={secret}' data-secret='{secret}"),
    };
    site.page(
        "/post",
        format!(
            "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>一篇文章</title>
             <script>{WP_EMBED}</script>
             <iframe class=wp-embedded-content sandbox=allow-scripts security=restricted
              style='position: absolute; clip-path: inset(50%)' title=card
              src='{src}{named}' width=600 height=338></iframe>"
        ),
    );
    site.url("/post")
}

#[test]
fn a_post_shows_the_whole_card_and_leads_to_it() {
    // Registered or not, a frame without an origin acts for nobody.
    let check = |is_registered: bool, secret: &str| {
        let site = Site::start();
        let stranger = Site::start();
        let registered = if is_registered { &site } else { &stranger };
        let host = Host::start(&books(registered));
        let browser = Browser::open();
        browser.goto(&post(&site, &host, secret));
        let frame = browser.find("iframe");
        let of_content = eventually("a height from the card", || {
            let heard = browser.script("return heard.at(-1)", &[]);
            (heard["message"] == "height").then(|| heard["value"].as_u64().expect("a number"))
        });
        assert!((300..=600).contains(&of_content), "{of_content}");
        eventually("the frame as tall as that", || {
            (frame.property("offsetHeight").as_u64() >= Some(of_content)).then_some(())
        });
        assert_eq!(frame.attribute("style"), "", "WordPress shows it");

        enter_plain_frame(&browser);
        let _ = browser.find_text(".qk-option", "边城");
        assert!(
            browser
                .find_all(".qk-more")
                .iter()
                .all(|more| !more.is_displayed())
        );
        assert!(browser.find_all("button[name=_offer]").is_empty());
        browser.find_text("a", "打开卡片").click();
        browser.leave();
        eventually("the card's own page", || {
            (browser.url() == host.url("/c/vote")).then_some(())
        });
        browser.assert_clean_console();
    };
    check(true, "Abc123");
    check(false, "Abc123");
    check(true, "");
}

/// Words of others, or under another secret, are not heeded.
#[test]
fn a_frame_without_a_secret_says_nothing() {
    let site = Site::start();
    let host = Host::start(&books(&site));
    let src = host.url("/c/vote/embed");
    let browser = Browser::open();
    site.page(
        "/post",
        format!(
            "<!doctype html><meta charset=utf-8><script>
             window.heard = [];
             addEventListener('message', ({{ data }}) => heard.push(data));
             </script>
             <iframe sandbox=allow-scripts title=card src='{src}' width=600 height=600></iframe>"
        ),
    );
    browser.goto(&site.url("/post"));
    enter_plain_frame(&browser);
    let _ = browser.find_text("a", "打开卡片");
    browser.leave();
    browser.script(
        "frames[0].postMessage({ message: 'ready', secret: 'Abc123' }, '*')",
        &[],
    );
    // Handled in order: when this has an answer, that had none.
    enter_plain_frame(&browser);
    browser.leave();
    assert_eq!(browser.script("return heard", &[]), json!([]));
}
