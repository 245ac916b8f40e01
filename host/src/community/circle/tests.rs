//! The rules of circles, on the store.

mod matrix;
mod model;
mod presence;

use super::*;
use crate::community::membership::{Membership, Standing};
use crate::config::{JoinPolicy, Members};
use crate::store::keys::member as member_key;
use crate::store::suite::{begin, memory};
use crate::store::{CommitError, Store};
use std::sync::Arc;

const NOW_MS: u64 = 1_800_000_000_000;
const DAY_MS: u64 = 86_400_000;

const LIMITS: Members = Members {
    joined_max: 100,
    waiting_max: 100,
    present_s: 600,
    transfer_age_s: 60,
};

fn by(member: &str) -> Actor<'_> {
    at(member, NOW_MS)
}

fn at(member: &str, now_ms: u64) -> Actor<'_> {
    Actor {
        is_owner: false,
        member: Some(member),
        now_ms,
    }
}

/// Notes that somebody has acted here, as their first act does.
fn meet(tx: &mut Transaction, member: &str) {
    let record = br#"{"since_ms":1}"#;
    tx.put(member_key(member), record.as_slice().into())
        .unwrap();
}

/// Has somebody be something, whatever they were.
async fn make(tx: &mut Transaction, member: &str, standing: Standing, role: Role) {
    meet(tx, member);
    let old = membership(tx, member).await.unwrap();
    let new = Membership {
        standing,
        role,
        since_ms: match standing {
            Standing::None => 0,
            _ => NOW_MS - DAY_MS,
        },
        first_ms: 0,
        muted_until_ms: 0,
    };
    record::change(tx, member, &old, &new).await.unwrap();
}

async fn join_at(store: &Arc<dyn Store>, member: &str, now_ms: u64) {
    let mut tx = begin(store).await;
    let joined = join(&mut tx, &LIMITS, JoinPolicy::Open, at(member, now_ms)).await;
    assert_eq!(joined, Ok(JoinOutcome::Joined), "{member}");
    tx.commit().await.unwrap();
}

async fn list(
    store: &Arc<dyn Store>,
    filter: MemberFilter,
    after: Option<&str>,
    limit: u32,
) -> MemberPage {
    let mut tx = begin(store).await;
    let asker = by("owner");
    let found = members(&mut tx, asker, LIMITS.present_s, filter, after, limit).await;
    found.unwrap()
}

fn names(page: &MemberPage) -> Vec<&str> {
    let members = page.members.iter();
    members.map(|(member, _)| member.as_str()).collect()
}

#[tokio::test]
async fn a_page_goes_on_where_the_last_one_ended_whoever_joins_and_leaves() {
    let store = memory();
    let name = |number: u64| format!("m-{number:02}");
    for number in 0..10 {
        // Two at a time join in the same millisecond.
        join_at(&store, &name(number), NOW_MS + number / 2).await;
    }
    let first = list(&store, MemberFilter::Everyone, None, 4).await;
    assert_eq!(names(&first), ["m-08", "m-09", "m-06", "m-07"]);
    // Somebody joins in front, the one at the cursor leaves, and so does one
    // behind it.
    join_at(&store, "late", NOW_MS + 99).await;
    for gone in ["m-07", "m-05"] {
        let mut tx = begin(&store).await;
        leave(&mut tx, by(gone)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let next = first.next.as_deref();
    let second = list(&store, MemberFilter::Everyone, next, 4).await;
    assert_eq!(names(&second), ["m-04", "m-02", "m-03", "m-00"]);
    let next = second.next.as_deref();
    let third = list(&store, MemberFilter::Everyone, next, 4).await;
    assert_eq!(names(&third), ["m-01"]);
    assert_eq!(third.next, None);
}

#[tokio::test]
async fn a_cursor_is_one_of_its_own_list() {
    let store = memory();
    for number in 0..3 {
        join_at(&store, &format!("m-{number}"), NOW_MS + number).await;
    }
    let page = list(&store, MemberFilter::Everyone, None, 1).await;
    let of_everyone = page.next.unwrap();
    let check = async |filter, after: &str, limit, expected: Result<usize, &str>| {
        let mut tx = begin(&store).await;
        let found = members(&mut tx, by("m-0"), 600, filter, Some(after), limit).await;
        let found = found.map(|page| page.members.len());
        let found = found.map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned), "{after:?}");
    };
    let no_cursor = "`after` is no `next` of an earlier page of the same list";
    let role = MemberFilter::WithRole(Role::Member);
    check(MemberFilter::Everyone, &of_everyone, 100, Ok(2)).await;
    check(role, &of_everyone, 1, Err(no_cursor)).await;
    for wrong in ["", "m-0", "ZQ", "ZQAAAAAAAAAA", "贝", &"A".repeat(400)] {
        check(MemberFilter::Everyone, wrong, 1, Err(no_cursor)).await;
    }
    for limit in [0, 101] {
        let expected = format!("the limit of members is 1 to 100, not {limit}");
        check(MemberFilter::Everyone, &of_everyone, limit, Err(&expected)).await;
    }
}

#[tokio::test]
async fn those_who_join_at_once_do_not_stand_in_each_others_way() {
    let store = memory();
    let mut under_way = Vec::new();
    for number in 0..20 {
        let mut tx = begin(&store).await;
        let member = format!("m-{number}");
        meet(&mut tx, &member);
        join(&mut tx, &LIMITS, JoinPolicy::Open, by(&member))
            .await
            .unwrap();
        note_present(&mut tx, 600, &member, NOW_MS).await.unwrap();
        under_way.push(tx);
    }
    for tx in under_way {
        tx.commit().await.unwrap();
    }
    let counted = counts(&mut begin(&store).await, 600, NOW_MS).await.unwrap();
    assert_eq!((counted.members, counted.present.count), (20, 20));
}

#[tokio::test]
async fn a_role_that_is_taken_away_meanwhile_counts() {
    let store = memory();
    let mut tx = begin(&store).await;
    make(&mut tx, "owner", Standing::Joined, Role::Owner).await;
    make(&mut tx, "moderator", Standing::Joined, Role::Moderator).await;
    make(&mut tx, "member", Standing::Joined, Role::Member).await;
    tx.commit().await.unwrap();
    let mut banning = begin(&store).await;
    ban(&mut banning, by("moderator"), "member").await.unwrap();
    let mut demoting = begin(&store).await;
    set_role(&mut demoting, by("owner"), "moderator", Role::Member)
        .await
        .unwrap();
    demoting.commit().await.unwrap();
    assert_eq!(banning.commit().await, Err(CommitError::Conflict));
}

#[tokio::test]
async fn a_circle_takes_so_many_and_no_more() {
    let limits = Members {
        joined_max: 2,
        waiting_max: 1,
        ..LIMITS
    };
    let store = memory();
    let mut tx = begin(&store).await;
    make(&mut tx, "owner", Standing::Joined, Role::Owner).await;
    let mut check = async |policy, member, expected: Result<JoinOutcome, &str>| {
        let joined = join(&mut tx, &limits, policy, by(member)).await;
        let joined = joined.map_err(|error| error.to_string());
        assert_eq!(joined, expected.map_err(str::to_owned), "{member}");
    };
    let full = "the circle is full: 2 (members.joined_max)";
    let full_of_waiting = "the circle is full: 1 (members.waiting_max)";
    check(JoinPolicy::Approval, "one", Ok(JoinOutcome::Pending)).await;
    check(JoinPolicy::Approval, "two", Err(full_of_waiting)).await;
    check(JoinPolicy::Open, "two", Ok(JoinOutcome::Joined)).await;
    check(JoinPolicy::Open, "three", Err(full)).await;
    check(JoinPolicy::Open, "two", Ok(JoinOutcome::Already)).await;
    let admitted = admit(&mut tx, &limits, JoinPolicy::Approval, by("owner"), "one").await;
    assert_eq!(admitted, Err(RuleError::Quota(full.to_owned())));
}

#[tokio::test]
async fn who_leaves_and_comes_back_is_as_mute_and_as_banned_as_before() {
    let store = memory();
    let mut tx = begin(&store).await;
    make(&mut tx, "owner", Standing::Joined, Role::Owner).await;
    make(&mut tx, "loud", Standing::Joined, Role::Featured).await;
    let until = NOW_MS + DAY_MS;
    mute(&mut tx, by("owner"), "loud", until).await.unwrap();
    leave(&mut tx, by("loud")).await.unwrap();
    let gone = membership(&mut tx, "loud").await.unwrap();
    assert_eq!((gone.standing, gone.role), (Standing::Left, Role::Visitor));
    join(&mut tx, &LIMITS, JoinPolicy::Open, by("loud"))
        .await
        .unwrap();
    let back = membership(&mut tx, "loud").await.unwrap();
    assert_eq!((back.role, back.muted_until_ms), (Role::Member, until));
    // An instant that has passed lets them speak.
    mute(&mut tx, by("owner"), "loud", NOW_MS).await.unwrap();
    let back = membership(&mut tx, "loud").await.unwrap();
    assert!(!back.is_muted(NOW_MS) && back.muted_until_ms == 0);

    ban(&mut tx, by("owner"), "loud").await.unwrap();
    let again = join(&mut tx, &LIMITS, JoinPolicy::Open, by("loud")).await;
    assert!(matches!(again, Err(RuleError::Denied(_))), "{again:?}");
    unban(&mut tx, by("owner"), "loud").await.unwrap();
    let lifted = membership(&mut tx, "loud").await.unwrap();
    let visitor = Membership {
        first_ms: NOW_MS - DAY_MS,
        ..Membership::default()
    };
    assert_eq!(lifted, visitor);
}

#[tokio::test]
async fn who_was_a_member_once_is_nobody_new() {
    let store = memory();
    let mut tx = begin(&store).await;
    make(&mut tx, "owner", Standing::Joined, Role::Owner).await;
    meet(&mut tx, "m");
    let first = async |tx: &mut Transaction, expected: (Standing, u64), after: &str| {
        let record = membership(tx, "m").await.unwrap();
        let found = (record.standing, record.first_joined_ms());
        assert_eq!(found, expected, "{after}");
    };
    let later = |minutes: u64| at("m", NOW_MS + minutes * 60_000);
    let (open, asks) = (JoinPolicy::Open, JoinPolicy::Approval);
    first(&mut tx, (Standing::None, 0), "nothing").await;
    // Who asks is no member, however often.
    join(&mut tx, &LIMITS, asks, later(0)).await.unwrap();
    first(&mut tx, (Standing::Waiting, 0), "asking").await;
    refuse(&mut tx, by("owner"), "m").await.unwrap();
    first(&mut tx, (Standing::None, 0), "a refusal").await;
    join(&mut tx, &LIMITS, open, later(1)).await.unwrap();
    let joined_ms = NOW_MS + 60_000;
    first(&mut tx, (Standing::Joined, joined_ms), "joining").await;
    // From then on it stays.
    leave(&mut tx, later(2)).await.unwrap();
    first(&mut tx, (Standing::Left, joined_ms), "leaving").await;
    join(&mut tx, &LIMITS, open, later(3)).await.unwrap();
    first(&mut tx, (Standing::Joined, joined_ms), "coming back").await;
    let since_ms = membership(&mut tx, "m").await.unwrap().since_ms;
    assert_eq!(since_ms, NOW_MS + 3 * 60_000);
    leave(&mut tx, later(4)).await.unwrap();
    join(&mut tx, &LIMITS, asks, later(5)).await.unwrap();
    first(&mut tx, (Standing::Waiting, joined_ms), "asking again").await;
    refuse(&mut tx, by("owner"), "m").await.unwrap();
    first(&mut tx, (Standing::None, joined_ms), "being refused").await;
    join(&mut tx, &LIMITS, asks, later(6)).await.unwrap();
    leave(&mut tx, later(7)).await.unwrap();
    first(&mut tx, (Standing::None, joined_ms), "asking no more").await;
    ban(&mut tx, by("owner"), "m").await.unwrap();
    first(&mut tx, (Standing::Banned, joined_ms), "a ban").await;
    unban(&mut tx, by("owner"), "m").await.unwrap();
    first(&mut tx, (Standing::None, joined_ms), "its end").await;
    settle_owner(&mut tx, "m", true, NOW_MS + DAY_MS)
        .await
        .unwrap();
    first(&mut tx, (Standing::Joined, joined_ms), "owning it").await;
    // But whose data is erased was never here.
    forget(&mut tx, "m").await.unwrap();
    assert_eq!(
        membership(&mut tx, "m").await.unwrap(),
        Membership::default()
    );
}

#[test]
fn a_record_of_before_says_since_when_somebody_is_in() {
    fn check(standing: &str, expected: u64) {
        let json = format!(r#"{{"standing":"{standing}","role":"visitor","since_ms":7}}"#);
        let record: Membership = serde_json::from_str(&json).unwrap();
        assert_eq!(record.first_joined_ms(), expected, "{standing}");
    }
    check("joined", 7);
    check("left", 7);
    for standing in ["none", "waiting", "banned"] {
        check(standing, 0);
    }
}

#[tokio::test]
async fn there_is_one_owner_and_who_was_it_is_a_moderator() {
    let store = memory();
    let mut tx = begin(&store).await;
    assert_eq!(owner(&mut tx).await.unwrap(), None);
    let first = settle_owner(&mut tx, "first", true, NOW_MS).await.unwrap();
    assert_eq!(
        (first.standing, first.role),
        (Standing::Joined, Role::Owner)
    );
    // Banned or not: the publisher has said who it is.
    make(&mut tx, "second", Standing::Banned, Role::Visitor).await;
    settle_owner(&mut tx, "second", true, NOW_MS).await.unwrap();
    assert_eq!(owner(&mut tx).await.unwrap().as_deref(), Some("second"));
    let role = membership(&mut tx, "first").await.unwrap().role;
    assert_eq!(role, Role::Moderator);
    // Somebody whom nobody names any more learns it when they act.
    let second = settle_owner(&mut tx, "second", false, NOW_MS)
        .await
        .unwrap();
    assert_eq!(second.role, Role::Moderator);
    assert_eq!(owner(&mut tx).await.unwrap(), None);
    // Everybody else is as they were.
    let visitor = settle_owner(&mut tx, "visitor", false, NOW_MS)
        .await
        .unwrap();
    assert_eq!(visitor, Membership::default());
}

#[tokio::test]
async fn a_circles_own_record_counts_its_changes() {
    let store = memory();
    let mut tx = begin(&store).await;
    let mut own = setting(&mut tx).await.unwrap();
    assert_eq!(own, Setting::default());
    own.publisher = Some("evening".parse().unwrap());
    keep_setting(&mut tx, &mut own).unwrap();
    let read = setting(&mut tx).await.unwrap();
    assert_eq!((read.changes, &read), (1, &own));
}
