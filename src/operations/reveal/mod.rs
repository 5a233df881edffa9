//! Reveals: ask to see numbers in the clear, decide it, open it once.

pub(crate) mod docs;
mod find_open;
mod open;
mod request;

pub use find_open::{FindOpenReveals, FindOpenRevealsInput, OpenReveals};
pub use open::{OpenReveal, OpenedBody};
pub use request::RequestRevealInput;

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Reveal;

/// Asks to see the numbers of subjects in the clear.
pub type RequestReveal = Ask<Reveal>;
/// Lists the reveals of a case.
pub type ListReveals = List<Reveal>;
/// Shows one reveal with masked numbers, as its decider sees it.
pub type ReadReveal = Read<Reveal>;
/// Approves or denies a reveal.
pub type DecideReveal = Decide<Reveal>;
