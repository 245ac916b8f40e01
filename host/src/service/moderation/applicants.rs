//! Who asks to be let in, and the answer of whoever keeps order.

use super::{Decision, Keeper, decide};
use crate::app::{App, Circle, millis};
use crate::community::RuleError;
use crate::community::circle::{self as rules, MemberFilter};
use crate::community::people::member_record;
use crate::community::posts::{Actor, say};
use crate::identity::ReaderId;
use crate::service::ServiceError;
use crate::service::member::hands;
use crate::service::people::who_by;
use crate::service::posts::look;
use crate::store::Transaction;
use crate::view::{Person, Who};

/// Somebody who asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// Their id in the circle.
    pub member: String,
    /// What they are called.
    pub name: String,
    /// When they asked, in milliseconds since 1970.
    pub since_ms: u64,
}

/// Some of those who ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applicants {
    /// Last first.
    pub shown: Vec<Applicant>,
    /// Whether there are more.
    pub are_more: bool,
}

/// The last of those who ask to be let in, for a reader who keeps order.
///
/// # Errors
///
/// `Denied` for anybody else.
pub async fn applicants(
    app: &App,
    circle: &Circle,
    reader: &ReaderId,
    limit: u32,
    locale: &str,
) -> Result<Applicants, ServiceError> {
    let (mut tx, known) = look(app, circle, Some(reader)).await?;
    let actor = rules::Actor {
        member: known.as_ref().map(|known| known.member.as_str()),
        is_owner: hands(app, circle, &mut tx).await?.is_owner(reader),
        now_ms: millis(app.world.now()),
    };
    let present_s = app.config.members.present_s;
    let waiting = MemberFilter::Waiting;
    let page = rules::members(&mut tx, actor, present_s, waiting, None, limit).await;
    let page = page.map_err(|error| refused(error, locale))?;
    let mut shown = Vec::with_capacity(page.members.len());
    for (member, found) in page.members {
        let record = member_record(&mut tx, &member).await?;
        let who = record.map_or(Who::Anonymous, who_by);
        shown.push(Applicant {
            name: Person::of(&member, who, locale).name,
            member,
            since_ms: found.since_ms,
        });
    }
    Ok(Applicants {
        shown,
        are_more: page.next.is_some(),
    })
}

/// Lets somebody in who asked, or not, in one commit.
///
/// # Errors
///
/// `Denied` for a reader who keeps no order here; `Conflict` if they do not wait
/// any more; `InputInvalid` if there is no room for them.
pub async fn answer(
    app: &App,
    circle: &Circle,
    reader: &ReaderId,
    member: &str,
    admitted: bool,
    locale: &str,
) -> Result<(), ServiceError> {
    let decision = OfApplicant { member, admitted };
    decide(app, circle, Keeper::Reader(reader), locale, &decision).await
}

fn refused(error: RuleError, locale: &str) -> ServiceError {
    match error {
        RuleError::Denied(why) => ServiceError::Denied(why),
        RuleError::NotFound(why) => ServiceError::Conflict(why),
        RuleError::Quota(_) => ServiceError::InputInvalid {
            fields: Vec::new(),
            text: say(locale, "圈子满了。", "The circle is full."),
        },
        RuleError::Store(error) => error.into(),
    }
}

struct OfApplicant<'a> {
    member: &'a str,
    admitted: bool,
}

impl Decision for OfApplicant<'_> {
    type Done = ();

    async fn write(
        &self,
        app: &App,
        circle: &Circle,
        tx: &mut Transaction,
        actor: Actor<'_>,
    ) -> Result<(), ServiceError> {
        let facts = hands(app, circle, tx).await?.facts.clone();
        let judge = rules::Actor {
            member: actor.who.member(),
            // The owner's membership says so by now.
            is_owner: false,
            now_ms: actor.now_ms,
        };
        let limits = &app.config.members;
        let written = match self.admitted {
            true => rules::admit(tx, limits, facts.policy, judge, self.member).await,
            false => rules::refuse(tx, judge, self.member).await,
        };
        written.map_err(|error| refused(error, actor.locale))
    }
}
