//! Taking a wrong exhibit out of the answers: ask, have it decided.
//!
//! Sees ids and counts. Called by `http` and `cli`. Not promised: that what was
//! told before is told again rightly; `exhibit::Difference` says what changed.

pub(crate) mod docs;
mod request;

pub use request::{RequestWithdrawalInput, RequestedWithdrawal, WithdrawalList};

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Withdrawal;

pub type RequestWithdrawal = Ask<Withdrawal>;
pub type ListWithdrawals = List<Withdrawal>;
pub type ReadWithdrawal = Read<Withdrawal>;
pub type DecideWithdrawal = Decide<Withdrawal>;
