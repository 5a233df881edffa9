//! Seeing numbers in the clear: ask, have it decided, open once.

mod decide;
pub(crate) mod docs;
mod list;
mod open;
mod read;
mod request;

pub use decide::DecideReveal;
pub use list::{ListReveals, RevealList};
pub use open::{OpenReveal, OpenedBody};
pub use read::ReadReveal;
pub use request::{RequestReveal, RequestRevealInput, RequestedReveal};
