//! Who may do what in a circle.

use super::*;
use crate::circle::{JoinOutcome, JoinPolicy, MemberFilter, Standing};

/// One of each, who are known to everybody.
fn circle(policy: JoinPolicy) -> Host {
    let mut host = drawing(|_| divider());
    host.circle_mut().policy = policy;
    host.owner("主");
    host.moderator("管");
    host.moderator("管二");
    host.featured("大");
    host.join(&signed_in("员"));
    host.render_as(&visitor("客")).unwrap();
    host
}

/// Somebody's standing and role, as the circle has them.
fn standing(host: &mut Host, id: &str) -> (Standing, Role) {
    let looked = host.elsewhere(&nobody(), || Ok(circle::membership(id)));
    let membership = looked.unwrap();
    (membership.standing, membership.role)
}

/// What becomes of an error.
fn kind<T>(result: Result<T>) -> Result<T, ErrorKind> {
    result.map_err(|error| error.kind())
}

#[test]
fn joining_follows_the_policy() {
    fn check(policy: JoinPolicy, expected: Result<JoinOutcome, ErrorKind>, then: Standing) {
        let mut host = circle(policy);
        let joined = host.elsewhere(&visitor("客"), circle::join);
        assert_eq!(kind(joined), expected, "{policy:?}");
        assert_eq!(standing(&mut host, "客").0, then, "{policy:?}");
        let again = host.elsewhere(&signed_in("员"), circle::join);
        assert_eq!(kind(again), Ok(JoinOutcome::Already), "{policy:?}");
    }

    check(JoinPolicy::Open, Ok(JoinOutcome::Joined), Standing::Joined);
    check(
        JoinPolicy::Approval,
        Ok(JoinOutcome::Pending),
        Standing::Waiting,
    );
    check(JoinPolicy::Closed, Err(ErrorKind::Denied), Standing::None);
}

#[test]
fn nobody_joins_without_a_session_or_after_a_ban() {
    let mut host = circle(JoinPolicy::Open);
    let joined = host.elsewhere(&nobody(), circle::join);
    assert_eq!(kind(joined), Err(ErrorKind::Denied));

    host.elsewhere(&signed_in("主"), || circle::ban("员"))
        .unwrap();
    let joined = host.elsewhere(&signed_in("员"), circle::join);
    assert_eq!(kind(joined), Err(ErrorKind::Denied));
    host.elsewhere(&signed_in("管"), || circle::unban("员"))
        .unwrap();
    // What the test's reader says of themselves does not bring them back.
    assert_eq!(
        host.render_as(&signed_in("员")).map(drop),
        Ok(()),
        "drawn for a visitor"
    );
    assert_eq!(standing(&mut host, "员"), (Standing::None, Role::Visitor));
    let joined = host.elsewhere(&visitor("员"), circle::join);
    assert_eq!(kind(joined), Ok(JoinOutcome::Joined));
}

#[test]
fn the_circle_knows_better_than_a_reader() {
    let mut host = circle(JoinPolicy::Open);
    for (id, expected) in [("员", Role::Member), ("管", Role::Moderator)] {
        host.render_as(&with_role(id, Role::Owner)).unwrap();
        assert_eq!(standing(&mut host, id), (Standing::Joined, expected));
    }
}

#[test]
fn who_leaves_has_left() {
    let mut host = circle(JoinPolicy::Open);
    let left = host.elsewhere(&signed_in("主"), circle::leave);
    assert_eq!(kind(left), Err(ErrorKind::Denied));
    let left = host.elsewhere(&visitor("客"), circle::leave);
    assert_eq!(kind(left), Err(ErrorKind::NotFound));
    host.elsewhere(&signed_in("员"), circle::leave).unwrap();
    assert_eq!(standing(&mut host, "员"), (Standing::Left, Role::Visitor));

    host.circle_mut().policy = JoinPolicy::Approval;
    host.elsewhere(&visitor("客"), circle::join).unwrap();
    host.elsewhere(&visitor("客"), circle::leave).unwrap();
    assert_eq!(standing(&mut host, "客"), (Standing::None, Role::Visitor));
}

#[test]
fn who_was_a_member_once_is_nobody_new() {
    let mut host = circle(JoinPolicy::Open);
    let first = |host: &mut Host| {
        let own = host.elsewhere(&visitor("主"), || Ok(circle::membership("客")));
        own.unwrap().first_since
    };
    host.circle_mut().policy = JoinPolicy::Approval;
    host.elsewhere(&visitor("客"), circle::join).unwrap();
    assert_eq!(first(&mut host), None);
    host.pass_s(60);
    let joined = Some(host.now());
    host.elsewhere(&visitor("主"), || circle::admit("客"))
        .unwrap();
    assert_eq!(first(&mut host), joined);
    type Deed = fn() -> Result<()>;
    let deeds: [(&str, Deed); 6] = [
        ("客", circle::leave),
        ("客", || circle::join().map(drop)),
        ("主", || circle::refuse("客")),
        ("主", || circle::ban("客")),
        ("主", || circle::unban("客")),
        ("客", || circle::join().map(drop)),
    ];
    for (by, deed) in deeds {
        host.pass_s(60);
        host.elsewhere(&visitor(by), deed).unwrap();
        assert_eq!(first(&mut host), joined);
    }
}

#[test]
fn order_is_kept_by_those_above() {
    use ErrorKind::{Denied, NotFound};

    type Deed = fn(&str) -> Result<()>;
    #[track_caller]
    fn check(deed: Deed, to: &str, expected: [Result<(), ErrorKind>; 4]) {
        let got = ["客", "大", "管", "主"].map(|by| {
            let mut host = circle(JoinPolicy::Open);
            host.elsewhere(&visitor("等"), || {
                circle::join().and_then(|_| circle::leave())
            })
            .unwrap();
            host.circle_mut().policy = JoinPolicy::Approval;
            host.elsewhere(&visitor("等"), circle::join).unwrap();
            kind(host.elsewhere(&visitor(by), || deed(to)))
        });
        assert_eq!(got, expected, "{to}");
    }

    let far = |member: &str| circle::mute(member, Timestamp::from_ms(u64::MAX));
    let feature: Deed = |member| circle::set_role(member, Role::Featured);
    let promote: Deed = |member| circle::set_role(member, Role::Moderator);
    let nobodys: [Deed; 2] = [
        |member| circle::set_role(member, Role::Owner),
        |member| circle::set_role(member, Role::Visitor),
    ];

    let no = Err(Denied);
    for deed in [feature, far, circle::ban] {
        check(deed, "员", [no, no, Ok(()), Ok(())]);
        check(deed, "大", [no, no, Ok(()), Ok(())]);
        check(deed, "管二", [no, no, no, Ok(())]);
        check(deed, "主", [no, no, no, no]);
        check(deed, "谁", [no, no, Err(NotFound), Err(NotFound)]);
    }
    check(far, "客", [no, no, Err(NotFound), Err(NotFound)]);
    check(circle::ban, "客", [no, no, Ok(()), Ok(())]);
    check(promote, "员", [no, no, no, Ok(())]);
    for deed in nobodys {
        check(deed, "员", [no; 4]);
    }
    check(circle::admit, "等", [no, no, Ok(()), Ok(())]);
    check(circle::admit, "客", [no, no, Err(NotFound), Err(NotFound)]);
    check(circle::refuse, "等", [no, no, Ok(()), Ok(())]);
    check(circle::refuse, "员", [no, no, Err(NotFound), Err(NotFound)]);
    check(circle::unban, "员", [no, no, Err(NotFound), Err(NotFound)]);
}

#[test]
fn a_closed_circle_lets_in_whom_a_moderator_admits() {
    let mut host = circle(JoinPolicy::Closed);
    host.elsewhere(&signed_in("管"), || circle::admit("客"))
        .unwrap();
    assert_eq!(standing(&mut host, "客"), (Standing::Joined, Role::Member));
    let nobodys = host.elsewhere(&signed_in("管"), || circle::admit("谁"));
    assert_eq!(kind(nobodys), Err(ErrorKind::NotFound));
}

#[test]
fn a_muted_member_may_post_again_when_it_is_over() {
    let mut host = circle(JoinPolicy::Open);
    let until = host.now().plus_s(60);
    host.elsewhere(&signed_in("管"), || circle::mute("员", until))
        .unwrap();
    let post = || posts::draft(PostKind::Short).text("话").publish().map(drop);
    assert_eq!(
        kind(host.elsewhere(&signed_in("员"), post)),
        Err(ErrorKind::Denied)
    );
    host.pass_s(60);
    assert_eq!(kind(host.elsewhere(&signed_in("员"), post)), Ok(()));
}

#[test]
fn members_are_listed_a_page_at_a_time() {
    let mut host = drawing(|_| divider());
    for id in ["一", "二", "三", "四"] {
        host.join(&signed_in(id));
        host.pass_s(1);
    }
    let page = |host: &mut Host, after: &str| {
        let after = after.to_owned();
        let read = || {
            let list = circle::members(MemberFilter::Everyone).limit(2);
            Ok(list.after(after).page())
        };
        let page = host.elsewhere(&nobody(), read).unwrap();
        let ids: Vec<String> = page.members.into_iter().map(|m| m.member).collect();
        (ids.join(""), page.next.unwrap_or_default())
    };
    let (first, next) = page(&mut host, "");
    assert_eq!(first, "四三");
    // Who comes meanwhile shifts nothing.
    host.join(&signed_in("五"));
    assert_eq!(page(&mut host, &next), ("二一".to_owned(), String::new()));
}

#[test]
fn members_are_listed_by_what_they_are() {
    #[track_caller]
    fn check(filter: MemberFilter, expected: &str) {
        let mut host = circle(JoinPolicy::Approval);
        host.elsewhere(&visitor("等"), circle::join).unwrap();
        host.elsewhere(&signed_in("主"), || circle::ban("大"))
            .unwrap();
        let read = || Ok(circle::members(filter).page().members);
        let members = host.elsewhere(&signed_in("管"), read).unwrap();
        let ids: Vec<String> = members.into_iter().map(|m| m.member).collect();
        assert_eq!(ids.join(" "), expected, "{filter:?}");
    }

    check(MemberFilter::Everyone, "员 管二 管 主");
    check(MemberFilter::WithRole(Role::Moderator), "管二 管");
    check(MemberFilter::Waiting, "等");
    check(MemberFilter::Banned, "大");
    check(MemberFilter::Present, "主");
}

#[test]
fn who_waits_is_for_moderators_to_see() {
    for filter in [MemberFilter::Waiting, MemberFilter::Banned] {
        let mut host = circle(JoinPolicy::Open);
        let read = || {
            let _ = host.elsewhere(&signed_in("大"), || Ok(circle::members(filter).page()));
        };
        assert!(panics(read).contains("for moderators and the owner"));
    }
    let mut host = circle(JoinPolicy::Open);
    let forged = || {
        let list = || Ok(circle::members(MemberFilter::Everyone).after("x").page());
        let _ = host.elsewhere(&nobody(), list);
    };
    assert!(panics(forged).contains("no page's `next`"));
}

#[test]
fn counts_go_with_what_happens() {
    let mut host = circle(JoinPolicy::Approval);
    host.elsewhere(&visitor("等"), circle::join).unwrap();
    host.elsewhere(&signed_in("员"), || {
        posts::draft(PostKind::Short).text("话").publish()?;
        posts::draft(PostKind::Short).text("话").review().publish()
    })
    .unwrap();
    let counts = host.elsewhere(&nobody(), || Ok(circle::counts())).unwrap();
    assert_eq!(
        [
            counts.members,
            counts.waiting,
            counts.posts,
            counts.held,
            counts.present
        ],
        [5, 1, 1, 1, 1]
    );
    host.pass_s(600);
    let counts = host.elsewhere(&nobody(), || Ok(circle::counts())).unwrap();
    assert_eq!(counts.present, 0);
}

#[test]
fn the_owner_is_in_the_circles_words() {
    let mut host = drawing(|_| divider());
    let owner = |host: &mut Host| {
        let info = host.elsewhere(&nobody(), || Ok(circle::info())).unwrap();
        info.owner
    };
    assert_eq!(owner(&mut host), None);
    host.owner("主");
    assert_eq!(owner(&mut host).as_deref(), Some("主"));
}

#[test]
fn asking_after_the_reader_makes_a_view_private() {
    #[track_caller]
    fn check(draw: fn(&CardContext<NoConfig>) -> Element, expected: bool) {
        let mut host = drawing(draw);
        host.owner("主");
        let seen = host.render_as(&signed_in("主")).unwrap();
        assert_eq!(seen.is_private(), expected);
    }

    check(
        |_| text(format!("{:?}", circle::membership("主").role)).into(),
        true,
    );
    check(
        |_| text(format!("{:?}", circle::membership("员").role)).into(),
        false,
    );
    check(|_| text(circle::info().name).into(), false);
    check(|_| stat("人", circle::counts().members).into(), false);
    check(
        |_| {
            let banned = circle::members(MemberFilter::Banned).page();
            stat("人", banned.members.len()).into()
        },
        true,
    );
}
