//! Seeing numbers in the clear: ask, have it decided, open once.

mod decide;
mod list;
mod open;
mod read;
mod request;

pub use decide::DecideReveal;
pub use list::{ListReveals, RevealList};
pub use open::{OpenReveal, OpenedBody};
pub use read::{ReadReveal, RevealBody};
pub use request::{RequestReveal, RequestRevealInput, RequestedReveal};
