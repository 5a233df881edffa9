//! A phone number, and the rules by which a text becomes one.
//!
//! A text that is E.164 already comes out unchanged or is refused; it is never
//! turned into another number. Numbers that a plan could have are accepted, and
//! whether a plan does have them is said beside (`Valid` or `Possible`).

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber};
use zeroize::{Zeroize, Zeroizing};

use super::raw_number::RawNumber;
use super::raw_text::RawText;
use super::region::Region;

/// A number as its E.164 digits, wiped when it goes. It cannot be shown,
/// copied or compared; only this folder reads the digits.
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
    pub phone: Phone,
    pub state: NumberState,
}

/// Why a text is no number. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    #[error("no number is given")]
    Missing,
    #[error("the number is masked")]
    Masked,
    #[error("the number was damaged, by a spreadsheet for instance")]
    Damaged,
    #[error("not a phone number")]
    NotANumber,
    #[error("no numbering plan has such a number; without '+' give a region")]
    Impossible,
}

impl Phone {
    /// Reads a text; `region` is the one in which a number without calling code is meant.
    pub fn parse(text: &RawText, region: Option<Region>) -> Result<Parsed, PhoneError> {
        read(text.text(), region)
    }

    /// The same for a cell of an exhibit.
    pub fn parse_raw(number: RawNumber<'_>, region: Option<Region>) -> Result<Parsed, PhoneError> {
        read(number.text(), region)
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

/// `^\+[1-9]\d{6,14}$`
fn is_canonical(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// E.164 in, the same E.164 out, or nothing: the library drops a trunk prefix
/// (`+440…`), and that would be another number.
fn from_canonical(text: &str) -> Result<Parsed, PhoneError> {
    if !is_canonical(text) {
        return Err(PhoneError::Impossible);
    }
    let number = read_canonical(text).ok_or(PhoneError::Impossible)?;
    let parsed = judge(&number).ok_or(PhoneError::Impossible)?;
    if text.get(1..).and_then(|digits| digits.parse().ok()) == Some(parsed.phone.digits) {
        Ok(parsed)
    } else {
        Err(PhoneError::Impossible)
    }
}

pub(super) fn read_canonical(text: &str) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL.parse(text, None).ok()
}

fn from_library(cell: &str, region: Option<Region>) -> Option<Parsed> {
    let number = PHONE_NUMBER_UTIL
        .parse(cell, region.map(Region::code))
        .ok()?;
    judge(&number)
}

/// A number without `+` may be national or may have lost its `+`. What a plan
/// has goes before what a plan could have, and the given region before the
/// world. Without a region only bare digits are taken, and ten or fewer only if
/// a plan has them: `2025550142` must not become a number in Egypt.
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

fn judge(number: &PhoneNumber) -> Option<Parsed> {
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(number) {
        Ok(NumberLengthType::IsPossible) => {}
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(_) => return None,
    }
    let phone = Phone::from_digits(e164_digits(number)?);
    let state = if PHONE_NUMBER_UTIL.is_valid_number(number) {
        NumberState::Valid
    } else {
        NumberState::Possible
    };
    Some(Parsed { phone, state })
}

/// Calling code, then the national number with its leading zeros (Italy has them).
fn e164_digits(number: &PhoneNumber) -> Option<u64> {
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

/// What senders and spreadsheets put around a number.
fn strip_wrapping(text: &str) -> &str {
    let mut text = text.trim_matches(is_invisible);
    for scheme in ["tel:", "whatsapp:", "sms:"] {
        if let Some((head, rest)) = text.split_at_checked(scheme.len())
            && head.eq_ignore_ascii_case(scheme)
        {
            text = rest.trim_matches(is_invisible);
            break;
        }
    }
    text.strip_prefix('\'').unwrap_or(text)
}

fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The digits of a text behind a `+`, after every other mark was looked at.
struct Dialled {
    /// `+` and at most 31 digits, wiped.
    bytes: Zeroizing<[u8; 32]>,
    length: usize,
    plus: bool,
}

impl Dialled {
    fn collect(cell: &str) -> Result<Self, PhoneError> {
        if cell.is_empty() {
            return Err(PhoneError::Missing);
        }
        classify(cell)?;
        let mut dialled = Self {
            bytes: Zeroizing::new([b'+'; 32]),
            length: 1,
            plus: cell.starts_with(['+', '\u{ff0b}']),
        };
        for digit in cell.chars().filter_map(digit) {
            let place = dialled.bytes.get_mut(dialled.length);
            *place.ok_or(PhoneError::Impossible)? = b'0' + digit;
            dialled.length += 1;
        }
        if dialled.length == 1 {
            return Err(PhoneError::NotANumber);
        }
        Ok(dialled)
    }

    /// `+` and the digits.
    fn text(&self) -> &str {
        self.bytes
            .get(..self.length)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    fn digits(&self) -> &str {
        self.text().get(1..).unwrap_or_default()
    }

    /// True when the cell has nothing but digits behind an optional `+`.
    fn is_bare(&self, cell: &str) -> bool {
        cell.chars().filter(|c| digit(*c).is_some()).count()
            == cell.chars().count() - usize::from(self.plus)
    }
}

/// Decimal digits that forms and spreadsheets produce: ASCII, full width, Arabic.
fn digit(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        '\u{06f0}'..='\u{06f9}' => '\u{06f0}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    u8::try_from(u32::from(c) - u32::from(zero)).ok()
}

/// Sorts out what is not written as a number, before any digit is believed.
fn classify(cell: &str) -> Result<(), PhoneError> {
    if cell.chars().all(|c| c == '#') || is_float(cell) {
        return Err(PhoneError::Damaged);
    }
    let crosses = cell.chars().filter(|c| matches!(c, 'x' | 'X')).count();
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    let starred = cell
        .chars()
        .any(|c| matches!(c, '*' | '#' | '•' | '●' | '…' | '_'));
    if letters == crosses && (crosses > 1 || starred) {
        return Err(PhoneError::Masked);
    }
    let written = cell.chars().enumerate().all(|(at, c)| match c {
        '+' | '\u{ff0b}' => at == 0,
        '(' => true,
        _ if digit(c).is_some() => true,
        ')' | '.' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => at > 0,
        _ => at > 0 && is_invisible(c),
    });
    if written {
        Ok(())
    } else {
        Err(PhoneError::NotANumber)
    }
}

/// `1.20255E+10`, `12025550142.0`: what a spreadsheet or a data frame makes of a number.
fn is_float(cell: &str) -> bool {
    let cell = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (mantissa, exponent) = match cell.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (cell, None),
    };
    let (whole, fraction) = match mantissa.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !numeric(whole) || !fraction.is_none_or(numeric) {
        return false;
    }
    match exponent {
        Some(exponent) => numeric(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => fraction.is_some_and(|zeros| zeros.len() <= 2 && zeros.bytes().all(|b| b == b'0')),
    }
}
