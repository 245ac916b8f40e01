//! What is kept of somebody in the circle.

use super::{Data, wit};
use wit::circle::{Membership, Standing};
use wit::types::{Reader, Role};

/// Somebody in the circle.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MemberRecord {
    pub standing: Standing,
    /// Visitor, unless they joined.
    pub role: Role,
    pub since_ms: u64,
    /// When they first became a member; 0 if they never were one.
    pub first_ms: u64,
    pub muted_until_ms: u64,
    /// When they last did something; 0 if they never did.
    pub acted_ms: u64,
    /// Whether the circle knows better than what a reader says of themselves.
    pub is_settled: bool,
    /// How many were known before them: tells those of one instant apart.
    pub number: u64,
}

impl MemberRecord {
    pub(crate) fn is_muted(&self, now_ms: u64) -> bool {
        now_ms < self.muted_until_ms
    }

    /// Makes them a member.
    pub(crate) fn take_in(&mut self, now_ms: u64) {
        self.take_in_as(Role::Member, now_ms);
    }

    fn take_in_as(&mut self, role: Role, now_ms: u64) {
        self.is_settled = true;
        self.standing = Standing::Joined;
        self.role = role;
        self.since_ms = now_ms;
        if self.first_ms == 0 {
            self.first_ms = now_ms;
        }
    }

    pub(super) fn membership(&self, member: &str, now_ms: u64) -> Membership {
        Membership {
            member: member.to_owned(),
            standing: self.standing,
            role: self.role,
            since: (self.since_ms > 0).then_some(self.since_ms),
            first_since: (self.first_ms > 0).then_some(self.first_ms),
            muted_until: self.is_muted(now_ms).then_some(self.muted_until_ms),
        }
    }
}

impl Data {
    /// The record of somebody, made if there is none.
    pub(crate) fn know(&mut self, member: &str) -> &mut MemberRecord {
        let number = self.members.len() as u64;
        self.members
            .entry(member.to_owned())
            .or_insert(MemberRecord {
                standing: Standing::None,
                role: Role::Visitor,
                since_ms: 0,
                first_ms: 0,
                muted_until_ms: 0,
                acted_ms: 0,
                is_settled: false,
                number,
            })
    }

    /// A reader as the circle knows them. Who is said to be in it and never
    /// was is taken in; of anybody else the circle knows better.
    pub(crate) fn seat(&mut self, reader: &Reader, now_ms: u64) -> Reader {
        let Some(member) = &reader.member else {
            return reader.clone();
        };
        let record = self.know(member);
        if !record.is_settled && reader.role > Role::Visitor {
            record.take_in_as(reader.role, now_ms);
            if reader.muted {
                record.muted_until_ms = u64::MAX;
            }
        }
        Reader {
            role: record.role,
            muted: record.is_muted(now_ms),
            ..reader.clone()
        }
    }

    /// Has the circle know nothing of somebody any more, and leaves of their
    /// posts that they were there.
    pub(crate) fn erase(&mut self, member: &str) {
        self.members.remove(member);
        for post in &mut self.posts {
            for by in post.reactions.values_mut() {
                by.remove(member);
            }
            if post.author == member {
                post.bury_erased();
            }
        }
        self.media.retain(|_, given_by| given_by != member);
        self.forget_viewer(member);
        self.erased.insert(member.to_owned());
    }
}
