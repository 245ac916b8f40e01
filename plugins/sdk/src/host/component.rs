//! The imports of the component.

use crate::bindings::imports::quanka::card as wit;

pub(crate) use wit::circle::{
    admit as circle_admit, ban as circle_ban, counts as circle_counts, info as circle_info,
    join as circle_join, leave as circle_leave, member as circle_membership,
    members as circle_members, mute as circle_mute, refuse as circle_refuse,
    set_role as circle_set_role, unban as circle_unban,
};
pub(crate) use wit::clock::{now as clock_now, passed as clock_passed};
pub(crate) use wit::log::log;
pub(crate) use wit::outbound::send as outbound_send;
pub(crate) use wit::posts::{
    edit as posts_edit, feature as posts_feature, get as posts_get, held as posts_held,
    history as posts_history, mine as posts_mine, my_reactions as posts_my_reactions,
    publish as posts_publish, query as posts_query, react as posts_react, remove as posts_remove,
    replies as posts_replies, review as posts_review, tags as posts_tags, unreact as posts_unreact,
};
pub(crate) use wit::state::{
    delete as state_delete, get as state_get, get_many as state_get_many, put as state_put,
    scan as state_scan,
};
pub(crate) use wit::tally::{
    add as tally_add, get as tally_get, get_many as tally_get_many, rank as tally_rank,
    top as tally_top, total as tally_total,
};
pub(crate) use wit::timers::{
    cancel as timers_cancel, next as timers_next, schedule as timers_schedule,
};
pub(crate) use wit::viewer::current as viewer_current;
