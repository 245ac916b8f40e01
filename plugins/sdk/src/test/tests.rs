mod circle_rules;
mod jobs;
mod nodes;
mod post_lists;
mod post_rules;

use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::prelude::*;

/// Does what its configuration says.
struct Any;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Do {
    Nothing,
    AskViewer,
    AskOwnState,
    AskClock,
    AskPassed,
    WriteWhileDrawing,
    Malformed(String),
    Count,
    FailAfterWrite,
    Impure,
    WriteTooMuch(usize),
    Echo,
}

thread_local! {
    static IMPURE: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

impl Card for Any {
    type Config = Do;

    fn render(cx: &CardContext<Do>) -> Result<View> {
        let view = View::new("试");
        match &cx.config {
            Do::AskViewer => Ok(view.body(text(format!("{:?}", viewer::current().member)))),
            Do::AskOwnState => {
                let own: Option<u32> = state::viewer().get("own")?;
                Ok(view.body((text(format!("{own:?}")), button("写", offer("own")))))
            }
            Do::AskClock => Ok(view.body(text(clock::now(60).to_string()))),
            Do::AskPassed => {
                let noon = "2026-01-01T12:00:00Z".parse()?;
                Ok(view.body(text(if clock::passed(noon) {
                    "过了"
                } else {
                    "没到"
                })))
            }
            Do::WriteWhileDrawing => {
                state::card().put("key", &1)?;
                Ok(view)
            }
            Do::Malformed(how) => Ok(malformed(how)),
            Do::Echo => Ok(view.body(echo_form())),
            _ => {
                let count: u32 = state::card().get("count")?.unwrap_or(0);
                Ok(view.body((
                    text(format!("数到 {count}")),
                    button("加", offer("add").payload(&[1, 2])),
                    button("一人一次", offer("once").once_per_viewer()),
                    button("只一次", offer("first").once_per_card()),
                    button("登录的", offer("in").signed_in()),
                    button("圈主的", offer("owner").audience(Audience::Owner)),
                )))
            }
        }
    }

    fn handle(cx: &ActionContext<Do>, action: &Action) -> Result<Outcome> {
        let count: u32 = state::card().get("count")?.unwrap_or(0);
        match &cx.config {
            Do::Echo => {
                let given = [
                    "line", "lines", "number", "date", "one", "some", "on", "stars",
                ]
                .map(|name| format!("{name}={:?}", action.values(name)));
                return Ok(Outcome::info(given.join(" ")));
            }
            Do::AskOwnState => state::viewer().put("own", &7)?,
            Do::FailAfterWrite => {
                state::card().put("count", &(count + 1))?;
                return Err(Error::conflict("late"));
            }
            Do::Impure => {
                let before = IMPURE.get();
                IMPURE.set(before + 1);
                state::card().put("count", &before)?;
            }
            Do::WriteTooMuch(keys) => {
                for key in 0..*keys {
                    state::card().put(&format!("key/{key}"), "")?;
                }
            }
            _ => {
                state::card().put("count", &(count + 1))?;
                log::info!("{} {}", action.name(), action.payload_text());
            }
        }
        Ok(Outcome::success(format!("{:?}", cx.reader.member)))
    }
}

fn malformed(how: &str) -> View {
    let good = View::new("试");
    match how {
        "title" => View::new(""),
        "no button" => good.body(form(input("a", "A"))),
        "outside" => good.body(input("a", "A")),
        "nested" => good.body(form((
            button("b", offer("b")),
            form(button("b", offer("b"))),
        ))),
        "twice" => good.body(form((
            input("a", "A"),
            toggle("a", "A"),
            button("b", offer("b")),
        ))),
        "name" => good.body(button("b", offer("Vote"))),
        "share" => good.body(meter("m", f64::NAN, 0)),
        "level" => good.body(heading(5, "h")),
        "grid" => good.body(grid(0, text("t"))),
        "alt" => good.body(image("https://example.com/a.png", " ", 1, 1)),
        "url" => good.body(link("l", "javascript:alert(1)")),
        "options" => good.body(form((choice("c", "C"), button("b", offer("b"))))),
        "deep" => good.body((0..32).fold(Element::from(text("t")), |inner, _| column(inner))),
        "many" => good.body(each(0..2_000, |_| divider())),
        "long" => good.body(text("长".repeat(100_000))),
        other => unreachable!("{other}"),
    }
}

fn echo_form() -> Element {
    form((
        input("line", "一行").required().min(2).max(4),
        input("lines", "几行").multiline(),
        input("number", "数").number().min(-1).max(2.5),
        input("date", "日")
            .date()
            .min("2026-01-01")
            .max("2026-12-31"),
        choice("one", "选一").option("a", "甲").option("b", "乙"),
        choice("some", "选几")
            .option("a", "甲")
            .option("b", "乙")
            .option("c", "丙")
            .up_to(2),
        toggle("on", "开"),
        rating("stars", "星"),
        button("送", offer("send")),
    ))
}

fn host(config: serde_json::Value) -> Host {
    Host::new::<Any>(config)
}

fn drawn(config: serde_json::Value) -> String {
    host(config)
        .render()
        .map_or_else(|error| error.to_string(), |seen| seen.to_string())
}

#[test]
fn only_what_asks_for_the_reader_is_private() {
    fn check(config: &str, reader: &Reader, expected: bool) {
        let seen = host(json!(config)).render_as(reader).unwrap();
        assert_eq!(seen.is_private(), expected, "{config} {reader:?}");
    }

    check("nothing", &signed_in("a"), false);
    check("ask-clock", &signed_in("a"), false);
    check("ask-viewer", &signed_in("a"), true);
    check("ask-viewer", &anonymous("a"), true);
    check("ask-viewer", &nobody(), false);
    check("ask-own-state", &signed_in("a"), true);
    check("ask-own-state", &nobody(), false);
}

#[test]
fn only_what_asks_for_the_time_expires() {
    fn check(config: &str, now: &str, expected: Option<&str>) {
        let seen = host(json!(config)).set_now(now).render().unwrap();
        assert_eq!(
            seen.expires_at().map(|at| at.to_string()).as_deref(),
            expected,
            "{config}"
        );
    }

    check("nothing", "2026-01-01T11:59:30Z", None);
    check(
        "ask-clock",
        "2026-01-01T11:59:30Z",
        Some("2026-01-01T12:00:00Z"),
    );
    check(
        "ask-clock",
        "2026-01-01T12:00:00Z",
        Some("2026-01-01T12:01:00Z"),
    );
    check(
        "ask-passed",
        "2026-01-01T11:59:30Z",
        Some("2026-01-01T12:00:00Z"),
    );
    check("ask-passed", "2026-01-01T12:00:00Z", None);
}

#[test]
fn writes_while_drawing_are_denied() {
    let error = host(json!("write-while-drawing")).render().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
}

#[test]
fn malformed_views_say_what_is_wrong() {
    fn check(how: &str, expected: &str) {
        assert_eq!(
            drawn(json!({ "malformed": how })),
            format!("malformed view: {expected}")
        );
    }

    check("title", "the title has 0 characters; 1 to 120 are allowed");
    check("no button", "node 0 (form): a form needs a button");
    check(
        "outside",
        "node 0 (input `a`): an input stands outside a form",
    );
    check("nested", "node 2 (form): a form stands inside a form");
    check("twice", "node 2 (toggle `a`): the form has this name twice");
    check(
        "name",
        "node 0 (button \"b\"): `Vote` is no name: [a-z][a-z0-9-]*, at most 64 bytes",
    );
    check(
        "share",
        "node 0 (meter \"m\"): its share is NaN; 0 to 1 is allowed",
    );
    check(
        "level",
        "node 0 (heading \"h\"): level 5; 1 to 4 is allowed",
    );
    check("grid", "node 0 (grid): columns 0; 1 to 6 is allowed");
    check("alt", "node 0 (image \" \"): alt says nothing");
    check(
        "url",
        "node 0 (link \"l\"): `javascript:alert(1)` is not an `https:` address",
    );
    check(
        "options",
        "node 1 (choice `c`): options 0; 1 to 256 is allowed",
    );
    check("deep", "node 32 (text \"t\"): deeper than 32 levels");
    check("many", "2001 nodes; 1 to 2000 are allowed");
    check("long", "300000 bytes of text; at most 262144 are allowed");
}

#[test]
fn an_action_commits_if_it_is_ok_and_leaves_nothing_if_not() {
    let mut good = host(json!("count"));
    let done = good.act(&nobody(), "add", []).unwrap();
    assert_eq!(done.outcome.toast_text(), Some("Some(\"anonymous-1\")"));
    assert_eq!(good.log(), [(Level::Info, "add [1,2]".to_owned())]);
    assert!(good.render().unwrap().contains("数到 1"));

    let mut bad = host(json!("fail-after-write"));
    let refusal = bad.act(&nobody(), "add", []).unwrap_err();
    assert_eq!(refusal, Refusal::Failed(Error::conflict("late")));
    assert!(bad.render().unwrap().contains("数到 0"));
}

#[test]
fn offers_are_held_to_audience_and_once() {
    fn check(taps: &[(&Reader, &str)], expected: &[Result<bool, Refusal>]) {
        let mut host = host(json!("count"));
        let got: Vec<_> = taps
            .iter()
            .map(|(reader, name)| host.act(reader, name, []).map(|done| done.repeated))
            .collect();
        assert_eq!(got, expected, "{taps:?}");
    }

    let (a, b) = (&anonymous("a"), &signed_in("b"));
    check(&[(a, "add"), (a, "add")], &[Ok(false), Ok(false)]);
    check(
        &[(a, "once"), (a, "once"), (b, "once")],
        &[Ok(false), Ok(true), Ok(false)],
    );
    check(
        &[(a, "first"), (b, "first")],
        &[Ok(false), Err(Refusal::Taken)],
    );
    check(
        &[(a, "in"), (b, "in")],
        &[Err(Refusal::SignInRequired), Ok(false)],
    );
    check(&[(b, "owner")], &[Err(Refusal::Denied)]);
    check(&[(&with_role("o", Role::Owner), "owner")], &[Ok(false)]);
    check(&[(a, "forged")], &[Err(Refusal::NotOffered)]);
}

#[test]
fn a_private_offer_serves_nobody_else() {
    let mut host = host(json!("ask-own-state"));
    let seen = host.render_as(&signed_in("a")).unwrap();
    let refusal = host.act_on(&seen, &signed_in("b"), "own", []).unwrap_err();
    assert_eq!(refusal, Refusal::NotOffered);
    host.act_on(&seen, &signed_in("a"), "own", []).unwrap();
    assert!(host.render_as(&signed_in("a")).unwrap().contains("Some(7)"));
    assert!(host.render_as(&signed_in("b")).unwrap().contains("None"));
}

#[test]
#[should_panic(expected = "`handle` did something else the second time")]
fn what_cannot_be_repeated_fails_the_test() {
    let _ = host(json!("impure")).act(&nobody(), "add", []);
}

#[test]
fn limits_on_writes_hold() {
    let write = |keys| {
        host(json!({ "write-too-much": keys }))
            .act(&nobody(), "add", [])
            .map(drop)
    };
    assert_eq!(write(256), Ok(()));
    let quota = Error::quota("one action writes at most 256 keys");
    assert_eq!(write(257), Err(Refusal::Failed(quota)));
}

#[test]
fn inputs_are_held_to_their_declaration() {
    fn check(inputs: &[(&str, &str)], expected: &str) {
        let done = host(json!("echo")).act(&nobody(), "send", inputs.iter().copied());
        let text = match &done {
            Ok(done) => done.outcome.toast_text().unwrap(),
            Err(Refusal::Invalid(error)) => error.text(),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(text, expected, "{inputs:?}");
    }

    check(
        &[("line", "一二")],
        r#"line=["一二"] lines=[] number=[] date=[] one=[] some=[] on=["false"] stars=[]"#,
    );
    check(
        &[
            ("line", "abcd"),
            ("lines", "a\nb"),
            ("number", "2.5"),
            ("date", "2026-02-28"),
            ("one", "b"),
            ("some", "c"),
            ("some", "a"),
            ("on", "true"),
            ("stars", "5"),
        ],
        r#"line=["abcd"] lines=["a\nb"] number=["2.5"] date=["2026-02-28"] one=["b"] some=["c", "a"] on=["true"] stars=["5"]"#,
    );
    let too_long = "字".repeat(2_001);
    let with = |name, value, expected: &str| check(&[("line", "ok"), (name, value)], expected);
    check(&[], "`line`: required");
    check(&[("line", "")], "`line`: required");
    check(&[("line", "a")], "`line`: at least 2 characters");
    check(&[("line", "五个字太长")], "`line`: at most 4 characters");
    check(&[("line", "a\nb")], "`line`: one line only");
    check(&[("line", "ab"), ("line", "cd")], "`line`: one value only");
    with("lines", &too_long, "`lines`: at most 2000 characters");
    with("number", "x", "`number`: `x` is no number");
    with("number", "NaN", "`number`: `NaN` is no number");
    with("number", "-2", "`number`: at least -1");
    with("number", "3", "`number`: at most 2.5");
    with("date", "2026-02-29", "`date`: `2026-02-29` is no date");
    with("date", "2025-12-31", "`date`: at least 2026-01-01");
    with("date", "2027-01-01", "`date`: at most 2026-12-31");
    with("one", "x", "`one`: `x` is no option");
    check(
        &[("line", "ok"), ("one", "a"), ("one", "b")],
        "`one`: at most 1",
    );
    check(
        &[("line", "ok"), ("some", "a"), ("some", "a")],
        "`some`: `a` is chosen twice",
    );
    with("on", "yes", "`on`: `yes` is neither true nor false");
    with("stars", "6", "`stars`: 1 to 5 stars");
    with("stars", "0", "`stars`: 1 to 5 stars");
    with("other", "x", "`other`: no such input");
}

#[test]
fn a_config_that_does_not_fit_says_where() {
    let error = host(json!({ "malformed": 5 })).render().unwrap_err();
    assert_eq!(
        error.text(),
        "the card's config: invalid type: integer `5`, expected a string at line 1 column 14"
    );
}

/// A card that draws what a test says.
struct Drawn;

thread_local! {
    static DRAW: std::cell::Cell<fn(&CardContext<NoConfig>) -> Element> =
        const { std::cell::Cell::new(|_| divider()) };
}

impl Card for Drawn {
    type Config = NoConfig;

    fn render(cx: &CardContext<NoConfig>) -> Result<View> {
        Ok(View::new("画").body(DRAW.get()(cx)))
    }

    fn handle(cx: &ActionContext<NoConfig>, action: &Action) -> Result<Outcome> {
        Ok(Outcome::info(format!(
            "{} {} {:?} at {:?}",
            action.name(),
            action.payload_text(),
            action.values("pictures"),
            cx.at
        )))
    }
}

/// A host of a card that draws this.
fn drawing(draw: fn(&CardContext<NoConfig>) -> Element) -> Host {
    DRAW.set(draw);
    Host::new::<Drawn>(json!({}))
}

/// What was panicked with, as when the host ends a call.
fn panics(run: impl FnOnce()) -> String {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    let payload = caught.expect_err("it goes on");
    payload
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_default()
}
