//! Admits one batch of rows after the other: codes cells, leaves duplicates out and hands full blocks to the thread
//! that seals them.

use std::sync::Arc;

use super::coder::Coder;
use super::earlier::UNASKED;
use super::fault;
use super::group::{ACCOUNT, KIND};
use super::in_progress::Admission;
use super::lines::Lines;
use super::numbers::NoNumber;
use super::part_digests::PartKind;
use super::scratch::Scratch;
use super::seen::{CODES, Compared, RowIdentity};
use crate::domain::Field;
use crate::vault::Vault;
use crate::vault::columns::{BLOCK_ROWS, CodecError, Messages};
use crate::vault::error::OperationError;
use crate::vault::exhibits::duplicate_lines::DuplicateRule;
use crate::vault::plaintext::{Nonces, RejectKind, RowBatch, TEXTS};
use crate::vault::store::{duplicate_rows, quarantine_rows};

/// The longest user name, in bytes: a run stores its length in one byte.
const USER_BYTES: usize = 255;

impl Vault {
    /// Admits the rows of a batch and quarantines its rejects. After an error the admission can only be abandoned.
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
        admission.lines.skip(batch);
        admission.counts.unknown_countries += batch.unknown_countries();
        self.number_rows(admission, batch)?;
        admission.quarantine.end_batch();
        admission.code_rows(batch).map_err(fault::codec)?;
        let prints = batch.prints();
        let (users, references) = prints.ok_or(OperationError::Internal("a foreign batch"))?;
        admission.identify_rows(batch, users, references)?;
        let spans = Lines::spans(batch, &admission.scratch.rows);
        admission.leave_duplicates_out(batch.lines())?;
        admission.lines.count(&spans, &admission.scratch.rows);
        admission.place_rows(batch, users).map_err(fault::codec)?;
        admission.keep(batch)
    }

    /// Finds the temporary number of each row. Rows whose number cannot be read are quarantined.
    fn number_rows(
        &self,
        admission: &mut Admission,
        batch: &RowBatch,
    ) -> Result<(), OperationError> {
        let Admission { scratch, coder, .. } = admission;
        scratch.rows.clear();
        scratch.numbers.clear();
        let digits = batch.expose_digits();
        coder.numbers.known_of(digits, &mut scratch.found);
        let users = batch.users();
        for (row, digits) in digits.iter().enumerate() {
            let Admission { scratch, coder, .. } = &mut *admission;
            let found = match (users.get(row).len() > USER_BYTES, scratch.found[row]) {
                (true, _) => Err((Field::User, RejectKind::TooLong)),
                (false, UNASKED) => {
                    match coder
                        .numbers
                        .number(*digits, batch.number(row), batch.country(row))
                    {
                        Ok(number) => Ok(number),
                        Err(NoNumber::Rejected(kind)) => Err((Field::Number, kind)),
                        Err(NoNumber::Codec(error)) => return Err(fault::codec(error)),
                    }
                }
                (false, number) => Ok(number),
            };
            match found {
                Ok(number) => {
                    scratch.rows.push(row as u32);
                    scratch.numbers.push(number);
                }
                Err((field, kind)) => {
                    admission.quarantine.add(&batch.rejected(row, field, kind));
                    self.stage_full_part(admission)?;
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
            map,
            ..
        } = scratch;
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
        coder.code_derived(batch, batch.expose_digits(), rows, numbers, codes)
    }

    /// Computes the fingerprint that distinguishes each row from all others of the case.
    fn identify_rows(
        &mut self,
        batch: &RowBatch,
        users: &[u64],
        references: &[u128],
    ) -> Result<(), OperationError> {
        let core = Arc::clone(&self.core);
        let keys = Arc::clone(&self.keys);
        let reader = core.readers.snapshot()?;
        let connection = reader.connection()?;
        self.scratch.identities.clear();
        for number in &self.scratch.numbers {
            let identity = self.coder.identity_of_number(connection, &keys, *number)?;
            self.scratch.identities.push(identity);
        }
        self.seen
            .expect(batch.references_are_ids(), batch.fineness());
        let known = self.scratch.identities.iter().copied();
        self.seen.recall(connection, &keys, known)?;
        self.scratch.prints.clear();
        self.scratch.compared.clear();
        for (at, row) in self.scratch.rows.iter().enumerate() {
            let number = self.scratch.identities[at];
            let sent_at = batch.sent_at()[*row as usize];
            let fineness = batch.fineness()[*row as usize];
            let (print, compared) = match references[*row as usize] {
                0 => {
                    let mut codes = [0; CODES];
                    for (code, column) in codes.iter_mut().zip(&self.scratch.codes) {
                        *code = column[at];
                    }
                    let (user, name) = (users[*row as usize], batch.users().get(*row as usize));
                    let user = self.coder.users.number(user, name).map_err(fault::codec)?;
                    let print = self.seen.of_row(&RowIdentity {
                        number,
                        user: self.coder.identity_of_user(connection, &keys, user)?,
                        sent_at,
                        codes,
                    });
                    let compared = Compared {
                        rule: DuplicateRule::WholeRow,
                        fineness,
                        also: None,
                    };
                    (print, compared)
                }
                reference => self.seen.of_message(reference, number, sent_at, fineness),
            };
            self.scratch.prints.push(print);
            self.scratch.compared.push(compared);
        }
        Ok(())
    }

    /// Removes the rows that the case has already. Their lines are noted, with the rule.
    fn leave_duplicates_out(&mut self, lines: &[u64]) -> Result<(), OperationError> {
        let Scratch {
            rows,
            prints,
            compared,
            new,
            ..
        } = &mut self.scratch;
        self.seen.take_in(prints, compared, new);
        let all = rows.len();
        for at in 0..all {
            let Scratch {
                rows,
                compared,
                new,
                ..
            } = &self.scratch;
            if !new[at] {
                let line = lines[rows[at] as usize];
                self.duplicates.add(line, compared[at].rule);
                if self.duplicates.is_part_full() {
                    self.stage_duplicates()?;
                }
            }
        }
        let Scratch {
            rows,
            codes,
            numbers,
            new,
            ..
        } = &mut self.scratch;
        if new.contains(&false) {
            keep_new(rows, new);
            keep_new(numbers, new);
            codes.iter_mut().for_each(|column| keep_new(column, new));
        }
        self.counts.duplicates += (all - rows.len()) as u64;
        self.counts.admitted += rows.len() as u64;
        Ok(())
    }

    /// Counts the rows in the subject index, which stores the users of most of them.
    fn place_rows(&mut self, batch: &RowBatch, prints: &[u64]) -> Result<(), CodecError> {
        let Self {
            coder: Coder { users, .. },
            subjects,
            scratch,
            ..
        } = self;
        let Scratch {
            rows,
            codes,
            numbers,
            seconds,
            others,
            ..
        } = scratch;
        seconds.clear();
        seconds.extend(rows.iter().map(|row| batch.sent_at()[*row as usize]));
        let messages = Messages {
            numbers,
            accounts: &codes[ACCOUNT],
            kinds: &codes[KIND],
            seconds,
        };
        let users_of = |from: usize, found: &mut [u32]| {
            let prints = rows[from..].iter().map(|row| prints[*row as usize]);
            let name = |place: usize| batch.users().get(rows[from + place] as usize);
            users.numbers(prints, name, found)
        };
        subjects.count_all(&messages, users_of, others)
    }

    /// Appends the rows to the current group, and hands over each full one.
    fn keep(&mut self, batch: &RowBatch) -> Result<(), OperationError> {
        let (mut from, mut others) = (0, 0);
        while from < self.scratch.rows.len() {
            let Self { scratch, group, .. } = self;
            let held = group.len();
            let to = scratch.rows.len().min(from + BLOCK_ROWS - held);
            for (column, codes) in group.codes.iter_mut().zip(&scratch.codes) {
                column.extend_from_slice(&codes[from..to]);
            }
            group.numbers.extend_from_slice(&scratch.numbers[from..to]);
            group.times.extend_from_slice(&scratch.seconds[from..to]);
            for row in &scratch.rows[from..to] {
                group.references.push(batch.references().get(*row as usize));
            }
            while let Some((at, user)) = scratch.others.get(others)
                && (*at as usize) < to
            {
                let row = held + *at as usize - from;
                group.others.push((row as u32, *user));
                others += 1;
            }
            from = to;
            if self.group.len() == BLOCK_ROWS {
                self.stage_group()?;
            }
        }
        Ok(())
    }

    /// Hands over the current group, if it has rows.
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
        let no = self.counts.blocks;
        self.counts.blocks += 1;
        let group = std::mem::take(&mut self.group);
        self.group = self.sealing.take(no, group)?;
        Ok(())
    }

    /// Seals and stages the current part of the duplicates, if it has a line.
    pub(super) fn stage_duplicates(&mut self) -> Result<(), OperationError> {
        let Some((no, plain)) = self.duplicates.part() else {
            return Ok(());
        };
        let mut nonces = Nonces::new(&*self.core.entropy);
        let part = self.exhibit_parts().duplicates(no);
        let sealed = part.seal(nonces.take()?, plain)?;
        self.parts.add(PartKind::Duplicates, None, no, &sealed);
        let exhibit = self.begun.number;
        self.stager
            .stage(move |connection| duplicate_rows::TABLE.insert(connection, exhibit, no, &sealed))
            .map_err(fault::stage)?;
        self.duplicates.next_part();
        Ok(())
    }

    /// Seals and stages the current part of the quarantine, if it has rejects.
    pub(super) fn stage_quarantine(&mut self) -> Result<(), OperationError> {
        if self.quarantine.is_part_empty() {
            return Ok(());
        }
        let (no, plain) = self.quarantine.part();
        let mut nonces = Nonces::new(&*self.core.entropy);
        let part = self.exhibit_parts().quarantine(no);
        let sealed = part.seal(nonces.take()?, plain)?;
        self.parts.add(PartKind::Quarantine, None, no, &sealed);
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

fn keep_new(column: &mut Vec<u32>, new: &[bool]) {
    let mut new = new.iter();
    column.retain(|_| new.next() == Some(&true));
}
