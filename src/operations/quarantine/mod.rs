//! Quarantines: a lead asks to see the rows of an exhibit that could not be admitted, somebody else decides, and the
//! lead sees them once, masked.
//!
//! Sees lines, kinds and shapes, no cell.

pub(crate) mod docs;
mod open;
mod request;

pub use open::{OpenQuarantine, OpenedQuarantine};
pub use request::{QuarantineList, RequestQuarantineInput, RequestedQuarantine};

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Quarantine;

/// Asks to see the rows of an exhibit that are in quarantine.
pub type RequestQuarantine = Ask<Quarantine>;
/// Lists the newest 500 such requests of a case.
pub type ListQuarantines = List<Quarantine>;
/// Shows one such request, as its decider sees it.
pub type ReadQuarantine = Read<Quarantine>;
/// Approves or denies such a request.
pub type DecideQuarantine = Decide<Quarantine>;
