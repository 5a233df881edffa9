//! Table `release`: protected tables that were given out, sealed.

use super::case_list::CaseList;
use super::control::RELEASE;

pub(crate) static TABLE: CaseList = CaseList {
    table: &RELEASE,
    list: "release::list",
    set: "release::set",
    remove: "release::remove",
};
