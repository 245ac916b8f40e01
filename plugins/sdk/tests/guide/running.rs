use quanka_card::prelude::*;

struct Running;

impl Card for Running {
    type Config = NoConfig;

    fn render(cx: &CardContext<NoConfig>) -> Result<View> {
        // A card has pages. `cx.at` is what the link there named.
        match cx.place().as_slice() {
            [] => first(cx),
            ["post", id] => match posts::get(id) {
                Some(post) => Ok(View::new("跑步").body((link_to("返回", ""), said_post(&post)))),
                None => Err(Error::no_such_place(cx)),
            },
            _ => Err(Error::no_such_place(cx)),
        }
    }

    fn handle(_: &ActionContext<NoConfig>, action: &Action) -> Result<Outcome> {
        match action.name() {
            "join" => Ok(match circle::join()? {
                JoinOutcome::Pending => Outcome::info("等圈主同意"),
                JoinOutcome::Joined | JoinOutcome::Already => Outcome::success("欢迎加入"),
            }),
            "post" => {
                let photos = action.values("photos").iter().map(|media| (media, ""));
                let post = posts::draft(PostKind::Short)
                    .text(action.value("text").unwrap_or_default())
                    .tag("跑步")
                    .pictures(photos)
                    .publish()?;
                // The circle may want a moderator to see it first.
                Ok(Outcome::success(match post.status {
                    PostStatus::Held => "管理员看过就会出现",
                    _ => "已发布",
                }))
            }
            "like" => {
                posts::react(&action.payload::<String>()?, "like")?;
                Ok(Outcome::quiet())
            }
            _ => Err(Error::unknown_action(action)),
        }
    }

    // What no reader asks for: a timer that is due, an answer from outside.
    fn created(_: &JobContext<NoConfig>) -> Result<()> {
        timers::cron("weekly", "0 9 * * MON", "Asia/Shanghai").set()
    }

    fn run(_: &JobContext<NoConfig>, job: &Job) -> Result<()> {
        match job {
            Job::Timer(timer) if timer.name() == "weekly" => {
                tally::card("weeks").add("all", 1)?;
                let best = posts::query().hot().tag("跑步").limit(1).page().posts;
                let texts: Vec<_> = best.iter().map(|post| &post.text).collect();
                outbound::post("https://hooks.example.com/best")
                    .json(&texts)
                    .send()?;
                Ok(())
            }
            Job::Answer(answer) => {
                if let Err(failure) = answer.response() {
                    log::warn!("nobody was told: {failure:?}");
                }
                Ok(())
            }
            _ => Err(Error::unknown_job(job)),
        }
    }
}

fn first(cx: &CardContext<NoConfig>) -> Result<View> {
    let best = posts::query().hot().tag("跑步").limit(5).page().posts;
    let is_member = viewer::current().role >= Role::Member;
    Ok(View::new("跑步").summary("圈友的跑步记录").body((
        row((
            stat("成员", circle::counts().members),
            stat("周", tally::card("weeks").total()),
        )),
        each(&best, |post| {
            panel((
                // The host puts in the name and the picture, and a way to report.
                said_post(post).max_lines(4),
                each(&post.pictures, picture),
                row((
                    button(
                        cx.tr("赞", "Like"),
                        offer("like").payload(&post.id).audience(Audience::Member),
                    ),
                    text(post.reactions("like").to_string()).muted(),
                    link_to(cx.tr("全文", "More"), format!("post/{}", post.id)),
                    share_post(cx.tr("分享", "Share"), &post.id),
                )),
            ))
        }),
        if is_member {
            form((
                input("text", "今天跑了多少？").multiline(),
                upload("photos", "照片").max(3),
                button("发布", offer("post").audience(Audience::Member)).primary(),
            ))
        } else {
            button("加入圈子", offer("join").signed_in())
                .primary()
                .into()
        },
    )))
}

// `full`: with jobs and beginnings.
quanka_card::export!(Running, full);

#[cfg(test)]
mod tests {
    use quanka_card::test::{Host, reply, visitor};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_is_posted_liked_and_told() {
        let mut host = Host::new::<Running>(json!({}));
        let owner = host.owner("阿主");
        let reader = visitor("阿南");
        host.act(&reader, "join", []).unwrap();
        let photo = host.upload(&reader);
        host.act(&reader, "post", [("text", "五公里"), ("photos", &photo)])
            .unwrap();
        let post = host
            .elsewhere(&owner, || Ok(posts::query().page().posts.remove(0)))
            .unwrap();
        host.act_with(&owner, "like", &post.id, []).unwrap();
        let page = host.render_at(&format!("post/{}", post.id)).unwrap();
        assert!(page.contains("五公里"));

        // A week passes, and the outside answers.
        assert_eq!(host.advance_s(7 * 86_400).len(), 1);
        let asked = host.outbox().remove(0);
        assert_eq!(asked.body, "[\"五公里\"]".as_bytes());
        host.answer(&asked.delivery, reply(200, "")).unwrap();

        // What happens elsewhere in the circle: the owner takes the post away.
        host.elsewhere(&owner, || posts::remove_because(&post.id, "离题"))
            .unwrap();
        assert!(!host.render().unwrap().contains("五公里"));
    }
}
