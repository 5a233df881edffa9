//! Turns cells into codes and temporary numbers.

use super::codes::Codes;
use super::earlier::{Earlier, UNASKED};
use super::group::{AREA_STATE, COUNTRY, COUNTRY_BASIS, DICTIONARIES, STATE_BASIS, TIME_BASIS};
use super::known::Known;
use super::numbers::Numbers;
use super::users::Users;
use crate::domain::Field;
use crate::vault::columns::CodecError;
use crate::vault::error::OperationError;
use crate::vault::plaintext::{Basis, RowBatch, Tag};

/// The dictionaries, numbers and users of one admission.
pub(super) struct Coder {
    pub(super) columns: [Codes; DICTIONARIES],
    pub(super) numbers: Numbers,
    pub(super) users: Users,
    pub(super) earlier_numbers: Earlier,
    pub(super) earlier_users: Earlier,
    /// The codes of the bases, in the order of `Basis::ALL`, for country, state and time.
    pub(super) bases: [[Option<u32>; 4]; 3],
}

impl Coder {
    /// The term number of each of the numbers, 0 for those that the case does not have.
    pub(super) fn terms_of_numbers(
        &mut self,
        known: &Known<'_>,
        numbers: &[u32],
    ) -> Result<Vec<u32>, OperationError> {
        let Known { connection, keys } = known;
        let table = &mut self.numbers;
        let mut asked = Vec::new();
        for number in unasked(&mut table.known, numbers) {
            let tag = table.tag(keys.tags(Field::Number), number);
            asked.push((tag.ok_or(OperationError::Internal("coder::tag"))?, number));
        }
        self.earlier_numbers
            .take_known(connection, keys, &mut asked, |number, term| {
                table.known[number as usize] = term;
            })?;
        Ok(known_of(&table.known, numbers))
    }

    /// The term number of each of the users, 0 for nobody, and `None` for those that the case does not have. `users`
    /// count from one; 0 is nobody.
    pub(super) fn terms_of_users(
        &mut self,
        known: &Known<'_>,
        users: &[u32],
    ) -> Result<Vec<Option<u32>>, OperationError> {
        let Known { connection, keys } = known;
        let table = &mut self.users;
        let somebody: Vec<u32> = users
            .iter()
            .filter_map(|user| user.checked_sub(1))
            .collect();
        let unasked = unasked(&mut table.known, &somebody).into_iter();
        let tags = unasked.map(|user| (table.tag(keys.tags(Field::User), user), user));
        let mut asked: Vec<(Tag, u32)> = tags.collect();
        self.earlier_users
            .take_known(connection, keys, &mut asked, |user, term| {
                table.known[user as usize] = term;
            })?;
        let mut found = known_of(&table.known, &somebody).into_iter();
        let term = |user: &u32| match user {
            0 => Some(0),
            _ => found.next().filter(|term| *term != 0),
        };
        Ok(users.iter().map(term).collect())
    }

    /// Fills the derived columns: the country where the log has none and the state of the area code, both from the
    /// number; then the columns that say what country, state and time are based on. `digits` are those of the batch.
    pub(super) fn code_derived(
        &mut self,
        batch: &RowBatch,
        digits: &[u64],
        rows: &[u32],
        numbers: &[u32],
        codes: &mut [Vec<u32>; DICTIONARIES],
    ) -> Result<(), CodecError> {
        for place in [COUNTRY_BASIS, STATE_BASIS, TIME_BASIS, AREA_STATE] {
            codes[place].clear();
        }
        for (at, row) in rows.iter().enumerate() {
            let [mut country_basis, state_basis, time_basis] = batch.bases()[*row as usize];
            if codes[COUNTRY][at] == 0 {
                let column = &mut self.columns[COUNTRY];
                let code = self
                    .numbers
                    .country(numbers[at], |text| column.code(text))?;
                codes[COUNTRY][at] = code;
                country_basis = match code {
                    0 => Basis::Absent,
                    _ => Basis::FromNumber,
                };
            }
            let column = &mut self.columns[AREA_STATE];
            // What was erased says nothing more, not even by its area code.
            let area = match self.numbers.is_erased(numbers[at]) {
                true => 0,
                false => {
                    let code = |text: &str| column.code(text);
                    self.numbers
                        .area_state(digits[*row as usize], numbers[at], code)?
                }
            };
            codes[AREA_STATE].push(area);
            codes[COUNTRY_BASIS].push(self.basis(0, COUNTRY_BASIS, country_basis)?);
            codes[STATE_BASIS].push(self.basis(1, STATE_BASIS, state_basis)?);
            codes[TIME_BASIS].push(self.basis(2, TIME_BASIS, time_basis)?);
        }
        Ok(())
    }

    fn basis(&mut self, place: usize, field: usize, basis: Basis) -> Result<u32, CodecError> {
        let known = &mut self.bases[place][basis as usize];
        Ok(match *known {
            Some(code) => code,
            None => *known.insert(self.columns[field].code(basis.as_str())?),
        })
    }
}

/// Those that were not looked up yet, each once. From now on they are taken for new, until they are found.
fn unasked(known: &mut Vec<u32>, terms: &[u32]) -> Vec<u32> {
    let mut unasked = Vec::new();
    for term in terms {
        let place = *term as usize;
        if known.len() <= place {
            known.resize(place + 1, UNASKED);
        }
        if known[place] == UNASKED {
            known[place] = 0;
            unasked.push(*term);
        }
    }
    unasked
}

fn known_of(known: &[u32], terms: &[u32]) -> Vec<u32> {
    let of = |term: &u32| known.get(*term as usize).copied().unwrap_or_default();
    terms.iter().map(of).collect()
}
