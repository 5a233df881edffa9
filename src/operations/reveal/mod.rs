//! Seeing numbers in the clear: ask, have it decided, open once.

pub(crate) mod docs;
mod open;
mod request;

pub use open::{OpenReveal, OpenedBody};
pub use request::{RequestRevealInput, RequestedReveal, RevealList};

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Reveal;

pub type RequestReveal = Ask<Reveal>;
pub type ListReveals = List<Reveal>;
pub type ReadReveal = Read<Reveal>;
pub type DecideReveal = Decide<Reveal>;
