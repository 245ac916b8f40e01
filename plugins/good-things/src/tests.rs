//! The card in the SDK's host: what each reader sees, and what each may do.

mod asking;
mod joining;
mod lists;
mod order;
mod points;
mod posting;
mod topics;
mod views;
mod watching;
mod wishes;

use quanka_card::prelude::*;
use quanka_card::test::{Done, Host, Refusal, Seen, nobody, signed_in, visitor, with_role};
use serde_json::{Value, json};

use crate::GoodThings;
use crate::acts::About;

fn card(config: Value) -> Host {
    let mut host = Host::new::<GoodThings>(config);
    host.owner("owner");
    host.join(&member());
    host.join(&friend());
    host
}

fn owner() -> Reader {
    with_role("owner", Role::Owner)
}

fn moderator() -> Reader {
    with_role("moderator", Role::Moderator)
}

fn star() -> Reader {
    with_role("star", Role::Featured)
}

fn member() -> Reader {
    signed_in("member")
}

/// Another member.
fn friend() -> Reader {
    signed_in("friend")
}

/// Signed in, and in no circle.
fn stranger() -> Reader {
    visitor("stranger")
}

/// Everybody by what they are, from least to most.
fn everybody() -> [(&'static str, Reader); 6] {
    [
        ("nobody", nobody()),
        ("stranger", stranger()),
        ("member", member()),
        ("star", star()),
        ("moderator", moderator()),
        ("owner", owner()),
    ]
}

fn page(host: &mut Host, reader: &Reader, at: &str) -> Seen {
    let seen = host.set_at(at).render_as(reader);
    seen.unwrap_or_else(|error| panic!("{at}: {error}"))
}

/// What comes of an act on a page: the short message, or why not. The offer is
/// the first of its name with this in its payload.
fn tap(
    host: &mut Host,
    reader: &Reader,
    (at, name, payload): (&str, &str, &str),
    inputs: &[(&str, &str)],
) -> Result<String, String> {
    let seen = page(host, reader, at);
    tap_on(host, &seen, reader, (name, payload), inputs)
}

/// The same on a page that was drawn before.
fn tap_on(
    host: &mut Host,
    seen: &Seen,
    reader: &Reader,
    offer: (&str, &str),
    inputs: &[(&str, &str)],
) -> Result<String, String> {
    match take(host, seen, reader, offer, inputs) {
        Ok(done) => Ok(done.outcome.toast_text().unwrap_or_default().to_owned()),
        Err(Refusal::Invalid(error)) => Err(error.text().to_owned()),
        Err(Refusal::NotOffered) => Err("not offered".to_owned()),
        Err(Refusal::SignInRequired) => Err("sign in".to_owned()),
        Err(Refusal::Denied) => Err("denied".to_owned()),
        Err(other) => panic!("{}: {other:?}", offer.0),
    }
}

fn take(
    host: &mut Host,
    seen: &Seen,
    reader: &Reader,
    (name, part): (&str, &str),
    inputs: &[(&str, &str)],
) -> Result<Done, Refusal> {
    let inputs = inputs.iter().copied();
    match seen.payloads(name).find(|payload| payload.contains(part)) {
        None => Err(Refusal::NotOffered),
        Some("") => host.act_on(seen, reader, name, inputs),
        Some(payload) => {
            if let Ok(about) = serde_json::from_str::<About>(payload) {
                return host.act_on_with(seen, reader, name, &about, inputs);
            }
            if let Ok(seen_in_queue) = serde_json::from_str::<(About, posts::Seen)>(payload) {
                return host.act_on_with(seen, reader, name, &seen_in_queue, inputs);
            }
            let payload: Value = serde_json::from_str(payload).expect("payloads are JSON");
            host.act_on_with(seen, reader, name, &payload, inputs)
        }
    }
}

fn recommend(host: &mut Host, reader: &Reader, name: &str) -> Result<String, String> {
    host.pass_s(1);
    let inputs = [("name", name), ("rating", "5")];
    tap(host, reader, ("add", "recommend", ""), &inputs)
}

fn ask(host: &mut Host, reader: &Reader, text: &str) -> Result<String, String> {
    host.pass_s(1);
    tap(host, reader, ("ask", "ask", ""), &[("text", text)])
}

/// The page of the last post.
fn last(host: &mut Host) -> String {
    let found = host.elsewhere(&owner(), || Ok(posts::query().limit(1).page().posts));
    let posts = found.expect("posts can be read");
    format!("post/{}", posts.first().expect("there is a post").id)
}

/// A member's points, as their page says.
fn points(host: &mut Host, member: &str) -> i64 {
    let tree = page(host, &nobody(), &format!("member/{member}")).to_string();
    let (before, _) = tree.split_once(" 分\"").expect("points stand there");
    let (_, points) = before.rsplit_once('"').expect("in a text");
    points.parse().expect("as a number")
}

fn owned(expected: Result<&str, &str>) -> Result<String, String> {
    expected.map(str::to_owned).map_err(str::to_owned)
}
