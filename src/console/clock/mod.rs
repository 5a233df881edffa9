//! The vault's clock: what it says, and the acceptance of another time.

mod accept;

pub use self::accept::{AcceptTimePage, ClockPage};
