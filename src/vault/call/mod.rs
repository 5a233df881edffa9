//! The types of one call: the caller, the target, the answer, the refusal and the receipt.
//!
//! They have ids, words and answers, but no key and no row. All code above the store uses them.

pub(in crate::vault) mod answer;
pub(in crate::vault) mod caller;
pub(in crate::vault) mod done;
pub(in crate::vault) mod edition;
pub(in crate::vault) mod receipt;
pub(in crate::vault) mod refusal;
pub(in crate::vault) mod shown_once;
pub(in crate::vault) mod target;
pub(in crate::vault) mod wire;
