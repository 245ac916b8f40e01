use super::*;
use crate::book;

/// Who has the prizes, best first.
fn places(host: &mut Host) -> Vec<Option<String>> {
    let winners = host.elsewhere(&owner(), book::winners).unwrap();
    let places = winners.expect("it is drawn").places;
    places.into_iter().map(|place| place.member).collect()
}

/// The first in line of those who are not `winner`.
fn drawn(host: &mut Host, at: usize) -> String {
    let draw = host.elsewhere(&owner(), book::draw).unwrap();
    draw.expect("it is drawn").order[at].member.clone()
}

/// A draw of one prize among four.
fn won(more: &Value) -> Host {
    let mut more = more.clone();
    more["prizes"] = json!([{ "name": "好书" }]);
    let mut host = card(&more);
    for name in ["a", "b", "c", "d"] {
        enter(&mut host, &visitor(name));
    }
    over(&mut host);
    host
}

fn accept(host: &mut Host, name: &str) -> Result<String, String> {
    home_tap(host, &signed_in(name), "accept")
}

#[test]
fn the_winner_accepts_and_nobody_else() {
    let mut host = won(&json!({}));
    let winner = drawn(&mut host, 0);
    let of_winner = page(&mut host, &signed_in(&winner), "");
    assert!(
        of_winner.contains("恭喜，你中奖了！") && of_winner.is_private(),
        "{of_winner}"
    );
    for name in ["a", "b", "c", "d", "owner", "moderator", "stranger"] {
        if name != winner {
            let done = accept(&mut host, name);
            assert_eq!(done, Err("not offered".to_owned()), "{name}");
        }
    }
    let loser = drawn(&mut host, 1);
    assert!(page(&mut host, &signed_in(&loser), "").contains("这次没有中奖，谢谢参加。"));
    assert!(!page(&mut host, &nobody(), "").contains("这次没有中奖"));

    let done = host.act(&signed_in(&winner), "accept", []).unwrap();
    assert_eq!(done.outcome.toast_text(), Some("已领取：好书"));
    let event = Some(("accept", "{\"prize\":\"好书\"}"));
    assert_eq!(done.outcome.page_event(), event);
    let seen = page(&mut host, &signed_in(&winner), "");
    assert!(
        seen.contains("你已领取") && !seen.offers_action("accept"),
        "{seen}"
    );
    assert!(page(&mut host, &nobody(), "winners").contains("已领取"));
    let again = tap_on(
        &mut host,
        &of_winner,
        &signed_in(&winner),
        ("accept", ""),
        &[],
    );
    assert_eq!(again, Ok("你已经领过了".to_owned()));
    assert_eq!(host.next_due("accept"), None);
    pass(&mut host, 60 * DAY_S);
    assert_eq!(places(&mut host), [Some(winner)]);
}

#[test]
fn how_the_prize_comes_is_for_who_accepted() {
    let mut host = won(&json!({ "delivery": "加微信 quanka 报编号" }));
    let winner = drawn(&mut host, 0);
    let says = |host: &mut Host, name: &str| {
        page(host, &signed_in(name), "").contains("加微信 quanka 报编号")
    };
    assert!(!says(&mut host, &winner));
    accept(&mut host, &winner).unwrap();
    assert!(says(&mut host, &winner));
    let loser = drawn(&mut host, 1);
    assert!(!says(&mut host, &loser));
    for at in ["", "winners", "prizes", "rules"] {
        assert!(!page(&mut host, &nobody(), at).contains("加微信"), "{at}");
    }
}

/// The claim codes that are kept.
fn claims(host: &mut Host) -> Vec<String> {
    let claims = host.elsewhere(&owner(), book::claims).unwrap();
    claims.into_values().collect()
}

/// Everybody's pages that have a text, by who and where.
fn where_seen(host: &mut Host, text: &str) -> Vec<(String, &'static str)> {
    let mut seen = Vec::new();
    let members = ["a", "b", "c", "d"].map(|name| (name, signed_in(name)));
    for (who, reader) in everybody().into_iter().chain(members) {
        for at in views::PAGES {
            if page(host, &reader, at).contains(text) {
                seen.push((who.to_owned(), at));
            }
        }
    }
    seen
}

/// The code of a ticket is in the list, in the order and in invitations, and so
/// no proof of anything.
#[test]
fn what_proves_whose_the_prize_is_only_the_winner_and_the_owner_see() {
    let mut host = won(&json!({}));
    let winner = drawn(&mut host, 0);
    assert!(claims(&mut host).is_empty(), "nobody has accepted");
    accept(&mut host, &winner).unwrap();
    let [claim] = &claims(&mut host)[..] else {
        panic!("one prize is accepted");
    };
    assert_eq!(claim.len(), 8);
    assert_ne!(*claim, code(&mut host, &winner));
    let of_winner = |at| (winner.clone(), at);
    let mut expected = vec![("owner".to_owned(), "manage")];
    expected.extend(["", "prizes", "winners"].map(of_winner));
    assert_eq!(where_seen(&mut host, claim), expected);
    let mine = page(&mut host, &signed_in(&winner), "winners");
    assert!(mine.contains("领奖码") && mine.is_private(), "{mine}");
}

#[test]
fn what_proved_whose_the_prize_was_proves_nothing_once_it_is_anothers() {
    let mut host = won(&json!({}));
    let (first, second) = (drawn(&mut host, 0), drawn(&mut host, 1));
    accept(&mut host, &first).unwrap();
    let of_first = claims(&mut host);
    assert_eq!(put_out(&mut host, &first), Ok("已取消资格".to_owned()));
    assert_eq!(places(&mut host), [Some(second.clone())]);
    assert!(claims(&mut host).is_empty());
    assert_eq!(where_seen(&mut host, &of_first[0]), []);
    let old = page(&mut host, &signed_in(&second), "");
    accept(&mut host, &second).unwrap();
    let of_second = claims(&mut host);
    assert_eq!(of_second.len(), 1);
    assert_ne!(of_second, of_first);
    // Accepting twice makes no other code.
    tap_on(&mut host, &old, &signed_in(&second), ("accept", ""), &[]).unwrap();
    assert_eq!(claims(&mut host), of_second);
}

#[test]
fn what_is_not_accepted_goes_to_the_next_in_line() {
    let mut host = won(&json!({ "accept_days": 3 }));
    let order: Vec<String> = (0..4).map(|at| drawn(&mut host, at)).collect();
    let early = page(&mut host, &signed_in(&order[0]), "");
    for (at, name) in order.iter().enumerate() {
        if at > 0 {
            let late = tap_on(
                &mut host,
                &early,
                &signed_in(&order[0]),
                ("accept", ""),
                &[],
            );
            assert_eq!(late, Err("这份奖品现在不是你的了".to_owned()));
        }
        assert_eq!(places(&mut host), [Some(name.clone())], "{at}");
        let winners = page(&mut host, &nobody(), "winners");
        let passed = format!("已顺延 {at} 次");
        assert_eq!(winners.contains(&passed), at > 0, "{winners}");
        pass(&mut host, 3 * DAY_S - HOUR_S);
        assert_eq!(places(&mut host), [Some(name.clone())], "it is not time");
        pass(&mut host, HOUR_S);
    }
    assert_eq!(places(&mut host), [None]);
    assert!(page(&mut host, &nobody(), "winners").contains("没有候补了，奖品空缺"));
    assert_eq!(host.next_due("accept"), None);
    let late = tap_on(
        &mut host,
        &early,
        &signed_in(&order[0]),
        ("accept", ""),
        &[],
    );
    assert_eq!(late, Err("这份奖品现在不是你的了".to_owned()));
}

#[test]
fn at_the_deadline_it_is_too_late_even_before_the_timer() {
    let mut host = won(&json!({ "accept_days": 1 }));
    let winner = drawn(&mut host, 0);
    let seen = page(&mut host, &signed_in(&winner), "");
    let until = host.next_due("accept").unwrap();
    assert_eq!(until, "2026-02-02T00:00:00+08:00".parse().unwrap());
    host.set_now("2026-02-02T00:00:00+08:00");
    let done = tap_on(&mut host, &seen, &signed_in(&winner), ("accept", ""), &[]);
    assert_eq!(done, Err("这份奖品现在不是你的了".to_owned()));
}

#[test]
fn the_deadline_that_comes_twice_passes_on_once() {
    let mut host = won(&json!({ "accept_days": 3 }));
    let second = drawn(&mut host, 1);
    pass(&mut host, 3 * DAY_S);
    assert_eq!(places(&mut host), [Some(second.clone())]);
    let due = host.next_due("accept");
    for _ in 0..2 {
        let now = host.now();
        host.elsewhere(&owner(), || timers::at("accept", now).set())
            .unwrap();
        pass(&mut host, 0);
    }
    assert_eq!(places(&mut host), [Some(second)]);
    assert_eq!(host.next_due("accept"), due);
}

#[test]
fn a_winner_who_left_comes_back_for_the_prize() {
    let mut host = won(&json!({}));
    let winner = drawn(&mut host, 0);
    let seen = page(&mut host, &signed_in(&winner), "");
    host.elsewhere(&signed_in(&winner), circle::leave).unwrap();
    let away = page(&mut host, &visitor(&winner), "");
    assert!(
        away.contains("重新加入圈子") && !away.offers_action("accept"),
        "{away}"
    );
    let done = tap_on(&mut host, &seen, &visitor(&winner), ("accept", ""), &[]);
    assert_eq!(done, Err("denied".to_owned()));
    let back = home_tap(&mut host, &visitor(&winner), "enter");
    assert_eq!(back, Ok("欢迎回来，积分都还在".to_owned()));
    assert_eq!(accept(&mut host, &winner), Ok("已领取：好书".to_owned()));
}

#[test]
fn who_left_is_passed_over() {
    let mut host = won(&json!({ "accept_days": 3 }));
    let (second, third) = (drawn(&mut host, 1), drawn(&mut host, 2));
    host.elsewhere(&signed_in(&second), circle::leave).unwrap();
    pass(&mut host, 3 * DAY_S);
    assert_eq!(places(&mut host), [Some(third)]);
}

#[test]
fn a_winner_who_was_made_a_moderator_keeps_the_prize() {
    let mut host = won(&json!({}));
    let winner = drawn(&mut host, 0);
    host.elsewhere(&owner(), || circle::set_role(&winner, Role::Moderator))
        .unwrap();
    let moderator = with_role(&winner, Role::Moderator);
    assert_eq!(
        home_tap(&mut host, &moderator, "accept"),
        Ok("已领取：好书".to_owned())
    );
}

#[test]
fn accepting_before_there_is_a_draw_is_refused() {
    // The view of a draw, met by a card that has none: as after a restore.
    let mut drawn_host = won(&json!({}));
    let winner = drawn(&mut drawn_host, 0);
    let seen = page(&mut drawn_host, &signed_in(&winner), "");
    let mut host = card(&json!({}));
    enter(&mut host, &visitor(&winner));
    let done = tap_on(&mut host, &seen, &signed_in(&winner), ("accept", ""), &[]);
    assert_eq!(done, Err("还没有开奖".to_owned()));
}

#[test]
fn what_was_accepted_stays_when_the_rest_is_passed_on() {
    let mut host = card(&json!({ "accept_days": 3 }));
    for name in ["a", "b", "c", "d"] {
        enter(&mut host, &visitor(name));
    }
    over(&mut host);
    let [first, second, third] = [0, 1, 2].map(|at| drawn(&mut host, at));
    assert_eq!(places(&mut host), [Some(first.clone()), Some(second)]);
    accept(&mut host, &first).unwrap();
    pass(&mut host, 3 * DAY_S);
    assert_eq!(places(&mut host), [Some(first), Some(third)]);
}
