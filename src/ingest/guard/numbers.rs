//! The third guard: a phone number in a column that is not the column of numbers. Such a column is shown in clear, so a
//! row with one in it is not admitted, and the quarantine does not keep the cell.
//!
//! Accounts are often digits alone, and so an account counts only if it is written as a number.

use crate::domain::{
    Field, has_digits_of_number, holds_whole_number, is_short_number, written_numbers,
};
use crate::vault::plaintext::{NumberState, Phone, RawNumber, Region};

/// Whether a cell of this field holds a number, wherever its row is from.
#[inline]
pub(in crate::ingest) fn holds_number(field: Field, cell: &str) -> bool {
    may_hold(field, cell) && found(field, cell, &[])
}

/// The same for a row whose number is read in one of these regions, for what is a number there only.
#[inline]
pub(in crate::ingest) fn holds_number_of(
    field: Field,
    cell: &str,
    regions: impl Fn() -> [Option<Region>; 2],
) -> bool {
    may_hold(field, cell) && {
        let regions: Vec<Region> = regions().into_iter().flatten().collect();
        !regions.is_empty() && found(field, cell, &regions)
    }
}

/// Nearly every cell has too few digits.
#[inline]
fn may_hold(field: Field, cell: &str) -> bool {
    let shown = matches!(
        field,
        Field::Account
            | Field::Carrier
            | Field::Country
            | Field::State
            | Field::Kind
            | Field::Channel
    );
    shown
        && cell.len() >= 7
        && !(field == Field::Account && is_id(cell))
        && has_digits_of_number(cell)
}

fn found(field: Field, cell: &str, regions: &[Region]) -> bool {
    // Its plus is no sign of a number.
    let named = ["ZIP+4", "zip+4", "Zip+4"]
        .iter()
        .find_map(|name| cell.split_once(name));
    if let Some((before, after)) = named {
        return found(field, before, regions) || found(field, after, regions);
    }
    match (field, regions) {
        (Field::Account, _) => is_written(cell, regions),
        (_, []) => holds_whole_number(cell),
        _ => is_short_number(cell) && regions.iter().any(|region| is_valid(cell, Some(*region))),
    }
}

/// An identifier, or digits alone that no 00 begins.
fn is_id(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    let digits = bytes.iter().all(u8::is_ascii_digit);
    match bytes.iter().all(u8::is_ascii_alphanumeric) {
        true => !(digits && cell.starts_with("00")),
        // A universal identifier.
        false => {
            let hex = |(at, byte): (usize, &u8)| match at {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            };
            bytes.len() == 36 && bytes.iter().enumerate().all(hex)
        }
    }
}

/// Whether an account is written as a number: with a plus, behind 00, or in groups as they are in North America or in
/// these regions.
fn is_written(cell: &str, regions: &[Region]) -> bool {
    let north_american = "US".parse().ok();
    let plus = cell.contains(['+', '\u{ff0b}']);
    written_numbers(cell)
        .iter()
        .any(|text| match text.starts_with('+') {
            true if plus => Phone::parse_raw(RawNumber::new(text), None).is_ok(),
            true => is_valid(text, None),
            false => {
                let mut regions = regions.iter().copied().chain(north_american);
                regions.any(|region| is_valid(text, Some(region)))
            }
        })
}

fn is_valid(text: &str, region: Option<Region>) -> bool {
    let parsed = Phone::parse_raw(RawNumber::new(text), region);
    parsed.is_ok_and(|parsed| parsed.state == NumberState::Valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: [Field; 5] = [
        Field::Carrier,
        Field::Country,
        Field::State,
        Field::Kind,
        Field::Channel,
    ];

    /// In a row of a country, in a file whose numbers are declared to be of another one.
    fn holds_in(field: Field, cell: &str, codes: [&str; 2]) -> bool {
        holds_number_of(field, cell, || codes.map(|code| code.parse().ok()))
    }

    #[test]
    fn a_number_in_a_column_that_is_shown_is_found() {
        for field in SHOWN {
            for cell in [
                "ZIP+4 75001-1234, +12025550147",
                "+12025550147",
                "12025550147",
                "2025550147",
                "202-555-0147",
                "(202) 555-0147",
                "tel 2025550147",
                "+447700900771",
                "447700900771",
                "07700 900771",
                "\u{ff0b}1 202 555 0147",
            ] {
                assert!(holds_number(field, cell), "{field:?} {cell}");
            }
        }
        for cell in [
            "+12025550147",
            "+447700900771",
            "0012025550147",
            "202-555-0147",
            "(202) 555-0147",
            "ACME +1 202 555 0147",
        ] {
            assert!(holds_number(Field::Account, cell), "{cell}");
        }
    }

    #[test]
    fn codes_of_networks_and_places_and_accounts_of_digits_are_none() {
        for (field, cell) in [
            (Field::Carrier, "Example Mobile 310260"),
            (Field::Carrier, "LRN 2025550147 Example"),
            (Field::Carrier, "Example Wireless:6006 - SVR/2"),
            (Field::State, "TX 75001-1234"),
            (Field::State, "750011234"),
            (Field::State, "ZIP+4 75001-1234"),
            (Field::State, "TX, zip+4: 75001-1234"),
            (Field::Kind, "mfa 2024"),
            (Field::Kind, "20240331"),
            (Field::Country, "United States (+1)"),
            (Field::Account, "2025550147"),
            (Field::Account, "123456789012"),
            (Field::Account, "1234-5678-9012"),
            (Field::Account, "0000012345"),
            (Field::Account, "123e4567-e89b-12d3-a456-426614174000"),
            (Field::Account, "Example Inc. (12-3456789)"),
            // The columns that are never shown whole.
            (Field::User, "+12025550147"),
            (Field::Number, "+12025550147"),
            (Field::MessageRef, "12025550147"),
        ] {
            assert!(!holds_number(field, cell), "{field:?} {cell}");
            assert!(!holds_in(field, cell, ["US", ""]), "{field:?} {cell}");
        }
    }

    #[test]
    fn digits_that_are_a_number_in_one_country_only_are_found_in_its_rows() {
        for (cell, of) in [("40612345", "NO"), ("612345678", "ES")] {
            assert!(!holds_number(Field::Carrier, cell), "{cell}");
            assert!(holds_in(Field::Carrier, cell, [of, ""]), "{cell}");
            assert!(holds_in(Field::State, cell, ["US", of]), "{cell}");
            assert!(!holds_in(Field::Carrier, cell, ["US", ""]), "{cell}");
            assert!(!holds_in(Field::Carrier, cell, ["", ""]), "{cell}");
            assert!(!holds_in(Field::Account, cell, [of, ""]), "{cell}");
        }
    }
}
