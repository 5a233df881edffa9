//! Withdrawals: ask to take a wrong exhibit out of all answers, decide it.
//!
//! Sees ids and counts. Called by `http` and `cli`. Answers that were given before are not
//! corrected; `exhibit::CompareExhibits` shows what changed.

pub(crate) mod docs;
mod request;

pub use request::RequestWithdrawalInput;

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Withdrawal;

/// Asks to withdraw an exhibit.
pub type RequestWithdrawal = Ask<Withdrawal>;
/// Lists the withdrawals of a case.
pub type ListWithdrawals = List<Withdrawal>;
/// Shows one withdrawal with its counts, as its decider sees it.
pub type ReadWithdrawal = Read<Withdrawal>;
/// Approves or denies a withdrawal. If approved, the exhibit is withdrawn at once.
pub type DecideWithdrawal = Decide<Withdrawal>;
