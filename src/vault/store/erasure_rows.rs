//! Table `erasure`: the numbers that were erased from a case, each as a keyed tag, sealed.

use super::control::ERASURE;
use super::sealed_list::SealedList;

pub(crate) static TABLE: SealedList = SealedList {
    table: &ERASURE,
    list: "erasure::list",
    set: "erasure::set",
    remove: "erasure::remove",
};
