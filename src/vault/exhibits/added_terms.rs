//! Which exhibit of a case added which terms, according to the sealed descriptions.
//!
//! Terms are numbered from 1 in the order in which exhibits were admitted. So the descriptions, whose rows are control
//! rows, say of every term number which exhibit its ciphertext is bound to, and which exhibits must have runs of terms.
//! Sees the keys of the case, neither names nor digits.

use crate::domain::{ExhibitId, Field};
use crate::vault::error::OperationError;
use crate::vault::exhibits::description::{ExhibitDescription, open_description};
use crate::vault::keyring::CaseKeys;
use crate::vault::store::Snapshot;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber, ExhibitRow};

/// The exhibits that added terms to a case, withdrawn or not.
#[derive(Default)]
pub(in crate::vault) struct AddedTerms {
    numbers: Vec<Adder>,
    users: Vec<Adder>,
}

/// An exhibit that added at least one term of a field.
#[derive(Clone)]
pub(in crate::vault) struct Adder {
    pub(in crate::vault) exhibit: ExhibitNumber,
    pub(in crate::vault) id: ExhibitId,
    field: Field,
    /// The numbers of its first and its last term.
    first: u32,
    last: u32,
}

impl AddedTerms {
    /// Of all exhibits of a case, in the order of their admission.
    pub(in crate::vault) fn of<'e>(
        exhibits: impl IntoIterator<Item = (&'e ExhibitRow, &'e ExhibitDescription)>,
    ) -> Self {
        let mut added = Self::default();
        for (exhibit, description) in exhibits {
            added.add(exhibit, description);
        }
        added
    }

    pub(in crate::vault) fn load(
        connection: &Snapshot,
        keys: &CaseKeys,
        case: CaseNumber,
    ) -> Result<Self, OperationError> {
        let mut added = Self::default();
        for exhibit in exhibit_rows::list_all(connection, case)? {
            added.add(&exhibit, &open_description(keys, &exhibit)?);
        }
        Ok(added)
    }

    fn add(&mut self, exhibit: &ExhibitRow, description: &ExhibitDescription) {
        for (adders, field, new) in [
            (&mut self.numbers, Field::Number, description.new_numbers),
            (&mut self.users, Field::User, description.new_users),
        ] {
            let before = adders.last().map_or(0, |adder| adder.last);
            if new > 0 {
                adders.push(Adder {
                    exhibit: exhibit.number,
                    id: exhibit.id.clone(),
                    field,
                    first: before.saturating_add(1),
                    last: before.saturating_add(new),
                });
            }
        }
    }

    /// The exhibits that added terms of a field, in the order of their terms.
    pub(in crate::vault) fn of_field(&self, field: Field) -> &[Adder] {
        match field {
            Field::User => &self.users,
            _ => &self.numbers,
        }
    }

    /// One of the exhibits, by a number that is drawn: each as often as it has terms. `None` if nobody added a term.
    pub(in crate::vault) fn drawn(&self, field: Field, draw: u64) -> Option<&Adder> {
        let terms = self.of_field(field).last().map_or(0, |adder| adder.last);
        let no = draw.checked_rem(u64::from(terms))? + 1;
        self.adder(field, u32::try_from(no).ok()?)
    }

    /// The exhibit that added a term; `None` if the case has no such term.
    pub(in crate::vault) fn adder(&self, field: Field, no: u32) -> Option<&Adder> {
        let adders = self.of_field(field);
        let adder = adders.get(adders.partition_point(|adder| adder.last < no));
        adder.filter(|adder| adder.has(no))
    }
}

impl Adder {
    /// Whether it added the term with this number.
    pub(in crate::vault) fn has(&self, no: u32) -> bool {
        (self.first..=self.last).contains(&no)
    }

    /// How many terms it added.
    pub(in crate::vault) fn terms(&self) -> usize {
        (self.last - self.first) as usize + 1
    }

    /// The numbers of its first and its last term.
    pub(in crate::vault) fn ends(&self) -> (u32, u32) {
        (self.first, self.last)
    }

    /// The error for runs that are missing, or not those that the exhibit added.
    pub(in crate::vault) fn damaged(&self) -> OperationError {
        OperationError::Damaged {
            place: format!("exhibit {}, runs of {} terms", self.id, self.field.label()),
        }
    }
}

#[cfg(test)]
impl AddedTerms {
    /// Of exhibits that added so many numbers each, and no users.
    pub(in crate::vault) fn of_numbers(new: &[(ExhibitNumber, ExhibitId, u32)]) -> Self {
        let mut last = 0;
        let numbers = new.iter().map(|(exhibit, id, new)| {
            let first = last + 1;
            last += new;
            Adder {
                exhibit: *exhibit,
                id: id.clone(),
                field: Field::Number,
                first,
                last,
            }
        });
        Self {
            numbers: numbers.collect(),
            users: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_has_the_exhibit_that_added_it() {
        let exhibit = |no: u8| {
            (
                ExhibitNumber(i64::from(no)),
                ExhibitId::from_random([no; 13]),
            )
        };
        let new = [(1, 3), (4, 2), (9, 1)].map(|(no, new)| {
            let (number, id) = exhibit(no);
            (number, id, new)
        });
        let added = AddedTerms::of_numbers(&new);
        let of = |no| added.adder(Field::Number, no).map(|adder| adder.exhibit.0);
        assert_eq!([1, 3, 4, 5, 6].map(of), [1, 1, 4, 4, 9].map(Some));
        assert_eq!([0, 7, u32::MAX].map(of), [None; 3]);
        assert!(added.adder(Field::User, 1).is_none());
        let drawn = |draw| {
            added
                .drawn(Field::Number, draw)
                .map(|adder| adder.exhibit.0)
        };
        assert_eq!([0, 2, 3, 5, 6, 11].map(drawn), [1, 1, 4, 9, 1, 9].map(Some));
        assert!(added.drawn(Field::User, 1).is_none());
    }
}
