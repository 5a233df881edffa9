//! A phone number in the clear.
//!
//! Only this folder reads its digits, and the number table of an admission.

use zeroize::{Zeroize, Zeroizing};

/// A number as its E.164 digits, wiped when it goes. It cannot be shown,
/// copied or compared; this folder reads the digits, and the number table of an
/// admission.
pub struct Phone {
    digits: u64,
}

/// How sure a numbering plan is of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberState {
    /// A plan gives such numbers out.
    Valid,
    /// The length fits the plan, no more.
    Possible,
}

/// A number with its state.
pub struct Parsed {
    /// The number in E.164 digits.
    pub phone: Phone,
    /// Whether its numbering plan gives out such numbers.
    pub state: NumberState,
}

/// Why a text is no number. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// The text is blank.
    #[error("no number is given")]
    Missing,
    /// Digits are replaced by stars or the like.
    #[error("the number is masked")]
    Masked,
    /// Digits are lost, as in `1.20255E+10`.
    #[error("the number was damaged, by a spreadsheet for instance")]
    Damaged,
    /// The text does not have the form of a number.
    #[error("not a phone number")]
    NotANumber,
    /// It has the form of a number, but no plan has numbers of this beginning and length.
    #[error("no numbering plan has such a number; without '+' give a region")]
    Impossible,
}

impl Phone {
    /// The digits in the clear (never 0), for the number table of an admission
    /// alone: it finds each of millions of rows among the numbers that came
    /// before, and a tag for each row would cost more than all the rest.
    pub(in crate::vault) fn expose_digits(&self) -> u64 {
        self.digits
    }

    /// Back from the same table; digits that no parse gave are not checked.
    pub(in crate::vault) fn from_exposed_digits(digits: u64) -> Self {
        Self::from_digits(digits)
    }

    pub(super) fn digits(&self) -> u64 {
        self.digits
    }

    /// For a number that was sealed by us, and so was parsed once.
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
