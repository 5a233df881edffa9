//! The ways in which people, senders and spreadsheets write numbers. Texts that are not written like a number are
//! refused before their digits are used.

use zeroize::Zeroizing;

use super::phone::PhoneError;
use crate::domain::invisible::is_invisible;

/// What senders and spreadsheets put around a number.
pub(super) fn strip_wrapping(text: &str) -> &str {
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

/// The digits of a text behind a `+`, after every other mark was looked at.
pub(super) struct Dialled {
    /// `+` and at most 31 digits, wiped.
    bytes: Zeroizing<[u8; 32]>,
    length: usize,
    pub(super) plus: bool,
}

impl Dialled {
    pub(super) fn collect(cell: &str) -> Result<Self, PhoneError> {
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
    pub(super) fn text(&self) -> &str {
        self.bytes
            .get(..self.length)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    pub(super) fn digits(&self) -> &str {
        self.text().get(1..).unwrap_or_default()
    }

    /// True when the cell has nothing but digits behind an optional `+`.
    pub(super) fn is_bare(&self, cell: &str) -> bool {
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

/// Refuses texts that are not written like a number.
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
