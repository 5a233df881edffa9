//! The state whose area code a number has.
//!
//! Sees digits. The state is where the number was assigned, not where its holder lives. It is never mixed with the
//! state that a log names.

use super::phone::Phone;
use crate::domain::area_code;

/// The two letters of a state, territory or province, for numbers of the North
/// American plan alone.
pub fn area_state_of(phone: &Phone) -> Option<&'static str> {
    area_code_of_digits(phone.digits()).and_then(area_code::state_of)
}

/// The area code of digits that are a number of the plan, below 1,000.
pub fn area_code_of_digits(digits: u64) -> Option<u16> {
    // Calling code 1 and ten digits.
    let national = digits.checked_sub(10_000_000_000)?;
    let area_code = u16::try_from(national / 10_000_000).ok()?;
    (area_code < 1000).then_some(area_code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::plaintext::RawNumber;

    fn state(text: &str) -> Option<&'static str> {
        let parsed = Phone::parse_raw(RawNumber::new(text), None).unwrap();
        area_state_of(&parsed.phone)
    }

    #[test]
    fn a_number_of_the_north_american_plan_tells_the_state_of_its_area_code() {
        assert_eq!(state("+12145550142"), Some("TX"));
        assert_eq!(state("+12025550142"), Some("DC"));
        assert_eq!(state("+17875550142"), Some("PR"));
        assert_eq!(state("+14165550142"), Some("ON"));
    }

    #[test]
    fn any_other_number_tells_none() {
        for text in [
            "+18005550142",
            "+19025550142",
            "+18765550142",
            "+12425550142",
            "+447700900123",
            "+61491570156",
            "+4915123456789",
            "+2145550142",
            "+202145550142",
        ] {
            if Phone::parse_raw(RawNumber::new(text), None).is_ok() {
                assert_eq!(state(text), None, "{text}");
            }
        }
        for digits in [
            1,
            1_214_555,
            21_450_142_000,
            121_455_501_420,
            999_999_999_999_999,
        ] {
            assert_eq!(area_state_of(&Phone::from_digits(digits)), None, "{digits}");
        }
    }
}
