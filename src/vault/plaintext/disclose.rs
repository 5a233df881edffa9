//! The one exit for a number.
//!
//! `disclose` is there under a revealing action only, and notes who was touched;
//! `expose` asks for the receipt of a durable leaf. Two files call `expose`, and
//! a test counts them.

use zeroize::Zeroizing;

use super::phone::Phone;
use crate::policy::Reveals;
use crate::vault::operation::OperationError;
use crate::vault::receipt::Receipt;
use crate::vault::scope::Scope;
use crate::vault::terms::TermPlace;

/// A number opened under a revealing action, not yet text.
pub struct Disclosed(Phone);

impl Disclosed {
    /// The number as E.164. What the caller does with the text is for review.
    pub fn expose(&self, _: &Receipt) -> Zeroizing<String> {
        Zeroizing::new(format!("+{}", self.0.digits()))
    }
}

impl<A: Reveals> Scope<'_, A> {
    /// Opens the number of a subject and notes the subject as touched.
    pub(in crate::vault) fn disclose(&mut self, no: u32) -> Result<Disclosed, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let place = TermPlace {
            connection: self.connection,
            keys: &keys,
            case: case.number,
        };
        let phone = self.numbers.open(place, no)?;
        self.notes.touch(no);
        Ok(Disclosed(phone))
    }
}
