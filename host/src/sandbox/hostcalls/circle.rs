//! `quanka:card/circle`.

use super::{read_result, write_result};
use crate::community::circle as rules;
use crate::community::circle::{JoinOutcome, MemberFilter};
use crate::community::membership::{Membership, Role, Standing, membership};
use crate::config::{Capability, JoinPolicy};
use crate::contract::v1::circle::{self, CircleInfo, Host};
use crate::contract::v1::types::{self, Error};
use crate::contract::v1::{guest_role, host_role};
use crate::sandbox::call::Call;

/// What a membership takes besides its member's id.
const MEMBERSHIP_BYTES: usize = 24;

impl Host for Call {
    async fn info(&mut self) -> wasmtime::Result<CircleInfo> {
        self.record_read(Capability::Circle, 0)?;
        let owner = rules::owner(&mut self.visit.transaction).await;
        let owner = read_result(owner.map_err(Into::into))?;
        let facts = &self.visit.circle;
        let info = CircleInfo {
            id: facts.id.clone(),
            name: facts.name.clone(),
            intro: facts.intro.clone(),
            publisher: facts.publisher.clone(),
            topics: facts.topics.clone(),
            policy: match facts.policy {
                JoinPolicy::Open => circle::JoinPolicy::Open,
                JoinPolicy::Approval => circle::JoinPolicy::Approval,
                JoinPolicy::Closed => circle::JoinPolicy::Closed,
            },
            owner,
            pre_approval: facts.pre_approval,
        };
        let texts = [&info.id, &info.name, &info.intro, &info.publisher];
        let texts = texts.into_iter().chain(&info.topics).chain(&info.owner);
        self.record_answer(texts.map(String::len).sum())?;
        Ok(info)
    }

    async fn counts(&mut self) -> wasmtime::Result<circle::CircleCounts> {
        self.record_read(Capability::Circle, 0)?;
        let (transaction, limits, actor) = self.community();
        let counts = rules::counts(transaction, limits.present_s, actor.now_ms).await;
        let counts = read_result(counts.map_err(Into::into))?;
        if let Some(until_ms) = counts.present.until_ms {
            self.expires(until_ms);
        }
        self.record_answer(size_of::<circle::CircleCounts>())?;
        Ok(circle::CircleCounts {
            members: counts.members,
            waiting: counts.waiting,
            posts: counts.posts,
            held: counts.held,
            present: counts.present.count,
        })
    }

    async fn member(&mut self, member: String) -> wasmtime::Result<circle::Membership> {
        self.record_read(Capability::Circle, member.len())?;
        let is_own = self.visit.reader.member.as_ref() == Some(&member);
        if is_own {
            self.depends_on_reader();
        }
        let found = membership(&mut self.visit.transaction, &member).await;
        let mut found = read_result(found.map_err(Into::into))?;
        // The owner is the owner before they first act here, too.
        if is_own && self.visit.reader.role == Role::Owner {
            found.standing = Standing::Joined;
            found.role = Role::Owner;
        }
        self.record_answer(member.len() + MEMBERSHIP_BYTES)?;
        Ok(self.shown(member, &found))
    }

    async fn members(
        &mut self,
        filter: circle::MemberFilter,
        after: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<circle::MemberPage> {
        self.record_read(Capability::Circle, after.as_ref().map_or(0, String::len))?;
        let filter = match filter {
            circle::MemberFilter::Everyone => MemberFilter::Everyone,
            circle::MemberFilter::WithRole(role) => MemberFilter::WithRole(host_role(role)),
            circle::MemberFilter::Waiting => MemberFilter::Waiting,
            circle::MemberFilter::Banned => MemberFilter::Banned,
            circle::MemberFilter::Present => MemberFilter::Present,
        };
        if let MemberFilter::Waiting | MemberFilter::Banned = filter {
            self.depends_on_reader();
        }
        let after = after.as_deref();
        let (transaction, limits, actor) = self.community();
        let present_s = limits.present_s;
        let page = rules::members(transaction, actor, present_s, filter, after, limit).await;
        let page = read_result(page)?;
        if let Some(until_ms) = page.until_ms {
            self.expires(until_ms);
        }
        let members = page.members.iter();
        let bytes = members.map(|(member, _)| member.len() + MEMBERSHIP_BYTES);
        self.record_answer(bytes.sum())?;
        let members = page.members.into_iter();
        Ok(circle::MemberPage {
            members: members
                .map(|(member, found)| self.shown(member, &found))
                .collect(),
            next: page.next,
        })
    }

    async fn join(&mut self) -> wasmtime::Result<Result<circle::JoinOutcome, Error>> {
        if let Err(error) = self.record_write(Capability::Circle, 0)? {
            return Ok(Err(error));
        }
        let policy = self.visit.circle.policy;
        let (transaction, limits, actor) = self.community();
        let outcome = rules::join(transaction, limits, policy, actor).await;
        if let Ok(JoinOutcome::Joined) = outcome {
            self.visit.reader.role = Role::Member;
        }
        write_result(outcome.map(|outcome| match outcome {
            JoinOutcome::Joined => circle::JoinOutcome::Joined,
            JoinOutcome::Pending => circle::JoinOutcome::Pending,
            JoinOutcome::Already => circle::JoinOutcome::Already,
        }))
    }

    async fn leave(&mut self) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Circle, 0)? {
            return Ok(Err(error));
        }
        let (transaction, _, actor) = self.community();
        let left = rules::leave(transaction, actor).await;
        if left.is_ok() {
            self.visit.reader.role = Role::Visitor;
        }
        write_result(left)
    }

    async fn admit(&mut self, member: String) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Circle, member.len())? {
            return Ok(Err(error));
        }
        let policy = self.visit.circle.policy;
        let (transaction, limits, actor) = self.community();
        write_result(rules::admit(transaction, limits, policy, actor, &member).await)
    }

    async fn refuse(&mut self, member: String) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Circle, member.len())? {
            return Ok(Err(error));
        }
        let (transaction, _, actor) = self.community();
        write_result(rules::refuse(transaction, actor, &member).await)
    }

    async fn set_role(
        &mut self,
        member: String,
        role: types::Role,
    ) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Circle, member.len())? {
            return Ok(Err(error));
        }
        let (transaction, _, actor) = self.community();
        write_result(rules::set_role(transaction, actor, &member, host_role(role)).await)
    }

    async fn mute(&mut self, member: String, until: u64) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Circle, member.len())? {
            return Ok(Err(error));
        }
        let (transaction, _, actor) = self.community();
        write_result(rules::mute(transaction, actor, &member, until).await)
    }

    async fn ban(&mut self, member: String) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Circle, member.len())? {
            return Ok(Err(error));
        }
        let (transaction, _, actor) = self.community();
        write_result(rules::ban(transaction, actor, &member).await)
    }

    async fn unban(&mut self, member: String) -> wasmtime::Result<Result<(), Error>> {
        if let Err(error) = self.record_write(Capability::Circle, member.len())? {
            return Ok(Err(error));
        }
        let (transaction, _, actor) = self.community();
        write_result(rules::unban(transaction, actor, &member).await)
    }
}

impl Call {
    /// A membership, for the guest. That somebody is muted ends by itself.
    fn shown(&mut self, member: String, found: &Membership) -> circle::Membership {
        let is_muted = found.is_muted(self.visit.now_ms);
        if is_muted {
            self.expires(found.muted_until_ms);
        }
        let first_ms = found.first_joined_ms();
        circle::Membership {
            member,
            standing: match found.standing {
                Standing::None => circle::Standing::None,
                Standing::Waiting => circle::Standing::Waiting,
                Standing::Joined => circle::Standing::Joined,
                Standing::Left => circle::Standing::Left,
                Standing::Banned => circle::Standing::Banned,
            },
            role: guest_role(found.role),
            since: (found.since_ms > 0).then_some(found.since_ms),
            first_since: (first_ms > 0).then_some(first_ms),
            muted_until: is_muted.then_some(found.muted_until_ms),
        }
    }
}
