//! The digits that stand for a country: calling codes (ITU-T E.164) and the numeric codes of ISO 3166-1.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a calling code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// It is of this country, by its alpha-2 code, if need be with islands that have the plan of that country.
    Country(&'static str),
    /// Several countries share it.
    Shared,
}

/// The country of a calling code, if it is one.
pub fn of_calling_code(code: u16) -> Option<Called> {
    CALLED.get(&code).copied()
}

/// The calling code of a country, by its alpha-2 code.
pub fn calling_code_of(alpha2: &str) -> Option<u16> {
    CODES.get(alpha2).copied()
}

/// The country of a numeric code, by its alpha-2 code.
pub fn of_numeric(code: u16) -> Option<&'static str> {
    NUMERIC.get(&code).copied()
}

/// One line for each country: alpha-2, calling code, numeric code; what it does not have is blank.
const TABLE: &str = include_str!("country_code.txt");
/// Countries whose plan has islands with a code of their own in ISO 3166-1, such as Jersey.
const WITH_ISLANDS: [&str; 5] = ["AU", "FI", "GB", "IT", "NO"];

fn lines() -> impl Iterator<Item = (&'static str, Option<u16>, Option<u16>)> {
    TABLE.lines().filter_map(|line| {
        let mut cells = line.split('|');
        let (country, calling, numeric) = (cells.next()?, cells.next()?, cells.next()?);
        Some((country, calling.parse().ok(), numeric.parse().ok()))
    })
}

static CODES: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| {
    lines()
        .filter_map(|(country, calling, _)| Some((country, calling?)))
        .collect()
});

static NUMERIC: LazyLock<HashMap<u16, &'static str>> = LazyLock::new(|| {
    lines()
        .filter_map(|(country, _, numeric)| Some((numeric?, country)))
        .collect()
});

static CALLED: LazyLock<HashMap<u16, Called>> = LazyLock::new(|| {
    let mut called = HashMap::new();
    for (country, code) in CODES.iter() {
        let of_one = Called::Country(country);
        called
            .entry(*code)
            .and_modify(|known| *known = Called::Shared)
            .or_insert(of_one);
    }
    for country in WITH_ISLANDS {
        if let Some(code) = CODES.get(country) {
            called.insert(*code, Called::Country(country));
        }
    }
    called
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::country;

    #[test]
    fn codes_stand_for_countries() {
        for (code, called) in [
            (1, Some(Called::Shared)),
            (7, Some(Called::Shared)),
            (44, Some(Called::Country("GB"))),
            (49, Some(Called::Country("DE"))),
            (61, Some(Called::Country("AU"))),
            (353, Some(Called::Country("IE"))),
            (840, None),
            (0, None),
        ] {
            assert_eq!(of_calling_code(code), called, "{code}");
        }
        assert_eq!(calling_code_of("PR"), Some(1));
        assert_eq!(of_numeric(840), Some("US"));
        assert_eq!(of_numeric(36), Some("AU"));
        assert_eq!(of_numeric(1), None);
    }

    #[test]
    fn the_table_has_the_countries_of_the_other_and_the_calling_codes_of_the_plans() {
        for (country, calling, numeric) in lines() {
            assert_eq!(country::alpha2(country), Some(country));
            assert!(numeric.is_some() || country == "XK", "{country}");
            let region = rlibphonenumber::Region::from_code(country);
            let util = &rlibphonenumber::PHONE_NUMBER_UTIL;
            let code = region
                .ok()
                .and_then(|region| util.get_country_code_for_region(region));
            let code = code.and_then(|code| u16::try_from(code).ok());
            assert_eq!(calling, code, "{country}");
        }
    }
}
