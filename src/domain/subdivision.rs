//! States, provinces and other parts of countries, by code or by name (ISO 3166-2).
//!
//! One code is of several countries: `WA` is Washington and Western Australia. So a part has a key with its country,
//! `US-WA`. The table has the countries whose logs name such parts; docs/data-sources.md says which.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::country;
use super::place_name::folded;

/// One part of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subdivision {
    /// The alpha-2 code of its country.
    pub country: &'static str,
    /// Its code in that country, such as `WA`.
    pub code: &'static str,
    /// Its name, such as `Washington`.
    pub name: &'static str,
}

impl Subdivision {
    /// Country and code, such as `US-WA`.
    pub fn key(&self) -> String {
        format!("{}-{}", self.country, self.code)
    }

    /// Whether a record of this country may be in it. A record without a country may. Five territories of the United
    /// States are countries of ISO 3166-1 too.
    pub fn may_be_of(&self, alpha2: &str) -> bool {
        alpha2.is_empty()
            || alpha2 == self.country
            || (self.country == "US" && TERRITORIES.contains(&alpha2) && alpha2 == self.code)
    }
}

/// The parts of all countries that `text` names, by key, code or name. None if no list has it.
pub fn named(text: &str) -> &'static [&'static Subdivision] {
    FORMS.get(&folded(text)).map_or(&[], Vec::as_slice)
}

/// The part of this country that `text` names.
pub fn of_country(alpha2: &str, text: &str) -> Option<&'static Subdivision> {
    let mut found = named(text).iter().copied();
    found.find(|one| !alpha2.is_empty() && one.may_be_of(alpha2))
}

/// The key and the name of the state with this area-code letters, such as `TX`.
pub fn of_area(code: &str) -> Option<&'static Subdivision> {
    ["US", "CA"].into_iter().find_map(|country| {
        ALL.iter()
            .find(|one| (one.country, one.code) == (country, code))
    })
}

/// The country and the rest of a key such as `ES-Madrid`, whether a list has such a state or not.
pub fn with_country(text: &str) -> Option<(&'static str, &str)> {
    let (country, state) = text.split_once('-')?;
    let alpha2 = country::alpha2(country).filter(|alpha2| alpha2.eq_ignore_ascii_case(country));
    alpha2
        .filter(|_| !state.is_empty())
        .map(|alpha2| (alpha2, state))
}

/// The state with area codes that `text` names.
pub fn with_area_codes(text: &str) -> Option<&'static Subdivision> {
    let mut found = named(text).iter().copied();
    found.find(|part| of_area(part.code) == Some(*part))
}

/// One line for each part: country, code, name, other names.
const TABLE: &str = include_str!("subdivision.txt");

const TERRITORIES: [&str; 6] = ["AS", "GU", "MP", "PR", "UM", "VI"];

static ALL: LazyLock<Vec<Subdivision>> = LazyLock::new(|| {
    let part = |line: &'static str| {
        let mut cells = line.split('|');
        Some(Subdivision {
            country: cells.next()?,
            code: cells.next()?,
            name: cells.next()?,
        })
    };
    TABLE.lines().filter_map(part).collect()
});

/// By the one form of each key, code and name.
static FORMS: LazyLock<HashMap<String, Vec<&'static Subdivision>>> = LazyLock::new(|| {
    let mut forms: HashMap<String, Vec<&'static Subdivision>> = HashMap::new();
    for (line, part) in TABLE.lines().zip(ALL.iter()) {
        let names = line.split('|').skip(1).map(str::to_owned);
        for name in names.chain([part.key(), format!("{} {}", part.country, part.code)]) {
            let parts = forms.entry(folded(&name)).or_default();
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    forms
});

/// The name of a state with its country, such as `Washington, United States`.
pub fn full_name(part: &Subdivision) -> String {
    match country::name(part.country) {
        Some(country) => format!("{}, {country}", part.name),
        None => part.name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        let mut keys: Vec<String> = named(text).iter().map(|one| one.key()).collect();
        keys.sort();
        keys
    }

    #[test]
    fn a_code_a_key_and_a_name_in_any_case_name_the_same_part() {
        assert_eq!(keys("WA"), ["AU-WA", "US-WA"]);
        for text in ["US-WA", "us-wa", "Washington", " washington ", "US WA"] {
            assert_eq!(keys(text), ["US-WA"], "{text}");
        }
        for (text, key) in [
            ("Washington, D.C.", "US-DC"),
            ("Western Australia", "AU-WA"),
            ("québec", "CA-QC"),
            ("Quebec", "CA-QC"),
            ("Bavaria", "DE-BY"),
            ("NEW YORK", "US-NY"),
            ("New\u{a0}South Wales", "AU-NSW"),
            ("Puerto Rico", "US-PR"),
        ] {
            assert_eq!(keys(text), [key], "{text}");
        }
        for text in ["", "Atlantis", "ZZ", "US", "UX"] {
            assert_eq!(keys(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_key_parts_into_country_and_state() {
        assert_eq!(with_country("ES-Madrid"), Some(("ES", "Madrid")));
        assert_eq!(with_country("fr-IDF"), Some(("FR", "IDF")));
        for text in ["Madrid", "Île-de-France", "ES-", "XX-1", "Spain-Madrid"] {
            assert_eq!(with_country(text), None, "{text}");
        }
    }

    #[test]
    fn in_a_country_a_code_names_one_part() {
        let key = |country, text| of_country(country, text).map(Subdivision::key);
        assert_eq!(key("US", "WA").as_deref(), Some("US-WA"));
        assert_eq!(key("AU", "wa").as_deref(), Some("AU-WA"));
        assert_eq!(key("PR", "PR").as_deref(), Some("US-PR"));
        for (country, text) in [("GB", "WA"), ("", "WA"), ("US", "Atlantis"), ("GU", "PR")] {
            assert_eq!(key(country, text), None, "{country} {text}");
        }
    }

    #[test]
    fn no_text_names_two_parts_of_one_country() {
        for (form, parts) in FORMS.iter() {
            let mut countries: Vec<&str> = parts.iter().map(|part| part.country).collect();
            countries.sort_unstable();
            countries.dedup();
            assert_eq!(countries.len(), parts.len(), "{form}");
        }
    }

    #[test]
    fn every_part_has_one_line_and_every_state_of_an_area_code_is_there() {
        assert_eq!(TABLE.lines().count(), ALL.len());
        for part in ALL.iter() {
            assert_eq!(of_country(part.country, &part.key()), Some(part));
            assert_eq!(of_country(part.country, part.code), Some(part));
            assert!(country::name(part.country).is_some(), "{part:?}");
        }
        for code in (200..1000).filter_map(super::super::area_code::state_of) {
            assert!(of_area(code).is_some(), "{code}");
        }
        let washington = of_area("WA").unwrap();
        assert_eq!(full_name(washington), "Washington, United States");
    }
}
