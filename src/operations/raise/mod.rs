//! More lookup points for a time: a member asks, and another lead decides. Also thaws lookups that too many refusals
//! froze.

mod request;
mod thaw;

pub use request::RequestRaiseInput;
pub use thaw::{Thaw, ThawLookups, ThawedBody};

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Raise;

/// Asks for more lookup points for a time.
pub type RequestRaise = Ask<Raise>;
/// Lists the raises of a case.
pub type ListRaises = List<Raise>;
/// Shows one raise as its decider sees it.
pub type ReadRaise = Read<Raise>;
/// Approves or denies a raise. If approved, the asker has the points at once.
pub type DecideRaise = Decide<Raise>;
