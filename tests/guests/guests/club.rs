//! Behaves: does to its circle what a reader asks for, and says what came of it.
//!
//! - `act`: the input `what` names an act of the circle and `whom` a member; or
//!   `post`, `post-private`, `reply ID`, `edit ID`, with the words in `whom`, or
//!   `tag`, `item` and `link` with those in `whom`: what came of it is the post's id;
//!   or `like`, `approve` and `put-first`, with a post
//! - `for-members`, `for-featured`, `for-moderators`, `for-the-owner`,
//!   `for-the-signed-in`: for those
//!
//! The page's event `did` has what came of it, and who the reader is afterwards.
//! Drawn, it says how many there are and who; with `who` in its configuration it
//! says who looks. Its page `post/ID` is a post with its author, and `by/MEMBER/ID`
//! one with whom the place says.

use quanka_card::prelude::*;
use serde::Deserialize;
use serde_json::json;

struct Club;

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    who: bool,
}

impl Card for Club {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        match cx.place().as_slice() {
            [] => {}
            ["post", id] => return post_page(cx, id, None),
            ["by", member, id] => return post_page(cx, id, Some(*member)),
            _ => return Err(Error::no_such_place(cx)),
        }
        let (info, counts) = (circle::info(), circle::counts());
        let looks = match cx.config.who {
            true => said_of(&viewer::current()),
            false => "谁都一样".to_owned(),
        };
        Ok(View::new(info.name.clone()).summary(looks).body((
            row((
                stat("成员", counts.members),
                stat("等待", counts.waiting),
                stat("在场", counts.present),
            )),
            text(format!("{} · {}", info.publisher, word(info.policy))),
            form((
                input("what", "做什么").required(),
                input("whom", "对谁").multiline(),
                button("做", offer("act")),
            )),
            row((
                button("成员", offer("for-members").audience(Audience::Member)),
                button("大咖", offer("for-featured").audience(Audience::Featured)),
                button(
                    "管理",
                    offer("for-moderators").audience(Audience::Moderator),
                ),
                button("圈主", offer("for-the-owner").audience(Audience::Owner)),
                button("登录", offer("for-the-signed-in").signed_in()),
            )),
        )))
    }

    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        let member = cx.reader.member.clone().unwrap_or_default();
        let done = match action.name() {
            "act" => act(
                action.value("what").unwrap_or_default(),
                action.value("whom").unwrap_or_default(),
                cx.now,
            ),
            name => Ok(name.to_owned()),
        };
        let outcome = match done {
            Ok(word) => word,
            Err(error) => word(error.kind()),
        };
        let event = json!({
            "outcome": outcome,
            "member": member,
            "role": word(viewer::current().role),
            "standing": word(circle::membership(&member).standing),
        });
        Ok(Outcome::info(outcome).event("did", &event))
    }
}

fn post_page(cx: &CardContext<Config>, id: &str, member: Option<&str>) -> Result<View> {
    let mut post = posts::get(id).ok_or_else(|| Error::no_such_place(cx))?;
    if let Some(member) = member {
        post.author = member.to_owned();
    }
    let author = avatar(&post.author).named();
    Ok(View::new("一条").body((author, said_post(&post))))
}

fn act(what: &str, whom: &str, now: Timestamp) -> Result<String> {
    match what {
        "join" => return Ok(word(circle::join()?)),
        "leave" => circle::leave()?,
        "admit" => circle::admit(whom)?,
        "refuse" => circle::refuse(whom)?,
        "feature" => circle::set_role(whom, Role::Featured)?,
        "promote" => circle::set_role(whom, Role::Moderator)?,
        "demote" => circle::set_role(whom, Role::Member)?,
        "mute" => circle::mute(whom, now.plus_s(3_600))?,
        "ban" => circle::ban(whom)?,
        "unban" => circle::unban(whom)?,
        "post" | "post-private" | "tag" | "item" | "link" => {
            return Ok(draft_of(what, whom).publish()?.id);
        }
        // As it was when it was posted.
        "approve" => posts::approve(&posts::Seen::new(whom, None))?,
        "put-first" => posts::feature(whom)?,
        "like" => drop(posts::react(whom, "like")?),
        "waiting" => {
            let waiting = circle::members(MemberFilter::Waiting).page();
            return Ok(waiting.members.len().to_string());
        }
        _ => match what.split_once(' ') {
            Some(("reply", post)) => {
                let reply = posts::draft(PostKind::Reply).text(whom).reply_to(post);
                return Ok(reply.publish()?.id);
            }
            Some(("edit", post)) => {
                let draft = posts::draft(PostKind::Short).text(whom);
                return Ok(posts::edit(post, draft)?.id);
            }
            _ => {}
        },
    }
    Ok("ok".to_owned())
}

fn draft_of(what: &str, words: &str) -> Draft {
    let plain = posts::draft(PostKind::Short).text("不错");
    match what {
        "post" => plain.text(words),
        "post-private" => plain.text(words).private(),
        "tag" => plain.tag(words),
        "item" => plain.item(posts::item(words)),
        _ => plain.item(posts::item("好东西").url(words)),
    }
}

/// The case of an enum, without its type.
fn word(case: impl std::fmt::Debug) -> String {
    let text = format!("{case:?}");
    text.rsplit("::").next().unwrap_or_default().to_owned()
}

fn said_of(reader: &Reader) -> String {
    let muted = if reader.muted { " muted" } else { "" };
    format!("{}{muted}", word(reader.role))
}

quanka_card::export!(Club);
