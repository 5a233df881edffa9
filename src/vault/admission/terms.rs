//! The second half of an admission: terms get their final numbers and are sealed, then everything that refers to them.
//! One thread numbers the phone numbers while another numbers the users; then one seals terms while another seals
//! columns.

use super::coder::Coder;
use super::earlier::Earlier;
use super::fault;
use super::group::SealedGroup;
use super::in_progress::Admission;
use super::numbering::Numbering;
use super::part_digests::{PartDigests, PartKind};
use super::waiting_column::WaitingColumn;
use crate::domain::Field;
use crate::vault::columns::{BLOCK_ROWS, CodeBlock, SubjectBlock, SubjectIndexBuilder, UserBlock};
use crate::vault::error::OperationError;
use crate::vault::exhibits::tag_runs;
use crate::vault::plaintext::{Nonces, Tag};
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{Snapshot, block_rows, dictionary_rows, subject_index_rows};

/// How many terms are written in one transaction.
const TERMS: usize = 32_768;
/// How many ranges of the index of subjects.
const RANGES: usize = 64;
/// How many blocks of numbers and users.
const BLOCKS: usize = 8;

const MISSING: OperationError = OperationError::Internal("a staged block is missing");
const CHANGED: OperationError = OperationError::Internal("a staged block was changed");

/// How many terms an exhibit has, and how many of them are new.
pub(super) struct TermCounts {
    pub(super) numbers: u32,
    pub(super) new_numbers: u32,
    /// How many of these were erased from the case before.
    pub(super) erased_numbers: u32,
    pub(super) users: u32,
    pub(super) new_users: u32,
}

/// A run of sealed terms, and their sealed tags.
struct Run {
    first: u32,
    first_tag: Tag,
    tags: Vec<u8>,
    sealed: Vec<u8>,
}

impl Admission {
    /// Stages everything that needs final numbers.
    pub(super) fn stage_terms(&mut self) -> Result<TermCounts, OperationError> {
        let parts = self.sealing.end()?;
        self.parts.join(parts);
        // Freed now, because the rest of the admission needs as much memory.
        self.intake.seen.forget();
        self.intake.in_case = None;
        let (numbers, users) = self.number_terms()?;
        let subjects = std::mem::take(&mut self.subjects);
        let admission = &*self;
        let (terms, columns) = std::thread::scope(|threads| {
            let terms = threads.spawn(|| {
                admission.stage_numbers(&numbers)?;
                admission.stage_users(&users)
            });
            let columns = admission.stage_columns(&numbers, &users, subjects);
            let terms = terms.join();
            (
                terms.unwrap_or(Err(OperationError::Internal("a panic was caught"))),
                columns,
            )
        });
        terms?;
        self.parts.join(columns?);
        Ok(TermCounts {
            numbers: numbers.distinct,
            new_numbers: numbers.new.len() as u32,
            erased_numbers: numbers
                .new
                .iter()
                .filter(|(_, temporary)| self.intake.coder.numbers.is_erased(*temporary))
                .count() as u32,
            users: users.distinct,
            new_users: users.new.len() as u32,
        })
    }

    /// Leaves out terms that are in no admitted row, because all their rows were duplicates.
    fn number_terms(&mut self) -> Result<(Numbering, Numbering), OperationError> {
        let (core, keys, subjects) = (&self.core, &self.keys, &self.subjects);
        let Coder {
            numbers,
            users,
            earlier_numbers,
            earlier_users,
            ..
        } = &mut self.intake.coder;
        let (numbers, users) = (&*numbers, &*users);
        let with_connection = |work: &mut dyn FnMut(&Snapshot) -> Result<_, OperationError>| {
            let reader = core.readers.snapshot()?;
            work(reader.connection()?)
        };
        let number_numbers = |earlier: &mut Earlier| {
            with_connection(&mut |connection| {
                let (used, tag) = (
                    |no| subjects.holds(no),
                    |no| numbers.tag(keys.tags(Field::Number), no),
                );
                Numbering::of(
                    numbers.len(),
                    used,
                    &numbers.known,
                    (connection, keys),
                    earlier,
                    tag,
                )
            })
        };
        let number_users = |earlier: &mut Earlier| {
            with_connection(&mut |connection| {
                let (used, tag) = (
                    |no| users.used[no as usize],
                    |no| Some(users.tag(keys.tags(Field::User), no)),
                );
                Numbering::of(
                    users.used.len(),
                    used,
                    &users.known,
                    (connection, keys),
                    earlier,
                    tag,
                )
            })
        };
        std::thread::scope(|threads| {
            let users = threads.spawn(|| number_users(earlier_users));
            let numbers = number_numbers(earlier_numbers);
            let users = users
                .join()
                .unwrap_or(Err(OperationError::Internal("a panic was caught")));
            Ok((numbers?, users?))
        })
    }

    fn stage_numbers(&self, numbering: &Numbering) -> Result<(), OperationError> {
        let parts = self.exhibit_parts();
        let mut nonces = Nonces::new(&*self.core.entropy);
        let first = self.begun.visible_numbers + 1;
        self.stage_runs(Field::Number, first, &numbering.new, |first, run| {
            let mut sealed = Vec::new();
            for (no, (_, temporary)) in (first..).zip(run) {
                let phone = self.intake.coder.numbers.phone(*temporary);
                let phone = phone.ok_or(OperationError::Internal("terms::phone"))?;
                parts.seal_number(nonces.take()?, no, &phone, &mut sealed)?;
            }
            Ok(sealed)
        })
    }

    fn stage_users(&self, numbering: &Numbering) -> Result<(), OperationError> {
        let parts = self.exhibit_parts();
        let mut nonces = Nonces::new(&*self.core.entropy);
        let first = self.begun.visible_users + 1;
        self.stage_runs(Field::User, first, &numbering.new, |first, run| {
            let names = run
                .iter()
                .map(|(_, user)| self.intake.coder.users.name(*user));
            parts.seal_users(nonces.take()?, first, names)
        })
    }

    /// Seals new terms and stages them with their tags, in the order of the tags. The tags of each run name the first
    /// tag of the next one, and those of the last run the first tag of all.
    fn stage_runs(
        &self,
        field: Field,
        first: u32,
        new: &[(Tag, u32)],
        mut seal: impl FnMut(u32, &[(Tag, u32)]) -> Result<Vec<u8>, OperationError>,
    ) -> Result<(), OperationError> {
        let terms = Terms {
            case: self.begun.case_number,
            field,
        };
        let exhibit = self.begun.number;
        let in_a_run = terms.in_a_run();
        let mut nonces = Nonces::new(&*self.core.entropy);
        let mut runs = (first..).step_by(in_a_run).zip(new.chunks(in_a_run));
        let first_tags = new.iter().step_by(in_a_run).map(|(tag, _)| tag);
        let mut next_tags = first_tags.cycle().skip(1);
        loop {
            let mut sealed = Vec::with_capacity(TERMS / in_a_run);
            for (first, run) in runs.by_ref().take(TERMS / in_a_run) {
                let ends = run.first().zip(next_tags.next());
                let ((first_tag, _), next) = ends.ok_or(OperationError::Internal("terms::run"))?;
                let tags = tag_runs::encode(next, run.iter().map(|(tag, _)| tag));
                let part = self.exhibit_parts().tag_run(field, first);
                sealed.push(Run {
                    first,
                    first_tag: *first_tag,
                    tags: part.seal(nonces.take()?, &tags)?,
                    sealed: seal(first, run)?,
                });
            }
            if sealed.is_empty() {
                return Ok(());
            }
            self.stager
                .stage(move |connection| {
                    sealed.iter().try_for_each(|run| {
                        let tag = run.first_tag.as_bytes();
                        terms.insert(connection, exhibit, run.first, tag, &run.tags, &run.sealed)
                    })
                })
                .map_err(fault::stage)?;
        }
    }

    fn stage_columns(
        &self,
        numbers: &Numbering,
        users: &Numbering,
        subjects: SubjectIndexBuilder,
    ) -> Result<PartDigests, OperationError> {
        let mut parts = PartDigests::default();
        // Users count from one; 0 is nobody.
        let mut user_numbers = Vec::with_capacity(users.last.len() + 1);
        user_numbers.push(0);
        user_numbers.extend_from_slice(&users.last);
        self.stage_term_blocks(numbers, &user_numbers, &mut parts)?;
        self.stage_dictionaries(&mut parts)?;
        self.stage_subjects(numbers, user_numbers, subjects, &mut parts)?;
        Ok(parts)
    }

    fn stage_term_blocks(
        &self,
        numbers: &Numbering,
        users: &[u32],
        parts: &mut PartDigests,
    ) -> Result<(), OperationError> {
        let exhibit_parts = self.exhibit_parts();
        let exhibit = self.begun.number;
        let mut nonces = Nonces::new(&*self.core.entropy);
        let (mut sealed, mut waiting) = (Vec::new(), WaitingColumn::default());
        let mut codes = Vec::with_capacity(BLOCK_ROWS);
        let mut plain = Vec::new();
        for from in (0..self.intake.counts.blocks).step_by(BLOCKS) {
            let mut blocks = Vec::with_capacity(2 * BLOCKS);
            // A long snapshot would keep SQLite from checkpointing the write-ahead log.
            let reader = self.core.readers.snapshot()?;
            for no in (from..self.intake.counts.blocks).take(BLOCKS) {
                let connection = reader.connection()?;
                if !block_rows::read(connection, exhibit, Field::Number, no, &mut sealed)? {
                    return Err(MISSING);
                }
                let opened = exhibit_parts.waiting_column(no).open(&sealed);
                let opened = opened.map_err(|_| CHANGED)?;
                waiting.decode(&opened).map_err(fault::codec)?;
                codes.clear();
                let temporary = waiting.numbers.codes().iter();
                codes.extend(temporary.map(|number| numbers.last[*number as usize]));
                CodeBlock::encode(&codes, &mut plain).map_err(fault::codec)?;
                let part = exhibit_parts.block(Field::Number, no);
                let column = part.seal(nonces.take()?, &plain)?;
                blocks.push(SealedGroup::of_block(Field::Number, no, column));
                for (_, user) in &mut waiting.others {
                    *user = users[*user as usize];
                }
                UserBlock::encode(codes.len(), &waiting.others, &mut plain)
                    .map_err(fault::codec)?;
                let part = exhibit_parts.block(Field::User, no);
                let column = part.seal(nonces.take()?, &plain)?;
                blocks.push(SealedGroup::of_block(Field::User, no, column));
            }
            blocks.iter().for_each(|block| block.note(parts));
            drop(reader);
            self.stager
                .stage(move |connection| {
                    blocks
                        .iter()
                        .try_for_each(|block| block.put_in_place(connection, exhibit))
                })
                .map_err(fault::stage)?;
        }
        Ok(())
    }

    fn stage_dictionaries(&self, parts: &mut PartDigests) -> Result<(), OperationError> {
        let mut nonces = Nonces::new(&*self.core.entropy);
        let mut segments = Vec::new();
        for (field, codes) in Field::DICTIONARIES
            .into_iter()
            .zip(&self.intake.coder.columns)
        {
            let Some(segment) = codes.segment() else {
                continue;
            };
            let plain = segment.encode().map_err(fault::codec)?;
            let part = self.exhibit_parts().dictionary(field);
            let sealed = part.seal(nonces.take()?, &plain)?;
            parts.add(PartKind::Dictionary, Some(field), 0, &sealed);
            segments.push((field, sealed));
        }
        let exhibit = self.begun.number;
        self.stager
            .stage(move |connection| {
                segments.iter().try_for_each(|(field, sealed)| {
                    dictionary_rows::insert(connection, exhibit, *field, sealed)
                })
            })
            .map_err(fault::stage)
    }

    fn stage_subjects(
        &self,
        numbers: &Numbering,
        users: Vec<u32>,
        subjects: SubjectIndexBuilder,
        parts: &mut PartDigests,
    ) -> Result<(), OperationError> {
        let mut nonces = Nonces::new(&*self.core.entropy);
        let mut ranges = subjects
            .finish(&numbers.last, users)
            .map_err(fault::codec)?;
        let mut plain = Vec::new();
        loop {
            let mut run = Vec::new();
            for (range, entries) in ranges.by_ref().take(RANGES) {
                SubjectBlock::encode(range, &entries, &mut plain).map_err(fault::codec)?;
                let part = self.exhibit_parts().subject_index(range);
                let sealed = part.seal(nonces.take()?, &plain)?;
                parts.add(PartKind::SubjectIndex, None, range, &sealed);
                run.push((range, sealed));
            }
            if run.is_empty() {
                return Ok(());
            }
            let exhibit = self.begun.number;
            self.stager
                .stage(move |connection| {
                    run.iter().try_for_each(|(range, sealed)| {
                        subject_index_rows::TABLE.insert(connection, exhibit, *range, sealed)
                    })
                })
                .map_err(fault::stage)?;
        }
    }
}
