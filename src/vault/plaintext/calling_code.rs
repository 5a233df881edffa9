//! Which of a number's first digits are its country calling code (ITU-T E.164,
//! list of assigned codes): zone 1 and 7 have one digit, the codes below two,
//! every other three.

const TWO_DIGITS: [u8; 44] = [
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56,
    57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
];

/// The calling code of a number given as its E.164 digits.
pub(super) fn calling_code(digits: u64) -> u16 {
    let mut head = digits;
    while head >= 1_000 {
        head /= 10;
    }
    let three = u16::try_from(head).unwrap_or_default();
    let one = three / 100;
    let two = three / 10;
    if one == 1 || one == 7 {
        one
    } else if TWO_DIGITS.iter().any(|&code| u16::from(code) == two) {
        two
    } else {
        three
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_one_two_and_three_digits_are_told_apart() {
        assert_eq!(calling_code(12_025_550_142), 1);
        assert_eq!(calling_code(447_700_900_123), 44);
        assert_eq!(calling_code(61_491_570_156), 61);
        assert_eq!(calling_code(353_200_000_000), 353);
    }

    #[test]
    fn every_code_libphonenumber_knows_is_found() {
        for code in rlibphonenumber::PHONE_NUMBER_UTIL.get_supported_calling_codes() {
            let code = u64::try_from(code).unwrap();
            assert_eq!(u64::from(calling_code(code * 100_000_000)), code);
        }
    }
}
