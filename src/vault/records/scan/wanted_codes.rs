//! The codes that the values of a filter stand for, in the dictionaries of a case.
//!
//! A value is folded as its column is: spaces at its ends and marks that nobody sees do not matter, nor does the letter
//! case of a kind, a channel, a carrier or a state; a country is named by code or name, a state by code, code with
//! country, or name. A value that the case does not have stands for no code and is named in the answer. A liaison is
//! told only of countries and states that neither a public list nor its own account has, because anything else would
//! tell it what other accounts have.

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
            if matches!(field, Field::Carrier | Field::State) {
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
            for field in [Field::Country, Field::State, Field::AreaState] {
                let of_field = of_all().filter(|(other, _)| *other == field);
                let unlisted = of_field.map(|(_, value)| value);
                let unlisted: Vec<_> = unlisted.filter(|value| !is_listed(field, value)).collect();
                let missing = self.missing_in_account(field, unlisted)?.into_iter();
                unknown.extend(missing.map(|value| (field.label(), value)));
            }
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

impl CaseRecords<'_> {
    /// Which of these values no record of the caller's own account has. The account's records are all read, whatever
    /// the case has, so that the time tells nothing of other accounts.
    fn missing_in_account(
        &self,
        field: Field,
        values: Vec<&String>,
    ) -> Result<Vec<String>, OperationError> {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let mut sets = Vec::with_capacity(values.len());
        for value in &values {
            sets.push(WantedCodes::of(self, field, std::slice::from_ref(*value))?.set);
        }
        let size = self.dictionary(field)?.size();
        let plan = self.plan(&RecordFilter::default())?;
        let begin = || CodeSet::new(size);
        let parts = self.fold(&plan, &[field], begin, |held, columns| {
            let codes = columns.codes(field)?.as_slice();
            let mut outcome = Ok(());
            columns.selection().for_each(|row| {
                if let Some(code) = codes.get(row)
                    && let Err(error) = held.insert(*code)
                {
                    outcome = Err(broken(error));
                }
            });
            outcome
        })?;
        let is_held = |set: &CodeSet| {
            let mut codes = 0..size;
            codes.any(|code| set.contains(code) && parts.iter().any(|held| held.contains(code)))
        };
        let missing = values.into_iter().zip(&sets);
        let missing = missing.filter(|(_, set)| !is_held(set));
        Ok(missing.map(|(value, _)| value.clone()).collect())
    }
}

/// The codes of one value as it stands, whatever else the record says.
fn codes(dictionary: &Dictionary, field: Field, value: &str) -> impl Iterator<Item = u32> {
    let plain = cleaned(value);
    let folded = match field {
        Field::Kind | Field::Channel => Some(plain.to_lowercase()),
        Field::Country => country::alpha2(&plain).map(str::to_owned),
        Field::AreaState => subdivision::with_area_codes(&plain).map(|part| part.code.to_owned()),
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
        return add_unlisted(states, countries, value, set, places);
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

/// The same of a state with its country that no list has, such as `ES-Madrid`, as protected tables name it.
fn add_unlisted(
    states: &Dictionary,
    countries: &Dictionary,
    value: &str,
    set: &CodeSet,
    places: &mut HashMap<u32, CodeSet>,
) -> Result<(), CodecError> {
    let plain = cleaned(value);
    let Some((alpha2, state)) = subdivision::with_country(&plain) else {
        return Ok(());
    };
    let Some(country) = countries.code(alpha2) else {
        return Ok(());
    };
    let part = subdivision::of_country(alpha2, state);
    let wanted = state.to_lowercase();
    let is_meant = |text: &str| {
        text.to_lowercase() == wanted
            || (part.is_some() && part == subdivision::of_country(alpha2, text))
    };
    for (code, _) in (0..)
        .zip(states.values())
        .filter(|(code, text)| !set.contains(*code) && is_meant(text))
    {
        places
            .entry(code)
            .or_insert_with(|| CodeSet::new(countries.size()))
            .insert(country)?;
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
            Field::AreaState => subdivision::with_area_codes(&plain).is_some(),
            _ => true,
        }
}

fn broken(_: CodecError) -> OperationError {
    OperationError::Internal("plan: codes")
}
