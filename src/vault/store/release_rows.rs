//! Table `release`: protected tables that were given out, sealed.

use super::control::RELEASE;
use super::sealed_list::SealedList;

pub(crate) static TABLE: SealedList = SealedList {
    table: &RELEASE,
    list: "release::list",
    set: "release::set",
    remove: "release::remove",
};
