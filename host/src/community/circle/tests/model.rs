//! Records, lists and counts against a model that only knows the records: after
//! any acts of anybody they say the same.

use super::*;
use proptest::prelude::*;

const PEOPLE: [&str; 6] = ["owner", "keeper", "a", "b", "c", "d"];

#[derive(Clone, Debug)]
enum Act {
    Join(JoinPolicy),
    Leave,
    Admit(usize),
    Refuse(usize),
    Role(usize, Role),
    Mute(usize),
    Ban(usize),
    Unban(usize),
    Appear,
    Forget(usize),
}

fn any_act() -> impl Strategy<Value = Act> {
    let whom = || 0..PEOPLE.len();
    let policy = prop::sample::select(JoinPolicy::ALL);
    let role = prop::sample::select(vec![
        Role::Visitor,
        Role::Member,
        Role::Featured,
        Role::Moderator,
        Role::Owner,
    ]);
    prop_oneof![
        4 => policy.prop_map(Act::Join),
        1 => Just(Act::Leave),
        2 => whom().prop_map(Act::Admit),
        1 => whom().prop_map(Act::Refuse),
        2 => (whom(), role).prop_map(|(whom, role)| Act::Role(whom, role)),
        1 => whom().prop_map(Act::Mute),
        1 => whom().prop_map(Act::Ban),
        1 => whom().prop_map(Act::Unban),
        3 => Just(Act::Appear),
        1 => whom().prop_map(Act::Forget),
    ]
}

async fn run(tx: &mut Transaction, who: &str, act: &Act, now_ms: u64) {
    let actor = at(who, now_ms);
    let done = match *act {
        Act::Join(policy) => join(tx, &LIMITS, policy, actor).await.map(drop),
        Act::Leave => leave(tx, actor).await,
        Act::Admit(whom) => admit(tx, &LIMITS, JoinPolicy::Closed, actor, PEOPLE[whom]).await,
        Act::Refuse(whom) => refuse(tx, actor, PEOPLE[whom]).await,
        Act::Role(whom, role) => set_role(tx, actor, PEOPLE[whom], role).await,
        Act::Mute(whom) => mute(tx, actor, PEOPLE[whom], now_ms + 1).await,
        Act::Ban(whom) => ban(tx, actor, PEOPLE[whom]).await,
        Act::Unban(whom) => unban(tx, actor, PEOPLE[whom]).await,
        Act::Appear => match membership(tx, who).await.unwrap().standing {
            Standing::Joined => note_present(tx, LIMITS.present_s, who, now_ms).await,
            _ => Ok(()),
        },
        Act::Forget(0) => Ok(()),
        Act::Forget(whom) => forget(tx, PEOPLE[whom]).await,
    };
    match done {
        Ok(()) | Err(RuleError::Denied(_) | RuleError::NotFound(_)) => {}
        Err(other) => panic!("{other}"),
    }
}

/// Those whose records say so, newest first.
async fn expected(
    tx: &mut Transaction,
    is_in: impl Fn(&Membership) -> bool,
) -> Vec<(String, Membership)> {
    let mut found = Vec::new();
    for who in PEOPLE {
        let record = membership(tx, who).await.unwrap();
        if is_in(&record) {
            found.push((who.to_owned(), record));
        }
    }
    found.sort_by(|(one, a), (other, b)| b.since_ms.cmp(&a.since_ms).then(one.cmp(other)));
    found
}

type IsIn<'a> = &'a dyn Fn(&Membership) -> bool;

async fn check(tx: &mut Transaction, now_ms: u64) {
    let joined = |one: &Membership| one.standing == Standing::Joined;
    let waits = |one: &Membership| one.standing == Standing::Waiting;
    let banned = |one: &Membership| one.standing == Standing::Banned;
    let lists: [(MemberFilter, IsIn<'_>); 6] = [
        (MemberFilter::Everyone, &joined),
        (MemberFilter::WithRole(Role::Member), &|one| {
            one.role == Role::Member
        }),
        (MemberFilter::WithRole(Role::Featured), &|one| {
            one.role == Role::Featured
        }),
        (MemberFilter::WithRole(Role::Moderator), &|one| {
            one.role == Role::Moderator
        }),
        (MemberFilter::Waiting, &waits),
        (MemberFilter::Banned, &banned),
    ];
    for (filter, is_in) in lists {
        let asker = at("owner", now_ms);
        let page = members(tx, asker, LIMITS.present_s, filter, None, 100).await;
        let expected = expected(tx, is_in).await;
        assert_eq!(page.unwrap().members, expected, "{filter:?}");
    }
    let asker = at("owner", now_ms);
    let present = members(
        tx,
        asker,
        LIMITS.present_s,
        MemberFilter::Present,
        None,
        100,
    )
    .await;
    let counted = counts(tx, LIMITS.present_s, now_ms).await.unwrap();
    let present = present.unwrap().members;
    assert_eq!(counted.present.count, present.len() as u64);
    assert!(present.iter().all(|(_, one)| joined(one)));
    let len = async |tx: &mut Transaction, is_in: &dyn Fn(&Membership) -> bool| {
        expected(tx, is_in).await.len() as u64
    };
    assert_eq!(counted.members, len(tx, &joined).await);
    assert_eq!(counted.waiting, len(tx, &waits).await);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(48)
    })]

    #[test]
    fn records_lists_and_counts_say_the_same(
        acts in prop::collection::vec((0..PEOPLE.len(), any_act(), 0..200u64), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = memory();
            let mut tx = begin(&store).await;
            for who in PEOPLE {
                meet(&mut tx, who);
            }
            make(&mut tx, "owner", Standing::Joined, Role::Owner).await;
            make(&mut tx, "keeper", Standing::Joined, Role::Moderator).await;
            tx.commit().await.unwrap();
            let mut now_ms = NOW_MS;
            for (who, act, later_s) in acts {
                now_ms += later_s * 1_000;
                let mut tx = begin(&store).await;
                run(&mut tx, PEOPLE[who], &act, now_ms).await;
                tx.commit().await.unwrap();
            }
            check(&mut begin(&store).await, now_ms).await;
        });
    }
}
