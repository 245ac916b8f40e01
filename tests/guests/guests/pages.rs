//! Has pages: the first, one for each tag, and one for readers alone. Each says
//! where it is, counts its own taps, and leads to the others.
//!
//! - `add`: one more, for the page that offered it
//! - `remove`: this page is no more
//! - `wrong`: finds the input wrong
//!
//! The page `trap` fails.

use quanka_card::prelude::*;

struct Pages;

const TAGS: [&str; 2] = ["tag/跑步", "tag/a&b = \"c\",~"];

impl Card for Pages {
    type Config = serde::de::IgnoredAny;

    fn render(cx: &CardContext<Self::Config>) -> Result<View> {
        if !is_there(cx)? {
            return Err(Error::not_found(format!("no page {}", cx.at)));
        }
        let taps = tally::card("taps").get(item(&cx.at));
        let links = row((
            link_to("首页", ""),
            link_to("跑步", TAGS[0]),
            link_to("怪名", TAGS[1]),
        ));
        Ok(View::new(title(&cx.at)).body((
            heading(2, title(&cx.at)),
            links,
            rich([plain("去"), span_link("跑步", format!("card:{}", TAGS[0]))]),
            text(format!("点了 {taps} 次")),
            row((
                button("加一", offer("add")).primary(),
                button("删掉", offer("remove")),
            )),
            form((
                input("line", "一行"),
                button("出错", offer("wrong")).quiet(),
            )),
        )))
    }

    fn handle(cx: &ActionContext<Self::Config>, action: &Action) -> Result<Outcome> {
        match action.name() {
            "add" => {
                tally::card("taps").add(item(&cx.at), 1)?;
                Ok(Outcome::success(format!("在{}", title(&cx.at))))
            }
            "remove" => {
                state::card().put(&removed(&cx.at), &true)?;
                Ok(Outcome::success("删掉了"))
            }
            "wrong" => Err(Error::invalid("这里不对").field("line", "请换一个词")),
            _ => Err(Error::unknown_action(action)),
        }
    }
}

fn is_there(cx: &CardContext<serde::de::IgnoredAny>) -> Result<bool> {
    match cx.at.as_str() {
        "" => Ok(true),
        "mine" => Ok(viewer::current().member.is_some()),
        "trap" => panic!("this page fails"),
        at => {
            let is_removed: Option<bool> = state::card().get(&removed(at))?;
            Ok(TAGS.contains(&at) && is_removed.is_none())
        }
    }
}

fn title(at: &str) -> &str {
    if at.is_empty() { "首页" } else { at }
}

fn item(at: &str) -> &str {
    if at.is_empty() { "first" } else { at }
}

fn removed(at: &str) -> String {
    format!("removed/{at}")
}

quanka_card::export!(Pages);
