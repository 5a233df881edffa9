//! What of a block waits for the final numbers of terms. It is sealed and staged in
//! the place of the column of numbers, which takes that place at the end: memory does
//! not grow with the rows. Its associated data is its own, so that nothing else opens it.

use super::fault;
use super::group::Place;
use crate::domain::Field;
use crate::vault::columns::{CodeBlock, CodecError};
use crate::vault::error::OperationError;
use crate::vault::plaintext::Nonces;

/// By temporary numbers.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) numbers: CodeBlock,
    /// Rows whose user is not the one the index of subjects keeps, with the user plus one.
    pub(super) others: Vec<(u32, u32)>,
}

impl Waiting {
    pub(super) fn seal(
        numbers: &[u32],
        others: &[(u32, u32)],
        place: &Place<'_>,
        no: u32,
        nonces: &mut Nonces<'_>,
    ) -> Result<Vec<u8>, OperationError> {
        let mut plain = Vec::new();
        CodeBlock::encode(numbers, &mut plain).map_err(fault::codec)?;
        for (row, user) in others {
            plain.extend_from_slice(&row.to_le_bytes());
            plain.extend_from_slice(&user.to_le_bytes());
        }
        plain.extend_from_slice(&(others.len() as u32).to_le_bytes());
        place
            .keys
            .blocks(Field::Number)
            .seal(nonces.take()?, &place.waiting(no), &plain)
            .map_err(fault::seal)
    }

    /// Replaces this by what was sealed.
    pub(super) fn open(
        &mut self,
        sealed: &[u8],
        place: &Place<'_>,
        no: u32,
    ) -> Result<(), OperationError> {
        let opened = place
            .keys
            .blocks(Field::Number)
            .open(&place.waiting(no), sealed);
        let plain = opened.map_err(|_| OperationError::Internal("a staged block was changed"))?;
        self.decode(&plain).map_err(fault::codec)
    }

    fn decode(&mut self, plain: &[u8]) -> Result<(), CodecError> {
        let (plain, count) = plain.split_last_chunk().ok_or(CodecError::Length)?;
        let others = 8 * u32::from_le_bytes(*count) as usize;
        let end = plain.len().checked_sub(others).ok_or(CodecError::Length)?;
        let (numbers, others) = plain.split_at(end);
        self.others.clear();
        let (others, _) = others.as_chunks::<8>();
        self.others.extend(others.iter().map(|other| {
            let both = u64::from_le_bytes(*other);
            (both as u32, (both >> 32) as u32)
        }));
        self.numbers.decode(numbers)
    }
}
