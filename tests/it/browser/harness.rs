//! The browser itself, on pages of our own: that it does what a reader does, and
//! that each thing the other tests trust it to notice is noticed.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::site::Site;
use serde_json::json;

const PHONE: (u32, u32) = (320, 640);

/// An article with a frame of another site in it: the same server under its
/// other name.
fn article(frame_html: &str) -> Site {
    let site = Site::start();
    let frame = site.url("/frame").replace("localhost", "127.0.0.1");
    site.page("/frame", frame_html);
    site.page(
        "/article",
        format!(
            "<!doctype html><meta name=viewport content='width=device-width'>
             <title>一篇文章</title><h1>圈子</h1>
             <iframe src='{frame}' width=300 height=200 title=card></iframe>"
        ),
    );
    site
}

#[test]
fn acts_in_a_frame_of_another_site() {
    let site = article(
        "<label>名字 <input id=name></label> <button disabled>提交</button> <p></p>
         <script>
           const button = document.querySelector('button');
           document.querySelector('input').oninput = () => button.disabled = false;
           button.onclick = e => {
             if (e.isTrusted) document.querySelector('p').textContent = '你好,' + name.value;
           };
           const name = document.getElementById('name');
         </script>",
    );
    let browser = Browser::open();
    browser.goto(&site.url("/article"));
    assert_eq!(browser.title(), "一篇文章");

    browser.enter(&browser.find("iframe"));
    let name = browser.find("input");
    assert!(browser.find_all("button:enabled").is_empty());
    name.type_text("阿南");
    assert!(browser.focused() == name);
    browser.press("\u{E004}");
    browser.press("\u{E007}");
    assert_eq!(browser.find_text("p", "阿南").text(), "你好,阿南");

    browser.leave();
    let heading = browser.find("h1");
    let seen = (heading.text(), heading.role(), heading.accessible_name());
    assert_eq!(seen, ("圈子".into(), "heading".into(), "圈子".into()));
    let frame = browser.find("iframe");
    assert_eq!(
        browser.script("return arguments[0].title", &[frame.to_argument()]),
        "card"
    );

    let requests = browser.requests();
    let frame = requests
        .iter()
        .find(|request| request.url.ends_with("/frame"));
    let frame = frame.expect("the frame was asked for");
    assert_eq!(frame.method, "GET");
    assert_eq!(frame.header("sec-fetch-site"), "cross-site");
    assert_eq!(frame.header("accept-language"), "zh-CN,zh;q=0.9");
    browser.assert_clean_console();
}

#[test]
fn hears_every_console() {
    let site = article(
        "<meta http-equiv=content-security-policy content=\"script-src 'self'\">
         <p>frame</p><script>blocked()</script><script src=/frame.js></script>",
    );
    site.file(
        "/frame.js",
        "text/javascript",
        "console.warn('from the frame,\\nin two lines')",
    );
    let browser = Browser::open();
    browser.goto(&site.url("/article"));
    browser.script(
        "console.error('from the page'); document.body.append(new Image()); \
         document.images[0].src = '/missing.png'",
        &[],
    );
    let mut said = Vec::new();
    quanka_tests::eventually("four messages", || {
        said.extend(browser.console());
        (said.len() >= 4).then_some(())
    });
    for expected in [
        "Content Security Policy directive",
        "from the frame,\nin two lines",
        "from the page",
        "/missing.png - Failed to load resource",
    ] {
        assert_eq!(
            said.iter()
                .filter(|message| message.contains(expected))
                .count(),
            1,
            "{expected} in {said:#?}"
        );
    }
    browser.assert_clean_console();
}

#[test]
#[should_panic(expected = "the console says:\n\"once\"")]
fn a_console_that_is_not_clean_fails_the_test() {
    let site = article("");
    let browser = Browser::open();
    browser.goto(&site.url("/article"));
    browser.script("console.log('once')", &[]);
    browser.assert_clean_console();
}

#[test]
fn measures_layout_shift() {
    let site = Site::start();
    let page =
        |script: &str| format!("<!doctype html><div></div><p>text</p><script>{script}</script>");
    let grow = "document.querySelector('div').style.height = '200px'";
    site.page("/still", page(grow));
    site.page(
        "/jumps",
        page(&format!(
            "requestAnimationFrame(() => requestAnimationFrame(() => {grow}))"
        )),
    );
    let browser = Browser::open();
    for (path, jumps) in [("/still", false), ("/jumps", true)] {
        browser.goto(&site.url(path));
        let shift = browser.layout_shift();
        assert_eq!(shift > 0.0, jumps, "{path}: {shift}");
    }
}

/// What the page and the frame in it know of the reader, for each kind of reader.
#[test]
fn readers_differ() {
    let site = article(
        "<style>p { color: rgb(0, 0, 0) }
           @media (prefers-color-scheme: dark) { p { color: rgb(255, 255, 255) } }</style>
         <p>still</p>
         <script>
           document.cookie = 'third=1; SameSite=None; Secure';
           document.cookie = 'parted=1; SameSite=None; Secure; Partitioned';
           const p = document.querySelector('p');
           try { p.textContent = 'scripted ' + document.cookie; }
           catch (e) { p.textContent = e.name; }
         </script>",
    );
    let check = |options: Options, expected: serde_json::Value| {
        let browser = Browser::open_with(&options);
        browser.goto(&site.url("/article"));
        let width = browser.script("return innerWidth", &[]);
        browser.enter(&browser.find("iframe"));
        let p = browser.find("p");
        let scale = browser.script("return devicePixelRatio", &[]);
        let seen = json!([width, scale, p.css("color"), p.text()]);
        assert_eq!(seen, expected, "{options:?}");
    };
    let (black, white) = ("rgba(0, 0, 0, 1)", "rgba(255, 255, 255, 1)");
    let (width, height) = PHONE;
    check(Options::new(), json!([1000, 2, black, "scripted parted=1"]));
    check(
        Options::new().viewport(width, height),
        json!([320, 2, black, "scripted parted=1"]),
    );
    check(
        Options::new().dark(),
        json!([1000, 2, white, "scripted parted=1"]),
    );
    check(
        Options::new().without_scripts(),
        json!([1000, 2, black, "still"]),
    );
    check(
        Options::new().with_third_party_cookies(),
        json!([1000, 2, black, "scripted third=1; parted=1"]),
    );
    check(
        Options::new().without_cookies(),
        json!([1000, 2, black, "scripted"]),
    );
}

#[test]
fn takes_a_picture_of_the_whole_page() {
    let site = Site::start();
    site.page(
        "/",
        "<!doctype html><meta name=viewport content='width=device-width'>
         <body style='margin:0; height:2000px'>圈卡",
    );
    let (width, height) = PHONE;
    let browser = Browser::open_with(&Options::new().viewport(width, height));
    browser.goto(&site.url("/"));
    let png = std::fs::read(browser.screenshot("harness")).unwrap();
    // IHDR begins at byte 16 with the width and the height.
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (640, 4000));
}
