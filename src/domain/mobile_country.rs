//! The country of the first three digits of a mobile network's code (MCC, ITU-T E.212).
//!
//! The table is from the same source as that of the networks; `docs/data-sources.md` says how it is made. A code whose
//! countries have several calling codes, such as that of Israel and Palestine, is not in it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::country;

/// What the country code of a mobile network says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MobileCountry {
    /// It is of this country, by its alpha-2 code, if need be with territories that have its calling code.
    Country(&'static str),
    /// Several countries use it, which share this calling code.
    Shared(u16),
}

/// The country of a code of three digits. `None` if it is none, or one of several plans.
pub fn of_mobile_code(mcc: &str) -> Option<MobileCountry> {
    KNOWN.get(mcc).copied()
}

/// One line for each code: its country, or a plus and a calling code.
const TABLE: &str = include_str!("mobile_country.txt");

static KNOWN: LazyLock<HashMap<&'static str, MobileCountry>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let (mcc, said) = line.split_once('|')?;
        let said = match said.strip_prefix('+') {
            Some(calling) => MobileCountry::Shared(calling.parse().ok()?),
            None => MobileCountry::Country(country::alpha2(said)?),
        };
        Some((mcc, said))
    };
    TABLE.lines().filter_map(line).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::country_code::{Called, calling_code_of, of_calling_code};
    use crate::domain::network::is_mobile_country;

    #[test]
    fn a_code_is_of_the_country_that_the_itu_gave_it_to() {
        let country = |alpha2| Some(MobileCountry::Country(alpha2));
        for (mcc, said) in [
            ("310", country("US")),
            ("316", country("US")),
            ("302", country("CA")),
            ("234", country("GB")),
            ("235", country("GB")),
            ("255", country("UA")),
            ("276", country("AL")),
            ("505", country("AU")),
            ("338", Some(MobileCountry::Shared(1))),
            ("647", Some(MobileCountry::Shared(262))),
            // Israel and Palestine; Guadeloupe and French Guiana; test networks; networks of no country.
            ("425", None),
            ("340", None),
            ("001", None),
            ("901", None),
            ("31", None),
            ("31026", None),
        ] {
            assert_eq!(of_mobile_code(mcc), said, "{mcc}");
        }
    }

    #[test]
    fn every_line_is_a_code_and_a_country_with_a_plan() {
        for line in TABLE.lines() {
            let (mcc, said) = line.split_once('|').unwrap();
            assert!(
                mcc.len() == 3 && mcc.bytes().all(|byte| byte.is_ascii_digit()),
                "{line}"
            );
            match of_mobile_code(mcc) {
                Some(MobileCountry::Country(alpha2)) => {
                    assert_eq!(alpha2, said, "{line}");
                    assert!(calling_code_of(alpha2).is_some(), "{line}");
                }
                Some(MobileCountry::Shared(code)) => {
                    assert_eq!(of_calling_code(code), Some(Called::Shared), "{line}");
                }
                None => panic!("{line}"),
            }
        }
        assert_eq!(KNOWN.len(), TABLE.lines().count());
        let known = (0..1000).map(|mcc| format!("{mcc:03}"));
        let unknown: Vec<_> = known
            .filter(|mcc| is_mobile_country(mcc) && of_mobile_code(mcc).is_none())
            .collect();
        // The last three are of no country.
        let expected = ["289", "340", "362", "425", "901", "902", "995"];
        assert_eq!(unknown, expected);
    }
}
