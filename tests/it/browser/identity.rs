//! Readers who are somebody: the article's site says who, one frame of the
//! page sees to it, and all the others know.

use quanka_tests::browser::{Browser, Options};
use quanka_tests::eventually;
use quanka_tests::proxy::Proxy;
use quanka_tests::publisher::Publisher;
use quanka_tests::server::{Host, PUBLISHER};
use quanka_tests::site::Site;
use serde_json::{Value, json};

use crate::browser::looks::assert_flawless;
use crate::browser::support::{
    BOOKS, article, books, choose, enter_card, heard, results, tap_vote, toast, turnout,
};

const CARDS: &str = "<circle-card card='HOST/c/members'></circle-card>
                     <circle-card card='HOST/c/vote'></circle-card>
                     <circle-card card='HOST/c/third'></circle-card>";

/// An article with three cards, the first for those who are signed in, and the
/// line to their host.
struct Reading {
    site: Site,
    line: Proxy,
    host: Host,
    publisher: Publisher,
}

#[track_caller]
fn reading() -> Reading {
    let (site, line) = (Site::start(), Proxy::start());
    let publisher = Publisher::new(PUBLISHER);
    let members = format!("{BOOKS}\nwho = 'signed-in'");
    let setup = books(&site)
        .publisher(&publisher)
        .card("members", "quanka/poll", &members)
        .card("third", "quanka/poll", BOOKS)
        .section("server", &format!("public_url = '{}'", line.origin()));
    let host = Host::start(&setup);
    line.lead_to(&host.origin());
    Reading {
        site,
        line,
        host,
        publisher,
    }
}

impl Reading {
    fn article(&self, body: &str) -> String {
        article(&self.site, &self.line.origin(), body)
    }

    fn token(&self, sub: &str, name: &str) -> String {
        self.publisher.token(&self.line.origin(), sub, name)
    }

    /// How many tokens were brought to the host.
    fn redeemed(&self) -> usize {
        self.line.asked("POST /session ").len()
    }
}

/// The page hands a token to a card.
fn sign_in(browser: &Browser, card: &str, jwt: &str) {
    browser.leave();
    let body = "document.querySelector(`circle-card[card$='/c/${arguments[0]}']`)
                  .signIn(arguments[1])";
    browser.script(body, &[json!(card), json!(jwt)]);
}

/// Waits until the article has heard something.
#[track_caller]
fn hears(browser: &Browser, what: &str) -> Value {
    browser.leave();
    eventually(what, || {
        let heard = heard(browser);
        heard.into_iter().find(|event| event[0] == what)
    })
}

/// Waits until a card knows its reader.
#[track_caller]
fn knows_its_reader(browser: &Browser, card: &str) {
    enter_card(browser, card);
    let _ = browser.find(".qk-account");
}

fn kept_for_the_tab(browser: &Browser, card: &str) -> Value {
    enter_card(browser, card);
    browser.script("return sessionStorage.length", &[])
}

#[test]
fn a_tap_waits_for_its_reader() {
    let reading = reading();
    let browser = Browser::open();
    browser.goto(&reading.article(CARDS));
    enter_card(&browser, "members");
    choose(&browser, "边城");
    tap_vote(&browser);
    // The host's own words stand there until the script that asks is loaded.
    let _ = browser.find_text(".qk-form-message", "登录之后");
    assert_eq!(hears(&browser, "auth-required")[1], "members");
    enter_card(&browser, "members");
    browser.find_text(".qk-retry", "登录").click();
    browser.leave();
    eventually("to be asked again", || {
        let heard = heard(&browser);
        let asked = heard.iter().filter(|event| event[0] == "auth-required");
        (asked.count() == 2).then_some(())
    });
    assert_eq!(turnout(&reading.host.client(), "members"), "还没有人投票");

    sign_in(&browser, "members", &reading.token("reader-1", "阿南"));
    enter_card(&browser, "members");
    assert_eq!(toast(&browser), "已投票", "by itself");
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
    assert_eq!(turnout(&reading.host.client(), "members"), "1 人参与");
    for card in ["vote", "third"] {
        knows_its_reader(&browser, card);
    }
    assert_eq!(reading.redeemed(), 1, "one frame for all");
    assert_eq!(kept_for_the_tab(&browser, "vote"), 0, "the cookie says it");

    browser.leave();
    browser.reload();
    enter_card(&browser, "members");
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
    let asked = reading.line.asked("");
    assert!(asked.iter().all(|line| !line.contains("eyJ")), "{asked:?}");
}

/// A page that tells every card who its reader is, before any of them is there.
#[test]
fn one_token_is_redeemed_once_whoever_is_handed_it() {
    let reading = reading();
    let browser = Browser::open();
    let below = format!("<div style='height: 4000px'></div>{CARDS}");
    browser.goto(&reading.article(&below));
    let _ = browser.find_by_script("document.querySelector('circle-card').shadowRoot");
    let jwt = reading.token("reader-1", "阿南");
    for card in ["members", "vote", "third"] {
        sign_in(&browser, card, &jwt);
    }
    assert_eq!(reading.redeemed(), 0);
    assert!(
        reading.line.asked("GET /c/").is_empty(),
        "nothing is loaded for it"
    );
    for card in ["members", "vote", "third"] {
        knows_its_reader(&browser, card);
    }
    assert_eq!(reading.redeemed(), 1);
    browser.leave();
    assert!(heard(&browser).iter().all(|event| event[0] != "error"));
    browser.assert_clean_console();
}

#[test]
fn what_a_stranger_did_is_still_theirs_when_they_have_a_name() {
    let reading = reading();
    let browser = Browser::open();
    browser.goto(&reading.article(CARDS));
    enter_card(&browser, "vote");
    choose(&browser, "呼兰河传");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(kept_for_the_tab(&browser, "vote"), 0, "the cookie says it");
    sign_in(&browser, "members", &reading.token("reader-1", "阿南"));
    knows_its_reader(&browser, "members");
    enter_card(&browser, "vote");
    assert_eq!(results(&browser)[1], "《呼兰河传》萧红 ✓ 你的选择 1 · 100%");
    browser.find_text("summary", "改投").click();
    choose(&browser, "老人与海");
    tap_vote(&browser);
    let _ = browser.find_text(".qk-toast", "已改投");
    assert_eq!(turnout(&reading.host.client(), "vote"), "1 人参与");
}

/// A browser that keeps no cookie of a frame's: the tab keeps the session.
#[test]
fn without_a_cookie_the_tab_keeps_the_session() {
    let reading = reading();
    reading.line.lose_cookies();
    let browser = Browser::open();
    browser.goto(&reading.article(CARDS));
    enter_card(&browser, "members");
    sign_in(&browser, "vote", &reading.token("reader-1", "阿南"));
    for card in ["members", "vote", "third"] {
        knows_its_reader(&browser, card);
    }
    assert_eq!(kept_for_the_tab(&browser, "third"), 1);
    enter_card(&browser, "members");
    choose(&browser, "边城");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    let own = || results(&browser).first().cloned().unwrap_or_default();
    assert_eq!(own(), "《边城》沈从文 ✓ 你的选择 1 · 100%");

    // The stream is theirs too, by a ticket each time.
    eventually("a stream with a ticket", || {
        let streams = reading.line.asked("GET /live?");
        streams.last()?.contains("&ticket=").then_some(())
    });
    browser.leave();
    browser.reload();
    enter_card(&browser, "members");
    eventually("their own view", || {
        (own() == "《边城》沈从文 ✓ 你的选择 1 · 100%").then_some(())
    });
    assert_eq!(reading.redeemed(), 1);

    // Signed out in another window, the tab forgets.
    let token = browser.script("return sessionStorage.getItem('quanka-session')", &[]);
    let token = token.as_str().expect("it is kept").to_owned();
    let asked = reading.line.asked("");
    assert!(asked.iter().all(|line| !line.contains(&token)), "{asked:?}");
    let client = reading.host.client();
    let out = client.request("DELETE", "/session?everywhere=1");
    let out = out.header("authorization", &format!("Bearer {token}"));
    let _ = out.send().expect(204);
    browser.leave();
    browser.reload();
    eventually("the tab to forget", || {
        (kept_for_the_tab(&browser, "members") == 0).then_some(())
    });
    enter_card(&browser, "members");
    assert!(browser.find_all(".qk-account, .qk-meter").is_empty());
}

/// An anonymous reader is one reader too, whichever card they tap.
#[test]
fn without_a_cookie_a_stranger_is_one_reader() {
    let reading = reading();
    reading.line.lose_cookies();
    let browser = Browser::open();
    browser.goto(&reading.article(CARDS));
    enter_card(&browser, "vote");
    choose(&browser, "呼兰河传");
    tap_vote(&browser);
    assert_eq!(toast(&browser), "已投票");
    browser.find_text("summary", "改投").click();
    choose(&browser, "老人与海");
    tap_vote(&browser);
    let _ = browser.find_text(".qk-toast", "已改投");
    assert_eq!(turnout(&reading.host.client(), "vote"), "1 人参与");
    eventually("the tab to keep it", || {
        (kept_for_the_tab(&browser, "third") == 1).then_some(())
    });

    let own = || results(&browser).last().cloned().unwrap_or_default();
    browser.leave();
    browser.reload();
    enter_card(&browser, "vote");
    eventually("their own view", || {
        own().contains("✓ 你的选择 1").then_some(())
    });

    // It is theirs when they have a name.
    sign_in(&browser, "members", &reading.token("reader-1", "阿南"));
    knows_its_reader(&browser, "members");
    enter_card(&browser, "vote");
    eventually("their own view, with a name", || {
        own().contains("✓ 你的选择 1").then_some(())
    });
    assert_eq!(turnout(&reading.host.client(), "vote"), "1 人参与");
}

/// No cookie and no storage: it lasts as long as the page.
#[test]
fn where_nothing_is_kept_the_page_knows_its_reader() {
    let reading = reading();
    let browser = Browser::open_with(&Options::new().without_cookies());
    browser.goto(&reading.article(CARDS));
    enter_card(&browser, "members");
    choose(&browser, "边城");
    tap_vote(&browser);
    let _ = hears(&browser, "auth-required");
    sign_in(&browser, "members", &reading.token("reader-1", "阿南"));
    enter_card(&browser, "members");
    assert_eq!(toast(&browser), "已投票");
    assert_eq!(results(&browser)[0], "《边城》沈从文 ✓ 你的选择 1 · 100%");
    assert_eq!(turnout(&reading.host.client(), "members"), "1 人参与");
}

#[test]
fn a_token_that_is_refused_is_said_to_the_page() {
    let reading = reading();
    let browser = Browser::open();
    browser.goto(&reading.article(CARDS));
    enter_card(&browser, "members");
    sign_in(&browser, "members", "not.a.token");
    let error = hears(&browser, "error");
    assert_eq!(error[2]["code"], "token_invalid", "{error}");
    assert!(!error[2]["message"].as_str().unwrap_or_default().is_empty());
    // Another one is good for another try.
    sign_in(&browser, "members", &reading.token("reader-1", "阿南"));
    knows_its_reader(&browser, "vote");
}

/// A site that is not the publisher's can sign nobody in.
#[test]
fn where_cards_are_only_looked_at_nobody_is_signed_in() {
    let reading = reading();
    let other = Site::start();
    let browser = Browser::open();
    browser.goto(&article(&other, &reading.line.origin(), CARDS));
    enter_card(&browser, "vote");
    sign_in(&browser, "vote", &reading.token("reader-1", "阿南"));
    assert_eq!(hears(&browser, "error")[2]["code"], "read_only");
    assert_eq!(reading.redeemed(), 0);
}

/// Two publishers' sites each know their reader by another name, in one browser.
#[test]
fn each_site_has_its_own_reader() {
    let (daily_site, line) = (Site::start(), Proxy::start());
    let evening_site = Site::start();
    let at_evening = |url: String| url.replace("//localhost", "//evening.localhost");
    let (daily, evening) = (Publisher::new(PUBLISHER), Publisher::new("evening"));
    let members = format!("{BOOKS}\nwho = 'signed-in'");
    let setup = books(&daily_site)
        .publisher(&daily)
        .entry(
            "publisher",
            &format!(
                "id = 'evening'\nname = '晚报'\norigins = ['{}']\n{}",
                at_evening(evening_site.origin()),
                evening.key_toml()
            ),
        )
        .entry(
            "circle",
            "id = 'evening'\npublisher = 'evening'\nname = '晚报圈'",
        )
        .card("members", "quanka/poll", &members)
        .card(
            "late",
            "quanka/poll",
            &format!("circle = 'evening'\n{members}"),
        )
        .section("server", &format!("public_url = '{}'", line.origin()));
    let host = Host::start(&setup);
    line.lead_to(&host.origin());
    let card = |slug: &str| format!("<circle-card card='HOST/c/{slug}'></circle-card>");
    let daily_url = article(&daily_site, &line.origin(), &card("members"));
    let evening_url = at_evening(article(&evening_site, &line.origin(), &card("late")));

    let browser = Browser::open();
    for (url, slug, publisher, option) in [
        (&daily_url, "members", &daily, "边城"),
        (&evening_url, "late", &evening, "呼兰河传"),
    ] {
        browser.goto(url);
        enter_card(&browser, slug);
        choose(&browser, option);
        tap_vote(&browser);
        let _ = hears(&browser, "auth-required");
        sign_in(
            &browser,
            slug,
            &publisher.token(&line.origin(), slug, "读者"),
        );
        enter_card(&browser, slug);
        assert_eq!(toast(&browser), "已投票", "{slug}");
        assert_eq!(turnout(&host.client(), slug), "1 人参与");
    }
    for (url, slug, at) in [(&daily_url, "members", 0), (&evening_url, "late", 1)] {
        browser.leave();
        browser.goto(url);
        enter_card(&browser, slug);
        let own = &results(&browser)[at];
        assert!(own.contains("✓ 你的选择 1"), "{slug}: {own}");
    }
    // The other publisher's token is none here.
    sign_in(
        &browser,
        "late",
        &daily.token(&line.origin(), "late", "读者"),
    );
    assert_eq!(hears(&browser, "error")[2]["code"], "token_invalid");
}

/// A frame's cookies are not those of a window of its own: a ticket brings the
/// reader there.
#[test]
fn a_window_of_its_own_shows_the_readers_data() {
    let reading = reading();
    let check = |loses_cookies: bool| {
        if loses_cookies {
            reading.line.lose_cookies();
        }
        let browser = Browser::open();
        browser.goto(&reading.article(CARDS));
        enter_card(&browser, "members");
        sign_in(&browser, "members", &reading.token("reader-1", "阿南"));
        knows_its_reader(&browser, "vote");
        browser.find_text(".qk-account", "我的数据").click();
        browser.in_opened_window(|| {
            eventually("the account", || {
                (browser.url() == format!("{}/me", reading.line.origin())).then_some(())
            });
            if !loses_cookies {
                let who = browser.script_awaited(
                    "return (await (await fetch('/session')).json()).signed_in",
                    &[],
                );
                assert_eq!(who, true);
            }
        });
    };
    check(false);
    check(true);
}

/// What a reader sees of their own data, before and after they have a name;
/// pictures are left under `target/screenshots`.
#[test]
fn their_data_fits_a_small_phone() {
    let check = |options: &Options, theme: &str| {
        let reading = reading();
        let browser = Browser::open_with(options);
        let page = |path: &str| format!("{}{path}", reading.line.origin());
        let look = |who: &str| {
            for width in [320, 390] {
                browser.resize(width, 1000);
                for path in ["/me", "/me/delete", "/c/vote"] {
                    browser.goto(&page(path));
                    let place = format!("account-{who}-{theme}-{width}{}", path.replace('/', "-"));
                    assert_flawless(&browser, &[], &place);
                    let top = "return document.querySelector('main').offsetTop < 120";
                    assert_eq!(browser.script(top, &[]), true, "{place}");
                    browser.screenshot(&place);
                }
            }
        };
        browser.goto(&page("/c/vote"));
        choose(&browser, "呼兰河传");
        tap_vote(&browser);
        assert_eq!(toast(&browser), "已投票");
        look("stranger");
        let name = "一位名字很长的读者朋友以及她的猫";
        let status = browser.script_awaited(
            "const body = JSON.stringify({ jwt: arguments[0], card: 'members' });
             const headers = { 'Content-Type': 'application/json' };
             return (await fetch('/session', { method: 'POST', headers, body })).status",
            &[json!(reading.token("reader-1", name))],
        );
        assert_eq!(status, 200);
        look("reader");
    };
    check(&Options::new(), "light");
    check(&Options::new().dark(), "dark");
}
