//! From the cells of a record to a row of the vault.

mod carrier;
pub(super) mod cells;
pub(super) mod country;
mod fineness;
pub(super) mod fitness;
mod joined_time;
pub(super) mod maker;
pub(super) mod nothing;
mod reference;
