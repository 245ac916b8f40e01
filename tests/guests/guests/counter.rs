//! Behaves: counts in every way the contract has, and says what it was given.
//!
//! - `add`: one more in a key (read, then written, so that two at once
//!   conflict) and in a tally (where they do not); `bump`: the tally alone
//! - `mine`: one more in the reader's own state, once for each reader
//! - `first`: once for all
//! - `members`, `sure`: for those who signed in; after a question
//! - `send`: says what arrived from an input of every kind
//! - `wrong`: finds the input wrong after having written

use quanka_card::prelude::*;

struct Counter;

impl Card for Counter {
    type Config = serde::de::IgnoredAny;

    fn render(_: &CardContext<Self::Config>) -> Result<View> {
        let count: u64 = state::card().get("count")?.unwrap_or(0);
        let mine: u64 = state::viewer().get("mine")?.unwrap_or(0);
        let total = tally::card("adds").total();
        Ok(View::new("计数").summary(format!("数到 {count}")).body((
            heading(2, "计数"),
            row((stat("状态", count), stat("计票", total), stat("我的", mine))),
            row((
                button("加一", offer("add")).primary(),
                button("只加计票", offer("bump").payload(&2)),
                button("每人一次", offer("mine").once_per_viewer()),
                button("只有一次", offer("first").once_per_card()),
                button("登录可用", offer("members").signed_in()),
                button("先问一句", offer("sure").confirm("确定要加一吗?")),
            )),
            every_input(),
        )))
    }

    fn handle(cx: &ActionContext<Self::Config>, action: &Action) -> Result<Outcome> {
        match action.name() {
            "bump" => {
                tally::card("adds").add("all", action.payload()?)?;
                Ok(Outcome::quiet())
            }
            "mine" => {
                let mine: u64 = state::viewer().get("mine")?.unwrap_or(0);
                state::viewer().put("mine", &(mine + 1))?;
                Ok(Outcome::success(format!("第 {} 次", mine + 1)))
            }
            "send" => Ok(Outcome::info("收到").event("sent", &given(action))),
            "wrong" => {
                add()?;
                Err(Error::invalid("这里不对").field("line", "请换一个词"))
            }
            "add" | "first" | "members" | "sure" => {
                let count = add()?;
                log::info!("{} by {:?}", action.name(), cx.reader.role);
                Ok(Outcome::success(format!("数到 {count}")).event("counted", &count))
            }
            _ => Err(Error::unknown_action(action)),
        }
    }
}

fn add() -> Result<u64> {
    let count: u64 = state::card().get("count")?.unwrap_or(0);
    state::card().put("count", &(count + 1))?;
    tally::card("adds").add("all", 1)?;
    Ok(count + 1)
}

const INPUTS: [&str; 8] = [
    "line", "lines", "number", "day", "one", "some", "agree", "stars",
];

fn every_input() -> Element {
    form((
        input("line", "一行").max(10).placeholder("十个字以内"),
        input("lines", "几行").multiline().max(200),
        input("number", "数").number().min(-1).max(100),
        input("day", "日子")
            .date()
            .min("2026-01-01")
            .max("2026-12-31"),
        choice("one", "选一")
            .option("a", "甲")
            .option("b", "乙")
            .required()
            .selected("a"),
        choice("some", "选几")
            .options([("a", "甲"), ("b", "乙"), ("c", "丙")])
            .up_to(2)
            .chips(),
        toggle("agree", "同意"),
        rating("stars", "评分"),
        (
            button("发送", offer("send")).primary(),
            button("出错", offer("wrong")).quiet(),
        ),
    ))
}

fn given(action: &Action) -> Vec<(&'static str, Vec<String>)> {
    INPUTS
        .iter()
        .map(|&name| (name, action.values(name).to_vec()))
        .collect()
}

quanka_card::export!(Counter);
