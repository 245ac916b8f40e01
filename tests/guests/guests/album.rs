//! An album: a form for pictures, and what was given, in its giver's name. A
//! word of `m_nobody` shows words of a member who is none; `post` makes a post of
//! the pictures and `unpost` takes the giver's posts back.

use quanka_card::prelude::*;

struct Album;

impl Card for Album {
    type Config = serde::de::IgnoredAny;

    fn render(_: &CardContext<Self::Config>) -> Result<View> {
        let given: Vec<(String, Vec<String>)> = state::circle().get("given")?.unwrap_or_default();
        let mut shown: Vec<Element> = Vec::new();
        for (member, pictures) in given {
            shown.push(said(member, format!("{} 张", pictures.len())).into());
            for picture in pictures {
                shown.push(image(format!("media:{picture}"), "照片", 400, 300));
            }
        }
        Ok(View::new("相册").body((
            form((
                upload("shots", "照片").required().max(2),
                input("word", "一句话"),
                button("交上", offer("give")).primary(),
            )),
            column(shown),
            share("分享").then(offer("shared")),
        )))
    }

    fn handle(cx: &ActionContext<Self::Config>, action: &Action) -> Result<Outcome> {
        if action.name() == "shared" {
            return Ok(Outcome::success("谢谢分享"));
        }
        let word = action.value("word").unwrap_or_default();
        if word == "no" {
            return Err(Error::invalid("换一句").field("word", "换一句"));
        }
        if word == "post" {
            circle::join()?;
            let pictures = action.values("shots").iter();
            posts::draft(PostKind::Short)
                .pictures(pictures.map(|id| (id.as_str(), "照片")))
                .publish()?;
            return Ok(Outcome::success("发布了"));
        }
        if word == "unpost" {
            for post in posts::mine().page().posts {
                posts::remove(&post.id)?;
            }
            return Ok(Outcome::success("收回了"));
        }
        let member = match word {
            "m_nobody" => "m_nobody".to_owned(),
            _ => cx.reader.member.clone().unwrap_or_default(),
        };
        let pictures = action.values("shots").to_vec();
        let key = "given";
        let mut given: Vec<(String, Vec<String>)> = state::circle().get(key)?.unwrap_or_default();
        given.push((member, pictures));
        state::circle().put(key, &given)?;
        Ok(Outcome::success("收到了"))
    }
}

quanka_card::export!(Album);
