//! What happens from week to week: streaks, the end of a week, reminders.

use super::*;

/// Writes under a tag in weeks that are so far after the first.
fn written_in(host: &mut Host, reader: &Reader, tag: &str, weeks: &[u64]) {
    let mut at = 0;
    for week in weeks {
        host.pass_s((week - at) * WEEK_S);
        at = *week;
        write(host, reader, tag, &format!("第 {week} 周"), true).unwrap();
    }
}

#[test]
fn streaks_and_comings_back_are_worked_out() {
    #[track_caller]
    fn check(weeks: &[u64], later: u64, expected: [&str; 4]) {
        let mut host = peopled();
        take(&mut host, &ann(), "跑步").unwrap();
        written_in(&mut host, &ann(), "跑步", weeks);
        host.pass_s(later * WEEK_S);
        for at in ["mine", "mine/跑步"] {
            let tree = page(&mut host, &ann(), at).to_string();
            let labels = ["连续", "最长连续", "回来次数", "记录"];
            for (label, value) in labels.iter().zip(expected) {
                let stat = format!("stat {label:?} {value:?}");
                assert!(tree.contains(&stat), "{at} {stat}\n{tree}");
            }
        }
    }
    check(&[0], 0, ["1 周", "1 周", "0 次", "1"]);
    check(&[0, 1, 2], 0, ["3 周", "3 周", "0 次", "3"]);
    // This week can still be written; then it is over.
    check(&[0, 1, 2], 1, ["3 周", "3 周", "0 次", "3"]);
    check(&[0, 1, 2], 2, ["0 周", "3 周", "0 次", "3"]);
    check(&[0, 1, 4, 6], 0, ["1 周", "2 周", "2 次", "4"]);
}

#[test]
fn a_year_is_seen_at_a_glance() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    take(&mut host, &ann(), "读书").unwrap();
    written_in(&mut host, &ann(), "跑步", &[0, 1]);
    write(&mut host, &ann(), "读书", "一本", false).unwrap();
    let points = |host: &mut Host, at: &str| -> Vec<f64> {
        let seen = page(host, &ann(), at);
        let chart = seen.kinds().find_map(|kind| match kind {
            quanka_card::test::Kind::Chart(chart) => Some(chart.clone()),
            _ => None,
        });
        let chart = chart.expect("there is a chart");
        chart.points.iter().map(|point| point.value).collect()
    };
    let all = points(&mut host, "mine");
    assert_eq!(all.len(), 52);
    assert_eq!(all[..5], [0.0, 0.0, 1.0, 2.0, 0.0]);
    assert_eq!(
        points(&mut host, "mine/跑步")[..5],
        [0.0, 0.0, 1.0, 1.0, 0.0]
    );
    // A year with 53, and the last year is not in it.
    host.set_now("2032-12-31T12:00:00+08:00");
    let later = points(&mut host, "mine");
    assert_eq!((later.len(), later.iter().sum::<f64>()), (53, 0.0));
}

#[test]
fn the_end_of_the_week_keeps_what_it_came_to() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", true);
    kept(&mut host, &bo(), "跑步", "三公里", true);
    kept(&mut host, &bo(), "读书", "一本", true);
    host.create().unwrap();
    assert!(page(&mut host, &nobody(), "tags").contains("每周结束时，这里会有上一周的榜单。"));
    let done = host.advance_s(WEEK_S);
    let names: Vec<&str> = done.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["remind", "close"]);
    let midnight: Timestamp = "2027-01-25T00:00:00+08:00".parse().unwrap();
    assert_eq!(done[1].at, midnight);
    let tags = page(&mut host, &nobody(), "tags");
    insta::assert_snapshot!("tags_after_a_week", tags);
    // What is written late does not change it.
    write(&mut host, &ann(), "跑步", "又跑了", true).unwrap();
    let seen = page(&mut host, &nobody(), "tags");
    assert!(seen.contains("2027-W03 的榜单") && seen.contains("2 条记录"));
}

/// A job that is delivered twice has one effect.
#[test]
fn a_week_closes_once_however_often_it_is_told() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", true);
    host.create().unwrap();
    host.set_now("2027-01-25T00:00:00+08:00");
    let first = host.advance_s(0);
    assert!(first.iter().all(|job| job.result.is_ok()), "{first:?}");
    let once = page(&mut host, &owner(), "tags").to_string();
    // The same timers again, as after an answer that was lost.
    for name in ["close", "remind"] {
        let again = host.now();
        host.elsewhere(&owner(), || timers::at(name, again).set())
            .unwrap();
    }
    let second = host.advance_s(0);
    assert_eq!(second.len(), 2, "{second:?}");
    assert!(second.iter().all(|job| job.result.is_ok()), "{second:?}");
    assert_eq!(page(&mut host, &owner(), "tags").to_string(), once);
    // And they come again next week.
    let next: Timestamp = "2027-02-01T00:00:00+08:00".parse().unwrap();
    assert_eq!(host.next_due("close"), Some(next));
    let next: Timestamp = "2027-01-31T20:00:00+08:00".parse().unwrap();
    assert_eq!(host.next_due("remind"), Some(next));
}

/// While the host was down both became due: neither puts the other off.
#[test]
fn what_was_missed_is_made_up_for() {
    let mut host = peopled();
    kept(&mut host, &ann(), "跑步", "五公里", true);
    host.create().unwrap();
    host.set_now("2027-01-25T09:00:00+08:00");
    let done = host.advance_s(0);
    let names: Vec<&str> = done.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["remind", "close"]);
    let tags = page(&mut host, &owner(), "tags");
    assert!(tags.contains("2027-W03 的榜单"), "{tags}");
    // It was too late to remind anybody.
    assert!(!has(&mut host, &owner(), "", "提醒时"));
}

#[test]
fn the_timers_follow_the_configuration() {
    #[track_caller]
    fn check(config: Value, close: &str, remind: &str) {
        let mut host = card(config);
        host.create().unwrap();
        let due = |name: &str| host.next_due(name);
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert_eq!((due("close"), due("remind")), (at(close), at(remind)));
    }
    check(
        json!({}),
        "2027-01-25T00:00:00+08:00",
        "2027-01-24T20:00:00+08:00",
    );
    check(
        json!({ "zone": "Asia/Tokyo", "remind-hours": 30 }),
        "2027-01-25T00:00:00+09:00",
        "2027-01-23T18:00:00+09:00",
    );
    check(
        json!({ "zone": "Asia/Kolkata", "remind-hours": 96 }),
        "2027-01-25T00:00:00+05:30",
        "2027-01-21T00:00:00+05:30",
    );
    check(
        json!({ "zone": "UTC", "remind-hours": 1 }),
        "2027-01-25T00:00:00Z",
        "2027-01-24T23:00:00Z",
    );
}

#[test]
fn a_new_configuration_holds_from_the_next_time_on() {
    let mut host = card(json!({}));
    host.create().unwrap();
    host.set_config(json!({ "zone": "UTC", "remind-hours": 24 }));
    host.advance_s(WEEK_S);
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    // Each came once by the old one, and closes the week of the new.
    let expected = at("2027-02-01T00:00:00Z");
    assert_eq!(host.next_due("close"), expected);
    assert_eq!(host.next_due("remind"), at("2027-01-31T00:00:00Z"));
}

#[test]
fn those_who_ask_are_reminded_of_what_is_not_written() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    take(&mut host, &ann(), "读书").unwrap();
    let done = tap(&mut host, &ann(), ("mine", "remind", ""), &[]);
    assert_eq!(done, owned(Ok("好的，周末打开卡片时会提醒你")));
    let reminds = |host: &mut Host| {
        let seen = page(host, &ann(), "");
        seen.contains("这周还没写")
    };
    host.set_now("2027-01-24T19:59:59+08:00");
    assert!(!reminds(&mut host));
    let seen = page(&mut host, &ann(), "");
    let late: Timestamp = "2027-01-24T20:00:00+08:00".parse().unwrap();
    assert_eq!(seen.expires_at(), Some(late));
    host.set_now("2027-01-24T20:00:00+08:00");
    assert!(reminds(&mut host));
    assert!(page(&mut host, &ann(), "").contains("这周还有 2 个标签没写"));
    write(&mut host, &ann(), "跑步", "五公里", false).unwrap();
    assert!(page(&mut host, &ann(), "").contains("这周还有 1 个标签没写"));
    write(&mut host, &ann(), "读书", "一本", false).unwrap();
    assert!(!reminds(&mut host));
    host.pass_s(WEEK_S);
    assert!(reminds(&mut host));
    let done = tap(&mut host, &ann(), ("mine", "remind", ""), &[]);
    assert_eq!(done, owned(Ok("不再提醒")));
    assert!(!reminds(&mut host));
}

#[test]
fn nobody_is_reminded_who_did_not_ask() {
    let mut host = peopled();
    take(&mut host, &ann(), "跑步").unwrap();
    host.set_now("2027-01-24T23:00:00+08:00");
    assert!(!page(&mut host, &ann(), "").contains("这周还没写"));
}

#[test]
fn those_who_keep_order_see_how_many_were_reminded() {
    #[track_caller]
    fn check(prepare: impl Fn(&mut Host), expected: &str) {
        let mut host = peopled();
        host.create().unwrap();
        for reader in [ann(), bo()] {
            take(&mut host, &reader, "跑步").unwrap();
            tap(&mut host, &reader, ("mine", "remind", ""), &[]).unwrap();
        }
        prepare(&mut host);
        let done = host.advance_s(WEEK_S - 86_400);
        assert!(done.iter().all(|job| job.result.is_ok()), "{done:?}");
        let seen = page(&mut host, &owner(), "");
        assert!(seen.contains(expected), "{seen}");
        assert!(!page(&mut host, &ann(), "").contains("提醒时"));
    }
    check(|_| {}, "2027-W03 提醒时：2 人要提醒，2 人还没写");
    check(
        |host| {
            for text in ["一", "二"] {
                write(host, &ann(), "跑步", text, false).unwrap();
            }
        },
        "2027-W03 提醒时：2 人要提醒，1 人还没写",
    );
    check(
        |host| {
            write(host, &ann(), "跑步", "一", false).unwrap();
            // Off, on, and off again: nothing is counted twice.
            for _ in 0..3 {
                tap(host, &ann(), ("mine", "remind", ""), &[]).unwrap();
            }
        },
        "2027-W03 提醒时：1 人要提醒，1 人还没写",
    );
    check(
        |host| {
            // One button, tapped twice on a page that was open.
            let seen = page(host, &ann(), "mine");
            for _ in 0..2 {
                tap_on(host, &seen, &ann(), ("remind", ""), &[]).unwrap();
            }
        },
        "2027-W03 提醒时：1 人要提醒，1 人还没写",
    );
}

#[test]
fn a_timer_of_another_name_is_put_aside() {
    let mut host = peopled();
    host.create().unwrap();
    let now = host.now();
    host.elsewhere(&owner(), || timers::at("tea", now).set())
        .unwrap();
    let done = host.advance_s(0);
    assert!(done[0].result.is_err(), "{done:?}");
}
