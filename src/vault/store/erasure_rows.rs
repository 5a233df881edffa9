//! Table `erasure`: the numbers that were erased from a case, each as a keyed tag, sealed.

use super::case_list::CaseList;
use super::control::ERASURE;

pub(crate) static TABLE: CaseList = CaseList {
    table: &ERASURE,
    list: "erasure::list",
    set: "erasure::set",
    remove: "erasure::remove",
};
