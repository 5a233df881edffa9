//! The mask of a number, which is shown without an approved reveal.

use std::fmt;

use super::calling_code::calling_code;
use super::phone::Phone;

/// A number's calling code: `+1 ••• ••• ••••`.
///
/// All masks of a calling code are the same text, so that a mask tells neither a digit nor the length of the number.
/// With the last two digits, whoever knows the blocks of numbers that a company holds would know nearly half of its
/// people's numbers without a lookup (`cargo bench --bench budget`). The subject's token tells people apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MaskedPhone {
    /// 0 in place of a number that was erased.
    calling_code: u16,
}

impl MaskedPhone {
    /// The mask of a number.
    pub fn of(phone: &Phone) -> Self {
        Self {
            calling_code: match phone.is_erased() {
                true => 0,
                false => calling_code(phone.digits()),
            },
        }
    }
}

impl fmt::Display for MaskedPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.calling_code {
            0 => f.write_str("erased"),
            code => write!(f, "+{code} ••• ••• ••••"),
        }
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
    fn a_mask_shows_the_calling_code_and_no_other_digit() {
        assert_eq!(mask("+12025550142"), "+1 ••• ••• ••••");
        assert_eq!(mask("+447700900107"), "+44 ••• ••• ••••");
    }

    #[test]
    fn what_was_erased_has_no_mask() {
        assert_eq!(MaskedPhone::of(&Phone::erased()).to_string(), "erased");
    }

    #[test]
    fn a_mask_serialises_as_its_text() {
        let parsed = Phone::parse_raw(RawNumber::new("+12025550100"), None).unwrap();
        let json = serde_json::to_string(&MaskedPhone::of(&parsed.phone)).unwrap();
        assert_eq!(json, "\"+1 ••• ••• ••••\"");
    }
}
