//! States of the log that are one in their country: `WA`, `wa` and `Washington` of the United States.

use crate::domain::{Field, subdivision};
use crate::vault::columns::Codes;
use crate::vault::error::OperationError;
use crate::vault::records::opened::CaseRecords;

/// For each code of a state, the code that stands for it in a country.
pub(super) struct SameStates(Vec<Vec<InCountry>>);

/// In records of this country, that state stands for the one at hand.
struct InCountry {
    country: u32,
    stands: u32,
}

impl SameStates {
    /// Nothing if the log writes every state one way.
    pub(super) fn of(records: &CaseRecords<'_>) -> Result<Option<Self>, OperationError> {
        let states = records.dictionary(Field::State)?;
        let countries = records.dictionary(Field::Country)?;
        let mut first = std::collections::HashMap::new();
        let mut same = Vec::with_capacity(states.values().len());
        for (state, text) in (0..).zip(states.values()) {
            let mut others = Vec::new();
            for part in subdivision::named(text) {
                let Some(country) = countries.code(part.country) else {
                    continue;
                };
                let stands = *first.entry((country, part.code)).or_insert(state);
                if stands != state {
                    others.push(InCountry { country, stands });
                }
            }
            same.push(others);
        }
        let any = same.iter().any(|others| !others.is_empty());
        Ok(any.then_some(Self(same)))
    }

    /// The codes that stand for these states in these countries.
    pub(super) fn codes(&self, states: Codes<'_>, countries: Codes<'_>, into: &mut Vec<u32>) {
        into.clear();
        let rows = states.as_slice().iter().zip(countries.as_slice());
        into.extend(rows.map(|(state, country)| {
            let others = self.0.get(*state as usize).map_or(&[][..], Vec::as_slice);
            let other = others.iter().find(|other| other.country == *country);
            other.map_or(*state, |other| other.stands)
        }));
    }
}
