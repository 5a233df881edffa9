//! The columns of numbers and users while they wait for the final numbers of terms.
//!
//! The plaintext has temporary numbers. It is sealed and staged in the place of the column of numbers, which replaces
//! it at the end of the admission; memory therefore does not grow with the rows. Its associated data is its own, so it
//! opens as nothing else.

use crate::vault::columns::{CodeBlock, CodecError};

/// Numbers and users of one block, by temporary numbers.
#[derive(Default)]
pub(super) struct WaitingColumn {
    pub(super) numbers: CodeBlock,
    /// Rows whose user is not the one in the subject index, with the user plus one.
    pub(super) others: Vec<(u32, u32)>,
}

impl WaitingColumn {
    /// The plaintext: the block of numbers, the others, and how many others there are.
    pub(super) fn encode(numbers: &[u32], others: &[(u32, u32)]) -> Result<Vec<u8>, CodecError> {
        let mut plain = Vec::new();
        CodeBlock::encode(numbers, &mut plain)?;
        for (row, user) in others {
            plain.extend_from_slice(&row.to_le_bytes());
            plain.extend_from_slice(&user.to_le_bytes());
        }
        plain.extend_from_slice(&(others.len() as u32).to_le_bytes());
        Ok(plain)
    }

    /// Replaces the contents by those of a plaintext.
    pub(super) fn decode(&mut self, plain: &[u8]) -> Result<(), CodecError> {
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
