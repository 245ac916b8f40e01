//! The card in the SDK's host: what each reader sees, and what each may do.

mod keeping;
mod privacy;
mod showing;
mod talk;
mod views;
mod weeks;
mod writing;

use quanka_card::prelude::*;
use quanka_card::test::{Host, Refusal, Seen, nobody, signed_in, visitor, with_role};
use serde_json::{Value, json};

use crate::LifeTags;

/// A Wednesday: the third week of 2027.
const WEDNESDAY: &str = "2027-01-20T12:00:00+08:00";
const WEEK_S: u64 = 7 * 86_400;

fn card(config: Value) -> Host {
    let mut host = Host::new::<LifeTags>(config);
    host.owner("owner");
    host.set_now(WEDNESDAY);
    host
}

/// A card with two members.
fn peopled() -> Host {
    let mut host = card(json!({}));
    for reader in [ann(), bo()] {
        host.join(&reader);
    }
    host
}

fn owner() -> Reader {
    with_role("owner", Role::Owner)
}

fn moderator() -> Reader {
    with_role("moderator", Role::Moderator)
}

fn ann() -> Reader {
    signed_in("ann")
}

fn bo() -> Reader {
    signed_in("bo")
}

/// Signed in, and no member.
fn stranger() -> Reader {
    visitor("stranger")
}

/// Everybody by what they are, from least to most.
fn everybody() -> [(&'static str, Reader); 6] {
    [
        ("nobody", nobody()),
        ("stranger", stranger()),
        ("ann", ann()),
        ("bo", bo()),
        ("moderator", moderator()),
        ("owner", owner()),
    ]
}

fn page(host: &mut Host, reader: &Reader, at: &str) -> Seen {
    let seen = host.render_at_as(at, reader);
    seen.unwrap_or_else(|error| panic!("{at}: {error}"))
}

/// What comes of an act on a page: the short message, or why not. The offer is
/// the first of its name with this in its payload.
fn tap(
    host: &mut Host,
    reader: &Reader,
    (at, name, part): (&str, &str, &str),
    inputs: &[(&str, &str)],
) -> Result<String, String> {
    let seen = page(host, reader, at);
    tap_on(host, &seen, reader, (name, part), inputs)
}

/// The same on a page that was drawn before.
fn tap_on(
    host: &mut Host,
    seen: &Seen,
    reader: &Reader,
    (name, part): (&str, &str),
    inputs: &[(&str, &str)],
) -> Result<String, String> {
    match act(host, seen, reader, (name, part), inputs) {
        Ok(done) => Ok(done.toast_text().unwrap_or_default().to_owned()),
        Err(Refusal::Invalid(error)) => Err(error.text().to_owned()),
        Err(Refusal::NotOffered) => Err("not offered".to_owned()),
        Err(Refusal::SignInRequired) => Err("sign in".to_owned()),
        Err(Refusal::Denied) => Err("denied".to_owned()),
        Err(other) => panic!("{name}: {other:?}"),
    }
}

fn act(
    host: &mut Host,
    seen: &Seen,
    reader: &Reader,
    (name, part): (&str, &str),
    inputs: &[(&str, &str)],
) -> Result<Outcome, Refusal> {
    let inputs = inputs.iter().copied();
    let payload = seen.payloads(name).find(|payload| payload.contains(part));
    let done = match payload {
        None => return Err(Refusal::NotOffered),
        Some("") => host.act_on(seen, reader, name, inputs),
        Some(payload) => {
            let payload: Value = serde_json::from_str(payload).expect("payloads are JSON");
            host.act_on_with(seen, reader, name, &payload, inputs)
        }
    };
    done.map(|done| done.outcome)
}

/// Adds a tag by its name.
fn take(host: &mut Host, reader: &Reader, tag: &str) -> Result<String, String> {
    tap(host, reader, ("mine", "add-tag", ""), &[("name", tag)])
}

/// Writes this week's record, for everybody to see or not.
fn write(
    host: &mut Host,
    reader: &Reader,
    tag: &str,
    text: &str,
    open: bool,
) -> Result<String, String> {
    host.pass_s(1);
    let at = format!("write/{tag}");
    let open = if open { "true" } else { "false" };
    let inputs = [("text", text), ("open", open)];
    tap(host, reader, (&at, "write", ""), &inputs)
}

/// A tag with a record of this week.
fn kept(host: &mut Host, reader: &Reader, tag: &str, text: &str, open: bool) {
    take(host, reader, tag).unwrap_or_else(|error| panic!("{tag}: {error}"));
    write(host, reader, tag, text, open).unwrap_or_else(|error| panic!("{tag}: {error}"));
}

/// The id of the post that says this, from its words on a page.
fn id_of(host: &mut Host, reader: &Reader, at: &str, text: &str) -> String {
    let tree = page(host, reader, at).to_string();
    let line = tree
        .lines()
        .find(|line| line.contains(&format!("{text:?}")));
    let line = line.unwrap_or_else(|| panic!("`{text}` is not there:\n{tree}"));
    let (_, rest) = line.split_once(", post ").expect("it is a post's words");
    rest.split(',').next().expect("there is a first").to_owned()
}

fn has(host: &mut Host, reader: &Reader, at: &str, text: &str) -> bool {
    page(host, reader, at).to_string().contains(text)
}

fn owned(expected: Result<&str, &str>) -> Result<String, String> {
    expected.map(str::to_owned).map_err(str::to_owned)
}
