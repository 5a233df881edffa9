//! A list of texts in one wiped arena.

use crate::vault::columns::CodecError;
use crate::vault::plaintext::WipedText;

#[derive(Default)]
pub(super) struct Texts {
    arena: WipedText,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str) -> Result<(), CodecError> {
        let end = u32::try_from(self.arena.len() + text.len()).map_err(|_| CodecError::TooMany)?;
        self.arena.push_str(text);
        self.ends.push(end);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, at: usize) -> &str {
        let from = match at {
            0 => 0,
            _ => self.ends.get(at - 1).map_or(0, |end| *end as usize),
        };
        let to = self.ends.get(at).map_or(from, |end| *end as usize);
        self.arena.as_str().get(from..to).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    pub(super) fn clear(&mut self) {
        self.arena.clear();
        self.ends.clear();
    }
}
