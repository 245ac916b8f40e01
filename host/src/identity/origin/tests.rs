use super::*;

const HERE: &str = "https://cards.example";

#[test]
fn only_own_pages_and_other_programs_may_act() {
    fn check(sec_fetch_site: Option<&str>, origin: Option<&str>, expected: &str) {
        let request = Provenance {
            sec_fetch_site,
            origin,
        };
        let said = match same_site(request, &HERE.parse().unwrap()) {
            Ok(()) => "may act".to_owned(),
            Err(why) => why.to_string(),
        };
        assert_eq!(said, expected, "for {request:?}");
    }
    let no_site = |site| format!("Sec-Fetch-Site is {site:?}; only same-origin requests may act");
    let no_origin = |origin| format!("Origin is {origin:?}; only this host's own pages may act");
    check(None, None, "may act");
    check(Some("same-origin"), Some(HERE), "may act");
    check(Some("same-origin"), None, "may act");
    check(Some("none"), None, "may act");
    check(None, Some(HERE), "may act");
    for site in [
        "cross-site",
        "same-site",
        "",
        "Same-Origin",
        "same-origin, none",
    ] {
        check(Some(site), None, &no_site(site));
        // A good Origin does not make up for it.
        check(Some(site), Some(HERE), &no_site(site));
    }
    for origin in [
        "null",
        "",
        "https://evil.example",
        "http://cards.example",
        "https://cards.example:8443",
        "https://cards.example.evil.example",
        "https://cards.example/",
        "https://cards.example, https://cards.example",
    ] {
        check(None, Some(origin), &no_origin(origin));
    }
}

#[test]
fn frames_are_interactive_on_registered_sites_only() {
    fn check(referer: Option<&str>, expected: Mode) {
        let publisher = ["https://news.example", "http://localhost:7879"];
        let publisher = publisher.map(|origin| origin.parse().unwrap());
        let found = mode(referer, &publisher, &HERE.parse().unwrap());
        assert_eq!(found, expected, "for {referer:?}");
    }
    for known in [
        "https://news.example/",
        "https://news.example",
        "https://news.example:443/2026/article?x=1",
        "https://NEWS.example/",
        "http://localhost:7879/a.html",
        "https://cards.example/c/vote/embed?size=standard",
    ] {
        check(Some(known), Mode::Interactive);
    }
    check(None, Mode::ReadOnly);
    for unknown in [
        "",
        "null",
        "about:srcdoc",
        "/c/vote",
        "news.example",
        "http://news.example/",
        "https://news.example:8443/",
        "https://news.example.evil.example/",
        "https://news.example@evil.example/",
        "https://evil.example/https://news.example/",
        "https://sub.news.example/",
        "http://localhost:7880/",
        "http://127.0.0.1:7879/",
        "ftp://news.example/",
        "data:text/html,https://news.example",
        "blob:null/1",
        "file:///etc/passwd",
    ] {
        check(Some(unknown), Mode::ReadOnly);
    }
}

#[test]
fn the_way_back_leads_to_the_publishers_own_sites() {
    fn check(claimed: &str, expected: Option<&str>) {
        let sites = ["https://news.example".parse().unwrap()];
        let found = article(claimed, &sites).map(String::from);
        assert_eq!(found.as_deref(), expected, "for {claimed:?}");
    }
    check(
        "https://news.example/2026/a?b=c#d",
        Some("https://news.example/2026/a?b=c#d"),
    );
    check("HTTPS://News.Example", Some("https://news.example/"));
    let longest = format!(
        "https://news.example/{}",
        "a".repeat(ARTICLE_BYTES_MAX - 21)
    );
    check(&longest, Some(&longest));
    check(&format!("{longest}a"), None);
    for refused in [
        "",
        "/2026/a",
        "//news.example/a",
        "http://news.example/",
        "https://news.example:8443/",
        "https://news.example.evil.example/",
        "https://news.example@evil.example/",
        "https://me:secret@news.example/",
        "javascript:alert(1)//https://news.example/",
        "data:text/html,https://news.example",
        "blob:https://news.example/1",
        "https://cards.example/c/vote",
    ] {
        check(refused, None);
    }
}
