//! The states of the United States and the provinces of Canada.
//!
//! Their area codes are in `domain::area_code`. Two provinces or three
//! territories that share codes share their range of numbers too.
//! People, in thousands: 2020 Census of the United States (resident population,
//! 50 states and D.C.) and 2021 Census of Canada, rounded.

use super::country::State;
use super::zone::Zone;

pub(super) static UNITED_STATES: [State; 51] = [
    State {
        code: "CA",
        people: 39538,
        zone: Zone::Pacific,
    },
    State {
        code: "TX",
        people: 29146,
        zone: Zone::Central,
    },
    State {
        code: "FL",
        people: 21538,
        zone: Zone::Eastern,
    },
    State {
        code: "NY",
        people: 20201,
        zone: Zone::Eastern,
    },
    State {
        code: "PA",
        people: 13003,
        zone: Zone::Eastern,
    },
    State {
        code: "IL",
        people: 12813,
        zone: Zone::Central,
    },
    State {
        code: "OH",
        people: 11799,
        zone: Zone::Eastern,
    },
    State {
        code: "GA",
        people: 10712,
        zone: Zone::Eastern,
    },
    State {
        code: "NC",
        people: 10439,
        zone: Zone::Eastern,
    },
    State {
        code: "MI",
        people: 10077,
        zone: Zone::Eastern,
    },
    State {
        code: "NJ",
        people: 9289,
        zone: Zone::Eastern,
    },
    State {
        code: "VA",
        people: 8631,
        zone: Zone::Eastern,
    },
    State {
        code: "WA",
        people: 7705,
        zone: Zone::Pacific,
    },
    State {
        code: "AZ",
        people: 7152,
        zone: Zone::Arizona,
    },
    State {
        code: "MA",
        people: 7030,
        zone: Zone::Eastern,
    },
    State {
        code: "TN",
        people: 6911,
        zone: Zone::Central,
    },
    State {
        code: "IN",
        people: 6786,
        zone: Zone::Eastern,
    },
    State {
        code: "MD",
        people: 6177,
        zone: Zone::Eastern,
    },
    State {
        code: "MO",
        people: 6155,
        zone: Zone::Central,
    },
    State {
        code: "WI",
        people: 5894,
        zone: Zone::Central,
    },
    State {
        code: "CO",
        people: 5774,
        zone: Zone::Mountain,
    },
    State {
        code: "MN",
        people: 5706,
        zone: Zone::Central,
    },
    State {
        code: "SC",
        people: 5118,
        zone: Zone::Eastern,
    },
    State {
        code: "AL",
        people: 5024,
        zone: Zone::Central,
    },
    State {
        code: "LA",
        people: 4658,
        zone: Zone::Central,
    },
    State {
        code: "KY",
        people: 4506,
        zone: Zone::Eastern,
    },
    State {
        code: "OR",
        people: 4237,
        zone: Zone::Pacific,
    },
    State {
        code: "OK",
        people: 3959,
        zone: Zone::Central,
    },
    State {
        code: "CT",
        people: 3606,
        zone: Zone::Eastern,
    },
    State {
        code: "UT",
        people: 3272,
        zone: Zone::Mountain,
    },
    State {
        code: "IA",
        people: 3190,
        zone: Zone::Central,
    },
    State {
        code: "NV",
        people: 3105,
        zone: Zone::Pacific,
    },
    State {
        code: "AR",
        people: 3012,
        zone: Zone::Central,
    },
    State {
        code: "MS",
        people: 2961,
        zone: Zone::Central,
    },
    State {
        code: "KS",
        people: 2938,
        zone: Zone::Central,
    },
    State {
        code: "NM",
        people: 2118,
        zone: Zone::Mountain,
    },
    State {
        code: "NE",
        people: 1962,
        zone: Zone::Central,
    },
    State {
        code: "ID",
        people: 1839,
        zone: Zone::Mountain,
    },
    State {
        code: "WV",
        people: 1794,
        zone: Zone::Eastern,
    },
    State {
        code: "HI",
        people: 1455,
        zone: Zone::Hawaii,
    },
    State {
        code: "NH",
        people: 1378,
        zone: Zone::Eastern,
    },
    State {
        code: "ME",
        people: 1362,
        zone: Zone::Eastern,
    },
    State {
        code: "RI",
        people: 1097,
        zone: Zone::Eastern,
    },
    State {
        code: "MT",
        people: 1084,
        zone: Zone::Mountain,
    },
    State {
        code: "DE",
        people: 990,
        zone: Zone::Eastern,
    },
    State {
        code: "SD",
        people: 887,
        zone: Zone::Central,
    },
    State {
        code: "ND",
        people: 779,
        zone: Zone::Central,
    },
    State {
        code: "AK",
        people: 733,
        zone: Zone::Alaska,
    },
    State {
        code: "DC",
        people: 690,
        zone: Zone::Eastern,
    },
    State {
        code: "VT",
        people: 643,
        zone: Zone::Eastern,
    },
    State {
        code: "WY",
        people: 577,
        zone: Zone::Mountain,
    },
];

pub(super) static CANADA: [State; 13] = [
    State {
        code: "ON",
        people: 14224,
        zone: Zone::Eastern,
    },
    State {
        code: "QC",
        people: 8502,
        zone: Zone::Eastern,
    },
    State {
        code: "BC",
        people: 5001,
        zone: Zone::Pacific,
    },
    State {
        code: "AB",
        people: 4263,
        zone: Zone::Mountain,
    },
    State {
        code: "MB",
        people: 1342,
        zone: Zone::Central,
    },
    State {
        code: "SK",
        people: 1133,
        zone: Zone::CentralFixed,
    },
    State {
        code: "NS",
        people: 969,
        zone: Zone::Atlantic,
    },
    State {
        code: "NB",
        people: 776,
        zone: Zone::Atlantic,
    },
    State {
        code: "NL",
        people: 511,
        zone: Zone::Newfoundland,
    },
    State {
        code: "PE",
        people: 154,
        zone: Zone::Atlantic,
    },
    State {
        code: "NT",
        people: 41,
        zone: Zone::Mountain,
    },
    State {
        code: "YT",
        people: 40,
        zone: Zone::Arizona,
    },
    State {
        code: "NU",
        people: 37,
        zone: Zone::Eastern,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area_code::codes_of;

    #[test]
    fn the_states_add_up_to_the_census() {
        let sum = |states: &[State]| states.iter().map(|state| state.people).sum::<u32>();
        assert!(sum(&UNITED_STATES).abs_diff(331_449) < 30);
        assert!(sum(&CANADA).abs_diff(36_992) < 10);
    }

    #[test]
    fn every_state_has_area_codes() {
        for (country, states) in [("US", &UNITED_STATES[..]), ("CA", &CANADA[..])] {
            for state in states {
                assert!(!codes_of(country, state.code).is_empty(), "{}", state.code);
            }
        }
    }
}
