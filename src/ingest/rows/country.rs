//! The country of a row, as its cell says it: by a name or a code, or by digits that stand for one.

use crate::domain::country;
use crate::domain::country_code::{Called, calling_code_of, of_calling_code, of_numeric};
use crate::domain::invisible::cleaned;
use crate::domain::mobile_country::{MobileCountry, of_mobile_code};
use crate::domain::network::is_mobile_country;

/// What the cell of a country says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Said {
    /// A country, by its alpha-2 code.
    Country(&'static str),
    /// A calling code that several countries share.
    Shared(u16),
    /// Something that is not understood.
    Unknown,
}

/// What digits alone say in a column of countries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::ingest) enum Digits {
    /// A calling code, or a numeric code that is no calling code.
    #[default]
    Either,
    /// A numeric code: the name of the column says so.
    Numeric,
    /// A calling code, likewise.
    Calling,
    /// The country code of a mobile network, likewise, alone or with the network's own code behind it.
    Mobile,
    /// Numeric codes are among them, and one that lost its zeros may look like a calling code.
    Unsure,
}

impl Said {
    /// Reads a cell that is not blank.
    pub(in crate::ingest) fn of(cell: &str, digits: Digits) -> Self {
        match country::alpha2(cell) {
            Some(known) => Self::Country(known),
            None => Self::by_code(&cleaned(cell), digits),
        }
    }

    /// By a code alone, or by one beside a name of the same country: `+44`, `UK (+44)`, `44 - UK`.
    fn by_code(cell: &str, digits: Digits) -> Self {
        let cell = cell.strip_suffix(".0").unwrap_or(cell);
        let first = cell.find(|c: char| c.is_ascii_digit());
        let last = cell.rfind(|c: char| c.is_ascii_digit());
        let Some((first, last)) = first.zip(last) else {
            return Self::by_two_names(cell);
        };
        let (before, rest) = cell.split_at(first);
        let (code, behind) = rest.split_at(last + 1 - first);
        // What is dialled before a call abroad, in most countries and in North America.
        let exit = code.strip_prefix("00").or_else(|| {
            let behind = code.strip_prefix("011");
            behind.filter(|behind| !behind.is_empty())
        });
        let plus = before.ends_with('+') || exit.is_some();
        let code = match exit {
            Some(behind) => behind.trim_start_matches(['0', '-', ' ']),
            None => code,
        };
        let said = match (plus, digits) {
            (true, _) => calling(code),
            (false, Digits::Numeric) => numeric(code),
            (false, Digits::Calling) => calling(code.trim_start_matches('0')),
            (false, Digits::Mobile) => mobile(code),
            (false, _) => either(code, digits == Digits::Unsure),
        };
        let name = [before, behind].map(bare);
        match (said, name) {
            (said, ["", ""]) => said,
            (said, [name, ""] | ["", name]) => match country::alpha2(name) {
                Some(known) if said.agrees_with(known) => Self::Country(known),
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    /// By two names of one country: `US - United States`, `United Kingdom (GB)`.
    fn by_two_names(cell: &str) -> Self {
        let split = cell.split_once(" - ").or_else(|| cell.split_once('('));
        let split = split.or_else(|| cell.split_once('/'));
        let Some((one, other)) = split else {
            return Self::Unknown;
        };
        match (country::alpha2(bare(one)), country::alpha2(bare(other))) {
            (Some(one), Some(other)) if one == other => Self::Country(one),
            _ => Self::Unknown,
        }
    }

    /// Whether a country has what was said.
    fn agrees_with(self, alpha2: &str) -> bool {
        match self {
            Self::Country(known) => {
                known == alpha2 || calling_code_of(known) == calling_code_of(alpha2)
            }
            Self::Shared(code) => calling_code_of(alpha2) == Some(code),
            Self::Unknown => false,
        }
    }

    /// The calling code of it, if it has one.
    pub(in crate::ingest) fn calling_code(self) -> Option<u16> {
        match self {
            Self::Country(alpha2) => calling_code_of(alpha2),
            Self::Shared(code) => Some(code),
            Self::Unknown => None,
        }
    }
}

/// By a calling code; an area code of North America may be behind the first digit: `1-242`.
fn calling(code: &str) -> Said {
    let area = code.strip_prefix('1').map(|area| {
        let area = area.trim_matches(['-', ' ', '(', ')']);
        area.len() == 3 && area.bytes().all(|byte| byte.is_ascii_digit())
    });
    if area == Some(true) {
        return Said::Shared(1);
    }
    let number = code.parse().ok();
    match number.and_then(|code| Some((code, of_calling_code(code)?))) {
        Some((_, Called::Country(country))) => Said::Country(country),
        Some((code, Called::Shared)) => Said::Shared(code),
        None => Said::Unknown,
    }
}

/// By a numeric code.
fn numeric(code: &str) -> Said {
    let known = code.parse().ok().and_then(of_numeric);
    known.map_or(Said::Unknown, Said::Country)
}

/// By the country code of a mobile network: `310`, `310260`, `310-260`.
fn mobile(code: &str) -> Said {
    let of_network = code.get(MCC..).unwrap_or_default();
    let of_network = of_network.trim_start_matches(['-', ' ', '/', '.', '_']);
    let alone = matches!(of_network.len(), 0 | 2 | 3);
    let digits = of_network.bytes().all(|byte| byte.is_ascii_digit());
    let mcc = code.get(..MCC).filter(|_| alone && digits);
    match mcc.and_then(of_mobile_code) {
        Some(MobileCountry::Country(country)) => Said::Country(country),
        Some(MobileCountry::Shared(code)) => Said::Shared(code),
        None => Said::Unknown,
    }
}

/// How many digits the country code of a mobile network has.
const MCC: usize = 3;

/// By digits that are a code of one kind and of no other. `unsure`: a numeric code may lack its zeros.
fn either(code: &str, unsure: bool) -> Said {
    if code.len() == 3 && is_mobile_country(code) {
        return Said::Unknown;
    }
    let by_numeric = match code.len() {
        3 => numeric(code),
        _ => Said::Unknown,
    };
    let by_calling = calling(code.trim_start_matches('0'));
    match (by_calling, by_numeric) {
        (Said::Unknown, numeric) => numeric,
        (calling, Said::Unknown) if !unsure => calling,
        _ => Said::Unknown,
    }
}

/// A name without the marks around it.
fn bare(name: &str) -> &str {
    name.trim_matches(|c: char| !c.is_alphanumeric() && c != '.')
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_read_by_its_codes_too() {
        let country = Said::Country;
        for (cell, said) in [
            ("US", country("US")),
            ("44", country("GB")),
            ("+44", country("GB")),
            ("0044", country("GB")),
            ("44.0", country("GB")),
            ("1", Said::Shared(1)),
            ("+1", Said::Shared(1)),
            ("1-242", Said::Shared(1)),
            ("1 (242)", Said::Shared(1)),
            ("011-44", country("GB")),
            ("01152", country("MX")),
            ("00 44", country("GB")),
            ("USA (+1)", country("US")),
            ("UK (+44)", country("GB")),
            ("+44 United Kingdom", country("GB")),
            ("49 - Germany", country("DE")),
            ("Jersey +44", country("JE")),
            ("840", country("US")),
            ("826", country("GB")),
            ("US - United States", country("US")),
            ("United Kingdom (GB)", country("GB")),
            // What contradicts itself, is of two kinds, or is no country.
            ("US (+44)", Said::Unknown),
            ("212", Said::Unknown),
            ("044", Said::Unknown),
            ("999", Said::Unknown),
            // Country codes of mobile networks of Albania, the Netherlands and Saudi Arabia are other countries' codes.
            ("276", Said::Unknown),
            ("204", Said::Unknown),
            ("420", Said::Unknown),
            ("US - Germany", Said::Unknown),
            ("Untied Kingdom", Said::Unknown),
            ("Zone 1", Said::Unknown),
            ("5", Said::Unknown),
        ] {
            assert_eq!(Said::of(cell, Digits::Either), said, "{cell}");
        }
        for (cell, said) in [("36", country("AU")), ("840", country("US"))] {
            assert_eq!(Said::of(cell, Digits::Numeric), said, "{cell}");
        }
        for (cell, said) in [("36", Said::Unknown), ("840", country("US"))] {
            assert_eq!(Said::of(cell, Digits::Unsure), said, "{cell}");
        }
        for (cell, said) in [("420", country("CZ")), ("44", country("GB"))] {
            assert_eq!(Said::of(cell, Digits::Calling), said, "{cell}");
        }
        for (cell, said) in [
            ("276", country("AL")),
            ("310", country("US")),
            ("23415", country("GB")),
            ("310-260", country("US")),
            ("310.0", country("US")),
            ("338", Said::Shared(1)),
            ("Albania", country("AL")),
            ("425", Said::Unknown),
            ("000", Said::Unknown),
            ("44", Said::Unknown),
            ("3102", Said::Unknown),
            ("31026012", Said::Unknown),
        ] {
            assert_eq!(Said::of(cell, Digits::Mobile), said, "{cell}");
        }
    }
}
