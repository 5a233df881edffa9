//! A phone number in the clear.
//!
//! Only this folder and the number table of an admission read its digits.

use zeroize::{Zeroize, Zeroizing};

/// A number as its E.164 digits, wiped on drop. It cannot be printed, copied or compared. Only this folder and the
/// number table of an admission read the digits.
pub struct Phone {
    digits: u64,
}

/// How well a number fits its numbering plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberState {
    /// The plan assigns numbers of this form.
    Valid,
    /// Only the length fits the plan.
    Possible,
}

/// A number with its state.
pub struct Parsed {
    /// The number in E.164 digits.
    pub phone: Phone,
    /// How well it fits its numbering plan.
    pub state: NumberState,
}

impl Phone {
    /// The digits in the clear (never 0). Only the number table of an admission may call this: it looks up the number
    /// of each of millions of rows, and computing a tag for each row would cost more than all other work.
    pub(in crate::vault) fn expose_digits(&self) -> u64 {
        self.digits
    }

    /// The number with these digits, which must come from the same table. They are not checked.
    pub(in crate::vault) fn from_exposed_digits(digits: u64) -> Self {
        Self::from_digits(digits)
    }

    /// What stands in the place of a number that was erased: no number has these digits.
    pub(in crate::vault) fn erased() -> Self {
        Self { digits: 0 }
    }

    /// Whether this stands in the place of a number that was erased.
    pub(in crate::vault) fn is_erased(&self) -> bool {
        self.digits == 0
    }

    pub(super) fn digits(&self) -> u64 {
        self.digits
    }

    /// The number with these digits, which were parsed before they were sealed. They are not checked.
    pub(super) fn from_digits(digits: u64) -> Self {
        Self { digits }
    }

    /// The number in the clear, `+` and digits.
    pub(super) fn e164(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("+{}", self.digits))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}
