//! Turns cells into codes and temporary numbers.

use super::codes::Codes;
use super::earlier::Earlier;
use super::group::{AREA_STATE, COUNTRY, COUNTRY_BASIS, DICTIONARIES, STATE_BASIS, TIME_BASIS};
use super::known::Known;
use super::numbers::Numbers;
use super::users::Users;
use crate::domain::Field;
use crate::vault::columns::CodecError;
use crate::vault::error::OperationError;
use crate::vault::plaintext::{Basis, RowBatch};

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
    pub(super) fn identity_of_number(
        &mut self,
        known: Option<&Known<'_>>,
        number: u32,
    ) -> Result<u64, OperationError> {
        let Some(Known { connection, keys }) = known else {
            return Ok(Earlier::new_identity(number));
        };
        let Self {
            numbers,
            earlier_numbers,
            ..
        } = self;
        let mut known = std::mem::take(&mut numbers.known);
        let tag = || numbers.tag(keys.tags(Field::Number), number);
        let identity = earlier_numbers.identity(connection, keys, number, &mut known, tag);
        numbers.known = known;
        identity
    }

    /// `user` counts from one; 0 is nobody.
    pub(super) fn identity_of_user(
        &mut self,
        known: Option<&Known<'_>>,
        user: u32,
    ) -> Result<u64, OperationError> {
        let Some(user) = user.checked_sub(1) else {
            return Ok(0);
        };
        let Some(Known { connection, keys }) = known else {
            return Ok(Earlier::new_identity(user));
        };
        let Self {
            users,
            earlier_users,
            ..
        } = self;
        let mut known = std::mem::take(&mut users.known);
        let tag = || Some(users.tag(keys.tags(Field::User), user));
        let identity = earlier_users.identity(connection, keys, user, &mut known, tag);
        users.known = known;
        identity
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
            let area = self
                .numbers
                .area_state(digits[*row as usize], numbers[at], |text| column.code(text))?;
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
