//! Taking a wrong exhibit out of the answers: ask, have it decided.
//!
//! Sees ids and counts. Called by `http` and `cli`. Not promised: that what was
//! told before is told again rightly; `exhibit::Difference` says what changed.

mod decide;
pub(crate) mod docs;
mod list;
mod read;
mod request;

pub use decide::DecideWithdrawal;
pub use list::{ListWithdrawals, WithdrawalList};
pub use read::ReadWithdrawal;
pub use request::{RequestWithdrawal, RequestWithdrawalInput, RequestedWithdrawal};
