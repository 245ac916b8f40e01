//! Around a card: what its publisher says of a reader, what is made for others
//! to paste, pictures, and what an address asks for.

use super::corpus::{ADDRESSES, TEXTS};
use super::{FOUND, FOUND_BARE, expect_nothing, open, setup, slug};
use quanka_tests::browser::Browser;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, Setup};
use quanka_tests::site::Site;
use serde_json::{Value, json};

/// A publisher with a key for each text, by whose name it goes, a circle of that
/// name, and a card in it.
fn publishers() -> Setup {
    let mut setup = Setup::new()
        .guest("parrot")
        .section("limits", "sign_ons_per_minute_per_address = 10000");
    for (number, text) in TEXTS.iter().enumerate() {
        let slug = slug(number);
        let name = json!(text.replace(char::is_control, " "));
        let key = Publisher::new(&slug).key_toml();
        setup = setup
            .entry("publisher", &format!("id = '{slug}'\nname = {name}\n{key}"))
            .entry(
                "circle",
                &format!("id = '{slug}'\npublisher = '{slug}'\nname = {name}"),
            )
            .card(
                &slug,
                "test/parrot",
                &format!("circle = '{slug}'\nconfig.text = 'wall'"),
            );
    }
    setup
}

/// Signs a reader in at a card and acts there, from the card's own page.
const SIGN_IN_AND_ACT: &str = "
    const [slug, jwt] = arguments;
    const post = (path, body) => fetch(path, { method: 'POST',
      headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const signed = await post('/session', { jwt, card: slug });
    if (signed.status !== 200) return (await signed.json()).code;
    const find = node => node.offer?.token ?? (node.children ?? []).map(find).find(Boolean);
    const view = await (await fetch(`/c/${slug}/view?me=1&as=json`)).json();
    const inputs = { line: 'x', lines: 'x', list: 'wall', menu: 'wall', chips: 'wall', stars: '' };
    const key = slug.padEnd(22, '-');
    const acted = await post(`/c/${slug}/act`, { offer: find(view.root), inputs, key });
    return acted.status";

#[test]
fn nothing_runs_that_a_publisher_says_of_its_reader() {
    let host = Host::start(&publishers());
    let browser = open(true);
    let mut names_shown = 0;
    for (number, text) in TEXTS.iter().enumerate() {
        let slug = slug(number);
        let publisher = Publisher::new(&slug);
        let sign_in = |name: &str, avatar: &str| {
            browser.goto(&host.url(&format!("/c/{slug}")));
            let jwt = publisher.token_with(&host.origin(), |claims| {
                claims.insert("name".into(), name.into());
                claims.insert("avatar".into(), avatar.into());
            });
            browser.script_awaited(SIGN_IN_AND_ACT, &[json!(slug), json!(jwt)])
        };
        let name: String = text.chars().take(64).collect();
        let mut claims = vec![(name, format!("https://pictures.example/{text}"))];
        let address = ADDRESSES.get(number);
        claims.extend(address.map(|url| ("安安".to_owned(), (*url).to_owned())));
        for (name, avatar) in claims {
            // A name may be refused, and most addresses are.
            let signed_in = sign_in(&name, &avatar);
            assert!(
                [json!(200), json!("token_invalid")].contains(&signed_in),
                "{name:?} {avatar:?}: {signed_in}"
            );
            browser.goto(&host.url("/me"));
            expect_nothing(&browser, &format!("{name:?} {avatar:?}"));
            if signed_in == 200 {
                let heading = "return document.querySelector('h1').textContent";
                let shown = browser.script(heading, &[]);
                assert_eq!(shown, json!(name.trim()), "the name as it is");
                names_shown += 1;
            }
            bare(&browser, &host.url(&format!("/session?card={slug}")));
        }
    }
    assert!(names_shown > TEXTS.len() / 2, "{names_shown} names");
}

/// What a page has in it after something was pasted, but for what is pasted:
/// elements by their names and attributes, and what ran.
const PASTED: &str = "
    const told = element => [element.localName, ...element.getAttributeNames()].join(' ');
    const all = [...document.querySelector('main').querySelectorAll('*')];
    return [...new Set([...all.map(told), ...ran.map(what => `ran ${what}`)])].sort()";

/// A consumer that puts an answer's `html` into its page as it came, whether it
/// read it as JSON or as XML.
#[test]
fn nothing_runs_where_an_oembed_answer_is_pasted() {
    let (site, consumer) = (Site::start(), Site::start());
    let host = Host::start(&setup(&site));
    let client = host.client();
    let browser = open(true);
    let about = |card: &str| {
        let url: String = form_urlencoded::byte_serialize(host.url(card).as_bytes()).collect();
        format!("/oembed?url={url}")
    };
    let mut pasted = String::new();
    let mut from_json: Vec<Value> = Vec::new();
    for number in 0..TEXTS.len() {
        let path = about(&format!("/c/{}", slug(number)));
        let said = client.get(&path).send().expect(200).json();
        pasted.push_str(said["html"].as_str().expect("it has a frame"));
        let parts = ["html", "title", "author_name", "provider_name"];
        from_json.push(parts.iter().map(|part| said[*part].clone()).collect());
        bare(&browser, &host.url(&path));
        bare(&browser, &host.url(&format!("{path}&format=xml")));
    }
    // Out of sight, so that no frame is loaded: what is in them is tested elsewhere.
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>x</title><main><div hidden>{pasted}</div></main>"
    );
    consumer.page("/consumer", page);
    browser.goto(&consumer.url("/consumer"));
    let expected = json!([
        "div hidden",
        "iframe src title width height frameborder loading referrerpolicy sandbox"
    ]);
    assert_eq!(browser.script(PASTED, &[]), expected);
    let read = "
        const said = [];
        for (const address of arguments[0]) {
          const text = await (await fetch(address)).text();
          const xml = new DOMParser().parseFromString(text, 'text/xml');
          said.push(['html', 'title', 'author_name', 'provider_name']
            .map(name => xml.querySelector(`oembed > ${name}`)?.textContent ?? null));
          if (xml.querySelector('oembed > * > *')) said.push('elements in a text');
        }
        return said";
    let addresses: Vec<String> = (0..TEXTS.len())
        .map(|number| host.url(&about(&format!("/c/{}", slug(number)))) + "&format=xml")
        .collect();
    let from_xml = browser.script_awaited(read, &[json!(addresses)]);
    assert_eq!(from_xml, json!(from_json), "XML says what JSON says");
}

#[test]
fn nothing_runs_that_is_offered_to_be_pasted() {
    let (site, article) = (Site::start(), Site::start());
    let host = Host::start(&setup(&site));
    let browser = open(true);
    let mut pasted = String::new();
    for (number, text) in TEXTS.iter().enumerate() {
        browser.goto(&host.url(&format!("/c/{}/snippets", slug(number))));
        expect_nothing(&browser, text);
        let texts = "return [...document.querySelectorAll('textarea')].map(area => area.value)";
        let texts = browser.script(texts, &[]);
        for text in texts.as_array().into_iter().flatten() {
            pasted.push_str(text.as_str().unwrap_or_default());
        }
    }
    // The element is not the question here, so its script is none.
    let pasted = pasted.replace("/embed/v1.js", "/livez");
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>x</title><main><div hidden>{pasted}</div></main>"
    );
    article.page("/article", page);
    browser.goto(&article.url("/article"));
    let expected = json!([
        "a href",
        "br",
        "circle-card card",
        "div hidden",
        "iframe src title width height frameborder loading referrerpolicy sandbox",
        "img src width height alt",
        "p",
        "script async src"
    ]);
    assert_eq!(browser.script(PASTED, &[]), expected);
}

/// A drawing may be opened as a document of its own, from where no policy
/// follows it: saved, or on a site that took it along.
#[test]
fn a_drawing_is_nothing_but_a_drawing() {
    let (site, other) = (Site::start(), Site::start());
    let host = Host::start(&setup(&site));
    let client = host.client();
    let browser = open(true);
    let found = "
        const odd = (window.ran ?? []).map(String);
        const drawn = ['svg', 'g', 'defs', 'title', 'desc', 'style', 'rect', 'circle', 'ellipse', 'line',
          'path', 'polyline', 'polygon', 'text', 'tspan', 'clipPath', 'linearGradient', 'stop', 'use', 'image'];
        if (document.documentElement.localName !== 'svg') odd.push('no drawing');
        for (const element of document.querySelectorAll('*')) {
          if (!drawn.includes(element.localName)) odd.push(`<${element.localName}>`);
          for (const { localName, value } of element.attributes)
            if (/^on/i.test(localName) || (localName === 'href' && !/^(#|data:image\\/png)/.test(value)))
              odd.push(`${localName}=${value}`);
          if (element.localName === 'style' && /url|import|expression/.test(element.textContent))
            odd.push(element.textContent);
        }
        return odd";
    for (number, text) in TEXTS.iter().enumerate() {
        let path = format!("/c/{}/view?as=svg", slug(number));
        let drawing = client.get(&path).send().expect(200);
        // As it is with us, and elsewhere without any header of ours.
        other.file("/taken.svg", "image/svg+xml", drawing.body);
        for url in [host.url(&path), other.url("/taken.svg")] {
            browser.goto(&url);
            assert_eq!(browser.script(found, &[]), json!([]), "{url}: {text}");
        }
        let inline = client.get(&path).send().text().to_owned();
        let inline = inline.split_once("<svg").map_or("", |(_, rest)| rest);
        other.page(
            "/inline",
            format!("<!doctype html><meta charset=utf-8><title>x</title><main><svg{inline}</main>"),
        );
        browser.goto(&other.url("/inline"));
        assert_eq!(browser.script("return ran", &[]), json!([]), "{text}");
    }
}

/// Everything that an address can ask for, and that may be said again.
const ASKED: &[&str] = &[
    "/c/wall?article=TEXT",
    "/c/wall?article=SITE/TEXT",
    "/c/wall/embed?article=SITE/TEXT&interactive=TEXT",
    "/c/wall?size=TEXT&done=TEXT&lang=zh-CN",
    "/c/wall?theme=TEXT&lang=TEXT&interactive=TEXT",
    "/c/wall/snippets?lang=TEXT",
    "/c/wall/snippets?size=TEXT&article=TEXT",
    "/c/TEXT/snippets",
    "/c/wall/view?as=svg&size=TEXT&lang=TEXT",
    "/c/wall/view?as=png&width=TEXT&lang=TEXT",
    "/c/wall/view?as=html&size=card&lang=TEXT&me=TEXT",
    "/oembed?url=TEXT",
    "/oembed?url=HOST/c/TEXT&format=xml",
    "/oembed?url=HOST/c/wall%3FTEXT&format=TEXT",
    "/oembed?url=HOST/c/wall&maxwidth=TEXT&maxheight=TEXT&format=xml",
    "/session?card=TEXT",
    "/live?cards=wall&ticket=TEXT",
    "/embed/TEXT",
    "/me/TEXT",
    "/TEXT?TEXT=TEXT",
];

#[test]
fn nothing_runs_that_an_address_asks_for() {
    let site = Site::start();
    let host = Host::start(&setup(&site));
    let browser = open(true);
    for (number, text) in TEXTS.iter().chain(ADDRESSES).enumerate() {
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        // Each place has many of the texts, and each text two of the places.
        for turn in [0, 7] {
            let place = ASKED[(number + turn) % ASKED.len()];
            let path = place
                .replace("TEXT", &encoded.replace('+', "%20"))
                .replace("SITE", &site.origin())
                .replace("HOST", &host.origin());
            bare(&browser, &host.url(&path));
            let found = match path.starts_with("/c/wall?") {
                true => browser.script(FOUND, &[]),
                false => json!([]),
            };
            // The way back to an article of the publisher's own site.
            let back = format!("A href={}/", site.origin());
            let found = found.as_array().into_iter().flatten();
            let odd: Vec<&Value> = found
                .filter(|odd| !odd.as_str().is_some_and(|odd| odd.starts_with(&back)))
                .collect();
            assert!(odd.is_empty(), "{path}: {odd:?}");
        }
    }
}

/// No page leads back to where its publisher does not write.
#[test]
fn an_address_leads_back_to_no_other_site() {
    let site = Site::start();
    let host = Host::start(&setup(&site));
    let client = host.client();
    let own = site.origin();
    let cunning = [
        format!("{own}.evil.example/"),
        format!("{own}@evil.example/"),
        format!("https://evil.example/{own}/"),
        format!("https://evil.example#{own}/"),
        format!("javascript:{own}/"),
    ];
    let back = |url: &str| {
        let encoded: String = form_urlencoded::byte_serialize(url.as_bytes()).collect();
        let page = client.get(&format!("/c/wall?article={encoded}")).send();
        page.expect(200).text().contains("qk-back")
    };
    for url in ADDRESSES
        .iter()
        .copied()
        .chain(cunning.iter().map(String::as_str))
    {
        assert!(!back(url), "{url}");
    }
    assert!(back(&format!("{own}/article")));
}

/// Opens what is no document of ours, or may be none.
#[track_caller]
fn bare(browser: &Browser, url: &str) {
    browser.goto(url);
    let ran = browser.script("return window.ran ?? []", &[]);
    assert_eq!(ran, json!([]), "{url}");
    assert_eq!(browser.script(FOUND_BARE, &[]), json!([]), "{url}");
}

/// A trap that catches nothing proves nothing.
#[test]
fn the_corpus_runs_where_nothing_is_escaped() {
    let site = Site::start();
    let browser = open(true);
    let mut ran = 0;
    for text in TEXTS {
        let page =
            format!("<!doctype html><meta charset=utf-8><title>x</title><main>{text}</main>");
        site.page("/", page);
        browser.goto(&site.url("/"));
        let count = browser.script("return ran.length", &[]);
        ran += usize::from(count.as_u64() > Some(0));
    }
    assert!(ran > 10, "{ran} of {}", TEXTS.len());
}
