use quanka_card::prelude::*;
use serde::Deserialize;

struct SignUp;

#[derive(Deserialize)]
struct Config {
    event: String,
    seats: u32,
}

impl Card for SignUp {
    type Config = Config;

    fn render(cx: &CardContext<Config>) -> Result<View> {
        let config = &cx.config;
        let taken: u32 = state::card().get("taken")?.unwrap_or(0);
        let name: Option<String> = state::viewer().get(&name_key(&cx.card))?;
        let free = config.seats.saturating_sub(taken);
        Ok(View::new(&config.event).body((
            heading(2, &config.event),
            text(cx.tr(format!("还有 {free} 个名额"), format!("{free} seats left"))).muted(),
            match name {
                Some(name) => {
                    text(cx.tr(format!("已报名：{name}"), format!("You are in, {name}"))).into()
                }
                None => form((
                    input("name", cx.tr("怎么称呼你", "Your name"))
                        .required()
                        .max(20),
                    button(cx.tr("报名", "Sign up"), offer("join")).primary(),
                )),
            },
        )))
    }

    fn handle(cx: &ActionContext<Config>, action: &Action) -> Result<Outcome> {
        match action.name() {
            "join" => {
                let key = name_key(&cx.card);
                if state::viewer().get::<String>(&key)?.is_some() {
                    return Ok(Outcome::info(cx.tr("你已经报过名了", "You are in already")));
                }
                let taken: u32 = state::card().get("taken")?.unwrap_or(0);
                if taken >= cx.config.seats {
                    return Err(Error::invalid(cx.tr("名额已满", "No seats left")));
                }
                state::card().put("taken", &(taken + 1))?;
                state::viewer().put(&key, action.value("name").unwrap_or_default())?;
                Ok(Outcome::success(cx.tr("报名成功", "You are in")))
            }
            _ => Err(Error::unknown_action(action)),
        }
    }
}

// A reader's state is one for all cards of a plugin in a circle: name the card.
fn name_key(card: &str) -> String {
    format!("name/{card}")
}

quanka_card::export!(SignUp);

#[cfg(test)]
mod tests {
    use quanka_card::test::{Host, Refusal, nobody};
    use serde_json::json;

    use super::*;

    #[test]
    fn one_seat_goes_to_one_reader() {
        let mut host = Host::new::<SignUp>(json!({ "event": "茶会", "seats": 1 }));
        // Somebody has the page open all the while.
        let early = host.render().unwrap();

        let first = host.act(&nobody(), "join", [("name", "阿南")]).unwrap();
        assert!(
            host.render_as(&first.reader)
                .unwrap()
                .contains("已报名：阿南")
        );

        let late = host.act_on(&early, &nobody(), "join", [("name", "阿北")]);
        assert_eq!(late, Err(Refusal::Invalid(Error::invalid("名额已满"))));

        let again = host.act_on(&early, &first.reader, "join", [("name", "阿南")]);
        assert_eq!(again.unwrap().outcome.toast_text(), Some("你已经报过名了"));
    }
}
