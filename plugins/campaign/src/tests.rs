//! The card in the SDK's host: what each reader sees, and what each may do.

mod drawing;
mod entering;
mod inviting;
mod owning;
mod scoring;
mod sha256;
mod views;
mod winning;

use quanka_card::prelude::*;
use quanka_card::test::{Host, Refusal, Seen, nobody, signed_in, visitor, with_role};
use serde_json::{Value, json};

use crate::Campaign;

const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 24 * HOUR_S;

/// January in China, with `more` in the configuration.
fn config(more: &Value) -> Value {
    let mut config = json!({
        "title": "新年打卡",
        "starts_at": "2026-01-02T00:00:00+08:00",
        "ends_at": "2026-02-01T00:00:00+08:00",
        "prizes": [{ "name": "好书", "count": 2 }],
    });
    for (key, value) in more.as_object().expect("it is an object") {
        config[key] = value.clone();
    }
    config
}

/// A card eight hours before the campaign starts.
fn early(more: &Value) -> Host {
    let mut host = Host::new::<Campaign>(config(more));
    host.set_now("2026-01-01T16:00:00+08:00");
    host.owner("owner");
    host.create().expect("it begins");
    host
}

/// A card on the first noon of the campaign.
fn card(more: &Value) -> Host {
    let mut host = early(more);
    pass(&mut host, 20 * HOUR_S);
    host
}

/// Lets the end come that is configured unless told otherwise.
fn over(host: &mut Host) {
    let end: Timestamp = "2026-02-01T00:00:00+08:00"
        .parse()
        .expect("it is an instant");
    pass(host, end.as_ms().saturating_sub(host.now().as_ms()) / 1_000);
}

/// Lets time pass; what is due comes, and succeeds.
fn pass(host: &mut Host, seconds: u64) {
    for done in host.advance_s(seconds) {
        assert_eq!(done.result, Ok(()), "{}", done.name);
    }
}

fn owner() -> Reader {
    with_role("owner", Role::Owner)
}

fn moderator() -> Reader {
    with_role("moderator", Role::Moderator)
}

fn member() -> Reader {
    signed_in("member")
}

/// Signed in, and in no circle.
fn stranger() -> Reader {
    visitor("stranger")
}

/// Everybody by what they are, from least to most.
fn everybody() -> [(&'static str, Reader); 5] {
    [
        ("nobody", nobody()),
        ("stranger", stranger()),
        ("member", member()),
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

/// A tap without inputs on the first page.
fn home_tap(host: &mut Host, reader: &Reader, name: &str) -> Result<String, String> {
    tap(host, reader, ("", name, ""), &[])
}

fn enter(host: &mut Host, reader: &Reader) {
    home_tap(host, reader, "enter").unwrap_or_else(|why| panic!("{reader:?}: {why}"));
}

/// Posts through another card of the circle.
fn post(host: &mut Host, reader: &Reader, text: &str) -> String {
    host.pass_s(1);
    let draft = || posts::draft(PostKind::Short).text(text).publish();
    host.elsewhere(reader, draft).expect("it is posted").id
}

fn claim(host: &mut Host, reader: &Reader) -> Result<String, String> {
    home_tap(host, reader, "claim")
}

/// The points that the card counts for somebody.
fn points(host: &mut Host, member: &str) -> u64 {
    host.elsewhere(&owner(), || Ok(crate::book::points_of(member)))
        .expect("it is read")
}

/// The code of somebody who takes part.
fn code(host: &mut Host, member: &str) -> String {
    let entry = host.elsewhere(&owner(), || crate::book::entry(member));
    entry.expect("it is read").expect("they take part").code
}

/// Puts somebody out of the campaign.
fn put_out(host: &mut Host, member: &str) -> Result<String, String> {
    let payload = format!("\"{member}\"");
    let at = ("manage/all", "disqualify", payload.as_str());
    tap(host, &owner(), at, &[("reason", "刷分")])
}

fn owned(result: Result<&str, &str>) -> Result<String, String> {
    result.map(str::to_owned).map_err(str::to_owned)
}
