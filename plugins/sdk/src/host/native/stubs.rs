//! The imports that the test host does not have yet.

use crate::bindings::imports::quanka::card as wit;
use wit::circle::{CircleCounts, JoinOutcome, MemberFilter, MemberPage, Membership};
use wit::outbound::Request;
use wit::posts::{Draft, Post, PostKind, PostPage, PostQuery, Revision, TagCount, Verdict};
use wit::timers::ScheduleAt;
use wit::types::{Error, Role};

macro_rules! stubs {
    ($(fn $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {$(
        pub(crate) fn $name($($arg: $type),*) -> $result {
            let _ = ($(&$arg,)*);
            panic!(concat!("the test host cannot do `", stringify!($name), "` yet"))
        }
    )*};
}

stubs! {
    fn circle_counts() -> CircleCounts;
    fn circle_membership(member: &str) -> Membership;
    fn circle_members(filter: MemberFilter, after: Option<&str>, limit: u32) -> MemberPage;
    fn circle_join() -> Result<JoinOutcome, Error>;
    fn circle_leave() -> Result<(), Error>;
    fn circle_admit(member: &str) -> Result<(), Error>;
    fn circle_refuse(member: &str) -> Result<(), Error>;
    fn circle_set_role(member: &str, role: Role) -> Result<(), Error>;
    fn circle_mute(member: &str, until: u64) -> Result<(), Error>;
    fn circle_ban(member: &str) -> Result<(), Error>;
    fn circle_unban(member: &str) -> Result<(), Error>;
    fn posts_publish(draft: &Draft) -> Result<Post, Error>;
    fn posts_edit(id: &str, draft: &Draft) -> Result<Post, Error>;
    fn posts_remove(id: &str, reason: Option<&str>) -> Result<(), Error>;
    fn posts_get(id: &str) -> Option<Post>;
    fn posts_query(query: &PostQuery) -> PostPage;
    fn posts_mine(kind: Option<PostKind>, tag: Option<&str>, after: Option<&str>, limit: u32) -> PostPage;
    fn posts_held(after: Option<&str>, limit: u32) -> PostPage;
    fn posts_replies(id: &str, after: Option<&str>, limit: u32) -> PostPage;
    fn posts_history(id: &str) -> Vec<Revision>;
    fn posts_tags(limit: u32) -> Vec<TagCount>;
    fn posts_react(id: &str, reaction: &str) -> Result<bool, Error>;
    fn posts_unreact(id: &str, reaction: &str) -> Result<bool, Error>;
    fn posts_my_reactions(ids: &[String]) -> Vec<Vec<String>>;
    fn posts_feature(id: &str, featured: bool) -> Result<(), Error>;
    fn posts_review(id: &str, verdict: &Verdict) -> Result<(), Error>;
    fn timers_schedule(name: &str, when: &ScheduleAt, payload: &str) -> Result<(), Error>;
    fn timers_cancel(name: &str) -> Result<bool, Error>;
    fn timers_next(name: &str) -> Option<u64>;
    fn outbound_send(request: &Request) -> Result<String, Error>;
}
