//! Timers, requests and beginnings.

use super::*;
use crate::outbound::Method;
use crate::{Failure, Response, outbound, timers};

/// Does in its jobs what its configuration says, and writes down each.
struct Worker;

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct Work {
    every: u32,
    cron: String,
    fails: bool,
    again: bool,
    posts: bool,
}

impl Card for Worker {
    type Config = Work;

    fn render(_: &CardContext<Work>) -> Result<View> {
        let log: Page<String> = state::card().scan("log/").page()?;
        Ok(View::new("工").body((
            each(log.entries, |(_, line)| text(line)),
            button("请求", offer("ask")),
        )))
    }

    fn handle(_: &ActionContext<Work>, _: &Action) -> Result<Outcome> {
        let delivery = outbound::post("https://example.com/a")
            .header("x-a", "1")
            .json(&[1, 2])
            .payload(&"问")
            .send()?;
        Ok(Outcome::info(delivery))
    }

    fn created(cx: &JobContext<Work>) -> Result<()> {
        note(cx, "created")?;
        if cx.config.every > 0 {
            timers::every("every", cx.config.every).payload(&7).set()?;
        }
        if !cx.config.cron.is_empty() {
            timers::cron("cron", &cx.config.cron, "Asia/Shanghai").set()?;
        }
        Ok(())
    }

    fn migrate(cx: &JobContext<Work>, from: &str) -> Result<()> {
        note(cx, &format!("from {from}"))
    }

    fn run(cx: &JobContext<Work>, job: &Job) -> Result<()> {
        if cx.config.posts {
            posts::draft(PostKind::Short).text("话").publish()?;
        }
        match job {
            Job::Timer(timer) => {
                note(cx, &format!("{} {}", timer.name(), timer.payload_text()))?;
                if cx.config.again {
                    timers::at("again", cx.now.plus_s(10)).set()?;
                }
            }
            Job::Answer(answer) => {
                let question: String = answer.payload()?;
                let said = match answer.response() {
                    Ok(response) => said(response)?,
                    Err(failure) => format!("{failure:?}"),
                };
                note(cx, &format!("{question} {} {said}", answer.delivery()))?;
            }
        }
        if cx.config.fails {
            return Err(Error::unavailable("不行"));
        }
        Ok(())
    }
}

fn said(response: &Response) -> Result<String> {
    Ok(format!(
        "{} {} {:?}",
        response.status(),
        response.text()?,
        response.header("X-B")
    ))
}

fn note(cx: &JobContext<Work>, what: &str) -> Result<()> {
    let line = format!("{} {what} #{}", cx.now, cx.attempt);
    let lines: u32 = state::card().get("lines")?.unwrap_or(0);
    state::card().put("lines", &(lines + 1))?;
    state::card().put(&format!("log/{lines:03}"), &line)
}

fn worker(config: serde_json::Value) -> Host {
    let mut host = Host::new::<Worker>(config);
    host.create().unwrap();
    host
}

/// What the card wrote down, but for its first line.
fn log(host: &mut Host) -> Vec<String> {
    let seen = host.render().unwrap();
    let texts = seen.kinds().filter_map(|kind| match kind {
        Kind::Text(text) => Some(text.content.clone()),
        _ => None,
    });
    texts.skip(1).collect()
}

/// When each timer came, and whether it went well.
fn advance(host: &mut Host, seconds: u64) -> Vec<String> {
    let done = host.advance_s(seconds);
    done.iter()
        .map(|job| {
            let mark = if job.result.is_ok() { "" } else { " failed" };
            format!("{} {}{mark}", job.name, job.at)
        })
        .collect()
}

#[test]
fn a_timer_comes_whenever_it_is_due() {
    let mut host = worker(json!({ "every": 60, "cron": "1 8 * * *" }));
    assert_eq!(advance(&mut host, 59), [""; 0]);
    assert_eq!(
        advance(&mut host, 61),
        [
            "cron 2026-01-01T00:01:00Z",
            "every 2026-01-01T00:01:00Z",
            "every 2026-01-01T00:02:00Z"
        ]
    );
    assert_eq!(
        log(&mut host),
        [
            "2026-01-01T00:01:00Z cron  #1",
            "2026-01-01T00:01:00Z every 7 #1",
            "2026-01-01T00:02:00Z every 7 #1"
        ]
    );
    assert_eq!(
        host.next_due("cron").map(|at| at.to_string()).as_deref(),
        Some("2026-01-02T00:01:00Z")
    );
}

#[test]
fn what_was_missed_comes_once() {
    let mut host = worker(json!({ "every": 60 }));
    host.pass_s(3_630);
    assert_eq!(advance(&mut host, 0), ["every 2026-01-01T01:00:30Z"]);
    assert_eq!(advance(&mut host, 30), ["every 2026-01-01T01:01:00Z"]);
}

#[test]
fn a_job_that_fails_leaves_nothing_and_comes_again_later() {
    let mut host = worker(json!({ "every": 86_400, "fails": true }));
    assert_eq!(
        advance(&mut host, 86_400 + 200),
        [
            "every 2026-01-02T00:00:00Z failed",
            "every 2026-01-02T00:01:00Z failed",
            "every 2026-01-02T00:03:00Z failed"
        ]
    );
    assert_eq!(log(&mut host), [""; 0]);
    host.set_config(json!({}));
    assert_eq!(advance(&mut host, 300), ["every 2026-01-02T00:07:00Z"]);
    assert_eq!(log(&mut host), ["2026-01-02T00:07:00Z every 7 #4"]);
    assert_eq!(
        host.next_due("every").map(|at| at.to_string()).as_deref(),
        Some("2026-01-03T00:00:00Z")
    );
}

#[test]
fn a_job_that_never_goes_well_is_put_aside() {
    let mut host = worker(json!({ "fails": true }));
    let at = host.now();
    host.elsewhere(&nobody(), || timers::at("once", at).set())
        .unwrap();
    assert_eq!(advance(&mut host, 86_400).len(), 10);
    assert_eq!(host.next_due("once"), None);
}

#[test]
fn a_timer_can_set_itself_again() {
    let mut host = worker(json!({ "again": true }));
    let at = host.now();
    host.elsewhere(&nobody(), || timers::at("again", at).set())
        .unwrap();
    assert_eq!(
        advance(&mut host, 25),
        [
            "again 2026-01-01T00:00:00Z",
            "again 2026-01-01T00:00:10Z",
            "again 2026-01-01T00:00:20Z"
        ]
    );
}

#[test]
fn timers_are_held_to_their_limits() {
    use ErrorKind::{Invalid, Quota};

    #[track_caller]
    fn check(timer: timers::Timer, expected: Result<(), ErrorKind>) {
        let set = worker(json!({})).elsewhere(&nobody(), || timer.set());
        assert_eq!(set.map_err(|error| error.kind()), expected);
    }

    let at = |name: &str| timers::at(name, Timestamp::from_ms(0));
    check(at("a"), Ok(()));
    check(at(""), Err(Quota));
    check(at(&"a".repeat(64)), Ok(()));
    check(at(&"a".repeat(65)), Err(Quota));
    check(at("a").payload(&"a".repeat(2_046)), Ok(()));
    check(at("a").payload(&"a".repeat(2_047)), Err(Quota));
    check(timers::every("a", 60), Ok(()));
    check(timers::every("a", 59), Err(Invalid));
    check(timers::cron("a", "0 9 * * MON", "Asia/Shanghai"), Ok(()));
    check(timers::cron("a", "0 9 * *", "Asia/Shanghai"), Err(Invalid));
    check(timers::cron("a", "0 9 * * *", "Asia/Nowhere"), Err(Invalid));
    check(timers::cron("a", "0 0 30 2 *", "UTC"), Err(Invalid));

    let mut host = worker(json!({}));
    let set = |n: u32| (0..n).try_for_each(|n| timers::every(n.to_string(), 60).set());
    assert_eq!(host.elsewhere(&nobody(), || set(32)), Ok(()));
    let set = host.elsewhere(&nobody(), || timers::every("one more", 60).set());
    assert_eq!(set.map_err(|error| error.kind()), Err(Quota));
    let cancelled = host.elsewhere(&nobody(), || {
        let next = timers::next("0");
        Ok((next, timers::cancel("0")?, timers::cancel("0")?))
    });
    assert_eq!(cancelled, Ok((Some(host.now().plus_s(60)), true, false)));
}

#[test]
fn a_job_is_nobody() {
    let mut host = worker(json!({ "every": 60, "posts": true }));
    let done = host.advance_s(60);
    let error = done[0].result.clone().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.text().contains("this is a job"), "{error}");
}

#[test]
fn a_request_waits_for_its_answer_and_is_sent_by_what_commits() {
    let mut host = worker(json!({}));
    let done = host.act(&nobody(), "ask", []).unwrap();
    let outbox = host.outbox();
    assert_eq!(outbox.len(), 1, "one call, though it ran twice");
    let asked = &outbox[0];
    assert_eq!(done.outcome.toast_text(), Some(asked.delivery.as_str()));
    assert_eq!(
        (asked.method, asked.url.as_str(), asked.body.as_slice()),
        (Method::Post, "https://example.com/a", b"[1,2]".as_slice())
    );
    assert_eq!(asked.headers["content-type"], "application/json");
    assert_eq!(asked.payload, "\"问\"");

    let answer = reply(200, "好").header("X-B", "2");
    host.answer(&asked.delivery, answer).unwrap();
    assert_eq!(
        log(&mut host),
        ["2026-01-01T00:00:00Z 问 delivery-1 200 好 Some(\"2\") #1"]
    );
    assert_eq!(host.outbox(), []);
    assert!(panics(|| drop(host.answer("delivery-1", reply(200, "")))).contains("no request"));
}

#[test]
fn an_answer_that_fails_is_given_again() {
    let mut host = worker(json!({ "fails": true }));
    host.act(&nobody(), "ask", []).unwrap();
    let failed = host.fail("delivery-1", Failure::Unreachable);
    assert_eq!(failed, Err(Error::unavailable("不行")));
    assert_eq!(host.outbox().len(), 1);
    host.set_config(json!({}));
    host.fail("delivery-1", Failure::Unreachable).unwrap();
    assert_eq!(
        log(&mut host),
        ["2026-01-01T00:00:00Z 问 delivery-1 Failure::Unreachable #2"]
    );
}

#[test]
fn requests_are_held_to_their_limits() {
    use ErrorKind::{Denied, Invalid, Quota};

    #[track_caller]
    fn check(request: outbound::Request, expected: Result<(), ErrorKind>) {
        let sent = worker(json!({})).elsewhere(&nobody(), || request.send().map(drop));
        assert_eq!(sent.map_err(|error| error.kind()), expected);
    }

    let get = || outbound::get("https://example.com/a?b");
    check(get(), Ok(()));
    check(outbound::get("http://example.com/"), Err(Invalid));
    check(outbound::get("https:///a"), Err(Invalid));
    check(outbound::get("https://a:b@example.com/"), Err(Invalid));
    check(outbound::get("https://localhost/"), Err(Denied));
    check(outbound::get("https://127.0.0.1/"), Err(Denied));
    check(get().header("Host", "a"), Err(Invalid));
    check(get().header("x-forwarded-for", "a"), Err(Invalid));
    check(get().header("a b", "a"), Err(Invalid));
    check(get().header("a", "b\nc: d"), Err(Invalid));
    let headers = |n: u32| (0..n).fold(get(), |get, n| get.header(format!("x-{n}"), "a"));
    check(headers(16), Ok(()));
    check(headers(17), Err(Quota));
    check(get().body(vec![0; 64 << 10]), Ok(()));
    check(get().body(vec![0; (64 << 10) + 1]), Err(Quota));
    check(get().payload(&"a".repeat(2_047)), Err(Quota));
}

#[test]
fn a_card_begins_once_and_before_all_else() {
    let mut host = Host::new::<Worker>(json!({}));
    host.act(&nobody(), "ask", []).unwrap();
    assert!(host.render().unwrap().contains("created"));
    host.create().unwrap();
    host.migrate("0.9.0").unwrap();
    let all = host.render().unwrap().to_string();
    assert_eq!(all.matches("created").count(), 1, "{all}");
    assert_eq!(log(&mut host), ["2026-01-01T00:00:00Z from 0.9.0 #1"]);
}

#[test]
fn a_card_without_jobs_knows_none() {
    let mut host = drawing(|_| divider());
    let at = host.now();
    host.elsewhere(&nobody(), || timers::at("a", at).set())
        .unwrap();
    let done = host.advance_s(0);
    assert_eq!(done[0].result, Err(Error::not_found("no timer `a`")));
}
