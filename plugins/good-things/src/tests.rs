//! The card in the SDK's host: what each reader sees, and what each may do.






use quanka_card::prelude::*;
use quanka_card::test::{Host, Refusal, Seen, nobody, signed_in, visitor, with_role};
use serde_json::{Value, json};

use crate::GoodThings;

fn card(config: Value) -> Host {
    let mut host = Host::new::<GoodThings>(config);
    host.owner("owner");
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
    (name, part): (&str, &str),
    inputs: &[(&str, &str)],
) -> Result<String, String> {
    let inputs = inputs.iter().copied();
    let payload = seen.payloads(name).find(|payload| payload.contains(part));
    let done = match payload {
        None => return Err("not offered".to_owned()),
        Some("") => host.act_on(seen, reader, name, inputs),
        Some(payload) => {
            let payload: Value = serde_json::from_str(payload).expect("payloads are JSON");
            host.act_on_with(seen, reader, name, &payload, inputs)
        }
    };
    match done {
        Ok(done) => Ok(done.outcome.toast_text().unwrap_or_default().to_owned()),
        Err(Refusal::Invalid(error)) => Err(error.text().to_owned()),
        Err(Refusal::NotOffered) => Err("not offered".to_owned()),
        Err(Refusal::SignInRequired) => Err("sign in".to_owned()),
        Err(Refusal::Denied) => Err("denied".to_owned()),
        Err(other) => panic!("{name}: {other:?}"),
    }
}

fn say(host: &mut Host, reader: &Reader, text: &str) -> Result<String, String> {
    host.pass_s(1);
    tap(host, reader, ("post", "post", ""), &[("text", text)])
}

/// The id of the post that says this, from the link to its page.
fn id_of(host: &mut Host, text: &str) -> String {
    let tree = page(host, &nobody(), "posts/latest").to_string();
    let line = tree
        .lines()
        .find(|line| line.contains(&format!("{text:?}")));
    let line = line.unwrap_or_else(|| panic!("`{text}` is not there:\n{tree}"));
    let (_, rest) = line.split_once(", post ").expect("it is a post's words");
    rest.split(',').next().expect("there is a first").to_owned()
}
