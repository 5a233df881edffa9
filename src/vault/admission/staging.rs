//! Admits the rows of a batch: places them in the current block, hands full blocks to the thread that seals them, and
//! seals what was set aside.

use std::sync::Arc;

use super::fault;
use super::group::{ACCOUNT, KIND};
use super::in_case::InCase;
use super::in_progress::Admission;
use super::intake::{Batches, Intake, TakesRows};
use super::known::Known;
use super::part_digests::PartKind;
use super::scratch::Scratch;
use crate::vault::columns::{BLOCK_ROWS, CodecError, Messages};
use crate::vault::error::OperationError;
use crate::vault::exhibits::under_way::AdmissionProgress;
use crate::vault::plaintext::{Nonces, RowBatch};
use crate::vault::store::{Transaction, duplicate_rows, quarantine_rows};

impl TakesRows for Admission {
    fn take(&mut self, batch: &mut RowBatch) -> Result<(), OperationError> {
        self.intake.coder.numbers.forget_users(batch);
        self.intake.read(batch)?;
        let in_case = self.intake.in_case.as_ref();
        if !in_case.is_some_and(InCase::is_at_the_beginning) {
            return self.take_read(batch);
        }
        if batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::replace(batch, self.intake.batches().make());
        let scratch = std::mem::take(&mut self.intake.scratch);
        self.waiting.add(batch, scratch);
        if !self.waiting.are_many() {
            return Ok(());
        }
        if let Some(in_case) = &mut self.intake.in_case {
            in_case.be_ready_for_all()?;
        }
        self.take_waiting()
    }

    fn end(&mut self) -> Result<(), OperationError> {
        let mut asked = Vec::new();
        for waiting in self.waiting.batches() {
            self.intake.ask(waiting, &mut asked)?;
        }
        if let Some(in_case) = &mut self.intake.in_case {
            in_case.be_ready_for_these(asked)?;
        }
        self.take_waiting()
    }

    fn rows(&self) -> u64 {
        self.intake.counts.read
    }

    fn batches(&self) -> Batches {
        self.intake.batches()
    }

    fn progress(&self) -> AdmissionProgress {
        self.tracked.progress().clone()
    }
}

impl Admission {
    fn take_waiting(&mut self) -> Result<(), OperationError> {
        for (batch, scratch) in self.waiting.take() {
            self.intake.scratch = scratch;
            self.take_read(&batch)?;
        }
        Ok(())
    }

    /// Takes the rows of a batch that was read last.
    fn take_read(&mut self, batch: &RowBatch) -> Result<(), OperationError> {
        if self.intake.in_case.is_some() {
            let core = Arc::clone(&self.core);
            let reader = core.readers.snapshot()?;
            let known = Known {
                connection: reader.connection()?,
                keys: &self.keys,
            };
            self.intake.compare_with_case(batch, &known)?;
        }
        self.intake.leave_duplicates_out(batch);
        self.stage_set_aside(false)?;
        let prints = batch.prints();
        let (users, _) = prints.ok_or(OperationError::Internal("a foreign batch"))?;
        self.place_rows(batch, users).map_err(fault::codec)?;
        self.keep(batch)
    }

    /// Counts the rows in the subject index, which stores the users of most of them.
    fn place_rows(&mut self, batch: &RowBatch, prints: &[u64]) -> Result<(), CodecError> {
        let Self {
            intake, subjects, ..
        } = self;
        let Intake { coder, scratch, .. } = intake;
        let (users, erased) = (&mut coder.users, &coder.numbers);
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
            // Whoever was erased comes back without a user name.
            let of = rows[from..].iter().zip(&numbers[from..]);
            let prints = of.map(|(row, number)| match erased.is_erased(*number) {
                true => 0,
                false => prints[*row as usize],
            });
            let name = |place: usize| match erased.is_erased(numbers[from + place]) {
                true => "",
                false => batch.users().get(rows[from + place] as usize),
            };
            users.numbers(prints, name, found)
        };
        subjects.count_all(&messages, users_of, others)
    }

    /// Appends the rows to the current group, and hands over each full one.
    fn keep(&mut self, batch: &RowBatch) -> Result<(), OperationError> {
        let (mut from, mut others) = (0, 0);
        while from < self.intake.scratch.rows.len() {
            let Self { intake, group, .. } = self;
            let scratch = &intake.scratch;
            let held = group.len();
            let to = scratch.rows.len().min(from + BLOCK_ROWS - held);
            for (column, codes) in group.codes.iter_mut().zip(&scratch.codes) {
                column.extend_from_slice(&codes[from..to]);
            }
            group.numbers.extend_from_slice(&scratch.numbers[from..to]);
            group.times.extend_from_slice(&scratch.seconds[from..to]);
            group.seen.extend_from_slice(&scratch.short[from..to]);
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
        let span = self.intake.counts.span.get_or_insert((first, last));
        *span = (span.0.min(first), span.1.max(last));
        let no = self.intake.counts.blocks;
        self.intake.counts.blocks += 1;
        let group = std::mem::take(&mut self.group);
        self.group = self.sealing.take(no, group)?;
        Ok(())
    }

    /// Seals and stages what was set aside: the parts that are full, and at the end of the file the last ones.
    pub(super) fn stage_set_aside(&mut self, at_the_end: bool) -> Result<(), OperationError> {
        let quarantine = self.intake.quarantine.take_parts(at_the_end);
        let duplicates = self.intake.duplicates.take_parts(at_the_end);
        if quarantine.is_empty() && duplicates.is_empty() {
            return Ok(());
        }
        let core = Arc::clone(&self.core);
        let mut nonces = Nonces::new(&*core.entropy);
        let exhibit = self.begun.number;
        for (no, plain) in quarantine {
            let part = self.exhibit_parts().quarantine(no);
            let sealed = part.seal(nonces.take()?, plain.as_str().as_bytes())?;
            self.parts.add(PartKind::Quarantine, None, no, &sealed);
            let put = move |connection: &Transaction| {
                quarantine_rows::TABLE.insert(connection, exhibit, no, &sealed)
            };
            self.stager.stage(put).map_err(fault::stage)?;
        }
        for (no, plain) in duplicates {
            let sealed = self
                .exhibit_parts()
                .duplicates(no)
                .seal(nonces.take()?, &plain)?;
            self.parts.add(PartKind::Duplicates, None, no, &sealed);
            let put = move |connection: &Transaction| {
                duplicate_rows::TABLE.insert(connection, exhibit, no, &sealed)
            };
            self.stager.stage(put).map_err(fault::stage)?;
        }
        Ok(())
    }
}
