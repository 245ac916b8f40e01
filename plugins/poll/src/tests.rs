use quanka_card::prelude::*;
use quanka_card::test::{Done, Host, Kind, Refusal, anonymous, nobody, signed_in};
use serde_json::{Value, json};

use crate::Poll;

fn config(changes: &Value) -> Value {
    let mut config = json!({
        "question": "下个月读什么？",
        "options": [
            { "id": "a", "text": "三体" },
            { "id": "b", "text": "边城" },
            { "id": "c", "text": "呐喊" },
        ],
    });
    let changes = changes.as_object().expect("changes are an object").clone();
    config.as_object_mut().expect("it is one").extend(changes);
    config
}

fn poll(changes: &Value) -> Host {
    Host::new::<Poll>(config(changes))
}

fn vote(host: &mut Host, reader: &Reader, ids: &[&str]) -> Result<Done, Refusal> {
    host.act(reader, "vote", ids.iter().map(|id| ("choice", *id)))
}

/// The bars as a reader sees them: `三体 2 67%*`, the star for their own.
fn bars(host: &mut Host, reader: &Reader) -> String {
    let seen = host.render_as(reader).unwrap();
    let bars = seen.kinds().filter_map(|kind| match kind {
        Kind::Meter(meter) => {
            let star = if meter.mine { "*" } else { "" };
            Some(format!(
                "{} {} {:.0}%{star}",
                meter.label,
                meter.count,
                meter.share * 100.0
            ))
        }
        _ => None,
    });
    bars.collect::<Vec<_>>().join(", ")
}

fn tree(host: &mut Host, reader: &Reader) -> String {
    host.render_as(reader).unwrap().to_string()
}

#[test]
fn before_voting_there_is_a_form_and_the_turnout_but_no_result() {
    let mut host = poll(&json!({}));
    vote(&mut host, &signed_in("other"), &["a"]).unwrap();
    insta::assert_snapshot!(tree(&mut host, &nobody()), @r#"
    # 下个月读什么？
    > 1 人参与
    column
      heading 2 "下个月读什么？"
      form
        choice `choice` "选一项": a "三体" | b "边城" | c "呐喊" (1 of them)
        button "投票" (primary) → vote
      row
        text "1 人参与" (caption) (muted)
    "#);
}

#[test]
fn after_voting_there_are_results_and_a_way_to_change_ones_mind() {
    let mut host = poll(&json!({ "closes_at": "2026-02-01T00:00:00+08:00" }));
    vote(&mut host, &signed_in("other"), &["b"]).unwrap();
    let done = vote(&mut host, &signed_in("me"), &["a"]).unwrap();
    assert_eq!(done.outcome.toast_text(), Some("已投票"));
    assert_eq!(done.outcome.page_event(), Some(("vote", "{}")));
    insta::assert_snapshot!(tree(&mut host, &signed_in("me")), @r#"
    # 下个月读什么？
    > 2 人参与
    column
      heading 2 "下个月读什么？"
      column
        meter "三体" 50.0 %, 1, mine
        meter "边城" 50.0 %, 1
        meter "呐喊" 0.0 %, 0
      row
        text "2 人参与" (caption) (muted)
        row
          text "截止" (caption) (muted)
          time 2026-01-31T16:00:00Z (date time)
      details "改投"
        form
          choice `choice` "选一项": *a "三体" | b "边城" | c "呐喊" (1 of them)
          button "改投" (primary) → vote
    "#);
}

#[test]
fn after_closing_everyone_sees_the_results() {
    let mut host = poll(&json!({ "closes_at": "2026-02-01T00:00:00+08:00" }));
    vote(&mut host, &signed_in("other"), &["b"]).unwrap();
    let early = host.render().unwrap();
    assert_eq!(
        early.expires_at(),
        Some("2026-02-01T00:00:00+08:00".parse().unwrap())
    );
    host.set_now("2026-02-01T00:00:00+08:00");
    insta::assert_snapshot!(tree(&mut host, &nobody()), @r#"
    # 下个月读什么？
    > 1 人参与
    column
      heading 2 "下个月读什么？"
      column
        meter "三体" 0.0 %, 0
        meter "边城" 100.0 %, 1
        meter "呐喊" 0.0 %, 0
      row
        badge "已结束" (neutral)
        text "1 人参与" (caption) (muted)
        row
          text "结束于" (caption) (muted)
          time 2026-01-31T16:00:00Z (date time)
    "#);
    assert_eq!(host.render().unwrap().expires_at(), None);

    // An offer from before is still good for the host, not for the poll.
    let refusal = host
        .act_on(&early, &nobody(), "vote", [("choice", "a")])
        .unwrap_err();
    assert_eq!(refusal, Refusal::Invalid(Error::invalid("投票已经结束了")));
    assert_eq!(
        bars(&mut host, &nobody()),
        "三体 0 0%, 边城 1 100%, 呐喊 0 0%"
    );
}

#[test]
fn a_changed_mind_moves_the_vote_and_counts_one_reader() {
    fn check(votes: &[(&str, &[&str])], expected: &str) {
        let mut host = poll(&json!({ "choices_max": 2 }));
        for (reader, ids) in votes {
            vote(&mut host, &signed_in(reader), ids).unwrap();
        }
        let turnout = host.render().unwrap().summary().to_owned();
        let seen = bars(&mut host, &signed_in("me"));
        assert_eq!(format!("{turnout}: {seen}"), expected, "{votes:?}");
    }

    check(
        &[("me", &["a"])],
        "1 人参与: 三体 1 100%*, 边城 0 0%, 呐喊 0 0%",
    );
    check(
        &[("me", &["a"]), ("me", &["b"])],
        "1 人参与: 三体 0 0%, 边城 1 100%*, 呐喊 0 0%",
    );
    check(
        &[("me", &["a"]), ("me", &["a"])],
        "1 人参与: 三体 1 100%*, 边城 0 0%, 呐喊 0 0%",
    );
    check(
        &[("me", &["a", "b"]), ("me", &["b", "c"])],
        "1 人参与: 三体 0 0%, 边城 1 100%*, 呐喊 1 100%*",
    );
    check(
        &[
            ("me", &["b", "a"]),
            ("x", &["a"]),
            ("y", &["c"]),
            ("y", &["a"]),
        ],
        "3 人参与: 三体 3 100%*, 边城 1 33%*, 呐喊 0 0%",
    );
}

#[test]
fn choices_are_held_to_the_rules() {
    fn check(changes: &Value, ids: &[&str], expected: Result<&str, &str>) {
        let done = vote(&mut poll(changes), &signed_in("me"), ids);
        let got = match &done {
            Ok(done) => Ok(done.outcome.toast_text().unwrap()),
            Err(Refusal::Invalid(error)) => Err(error.text()),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(got, expected, "{changes} {ids:?}");
    }

    let (one, two, nine) = (
        json!({}),
        json!({ "choices_max": 2 }),
        json!({ "choices_max": 9 }),
    );
    check(&one, &["a"], Ok("已投票"));
    check(&one, &[], Err("`choice`: at least 1"));
    check(&one, &["a", "b"], Err("`choice`: at most 1"));
    check(&one, &["x"], Err("`choice`: `x` is no option"));
    check(&two, &["a", "c"], Ok("已投票"));
    check(&two, &["a", "b", "c"], Err("`choice`: at most 2"));
    check(&nine, &["a", "b", "c"], Ok("已投票"));
}

/// The host checks inputs against the form the reader saw; the configuration
/// may have changed since.
#[test]
fn an_old_form_is_held_to_the_new_configuration() {
    fn check(changes: &Value, ids: &[&str], expected: &str) {
        let mut host = poll(&json!({ "choices_max": 3 }));
        let seen = host.render().unwrap();
        host.set_config(config(changes));
        let inputs = ids.iter().map(|id| ("choice", *id));
        let refusal = host.act_on(&seen, &nobody(), "vote", inputs).unwrap_err();
        let expected = Error::invalid(expected).field("choice", expected);
        assert_eq!(refusal, Refusal::Invalid(expected), "{changes} {ids:?}");
    }

    let fewer =
        json!({ "options": [{ "id": "a", "text": "三体" }, { "id": "b", "text": "边城" }] });
    check(&fewer, &["c"], "选项有变动，请重新选择");
    check(
        &json!({ "choices_max": 2 }),
        &["a", "b", "c"],
        "最多选 2 项",
    );
}

#[test]
fn votes_for_an_option_that_is_gone_leave_the_shares_whole() {
    let mut host = poll(&json!({}));
    for (reader, id) in [("me", "c"), ("x", "a"), ("y", "a"), ("z", "b")] {
        vote(&mut host, &signed_in(reader), &[id]).unwrap();
    }
    host.set_config(config(&json!({
        "options": [{ "id": "a", "text": "三体" }, { "id": "b", "text": "边城" }],
    })));
    assert_eq!(bars(&mut host, &signed_in("x")), "三体 2 67%*, 边城 1 33%");
    // Whoever voted for it may vote again, and is still one reader.
    assert_eq!(bars(&mut host, &signed_in("me")), "");
    vote(&mut host, &signed_in("me"), &["b"]).unwrap();
    assert_eq!(bars(&mut host, &signed_in("me")), "三体 2 50%, 边城 2 50%*");
    assert_eq!(host.render().unwrap().summary(), "4 人参与");
    // Put back, the option has not kept the vote that moved on.
    host.set_config(config(&json!({})));
    assert_eq!(
        bars(&mut host, &signed_in("me")),
        "三体 2 50%, 边城 2 50%*, 呐喊 0 0%"
    );
}

#[test]
fn only_signed_in_readers_vote_where_it_says_so() {
    let mut host = poll(&json!({ "who": "signed-in" }));
    assert!(host.render().unwrap().contains("登录后可投票"));
    assert_eq!(
        vote(&mut host, &nobody(), &["a"]),
        Err(Refusal::SignInRequired)
    );
    assert_eq!(
        vote(&mut host, &anonymous("x"), &["a"]),
        Err(Refusal::SignInRequired)
    );
    vote(&mut host, &signed_in("me"), &["a"]).unwrap();
}

#[test]
fn a_reader_without_a_session_votes_once_with_the_one_they_get() {
    let mut host = poll(&json!({}));
    let reader = vote(&mut host, &nobody(), &["a"]).unwrap().reader;
    vote(&mut host, &reader, &["b"]).unwrap();
    assert_eq!(
        bars(&mut host, &reader),
        "三体 0 0%, 边城 1 100%*, 呐喊 0 0%"
    );
    assert!(
        host.render().unwrap().offers_action("vote"),
        "others still see the form"
    );
}

#[test]
fn compact_is_two_lines_and_says_where_it_stands() {
    fn check(host: &mut Host, expected: &str) {
        let seen = host.render_as(&signed_in("me")).unwrap();
        assert!(
            seen.contains(expected) && !seen.offers_action("vote"),
            "{seen}"
        );
        assert_eq!(seen.kinds().count(), 5);
    }

    let mut host = poll(&json!({ "closes_at": "2026-02-01T00:00:00Z" }));
    check(host.set_size(Size::Compact), "投票中");
    vote(host.set_size(Size::Standard), &signed_in("me"), &["a"]).unwrap();
    check(host.set_size(Size::Compact), "已投票");
    check(host.set_now("2026-02-01T00:00:00Z"), "已结束");
}

#[test]
fn it_speaks_english() {
    let mut host = poll(&json!({ "choices_max": 2, "closes_at": "2026-02-01T00:00:00Z" }));
    host.set_locale("en");
    assert_eq!(host.render().unwrap().summary(), "No votes yet");
    vote(&mut host, &signed_in("me"), &["a"]).unwrap();
    insta::assert_snapshot!(tree(&mut host, &signed_in("me")), @r#"
    # 下个月读什么？
    > 1 person voted
    column
      heading 2 "下个月读什么？"
      column
        meter "三体" 100.0 %, 1, mine
        meter "边城" 0.0 %, 0
        meter "呐喊" 0.0 %, 0
      row
        text "1 person voted" (caption) (muted)
        row
          text "Closes" (caption) (muted)
          time 2026-02-01T00:00:00Z (date time)
      details "Change my vote"
        form
          choice `choice` "Choose up to 2": *a "三体" | b "边城" | c "呐喊" (1 to 2 of them)
          button "Change my vote" (primary) → vote
    "#);
}

#[test]
fn the_rule_says_how_many_may_be_chosen() {
    fn check(choices_max: u32, expected: &str) {
        let mut host = poll(&json!({ "choices_max": choices_max }));
        let seen = host.render().unwrap();
        let rule = seen.kinds().find_map(|kind| match kind {
            Kind::Choice(choice) => Some(choice.label.clone()),
            _ => None,
        });
        assert_eq!(rule.as_deref(), Some(expected), "{choices_max} of 3");
    }
    check(1, "选一项");
    check(2, "最多选 2 项");
    check(3, "可多选");
    check(20, "可多选");
}

#[test]
fn two_options_with_one_id_are_refused() {
    let options = json!([{ "id": "a", "text": "三体" }, { "id": "a", "text": "边城" }]);
    let error = poll(&json!({ "options": options })).render().unwrap_err();
    assert_eq!(
        error.text(),
        "config: two options have the id `a`; give each its own"
    );
}
