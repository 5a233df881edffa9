//! Gives codes to the values of one field while an exhibit is admitted.

use crate::vault::columns::{CodecError, Dictionary, Segment};

/// The dictionary of a field, and the values that this exhibit adds to it.
pub(super) struct Codes {
    before: Dictionary,
    now: Dictionary,
    /// A cache of recent values, so that most rows need no hashing.
    recent: Vec<(String, u32)>,
}

const RECENT: usize = 256;

impl Codes {
    pub(super) fn new(before: Dictionary) -> Self {
        Self {
            now: before.clone(),
            before,
            recent: vec![(String::new(), 0); RECENT],
        }
    }

    /// The code of a value; 0 for an empty one.
    pub(super) fn code(&mut self, value: &str) -> Result<u32, CodecError> {
        let slot = place(value);
        if let Some((held, code)) = self.recent.get(slot)
            && held == value
        {
            return Ok(*code);
        }
        let code = match self.now.code(value) {
            Some(code) => code,
            None => {
                self.now.extend([value]);
                self.now.code(value).ok_or(CodecError::TooMany)?
            }
        };
        if let Some((held, kept)) = self.recent.get_mut(slot) {
            held.clear();
            held.push_str(value);
            *kept = code;
        }
        Ok(code)
    }

    /// How many codes the case has with this exhibit.
    pub(super) fn size(&self) -> u32 {
        self.now.size()
    }

    /// The values that are new to the case, if there are any.
    pub(super) fn segment(&self) -> Option<Segment> {
        let known = self.before.size() as usize;
        let mut all = self.before.clone();
        all.extend(self.now.values().skip(known))
    }
}

fn place(value: &str) -> usize {
    let bytes = value.as_bytes();
    let at = |place: usize| bytes.get(place).map_or(0, |byte| usize::from(*byte));
    let len = bytes.len();
    let mixed =
        len * 151 + at(0) * 31 + at(len / 2) * 7 + at(len / 3) * 13 + at(len.wrapping_sub(1)) * 3;
    mixed % RECENT
}
