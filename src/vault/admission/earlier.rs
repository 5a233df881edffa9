//! What the exhibits admitted before have given the case: its visible terms.

use rusqlite::Connection;

use crate::domain::Field;
use crate::vault::plaintext::Tag;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::{StoreError, term_rows};

/// A term that was not looked for yet, in a list of known terms.
pub(super) const UNASKED: u32 = u32::MAX;

/// Finds the visible terms of one field.
#[derive(Clone, Copy)]
pub(super) struct Earlier<'c> {
    pub(super) connection: &'c Connection,
    pub(super) case: CaseNumber,
    pub(super) field: Field,
    pub(super) visible: u32,
}

impl Earlier<'_> {
    /// The term's number, 0 if the case does not have it.
    pub(super) fn find(&self, tag: &Tag) -> Result<u32, StoreError> {
        if self.visible == 0 {
            return Ok(0);
        }
        let found = term_rows::find_by_tag(self.connection, self.case, self.field, tag.as_bytes())?;
        Ok(found.filter(|no| *no <= self.visible).unwrap_or(0))
    }

    /// What tells a term from all others among rows old and new: its number if the
    /// case knows it, else its temporary number above all of these.
    pub(super) fn identity(
        &self,
        temporary: u32,
        known: &mut [u32],
        tag: impl FnOnce() -> Option<Tag>,
    ) -> Result<u64, StoreError> {
        let new = 1 << 32 | u64::from(temporary);
        let Some(known) = known
            .get_mut(temporary as usize)
            .filter(|_| self.visible > 0)
        else {
            return Ok(new);
        };
        if *known == UNASKED {
            *known = tag().map_or(Ok(0), |tag| self.find(&tag))?;
        }
        Ok(if *known == 0 { new } else { u64::from(*known) })
    }
}
