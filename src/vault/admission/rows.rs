//! Takes one batch of rows after the other: numbers and codes cells, and leaves duplicates out.

use super::earlier::UNASKED;
use super::fault;
use super::intake::Intake;
use super::known::Known;
use super::numbers::NoNumber;
use super::scratch::Scratch;
use super::seen::{CODES, Compared, RowIdentity};
use crate::domain::Field;
use crate::vault::columns::CodecError;
use crate::vault::error::OperationError;
use crate::vault::exhibits::duplicate_lines::DuplicateRule;
use crate::vault::plaintext::{RejectKind, RowBatch, TEXTS};

/// The longest user name, in bytes: a run stores its length in one byte.
const USER_BYTES: usize = 255;

impl Intake {
    /// Takes the rows of a batch and sets its rejects aside. Without `known` they are compared with each other only.
    pub(super) fn take(
        &mut self,
        batch: &RowBatch,
        known: Option<&Known<'_>>,
    ) -> Result<(), OperationError> {
        self.counts.read += (batch.len() + batch.rejects().len()) as u64;
        for reject in batch.rejects() {
            self.quarantine.add(reject);
        }
        self.lines.skip(batch);
        self.counts.unknown_countries += batch.unknown_countries();
        self.counts.blank_accounts += batch.blank_accounts();
        self.number_rows(batch)?;
        self.quarantine.end_batch();
        self.code_rows(batch).map_err(fault::codec)?;
        let prints = batch.prints();
        let (users, references) = prints.ok_or(OperationError::Internal("a foreign batch"))?;
        self.identify_rows(batch, users, references, known)?;
        self.leave_duplicates_out(batch);
        Ok(())
    }

    /// Finds the temporary number of each row. Rows whose number cannot be read are quarantined.
    fn number_rows(&mut self, batch: &RowBatch) -> Result<(), OperationError> {
        let Self {
            scratch,
            coder,
            quarantine,
            ..
        } = self;
        scratch.rows.clear();
        scratch.numbers.clear();
        let digits = batch.expose_digits();
        coder.numbers.known_of(digits, &mut scratch.found);
        let users = batch.users();
        for (row, digits) in digits.iter().enumerate() {
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
                Err((field, kind)) => quarantine.add(&batch.rejected(row, field, kind)),
            }
        }
        Ok(())
    }

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

    /// Computes the fingerprint that distinguishes each row from all others of the file and of the case.
    fn identify_rows(
        &mut self,
        batch: &RowBatch,
        users: &[u64],
        references: &[u128],
        known: Option<&Known<'_>>,
    ) -> Result<(), OperationError> {
        self.scratch.identities.clear();
        for number in &self.scratch.numbers {
            let identity = self.coder.identity_of_number(known, *number)?;
            self.scratch.identities.push(identity);
        }
        self.seen
            .prepare_for(batch.references_are_ids(), batch.fineness());
        if let Some(known) = known {
            let numbers = self.scratch.identities.iter().copied();
            self.seen.recall(known.connection, known.keys, numbers)?;
        }
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
                        user: self.coder.identity_of_user(known, user)?,
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

    /// Removes the rows that came before, in the file or else in the case. Their lines are noted, with the rule.
    fn leave_duplicates_out(&mut self, batch: &RowBatch) {
        let lines = batch.lines();
        let Scratch {
            rows,
            codes,
            numbers,
            prints,
            compared,
            new,
            ..
        } = &mut self.scratch;
        self.seen.take_in(prints, compared, new);
        // What became of each line is told by the file alone.
        self.lines.count(batch.spans(), rows, new);
        for (at, row) in rows.iter().enumerate() {
            let (compared, line) = (&compared[at], lines[*row as usize]);
            if !new[at] {
                self.duplicates.in_file.add(line, compared.rule);
            } else if self.seen.is_in_case(prints[at], compared) {
                self.duplicates.in_case.add(line, compared.rule);
                new[at] = false;
            }
        }
        if new.contains(&false) {
            keep_new(rows, new);
            keep_new(numbers, new);
            codes.iter_mut().for_each(|column| keep_new(column, new));
        }
        self.counts.admitted += rows.len() as u64;
    }
}

fn keep_new(column: &mut Vec<u32>, new: &[bool]) {
    let mut new = new.iter();
    column.retain(|_| new.next() == Some(&true));
}
