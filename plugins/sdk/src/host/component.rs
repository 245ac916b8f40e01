//! The imports of the component.

use crate::bindings::imports::quanka::card as wit;

pub(crate) use wit::circle::info as circle_info;
pub(crate) use wit::clock::{now as clock_now, passed as clock_passed};
pub(crate) use wit::log::log;
pub(crate) use wit::state::{
    delete as state_delete, get as state_get, get_many as state_get_many, put as state_put,
    scan as state_scan,
};
pub(crate) use wit::tally::{
    add as tally_add, get as tally_get, get_many as tally_get_many, rank as tally_rank,
    top as tally_top, total as tally_total,
};
pub(crate) use wit::viewer::current as viewer_current;
