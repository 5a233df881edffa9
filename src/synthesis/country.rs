//! The countries of a synthetic log: shares, zones, number ranges and carriers.
//!
//! They are read from the tables in `data/`. Shares (of people, per thousand) are estimates, because
//! no public figure has the split of the incident's log. They follow loosely the revenue split in
//! Cisco's annual report for its year 2023 (Americas well over half, then EMEA, then Asia) and,
//! inside a region, gross domestic product (World Bank, 2023), with more weight for the United
//! States and the English-speaking countries.
//!
//! A country's unassigned prefix is its calling code and leading digits that its
//! numbering plan gives to nobody. libphonenumber calls such numbers possible but
//! never valid, at this length or any other (tests in `range` ask it). The ranges
//! kept for films and books are used first: Ofcom's mobile numbers for drama
//! (07700 900000 to 900999) and ACMA's for fiction (0491 570 156 to 159).
//!
//! The area codes of the United States and Canada are in `domain::area_code`. Two
//! provinces or three territories that share codes share their range of numbers too.
//!
//! Shares of carriers are approximate. Only Verizon (Statista's summary of the
//! companies' reports, Q2 2024) and India (TRAI, October 2022) were compared with a
//! published figure. The others follow roughly what the body named in the line
//! publishes; single figures were not checked. Customers of resellers are counted with
//! their network unless the reseller is named. docs/synthetic-data.md has the same.

use std::sync::LazyLock;

use super::zone::Zone;
use crate::domain::area_code::codes_of;

pub(super) struct Country {
    /// ISO 3166-1, two letters.
    pub code: &'static str,
    /// Its share of all people, per thousand.
    pub share: u32,
    /// The zone in which most people live; a state has its own.
    pub zone: Zone,
    /// Ranges reserved for fiction, used first.
    pub fiction: Vec<Prefix>,
    /// `None` if numbers are made from the area codes of the states.
    pub unassigned: Option<Prefix>,
    /// Its states, if the log has them.
    pub states: Vec<State>,
    /// Its mobile networks.
    pub carriers: Vec<Carrier>,
}

pub(super) struct State {
    /// The two letters of the state.
    pub code: &'static str,
    /// In thousands.
    pub people: u32,
    /// The zone in which most of its people live.
    pub zone: Zone,
}

/// Digits of an E.164 number, and how many more follow.
#[derive(Clone, Copy)]
pub(super) struct Prefix {
    /// The digits of the prefix, with the calling code.
    pub digits: u64,
    /// How many digits follow.
    pub free: u32,
}

/// A name that needs no quotes in CSV or JSON, and its per cent of subscribers.
pub(super) type Carrier = (&'static str, u8);

pub(super) static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    lines(include_str!("data/countries.txt"))
        .filter_map(|(code, rest)| Country::read(code, rest))
        .collect()
});

impl Country {
    fn read(code: &'static str, rest: &'static str) -> Option<Self> {
        let mut cells = rest.split('|');
        Some(Self {
            code,
            share: cells.next()?.parse().ok()?,
            zone: cells.next()?.parse().ok()?,
            unassigned: cells.next().and_then(Prefix::read),
            fiction: cells.next()?.split(' ').filter_map(Prefix::read).collect(),
            states: lines(include_str!("data/states.txt"))
                .filter(|(country, _)| *country == code)
                .filter_map(|(_, rest)| State::read(rest))
                .collect(),
            carriers: lines(include_str!("data/carriers.txt"))
                .filter(|(country, _)| *country == code)
                .flat_map(|(_, rest)| rest.split('|').skip(1))
                .filter_map(|cell| {
                    let (name, share) = cell.rsplit_once(' ')?;
                    Some((name, share.parse().ok()?))
                })
                .collect(),
        })
    }
}

impl State {
    fn read(rest: &'static str) -> Option<Self> {
        let mut cells = rest.split('|');
        Some(Self {
            code: cells.next()?,
            people: cells.next()?.parse().ok()?,
            zone: cells.next()?.parse().ok()?,
        })
    }
}

impl Prefix {
    fn read(text: &str) -> Option<Self> {
        let (digits, free) = text.split_once('+')?;
        Some(Self {
            digits: digits.parse().ok()?,
            free: free.parse().ok()?,
        })
    }
}

/// The lines of a table: the country, and what follows it.
fn lines(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('|'))
}

/// One row of the log's geography: a country, or a state of it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The country.
    pub country: &'static Country,
    /// Position in `COUNTRIES`.
    pub country_at: usize,
    /// The state, in countries that have states.
    pub state: Option<&'static State>,
}

impl Place {
    /// Every place with its share of the people, per thousand.
    pub(super) fn all() -> Vec<(Self, f32)> {
        let mut all = Vec::new();
        for (country_at, country) in COUNTRIES.iter().enumerate() {
            let whole = Self {
                country,
                country_at,
                state: None,
            };
            let share = country.share as f32;
            if country.states.is_empty() {
                all.push((whole, share));
            }
            let people: u32 = country.states.iter().map(|state| state.people).sum();
            for state in &country.states {
                let weight = share * state.people as f32 / people as f32;
                let state = Some(state);
                all.push((Self { state, ..whole }, weight));
            }
        }
        all
    }

    pub(super) fn zone(&self) -> Zone {
        self.state.map_or(self.country.zone, |state| state.zone)
    }

    pub(super) fn area_codes(&self) -> &'static [u16] {
        self.state
            .map_or(&[], |state| codes_of(self.country.code, state.code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> &'static Country {
        let mut countries = COUNTRIES.iter();
        countries.find(|country| country.code == code).unwrap()
    }

    #[test]
    fn every_line_of_the_tables_is_read() {
        assert_eq!(COUNTRIES.len(), 31);
        let count = |code| country(code).states.len();
        assert_eq!([count("US"), count("CA"), count("AU")], [51, 13, 8]);
        let states: usize = COUNTRIES.iter().map(|country| country.states.len()).sum();
        assert_eq!(states, lines(include_str!("data/states.txt")).count());
        for country in COUNTRIES.iter() {
            let prefixed = !matches!(country.code, "US" | "CA");
            assert_eq!(country.unassigned.is_some(), prefixed, "{}", country.code);
        }
        assert_eq!(country("GB").fiction.len() + country("AU").fiction.len(), 5);
    }

    #[test]
    fn the_shares_add_up_and_fall() {
        assert_eq!(
            COUNTRIES.iter().map(|country| country.share).sum::<u32>(),
            1000
        );
        assert!(COUNTRIES.is_sorted_by_key(|country| std::cmp::Reverse(country.share)));
    }

    #[test]
    fn the_states_add_up_to_the_census() {
        let sum = |code| {
            let states = country(code).states.iter();
            states.map(|state| state.people).sum::<u32>()
        };
        assert!(sum("US").abs_diff(331_449) < 30);
        assert!(sum("CA").abs_diff(36_992) < 10);
    }

    #[test]
    fn every_state_has_area_codes() {
        for code in ["US", "CA"] {
            for state in &country(code).states {
                assert!(!codes_of(code, state.code).is_empty(), "{}", state.code);
            }
        }
    }

    #[test]
    fn every_country_has_its_carriers_and_their_shares_add_up() {
        assert_eq!(lines(include_str!("data/carriers.txt")).count(), 31);
        for country in COUNTRIES.iter() {
            let carriers = country.carriers.iter();
            assert_eq!(
                carriers.map(|(_, share)| u32::from(*share)).sum::<u32>(),
                100,
                "{}",
                country.code
            );
            let mut names = country.carriers.iter().map(|(name, _)| name);
            assert!(names.all(|name| !name.contains([',', '"', '\n'])));
        }
    }
}
