//! E.164 texts, and the library's numbers as E.164 digits.
//!
//! A text that is E.164 already comes out unchanged or is refused; it is never
//! turned into another number.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber};

use super::phone::{NumberState, Parsed, Phone, PhoneError};

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
pub(super) fn canonical(text: &str) -> Result<(PhoneNumber, Phone), PhoneError> {
    if !is_canonical(text) {
        return Err(PhoneError::Impossible);
    }
    let number = read_canonical(text).ok_or(PhoneError::Impossible)?;
    let phone = possible(&number).ok_or(PhoneError::Impossible)?;
    if text.get(1..).and_then(|digits| digits.parse().ok()) == Some(phone.digits()) {
        Ok((number, phone))
    } else {
        Err(PhoneError::Impossible)
    }
}

pub(super) fn from_canonical(text: &str) -> Result<Parsed, PhoneError> {
    let (number, phone) = canonical(text)?;
    let state = state_of(&number);
    Ok(Parsed { phone, state })
}

pub(super) fn read_canonical(text: &str) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL.parse(text, None).ok()
}

pub(super) fn judge(number: &PhoneNumber) -> Option<Parsed> {
    let phone = possible(number)?;
    let state = state_of(number);
    Some(Parsed { phone, state })
}

/// The number, if its length fits a numbering plan.
pub(super) fn possible(number: &PhoneNumber) -> Option<Phone> {
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(number) {
        Ok(NumberLengthType::IsPossible) => {}
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(_) => return None,
    }
    e164_digits(number).map(Phone::from_digits)
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
        .filter(|digits| (1_000_000..1_000_000_000_000_000).contains(digits))
}
