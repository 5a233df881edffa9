//! More lookup points for a time: ask, have it decided by another lead; and thawing lookups that too many
//! refusals froze.

pub(crate) mod docs;
mod request;
mod thaw;

pub use request::{RaiseList, RequestRaiseInput, RequestedRaise};
pub use thaw::{ThawInput, ThawLookups, ThawedBody};

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Raise;

pub type RequestRaise = Ask<Raise>;
pub type ListRaises = List<Raise>;
pub type ReadRaise = Read<Raise>;
pub type DecideRaise = Decide<Raise>;
