//! The mask of a number, which is shown without an approved reveal.

use std::fmt;

use super::calling_code::calling_code;
use super::phone::Phone;

/// A number's calling code and last two digits: `+1 ••• ••• ••42`.
///
/// All masks of a calling code have the same shape, so that a mask does not tell the length of the number. Many numbers
/// have the same mask, so it does not identify anybody.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MaskedPhone {
    calling_code: u16,
    last_two: u8,
}

impl MaskedPhone {
    /// The mask of a number.
    pub fn of(phone: &Phone) -> Self {
        let digits = phone.digits();
        Self {
            calling_code: calling_code(digits),
            last_two: u8::try_from(digits % 100).unwrap_or_default(),
        }
    }
}

impl fmt::Display for MaskedPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{} ••• ••• ••{:02}", self.calling_code, self.last_two)
    }
}

impl serde::Serialize for MaskedPhone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::plaintext::RawNumber;

    fn mask(text: &str) -> String {
        let parsed = Phone::parse_raw(RawNumber::new(text), None).unwrap();
        MaskedPhone::of(&parsed.phone).to_string()
    }

    #[test]
    fn a_mask_shows_calling_code_and_last_two_digits() {
        assert_eq!(mask("+12025550142"), "+1 ••• ••• ••42");
        assert_eq!(mask("+447700900107"), "+44 ••• ••• ••07");
    }

    #[test]
    fn a_mask_serialises_as_its_text() {
        let parsed = Phone::parse_raw(RawNumber::new("+12025550100"), None).unwrap();
        let json = serde_json::to_string(&MaskedPhone::of(&parsed.phone)).unwrap();
        assert_eq!(json, "\"+1 ••• ••• ••00\"");
    }
}
