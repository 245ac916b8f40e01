//! `POST /c/{card}/act` as a browser without scripts sends it: a plain form,
//! answered by a redirect or a document.

use super::{POLL, own_view, polls, results, start, vote};
use quanka_tests::client::{Answer, Client};
use quanka_tests::server::{Host, Setup};

/// The first form of a document, as a browser would send it.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) offer: String,
}

impl Form {
    /// The form of a frame in an article, or of the card's own page.
    #[track_caller]
    pub(super) fn load(host: &Host, path: &str, cookies: &str) -> Form {
        let client = host.client();
        let request = client.get(path).header("cookie", cookies);
        let answer = request.header("referer", &host.url("/")).send();
        Form::in_document(answer.expect(200).text())
    }

    #[track_caller]
    pub(super) fn in_document(html: &str) -> Form {
        let after = |mark: &str| {
            let (_, rest) = html
                .split_once(mark)
                .unwrap_or_else(|| panic!("no {mark} in {html}"));
            let (value, _) = rest.split_once('"').expect("an attribute ends");
            value.replace("&amp;", "&")
        };
        Form {
            action: after("<form class=\"qk-form\" method=\"post\" action=\""),
            offer: after("name=\"_offer\" value=\""),
        }
    }

    /// Sends it as Chromium does from within a frame of another site.
    #[track_caller]
    pub(super) fn send(&self, client: &Client, inputs: &[(&str, &str)], cookies: &str) -> Answer {
        let mut fields = inputs.to_vec();
        fields.push(("_offer", &self.offer));
        client
            .post(&self.action)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookies)
            .form(&fields)
            .send()
    }
}

/// Where a redirect leads, as the browser that got it would ask for it.
#[track_caller]
fn follow(host: &Host, redirect: &Answer, cookies: &str) -> Answer {
    assert_eq!(redirect.status, 303, "{redirect:?}");
    let client = host.client();
    let request = client.get(redirect.header("location"));
    let request = request.header("referer", &host.url("/c/vote/act"));
    request.header("cookie", cookies).send().expect(200)
}

#[test]
fn a_form_leads_back_to_the_frame_with_its_result_and_a_word_about_it() {
    let host = start();
    let client = host.client();
    let form = Form::load(&host, "/c/vote/embed?theme=dark&lang=en&size=feed", "");
    let done = form.send(&client, &[("choice", "a")], "");
    let location = done.header("location");
    let (before, id) = location.split_once("&done=").unwrap();
    assert_eq!(before, "/c/vote/embed?size=feed&lang=en&theme=dark");
    assert!(id.starts_with("act_"), "{id}");

    let cookies = done.cookies();
    let document = follow(&host, &done, &cookies);
    let html = document.text();
    assert!(html.contains("data-theme=\"dark\""), "{html}");
    assert!(html.contains("<html lang=\"en\""), "{html}");
    let toast = "<p class=\"qk-toast qk-toast-success\" role=\"status\">Voted</p>";
    assert!(html.contains(toast), "{html}");
    assert!(html.contains("<meter"), "{html}");
    assert_eq!(
        results(&own_view(&client, "vote", &cookies)),
        "三体 1*, 边城 0"
    );

    // The word is for its viewer alone.
    for cookies in ["", &vote(&client, "b", "another reader").cookies()] {
        let theirs = follow(&host, &done, cookies);
        assert!(!theirs.text().contains("qk-toast"), "{theirs:?}");
    }
    // An id that is none is no error: the card is shown.
    let none = client.get("/c/vote/embed?done=act_nonsense").send();
    assert!(!none.expect(200).text().contains("qk-toast"));
}

#[test]
fn a_form_of_the_cards_own_page_leads_back_to_the_page() {
    let host = start();
    let client = host.client();
    let form = Form::load(&host, "/c/vote", "");
    assert!(form.action.contains("from=page"), "{form:?}");
    let done = form.send(&client, &[("choice", "b")], "");
    let location = done.header("location");
    assert!(location.starts_with("/c/vote?"), "{location}");
    assert!(location.contains("&done=act_"), "{location}");
    let page = follow(&host, &done, &done.cookies());
    assert!(page.text().contains(">已投票</p>"), "{page:?}");
    assert!(page.text().contains("<body class=\"qk-page\""), "{page:?}");
}

#[test]
fn a_form_sent_twice_is_one_vote_and_two_documents_are_two_readers() {
    let host = start();
    let client = host.client();
    let form = Form::load(&host, "/c/vote/embed", "");
    let first = form.send(&client, &[("choice", "a")], "");
    // A double tap: the second request leaves before the first answer is here.
    let second = form.send(&client, &[("choice", "a")], "");
    assert_eq!(first.header("location"), second.header("location"));
    let view = own_view(&client, "vote", &second.cookies());
    assert_eq!(results(&view), "三体 1*, 边城 0");

    // Somebody else reads the same article.
    let theirs = Form::load(&host, "/c/vote/embed", "");
    assert_ne!(theirs.action, form.action);
    let done = theirs.send(&client, &[("choice", "a")], "");
    assert_ne!(done.header("location"), first.header("location"));
    let view = own_view(&client, "vote", &done.cookies());
    assert_eq!(results(&view), "三体 2*, 边城 0");
}

#[test]
fn minds_change_by_form_too_as_often_as_readers_like() {
    let host = start();
    let client = host.client();
    let form = Form::load(&host, "/c/vote/embed", "");
    let cookies = form.send(&client, &[("choice", "a")], "").cookies();
    for (choice, expected) in [
        ("b", "三体 0, 边城 1*"),
        ("a", "三体 1*, 边城 0"),
        ("b", "三体 0, 边城 1*"),
        ("a", "三体 1*, 边城 0"),
    ] {
        let form = Form::load(&host, "/c/vote/embed", &cookies);
        let done = form.send(&client, &[("choice", choice)], &cookies);
        // They have a session already.
        assert_eq!(done.expect(303).cookies(), "");
        assert_eq!(results(&own_view(&client, "vote", &cookies)), expected);
    }
}

#[test]
fn wrong_input_keeps_what_was_chosen_and_says_what_is_wrong_beside_it() {
    let keys = format!("{POLL}\nconfig.choices_max = 2").replace(
        "{ id = 'b', text = '边城' }",
        "{ id = 'b', text = '边城' }, { id = 'c', text = '呐喊' }",
    );
    let host = Host::start(
        &Setup::new()
            .plugin("poll")
            .card("vote", "quanka/poll", &keys),
    );
    let client = host.client();
    let form = Form::load(&host, "/c/vote/embed", "");
    let three = [("choice", "a"), ("choice", "b"), ("choice", "c")];
    let refused = form.send(&client, &three, "");
    assert_eq!(refused.status, 422, "{refused:?}");
    assert_eq!(refused.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(refused.header("cache-control"), "private, no-cache");
    assert_eq!(refused.cookies(), "");
    let html = refused.text();
    for id in ["a", "b", "c"] {
        let kept = format!("value=\"{id}\" aria-invalid=\"true\" checked");
        assert!(html.contains(&kept), "{kept} in {html}");
    }
    let (_, message) = html.split_once("id=\"vote-f1-choice-message\"").unwrap();
    let (message, _) = message.split_once("</p>").unwrap();
    assert_eq!(message, ">最多选 2 项", "{html}");

    // Put right, the same page's form works.
    let form = Form::in_document(html);
    let done = form.send(&client, &[("choice", "a"), ("choice", "c")], "");
    let view = own_view(&client, "vote", &done.cookies());
    assert_eq!(results(&view), "三体 1*, 边城 0, 呐喊 1*");
}

#[test]
fn a_form_that_is_not_ours_gets_a_document_that_says_what_to_do() {
    let host =
        Host::start(&polls().card("shut", "quanka/poll", &format!("state = 'closed'\n{POLL}")));
    let client = host.client();
    let form = Form::load(&host, "/c/vote/embed", "");
    let check = |path: &str, offer: &str, status: u16| {
        let fields = [("choice", "a"), ("_offer", offer)];
        let request = client.post(path).header("sec-fetch-site", "same-origin");
        let answer = request.form(&fields).send();
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        let html = answer.text();
        // That there is no such card is nothing to report.
        let says_id = html.contains(answer.header("quanka-request"));
        assert_eq!(says_id, status != 404, "{answer:?}");
        assert!(html.contains("<h1>"), "{answer:?}");
        assert_eq!(answer.cookies(), "");
    };
    let (address, stamp) = form.action.split_once("&v=").unwrap();
    let (version, _) = stamp.split_once('.').unwrap();
    check(address, &form.offer, 403);
    for stamp in ["", version, "9f2c.short", ".", "%00"] {
        check(&format!("{address}&v={stamp}"), &form.offer, 403);
    }
    check(&form.action, "", 403);
    check(&form.action, "v1.k1.e30.AAAAAAAAAAAAAAAAAAAAAA", 403);
    let elsewhere = |card: &str| form.action.replace("/c/vote/", &format!("/c/{card}/"));
    check(&elsewhere("other"), &form.offer, 403);
    check(&elsewhere("none"), &form.offer, 404);
    let cross_site = client
        .post(&form.action)
        .header("sec-fetch-site", "cross-site");
    let cross_site = cross_site.form(&[("_offer", &form.offer)]).send();
    assert_eq!(
        cross_site.expect(403).header("content-type"),
        "text/html; charset=utf-8"
    );
    assert_eq!(
        vote(&client, "a", "last").json()["view"]["summary"],
        "1 人参与"
    );
}
