//! The plaintext of a block of users. For most records the user is the one that the subject index has for their number,
//! account and kind; the block then says only that.
//!
//! Layout: a block of codes (`code_block`), in which 0 is nobody, 1 is the user of the index, and `n + 2` is entry `n`
//! of a list; then that list: entries `u32`, term numbers `u32`; zeros to a multiple of 256 bytes after the codes. The
//! length tells how many different other users there are, to a multiple of 64.

use super::code_block::{BLOCK_ROWS, CodeBlock};
use super::reader::Reader;
use super::{CodecError, padding};

const STEP: usize = 256;
const NOBODY: u32 = 0;
const KEPT: u32 = 1;
const LISTED: u32 = 2;

/// The user of a record, as the block says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserOf {
    /// The user in the subject index.
    Kept,
    /// The user with this term number, 0 for nobody.
    Other(u32),
}

/// A decoded block.
#[derive(Default)]
pub struct UserBlock {
    codes: CodeBlock,
    others: Vec<u32>,
}

impl UserBlock {
    /// An empty block.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes the plaintext of `rows` records to `out`, replacing its contents. `others` are the records whose user is
    /// not the one in the index: ascending rows, each with a term number or 0.
    pub fn encode(rows: usize, others: &[(u32, u32)], out: &mut Vec<u8>) -> Result<(), CodecError> {
        let mut list: Vec<u32> = others.iter().map(|(_, user)| *user).collect();
        list.sort_unstable();
        list.dedup();
        list.retain(|user| *user != NOBODY);
        if rows > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        let mut codes = vec![KEPT; rows];
        for (row, user) in others {
            let code = match list.binary_search(user) {
                Ok(at) => at as u32 + LISTED,
                Err(_) => NOBODY,
            };
            *codes.get_mut(*row as usize).ok_or(CodecError::Position)? = code;
        }
        CodeBlock::encode(&codes, out)?;
        let from = out.len();
        out.extend_from_slice(&(list.len() as u32).to_le_bytes());
        for user in &list {
            out.extend_from_slice(&user.to_le_bytes());
        }
        let padded = from + (out.len() - from).next_multiple_of(STEP);
        padding::pad(out, padded);
        Ok(())
    }

    /// Replaces the contents by the block of `bytes`. After an error the block is empty.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        let read = self.read(bytes);
        if read.is_err() {
            *self = Self::default();
        }
        read
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.codes.codes().len()
    }

    /// The user of each record.
    pub fn iter(&self) -> impl Iterator<Item = UserOf> + '_ {
        self.codes.codes().iter().map(|code| match *code {
            NOBODY => UserOf::Other(0),
            KEPT => UserOf::Kept,
            listed => {
                let at = (listed - LISTED) as usize;
                UserOf::Other(self.others.get(at).copied().unwrap_or_default())
            }
        })
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        let (codes, rest) = CodeBlock::split(bytes)?;
        self.codes.decode(codes)?;
        let mut reader = Reader::new(rest);
        let count = reader.u32()? as usize;
        if count > BLOCK_ROWS {
            return Err(CodecError::TooMany);
        }
        self.others.clear();
        for _ in 0..count {
            self.others.push(reader.u32()?);
        }
        if rest.len() != (4 + count * 4).next_multiple_of(STEP) {
            return Err(CodecError::Length);
        }
        padding::check(reader.rest())?;
        let most = count as u32 + LISTED;
        match self.codes.codes().iter().all(|code| *code < most) {
            true => Ok(()),
            false => Err(CodecError::Code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn users_round_trip(users in prop::collection::vec(prop::option::weighted(0.2, 0_u32..50), 0..900)) {
            let others: Vec<(u32, u32)> = (0..)
                .zip(&users)
                .filter_map(|(row, user)| user.map(|user| (row, user)))
                .collect();
            let (mut bytes, mut block) = (Vec::new(), UserBlock::new());
            UserBlock::encode(users.len(), &others, &mut bytes).unwrap();
            block.decode(&bytes).unwrap();
            prop_assert_eq!(block.rows(), users.len());
            let expected = users.iter().map(|user| user.map_or(UserOf::Kept, UserOf::Other));
            prop_assert!(block.iter().eq(expected));
        }

        #[test]
        fn damage_is_refused_or_read(
            others in prop::collection::btree_map(0_u32..300, 0_u32..9, 0..40),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..=255,
            cut in any::<prop::sample::Index>(),
        ) {
            let others: Vec<(u32, u32)> = others.into_iter().collect();
            let mut bytes = Vec::new();
            UserBlock::encode(300, &others, &mut bytes).unwrap();
            let mut block = UserBlock::new();
            prop_assert!(block.decode(&bytes[..cut.index(bytes.len())]).is_err());
            for place in [at.index(bytes.len()), at.index(16)] {
                let mut damaged = bytes.clone();
                damaged[place] ^= flip;
                let _ = block.decode(&damaged);
                prop_assert!(block.iter().count() <= BLOCK_ROWS);
            }
        }
    }

    #[test]
    fn a_block_without_other_users_is_small() {
        let mut bytes = Vec::new();
        UserBlock::encode(BLOCK_ROWS, &[], &mut bytes).unwrap();
        assert!(bytes.len() < 300);
        assert_eq!(
            UserBlock::encode(1, &[(1, 7)], &mut bytes),
            Err(CodecError::Position)
        );
    }
}
