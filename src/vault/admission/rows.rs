//! One batch after the other: cells to codes, duplicates left out, full blocks
//! sealed and staged.

use std::sync::Arc;

use super::begin::{Admission, Coder};
use super::earlier::Earlier;
use super::fault;
use super::group::{
    ACCOUNT, AREA_STATE, CARRIER, CHANNEL, COUNTRY, COUNTRY_BASIS, DICTIONARIES, KIND, STATE,
    STATE_BASIS, TIME_BASIS,
};
use super::numbers::NoNumber;
use super::seen::{CODES, RowIdentity};
use crate::domain::Field;
use crate::vault::Vault;
use crate::vault::columns::{BLOCK_ROWS, CodecError};
use crate::vault::keyring::CaseKeys;
use crate::vault::operation::OperationError;
use crate::vault::plaintext::{Basis, Nonces, RejectKind, Row, RowBatch};
use crate::vault::store::{StoreError, quarantine_rows};

/// The codes of one batch, before duplicates are left out; used again.
#[derive(Default)]
pub(super) struct Scratch {
    codes: [Vec<u32>; DICTIONARIES],
    times: Vec<i64>,
    numbers: Vec<u32>,
    users: Vec<u32>,
    prints: Vec<u128>,
    new: Vec<bool>,
    kept: Vec<u32>,
}

/// The longest user name: a term says its length in one byte.
const USER_BYTES: usize = 255;

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
        let references = self.code_rows(admission, batch)?;
        admission.quarantine.end_batch();
        let scratch = &mut admission.scratch;
        admission.seen.take_in(&scratch.prints, &mut scratch.new)?;
        scratch.kept.clear();
        scratch.kept.extend(
            (0..)
                .zip(&scratch.new)
                .filter_map(|(at, new)| new.then_some(at)),
        );
        admission.counts.duplicates += (scratch.new.len() - scratch.kept.len()) as u64;
        self.keep(admission, &references)
    }

    /// Fills the scratch columns; answers the message references beside them.
    fn code_rows<'b>(
        &self,
        admission: &mut Admission,
        batch: &'b RowBatch,
    ) -> Result<Vec<&'b str>, OperationError> {
        let core = Arc::clone(&admission.core);
        let keys = Arc::clone(&admission.keys);
        let reader = core.readers.snapshot()?;
        let earlier = |field, visible| -> Result<Earlier<'_>, StoreError> {
            Ok(Earlier {
                connection: reader.connection()?,
                case: admission.begun.case_number,
                field,
                visible,
            })
        };
        let earlier_numbers = earlier(Field::Number, admission.begun.visible_numbers)?;
        let earlier_users = earlier(Field::User, admission.begun.visible_users)?;
        let mut references = Vec::with_capacity(batch.len());
        admission.scratch.clear();
        for row in batch.rows() {
            let number = match admission.coder.identify(&row) {
                Ok(number) => number,
                Err(Unfit::Rejected(field, kind)) => {
                    admission.quarantine.add(&row.rejected(field, kind));
                    self.stage_full_part(admission)?;
                    continue;
                }
                Err(Unfit::Codec(error)) => return Err(fault::codec(error)),
            };
            let Admission {
                coder,
                seen,
                scratch,
                ..
            } = admission;
            let codes = coder.code(&row, number).map_err(fault::codec)?;
            let user = match row.user {
                Some(name) => coder.users.user(name).map_err(fault::codec)? + 1,
                None => 0,
            };
            let sent_at = row.sent_at.seconds();
            let print = match row.message_ref {
                Some(reference) => seen.of_reference(reference),
                None => {
                    let mut first = [0; CODES];
                    first.copy_from_slice(&codes[..CODES]);
                    seen.of_row(&RowIdentity {
                        number: coder.identity_of_number(&earlier_numbers, &keys, number)?,
                        user: coder.identity_of_user(&earlier_users, &keys, user)?,
                        sent_at,
                        codes: first,
                    })
                }
            };
            for (column, code) in scratch.codes.iter_mut().zip(codes) {
                column.push(code);
            }
            scratch.times.push(sent_at);
            scratch.numbers.push(number);
            scratch.users.push(user);
            scratch.prints.push(print);
            references.push(row.message_ref.unwrap_or_default());
        }
        Ok(references)
    }

    /// Appends the rows that are new, block by block.
    fn keep(&self, admission: &mut Admission, references: &[&str]) -> Result<(), OperationError> {
        let mut from = 0;
        while from < admission.scratch.kept.len() {
            let Admission {
                scratch,
                group,
                numbers,
                users,
                ..
            } = admission;
            let room = BLOCK_ROWS - group.len();
            let to = scratch.kept.len().min(from + room);
            let kept = &scratch.kept[from..to];
            for (column, codes) in group.codes.iter_mut().zip(&scratch.codes) {
                column.extend(kept.iter().map(|at| codes[*at as usize]));
            }
            group
                .times
                .extend(kept.iter().map(|at| scratch.times[*at as usize]));
            numbers.extend(kept.iter().map(|at| scratch.numbers[*at as usize]));
            users.extend(kept.iter().map(|at| scratch.users[*at as usize]));
            for at in kept {
                group
                    .references
                    .push(references[*at as usize])
                    .map_err(fault::codec)?;
            }
            from = to;
            if admission.group.len() == BLOCK_ROWS {
                self.stage_group(admission)?;
            }
        }
        Ok(())
    }

    /// Seals the rows gathered and stages them, if there are any.
    pub(super) fn stage_group(&self, admission: &mut Admission) -> Result<(), OperationError> {
        let rows = admission.group.len();
        let (Some(first), Some(last)) = (
            admission.group.times.iter().min().copied(),
            admission.group.times.iter().max().copied(),
        ) else {
            return Ok(());
        };
        let span = admission.counts.span.get_or_insert((first, last));
        *span = (span.0.min(first), span.1.max(last));
        let from = admission.numbers.len() - rows;
        admission
            .subjects
            .add_rows(
                &admission.numbers[from..],
                &admission.group.codes[ACCOUNT],
                &admission.group.codes[KIND],
                &admission.group.times,
            )
            .map_err(fault::codec)?;
        let no = admission.counts.blocks;
        let sealed = admission.group.seal(&admission.place(), no)?;
        sealed.note(&mut admission.parts);
        let exhibit = admission.begun.number;
        self.ledger
            .stage(move |connection| sealed.insert(connection, exhibit))
            .map_err(fault::stage)?;
        admission.counts.blocks += 1;
        admission.group.clear();
        Ok(())
    }

    fn stage_full_part(&self, admission: &mut Admission) -> Result<(), OperationError> {
        if admission.quarantine.is_part_full() {
            self.stage_quarantine(admission)?;
        }
        Ok(())
    }

    /// Seals the rejects gathered and stages them, if there are any.
    pub(super) fn stage_quarantine(&self, admission: &mut Admission) -> Result<(), OperationError> {
        if admission.quarantine.is_part_empty() {
            return Ok(());
        }
        let (no, plain) = admission.quarantine.part();
        let place = admission.place();
        let aad = place.quarantine(no);
        let mut nonces = Nonces::new(&*admission.core.entropy);
        let sealed = admission
            .keys
            .quarantine()
            .seal(nonces.take()?, &aad, plain)
            .map_err(fault::seal)?;
        admission
            .parts
            .add(super::parts::PartKind::Quarantine, None, no, &sealed);
        let exhibit = admission.begun.number;
        self.ledger
            .stage(move |connection| {
                quarantine_rows::TABLE.insert(connection, exhibit, no, &sealed)
            })
            .map_err(fault::stage)?;
        admission.quarantine.next_part();
        Ok(())
    }
}

/// Why a row of a batch cannot be coded.
enum Unfit {
    Rejected(Field, RejectKind),
    Codec(CodecError),
}

impl Coder {
    /// Checks what only the vault can check; answers the temporary number.
    fn identify(&mut self, row: &Row<'_>) -> Result<u32, Unfit> {
        if row.user.is_some_and(|name| name.len() > USER_BYTES) {
            return Err(Unfit::Rejected(Field::User, RejectKind::TooLong));
        }
        self.numbers
            .number(row.number)
            .map_err(|error| match error {
                NoNumber::Rejected(kind) => Unfit::Rejected(Field::Number, kind),
                NoNumber::Codec(error) => Unfit::Codec(error),
            })
    }

    fn identity_of_number(
        &mut self,
        earlier: &Earlier<'_>,
        keys: &CaseKeys,
        number: u32,
    ) -> Result<u64, StoreError> {
        let mut known = std::mem::take(&mut self.numbers.known);
        let tag = || self.numbers.tag(keys.tags(Field::Number), number);
        let identity = earlier.identity(number, &mut known, tag);
        self.numbers.known = known;
        identity
    }

    /// `user` counts from one; 0 is nobody.
    fn identity_of_user(
        &mut self,
        earlier: &Earlier<'_>,
        keys: &CaseKeys,
        user: u32,
    ) -> Result<u64, StoreError> {
        let Some(user) = user.checked_sub(1) else {
            return Ok(0);
        };
        let mut known = std::mem::take(&mut self.users.known);
        let tag = || Some(self.users.tag(keys.tags(Field::User), user));
        let identity = earlier.identity(user, &mut known, tag);
        self.users.known = known;
        identity
    }

    fn code(&mut self, row: &Row<'_>, number: u32) -> Result<[u32; DICTIONARIES], CodecError> {
        let mut codes = [0; DICTIONARIES];
        for (field, text) in [
            (ACCOUNT, row.account),
            (CARRIER, row.carrier),
            (COUNTRY, row.country),
            (STATE, row.state),
            (KIND, row.kind),
            (CHANNEL, row.channel),
        ] {
            if !text.is_empty() {
                codes[field] = self.columns[field].code(text)?;
            }
        }
        let mut country_basis = row.country_basis;
        if row.country.is_empty() {
            let column = &mut self.columns[COUNTRY];
            codes[COUNTRY] = self.numbers.country(number, |text| column.code(text))?;
            country_basis = match codes[COUNTRY] {
                0 => Basis::Absent,
                _ => Basis::FromNumber,
            };
        }
        let column = &mut self.columns[AREA_STATE];
        codes[AREA_STATE] = self.numbers.area_state(number, |text| column.code(text))?;
        let bases = [country_basis, row.state_basis, row.time_basis];
        for (place, (field, basis)) in [COUNTRY_BASIS, STATE_BASIS, TIME_BASIS]
            .into_iter()
            .zip(bases)
            .enumerate()
        {
            let known = &mut self.bases[place][basis as usize];
            codes[field] = match *known {
                Some(code) => code,
                None => *known.insert(self.columns[field].code(basis.as_str())?),
            };
        }
        Ok(codes)
    }
}

impl Scratch {
    fn clear(&mut self) {
        self.codes.iter_mut().for_each(Vec::clear);
        self.times.clear();
        self.numbers.clear();
        self.users.clear();
        self.prints.clear();
    }
}
