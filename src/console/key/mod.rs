//! The vault's public keys, a new key for a case, and the slots of the keyring, which two administrators change.

mod ask_change;
mod carry_out_change;
mod decide_change;
mod read;
mod rotate_case;
mod slots;

pub use self::ask_change::AskSlotChangePage;
pub use self::carry_out_change::CarryOutSlotChangePage;
pub use self::decide_change::DecideSlotChangePage;
pub use self::read::KeysPage;
pub use self::rotate_case::RotateCasePage;
pub use self::slots::SlotsPage;

/// The page with the slots and the change that waits; the forms are on it.
const SLOTS: &str = "/console/keys/slots";
