//! How the cells of protected tables are named: a state with its country, so that US-WA and AU-WA are two cells.

use crate::domain::{country, subdivision};
use crate::vault::records::tables::dimension::Dimension;

/// The dimensions that are counted for a table by `by`.
pub(super) fn counted_by(by: Dimension) -> &'static [Dimension] {
    match by {
        Dimension::Country => &[Dimension::Country],
        Dimension::State => &[Dimension::Country, Dimension::State],
        Dimension::AreaState => &[Dimension::AreaState],
        Dimension::Carrier => &[Dimension::Carrier],
        Dimension::Kind => &[Dimension::Kind],
        Dimension::Account => &[Dimension::Account],
        Dimension::Channel => &[Dimension::Channel],
        Dimension::Day => &[Dimension::Day],
        Dimension::Hour => &[Dimension::Hour],
        Dimension::Week => &[Dimension::Week],
    }
}

/// The name of the cell of these values, which are in the order of [`counted_by`]. Two cells of a table never have the
/// same.
pub(super) fn cell_name(values: &[&str]) -> String {
    match values {
        [country, state] => {
            // The country stands in front anyway.
            let (_, own) = subdivision::with_country(state)
                .filter(|(alpha2, _)| alpha2 == country)
                .unwrap_or((country, state));
            let listed = subdivision::of_country(country, state).map_or(own, |part| part.code);
            format!("{country}{BETWEEN}{listed}")
        }
        _ => values.concat(),
    }
}

/// What a cell says of a place.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::vault::records) struct CellPlace {
    /// The value of the dimension: `US-WA` for a state.
    pub(in crate::vault::records) value: String,
    /// The alpha-2 code of the country, of a state or a country; blank if the log has none.
    pub(in crate::vault::records) country: Option<String>,
    /// `Washington, United States`.
    pub(in crate::vault::records) name: Option<String>,
}

impl CellPlace {
    /// Of the cell with this name.
    pub(in crate::vault::records) fn of(by: Dimension, cell: &str) -> Self {
        let (value, country, name) = match by {
            Dimension::Country => (
                cell.to_owned(),
                None,
                country::name(cell).map(str::to_owned),
            ),
            Dimension::State => {
                let (alpha2, state) = cell.split_once(BETWEEN).unwrap_or(("", cell));
                (
                    key(alpha2, state),
                    Some(alpha2.to_owned()),
                    Some(full_name(alpha2, state)),
                )
            }
            Dimension::AreaState => {
                let part = subdivision::of_area(cell);
                let country = part.map(|part| part.country.to_owned());
                (cell.to_owned(), country, part.map(subdivision::full_name))
            }
            _ => (cell.to_owned(), None, None),
        };
        Self {
            value,
            country,
            name: name.filter(|name| !name.is_empty()),
        }
    }
}

/// As in ISO 3166-2, with the log's own word where no list has the state.
fn key(alpha2: &str, state: &str) -> String {
    match (alpha2, state) {
        ("", _) => state.to_owned(),
        (_, "") => alpha2.to_owned(),
        _ => format!("{alpha2}-{state}"),
    }
}

fn full_name(alpha2: &str, state: &str) -> String {
    let state = subdivision::of_country(alpha2, state).map_or(state, |part| part.name);
    let country = match alpha2 {
        "" => "no country",
        _ => country::name(alpha2).unwrap_or(alpha2),
    };
    match state {
        "" if alpha2.is_empty() => String::new(),
        "" => format!("no state, {country}"),
        _ => format!("{state}, {country}"),
    }
}

/// Between country and state in the name of a cell. A country has no such character, so the first one parts the two.
const BETWEEN: char = '|';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_one_cell_in_its_country_however_it_is_written() {
        for state in ["WA", "wa", "Washington", "US-WA"] {
            assert_eq!(cell_name(&["US", state]), "US|WA");
        }
        assert_eq!(cell_name(&["AU", "WA"]), "AU|WA");
        // Without a country nobody knows which one it is.
        assert_eq!(cell_name(&["", "WA"]), "|WA");
        assert_eq!(cell_name(&["", "US-WA"]), "|US-WA");
        assert_eq!(cell_name(&["FR", "Île-de-France"]), "FR|Île-de-France");
        assert_eq!(cell_name(&["FR", "FR-IDF"]), "FR|IDF");
        assert_eq!(cell_name(&["FR", "fr-idf"]), "FR|idf");
        assert_eq!(cell_name(&["FR", "DE-IDF"]), "FR|DE-IDF");
        // A territory that is a country as well is one state of it.
        for state in ["PR", "Puerto Rico", "US-PR", "PR-PR"] {
            assert_eq!(cell_name(&["PR", state]), "PR|PR", "{state}");
        }
        assert_eq!(cell_name(&["Example Mobile"]), "Example Mobile");
    }

    #[test]
    fn a_cell_tells_key_country_and_name() {
        let of = |cell: &str| {
            let place = CellPlace::of(Dimension::State, cell);
            (
                place.value,
                place.country.unwrap(),
                place.name.unwrap_or_default(),
            )
        };
        let told = |value: &str, country: &str, name: &str| {
            (value.to_owned(), country.to_owned(), name.to_owned())
        };
        assert_eq!(
            of("US|WA"),
            told("US-WA", "US", "Washington, United States")
        );
        assert_eq!(
            of("AU|WA"),
            told("AU-WA", "AU", "Western Australia, Australia")
        );
        assert_eq!(of("PR|PR"), told("PR-PR", "PR", "Puerto Rico, Puerto Rico"));
        assert_eq!(of("|WA"), told("WA", "", "WA, no country"));
        assert_eq!(of("|US-WA"), told("US-WA", "", "US-WA, no country"));
        assert_eq!(of("US|"), told("US", "US", "no state, United States"));
        assert_eq!(of("|"), told("", "", ""));
        assert_eq!(of("FR|a|b"), told("FR-a|b", "FR", "a|b, France"));
        let area = CellPlace::of(Dimension::AreaState, "TX");
        assert_eq!(area.name.as_deref(), Some("Texas, United States"));
        assert_eq!(
            (area.value.as_str(), area.country.as_deref()),
            ("TX", Some("US"))
        );
        assert_eq!(CellPlace::of(Dimension::Country, ""), CellPlace::default());
    }
}
