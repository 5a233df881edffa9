//! The vault's clock: what it says, and which time two people accept.

mod accept;
mod read;

pub use accept::{AcceptTime, AcceptTimeInput, TimeAccepted};
pub use read::{ClockState, ReadClock};
