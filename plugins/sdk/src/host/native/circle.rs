//! The circle: joining by its policy, roles, keeping order, lists.

use super::members::MemberRecord;
use super::{
    Call, Cursor, current, denied, end_unless, limit_is_good, not_found, page_of, posts, wit,
};
use wit::circle::{
    CircleCounts, CircleInfo, JoinOutcome, JoinPolicy, MemberFilter, MemberPage, Membership,
    Standing,
};
use wit::types::{Error, Role};

const PAGE_MEMBERS_MAX: u32 = 100;
/// How long somebody is present who did something.
const PRESENT_MS: u64 = 600_000;

impl Call {
    fn counted(&self, which: impl Fn(&MemberRecord) -> bool) -> u64 {
        self.data.members.values().filter(|m| which(m)).count() as u64
    }

    /// Whether somebody did something lately; drawn again when it is not
    /// lately any more.
    fn note_present(&mut self) -> u64 {
        let now_ms = self.now_ms;
        let ends = self.data.members.values().filter_map(|record| {
            let end_ms = record.acted_ms + PRESENT_MS;
            (is_present(record, now_ms)).then_some(end_ms)
        });
        if let Some(first_ms) = ends.min() {
            self.expires_at(first_ms);
        }
        self.counted(|record| is_present(record, now_ms))
    }

    /// The record of somebody who is in, and below a role.
    fn joined(&mut self, own: Role, member: &str) -> Result<&mut MemberRecord, Error> {
        match self.data.members.get_mut(member) {
            Some(record) if record.standing == Standing::Joined => {
                below(own, record)?;
                Ok(record)
            }
            _ => Err(no_such_member()),
        }
    }
}

fn is_present(record: &MemberRecord, now_ms: u64) -> bool {
    record.standing == Standing::Joined
        && record.acted_ms > 0
        && now_ms < record.acted_ms + PRESENT_MS
}

pub(crate) fn circle_info() -> CircleInfo {
    current(|call| {
        let members = call.data.members.iter();
        let owner = members
            .filter(|(_, record)| record.role == Role::Owner)
            .min_by_key(|(_, record)| record.number);
        CircleInfo {
            owner: owner.map(|(member, _)| member.clone()),
            ..call.circle.clone()
        }
    })
}

pub(crate) fn circle_counts() -> CircleCounts {
    current(|call| CircleCounts {
        members: call.counted(|record| record.standing == Standing::Joined),
        waiting: call.counted(|record| record.standing == Standing::Waiting),
        posts: posts::count_public(&call.data),
        held: posts::count_held(&call.data),
        present: call.note_present(),
    })
}

pub(crate) fn circle_membership(member: &str) -> Membership {
    current(|call| {
        if call.reader.member.as_deref() == Some(member) {
            call.asked_for_viewer = true;
        }
        match call.data.members.get(member) {
            Some(record) => record.membership(member, call.now_ms),
            None => Membership {
                member: member.to_owned(),
                standing: Standing::None,
                role: Role::Visitor,
                since: None,
                first_since: None,
                muted_until: None,
            },
        }
    })
}

pub(crate) fn circle_members(filter: MemberFilter, after: Option<&str>, limit: u32) -> MemberPage {
    end_unless(limit_is_good(limit, PAGE_MEMBERS_MAX));
    current(|call| {
        if matches!(filter, MemberFilter::Waiting | MemberFilter::Banned) {
            call.asked_for_viewer = true;
            end_unless(match call.role() {
                Role::Moderator | Role::Owner => Ok(()),
                _ => Err("who waits and who is banned is for moderators and the owner".to_owned()),
            });
        }
        if matches!(filter, MemberFilter::Present) {
            call.note_present();
        }
        let now_ms = call.now_ms;
        let place = |(_, record): &(&String, &MemberRecord)| Cursor {
            by: -i64::try_from(match filter {
                MemberFilter::Present => record.acted_ms,
                _ => record.since_ms,
            })
            .unwrap_or(i64::MAX),
            then: u64::MAX - record.number,
        };
        let members = call.data.members.iter();
        let mut listed: Vec<_> = members
            .filter(|(_, record)| match filter {
                MemberFilter::Everyone => record.standing == Standing::Joined,
                MemberFilter::WithRole(role) => {
                    record.standing == Standing::Joined && record.role == role
                }
                MemberFilter::Waiting => record.standing == Standing::Waiting,
                MemberFilter::Banned => record.standing == Standing::Banned,
                MemberFilter::Present => is_present(record, now_ms),
            })
            .collect();
        listed.sort_by_key(place);
        let (page, next) = page_of(listed, after, limit, place);
        MemberPage {
            members: page
                .into_iter()
                .map(|(member, record)| record.membership(member, now_ms))
                .collect(),
            next,
        }
    })
}

pub(crate) fn circle_join() -> Result<JoinOutcome, Error> {
    current(|call| {
        let member = call.actor("join")?;
        let (policy, now_ms) = (call.circle.policy, call.now_ms);
        let record = call.data.know(&member);
        let (standing, outcome) = match (record.standing, policy) {
            (Standing::Joined, _) => return Ok(JoinOutcome::Already),
            (Standing::Banned, _) => {
                return Err(denied("this reader is banned; a moderator can lift it"));
            }
            (Standing::Waiting, JoinPolicy::Approval | JoinPolicy::Closed) => {
                return Ok(JoinOutcome::Pending);
            }
            (Standing::None | Standing::Left, JoinPolicy::Closed) => {
                return Err(denied(
                    "the circle is closed; a moderator can admit readers",
                ));
            }
            (Standing::None | Standing::Left, JoinPolicy::Approval) => {
                (Standing::Waiting, JoinOutcome::Pending)
            }
            (Standing::None | Standing::Left | Standing::Waiting, JoinPolicy::Open) => {
                (Standing::Joined, JoinOutcome::Joined)
            }
        };
        if standing == Standing::Joined {
            record.take_in(now_ms);
        } else {
            record.is_settled = true;
            record.standing = standing;
            record.role = Role::Visitor;
            record.since_ms = now_ms;
        }
        Ok(outcome)
    })
}

pub(crate) fn circle_leave() -> Result<(), Error> {
    current(|call| {
        let member = call.actor("leave")?;
        let record = call.data.know(&member);
        record.standing = match (record.standing, record.role) {
            (Standing::Joined, Role::Owner) => return Err(denied("the owner cannot leave")),
            (Standing::Joined, _) => Standing::Left,
            (Standing::Waiting, _) => Standing::None,
            _ => return Err(no_such_member()),
        };
        record.role = Role::Visitor;
        Ok(())
    })
}

pub(crate) fn circle_admit(member: &str) -> Result<(), Error> {
    current(|call| {
        call.keeps_order()?;
        let (is_closed, now_ms) = (call.circle.policy == JoinPolicy::Closed, call.now_ms);
        let record = call.data.members.get_mut(member);
        let record = record.ok_or_else(no_such_member)?;
        match record.standing {
            Standing::Joined => return Ok(()),
            Standing::Banned => return Err(denied("they are banned; lift that first")),
            Standing::Waiting => {}
            Standing::None | Standing::Left if is_closed => {}
            // Nobody is made a member who can join and did not want to.
            Standing::None | Standing::Left => return Err(no_such_member()),
        }
        record.take_in(now_ms);
        Ok(())
    })
}

pub(crate) fn circle_refuse(member: &str) -> Result<(), Error> {
    current(|call| {
        call.keeps_order()?;
        match call.data.members.get_mut(member) {
            Some(record) if record.standing == Standing::Waiting => {
                record.standing = Standing::None;
                record.since_ms = 0;
                Ok(())
            }
            _ => Err(no_such_member()),
        }
    })
}

pub(crate) fn circle_set_role(member: &str, role: Role) -> Result<(), Error> {
    current(|call| {
        let own = call.keeps_order()?;
        let may_give = match role {
            Role::Visitor | Role::Owner => false,
            Role::Member | Role::Featured => true,
            Role::Moderator => own == Role::Owner,
        };
        if !may_give {
            return Err(denied(
                "the owner gives any role but owner and visitor, moderators featured and member",
            ));
        }
        call.joined(own, member)?.role = role;
        Ok(())
    })
}

pub(crate) fn circle_mute(member: &str, until: u64) -> Result<(), Error> {
    current(|call| {
        let own = call.keeps_order()?;
        call.joined(own, member)?.muted_until_ms = until;
        Ok(())
    })
}

pub(crate) fn circle_ban(member: &str) -> Result<(), Error> {
    current(|call| {
        let own = call.keeps_order()?;
        let now_ms = call.now_ms;
        let record = call.data.members.get_mut(member);
        let record = record.ok_or_else(no_such_member)?;
        below(own, record)?;
        if record.standing != Standing::Banned {
            record.is_settled = true;
            record.standing = Standing::Banned;
            record.role = Role::Visitor;
            record.since_ms = now_ms;
        }
        Ok(())
    })
}

pub(crate) fn circle_unban(member: &str) -> Result<(), Error> {
    current(|call| {
        call.keeps_order()?;
        match call.data.members.get_mut(member) {
            Some(record) if record.standing == Standing::Banned => {
                record.standing = Standing::None;
                record.since_ms = 0;
                Ok(())
            }
            _ => Err(no_such_member()),
        }
    })
}

fn below(own: Role, record: &MemberRecord) -> Result<(), Error> {
    if record.role < own {
        Ok(())
    } else {
        Err(denied("that is for those of a higher role than theirs"))
    }
}

fn no_such_member() -> Error {
    not_found("nobody of that id is in this circle")
}
