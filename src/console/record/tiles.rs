//! The United States as a grid of squares, one for each state, all of one size: where a small state counts as much as a
//! large one, it is seen as well.

use crate::domain::subdivision;

/// A state in the grid.
pub(super) struct Tile {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) column: usize,
    pub(super) row: usize,
}

/// From one tile to the next, and its side.
pub(super) const STEP: usize = 29;
pub(super) const SIDE: usize = 27;
/// The rows of the grid.
pub(super) const ROWS: usize = 8;

/// The states and the District of Columbia.
#[rustfmt::skip]
pub(super) static ALL: [Tile; 51] = [
    at("AK", "Alaska", 0, 0), at("ME", "Maine", 10, 0),
    at("VT", "Vermont", 9, 1), at("NH", "New Hampshire", 10, 1),
    at("WA", "Washington", 0, 2), at("ID", "Idaho", 1, 2), at("MT", "Montana", 2, 2),
    at("ND", "North Dakota", 3, 2), at("MN", "Minnesota", 4, 2), at("IL", "Illinois", 5, 2),
    at("WI", "Wisconsin", 6, 2), at("MI", "Michigan", 7, 2), at("NY", "New York", 8, 2),
    at("RI", "Rhode Island", 9, 2), at("MA", "Massachusetts", 10, 2),
    at("OR", "Oregon", 0, 3), at("NV", "Nevada", 1, 3), at("WY", "Wyoming", 2, 3),
    at("SD", "South Dakota", 3, 3), at("IA", "Iowa", 4, 3), at("IN", "Indiana", 5, 3),
    at("OH", "Ohio", 6, 3), at("PA", "Pennsylvania", 7, 3), at("NJ", "New Jersey", 8, 3),
    at("CT", "Connecticut", 9, 3),
    at("CA", "California", 0, 4), at("UT", "Utah", 1, 4), at("CO", "Colorado", 2, 4),
    at("NE", "Nebraska", 3, 4), at("MO", "Missouri", 4, 4), at("KY", "Kentucky", 5, 4),
    at("WV", "West Virginia", 6, 4), at("VA", "Virginia", 7, 4), at("MD", "Maryland", 8, 4),
    at("DE", "Delaware", 9, 4),
    at("AZ", "Arizona", 1, 5), at("NM", "New Mexico", 2, 5), at("KS", "Kansas", 3, 5),
    at("AR", "Arkansas", 4, 5), at("TN", "Tennessee", 5, 5), at("NC", "North Carolina", 6, 5),
    at("SC", "South Carolina", 7, 5), at("DC", "District of Columbia", 8, 5),
    at("OK", "Oklahoma", 3, 6), at("LA", "Louisiana", 4, 6), at("MS", "Mississippi", 5, 6),
    at("AL", "Alabama", 6, 6), at("GA", "Georgia", 7, 6),
    at("HI", "Hawaii", 0, 7), at("TX", "Texas", 3, 7), at("FL", "Florida", 8, 7),
];

const fn at(code: &'static str, name: &'static str, column: usize, row: usize) -> Tile {
    Tile {
        code,
        name,
        column,
        row,
    }
}

/// The state that a text of the log names.
pub(super) fn named(text: &str) -> Option<&'static Tile> {
    let mut parts = subdivision::named(text).iter();
    let part = parts.find(|part| part.country == "US")?;
    of_code(part.code)
}

/// The state of these area-code letters.
pub(super) fn of_area(code: &str) -> Option<&'static Tile> {
    let part = subdivision::of_area(code).filter(|part| part.country == "US")?;
    of_code(part.code)
}

fn of_code(code: &str) -> Option<&'static Tile> {
    ALL.iter().find(|tile| tile.code == code)
}

/// The shade of a tile: five steps, the darkest above half of the largest count.
pub(super) fn shade(count: u64, largest: u64) -> &'static str {
    ["c-s0", "c-s1", "c-s2", "c-s3", "c-s4", "c-s5"][step(count, largest)]
}

/// What can be read on it.
pub(super) fn ink(count: u64, largest: u64) -> &'static str {
    match step(count, largest) {
        0..=3 => "c-b c-mid",
        _ => "c-b c-mid c-on",
    }
}

/// The same in small letters.
pub(super) fn small_ink(count: u64, largest: u64) -> &'static str {
    match step(count, largest) {
        0..=3 => "c-x c-mid",
        _ => "c-x c-mid c-on",
    }
}

fn step(count: u64, largest: u64) -> usize {
    let above = |part: u64| count.saturating_mul(part) > largest;
    match count {
        0 => 0,
        _ if above(2) => 5,
        _ if above(4) => 4,
        _ if above(8) => 3,
        _ if above(16) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_has_a_place_of_its_own_and_its_name() {
        let places: BTreeSet<_> = ALL.iter().map(|tile| (tile.row, tile.column)).collect();
        assert_eq!(places.len(), ALL.len());
        for tile in &ALL {
            assert!(tile.row < ROWS && (tile.column + 1) * STEP <= 320);
            for text in [tile.code, tile.name] {
                assert_eq!(
                    named(text).map(|found| found.code),
                    Some(tile.code),
                    "{text}"
                );
            }
            assert_eq!(of_area(tile.code).map(|found| found.code), Some(tile.code));
        }
        assert!(named("Bavaria").is_none() && of_area("ON").is_none() && named("").is_none());
    }

    #[test]
    fn a_shade_is_darker_the_more_there_are() {
        let shades = [0, 1, 10, 20, 40, 80].map(|count| shade(count, 80));
        assert_eq!(shades, ["c-s0", "c-s1", "c-s2", "c-s3", "c-s4", "c-s5"]);
        assert_eq!(shade(5, 5), "c-s5");
    }
}
