//! Does things that no reader asks for, and says what came of them.
//!
//! - when it begins: counts that, and sets a timer that is due at once
//! - `wake` sets a timer that is due after as many milliseconds as `after_ms`
//!   says; a timer counts its deliveries, and fails in its first `fail` tries
//! - `doomed` sets one that always fails; `stop` takes `wake`'s back
//! - `ask` sends a request to `url`

use quanka_card::prelude::*;
use serde::Deserialize;

struct Waker;

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    after_ms: u64,
    #[serde(default)]
    fail: u32,
    #[serde(default)]
    url: String,
}

impl Card for Waker {
    type Config = Config;

    fn render(_: &CardContext<Config>) -> Result<View> {
        let said = |key: &str| -> Result<String> {
            Ok(state::card().get::<String>(key)?.unwrap_or_default())
        };
        let count = |what: &str| tally::card("count").get(what);
        Ok(View::new("闹钟").body((
            text(format!("开始 {} 次", count("created"))),
            text(format!(
                "升级 {} 次,来自 {}",
                count("migrated"),
                said("from")?
            )),
            text(format!("首个 {} 次", count("first"))),
            text(format!(
                "叫醒 {} 次,第 {} 试",
                count("wake"),
                said("attempt")?
            )),
            text(format!("回答 {} 次:{}", count("answer"), said("answer")?)),
            button("叫醒", offer("wake")),
            button("叫不醒", offer("doomed")),
            button("算了", offer("stop")),
            button("去问", offer("ask")),
        )))
    }

    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        let at = Timestamp::from_ms(cx.now.as_ms() + cx.config.after_ms);
        match action.name() {
            "wake" => timers::at("wake", at).payload(&1).set()?,
            "doomed" => timers::at("doomed", at).set()?,
            "stop" => {
                let there = timers::next("wake").is_some();
                if timers::cancel("wake")? != there {
                    return Err(Error::internal("there, and not there"));
                }
            }
            "ask" => {
                outbound::post(&cx.config.url)
                    .header("x-asked-by", "waker")
                    .body("问")
                    .payload(&"p")
                    .send()?;
            }
            _ => return Err(Error::unknown_action(action)),
        }
        Ok(Outcome::quiet())
    }

    fn run(cx: &JobContext<Config>, job: &Job) -> Result<()> {
        match job {
            Job::Timer(timer) if timer.name() == "doomed" => Err(Error::internal("never")),
            Job::Timer(timer) => {
                // What was written before is not kept either.
                tally::card("count").add(timer.name(), 1)?;
                if timer.name() == "wake" && cx.attempt <= cx.config.fail {
                    return Err(Error::unavailable("not yet"));
                }
                state::card().put("attempt", &cx.attempt.to_string())
            }
            Job::Answer(answer) => {
                tally::card("count").add("answer", 1)?;
                let said = match answer.response() {
                    Ok(response) => format!("{} {}", response.status(), response.text()?),
                    Err(failure) => format!("{failure:?}"),
                };
                let payload: String = answer.payload()?;
                state::card().put("answer", &format!("{said} {payload}"))
            }
        }
    }

    fn created(cx: &JobContext<Config>) -> Result<()> {
        tally::card("count").add("created", 1)?;
        timers::at("first", cx.now).set()
    }

    fn migrate(_: &JobContext<Config>, from_version: &str) -> Result<()> {
        tally::card("count").add("migrated", 1)?;
        state::card().put("from", &from_version.to_owned())
    }
}

quanka_card::export!(Waker, full);
