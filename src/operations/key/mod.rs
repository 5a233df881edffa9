//! The vault's keys: the public ones for everybody; for administrators the keyring's status, a new passphrase, a new
//! key for a case, and its slots. The secret of a new slot passes through `carry_out_change`, once; no operation sees a
//! key.

mod carry_out_change;
mod decide_change;
mod read;
mod request_change;
mod rotate;
mod rotate_case;
mod slot_list;
mod status;

pub use carry_out_change::{CarryOutSlotChange, SlotCarriedOut};
pub use decide_change::DecideSlotChange;
pub use read::{PublicKeys, ReadKeys};
pub use request_change::{RequestSlotChange, SlotChangeAsked, SlotChangeInput, SlotKind, SlotStep};
pub use rotate::{KeyRotated, RotateKek};
pub use rotate_case::{CaseKeyRotating, RotateCaseKey};
pub use slot_list::{ListSlots, Slots};
pub use status::{KeyState, KeyStatus, RotationState, SlotState};
