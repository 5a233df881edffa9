//! Area codes of the North American Numbering Plan (calling code 1), and the state, territory or
//! province that each one serves.
//!
//! An area code says where a number was first assigned, not where its holder lives, because people
//! keep numbers when they move. The table is fixed and comes from two sources, described in
//! `docs/data-sources.md`; a test makes it again from both. It has no codes without a place (800,
//! 900, 5xx) and none of other countries.

use std::sync::LazyLock;

/// The version of the table, for answers that use it.
pub const VERSION: &str = "2026-11 (phonenumbers 9.0.42, py-area-code-nanp 1.0.1)";

/// The two letters of the state an area code serves, such as `TX`. `None` for a code that serves
/// several: 902 is Nova Scotia and Prince Edward Island.
pub fn state_of(area_code: u16) -> Option<&'static str> {
    STATES
        .get(usize::from(area_code))
        .and_then(|states| match states.as_slice() {
            [state] => Some(*state),
            _ => None,
        })
}

/// All area codes of a state, including those it shares; `country` is `US` or `CA`.
pub fn codes_of(country: &str, state: &str) -> &'static [u16] {
    LINES
        .iter()
        .find(|line| (line.country, line.state) == (country, state))
        .map_or(&[], |line| &line.codes)
}

/// One line for each state: country, state, its area codes.
const TABLE: &str = include_str!("area_code.txt");

struct Line {
    country: &'static str,
    state: &'static str,
    codes: Vec<u16>,
}

static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter_map(|line| {
            let mut cells = line.splitn(3, '|');
            let (country, state, codes) = (cells.next()?, cells.next()?, cells.next()?);
            let codes = codes.split(' ').filter_map(|code| code.parse().ok());
            Some(Line {
                country,
                state,
                codes: codes.collect(),
            })
        })
        .collect()
});

/// The states of each area code.
static STATES: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    let mut states = vec![Vec::new(); 1000];
    for line in LINES.iter() {
        for code in &line.codes {
            if let Some(served) = states.get_mut(usize::from(*code)) {
                served.push(line.state);
            }
        }
    }
    states
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_code_tells_its_state_territory_or_province() {
        for (code, state) in [
            (202, "DC"),
            (212, "NY"),
            (214, "TX"),
            (415, "CA"),
            (787, "PR"),
            (671, "GU"),
            (684, "AS"),
            (416, "ON"),
            (604, "BC"),
        ] {
            assert_eq!(state_of(code), Some(state), "{code}");
        }
    }

    #[test]
    fn a_code_without_one_state_tells_none() {
        for code in [
            // Codes without a place, and numbers that are no area code.
            500, 800, 833, 900, 911, 0, 1, 999, 1000, 65535, //
            // Canada without a province, and other countries.
            600, 242, 246, 441, 809, 876, //
            // Two provinces, three territories.
            782, 902, 867,
        ] {
            assert_eq!(state_of(code), None, "{code}");
        }
    }

    #[test]
    fn a_state_has_its_codes_and_they_lead_back_to_it() {
        assert_eq!(codes_of("US", "HI"), [808]);
        assert_eq!(codes_of("CA", "PE"), [782, 902]);
        assert_eq!(codes_of("AU", "WA"), [0_u16; 0]);
        assert_eq!(codes_of("US", "ON"), [0_u16; 0]);
        let mut places = 0;
        let mut codes = 0;
        for line in TABLE.lines() {
            let cells: Vec<_> = line.split('|').collect();
            let [country, state, list] = cells[..] else {
                panic!("{line}");
            };
            assert!(matches!(country, "US" | "CA"), "{line}");
            assert!(state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_uppercase()));
            let of_state = codes_of(country, state);
            assert_eq!(of_state.len(), list.split(' ').count(), "{line}");
            assert!(of_state.is_sorted() && of_state.iter().all(|code| (200..1000).contains(code)));
            let shared = |code: &u16| matches!(code, 782 | 867 | 902);
            for code in of_state.iter().filter(|code| !shared(code)) {
                assert_eq!(state_of(*code), Some(state), "{code}");
            }
            places += 1;
            codes += usize::from(country == "US") * of_state.len();
        }
        // 50 states, D.C., five territories and 13 of Canada; 359 codes of states and D.C.
        assert_eq!((places, codes), (69, 359 + 6));
    }
}
