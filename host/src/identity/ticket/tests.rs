use jiff::ToSpan;

use super::*;
use crate::identity::reader::ReaderId;
use crate::identity::session::SessionId;
use crate::identity::testing::{at, keys, mutations, one_key};

const ISSUED: &str = "2026-01-02T03:04:05Z";

fn ticket() -> Ticket {
    let reader = ReaderId::parse("p_AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let publisher = "beike-daily".parse().unwrap();
    Ticket {
        action: TicketAction::Live,
        cards: vec!["vote".parse().unwrap(), "walk".parse().unwrap()],
        session: Session::vouched(reader, publisher, SessionId::of([6; 16]), at(ISSUED)),
        expires_at_s: at(ISSUED).as_second() + 60,
        id: Ticket::id_of([7; 16]),
    }
}

#[test]
fn a_ticket_lasts_as_long_as_it_says() {
    let keys = one_key();
    let token = seal(&keys, &ticket());
    let check = |after_s: i64, expected: Result<Ticket, TicketRefused>| {
        let now = at(ISSUED) + after_s.seconds();
        assert_eq!(open(&keys, &token, now), expected, "after {after_s} s");
    };
    check(0, Ok(ticket()));
    check(59, Ok(ticket()));
    check(60, Err(TicketRefused::Expired));
}

#[test]
fn a_changed_ticket_is_none() {
    let keys = one_key();
    let token = seal(&keys, &ticket());
    for mutation in mutations(&token) {
        let found = open(&keys, &mutation, at(ISSUED));
        assert_eq!(found, Err(TicketRefused::Unknown), "for {mutation:?}");
    }
}

#[test]
fn nothing_else_this_host_signs_is_a_ticket() {
    let keys = one_key();
    let session = crate::identity::session::seal(&keys, &ticket().session);
    assert_eq!(
        open(&keys, &session, at(ISSUED)),
        Err(TicketRefused::Unknown)
    );
    let other = seal(&crate::identity::testing::keys(&[("k1", 2, "")]), &ticket());
    assert_eq!(open(&keys, &other, at(ISSUED)), Err(TicketRefused::Unknown));
}

#[test]
fn tickets_outlive_a_rotation_of_keys() {
    let token = seal(&one_key(), &ticket());
    let rotated = keys(&[("k1", 1, &format!("retired {ISSUED}")), ("k2", 2, "")]);
    assert_eq!(open(&rotated, &token, at(ISSUED)), Ok(ticket()));
}
