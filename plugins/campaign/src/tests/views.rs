use super::*;

/// Four who take part, with different points.
fn peopled(more: &Value) -> Host {
    let mut host = card(more);
    for (name, posts) in [("阿南", 2), ("阿北", 1), ("阿东", 0), ("member", 1)] {
        let reader = signed_in(name);
        enter(&mut host, &reader);
        for _ in 0..posts {
            post(&mut host, &reader, "晨跑五公里");
        }
        let _ = claim(&mut host, &reader);
    }
    host
}

/// The same, in English words of the publisher.
fn english(more: &Value) -> Value {
    let mut english = json!({
        "title": "New Year", "about": "Run with us.",
        "prizes": [{ "name": "A good book", "count": 2 }],
    });
    for (key, value) in more.as_object().unwrap() {
        english[key] = value.clone();
    }
    english
}

pub const PAGES: [&str; 9] = [
    "",
    "rules",
    "board",
    "prizes",
    "proof",
    "invite",
    "winners",
    "manage",
    "manage/all",
];

#[test]
fn before_the_start() {
    let mut host = early(&json!({ "about": "一起跑进新年。" }));
    insta::assert_snapshot!("before", page(&mut host, &nobody(), ""));
    insta::assert_snapshot!("before_proof", page(&mut host, &nobody(), "proof"));
}

#[test]
fn while_it_runs() {
    let mut host = peopled(&json!({ "about": "一起跑进新年。" }));
    insta::assert_snapshot!("open", page(&mut host, &nobody(), ""));
    insta::assert_snapshot!("open_as_one_of_them", page(&mut host, &member(), ""));
    insta::assert_snapshot!("rules", page(&mut host, &nobody(), "rules"));
    insta::assert_snapshot!("board", page(&mut host, &nobody(), "board"));
    insta::assert_snapshot!("prizes", page(&mut host, &member(), "prizes"));
    insta::assert_snapshot!("invite", page(&mut host, &member(), "invite"));
    insta::assert_snapshot!("manage", page(&mut host, &owner(), "manage"));
    let at = format!("invite/{}", code(&mut host, "member"));
    insta::assert_snapshot!("invitation", page(&mut host, &nobody(), &at));
    insta::assert_snapshot!("invitation_of_ones_own", page(&mut host, &member(), &at));
}

#[test]
fn when_it_is_over() {
    let mut host =
        peopled(&json!({ "prizes": [{ "name": "跑鞋" }, { "name": "好书", "count": 2 }] }));
    over(&mut host);
    insta::assert_snapshot!("over", page(&mut host, &nobody(), ""));
    insta::assert_snapshot!("winners", page(&mut host, &nobody(), "winners"));
    insta::assert_snapshot!("proof", page(&mut host, &nobody(), "proof"));
    let draw = host
        .elsewhere(&owner(), crate::book::draw)
        .unwrap()
        .unwrap();
    let first = signed_in(&draw.order[0].member);
    insta::assert_snapshot!("over_as_a_winner", page(&mut host, &first, ""));
}

#[test]
fn in_english() {
    let mut host = peopled(&english(&json!({})));
    host.set_locale("en");
    insta::assert_snapshot!("english_open", page(&mut host, &nobody(), ""));
    insta::assert_snapshot!(
        "english_open_as_one_of_them",
        page(&mut host, &member(), "")
    );
    over(&mut host);
    insta::assert_snapshot!("english_proof", page(&mut host, &nobody(), "proof"));
}

#[test]
fn compact_is_two_lines_and_the_same_for_everyone() {
    let mut host = early(&json!({}));
    let mut seen = String::new();
    let mut look = |host: &mut Host| {
        host.set_size(Size::Compact);
        let (all, mine) = (page(host, &nobody(), ""), page(host, &member(), ""));
        assert!(!mine.is_private());
        assert_eq!(all.to_string(), mine.to_string());
        seen.push_str(&all.to_string());
        host.set_size(Size::Standard);
    };
    look(&mut host);
    pass(&mut host, DAY_S);
    enter(&mut host, &member());
    look(&mut host);
    over(&mut host);
    look(&mut host);
    insta::assert_snapshot!("compact", seen);
}

fn is_chinese(letter: char) -> bool {
    ('\u{3000}'..='\u{9fff}').contains(&letter) || ('\u{ff00}'..='\u{ffef}').contains(&letter)
}

/// Every page in every state for everybody: none fails, none has the other
/// language's words, and each but the first leads back.
#[test]
fn every_page_is_there_in_both_languages() {
    for draw in ["points", "top"] {
        let mut host = early(&english(&json!({ "draw": draw, "zone": "+00:00" })));
        host.moderator("moderator");
        for state in ["before", "open", "ending", "over"] {
            match state {
                "open" => {
                    pass(&mut host, 2 * DAY_S);
                    for reader in [member(), visitor("stranger")] {
                        enter(&mut host, &reader);
                        let _ = home_tap(&mut host, &reader, "check-in");
                    }
                    post(&mut host, &member(), "run");
                }
                "ending" => drop(host.set_now("2026-02-01T00:00:00+08:00")),
                "over" => pass(&mut host, 0),
                _ => {}
            }
            for (who, reader) in everybody() {
                for (at, size) in PAGES
                    .into_iter()
                    .flat_map(|at| [(at, Size::Standard), (at, Size::Feed)])
                {
                    host.set_size(size).set_locale("en");
                    let seen = page(&mut host, &reader, at).to_string();
                    assert!(!seen.contains(is_chinese), "{state} {who} {at}: {seen}");
                    host.set_locale("zh-CN");
                    let seen = page(&mut host, &reader, at);
                    assert!(seen.to_string().contains(is_chinese), "{state} {who} {at}");
                    assert_eq!(seen.links_to(""), !at.is_empty(), "{state} {who} {at}");
                    assert_eq!(seen.is_private(), who != "nobody", "{state} {who} {at}");
                }
            }
            host.set_size(Size::Standard);
        }
    }
}

#[test]
fn acts_answer_in_english() {
    let mut host = card(&english(&json!({})));
    host.set_locale("en");
    let shared = page(&mut host, &nobody(), "");
    let done = tap_on(&mut host, &shared, &owner(), ("enter", ""), &[]);
    assert_eq!(
        done,
        Err("The owner and moderators do not take part".to_owned())
    );
    let done = home_tap(&mut host, &member(), "enter");
    assert_eq!(done, Ok("You take part: 10 points".to_owned()));
    let done = home_tap(&mut host, &member(), "check-in");
    assert_eq!(done, Ok("Checked in, 1 in a row: 1 point".to_owned()));
    let done = claim(&mut host, &member());
    let expected = "No new post counts. Of one day 2 do, and replies do not.";
    assert_eq!(done, Ok(expected.to_owned()));
    post(&mut host, &member(), "run");
    assert_eq!(
        claim(&mut host, &member()),
        Ok("1 post counted: 5 points".to_owned())
    );
    assert_eq!(
        put_out(&mut host, "member"),
        Ok("Put out of the campaign".to_owned())
    );
}

#[test]
fn the_guide_is_for_those_who_do_not_take_part() {
    let mut host = card(&json!({}));
    for (who, reader) in everybody() {
        assert!(page(&mut host, &reader, "").contains("第一次来？"), "{who}");
    }
    enter(&mut host, &member());
    assert!(!page(&mut host, &member(), "").contains("第一次来？"));
    over(&mut host);
    assert!(!page(&mut host, &nobody(), "").contains("第一次来？"));
}

#[test]
fn what_is_no_page_is_not_found() {
    let mut host = peopled(&json!({}));
    for at in [
        "nowhere",
        "proof/2",
        "proof/0",
        "rules/x",
        "invite/ZZZZ2222",
    ] {
        let error = host.render_at(at).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{at}");
    }
    over(&mut host);
    assert_eq!(
        host.render_at("proof/2").unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn the_longest_names_fit() {
    let prize = json!({ "name": "长".repeat(60), "count": 10 });
    let mut host = peopled(&json!({
        "title": "题".repeat(60), "about": "说".repeat(500), "prizes": vec![prize; 10],
    }));
    for at in PAGES {
        page(&mut host, &owner(), at);
    }
    over(&mut host);
    for at in PAGES {
        page(&mut host, &owner(), at);
    }
    let mut host = card(&json!({ "title": "T".repeat(60) }));
    enter(&mut host, &member());
    host.set_locale("en");
    let at = format!("invite/{}", code(&mut host, "member"));
    page(&mut host, &nobody(), &at);
}

#[test]
fn an_unknown_action_is_refused() {
    // A button of another version of the card.
    struct Other;
    impl Card for Other {
        type Config = crate::config::Config;
        fn render(_: &CardContext<Self::Config>) -> Result<View> {
            Ok(View::new("t").body(button("x", offer("other"))))
        }
    }
    let seen = Host::new::<Other>(config(&json!({}))).render().unwrap();
    let mut host = card(&json!({}));
    let done = host.act_on(&seen, &member(), "other", []).unwrap_err();
    assert!(!matches!(done, Refusal::NotOffered), "{done:?}");
}

#[test]
fn a_configuration_that_is_no_campaign_draws_nothing() {
    let mut host = Host::new::<Campaign>(config(&json!({ "ends_at": "2025-01-01T00:00:00Z" })));
    let error = host.render().unwrap_err();
    assert!(
        error.text().contains("`ends_at` is not after `starts_at`"),
        "{error}"
    );
}
