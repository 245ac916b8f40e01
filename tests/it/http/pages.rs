//! `?at=`: the pages inside a card, on every route and surface. By the guest
//! `pages`.

use super::{act, expect_error, key, nodes, offer, text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quanka_tests::client::{Answer, Client};
use quanka_tests::events::Events;
use quanka_tests::server::{Host, Setup};
use serde_json::{Value, json};

const TAG: &str = "tag/跑步";
const ODD: &str = "tag/a&b = \"c\",~";

#[track_caller]
fn start() -> Host {
    Host::start(&Setup::new().guest("pages").card("life", "test/pages", ""))
}

fn encoded(at: &str) -> String {
    form_urlencoded::byte_serialize(at.as_bytes()).collect()
}

#[track_caller]
fn view(client: &Client, at: &str) -> Value {
    let path = format!("/c/life/view?at={}", encoded(at));
    client.get(&path).send().expect(200).json()
}

fn tap(client: &Client, token: &str, at: &str, name: &str) -> Answer {
    let path = format!("/c/life/act?at={}", encoded(at));
    let body = json!({"offer": token, "key": key(name)});
    client.post(&path).json(&body).send()
}

/// Which page a view object is of, and how often its button was tapped there.
fn said(view: &Value) -> String {
    let texts = nodes(&view["root"]).into_iter();
    let taps = texts.map(|node| text(&node["content"]));
    let taps = taps.filter(|text| text.starts_with("点了"));
    format!("{}: {}", text(&view["title"]), taps.collect::<String>())
}

fn as_browser(client: &Client, path: &str) -> Answer {
    client.get(path).header("accept", "text/html").send()
}

#[test]
fn every_surface_shows_the_page_and_links_to_others() {
    let host = start();
    let client = host.client();
    let to = |at: &str| host.url(&format!("/c/life?at={}", encoded(at)));
    let object = view(&client, TAG);
    assert_eq!(object["at"], TAG);
    assert_eq!(object["title"], TAG);
    let nodes = nodes(&object["root"]);
    let links: Vec<_> = nodes.iter().filter(|node| node["kind"] == "link").collect();
    let of_links = |name: &str| links.iter().map(|link| &link[name]).collect::<Vec<_>>();
    assert_eq!(of_links("at"), ["", TAG, ODD]);
    assert_eq!(of_links("url"), [&host.url("/c/life"), &to(TAG), &to(ODD)]);
    let rich = nodes.iter().find(|node| node["kind"] == "rich").unwrap();
    assert_eq!(rich["spans"][1]["url"], to(TAG));
    assert_eq!(rich["spans"][1]["at"], TAG);

    for (surface, count) in [("html", 3), ("text", 3), ("markdown", 3)] {
        let path = format!("/c/life/view?as={surface}&at={}", encoded(TAG));
        let written = client.get(&path).send().expect(200).text().to_owned();
        // Two links, and the way to where the card can be acted on.
        assert_eq!(written.matches(&to(TAG)).count(), count, "{written}");
        assert!(written.contains(&to(ODD)), "{written}");
        assert!(!written.contains("card:"), "{written}");
    }
    let first = client.get("/c/life/view").send().expect(200).json();
    assert_eq!(
        (&first["at"], &first["title"]),
        (&json!(""), &json!("首页"))
    );
    assert_eq!(view(&client, ""), first);
    for surface in ["svg", "png"] {
        let path = format!("/c/life/view?as={surface}&at={}", encoded(TAG));
        let _ = client.get(&path).send().expect(200);
    }
}

#[test]
fn documents_keep_to_the_page() {
    let host = start();
    let client = host.client();
    let at = encoded(TAG);
    let own = host.url(&format!("/c/life?at={at}"));
    let page = as_browser(&client, &format!("/c/life?lang=zh-CN&at={at}")).expect(200);
    let html = page.text();
    let packed = URL_SAFE_NO_PAD.encode(TAG);
    for part in [
        format!("<link rel=\"canonical\" href=\"{own}\">"),
        format!("<meta property=\"og:url\" content=\"{own}\">"),
        format!("data-qk-page=\"{own}\""),
        format!("data-place=\"life~feed~zh-CN~~{packed}\""),
        format!("href=\"/c/life?lang=zh-CN&amp;at={at}\" data-at=\"{TAG}\" aria-current=\"page\""),
        "href=\"/c/life?lang=zh-CN\" data-at=\"\"".to_owned(),
        format!("&amp;at={at}\" data-qk-form"),
        format!("/oembed?url={}", encoded(&own)),
        host.url("/c/life/snippets"),
    ] {
        assert!(html.contains(&part), "{part} in {html}");
    }
    assert!(page.header("link").contains(&encoded(&own)), "{page:?}");

    // Where it may only be looked at, so it stays.
    let frame = as_browser(&client, &format!("/c/life/embed?theme=dark&at={at}")).expect(200);
    let html = frame.text();
    let way =
        format!("href=\"/c/life/embed?theme=dark&amp;lang=zh-CN&amp;interactive=0&amp;at={at}\"");
    assert!(html.contains(&way), "{html}");
    assert!(html.contains(&format!(
        "<a class=\"qk-button qk-button-primary\" href=\"{own}\""
    )));
}

#[test]
fn an_action_is_of_the_page_that_offered_it() {
    let host = start();
    let client = host.client();
    let token = offer(&view(&client, TAG), "加一");
    let done = tap(&client, &token, TAG, "one").expect(200);
    let done = done.json();
    assert_eq!(done["outcome"]["toast"]["text"], format!("在{TAG}"));
    assert_eq!(said(&done["view"]), format!("{TAG}: 点了 1 次"));
    assert_eq!(done["view"]["at"], TAG);
    // Whatever page the answer shows, it counts where it was offered.
    let done = tap(&client, &token, ODD, "two").expect(200).json();
    assert_eq!(done["outcome"]["toast"]["text"], format!("在{TAG}"));
    assert_eq!(said(&done["view"]), format!("{ODD}: 点了 0 次"));
    assert_eq!(said(&view(&client, TAG)), format!("{TAG}: 点了 2 次"));
    assert_eq!(said(&view(&client, "")), "首页: 点了 0 次");
    // A repeat shows the page that it names; without one, the first.
    let again = tap(&client, &token, TAG, "two").expect(200).json();
    assert_eq!(said(&again["view"]), format!("{TAG}: 点了 2 次"));
    let body = json!({"offer": token, "key": key("two")});
    let again = act(&client, "life", &body).send().expect(200).json();
    assert_eq!(said(&again["view"]), "首页: 点了 0 次");
    assert_eq!(again["repeated"], true);
}

#[test]
fn a_form_leads_back_to_its_page() {
    let host = start();
    let client = host.client();
    let at = encoded(TAG);
    let page = as_browser(&client, &format!("/c/life?at={at}")).expect(200);
    let document = page.text();
    let form = |label: &str| {
        let before = document
            .split(&format!(">{label}</button>"))
            .next()
            .unwrap();
        let action = last(before, "action=\"").replace("&amp;", "&");
        (action, last(before, "name=\"_offer\" value=\"").to_owned())
    };
    let (action, token) = form("加一");
    let send = client.post(&action).form(&[("_offer", &token)]).send();
    let done = send.expect(303);
    let to = done.header("location");
    assert!(
        to.starts_with("/c/life?") && to.ends_with(&format!("&at={at}")),
        "{to}"
    );
    let after = client.get(to).header("cookie", &done.cookies()).send();
    let after = after.expect(200).text().to_owned();
    assert!(
        after.contains(&format!("在{TAG}")) && after.contains("点了 1 次"),
        "{after}"
    );

    let (action, token) = form("出错");
    let fields = [("_offer", token.as_str()), ("line", "写过的")];
    let refused = client.post(&action).form(&fields).send().expect(422);
    let refused = refused.text();
    assert!(
        refused.contains("请换一个词") && refused.contains("写过的"),
        "{refused}"
    );
    assert!(refused.contains(&format!("<h3 class=\"qk-heading qk-heading-2\">{TAG}</h3>")));
}

/// What stands behind the last of a mark, up to the next quote.
#[track_caller]
fn last<'a>(text: &'a str, mark: &str) -> &'a str {
    let (_, rest) = text.rsplit_once(mark).expect("the mark is there");
    rest.split('"').next().unwrap_or_default()
}

#[test]
fn a_page_that_is_not_there_is_404_and_nobodys_fault() {
    let host = start();
    let client = host.client();
    // More than faults that would pause a plugin.
    for number in 0..20 {
        let answer = client.get(&format!("/c/life/view?at=nope/{number}")).send();
        expect_error(&answer, 404, "page_unknown");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(said(&view(&client, "")), "首页: 点了 0 次");
    for path in ["/c/life/live?at=nope", "/c/life/view?as=png&at=nope"] {
        expect_error(&client.get(path).send(), 404, "page_unknown");
    }
    let url = host.url("/c/life?at=nope");
    let oembed = client.get(&format!("/oembed?url={}", encoded(&url))).send();
    expect_error(&oembed, 404, "page_unknown");
    for (path, way) in [
        ("/c/life?at=nope&lang=en&done=act_1", "/c/life?lang=en"),
        (
            "/c/life/embed?at=nope&theme=dark",
            "/c/life/embed?theme=dark&amp;interactive=0",
        ),
    ] {
        let document = as_browser(&client, path).expect(404);
        let html = document.text();
        assert!(html.contains("这一页不在了"), "{html}");
        assert!(html.contains(&format!("href=\"{way}\"")), "{html}");
    }
    assert!(!host.log().contains("returned an error"), "{}", host.log());
    // A plugin that fails on a page does so as everywhere.
    expect_error(
        &client.get("/c/life/view?at=trap").send(),
        500,
        "plugin_fault",
    );
    // An action needs no page to be shown on.
    let token = offer(&view(&client, ""), "加一");
    let done = tap(&client, &token, "nope", "one").expect(200).json();
    assert_eq!(said(&done["view"]), "首页: 点了 1 次");
}

#[test]
fn a_page_that_was_removed_is_gone_for_all_who_look() {
    let host = start();
    let client = host.client();
    let at = encoded(TAG);
    let packed = URL_SAFE_NO_PAD.encode(TAG);
    let alone = Events::open(&host, &format!("/c/life/live?at={at}"), &[]);
    let both = Events::open(&host, &format!("/live?cards=life~~~~{packed},life"), &[]);
    let shown = alone.view_of("life");
    assert_eq!(shown["at"], TAG);
    assert_eq!(shown["place"], format!("life~standard~zh-CN~~{packed}"));
    let mut places = [both.next().json(), both.next().json()].map(|view| view["at"].to_string());
    places.sort();
    assert_eq!(places, ["\"\"".to_owned(), json!(TAG).to_string()]);

    let token = offer(&view(&client, TAG), "加一");
    let _ = tap(&client, &token, TAG, "add").expect(200);
    for stream in [&alone, &both] {
        let pushed = stream.view_of("life");
        assert_eq!(said(&pushed["view"]), format!("{TAG}: 点了 1 次"));
    }
    let version = text(&view(&client, TAG)["version"]).to_owned();

    let token = offer(&view(&client, TAG), "删掉");
    let done = tap(&client, &token, TAG, "remove").expect(200).json();
    // There is something to be seen all the same.
    assert_eq!(done["outcome"]["toast"]["text"], "删掉了");
    assert_eq!(done["view"]["at"], "");
    for stream in [&alone, &both] {
        let event = stream.next();
        assert_eq!(event.name, "gone");
        let gone = event.json();
        assert_eq!(gone["card"], "life");
        assert_eq!(gone["at"], TAG);
        assert_eq!(gone["place"], shown["place"]);
    }
    // What was shown before is not brought back.
    let answer = client.get(&format!("/c/life/view?at={at}")).send();
    expect_error(&answer, 404, "page_unknown");
    // Whoever has it learns that it is gone, and a script can hear that.
    let late = Events::open(&host, &format!("/c/life/live?at={at}&have={version}"), &[]);
    assert_eq!(late.next().name, "gone");
    expect_error(
        &client.get(&format!("/c/life/live?at={at}")).send(),
        404,
        "page_unknown",
    );
    // A form's reader is led to what there is.
    let page = as_browser(&client, "/c/life").expect(200);
    let before = page
        .text()
        .split(">加一</button>")
        .next()
        .unwrap_or_default();
    let action = last(before, "action=\"").replace("&amp;", "&");
    let token = last(before, "name=\"_offer\" value=\"");
    let gone = format!("{action}&at={at}");
    let done = client
        .post(&gone)
        .form(&[("_offer", token)])
        .send()
        .expect(303);
    assert!(!done.header("location").contains("at="), "{done:?}");
}

/// A page may be there for some and not for others.
#[test]
fn a_page_of_readers_alone_is_there_for_them() {
    let host = start();
    let client = host.client();
    expect_error(
        &client.get("/c/life/view?at=mine").send(),
        404,
        "page_unknown",
    );
    let token = offer(&view(&client, ""), "加一");
    let cookies = tap(&client, &token, "", "one").expect(200).cookies();
    let own = || {
        let request = client.get("/c/life/view?at=mine&me=1");
        request.header("cookie", &cookies).send().expect(200).json()
    };
    assert_eq!(own()["at"], "mine");
    expect_error(
        &client.get("/c/life/view?at=mine").send(),
        404,
        "page_unknown",
    );
    assert_eq!(own()["private"], true);
}

#[test]
fn what_is_no_place_is_refused_everywhere() {
    let host = start();
    let client = host.client();
    let long = "a".repeat(257);
    for bad in ["%00", "a%0Ab", "%FF", "%C2%85", "%EF%BF%BD", &long] {
        for path in [
            "/c/life?at=",
            "/c/life/embed?at=",
            "/c/life/view?at=",
            "/c/life/live?at=",
            "/live?cards=life&at=",
        ] {
            let answer = client.get(&format!("{path}{bad}")).send();
            expect_error(&answer, 400, "bad_request");
        }
        let body = json!({"offer": "x", "key": key("one")});
        let path = format!("/c/life/act?at={bad}");
        expect_error(&client.post(&path).json(&body).send(), 400, "bad_request");
        let url = format!("{}?at={bad}", host.url("/c/life"));
        let oembed = client.get(&format!("/oembed?url={}", encoded(&url))).send();
        expect_error(&oembed, 404, "card_unknown");
    }
    // A browser's reader gets a document.
    let document = as_browser(&client, "/c/life/embed?at=%00").expect(400);
    assert!(document.text().contains("data-qk-notice"), "{document:?}");
    for packed in ["*", "YQ==", "_w", "Cg", &URL_SAFE_NO_PAD.encode(&long)] {
        let path = format!("/live?cards=life~~~~{}", encoded(packed));
        expect_error(&client.get(&path).send(), 400, "bad_request");
    }
    // As long as one may be.
    let answer = client
        .get(&format!("/c/life/view?at={}", "a".repeat(256)))
        .send();
    expect_error(&answer, 404, "page_unknown");
}

#[test]
fn a_pasted_link_to_a_page_is_a_frame_of_it() {
    let host = start();
    let client = host.client();
    for at in [TAG, ODD] {
        let at = encoded(at);
        let url = host.url(&format!("/c/life?at={at}&utm_source=x"));
        let answer = client.get(&format!("/oembed?url={}", encoded(&url))).send();
        let said = answer.expect(200).json();
        let frame = host.url(&format!("/c/life/embed?at={at}"));
        assert!(
            text(&said["html"]).contains(&format!("src=\"{frame}\"")),
            "{said}"
        );
        let picture = text(&said["thumbnail_url"]);
        assert!(picture.contains(&format!("&at={at}&v=")), "{picture}");
        let path = picture.strip_prefix(&host.origin()).expect("it is here");
        let _ = client.get(path).send().expect(200);
    }
}

/// Anybody can make up where a list goes on, and none of it is the plugin's
/// fault: after many of them it still draws for all others.
#[test]
fn a_place_in_a_list_that_there_is_not_pauses_nobody() {
    let setup = Setup::new()
        .plugin("circle")
        .card("beike", "quanka/circle", "");
    let host = Host::start(&setup);
    let client = host.client();
    for number in 0..30 {
        for list in ["posts/latest", "posts/hot", "members"] {
            let path = format!("/c/beike/view?at={list}/made-up-{number}");
            let answer = client.get(&path).send();
            expect_error(&answer, 404, "page_unknown");
        }
    }
    let _ = client.get("/c/beike/view").send().expect(200);
    assert!(!host.log().contains("quanka::fault"), "{}", host.log());
}
