//! The one exit for a number.
//!
//! `scope::disclose` makes a [`Disclosed`] under a revealing action only, and notes the subject for the leaf. `expose`
//! needs the receipt of a durable leaf. Two files call `expose`; a test counts them.

use zeroize::Zeroizing;

use super::phone::Phone;
use crate::vault::call::receipt::Receipt;

/// A number opened under a revealing action, not yet text.
pub struct Disclosed(Phone);

impl Disclosed {
    pub(in crate::vault) fn of(phone: Phone) -> Self {
        Self(phone)
    }

    /// Whether the number was erased.
    pub(in crate::vault) fn is_erased(&self) -> bool {
        self.0.is_erased()
    }

    /// The number as E.164; nothing in the place of one that was erased. A review has to check what each caller
    /// does with the text.
    pub fn expose(&self, _: &Receipt) -> Zeroizing<String> {
        match self.0.is_erased() {
            true => Zeroizing::default(),
            false => Zeroizing::new(format!("+{}", self.0.digits())),
        }
    }
}
