//! The parts of one exhibit of a vault whose tables a server has: what is kept of them on this machine, and what the
//! server has.
//!
//! The exhibit's description, a control row, has the digest over the digests of all its parts. So each part that is
//! read here is the one that the description means, from wherever it comes; an older one that the server shows in its
//! place is missing. Parts that will be asked for next are read with the one that is asked for, in one statement. Sees
//! ciphertext only.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::domain::{ExhibitId, Field};
use crate::vault::error::OperationError;
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::part_list::{PartKind, PartList, PartPlace, digest_of};
use crate::vault::store::{
    AtHand, Snapshot, StoreError, block_rows, dictionary_rows, known_lists, statistics_rows,
    subject_index_rows,
};

/// So many blocks of a field are read at once, as long as they are asked for one after the other.
const MOST_BLOCKS: u32 = 16;
/// So many statistics are read at once: those of positions that begin alike.
const STATISTICS: u32 = 64;
/// So many ranges of the subject index are read at once, likewise. A server that notes its statements learns no more
/// about who was asked for than in which 32,768 numbers of the case they are.
const RANGES: u32 = 8;

/// The parts of an exhibit. Its description, or the list of its parts, must be of the snapshot that they are read by.
pub(in crate::vault) struct KnownParts {
    at_hand: Arc<AtHand>,
    list: Arc<PartList>,
    exhibit: ExhibitNumber,
    /// Of the snapshot.
    age: u64,
    ahead: Vec<Ahead>,
}

/// Which blocks of a field were read last.
struct Ahead {
    field: Field,
    next: u32,
    blocks: u32,
}

impl KnownParts {
    /// `digest` is what the description says of the parts. None if the tables are in a file, or nothing is kept of
    /// them: each part is then read by itself.
    pub(in crate::vault) fn of(
        connection: &Snapshot,
        (exhibit, id): (ExhibitNumber, &ExhibitId),
        digest: &str,
    ) -> Result<Option<Self>, OperationError> {
        let kept = connection.at_hand().filter(|at_hand| at_hand.has_parts());
        let Some(at_hand) = kept else {
            return Ok(None);
        };
        let damaged = || OperationError::Damaged {
            place: format!("exhibit {id}, digests of its parts"),
        };
        let digest = STANDARD.decode(digest).ok();
        let digest = digest.and_then(|digest| digest.try_into().ok());
        let digest = digest.ok_or_else(damaged)?;
        let list = known_lists::find(connection, at_hand, exhibit, digest)?;
        Ok(Some(Self {
            at_hand: Arc::clone(at_hand),
            list: list.ok_or_else(damaged)?,
            exhibit,
            age: connection.age(),
            ahead: Vec::new(),
        }))
    }

    /// The digests of all of them.
    pub(in crate::vault) fn list(&self) -> &PartList {
        &self.list
    }

    /// Replaces the content of the buffer by a block; false if there is none, or not the right one.
    pub(in crate::vault) fn block(
        &mut self,
        connection: &Snapshot,
        (field, no): (Field, u32),
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let place = (PartKind::Block, field.code(), no);
        if self.is_at_hand(place, into) {
            return Ok(true);
        }
        let last = no.saturating_add(self.blocks_ahead(field, no) - 1);
        let mut found = false;
        block_rows::between(
            connection,
            self.exhibit,
            field,
            (no, last),
            |other, sealed| {
                let is_right = self.keep((PartKind::Block, field.code(), other), sealed);
                if other == no && is_right {
                    fill(into, sealed);
                    found = true;
                }
            },
        )?;
        Ok(found)
    }

    /// The statistics of the blocks with a number; none if there are none, or not the right ones.
    pub(in crate::vault) fn statistics(
        &self,
        connection: &Snapshot,
        no: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.numbered(connection, (PartKind::Statistics, no), STATISTICS)
    }

    /// One range of the subject index, likewise.
    pub(in crate::vault) fn subjects(
        &self,
        connection: &Snapshot,
        range: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.numbered(connection, (PartKind::SubjectIndex, range), RANGES)
    }

    /// The values that the exhibit added to the dictionary of a field; none if it added none, or they are not the right
    /// ones. All fields are read together.
    pub(in crate::vault) fn dictionary(
        &self,
        connection: &Snapshot,
        field: Field,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let place = (PartKind::Dictionary, field.code(), 0);
        let mut buffer = Zeroizing::default();
        if self.list.find(place).is_none() {
            return Ok(None);
        }
        if self.is_at_hand(place, &mut buffer) {
            return Ok(Some(std::mem::take(&mut *buffer)));
        }
        let mut found = None;
        dictionary_rows::for_each(connection, self.exhibit, |other, sealed| {
            let Ok(code) = u8::try_from(other) else {
                return;
            };
            if self.keep((PartKind::Dictionary, code, 0), sealed) && code == field.code() {
                found = Some(sealed.to_vec());
            }
        })?;
        Ok(found)
    }

    /// All ranges of the subject index, in order; a range without a part is missing, or not the right one.
    pub(in crate::vault) fn each_subjects(
        &self,
        connection: &Snapshot,
        mut with: impl FnMut(u32, Option<Vec<u8>>),
    ) -> Result<(), StoreError> {
        for range in self.list.positions(PartKind::SubjectIndex) {
            with(range, self.subjects(connection, range)?);
        }
        Ok(())
    }

    fn numbered(
        &self,
        connection: &Snapshot,
        (kind, no): (PartKind, u32),
        together: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut buffer = Zeroizing::default();
        if self.is_at_hand((kind, 0, no), &mut buffer) {
            return Ok(Some(std::mem::take(&mut *buffer)));
        }
        let from = no - no % together;
        let ends = (from, from.saturating_add(together - 1));
        let table = match kind {
            PartKind::Statistics => &statistics_rows::BETWEEN,
            _ => &subject_index_rows::BETWEEN,
        };
        let mut found = None;
        table.read(connection, self.exhibit, ends, |other, sealed| {
            if self.keep((kind, 0, other), sealed) && other == no {
                found = Some(sealed.to_vec());
            }
        })?;
        Ok(found)
    }

    fn is_at_hand(&self, place: PartPlace, into: &mut Zeroizing<Vec<u8>>) -> bool {
        let digest = self.list.find(place);
        digest.is_some_and(|digest| self.at_hand.part(digest, into))
    }

    /// Keeps a part that the server gave, if it is the one that has to be in its place; says whether it is.
    fn keep(&self, place: PartPlace, sealed: &[u8]) -> bool {
        let digest = self.list.find(place);
        let digest = digest.filter(|digest| **digest == digest_of(sealed));
        let Some(digest) = digest else { return false };
        let of = (self.exhibit.0, self.age);
        self.at_hand.keep_part(of, digest, sealed);
        true
    }

    /// How many blocks of a field to read at once: the more, the longer they were asked for one after the other.
    fn blocks_ahead(&mut self, field: Field, no: u32) -> u32 {
        let known = self.ahead.iter().position(|one| one.field == field);
        let at = known.unwrap_or_else(|| {
            let next = u32::MAX;
            self.ahead.push(Ahead {
                field,
                next,
                blocks: 0,
            });
            self.ahead.len() - 1
        });
        let one = &mut self.ahead[at];
        one.blocks = match one.next == no {
            true => (2 * one.blocks).min(MOST_BLOCKS),
            false => 1,
        };
        one.next = no.saturating_add(one.blocks);
        one.blocks
    }
}

/// Replaces the content of a buffer. A new one takes the place of one that is too small, because growing that would
/// leave a copy of what is in it.
fn fill(into: &mut Zeroizing<Vec<u8>>, sealed: &[u8]) {
    if into.capacity() < sealed.len() {
        *into = Zeroizing::new(Vec::with_capacity(sealed.len().next_power_of_two()));
    }
    into.clear();
    into.extend_from_slice(sealed);
}
