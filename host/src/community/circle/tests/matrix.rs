//! Every role against every act of `wit/v1/circle.wit`: what comes of it.

use super::*;

/// Who acts. An anonymous reader and one who is signed in are alike here: what
/// is for the signed-in only, offers say.
const ACTORS: [&str; 10] = [
    "anonymous",
    "visitor",
    "waiting",
    "member",
    "muted",
    "featured",
    "moderator",
    "owner",
    "banned",
    "job",
];

/// What came of each act, for each of the actors, in their order.
const TABLE: &[(&str, [&str; 10])] = &[
    (
        "join open",
        [
            "joined", "joined", "joined", "already", "already", "already", "already", "already",
            "denied", "denied",
        ],
    ),
    (
        "join approval",
        [
            "pending", "pending", "pending", "already", "already", "already", "already", "already",
            "denied", "denied",
        ],
    ),
    (
        "join closed",
        [
            "denied", "denied", "pending", "already", "already", "already", "already", "already",
            "denied", "denied",
        ],
    ),
    (
        "leave",
        [
            "nobody", "nobody", "ok", "ok", "ok", "ok", "ok", "denied", "nobody", "denied",
        ],
    ),
    (
        "admit one-who-waits",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "admit a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "admit a-visitor",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "nobody", "nobody",
            "denied", "denied",
        ],
    ),
    (
        "admit-closed a-visitor",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "admit-closed no-one",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "nobody", "nobody",
            "denied", "denied",
        ],
    ),
    (
        "admit one-banned",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "denied",
            "denied", "denied",
        ],
    ),
    (
        "refuse one-who-waits",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "refuse a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "nobody", "nobody",
            "denied", "denied",
        ],
    ),
    (
        "featured a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "member a-featured",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "moderator a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "ok", "denied",
            "denied",
        ],
    ),
    (
        "member a-moderator",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "ok", "denied",
            "denied",
        ],
    ),
    (
        "owner a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "denied",
            "denied", "denied",
        ],
    ),
    (
        "visitor a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "denied",
            "denied", "denied",
        ],
    ),
    (
        "member owner",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "denied",
            "denied", "denied",
        ],
    ),
    (
        "featured a-visitor",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "nobody", "nobody",
            "denied", "denied",
        ],
    ),
    (
        "featured itself",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "denied",
            "denied", "denied",
        ],
    ),
    (
        "mute a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "mute a-featured",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "mute a-moderator",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "ok", "denied",
            "denied",
        ],
    ),
    (
        "mute owner",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "denied",
            "denied", "denied",
        ],
    ),
    (
        "mute a-visitor",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "nobody", "nobody",
            "denied", "denied",
        ],
    ),
    (
        "ban a-visitor",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "ban one-who-waits",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "ban a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "ban a-moderator",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "ok", "denied",
            "denied",
        ],
    ),
    (
        "ban owner",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "denied", "denied",
            "denied", "denied",
        ],
    ),
    (
        "ban one-banned",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "ban no-one",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "nobody", "nobody",
            "denied", "denied",
        ],
    ),
    (
        "unban one-banned",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "unban a-member",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "nobody", "nobody",
            "denied", "denied",
        ],
    ),
    (
        "list everyone",
        ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok"],
    ),
    (
        "list present",
        ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok"],
    ),
    (
        "list waiting",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
    (
        "list banned",
        [
            "denied", "denied", "denied", "denied", "denied", "denied", "ok", "ok", "denied",
            "denied",
        ],
    ),
];

async fn people(tx: &mut Transaction) {
    use Standing::{Banned, Joined, None, Waiting};
    for (member, standing, role) in [
        ("anonymous", None, Role::Visitor),
        ("visitor", None, Role::Visitor),
        ("waiting", Waiting, Role::Visitor),
        ("member", Joined, Role::Member),
        ("muted", Joined, Role::Member),
        ("featured", Joined, Role::Featured),
        ("moderator", Joined, Role::Moderator),
        ("owner", Joined, Role::Owner),
        ("banned", Banned, Role::Visitor),
        ("a-visitor", None, Role::Visitor),
        ("one-who-waits", Waiting, Role::Visitor),
        ("a-member", Joined, Role::Member),
        ("a-featured", Joined, Role::Featured),
        ("a-moderator", Joined, Role::Moderator),
        ("one-banned", Banned, Role::Visitor),
    ] {
        make(tx, member, standing, role).await;
    }
    let until = NOW_MS + DAY_MS;
    mute(tx, by("owner"), "muted", until).await.unwrap();
}

async fn act(
    tx: &mut Transaction,
    actor: Actor<'_>,
    act: &str,
    on: &str,
) -> Result<&'static str, RuleError> {
    let policy = |word: &str| word.parse::<JoinPolicy>().unwrap();
    let role = |word: &str| match word {
        "visitor" => Role::Visitor,
        "member" => Role::Member,
        "featured" => Role::Featured,
        "moderator" => Role::Moderator,
        "owner" => Role::Owner,
        other => panic!("no act is called {other}"),
    };
    let filter = |word: &str| match word {
        "everyone" => MemberFilter::Everyone,
        "present" => MemberFilter::Present,
        "waiting" => MemberFilter::Waiting,
        _ => MemberFilter::Banned,
    };
    match act {
        "join" => {
            return Ok(match join(tx, &LIMITS, policy(on), actor).await? {
                JoinOutcome::Joined => "joined",
                JoinOutcome::Pending => "pending",
                JoinOutcome::Already => "already",
            });
        }
        "leave" => leave(tx, actor).await?,
        "admit" => admit(tx, &LIMITS, JoinPolicy::Approval, actor, on).await?,
        "admit-closed" => admit(tx, &LIMITS, JoinPolicy::Closed, actor, on).await?,
        "refuse" => refuse(tx, actor, on).await?,
        "mute" => mute(tx, actor, on, NOW_MS + 1).await?,
        "ban" => ban(tx, actor, on).await?,
        "unban" => unban(tx, actor, on).await?,
        "list" => {
            members(tx, actor, LIMITS.present_s, filter(on), None, 100).await?;
        }
        given => set_role(tx, actor, on, role(given)).await?,
    }
    Ok("ok")
}

#[tokio::test]
async fn every_role_may_do_what_is_its_own_and_no_more() {
    let store = memory();
    let mut tx = begin(&store).await;
    people(&mut tx).await;
    tx.commit().await.unwrap();
    let mut wrong = Vec::new();
    for (what, expected) in TABLE {
        let (name, on) = what.split_once(' ').unwrap_or((what, ""));
        for (who, expected) in ACTORS.into_iter().zip(expected) {
            let mut tx = begin(&store).await;
            let actor = Actor {
                is_owner: false,
                member: (who != "job").then_some(who),
                now_ms: NOW_MS,
            };
            let on = if on == "itself" { who } else { on };
            let outcome = match act(&mut tx, actor, name, on).await {
                Ok(word) => word,
                Err(RuleError::Denied(_)) => "denied",
                Err(RuleError::NotFound(_)) => "nobody",
                Err(other) => panic!("{what} by {who}: {other}"),
            };
            if outcome != *expected {
                wrong.push(format!("{what} by {who}: {outcome}, not {expected}"));
            }
            // What is refused leaves nothing behind.
            if matches!(outcome, "denied" | "nobody" | "already") {
                assert!(tx.batch().is_empty(), "{what} by {who}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
