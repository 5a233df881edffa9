//! Quarantines: a lead asks for the rows of an exhibit that could not be admitted, and somebody else decides. The lead
//! sees them once, masked; or they leave as a sealed list, handed out by a custodian.
//!
//! Sees lines, kinds and shapes, no cell.

mod acknowledge;
pub(crate) mod docs;
mod open;
mod request;
mod take;

pub use acknowledge::{AcknowledgeList, CancelList};
pub use open::{OpenQuarantine, OpenedQuarantine};
pub use request::RequestQuarantineInput;
pub use take::take_list;

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Quarantine;

/// Asks for the rows of an exhibit that are in quarantine.
pub type RequestQuarantine = Ask<Quarantine>;
/// Lists the such requests of a case.
pub type ListQuarantines = List<Quarantine>;
/// Shows one such request, as its decider sees it.
pub type ReadQuarantine = Read<Quarantine>;
/// Approves or denies such a request.
pub type DecideQuarantine = Decide<Quarantine>;
