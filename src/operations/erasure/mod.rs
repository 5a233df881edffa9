//! Erasures: ask that a case forgets one person's number, decide it, carry it out.
//!
//! Sees a number on its way from a request's body to a keyed tag. Called by `http`. What is erased is in
//! `vault/scope/requests/erasure.rs`; what then is overwritten, in `vault/erase.rs`.

mod carry_out;
pub(crate) mod docs;
mod request;

pub use carry_out::{CarryOutErasure, ErasureCarriedOut};
pub use request::RequestErasureInput;

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Erasure;

/// Asks for the erasure of one person's number.
pub type RequestErasure = Ask<Erasure>;
/// Lists the erasures of a case.
pub type ListErasures = List<Erasure>;
/// Shows one erasure, as its decider sees it.
pub type ReadErasure = Read<Erasure>;
/// Approves or denies an erasure.
pub type DecideErasure = Decide<Erasure>;
