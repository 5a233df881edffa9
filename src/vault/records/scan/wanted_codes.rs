//! The codes that the values of a filter stand for, in the dictionaries of a case.
//!
//! A value is folded as its column is: spaces at its ends and marks that nobody sees do not matter, nor does the letter
//! case of a kind, a channel or a carrier; a country is named by code or name, a state by code, code with country, or
//! name. A value that the case does not have stands for no code and is named in the answer. A liaison is told only of
//! countries and states that no public list has, because anything else would tell it what other accounts have.

use std::collections::{BTreeMap, HashMap};

use crate::domain::invisible::cleaned;
use crate::domain::{Field, country, subdivision};
use crate::vault::columns::{CodeSet, CodecError, Dictionary};
use crate::vault::error::OperationError;
use crate::vault::records::filter::RecordFilter;
use crate::vault::records::opened::CaseRecords;

/// Values of a filter that are not known, by the member they are in.
pub(in crate::vault) type UnknownValues = BTreeMap<String, Vec<String>>;

/// The codes that one member of a filter keeps.
pub(super) struct WantedCodes {
    pub(super) set: CodeSet,
    /// States that are kept in these countries only, by their codes.
    pub(super) places: HashMap<u32, CodeSet>,
}

impl WantedCodes {
    /// The codes of these values of a field.
    pub(super) fn of(
        records: &CaseRecords<'_>,
        field: Field,
        values: &[String],
    ) -> Result<Self, OperationError> {
        let dictionary = records.dictionary(field)?;
        let mut set = CodeSet::new(dictionary.size());
        for value in values {
            for code in codes(&dictionary, field, value) {
                set.insert(code).map_err(broken)?;
            }
            if field == Field::Carrier {
                for code in in_any_case(&dictionary, value) {
                    set.insert(code).map_err(broken)?;
                }
            }
        }
        let mut places = HashMap::new();
        if field == Field::State {
            let countries = records.dictionary(Field::Country)?;
            for value in values {
                add_states(&dictionary, &countries, value, &set, &mut places).map_err(broken)?;
            }
            for code in places.keys() {
                set.insert(*code).map_err(broken)?;
            }
        }
        Ok(Self { set, places })
    }
}

impl CaseRecords<'_> {
    /// The values of a filter that the case does not have; to a liaison, those that no public list has.
    pub(in crate::vault) fn unknown_values(
        &self,
        filter: &RecordFilter,
    ) -> Result<UnknownValues, OperationError> {
        let of_all = || {
            let members = filter.of_dictionaries().into_iter();
            members.flat_map(|(field, values)| values.iter().map(move |value| (field, value)))
        };
        let mut unknown: Vec<(&str, String)> = Vec::new();
        if self.account().is_some() {
            let unlisted = of_all().filter(|(field, value)| !is_listed(*field, value));
            unknown.extend(unlisted.map(|(field, value)| (field.label(), value.clone())));
        } else {
            let mut asked = Vec::new();
            for (field, value) in of_all() {
                asked.push((
                    field,
                    WantedCodes::of(self, field, std::slice::from_ref(value))?.set,
                ));
            }
            let missing = of_all().zip(self.occurring(&asked)?);
            let missing = missing.filter(|(_, occurs)| !occurs);
            unknown.extend(missing.map(|((field, value), _)| (field.label(), value.clone())));
            let known = self.subjects_of_tokens(&filter.subject);
            let missing = filter.subject.iter().zip(known);
            let missing = missing.filter(|(_, known)| known.is_none());
            unknown.extend(missing.map(|(token, _)| ("subject", token.to_string())));
        }
        let mut by_member = UnknownValues::new();
        for (member, value) in unknown {
            let values = by_member.entry(member.to_owned()).or_default();
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(by_member)
    }
}

/// The codes of one value as it stands, whatever else the record says.
fn codes(dictionary: &Dictionary, field: Field, value: &str) -> impl Iterator<Item = u32> {
    let plain = cleaned(value);
    let folded = match field {
        Field::Kind | Field::Channel => Some(plain.to_lowercase()),
        Field::Country => country::alpha2(&plain).map(str::to_owned),
        Field::AreaState => area_state(&plain).map(str::to_owned),
        _ => None,
    };
    let folded = folded.and_then(|folded| dictionary.code(&folded));
    [dictionary.code(value), dictionary.code(&plain), folded]
        .into_iter()
        .flatten()
}

/// The codes of all values that are this one but for the letter case: a log has a carrier as each supplier spelt it.
fn in_any_case<'d>(dictionary: &'d Dictionary, value: &str) -> impl Iterator<Item = u32> + 'd {
    let wanted = cleaned(value).to_lowercase();
    let same = move |text: &str| text.to_lowercase() == wanted;
    (0..)
        .zip(dictionary.values())
        .filter(move |(_, text)| same(text))
        .map(|(code, _)| code)
}

/// Adds the states of the log that mean the same as `value`, each with the countries in which it does. Those in `set`
/// are kept whatever the country.
fn add_states(
    states: &Dictionary,
    countries: &Dictionary,
    value: &str,
    set: &CodeSet,
    places: &mut HashMap<u32, CodeSet>,
) -> Result<(), CodecError> {
    let meant = subdivision::named(value);
    if meant.is_empty() {
        return Ok(());
    }
    for (code, text) in (0..).zip(states.values()) {
        let both = subdivision::named(text)
            .iter()
            .filter(|one| meant.contains(one));
        for part in both.filter(|_| !set.contains(code)) {
            let kept = places
                .entry(code)
                .or_insert_with(|| CodeSet::new(countries.size()));
            for (country, alpha2) in (0..).zip(countries.values()) {
                if part.may_be_of(alpha2) {
                    kept.insert(country)?;
                }
            }
        }
    }
    Ok(())
}

/// Whether a public list has the value. Of fields without a list nothing is said.
fn is_listed(field: Field, value: &str) -> bool {
    let plain = cleaned(value);
    plain.is_empty()
        || match field {
            Field::Country => country::alpha2(&plain).is_some(),
            Field::State => !subdivision::named(&plain).is_empty(),
            Field::AreaState => area_state(&plain).is_some(),
            _ => true,
        }
}

/// The two letters of a state that has area codes.
fn area_state(text: &str) -> Option<&'static str> {
    let mut named = subdivision::named(text).iter();
    let part = named.find(|part| subdivision::of_area(part.code) == Some(**part))?;
    Some(part.code)
}

fn broken(_: CodecError) -> OperationError {
    OperationError::Internal("plan: codes")
}
