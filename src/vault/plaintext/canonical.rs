//! E.164 texts, and the numbers that libphonenumber makes of texts.
//!
//! A text that is E.164 already comes out unchanged or is refused; only `parse` decides that a number of a plan that
//! moved is another one.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, ValidationError};

use super::phone::{NumberState, Phone};
use super::unreadable::Unreadable;

/// `^\+[1-9]\d{6,14}$`
pub(super) fn is_canonical(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Parses E.164. Refuses a text whose E.164 form differs from it: the library drops a trunk prefix (`+440…`), which
/// would give another number.
pub(super) fn canonical(text: &str) -> Result<(PhoneNumber, Phone), Unreadable> {
    if !is_canonical(text) {
        return Err(match text.len() {
            ..8 => Unreadable::TooShort,
            17.. => Unreadable::TooLong,
            _ => Unreadable::NotAssigned,
        });
    }
    let number = read_canonical(text).ok_or(Unreadable::NotAssigned)?;
    let phone = possible(&number)?;
    if text.get(1..).and_then(|digits| digits.parse().ok()) == Some(phone.digits()) {
        Ok((number, phone))
    } else {
        Err(Unreadable::NotAssigned)
    }
}

pub(super) fn read_canonical(text: &str) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL.parse(text, None).ok()
}

/// The number, if its length fits a numbering plan.
pub(super) fn possible(number: &PhoneNumber) -> Result<Phone, Unreadable> {
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(number) {
        Ok(NumberLengthType::IsPossible) => {}
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort) => {
            return Err(Unreadable::TooShort);
        }
        Err(ValidationError::TooLong) => return Err(Unreadable::TooLong),
        Err(_) => return Err(Unreadable::NotAssigned),
    }
    let digits = e164_digits(number).filter(|digits| E164.contains(digits));
    digits
        .map(Phone::from_digits)
        .ok_or(Unreadable::NotAssigned)
}

pub(super) fn state_of(number: &PhoneNumber) -> NumberState {
    if PHONE_NUMBER_UTIL.is_valid_number(number) {
        NumberState::Valid
    } else {
        NumberState::Possible
    }
}

/// Calling code, then the national number with its leading zeros (Italy has them).
pub(super) fn e164_digits(number: &PhoneNumber) -> Option<u64> {
    let national_length = number.national_number.checked_ilog10().map_or(1, |n| n + 1);
    let zeros = if number.italian_leading_zero() {
        u32::try_from(number.number_of_leading_zeros()).ok()?
    } else {
        0
    };
    u64::try_from(number.country_code)
        .ok()?
        .checked_mul(10_u64.checked_pow(national_length + zeros)?)?
        .checked_add(number.national_number)
}

/// Seven to fifteen digits.
const E164: std::ops::Range<u64> = 1_000_000..1_000_000_000_000_000;
