//! Takes one batch of rows after the other: numbers and codes cells, and leaves duplicates out.

use super::earlier::UNASKED;
use super::fault;
use super::group::ACCOUNT;
use super::in_case::Rows;
use super::intake::Intake;
use super::known::Known;
use super::message_print::{CODES, RowIdentity, in_account, short_of_row};
use super::numbers::NoNumber;
use super::scratch::Scratch;
use super::seen::Compared;
use crate::domain::Field;
use crate::vault::columns::CodecError;
use crate::vault::error::OperationError;
use crate::vault::exhibits::duplicate_lines::DuplicateRule;
use crate::vault::plaintext::{Fingerprinter, RejectKind, RowBatch, TEXTS};

/// The longest user name, in bytes: a run stores its length in one byte.
const USER_BYTES: usize = 255;

impl Intake {
    /// Numbers and codes the rows of a batch, compares them with those before them in the file, and sets the rejects
    /// aside.
    pub(super) fn read(&mut self, batch: &RowBatch) -> Result<(), OperationError> {
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
        let (users, references) = prints_of(batch)?;
        self.identify_rows(batch, users, references);
        let Scratch {
            prints,
            compared,
            minutes,
            new,
            in_case,
            ..
        } = &mut self.scratch;
        self.seen.take_in(prints, compared, minutes, new);
        in_case.clear();
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
        let Self {
            coder,
            accounts,
            scratch,
            ..
        } = self;
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
                    if place == ACCOUNT {
                        accounts.insert(code);
                    }
                }
                column.push(code);
            }
        }
        coder.code_derived(batch, batch.expose_digits(), rows, numbers, codes)
    }

    /// Computes the prints that distinguish each row from all others of the file, and the short ones that are stored.
    fn identify_rows(&mut self, batch: &RowBatch, users: &[u64], references: &[u128]) {
        let Self {
            scratch,
            coder,
            seen,
            ..
        } = self;
        seen.prepare_for(batch.references_are_ids(), batch.fineness());
        scratch.identities.clear();
        scratch.prints.clear();
        scratch.compared.clear();
        scratch.minutes.clear();
        scratch.short.clear();
        let digits = batch.expose_digits();
        for (at, row) in scratch.rows.iter().enumerate() {
            let row = *row as usize;
            let number = coder.numbers.print(digits[row], scratch.numbers[at]);
            let (sent_at, fineness) = (batch.sent_at()[row], batch.fineness()[row]);
            let mut minute = 0;
            let (print, rule, short) = match references[row] {
                0 => {
                    let mut codes = [0; CODES];
                    for (code, column) in codes.iter_mut().zip(&scratch.codes) {
                        *code = column[at];
                    }
                    let print = seen.of_row(&RowIdentity {
                        number,
                        user: users[row],
                        sent_at,
                        codes,
                    });
                    (print, DuplicateRule::WholeRow, short_of_row(print))
                }
                reference => {
                    let account = scratch.codes[ACCOUNT][at];
                    let owned = in_account(reference, account);
                    let (print, rule) = seen.of_message(owned, number, sent_at, fineness);
                    minute = seen.of_minute(owned, number, sent_at);
                    let short = seen.short_of_message(reference, number, sent_at);
                    (print, rule, short)
                }
            };
            scratch.identities.push(number);
            scratch.prints.push(print);
            scratch.short.push(short);
            scratch.compared.push(Compared { rule, fineness });
            scratch.minutes.push(minute);
        }
    }

    /// Finds the rows of the batch that was read whose message an earlier exhibit of the case has.
    pub(super) fn compare_with_case(
        &mut self,
        batch: &RowBatch,
        known: &Known<'_>,
    ) -> Result<(), OperationError> {
        let Self {
            scratch,
            coder,
            prints,
            in_case,
            ..
        } = self;
        match in_case {
            Some(in_case) => in_case.find(known, coder, &rows_of(batch, prints)?, scratch),
            None => Ok(()),
        }
    }

    /// Appends the prints by which the rows of a batch that was read are looked for in the case.
    pub(super) fn ask(
        &self,
        (batch, scratch): &(RowBatch, Scratch),
        asked: &mut Vec<u64>,
    ) -> Result<(), OperationError> {
        if let Some(in_case) = &self.in_case {
            let rows = rows_of(batch, &self.prints)?;
            in_case.each_print(&rows, scratch, |print, _| asked.push(print));
        }
        Ok(())
    }

    /// Removes the rows that came before, in the file or else in the case. Their lines are noted, with the rule.
    pub(super) fn leave_duplicates_out(&mut self, batch: &RowBatch) {
        let lines = batch.lines();
        let Scratch {
            rows,
            codes,
            numbers,
            short,
            compared,
            new,
            in_case,
            ..
        } = &mut self.scratch;
        // What became of each line is told by the file alone.
        self.lines.count(batch.spans(), rows, new);
        for (at, row) in rows.iter().enumerate() {
            let (compared, line) = (&compared[at], lines[*row as usize]);
            if !new[at] {
                self.duplicates.in_file.add(line, compared.rule);
            } else if in_case.get(at) == Some(&true) {
                self.duplicates.in_case.add(line, compared.rule);
                new[at] = false;
            }
        }
        if new.contains(&false) {
            keep_new(rows, new);
            keep_new(numbers, new);
            keep_new(short, new);
            codes.iter_mut().for_each(|column| keep_new(column, new));
        }
        self.counts.admitted += rows.len() as u64;
    }
}

fn rows_of<'a>(
    batch: &'a RowBatch,
    fingerprinter: &'a Fingerprinter,
) -> Result<Rows<'a>, OperationError> {
    let (users, references) = prints_of(batch)?;
    Ok(Rows {
        batch,
        users,
        references,
        fingerprinter,
    })
}

/// The prints of names and references, which a batch has that was made for an admission.
fn prints_of(batch: &RowBatch) -> Result<(&[u64], &[u128]), OperationError> {
    let prints = batch.prints();
    prints.ok_or(OperationError::Internal("a foreign batch"))
}

fn keep_new<T>(column: &mut Vec<T>, new: &[bool]) {
    let mut new = new.iter();
    column.retain(|_| new.next() == Some(&true));
}
