//! The rules by which a text becomes a phone number.
//!
//! A number is accepted if its length fits a numbering plan. The state of the result tells whether the plan also
//! assigns such numbers (`Valid`) or not (`Possible`).

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::canonical::{canonical, from_canonical, is_canonical, judge};
use super::phone::{NumberState, Parsed, Phone, PhoneError};
use super::raw_number::RawNumber;
use super::raw_text::RawText;
use super::region::Region;
use super::written::{Dialled, strip_wrapping};

impl Phone {
    /// Parses a text. A number without a calling code is read as one of `region`.
    pub fn parse(text: &RawText, region: Option<Region>) -> Result<Parsed, PhoneError> {
        read(text.text(), region)
    }

    /// Parses a cell of an exhibit in the same way.
    pub fn parse_raw(number: RawNumber<'_>, region: Option<Region>) -> Result<Parsed, PhoneError> {
        read(number.text(), region)
    }

    /// Parses a cell without finding out the state. This saves half the work for cells in E.164, as most are.
    pub fn accept_raw(number: RawNumber<'_>, region: Option<Region>) -> Result<Self, PhoneError> {
        match is_canonical(number.text()) {
            true => canonical(number.text()).map(|(_, phone)| phone),
            false => read(number.text(), region).map(|parsed| parsed.phone),
        }
    }
}

fn read(text: &str, region: Option<Region>) -> Result<Parsed, PhoneError> {
    if is_canonical(text) {
        return from_canonical(text);
    }
    let cell = strip_wrapping(text);
    let dialled = Dialled::collect(cell)?;
    match (dialled.plus, dialled.is_bare(cell)) {
        (true, true) => from_canonical(dialled.text()),
        (true, false) => from_library(cell, None).ok_or(PhoneError::Impossible),
        (false, bare) => from_national(cell, &dialled, bare, region),
    }
}

/// Parses with the library. Refuses a number whose E.164 form does not parse to the same number, because it could not
/// be looked up.
fn from_library(cell: &str, region: Option<Region>) -> Option<Parsed> {
    let number = PHONE_NUMBER_UTIL
        .parse(cell, region.map(Region::code))
        .ok()?;
    let parsed = judge(&number)?;
    from_canonical(&parsed.phone.e164()).ok()
}

/// A number without `+` may be national, or may have lost its `+`. A valid reading is preferred to a possible one, and
/// a reading in the given region to an international one. Without a region only bare digits are accepted, and ten or
/// fewer only if the reading is valid: `2025550142` must not become a number in Egypt.
fn from_national(
    cell: &str,
    dialled: &Dialled,
    bare: bool,
    region: Option<Region>,
) -> Result<Parsed, PhoneError> {
    let length = dialled.digits().len();
    if length < 7 {
        return Err(PhoneError::NotANumber);
    }
    let national = region.and_then(|region| from_library(cell, Some(region)));
    let world = (bare || region.is_some())
        .then(|| from_canonical(dialled.text()).ok())
        .flatten()
        .filter(|parsed| length > 10 || parsed.state == NumberState::Valid);
    match (national, world) {
        (Some(national), Some(world)) => {
            let take_world =
                national.state == NumberState::Possible && world.state == NumberState::Valid;
            Ok(if take_world { world } else { national })
        }
        (Some(parsed), None) | (None, Some(parsed)) => Ok(parsed),
        (None, None) => Err(PhoneError::Impossible),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vault::plaintext::canonical::e164_digits;
    use rlibphonenumber::PhoneNumber;

    fn parse(text: &str, region: &str) -> Result<(u64, NumberState), PhoneError> {
        let parsed = Phone::parse_raw(RawNumber::new(text), region.parse().ok())?;
        Ok((parsed.phone.digits(), parsed.state))
    }

    fn refused(text: &str) -> Option<PhoneError> {
        parse(text, "").err()
    }

    #[test]
    fn e164_comes_out_unchanged_with_its_state() {
        use NumberState::{Possible, Valid};
        for (text, digits, state) in [
            ("+12025550142", 12_025_550_142, Valid),
            ("+61491570156", 61_491_570_156, Valid),
            ("+447700900123", 447_700_900_123, Possible),
            ("+441632960123", 441_632_960_123, Possible),
        ] {
            assert_eq!(parse(text, ""), Ok((digits, state)));
            assert_eq!(parse(text, "DE"), Ok((digits, state)));
        }
    }

    #[test]
    fn e164_that_the_library_would_change_is_refused() {
        for text in [
            "+4407700900123",
            "+44123",
            "+120255501",
            "+99912345678",
            "+12025550142001",
        ] {
            assert_eq!(refused(text), Some(PhoneError::Impossible), "{text}");
        }
    }

    #[test]
    fn punctuation_schemes_and_marks_are_taken_off() {
        for text in [
            "+1 202 555 0142",
            "+1 (202) 555-0142",
            "+1.202.555.0142",
            "tel:+12025550142",
            "tel:+1-202-555-0142",
            "whatsapp:+12025550142",
            "WhatsApp: +12025550142",
            " +12025550142\r\n",
            "\u{202d}+1\u{a0}202\u{2011}555\u{2011}0142\u{202c}",
            "'+12025550142",
            "\u{ff0b}\u{ff11}2025550142",
            "12025550142",
            "1 (202) 555-0142",
        ] {
            let region = if text.starts_with("1 ") { "US" } else { "" };
            assert_eq!(
                parse(text, region).map(|found| found.0),
                Ok(12_025_550_142),
                "{text}"
            );
        }
        assert_eq!(
            parse("+44 (0)7700 900123", "").map(|found| found.0),
            Ok(447_700_900_123)
        );
    }

    #[test]
    fn digits_alone_are_read_as_e164_or_in_the_region_given() {
        let digits = |text, region| parse(text, region).map(|found| found.0);
        assert_eq!(digits("447700900123", ""), Ok(447_700_900_123));
        assert_eq!(digits("447700900123", "US"), Ok(447_700_900_123));
        assert_eq!(digits("07700900123", "GB"), Ok(447_700_900_123));
        assert_eq!(digits("07700 900123", "GB"), Ok(447_700_900_123));
        assert_eq!(digits("2025550142", "US"), Ok(12_025_550_142));
        assert_eq!(digits("(202) 555-0142", "US"), Ok(12_025_550_142));
        assert_eq!(digits("12025550142", "GB"), Ok(12_025_550_142));
        assert_eq!(digits("0491570156", "AU"), Ok(61_491_570_156));
        for text in ["07700900123", "2025550142", "(202) 555-0142", "5550142"] {
            assert_eq!(digits(text, ""), Err(PhoneError::Impossible), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_says_what_it_is() {
        use PhoneError::{Damaged, Impossible, Masked, Missing, NotANumber};
        for (text, error) in [
            ("", Missing),
            ("  \t", Missing),
            ("tel:", Missing),
            ("***", Masked),
            ("XXX", Masked),
            ("+1******0142", Masked),
            ("+1XXXXXX0142", Masked),
            ("+1 (xxx) xxx-0142", Masked),
            ("+1 ••• ••• ••42", Masked),
            ("1.20255E+10", Damaged),
            ("1,20255E+10", Damaged),
            ("+1.20255e10", Damaged),
            ("12025550142.0", Damaged),
            ("########", Damaged),
            ("DUOSEC", NotANumber),
            ("1-555-LETTERS", NotANumber),
            ("+1 202 555 0142 x12", NotANumber),
            ("someone@example.org", NotANumber),
            ("12345", NotANumber),
            ("911", NotANumber),
            ("386-372", NotANumber),
            ("+", NotANumber),
            ("-", NotANumber),
            ("-12025550142", NotANumber),
            ("+1202+5550142", NotANumber),
            ("12025550142/12025550143", NotANumber),
            ("+12345", Impossible),
            ("1202555014200000", Impossible),
            ("+1202555014212025550142120255501421202555", Impossible),
        ] {
            assert_eq!(refused(text), Some(error), "{text}");
        }
    }

    #[test]
    fn a_national_text_whose_e164_is_not_read_again_is_refused() {
        // Read as +49000000, which as E.164 loses a zero and is too short then.
        assert_eq!(parse("0000000", "DE"), Err(PhoneError::Impossible));
        assert_eq!(parse("+49000000", ""), Err(PhoneError::Impossible));
    }

    #[test]
    fn leading_zeros_of_a_national_number_are_kept() {
        let number = PhoneNumber {
            country_code: 39,
            national_number: 1,
            italian_leading_zero: Some(true),
            number_of_leading_zeros: Some(6),
            ..PhoneNumber::default()
        };
        assert_eq!(e164_digits(&number), Some(390_000_001));
    }

    #[test]
    fn a_number_in_the_clear_is_its_e164() {
        let parsed = Phone::parse(&RawText::new("+1 202 555 0142".to_owned()), None)
            .ok()
            .unwrap();
        assert_eq!(parsed.phone.e164().as_str(), "+12025550142");
        let back = Phone::from_exposed_digits(parsed.phone.expose_digits());
        assert_eq!(back.digits(), 12_025_550_142);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn canonical_text_is_unchanged_or_refused(text in r"\+[1-9][0-9]{6,14}", region in "|US|GB|DE|IT") {
            if let Ok((digits, _)) = parse(&text, &region) {
                prop_assert_eq!(format!("+{digits}"), text);
            }
        }

        #[test]
        fn what_was_accepted_is_accepted_again(text in r"[+]?[0-9 ().-]{0,20}", region in "|US|GB|DE|IT") {
            if let Ok((digits, state)) = parse(&text, &region) {
                prop_assert_eq!(parse(&format!("+{digits}"), &region), Ok((digits, state)));
            }
        }

        #[test]
        fn accepting_is_parsing_without_the_state(text in r"[+]?[0-9 ()-]{0,18}", region in "|US|GB|DE|IT") {
            let region = region.parse().ok();
            let accepted = Phone::accept_raw(RawNumber::new(&text), region).map(|phone| phone.digits());
            let parsed = Phone::parse_raw(RawNumber::new(&text), region);
            prop_assert_eq!(accepted, parsed.map(|parsed| parsed.phone.digits()));
        }

        #[test]
        fn parsing_never_panics(text in r"\PC*|[+0-9xX*#eE., ()-]{0,40}", region in "|US|GB|DE|IT") {
            let _ = parse(&text, &region);
        }
    }
}
