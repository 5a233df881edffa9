//! The second half of an admission: terms get their final numbers and are
//! sealed, and what refers to them follows.

use zeroize::Zeroizing;

use super::begin::Admission;
use super::earlier::Earlier;
use super::fault;
use super::group::SealedGroup;
use super::numbering::Numbering;
use super::parts::PartKind;
use crate::domain::Field;
use crate::vault::Vault;
use crate::vault::columns::{BLOCK_ROWS, CodeBlock, SubjectBlock};
use crate::vault::operation::OperationError;
use crate::vault::plaintext::{Aad, Nonce, Nonces, SealError, Tag};
use crate::vault::store::{dictionary_rows, subject_index_rows, term_rows};

/// How many terms are written in one transaction.
const RUN: usize = 16_384;
/// How many ranges of the index of subjects.
const RANGES: usize = 32;

/// How many terms an exhibit has, and how many of them are new.
pub(super) struct TermCounts {
    pub(super) numbers: u32,
    pub(super) new_numbers: u32,
    pub(super) users: u32,
    pub(super) new_users: u32,
}

impl Vault {
    /// Stages everything that needs final numbers.
    pub(super) fn stage_terms(
        &self,
        admission: &mut Admission,
    ) -> Result<TermCounts, OperationError> {
        let (numbers, users) = number_terms(admission)?;
        self.stage_term_blocks(admission, &numbers, &users)?;
        self.stage_numbers(admission, &numbers)?;
        self.stage_users(admission, &users)?;
        self.stage_dictionaries(admission)?;
        self.stage_subjects(admission, &numbers)?;
        Ok(TermCounts {
            numbers: numbers.distinct,
            new_numbers: numbers.new.len() as u32,
            users: users.distinct,
            new_users: users.new.len() as u32,
        })
    }

    fn stage_term_blocks(
        &self,
        admission: &mut Admission,
        numbers: &Numbering,
        users: &Numbering,
    ) -> Result<(), OperationError> {
        let core = std::sync::Arc::clone(&admission.core);
        let mut nonces = Nonces::new(&*core.entropy);
        let mut codes = Vec::with_capacity(BLOCK_ROWS);
        let mut plain = Vec::new();
        for no in 0..admission.counts.blocks {
            for field in [Field::Number, Field::User] {
                let (temporary, numbering) = match field {
                    Field::Number => (&admission.numbers, &numbers.last),
                    _ => (&admission.users, &users.last),
                };
                let from = no as usize * BLOCK_ROWS;
                let to = temporary.len().min(from + BLOCK_ROWS);
                codes.clear();
                // Users count from one; 0 is nobody.
                let shift = u32::from(field == Field::User);
                for temporary in &temporary[from..to] {
                    let place = temporary.checked_sub(shift);
                    let last = place.and_then(|place| numbering.get(place as usize));
                    codes.push(last.copied().unwrap_or_default());
                }
                CodeBlock::encode(&codes, &mut plain).map_err(fault::codec)?;
                let sealed = admission
                    .place()
                    .seal_block(&mut nonces, field, no, &plain)?;
                let sealed = SealedGroup::of_block(field, no, sealed);
                sealed.note(&mut admission.parts);
                let exhibit = admission.begun.number;
                self.ledger
                    .stage(move |connection| sealed.insert(connection, exhibit))
                    .map_err(fault::stage)?;
            }
        }
        Ok(())
    }

    fn stage_numbers(
        &self,
        admission: &Admission,
        numbering: &Numbering,
    ) -> Result<(), OperationError> {
        let sealer = admission.keys.terms(Field::Number);
        let first = admission.begun.visible_numbers + 1;
        self.stage_runs(
            admission,
            Field::Number,
            first,
            &numbering.new,
            |temporary, nonce, aad, out| {
                let phone = admission.coder.numbers.phone(temporary).ok_or(SealError)?;
                sealer.seal_phone(nonce, aad, &phone, out)
            },
        )
    }

    fn stage_users(
        &self,
        admission: &Admission,
        numbering: &Numbering,
    ) -> Result<(), OperationError> {
        let sealer = admission.keys.terms(Field::User);
        let first = admission.begun.visible_users + 1;
        self.stage_runs(
            admission,
            Field::User,
            first,
            &numbering.new,
            |temporary, nonce, aad, out| {
                let padded = padded(admission.coder.users.name(temporary)).ok_or(SealError)?;
                sealer.seal_onto(nonce, aad, &padded, out)
            },
        )
    }

    /// Seals new terms and stages them with their tags, in the order of the tags.
    fn stage_runs(
        &self,
        admission: &Admission,
        field: Field,
        first: u32,
        new: &[(Tag, u32)],
        seal: impl Fn(u32, Nonce, &Aad, &mut Vec<u8>) -> Result<(), SealError>,
    ) -> Result<(), OperationError> {
        let (core, begun) = (&admission.core, &admission.begun);
        let mut nonces = Nonces::new(&*core.entropy);
        for (from, run) in (first..).step_by(RUN).zip(new.chunks(RUN)) {
            let mut sealed = Vec::new();
            let mut ends = Vec::with_capacity(run.len());
            for (no, (tag, temporary)) in (from..).zip(run) {
                let aad = Aad::term(&core.vault, &begun.case, field, u64::from(no));
                seal(*temporary, nonces.take()?, &aad, &mut sealed).map_err(fault::seal)?;
                ends.push((no, *tag, sealed.len()));
            }
            let case = begun.case_number;
            self.ledger
                .stage(move |connection| {
                    let mut start = 0;
                    for (no, _, end) in &ends {
                        let term = sealed.get(start..*end).unwrap_or_default();
                        term_rows::insert(connection, case, field, *no, term)?;
                        start = *end;
                    }
                    for (no, tag, _) in &ends {
                        term_rows::insert_tag(connection, case, field, tag.as_bytes(), *no)?;
                    }
                    Ok(())
                })
                .map_err(fault::stage)?;
        }
        Ok(())
    }

    fn stage_dictionaries(&self, admission: &mut Admission) -> Result<(), OperationError> {
        let core = std::sync::Arc::clone(&admission.core);
        let mut nonces = Nonces::new(&*core.entropy);
        let mut segments = Vec::new();
        for (field, codes) in Field::DICTIONARIES
            .into_iter()
            .zip(&admission.coder.columns)
        {
            let Some(segment) = codes.segment() else {
                continue;
            };
            let plain = segment.encode().map_err(fault::codec)?;
            let sealed = admission
                .keys
                .blocks(field)
                .seal(nonces.take()?, &admission.place().dictionary(field), &plain)
                .map_err(fault::seal)?;
            admission
                .parts
                .add(PartKind::Dictionary, Some(field), 0, &sealed);
            segments.push((field, sealed));
        }
        let exhibit = admission.begun.number;
        self.ledger
            .stage(move |connection| {
                segments.iter().try_for_each(|(field, sealed)| {
                    dictionary_rows::insert(connection, exhibit, *field, sealed)
                })
            })
            .map_err(fault::stage)
    }

    fn stage_subjects(
        &self,
        admission: &mut Admission,
        numbers: &Numbering,
    ) -> Result<(), OperationError> {
        let core = std::sync::Arc::clone(&admission.core);
        let mut nonces = Nonces::new(&*core.entropy);
        let subjects = std::mem::take(&mut admission.subjects);
        let mut ranges = subjects.finish(&numbers.last).map_err(fault::codec)?;
        let mut plain = Vec::new();
        loop {
            let mut run = Vec::new();
            for (range, entries) in ranges.by_ref().take(RANGES) {
                SubjectBlock::encode(range, &entries, &mut plain).map_err(fault::codec)?;
                let sealed = admission
                    .keys
                    .blocks(Field::Number)
                    .seal(
                        nonces.take()?,
                        &admission.place().subject_index(range),
                        &plain,
                    )
                    .map_err(fault::seal)?;
                admission
                    .parts
                    .add(PartKind::SubjectIndex, None, range, &sealed);
                run.push((range, sealed));
            }
            if run.is_empty() {
                return Ok(());
            }
            let exhibit = admission.begun.number;
            self.ledger
                .stage(move |connection| {
                    run.iter().try_for_each(|(range, sealed)| {
                        subject_index_rows::TABLE.insert(connection, exhibit, *range, sealed)
                    })
                })
                .map_err(fault::stage)?;
        }
    }
}

/// A term is left out that stands in no admitted row: its rows were duplicates.
fn number_terms(admission: &Admission) -> Result<(Numbering, Numbering), OperationError> {
    let (begun, coder, keys) = (&admission.begun, &admission.coder, &admission.keys);
    let mut used_numbers = vec![false; coder.numbers.len()];
    for temporary in &admission.numbers {
        used_numbers[*temporary as usize] = true;
    }
    let mut used_users = vec![false; coder.users.len() + 1];
    for temporary in &admission.users {
        used_users[*temporary as usize] = true;
    }
    let reader = admission.core.readers.snapshot()?;
    let connection = reader.connection()?;
    let numbers = Earlier {
        connection,
        case: begun.case_number,
        field: Field::Number,
        visible: begun.visible_numbers,
    };
    let users = Earlier {
        field: Field::User,
        visible: begun.visible_users,
        ..numbers
    };
    let numbers = Numbering::of(&used_numbers, &coder.numbers.known, &numbers, |temporary| {
        coder.numbers.tag(keys.tags(Field::Number), temporary)
    })?;
    let users = Numbering::of(
        used_users.get(1..).unwrap_or_default(),
        &coder.users.known,
        &users,
        |temporary| Some(coder.users.tag(keys.tags(Field::User), temporary)),
    )?;
    Ok((numbers, users))
}

/// One byte of length, the name, zeros to a multiple of 16.
fn padded(name: &str) -> Option<Zeroizing<Vec<u8>>> {
    let len = u8::try_from(name.len()).ok()?;
    let whole = (1 + name.len()).next_multiple_of(16);
    let mut out = Zeroizing::new(Vec::with_capacity(whole));
    out.push(len);
    out.extend_from_slice(name.as_bytes());
    out.resize(whole, 0);
    Some(out)
}

/// Back from [`padded`].
pub(in crate::vault) fn unpadded(plain: &[u8]) -> Option<&str> {
    let (len, rest) = plain.split_first()?;
    std::str::from_utf8(rest.get(..usize::from(*len))?).ok()
}
