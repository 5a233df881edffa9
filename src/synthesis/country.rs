//! The countries of a made-up log: shares, zones and number ranges.
//!
//! Shares (of people, per thousand) are set by judgement: no public figure says
//! how the incident's log split. They lean, loosely, on the revenue split in
//! Cisco's annual report for its year 2023 (Americas well over half, then EMEA,
//! then Asia) and on gross domestic product (World Bank, 2023) inside a region,
//! pushed towards the United States and the English-speaking countries.
//!
//! The three figures at a country's line are its calling code, leading digits
//! that its numbering plan gives to nobody, and how many digits follow. libphonenumber calls
//! such numbers possible but never valid, at this length or any other (tests in
//! `range` ask it). `fiction` is the range kept for films and books, used first.

use super::area_code::{CANADA, UNITED_STATES};
use super::zone::Zone;
use crate::domain::area_code::codes_of;

pub(super) struct Country {
    pub code: &'static str,
    pub share: u32,
    /// Where most people live; a state has its own.
    pub zone: Zone,
    pub fiction: &'static [Prefix],
    /// None: numbers go by the area codes of the states.
    pub unassigned: Option<Prefix>,
    pub states: &'static [State],
}

pub(super) struct State {
    pub code: &'static str,
    /// In thousands.
    pub people: u32,
    pub zone: Zone,
}

/// Digits of an E.164 number, and how many more follow.
#[derive(Clone, Copy)]
pub(super) struct Prefix {
    pub digits: u64,
    pub free: u32,
}

pub(super) static COUNTRIES: [Country; 31] = [
    nanp("US", 640, &UNITED_STATES),
    fictional("GB", 68, Zone::Britain, &GB_DRAMA, 44, 6, 9),
    nanp("CA", 56, &CANADA),
    plain("DE", 33, Zone::Europe, 49, 14, 9),
    plain("FR", 25, Zone::Europe, 33, 40, 7),
    Country {
        states: &AUSTRALIA,
        ..fictional("AU", 24, Zone::Sydney, &AU_DRAMA, 61, 6, 8)
    },
    plain("IN", 20, Zone::India, 91, 10, 8),
    plain("NL", 12, Zone::Europe, 31, 98, 7),
    plain("JP", 11, Zone::Japan, 81, 40, 8),
    plain("IT", 10, Zone::Europe, 39, 6, 9),
    plain("ES", 9, Zone::Europe, 34, 2, 8),
    plain("BR", 9, Zone::Brazil, 55, 20, 9),
    plain("MX", 9, Zone::CentralFixed, 52, 40, 8),
    plain("CH", 8, Zone::Europe, 41, 57, 7),
    plain("SE", 7, Zone::Europe, 46, 71, 7),
    plain("IE", 7, Zone::Britain, 353, 3, 8),
    plain("SG", 7, Zone::China, 65, 2, 7),
    plain("BE", 5, Zone::Europe, 32, 97, 7),
    plain("NO", 5, Zone::Europe, 47, 30, 6),
    plain("DK", 5, Zone::Europe, 45, 83, 6),
    plain("PL", 5, Zone::Europe, 48, 90, 7),
    plain("AT", 4, Zone::Europe, 43, 97, 7),
    plain("IL", 4, Zone::Israel, 972, 6, 8),
    plain("FI", 3, Zone::EasternEurope, 358, 79, 7),
    plain("NZ", 3, Zone::NewZealand, 64, 57, 7),
    plain("KR", 3, Zone::Japan, 82, 9, 9),
    plain("AE", 2, Zone::Gulf, 971, 81, 7),
    plain("PT", 2, Zone::Britain, 351, 4, 8),
    plain("ZA", 2, Zone::SouthAfrica, 27, 97, 7),
    plain("HK", 1, Zone::China, 852, 20, 6),
    plain("PH", 1, Zone::China, 63, 70, 8),
];

/// One row of the log's geography: a country, or a state of it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub country: &'static Country,
    /// Position in `COUNTRIES`.
    pub country_at: usize,
    pub state: Option<&'static State>,
}

impl Place {
    /// Every place with its share of the people, per thousand.
    pub(super) fn all() -> Vec<(Self, f32)> {
        let mut all = Vec::new();
        for (country_at, country) in COUNTRIES.iter().enumerate() {
            let share = country.share as f32;
            if country.states.is_empty() {
                all.push((
                    Self {
                        country,
                        country_at,
                        state: None,
                    },
                    share,
                ));
            }
            let people: u32 = country.states.iter().map(|state| state.people).sum();
            for state in country.states {
                let weight = share * state.people as f32 / people as f32;
                all.push((
                    Self {
                        country,
                        country_at,
                        state: Some(state),
                    },
                    weight,
                ));
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

const fn nanp(code: &'static str, share: u32, states: &'static [State]) -> Country {
    Country {
        code,
        share,
        zone: Zone::Eastern,
        fiction: &[],
        unassigned: None,
        states,
    }
}

const fn plain(
    code: &'static str,
    share: u32,
    zone: Zone,
    calling: u64,
    lead: u64,
    free: u32,
) -> Country {
    fictional(code, share, zone, &[], calling, lead, free)
}

const fn fictional(
    code: &'static str,
    share: u32,
    zone: Zone,
    fiction: &'static [Prefix],
    calling: u64,
    lead: u64,
    free: u32,
) -> Country {
    let digits = calling * if lead < 10 { 10 } else { 100 } + lead;
    Country {
        code,
        share,
        zone,
        fiction,
        unassigned: Some(Prefix { digits, free }),
        states: &[],
    }
}

/// Ofcom's mobile numbers for drama: 07700 900000 to 900999.
static GB_DRAMA: [Prefix; 1] = [Prefix {
    digits: 447_700_900,
    free: 3,
}];

/// ACMA's mobile numbers for fiction: 0491 570 156 to 159.
static AU_DRAMA: [Prefix; 4] = [
    Prefix {
        digits: 61_491_570_156,
        free: 0,
    },
    Prefix {
        digits: 61_491_570_157,
        free: 0,
    },
    Prefix {
        digits: 61_491_570_158,
        free: 0,
    },
    Prefix {
        digits: 61_491_570_159,
        free: 0,
    },
];

/// Usual residents in thousands, 2021 Census of Australia (ABS), rounded.
static AUSTRALIA: [State; 8] = [
    australian("NSW", 8072, Zone::Sydney),
    australian("VIC", 6504, Zone::Sydney),
    australian("QLD", 5156, Zone::Brisbane),
    australian("WA", 2660, Zone::China),
    australian("SA", 1782, Zone::Adelaide),
    australian("TAS", 558, Zone::Sydney),
    australian("ACT", 454, Zone::Sydney),
    australian("NT", 233, Zone::Darwin),
];

const fn australian(code: &'static str, people: u32, zone: Zone) -> State {
    State { code, people, zone }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_add_up_and_fall() {
        assert_eq!(
            COUNTRIES.iter().map(|country| country.share).sum::<u32>(),
            1000
        );
        assert!(COUNTRIES.is_sorted_by_key(|country| std::cmp::Reverse(country.share)));
    }
}
