//! One call at the door: who asks, about what, and what may come back.
//!
//! Ids, words and answers; no key, no row. Everything above the store names it.

pub(in crate::vault) mod answer;
pub(in crate::vault) mod caller;
pub(in crate::vault) mod edition;
pub(in crate::vault) mod receipt;
pub(in crate::vault) mod refusal;
pub(in crate::vault) mod shown_once;
pub(in crate::vault) mod target;
pub(in crate::vault) mod wire;
