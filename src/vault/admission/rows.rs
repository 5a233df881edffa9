//! One batch after the other: cells to codes, duplicates left out, full blocks
//! handed over to be sealed.

use std::sync::Arc;

use rusqlite::Connection;

use super::begin::{Admission, Coder, WaitingBlock};
use super::earlier::UNASKED;
use super::fault;
use super::group::{
    ACCOUNT, AREA_STATE, COUNTRY, COUNTRY_BASIS, DICTIONARIES, KIND, STATE_BASIS, TIME_BASIS,
};
use super::numbers::NoNumber;
use super::seen::{CODES, Opening, RowIdentity};
use crate::domain::Field;
use crate::vault::Vault;
use crate::vault::columns::{BLOCK_ROWS, CodeBlock, CodecError};
use crate::vault::keyring::CaseKeys;
use crate::vault::operation::OperationError;
use crate::vault::plaintext::{Basis, Nonces, RejectKind, RowBatch, TEXTS};
use crate::vault::store::{StoreError, quarantine_rows};

/// The codes of one batch, before duplicates are left out; used again. A column has
/// an entry for each of `rows`.
#[derive(Default)]
pub(super) struct Scratch {
    /// Rows of the batch that can be admitted.
    rows: Vec<u32>,
    codes: [Vec<u32>; DICTIONARIES],
    numbers: Vec<u32>,
    users: Vec<u32>,
    identities: Vec<u64>,
    prints: Vec<u128>,
    new: Vec<bool>,
    kept: Vec<u32>,
    /// From the values of a batch to codes.
    map: Vec<u32>,
}

/// The longest user name: a run says its length in one byte.
const USER_BYTES: usize = 255;
/// How many numbers are touched before they are looked up.
const BATCH: usize = 64;

impl Vault {
    /// Admits the rows of a batch and quarantines its rejects. After an error the
    /// admission can only be abandoned.
    pub fn admit_batch(
        &self,
        admission: &mut Admission,
        batch: &RowBatch,
    ) -> Result<(), OperationError> {
        admission.counts.read += (batch.len() + batch.rejects().len()) as u64;
        for reject in batch.rejects() {
            admission.quarantine.add(reject);
            self.stage_full_part(admission)?;
        }
        self.number_rows(admission, batch)?;
        admission.quarantine.end_batch();
        admission.code_rows(batch).map_err(fault::codec)?;
        admission.identify_rows(batch)?;
        let scratch = &mut admission.scratch;
        admission.seen.take_in(&scratch.prints, &mut scratch.new);
        scratch.kept.clear();
        scratch.kept.extend(
            (0..)
                .zip(&scratch.new)
                .filter_map(|(at, new)| new.then_some(at)),
        );
        admission.counts.duplicates += (scratch.new.len() - scratch.kept.len()) as u64;
        admission.counts.admitted += scratch.kept.len() as u64;
        admission.keep(batch)
    }

    /// Finds the temporary number of each row; rows without one are quarantined.
    fn number_rows(
        &self,
        admission: &mut Admission,
        batch: &RowBatch,
    ) -> Result<(), OperationError> {
        admission.scratch.rows.clear();
        admission.scratch.numbers.clear();
        let users = batch.users();
        for (from, digits) in (0..)
            .step_by(BATCH)
            .zip(batch.expose_digits().chunks(BATCH))
        {
            admission.coder.numbers.touch(digits);
            for (row, digits) in (from..).zip(digits) {
                let found = match users.get(row).len() > USER_BYTES {
                    true => Err((Field::User, RejectKind::TooLong)),
                    false => match admission.coder.numbers.number(*digits, batch.number(row)) {
                        Ok(number) => Ok(number),
                        Err(NoNumber::Rejected(kind)) => Err((Field::Number, kind)),
                        Err(NoNumber::Codec(error)) => return Err(fault::codec(error)),
                    },
                };
                match found {
                    Ok(number) => {
                        admission.scratch.rows.push(row as u32);
                        admission.scratch.numbers.push(number);
                    }
                    Err((field, kind)) => {
                        admission.quarantine.add(&batch.rejected(row, field, kind));
                        self.stage_full_part(admission)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn stage_full_part(&self, admission: &mut Admission) -> Result<(), OperationError> {
        if admission.quarantine.is_part_full() {
            admission.stage_quarantine()?;
        }
        Ok(())
    }
}

impl Admission {
    fn code_rows(&mut self, batch: &RowBatch) -> Result<(), CodecError> {
        let Self { coder, scratch, .. } = self;
        let Scratch {
            rows,
            codes,
            numbers,
            users,
            map,
            ..
        } = scratch;
        coder.users.number(batch.users(), rows, users)?;
        for (place, column) in codes.iter_mut().enumerate().take(TEXTS.len()) {
            let (texts, of_rows) = batch.values(place);
            column.clear();
            map.clear();
            map.resize(texts.len(), UNASKED);
            for row in rows.iter() {
                let value = of_rows[*row as usize] as usize;
                let mut code = map[value];
                if code == UNASKED {
                    code = match texts.get(value) {
                        "" => 0,
                        text => coder.columns[place].code(text)?,
                    };
                    map[value] = code;
                }
                column.push(code);
            }
        }
        coder.code_derived(batch, rows, numbers, codes)
    }

    /// What tells each row apart from all others of the case.
    fn identify_rows(&mut self, batch: &RowBatch) -> Result<(), OperationError> {
        let core = Arc::clone(&self.core);
        let keys = Arc::clone(&self.keys);
        let reader = core.readers.snapshot()?;
        let connection = reader.connection()?;
        self.scratch.identities.clear();
        for number in &self.scratch.numbers {
            let identity = self.coder.identity_of_number(connection, &keys, *number)?;
            self.scratch.identities.push(identity);
        }
        let opening = Opening {
            connection,
            core: &core,
            keys: &keys,
            case: &self.begun.case,
        };
        let known = self.scratch.identities.iter().copied();
        self.seen.recall(&opening, known)?;
        self.scratch.prints.clear();
        for (at, row) in self.scratch.rows.iter().enumerate() {
            let number = self.scratch.identities[at];
            let print = match batch.references().get(*row as usize) {
                "" => {
                    let mut codes = [0; CODES];
                    for (code, column) in codes.iter_mut().zip(&self.scratch.codes) {
                        *code = column[at];
                    }
                    let user = self.scratch.users[at];
                    self.seen.of_row(&RowIdentity {
                        number,
                        user: self.coder.identity_of_user(connection, &keys, user)?,
                        sent_at: batch.sent_at()[*row as usize],
                        codes,
                    })
                }
                reference => self.seen.of_message(reference, number),
            };
            self.scratch.prints.push(print);
        }
        Ok(())
    }

    /// Appends the rows that are new, block by block.
    fn keep(&mut self, batch: &RowBatch) -> Result<(), OperationError> {
        let mut from = 0;
        while from < self.scratch.kept.len() {
            let Self {
                scratch,
                group,
                coder,
                ..
            } = self;
            let room = BLOCK_ROWS - group.len();
            let to = scratch.kept.len().min(from + room);
            let kept = &scratch.kept[from..to];
            for (column, codes) in group.codes.iter_mut().zip(&scratch.codes) {
                column.extend(kept.iter().map(|at| codes[*at as usize]));
            }
            for at in kept {
                let at = *at as usize;
                let row = scratch.rows[at] as usize;
                let (number, user) = (scratch.numbers[at], scratch.users[at]);
                coder.numbers.used[number as usize] = true;
                if let Some(user) = user.checked_sub(1) {
                    coder.users.used[user as usize] = true;
                }
                group.numbers.push(number);
                group.users.push(user);
                group.times.push(batch.sent_at()[row]);
                group.references.push(batch.references().get(row));
            }
            from = to;
            if self.group.len() == BLOCK_ROWS {
                self.stage_group()?;
            }
        }
        Ok(())
    }

    /// Hands the rows gathered over to be sealed and staged, if there are any.
    pub(super) fn stage_group(&mut self) -> Result<(), OperationError> {
        let group = &self.group;
        let (Some(first), Some(last)) = (
            group.times.iter().min().copied(),
            group.times.iter().max().copied(),
        ) else {
            return Ok(());
        };
        let span = self.counts.span.get_or_insert((first, last));
        *span = (span.0.min(first), span.1.max(last));
        let others = self
            .subjects
            .add_rows(
                &group.numbers,
                &group.codes[ACCOUNT],
                &group.codes[KIND],
                &group.users,
                &group.times,
            )
            .map_err(fault::codec)?;
        let mut numbers = Vec::new();
        CodeBlock::encode(&group.numbers, &mut numbers).map_err(fault::codec)?;
        numbers.shrink_to_fit();
        self.waiting.push(WaitingBlock {
            rows: group.len(),
            numbers,
            others,
        });
        let no = self.counts.blocks;
        self.counts.blocks += 1;
        let group = std::mem::take(&mut self.group);
        self.group = self.sealing.take(no, group)?;
        Ok(())
    }

    /// Seals the rejects gathered and stages them, if there are any.
    pub(super) fn stage_quarantine(&mut self) -> Result<(), OperationError> {
        if self.quarantine.is_part_empty() {
            return Ok(());
        }
        let (no, plain) = self.quarantine.part();
        let place = self.place();
        let aad = place.quarantine(no);
        let mut nonces = Nonces::new(&*self.core.entropy);
        let sealed = self
            .keys
            .quarantine()
            .seal(nonces.take()?, &aad, plain)
            .map_err(fault::seal)?;
        self.parts
            .add(super::parts::PartKind::Quarantine, None, no, &sealed);
        let exhibit = self.begun.number;
        self.stager
            .stage(move |connection| {
                quarantine_rows::TABLE.insert(connection, exhibit, no, &sealed)
            })
            .map_err(fault::stage)?;
        self.quarantine.next_part();
        Ok(())
    }
}

impl Coder {
    fn identity_of_number(
        &mut self,
        connection: &Connection,
        keys: &CaseKeys,
        number: u32,
    ) -> Result<u64, StoreError> {
        let Self {
            numbers,
            earlier_numbers,
            ..
        } = self;
        let mut known = std::mem::take(&mut numbers.known);
        let tag = || numbers.tag(keys.tags(Field::Number), number);
        let identity = earlier_numbers.identity(connection, number, &mut known, tag);
        numbers.known = known;
        identity
    }

    /// `user` counts from one; 0 is nobody.
    fn identity_of_user(
        &mut self,
        connection: &Connection,
        keys: &CaseKeys,
        user: u32,
    ) -> Result<u64, StoreError> {
        let Some(user) = user.checked_sub(1) else {
            return Ok(0);
        };
        let Self {
            users,
            earlier_users,
            ..
        } = self;
        let mut known = std::mem::take(&mut users.known);
        let tag = || Some(users.tag(keys.tags(Field::User), user));
        let identity = earlier_users.identity(connection, user, &mut known, tag);
        users.known = known;
        identity
    }

    /// The countries that the log does not say and the states of area codes follow from
    /// the numbers; then the columns that say what country, state and time rest on.
    fn code_derived(
        &mut self,
        batch: &RowBatch,
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
                .area_state(numbers[at], |text| column.code(text))?;
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
